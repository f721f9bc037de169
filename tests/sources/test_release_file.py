from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.document import Stated
from aiact_rules.sources.release_file import looks_like_release, read_release_file
from aiact_rules.sources.text_files import decoded
from aiact_rules.yaml_text import read_yaml

FULL = """\
format: 1
subject: system
name: Ranker
version: 1.10
operator:
  name: Example AG
  roles: [provider]
  size: sme
markets: [EU]
moment: placing_on_market
dates: {release: 2027-12-15, first_placed_on: 2026-01-31}
facts:
  system:
    uses:
      - recruitment
    profiles_natural_persons: no
  model.training_compute: 1e25
  documentation: {annex: all}
system.released_open_source: yes
evidence:
  documentation.annex: https://docs.example/annex
  art9.1: {registry: "mlflow:models/ranker/3", by: A. Person, on: 2027-11-01}
readings: {section_5_deferral: waits}
packs: [eu_ai_act]
"""


def _read(text: str, vocabulary: Vocabulary, folder: Path | None = None, **more: object) -> Stated:
    return read_release_file(decoded(text.encode(), "aiact.yaml"), vocabulary, folder=folder, **more)  # type: ignore[arg-type]


def test_every_part_of_a_release_file_is_read(vocabulary: Vocabulary) -> None:
    stated = _read(FULL, vocabulary)
    assert {fact.name: fact.value for fact in stated.facts} == {
        "release.subject": "system",
        "operator.roles": frozenset({"provider"}),
        "operator.size": "sme",
        "release.markets": frozenset({"EU"}),
        "release.moment": "placing_on_market",
        "release.date": date(2027, 12, 15),
        "release.first_placed_on": date(2026, 1, 31),
        "system.uses": frozenset({"recruitment"}),
        "system.profiles_natural_persons": False,
        "model.training_compute": Decimal("1e25"),
        "documentation.annex": frozenset({"a", "b"}),
        "system.released_open_source": True,
    }
    assert str(stated.facts["system.profiles_natural_persons"].origin) == "aiact.yaml:16"
    assert (stated.subject.name, stated.subject.version, stated.operator) == ("Ranker", "1.10", "Example AG")
    assert {name: choice.value for name, choice in stated.choices.items()} == {"section_5_deferral": "waits"}
    assert [choice.value for choice in stated.packs] == ["eu_ai_act"]
    first, second = stated.evidence
    assert (first.about, first.url) == ("documentation.annex", "https://docs.example/annex")
    assert (second.registry, second.by, second.on) == ("mlflow:models/ranker/3", "A. Person", date(2027, 11, 1))
    assert str(second.place) == "aiact.yaml:22"


def test_a_minimal_file_fits_in_ten_lines(vocabulary: Vocabulary) -> None:
    text = "format: 1\nsubject: system\nroles: provider\nmarket: EU\nmoment: placing_on_market\nrelease_date: 2027-12-15\nsystem: {uses: []}\n"
    stated = _read(text, vocabulary)
    assert len(stated.facts) == 6
    assert stated.facts.value("system.uses") == frozenset()


def test_what_is_left_empty_is_unknown(vocabulary: Vocabulary) -> None:
    text = "format: 1\nsubject:\nroles: ~\nfacts:\n  system.uses: null\n  model.licence: '[More Information Needed]'\nevidence:\noperators:\npacks:\n"
    stated = _read(text, vocabulary)
    assert len(stated.facts) == 0
    assert stated.packs == ()


