"""Licences: which give the four freedoms, by name and by expression; and what becomes of it in a release."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.problems import InputError, Place
from aiact_rules.gate import Gate
from aiact_rules.sources.cues import signals_in_fact
from aiact_rules.sources.licences import FREEDOMS, open_licence, with_freedoms
from aiact_rules.sources.open_licences import CREATIVE_COMMONS, OPEN, OSI_APPROVED, SPELLINGS

PLACE = Place("aiact.yaml", 1)
ALL = frozenset({"access", "use", "modify", "distribute"})
GPAI = """\
format: 1
subject: model
roles: [provider]
markets: [EU]
moment: placing_on_market
facts:
  operator.established_in_union: true
  model.generality: wide_range
  model.modification: own_model
  model.training_compute: 1e24
"""


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("apache-2.0", "Apache-2.0"),
        ("mit", "MIT"),
        ("bsd-3-clause", "BSD-3-Clause"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ("cc-by-sa-4.0", "CC-BY-SA-4.0"),
        ("cc0-1.0", "CC0-1.0"),
        ("gpl-3.0", "GPL-3.0-only"),
        ("lgpl", "LGPL-2.0-or-later"),
        ("afl-3.0", "AFL-3.0"),
        ("artistic-2.0", "Artistic-2.0"),
        ("bsl-1.0", "BSL-1.0"),
        ("eupl-1.2", "EUPL-1.2"),
        ("ofl-1.1", "OFL-1.1"),
        ("unlicense", "Unlicense"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("https://spdx.org/licenses/MIT.html", "MIT"),
        ("mit, apache-2.0", "MIT AND Apache-2.0"),
        ("MIT AND (BSD-3-Clause OR Apache-2.0)", "MIT AND (BSD-3-Clause OR Apache-2.0)"),
        ("MIT OR CC-BY-NC-4.0", "MIT OR CC-BY-NC-4.0"),
        ("gpl-2.0 with classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ],
)
def test_a_known_open_licence_is_named_by_its_spdx_id(said: str, named: str) -> None:
    assert open_licence(said) == named


@pytest.mark.parametrize(
    "said",
    [
        "other",
        "unknown",
        "cc",
        "bsd",
        "cc-by-nc-4.0",
        "cc-by-nd-4.0",
        "cc-by-nc-sa-4.0",
        "openrail",
        "bigscience-openrail-m",
        "creativeml-openrail-m",
        "llama2",
        "llama3.3",
        "gemma",
        "deepfloyd-if-license",
        "apple-amlr",
        "intel-research",
        "busl-1.1",
        "proprietary",
        "mit, other",
        "MIT AND CC-BY-NC-4.0",
        "MIT AND LicenseRef-terms",
        "LicenseRef-MIT-Bootstrap",
        "MIT WITH Commons-Clause",
        "MIT WITH Apache-2.0",
        "Classpath-exception-2.0",
        "MIT AND",
        "(MIT AND",
        ") AND MIT",
        "(" * 300 + " and MIT",
        "MIT AND " * 200 + "MIT",
        "mit-like",
        "",
        ",",
    ],
)
def test_of_any_other_licence_nothing_is_known(said: str) -> None:
    assert open_licence(said) is None


def test_no_licence_that_limits_commerce_or_changes_is_in_the_table() -> None:
    assert not [name for name in OPEN if {"nc", "nd"} & set(name.split("-"))]
    assert len(OPEN) == len(OSI_APPROVED) + len(CREATIVE_COMMONS)


def test_every_open_licence_is_one_of_spdx_and_every_spelling_names_one() -> None:
    from license_expression import get_spdx_licensing

    assert {symbol for symbol in OPEN.values() if symbol not in get_spdx_licensing().known_symbols} == set()
    assert set(SPELLINGS.values()) <= set(OPEN.values())
    assert all(spelling == spelling.lower() and spelling not in OPEN for spelling in SPELLINGS)


def test_no_open_licence_raises_the_signal_of_a_restricted_one() -> None:
    (cue,) = (cue for pack in Gate().packs() for cue in pack.cues.values() if cue.id == "art53.2.restricted_licence")
    assert [name for name in (*OPEN.values(), *SPELLINGS) if signals_in_fact(name, [cue], "model.licence", PLACE)] == []
    assert signals_in_fact("cc-by-nc-4.0", [cue], "model.licence", PLACE)


def _release(folder: Path, card: str, release: str = GPAI) -> Path:
    (folder / ".git").mkdir(exist_ok=True)  # so that places are relative to the folder
    (folder / "README.md").write_text(card, encoding="utf-8")
    (folder / "aiact.yaml").write_text(release, encoding="utf-8")
    return folder


def test_the_freedoms_follow_with_the_line_of_the_licence_and_are_not_asked(tmp_path: Path) -> None:
    folder = _release(tmp_path, "---\nlanguage: en\nlicense: apache-2.0\n---\n# Model\n")
    decision = Gate().check(folder)
    fact = decision.facts[FREEDOMS]
    assert (fact.value, fact.origin.place.line, fact.origin.sureness) == (ALL, 3, Sureness.DERIVED)
    assert fact.origin.because == "Apache-2.0 gives them to everybody"
    assert FREEDOMS not in [need.fact for need in decision.packs[0].needs]
    # The licence alone exempts nothing: what is public, and whether money is made with it, is asked still.
    assert decision.packs[0].conclusions["open_source_gpai_exempt"] == "unknown"


def test_a_licence_exempts_nothing_that_other_facts_deny(tmp_path: Path) -> None:
    release = GPAI + "  model.public_parts: all\n  model.monetised: true\n"
    decision = Gate().check(_release(tmp_path, "---\nlicense: mit\n---\n# Model\n", release))
    assert decision.packs[0].conclusions["open_source_gpai_exempt"] == "no"
    release = GPAI + "  model.public_parts: all\n  model.monetised: false\n"
    decision = Gate().check(_release(tmp_path, "---\nlicense: mit\n---\n# Model\n", release))
    assert decision.packs[0].conclusions["open_source_gpai_exempt"] == "yes"


def test_words_that_restrict_the_use_still_speak_against_an_open_licence(tmp_path: Path) -> None:
    release = GPAI + "  model.public_parts: all\n  model.monetised: false\n"
    card = "---\nlicense: mit\n---\n# Model\n\nFor research purposes only.\n"
    decision = Gate().check(_release(tmp_path, card, release))
    assert decision.verdict.value == "hold"
    assert "signal.art53.2.restricted_use" in [
        finding.id for finding in decision.findings if finding.status.value == "open"
    ]


@pytest.mark.parametrize(
    "gate", ["extra_gated_prompt: Say who you are.", "gated: manual", "extra_gated_fields: {Name: text}"]
)
def test_whether_everybody_gets_a_gated_model_is_asked(tmp_path: Path, gate: str) -> None:
    decision = Gate().check(_release(tmp_path, f"---\nlicense: mit\n{gate}\n---\n# Model\n"))
    assert decision.facts[FREEDOMS].value == OpenList.of(ALL - {"access"}, {"access"})
    assert any(note.startswith("README.md:3: access is limited") for note in decision.choices.notes)


@pytest.mark.parametrize("gate", ["gated: false", "extra_gated_prompt:"])
def test_what_is_not_gated_leaves_nothing_open(tmp_path: Path, gate: str) -> None:
    decision = Gate().check(_release(tmp_path, f"---\nlicense: mit\n{gate}\n---\n# Model\n"))
    assert decision.facts[FREEDOMS].value == ALL


def test_access_closed_in_the_union_is_no_access_for_everybody(tmp_path: Path) -> None:
    decision = Gate().check(_release(tmp_path, "---\nlicense: mit\nextra_gated_eu_disallowed: true\n---\n# Model\n"))
    assert decision.facts[FREEDOMS].value == OpenList.of(ALL - {"access"}, {"access"})


def test_fewer_freedoms_than_the_licence_gives_are_an_error_with_both_places(tmp_path: Path) -> None:
    release = GPAI + "  model.licence_freedoms: [access, modify]\n"
    with pytest.raises(InputError) as refused:
        Gate().check(_release(tmp_path, "---\nlicense: mit\n---\n# Model\n", release))
    (problem,) = refused.value.problems
    assert str(problem.place) == "aiact.yaml:11"
    assert "README.md:2" in problem.message


def test_what_is_stated_and_agrees_stays_stated(tmp_path: Path) -> None:
    release = GPAI + "  model.licence_freedoms: all\n"
    decision = Gate().check(_release(tmp_path, "---\nlicense: mit\n---\n# Model\n", release))
    assert decision.facts[FREEDOMS].origin.sureness is Sureness.STATED


def test_what_a_person_leaves_open_the_licence_settles(tmp_path: Path) -> None:
    release = GPAI + "  model.licence_freedoms: {access: yes, use: unknown, modify: yes, distribute: yes}\n"
    decision = Gate().check(_release(tmp_path, "---\nlicense: mit\n---\n# Model\n", release))
    assert decision.facts[FREEDOMS].value == ALL


def test_another_licence_by_the_callers_word_takes_the_freedoms_back(tmp_path: Path) -> None:
    folder = _release(tmp_path, "---\nlicense: mit\n---\n# Model\n")
    assert FREEDOMS not in Gate().check(folder, facts={"model.licence": "proprietary"}).facts
    assert FREEDOMS not in Gate().check(folder, facts={"model.access_closed_in_union": True}).facts
    assert Gate().check(folder, facts={"model.licence_freedoms": []}).facts[FREEDOMS].value == frozenset()


def test_the_freedoms_are_in_the_record_and_stay_on_another_day(tmp_path: Path) -> None:
    gate = Gate()
    decision = gate.check(_release(tmp_path, "---\nlicense: mit\n---\n# Model\n"))
    row = decision.identity["facts"][FREEDOMS]  # type: ignore[index]
    assert (row["source"], row["line"], row["sureness"]) == ("README.md", 2, "derived")
    request = gate.request(tmp_path)
    assert request.on(date(2027, 1, 1), as_of=request.as_of).facts[FREEDOMS] == decision.facts[FREEDOMS]


def test_without_a_vocabulary_that_asks_for_freedoms_none_follow() -> None:
    from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary

    facts = Facts.of([Fact("model.licence", "mit", Origin(Place("README.md", 2)))])
    small = Vocabulary.of([FactDeclaration("model.licence", FactType.TEXT, "Which?")])
    assert with_freedoms(facts, small) is facts
