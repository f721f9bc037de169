"""The page of one release: whole in itself, complete, accessible, on paper too, and small."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import html5lib
import pytest

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Decision, Subject
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.pages import page_of
from aiact_rules.core.problems import Place, Problem
from aiact_rules.core.statuses import Status
from aiact_rules.gate import Gate
from aiact_rules.reports.html_report import HtmlReport
from aiact_rules.reports.words import fine
from tests.cli.conftest import Answer, run
from tests.reports.html_report.reading import Page

__all__ = ["run"]
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
AS_OF = date(2026, 11, 30)
KB = 1000


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="module")
def held(gate: Gate) -> Decision:
    return gate.check(EXAMPLES / "cv-screening", as_of=AS_OF)


@pytest.fixture(scope="module")
def silent(gate: Gate) -> Decision:
    return gate.check(EXAMPLES / "silent", as_of=AS_OF)


@pytest.fixture(scope="module")
def blocked(gate: Gate) -> Decision:
    return gate.check(EXAMPLES / "minimal", as_of=AS_OF, facts={"operator.supports_ai_literacy": "false"})


@pytest.fixture(scope="module")
def markup(held: Decision) -> str:
    return HtmlReport().render(Batch.of(held))


@pytest.fixture(scope="module")
def page(markup: str) -> Page:
    return Page.of(markup)


def read(*answers: Decision, full: bool = False) -> Page:
    return Page.of(HtmlReport().render(Batch.of(*answers, full=full)))


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_page_of_a_high_risk_system_with_its_timeline_is_small(run: Callable[..., Answer], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    run("check", str(EXAMPLES / "cv-screening"), "--as-of", str(AS_OF), "--format", "html", "--output", str(file))
    markup = file.read_text(encoding="utf-8")
    assert len(markup.encode()) <= 150 * KB
    assert "How the verdict on cv-screener 2.1.0" in markup  # the name of the picture
    text = words(Page.of(markup).text)
    assert "17 undetermined" in text
    # What the picture shows stands beside it in words.
    assert "annex III regime start (Art. 113, third paragraph, point (c)(i))hold: 154 unmet" in text


def test_a_browser_is_let_load_and_run_nothing_and_applies_only_the_style_of_the_page(markup: str, page: Page) -> None:
    assert page.asked == []
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    assert "url(" not in page.style
    assert "@import" not in page.style
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    policy = page.metas["Content-Security-Policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    # The policy stands before what it is about.
    assert markup.index("Content-Security-Policy") < markup.index("<style>")


def test_links_lead_to_places_on_the_page_to_the_law_and_to_pages_of_rules(page: Page) -> None:
    within = {link[1:] for link in page.links if link.startswith("#")}
    assert within <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    outside = {link for link in page.links if not link.startswith("#")}
    assert all(link.startswith(("https://", "http://")) for link in outside)
    assert "http://data.europa.eu/eli/reg/2024/1689/oj" in outside
    assert "http://data.europa.eu/eli/reg/2026/1744/oj" in outside
    assert any(link.endswith("#anx_IV") for link in outside)


@pytest.mark.parametrize("name", ["held", "silent", "blocked"])
def test_every_finding_that_gates_stands_on_the_page_with_its_duty_and_the_page_of_its_rule(
    name: str, request: pytest.FixtureRequest
) -> None:
    decision: Decision = request.getfixturevalue(name)
    shown = read(decision)
    text = words(shown.text)
    gating = [(pack, finding) for pack in decision.packs for finding in pack.findings if finding.status.gates]
    assert gating
    for pack, finding in gating:
        assert words(finding.must) in text
        assert page_of(pack.pack_at.pack, finding.id) in shown.links


def test_a_parser_that_forgives_nothing_reads_every_kind_of_page(markup: str, held: Decision, silent: Decision) -> None:
    broken = Item("x", problems=(Problem("it is broken", Place("x/aiact.yaml", 3), "mend it"),))
    pages = [markup]
    pages += [HtmlReport().render(Batch((*Batch.of(held, silent).items, broken), full=full)) for full in (False, True)]
    pages += [HtmlReport().render(Batch((broken,))), HtmlReport().render(Batch(()))]
    for each in pages:
        html5lib.HTMLParser(strict=True).parse(each)


def test_a_reader_who_hears_the_page_finds_a_title_headings_in_order_and_heads_of_tables(
    page: Page, held: Decision, silent: Decision
) -> None:
    for each in (page, read(held, silent), read(held, silent, full=True)):
        assert each.language == "en"
        assert each.title
        assert each.headings[0] == 1
        assert each.headings.count(1) == 1
        steps = zip(each.headings, each.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps)
        assert each.heads_without_scope == 0
        assert each.metas["viewport"] == "width=device-width, initial-scale=1"


def test_no_status_is_told_by_colour_alone(page: Page) -> None:
    assert "\N{WHITE CIRCLE} unmet" in page.text
    assert "? undetermined" in page.text


def test_nothing_is_folded_away_on_the_screen_or_on_paper(page: Page) -> None:
    assert not {"details", "summary", "dialog"} & set(page.tags)
    printed = page.style[page.style.index("@media print") :]
    assert "display: none" not in printed
    assert "hidden" not in printed
    assert "@page" in printed


def test_the_first_page_says_what_is_decided_for_whom_when_by_which_law_and_by_what(page: Page, held: Decision) -> None:
    first = words(page.text[: page.text.index("Contents")])
    pack = held.packs[0].pack_at.pack
    for said in (
        "cv-screener 2.1.0",
        "HOLD",
        "154 unmet, 31 undetermined",
        "provider",
        "2027-12-15",
        "law as of 2026-11-30",
        f"eu_ai_act {pack.version}",
        pack.digest,
        "aiact-rules 0.1.0, engine generated",
        held.decision_id,
        "examples/cv-screening/aiact.yaml",
        "Prepared by",
        "Signature",
        "It is not legal advice",
    ):
        assert said in first, said


def test_the_first_page_gives_the_reasons_of_the_class_with_fact_file_and_line(page: Page) -> None:
    first = words(page.text[: page.text.index("Contents")])
    assert "it is intended for the recruitment or selection of people (Annex III, point 4(a))" in first
    assert "system.annex_iii_uses: recruitment (aiact.yaml:17)" in first
    assert "system.annex_i_law: none (aiact.yaml:19)" in first


def test_the_first_page_names_each_interpretation_with_its_authority_once(page: Page, held: Decision) -> None:
    first = words(page.text[: page.text.index("Contents")])
    pack = held.packs[0]
    applied = {name for finding in pack.findings if finding.certain for name in finding.readings}
    assert applied
    for name in applied:
        reading = pack.pack_at.pack.readings[name]
        assert first.count(words(reading.authority)) == 1
        assert words(reading.choices[pack.pack_at.choices[name]]) in first


def test_obligations_stand_under_the_document_they_come_down_to_with_who_answers_for_it(page: Page) -> None:
    assert "Technical documentation" in page.text
    assert "answered for by" in page.text
    assert "technical_documentation.annex_iv: point_1a" in page.text


def test_what_a_violation_can_cost_is_said_once(page: Page, held: Decision) -> None:
    ceilings = {fine(f.sanction) for f in held.findings if f.status.gates and f.sanction is not None}
    assert ceilings
    for said in ceilings:
        assert page.text.count(said) == 1


def test_a_violation_comes_with_the_fact_that_it_rests_on_and_its_line(blocked: Decision) -> None:
    text = words(read(blocked).text)
    assert "BLOCK" in text
    assert "\N{MULTIPLICATION X} violated" in text
    assert text.count("operator.supports_ai_literacy: no (caller)") == 2


def test_what_comes_later_stands_by_date_with_its_provision_and_every_line_where_asked(silent: Decision) -> None:
    text = words(read(silent).text)
    assert "From 2027-12-02" in text
    assert "Art. 113, third paragraph, point (c)(i)" in text
    coming = [f for f in silent.findings if f.status is Status.UPCOMING]
    whole = words(read(silent, full=True).text)
    assert all(words(finding.must) in whole for finding in coming)
    assert not all(words(finding.must) in text for finding in coming)


def test_a_class_that_is_not_known_says_what_is_not_stated(silent: Decision) -> None:
    assert "undetermined" in read(silent).text
    assert "not stated: " in read(silent).text


def test_evidence_stands_with_who_gave_it_when_its_digest_and_what_it_shows(held: Decision, gate: Gate) -> None:
    facts = {"risk_management.system": ["established"]}
    stated = gate.check(EXAMPLES / "cv-screening", as_of=AS_OF, facts=facts)
    met = [finding for finding in stated.findings if finding.status is Status.MET]
    assert met
    assert "claimed by a word alone" in read(stated).text
    given = Evidence(
        "risk_management.system", Place("aiact.yaml", 30), "docs/risk.pdf", "ab" * 32, None, None, "the quality team",
        date(2026, 11, 2),
    )  # fmt: skip
    shown = read(replace(stated, evidence=(given,)))
    for said in ("docs/risk.pdf", "ab" * 32, "the quality team", "2026-11-02", "aiact.yaml:30"):
        assert said in shown.text
    assert "#e1" in shown.links
    assert "claimed by a word alone" not in shown.text
    assert "No file, address or registry entry is offered as evidence" in read(held).text


def test_an_address_that_is_none_of_the_web_is_no_link(held: Decision) -> None:
    given = Evidence("system.marking", Place("aiact.yaml", 30), url="javascript:alert(1)")
    shown = read(replace(held, evidence=(given,)))
    assert "javascript:alert(1)" in shown.text
    assert not any("javascript" in link for link in shown.links)


def test_facts_stand_with_their_origin_and_defaults_apart_with_their_reason(page: Page) -> None:
    text = words(page.text)
    assert "operator.annual_turnover" in text
    assert "aiact.yaml:13" in text
    assert "Default values relied on" in text
    assert "a derogation that nobody claims is not relied on" in text


def test_evidence_that_has_expired_says_so_and_when_other_evidence_will_stands_among_the_dates(held: Decision) -> None:
    def until(day: date) -> Decision:
        return replace(held, evidence=(Evidence("system.marking", Place("aiact.yaml", 30), file="m.pdf", expires=day),))

    assert "expired on 2027-12-14" in read(until(date(2027, 12, 14))).text
    last = read(until(date(2027, 12, 15))).text
    assert "expires on 2027-12-15" in last
    assert "evidence for system.marking expires" in last[: last.index("Contents")]


def test_what_is_stated_and_not_shown_is_marked(gate: Gate) -> None:
    facts = {"risk_management.system": ["established"]}
    decision = gate.check(EXAMPLES / "cv-screening", as_of=AS_OF, facts=facts, require_evidence=True)
    assert "stated, but not shown: does not count" in read(decision).text


def test_a_waived_finding_stays_unmet_and_says_who_waived_it_until_when(
    run: Callable[..., Answer], tmp_path: Path
) -> None:
    release = (EXAMPLES / "cv-screening" / "aiact.yaml").read_text(encoding="utf-8")
    (tmp_path / "aiact.yaml").write_text(release, encoding="utf-8")
    waiver = '[[waivers]]\nfinding = "art9.1.established"\nreason = "pilot"\napprover = "Ada"\nuntil = 2027-03-01\n'
    (tmp_path / "aiact.toml").write_text(waiver, encoding="utf-8")
    shown = Page.of(run("check", str(tmp_path), "--as-of", str(AS_OF), "--format", "html").out)
    text = words(shown.text)
    assert "waived until 2027-03-01 by Ada: pilot" in text
    assert "the waiver of art9.1.established ends" in text
    assert "154 unmet" in text


def test_words_that_the_facts_deny_are_a_signal_and_no_unmet_obligation(gate: Gate, tmp_path: Path) -> None:
    release = "format: 1\nsubject: system\nroles: [provider]\nmarkets: [EU]\nmoment: placing_on_market\n"
    facts = "facts:\n  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}\n"
    (tmp_path / "aiact.yaml").write_text(release + facts, encoding="utf-8")
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\nIt screens job applicants.\n", encoding="utf-8")
    shown = words(read(gate.check(tmp_path, as_of=AS_OF)).text)
    assert "! signal" in shown
    assert shown.count("README.md:4 says `screens job applicants`") == 2  # on the first page and in its place
    assert shown.count("add `recruitment` to system.annex_iii_uses") == 2
    assert shown.count("dismiss it: signals_dismissed: [{signal: annex_iii.recruitment, because:") == 2
    assert "\N{WHITE CIRCLE} unmet" not in shown


def test_what_several_packs_say_stands_apart_and_one_that_only_informs_says_so(gate: Gate) -> None:
    packs = ["eu_ai_act", "eu_ai_act_pa24"]
    decision = gate.check(
        EXAMPLES / "minimal", as_of=AS_OF, packs=packs, facts={"operator.supports_ai_literacy": "false"}
    )
    shown = read(decision)
    assert [pack.verdict is None for pack in decision.packs] == [False, True]
    for pack in decision.packs:
        assert f"Classification: {pack.pack_at.pack.title}" in shown.text
    assert "informational" in shown.text
    assert {link[1:] for link in shown.links if link.startswith("#")} <= set(shown.ids)


NAMES = (
    "</style><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; } body { display: none",
    "a\\22 b & c",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_text_in_title_style_and_pictures(name: str, held: Decision) -> None:
    place = Place(name, 1)
    hostile = replace(held, subject=Subject(name, name, (f"{name}/aiact.yaml",)), operator=name)
    broken = Item(name, problems=(Problem(name, place, name),))
    for batch in (Batch.of(hostile), Batch((*Batch.of(hostile, held).items, broken), problems=(Problem(name, place),))):
        shown = Page.of(HtmlReport().render(batch))
        assert not {"script", "img"} & set(shown.tags)
        assert shown.asked == []
        assert name in shown.text
        # What names the page at its foot is escaped for style sheets, sign by sign.
        (foot,) = re.findall(r'@bottom-left \{[^"]*"([^"]*)"', shown.style)
        assert not set(foot) & set("<>\"';{}")


def test_an_input_that_could_not_be_assessed_says_so_in_words_with_place_and_cure() -> None:
    broken = Item("m", problems=(Problem("unknown fact `x`", Place("m/aiact.yaml", 7), "did you mean `y`?"),))
    shown = Page.of(HtmlReport().render(Batch((broken,))))
    assert shown.title.startswith("ERROR")
    for said in ("ERROR", "could not be assessed", "m/aiact.yaml:7", "unknown fact `x`", "did you mean `y`?"):
        assert said in shown.text
    empty = Page.of(HtmlReport().render(Batch((), problems=(Problem("no release was found"),))))
    assert "Nothing was judged" in empty.text
    assert "no release was found" in empty.text


def test_pages_that_a_library_writes_have_no_timeline_and_those_of_the_command_do(page: Page) -> None:
    assert "Timeline" not in page.text