def test_all_problems_come_at_once_with_line_and_hint(vocabulary: Vocabulary) -> None:
    text = "format: 2\nsubjekt: system\nfacts:\n  system.used: []\n  system.uses: [recrutment]\n  release.date: 2027-13-01\nunheard.of: 1\nsystem: 3\n"
    with pytest.raises(InputError) as caught:
        _read(text, vocabulary)
    said = str(caught.value)
    for expected in (
        "aiact.yaml:1: this format is not known",
        "aiact.yaml:2: unknown key `subjekt`\n  did you mean `subject`?",
        "aiact.yaml:4: unknown fact `system.used`\n  did you mean `system.uses`?",
        "did you mean `recruitment`?",
        "aiact.yaml:6: `release.date`: expected a date",
        "aiact.yaml:7: unknown fact `unheard.of`",
        "aiact.yaml:8: expected fact names with their values in `system`",
    ):
        assert expected in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subject: system\n", "begin with `format: 1`"),
        ("", "a release file has keys"),
        ("- a\n", "a release file has keys"),
        ("format: 1\nroles: [provider]\nroles: [importer]\n", "aiact.yaml:3"),
        (
            "format: 1\nsystem.uses: [recruitment]\nfacts: {system.uses: []}\n",
            "aiact.yaml:3: `system.uses` is `\\[\\]` here",
        ),
        ("format: 1\nsubject: &x system\nname: *x\n", "alias"),
        ("format: 1\nname: !!python/name:os.system x\n", "tag"),
        ("format: 1\nsystem: " + "[" * 500 + "]" * 500 + "\n", "deep"),
        ("format: 1\noperators: [provider]\n", "has a name and roles"),
        ("format: 1\noperators: [{name: A}]\n", "needs its roles"),
        (
            "format: 1\noperators: [{name: A, roles: importer}, {name: a, roles: provider}]\n",
            "two operators are called `a`",
        ),
        ("format: 1\nfacts: {document.signals: []}\n", "found by the tool and cannot be stated"),
        ("format: 1\nroles: provider\noperators: [{roles: importer}]\n", "stand in one file"),
        ("format: 1\noperator: [a, b]\n", "several stand under `operators`"),
        ("format: 1\noperator: {rolls: provider}\n", "did you mean `operator.roles`"),
        ("format: 1\ndates: {relase: 2027-01-01}\n", "did you mean `release`"),
        ("format: 1\nreadings: [a]\n", "names readings"),
        ("format: 1\npacks: [[a]]\n", "list of pack ids"),
        ("format: 1\nname: [a]\n", "one text"),
        ("format: 1\nmodel.training_compute: a lot\n", "expected a number"),
        ("format: 1\nsystem.uses: [credit, ]\n# \u2028roles: provider\n", "hidden line break"),
        ("format: 1\nsystem.uses: [credit, '']\n", "left empty"),
        ("format: 1\nsystem.uses: {credit: perhaps}\n", "`credit`: expected yes, no or unknown, found `perhaps`"),
        ("format: 1\nsystem.uses: {}\n", "says something of each member"),
        ("format: 1\nsystem.uses: {credit: [yes]}\n", "expected yes, no or unknown of `credit`"),
        ("format: 1\noperator.roles: {provider: unknown}\n", "who acts cannot be left open"),
        ("format: 1\nsystem.profiles_natural_persons: {credit: yes}\n", "not further names"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, said: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match=said):
        _read(text, vocabulary)


def test_a_chain_of_operators_is_kept_apart(vocabulary: Vocabulary) -> None:
    text = """\
format: 1
system.uses: []
operators:
  - {name: Maker, roles: [provider], moment: placing_on_market}
  - name: Shop
    roles: distributor
    facts: {operator.size: sme}
    model.licence: mit
"""
    stated = _read(text, vocabulary)
    maker, shop = stated.operators
    assert maker.facts.value("operator.roles") == frozenset({"provider"})
    assert maker.facts.value("release.moment") == "placing_on_market"
    assert shop.facts.value("operator.size") == "sme"
    assert shop.facts.value("model.licence") == "mit"
    assert "operator.roles" not in stated.facts
    assert str(shop.place) == "aiact.yaml:5"


