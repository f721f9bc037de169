"""Chains whose operators contradict each other: declared in a pack, found once, and the same by every door."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.packs import CLASHES, Pack
from aiact_rules.core.problems import PackError
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate
from aiact_rules.requests.overrides import Overrides
from aiact_rules.specfiles import load_pack_text
from tests.cli.conftest import Answer, run

__all__ = ["run"]
DAY = date(2026, 11, 22)
AS_OF = DAY.isoformat()
LISTS = "practices: [], annex_i_law: [], transparency_situations: []"
RANKER = f"{LISTS}, annex_iii_uses: [recruitment], profiles_natural_persons: true"
FINDING = "contradiction.use_beyond_purpose"


def release(
    maker: str = f"system: {{{LISTS}, annex_iii_uses: []}}", user: str = f"system: {{{RANKER}}}", more: str = ""
) -> str:
    """Return the text of a chain of a maker and a user of the same system; by default they disagree on what it is for."""
    return f"""\
format: 1
name: x
subject: system
markets: [EU]
release_date: 2027-01-15
operators:
  - name: Maker
    roles: [provider]
    facts: {{{maker}, value_chain.own_changes: []}}
  - name: User
    roles: [deployer]
    moment: use
    facts: {{{user}, value_chain.own_changes: []}}
{more}"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "aiact.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_class_that_one_states_against_another_holds_both(written: Callable[[str], Path]) -> None:
    chain = Gate().decide_chain(Gate().request(written(release()), Overrides(as_of=DAY)))
    assert chain.verdict is Verdict.HOLD
    for decision in chain.decisions:
        (finding,) = (finding for finding in decision.findings if finding.id == FINDING)
        assert CLASHES in finding.facts


def test_operators_that_agree_are_held_against_nothing(written: Callable[[str], Path]) -> None:
    same = f"system: {{{LISTS}, annex_iii_uses: []}}"
    chain = Gate().decide_chain(Gate().request(written(release(same, same)), Overrides(as_of=DAY)))
    assert chain.verdict is Verdict.ALLOW
    assert all(CLASHES not in decision.facts or not decision.facts.value(CLASHES) for decision in chain.decisions)


def test_a_person_can_confirm_that_both_are_meant(written: Callable[[str], Path]) -> None:
    text = release().replace("operators:", "facts: {document.signals_dismissed: [use_beyond_purpose]}\noperators:")
    chain = Gate().decide_chain(Gate().request(written(text), Overrides(as_of=DAY)))
    assert not any(finding.id == FINDING for decision in chain.decisions for finding in decision.findings)


def test_nobody_states_the_comparison_itself(written: Callable[[str], Path], run: Callable[..., Answer]) -> None:  # noqa: F811
    path = written(release().replace("operators:", "facts: {document.clashes: []}\noperators:"))
    answer = run("check", str(path), "--as-of", AS_OF)
    assert answer.code == 2


def test_every_door_gives_one_answer(written: Callable[[str], Path], run: Callable[..., Answer]) -> None:  # noqa: F811
    path = written(release())
    checked = run("check", str(path), "--as-of", AS_OF, "--format", "json")
    assert checked.code == 1
    found = json.loads(checked.out)
    ids = [decision["decision_id"] for decision in found["decisions"]]
    gate = Gate()
    chain = gate.decide_chain(gate.request(path, Overrides(as_of=DAY)))
    assert [decision.decision_id for decision in chain.decisions] == ids
    assert run("sweep", str(path.parent), "--as-of", AS_OF, "--no-output").code == 1
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--aiact", "--aiact-as-of", AS_OF, str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=path.parent,
    )
    assert tested.returncode == 1, tested.stdout


def test_a_record_of_one_operator_keeps_what_was_held_against_it(
    written: Callable[[str], Path],
    run: Callable[..., Answer],  # noqa: F811
    tmp_path: Path,
) -> None:
    log = str(tmp_path / "log.sqlite")
    assert run("check", str(written(release())), "--as-of", AS_OF, "--log", log).code == 1
    for entry in ("1", "2"):
        shown = json.loads(run("log", "show", log, "--entry", entry).out)["decision"]
        assert shown["facts"][CLASHES]["value"] == ["use_beyond_purpose"]
        again = run("replay", log, "--entry", entry)
        assert again.code == 0, again.out
        assert again.out.endswith("the same\n")


