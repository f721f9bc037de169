"""The schemas for editors: published as printed; what the readers take passes, and what they refuse for its form does not."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from aiact_rules import Gate, InputError
from aiact_rules.bundled import specs_folder
from aiact_rules.cli.schema import KINDS, schema_text
from aiact_rules.core.problems import ProblemsError

from .conftest import Answer

Run = Callable[..., Answer]
ROOT = Path(__file__).parents[2]
RELEASE, CONFIG, CARD = (
    Draft202012Validator(json.loads((specs_folder() / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")))
    for kind in ("release", "config", "card-block")
)


def errors(validator: Draft202012Validator, values: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(values)]


class Editor(yaml.SafeLoader):
    """YAML as an editor reads it (1.2): only true and false are truths, and dates are text."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":bool", ":timestamp"))]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Editor.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")
)


def read(text: str) -> object:
    return yaml.load(text, Editor)  # noqa: S506


@pytest.mark.parametrize(("kind", "name"), [("release", "release"), ("config", "config"), ("card", "card-block")])
def test_the_published_schema_is_the_one_that_is_printed(run: Run, kind: str, name: str) -> None:
    published = (specs_folder() / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    hint = f"run `aiact-rules schema {kind} > specs/schemas/{name}.schema.json`"
    assert run("schema", kind).out == published, hint
    Draft202012Validator.check_schema(json.loads(published))


def test_every_kind_has_a_schema_with_an_id_and_its_references_lead_somewhere() -> None:
    for kind in KINDS:
        schema = json.loads(schema_text(kind))
        assert schema["$id"] == f"urn:aiact-rules:schema:{kind}:1" or kind == "decision"
        for part in schema_text(kind).split('"$ref": "#/$defs/')[1:]:
            name, _, inner = part.split('"')[0].partition("/$defs/")
            assert name in schema["$defs"]
            assert not inner or inner in schema["$defs"][name]["$defs"]


def test_every_release_file_of_the_repository_passes() -> None:
    files = sorted(
        file
        for folder in ("examples", "tests", "plugins")
        for file in (ROOT / folder).rglob("*aiact.yaml")
        if "skeleton" not in file.parts
    )
    assert len(files) > 60
    assert not [f"{file}: {each}" for file in files for each in errors(RELEASE, read(file.read_text(encoding="utf-8")))]


def test_what_init_writes_passes(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "aiact.yaml"
    assert run("init", str(file)).code == 0
    assert not errors(RELEASE, read(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        "system: {practices: [], infers_emotions: yes}",
        "system.practices: []",
        "facts: {system: {practices: {scores_people: unknown, targets_weaknesses: yes}}}",
        "facts: {technical_documentation.annex_iv: all, model.training_compute: 2.5 x 10^24}",
        "facts: {technical_documentation: {annex_iv: {all: yes, point_2e: unknown}}}",
        "facts: {model.training_compute: 1e25, operator.annual_turnover: 12_000_000}",
        "facts: {system.practices: , model.licence: '[More Information Needed]'}",
        "markets: EU, DE\nroles: provider",
        "dates: {release: 2027-12-15}\nreadings: strict",
        "operator: {name: A, size: sme, system: {practices: []}, release_date: 2027-12-15}",
        "operators: [{name: A, roles: [provider], established_in_union: yes, facts: {release.subject: model}}]",
        "evidence:\n  system.practices: [a.md, {url: 'https://example.org', by: A, on: 2026-11-02}]",
        "version: 1.2\nname: 7\nuncovered: CH",
    ],
)
def test_what_the_reader_takes_passes(text: str, tmp_path: Path) -> None:
    text = f"format: 1\n{text}\n"
    (tmp_path / "aiact.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "a.md").write_text("what was tested", encoding="utf-8")
    text = text.replace("infers_emotions: yes", "profiles_natural_persons: yes")
    (tmp_path / "aiact.yaml").write_text(text, encoding="utf-8")
    Gate().request(tmp_path, uncovered=["CH"])
    assert not errors(RELEASE, read(text))


@pytest.mark.parametrize(
    "text",
    [
        "format: 2",
        "subject: system",
        "format: 1\nsubjekt: system",
        "format: 1\nsubject: program",
        "format: 1\nrelease_date: 15.12.2027",
        "format: 1\ndates: {released: 2027-12-15}",
        "format: 1\nfacts: {system.practises: []}",
        "format: 1\nsystem: {practices: [score_people]}",
        "format: 1\nsystem: {practices: {scores_people: maybe}}",
        "format: 1\nfacts: {system: {profiles_natural_persons: perhaps}}",
        "format: 1\nfacts: {model.training_compute: -5}",
        "format: 1\nfacts: {model.training_compute: about a lot}",
        "format: 1\nfacts: {document.signals: []}",
        "format: 1\noperator: {nmae: A}",
        "format: 1\noperators: [provider]",
        "format: 1\nevidence: {system.practices: {fiel: a.md}}",
        "format: 1\nevidence: {system.practices: {url: 'https://example.org', on: yesterday}}",
    ],
)
def test_what_the_reader_refuses_for_its_form_fails(text: str, tmp_path: Path) -> None:
    (tmp_path / "aiact.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        Gate().request(tmp_path)
    assert errors(RELEASE, read(text))


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ('name = "A"\nfail_on = "hold"\nmarkets = ["EU"]\n[facts.operator]\nsize = "sme"\n', True),
        ('readings = "strict"\nledger = "a.sqlite"\n"facts" = {"operator.size" = "sme"}\n', True),
        ('[readings]\nschool = "letter"\nsection_5_deferral = "applies"\n', True),
        ('fail_om = "hold"', False),
        ('fail_on = "Hold"', False),
        ("packs = []", False),
        ('[readings]\nsection_5_deferral = "sometimes"', False),
        ("[facts]\nsystem.practices = []", False),
        ('[facts]\noperator.size = "tiny"', False),
    ],
)
def test_settings_pass_where_the_reader_takes_them(text: str, passes: bool, tmp_path: Path) -> None:
    file = tmp_path / "aiact.toml"
    file.write_text(text, encoding="utf-8")
    assert (not errors(CONFIG, tomllib.loads(text))) is passes
    try:
        Gate(organisation=file).check({"release.subject": "system"})
    except ProblemsError:
        assert not passes
    else:
        assert passes


def test_facts_of_other_packs_pass_unless_the_schema_knows_their_pack(run: Run) -> None:
    assert not errors(RELEASE, read("format: 1\nfacts: {xx.offered: yes}\nxx: {offered: yes}"))
    assert '"xx.offered"' not in run("schema", "release").out
    wider = run("schema", "release", "--pack", "gpai_code_of_practice")
    assert wider.code == 0
    assert len(json.loads(wider.out)["$defs"]) > len(json.loads(schema_text("release"))["$defs"])


def test_a_kind_that_is_none_is_refused_with_the_kinds(run: Run) -> None:
    answer = run("schema", "relase")
    assert answer.code == 2
    assert "release" in answer.err
    assert run("schema", "cases", "--pack", "eu_ai_act").code == 2


RESULT = (
    "  verdict: hold\n  classes: [high_risk]\n  undetermined: []\n  roles: [provider]\n  date: 2027-12-15\n"
    f"  as_of: 2026-11-30\n  decision_id: sha256:{'0' * 64}\n  tool: aiact-rules 0.1.0\n  packs: [eu_ai_act 0.1.0]\n"
)


@pytest.mark.parametrize(
    ("block", "fits"),
    [
        ("risk_classification: high-risk\nannex_iii_category: null\nhuman_oversight: required", True),
        ("annex_iii_category: [1, employment]\nrisk_tier: limited\ngpai: false", True),
        ("human_oversight: {used_only_for_public_security: no}\nsystem: {practices: []}\nroles: provider", True),
        ("operator: {name: A, size: sme}\nconformity_assessment:", True),
        (f"contact: a@example.org\nresult:\n{RESULT}", True),
        (f"result:\n{RESULT}  more: 1\n", False),
        (f"result:\n{RESULT.replace('hold', 'fine')}", False),
        ("risk_clasification: high", False),
        ("risk_classification: {is: high}", False),
        ("human_oversight: {amount: much}", False),
        ("roles: [manager]", False),
        ("document.claims: [risk.minimal]", False),
    ],
)
def test_the_schema_of_the_block_takes_what_its_reader_takes(block: str, fits: bool, tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("---\neu_ai_act:\n" + re.sub(r"^", "  ", block, flags=re.MULTILINE) + "\n---\n", encoding="utf-8")
    assert (not errors(CARD, read(block))) is fits
    if fits:
        Gate().request(card)
    else:
        with pytest.raises(InputError):
            Gate().request(card)