def test_evidence_is_looked_for_beside_the_release_file(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "docs").mkdir()
    proof = tmp_path / "docs" / "annex.pdf"
    proof.write_bytes(b"%PDF-1.7 {{ not a template }}")
    digest = hashlib.sha256(proof.read_bytes()).hexdigest()
    text = (
        f"format: 1\nevidence:\n  documentation.annex: {{file: docs/annex.pdf, sha256: 'SHA256:{digest}'}}\n".replace(
            "SHA256", "sha256"
        )
    )
    (evidence,) = _read(text, vocabulary, tmp_path).evidence
    assert (evidence.file, evidence.sha256) == ("docs/annex.pdf", digest)
    proof.write_bytes(b"%PDF-1.7 something else")
    with pytest.raises(InputError, match=r"aiact.yaml:3: the evidence `docs/annex.pdf` is not the file"):
        _read(text, vocabulary, tmp_path)


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        ("missing.md", "does not exist"),
        (".", "is not a file"),
        ("empty.md", "is empty"),
        ("form.md", "a template nobody filled in"),
        ("/etc/hosts", "is not relative"),
        ("{by: A. Person}", "names no file, URL or registry entry"),
        ("{file: good.md, sha256: abc}", "64 hexadecimal digits"),
        ("{file: good.md, on: yesterday}", "expected a date"),
        ("{files: good.md}", "did you mean `file`"),
        ("{file: [good.md]}", "is one text"),
        ("[[good.md]]", "is a file, a URL or a registry entry"),
    ],
)
def test_evidence_that_shows_nothing_is_a_problem(
    offered: str, said: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    (tmp_path / "empty.md").write_text(" \n\n")
    (tmp_path / "form.md").write_text("# Report\n\n[More Information Needed]\n")
    (tmp_path / "good.md").write_text("# Report\n\nDone.\n")
    with pytest.raises(InputError, match=said):
        _read(f"format: 1\nevidence:\n  documentation.annex: {offered}\n", vocabulary, tmp_path)


def test_several_pieces_of_evidence_for_one_thing(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "good.md").write_text("Done.\n")
    stated = _read("format: 1\nevidence:\n  system.uses: [good.md, 'https://a.example']\n", vocabulary, tmp_path)
    assert [(item.file, item.url) for item in stated.evidence] == [("good.md", None), (None, "https://a.example")]


def test_evidence_for_something_nobody_owes_is_refused_where_the_obligations_are_known(vocabulary: Vocabulary) -> None:
    text = "format: 1\nevidence: {art9.l: 'https://a.example'}\n"
    assert len(_read(text, vocabulary).evidence) == 1
    with pytest.raises(InputError, match=r"did you mean `art9.1`"):
        _read(text, vocabulary, obligations=["art9.1"])


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("name: x\nsubject: system\nroles: [provider]\n", True),
        ("markets: [EU]\nfacts: {}\n", True),
        ("format: 1\n", True),
        ("name: x\nversion: 1\n", False),
        ("license: mit\nname: x\n", False),
        ("roles: []\n", False),
        ("- roles\n", False),
        ("", False),
    ],
)
def test_a_release_file_that_forgot_its_format_is_told_by_its_keys(text: str, meant: bool) -> None:
    assert looks_like_release(read_yaml(text, "release.yaml")) is meant


def test_only_the_first_unknown_names_of_a_document_get_a_hint(vocabulary: Vocabulary) -> None:
    names = "".join(f"  system.use{number}: x\n" for number in range(15))
    chain = "".join(f"- {{roles: [provider], siz{number}: sme}}\n" for number in range(15))
    with pytest.raises(InputError) as error:
        _read(f"format: 1\nfacts:\n{names}operators:\n{chain}", vocabulary)
    assert [problem.hint is not None for problem in error.value.problems] == [True] * 20 + [False] * 10


def test_facts_of_one_operator_are_not_those_of_the_next(vocabulary: Vocabulary) -> None:
    stated = _read("format: 1\noperators:\n- {roles: [provider], size: sme}\n- {roles: [deployer]}\n", vocabulary)
    assert [fact.name for fact in stated.operators[1].facts] == ["operator.roles"]
    assert len(stated.facts) == 0


def test_more_operators_than_the_limit_are_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match="aiact.yaml:2: more than 1,000 operators"):
        _read("format: 1\noperators:\n" + "- {roles: [provider]}\n" * 1_001, vocabulary)


def test_an_amount_below_zero_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match="aiact.yaml:2: `model.training_compute`: an amount is never below zero"):
        _read("format: 1\nmodel.training_compute: -1e26\n", vocabulary)
