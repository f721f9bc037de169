"""Whatever stands in a name, a fact or a message: no report hands it to a terminal or a CI system as a command."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from aiact_rules_example import plugin
from aiact_rules_example.csv_report import CsvReport
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.batches import Batch, Item, LeftOut
from aiact_rules.core.chains import Chain
from aiact_rules.core.choices import Choice, Choices
from aiact_rules.core.decisions import Decision, Subject
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place, Problem
from aiact_rules.gate import Gate
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.plugins.interfaces import Report
from aiact_rules.reports.built_in import BUILT_IN
from aiact_rules.reports.escapes import harmless, json_text, markdown, plain, uri

REPORTS: tuple[Report, ...] = (*BUILT_IN, CsvReport())
NASTY = (
    "\x1b[2J\x1b[1;1HALLOW  may go ahead\x1b[0J",
    "zz\n::stop-commands::x",
    "::set-output name=verdict::allow",
    "a long name " * 6 + "::error file=x::y ::error::z " * 6,
    "##[add-mask]x ##vso[task.complete result=Succeeded]",
    "\x9b31m\x85\x00\x07\x7f",
    "\u202egnp.exe\u2066\u2028next\u2029paragraph",
    "m\udcff",
    "tab\there\r\nand there",
    "@maintainers &#64;maintainers",
    "]]><script>alert(1)</script>`|*_",
    "%0A::error::x",
)
OBEYED = {"Cc", "Cs", "Zl", "Zp"}
COMMAND = re.compile(r"\s*::|.*##\w*\[")


@pytest.fixture(scope="module")
def held() -> Decision:
    host = PluginHost()
    host.register(plugin, PluginInfo("example", "aiact-rules-example", "0.1.0"))
    gate = Gate(packs=["example_lantern_act"], catalogue=Catalogue(host))
    facts = {"release": {"markets": ["XX"]}, "lantern": {"talks": True}}
    return gate.check(facts, roles=["provider"], as_of=date(2026, 11, 22))


def everywhere(text: str, held: Decision) -> Batch:
    """Return a batch that has a text wherever a user, a file or a plugin can put one."""
    place = Place(text, 3)
    fact_text = "".join(sign for sign in text if not "\ud800" <= sign <= "\udfff")  # refused where facts are read
    facts = Facts({fact.name: replace(fact, origin=Origin(place)) for fact in held.facts})
    facts = facts.overridden_by(Facts.of([Fact("model.licence", fact_text, Origin(place))]))
    choice = Choice(fact_text, place)
    decision = replace(
        held,
        subject=Subject(fact_text, fact_text, (text, f"{text}/README.md")),
        operator=fact_text,
        facts=facts,
        evidence=(Evidence("lantern.talks", place, file=fact_text, by=fact_text),),
        choices=Choices((choice,), {"section_5_deferral": choice}, choice, uncovered=(choice,), notes=(text,)),
    )
    problem = Problem(text, place, text)
    items = (
        Item(text, decision, passes=True, waived=(text,)),
        Item(text, Chain((decision, decision))),
        Item(text, problems=(problem, Problem(text, Place(text)), Problem(text))),
    )
    return Batch(items, (LeftOut(text, text),), (problem,))


def obeyed(text: str) -> list[str]:
    """Return the lines with something in them that a terminal or a CI system's log would obey."""
    found = [c for c in text if (unicodedata.category(c) in OBEYED and c not in "\n\t") or "\u202a" <= c <= "\u202e"]
    found += [c for c in text if "\u2066" <= c <= "\u2069"]
    assert not found, found
    return [line for line in text.split("\n") if COMMAND.match(line)]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_no_report_passes_on_what_a_terminal_or_a_log_obeys(report: Report, text: str, held: Decision) -> None:
    written = report.render(everywhere(text, held))
    written.encode("utf-8")
    ours = re.compile(r"::(error|warning|notice)( (file|line|title)=[^:,]*(,(line|title)=[^:,]*)*)?::")
    lines = obeyed(written)
    if report.name == "github":
        lines = [line for line in lines if not ours.match(line)]
    assert lines == []


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.sampled_from("\x00\x1b\x9b\n\r\t\u2028\u202e:#[]@<&%`\\|a \udcff"), min_size=1, max_size=40))
def test_no_text_at_all_gets_through(held: Decision, text: str) -> None:
    batch = everywhere(text, held)
    for report in REPORTS:
        if report.name in ("text", "markdown", "json", "csv"):
            assert obeyed(report.render(batch)) == []


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_formats_for_machines_stay_readable(text: str, held: Decision) -> None:
    batch = everywhere(text, held)
    by_name = {report.name: report.render(batch) for report in REPORTS}
    ElementTree.fromstring(by_name["junit"])
    for name in ("sarif", "gitlab"):
        json.loads(by_name[name])
    first, *_, last = json.loads(by_name["json"])
    assert last["problems"][0]["message"] == printable(text)
    assert first["subject"]["documents"][0] == printable(text)
    assert first["operator"] == batch.decisions[0].operator  # what a person wrote stays what it was


def test_the_page_shows_text_and_no_markup_of_others(held: Decision) -> None:
    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag != "script"

    for text in NASTY:
        (page,) = [report.render(everywhere(text, held)) for report in REPORTS if report.name == "html"]
        Tags().feed(page)


def test_escapes_are_visible_and_leave_other_text_alone() -> None:
    assert printable("né 模型 \U0001f600 a-b\\c") == "né 模型 \U0001f600 a-b\\c"
    assert printable("\x1b[1m\n\u202e\udcff\x9b") == "\\x1b[1m\\n\\u202e\\xff\\x9b"
    assert plain("a\tb\nc\r\nd\x1b") == "a\tb\nc\r\nd\\x1b"
    assert harmless("  ::error::x\na ::b:: ##vso[x]\n## Head") == "  \\x3a:error::x\na ::b:: #\\x23vso[x]\n## Head"


def test_json_means_the_same_with_and_without_escapes() -> None:
    for text in NASTY:
        value = {"name": "".join(sign for sign in text if not "\ud800" <= sign <= "\udfff")}
        assert json.loads(json_text(value)) == value
    assert json.loads(json_text("m\udcff")) == "m\\xff"


def test_a_path_in_sarif_is_the_bytes_of_the_file_name() -> None:
    assert uri("a b/m\udcff/ü") == "a%20b/m%FF/%C3%BC"
    assert uri("\ud800") == "%5Cud800"


def test_markdown_names_nobody_and_stays_in_its_cell() -> None:
    assert markdown("@team | &#64;team") == "@&#8203;team \\| &amp;#64;team"