def test_a_timeline_of_one_operator_keeps_it_too(written: Callable[[str], Path], run: Callable[..., Answer]) -> None:  # noqa: F811
    answer = run("timeline", str(written(release())), "--operator", "Maker", "--as-of", AS_OF)
    assert "hold" in answer.out.lower(), answer.out + answer.err


PART = (
    f"system: {{{LISTS}, annex_iii_uses: []}}, operator.established_in_union: true, ce_marking.place: none, "
    "eu_declaration.form: none, conformity_assessment: {carried_out: [], certificate: none}, "
    "registration.system_registered: false, authorised_representative.written_mandate: false"
)
IMPORTER = f"""\
  - name: Importer
    roles: [importer]
    facts:
      system: {{{RANKER}}}
      importer.verified: all
      conformity_assessment.certificate: in_force
      registration.system_registered: true
"""


def clashes_of(operator: str, path: Path) -> set[str]:
    gate = Gate()
    chain = gate.decide_chain(gate.request(path, as_of=DAY))
    decision = next(decision for decision in chain.decisions if decision.operator == operator)
    return {
        finding.id.removeprefix("contradiction.")
        for finding in decision.findings
        if finding.id.startswith("contradiction.")
    }


def test_the_maker_of_a_part_is_not_held_to_what_the_whole_system_has(written: Callable[[str], Path]) -> None:
    part = f"{PART}, value_chain.supplied_for_high_risk: annex_iii, value_chain.own_supply: ai_system"
    assert clashes_of("Maker", written(release(maker=part, more=IMPORTER))) == set()


def test_the_maker_of_the_system_is(written: Callable[[str], Path]) -> None:
    whole = PART.replace("annex_iii_uses: []", "annex_iii_uses: [recruitment]")
    assert clashes_of("Maker", written(release(maker=whole, more=IMPORTER))) == {
        "assessment_of_one",
        "certificate_of_one",
        "declaration_of_one",
        "importer_of_a_union_provider",
        "marking_of_one",
        "registration_of_one",
        "representative_found_and_missing",
    }


def test_every_declared_clash_between_operators_is_an_obligation_of_the_pack() -> None:
    gate = Gate()
    (pack,) = (each for each in gate.packs(["eu_ai_act"]) if each.id == "eu_ai_act")
    assert pack.clashes
    assert all(f"contradiction.{name}" in pack.obligations for name in pack.clashes)


HEAD = """\
id: small
version: 0.1.0
title: Small law
law: Regulation 1
market: EU
in_force_since: 2024-08-01
headlines: [high_risk]
roles: {provider: {provision: Art. 3(3), means: makes it, moment: placing_on_market}}
moments: {placing_on_market: {order: 1, provision: Art. 3(9), means: first supply}}
"""
WORDS = """\
facts:
  system.narrow: {type: yes_no, asks: Is it narrow?}
  system.uses: {type: some_of, asks: Which?, values: {a: one, b: two}}
"""
RULES = """\
article: 1
rules: [{id: art1, provision: Art. 1, concludes: high_risk, when: {system.narrow: true}, reason: it is}]
between_operators:
  - {id: one_narrow, provision: Art. 1, because: they disagree, %s}
"""


def load(clash: str) -> Pack:
    files = {"pack.yaml": HEAD, "vocabulary.yaml": WORDS, "art_001.yaml": RULES % clash}
    return load_pack_text(files)


@pytest.mark.parametrize(
    ("clash", "says"),
    [
        ("one: {system.narrow: true}", "needs one of `other`, `nobody` and `same`"),
        ("other: {system.narrow: true}", "needs `one` beside `other` or `nobody`"),
        ("one: {system.narrow: true}, same: [system.narrow]", "needs `one` beside `other` or `nobody`, and only there"),
        ("same: [system.narow]", "unknown fact `system.narow`"),
        ("one: {high_risk: true}, other: {system.narrow: false}", "may test facts alone"),
        ("one: {system.narrow: true}, nobody: {system.narrow: false}, beyond: system.uses", "without `other`"),
        ("one: {system.narrow: true}, other: {system.narrow: true}, beyond: system.narrow", "is no list"),
    ],
)
def test_a_clash_that_cannot_be_compared_is_refused_with_its_place(clash: str, says: str) -> None:
    with pytest.raises(PackError) as refused:
        load(clash)
    assert any(says in problem.message for problem in refused.value.problems)
    assert all(problem.place is not None for problem in refused.value.problems)
