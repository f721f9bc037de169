"""Exports: the real reader of each format takes them, and nothing of what they are written onto is lost."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiact_rules.attest import cyclonedx, dpv, oscal, spdx
from aiact_rules.attest.judged import Judged, one_line, token
from aiact_rules.attest.kept_json import json_text, read_kept
from aiact_rules.core.problems import InputError
from aiact_rules.core.statuses import Status
from aiact_rules.gate import Gate

from .conftest import ALLOWED, AT, BLOCKED, DAY, DIGEST, HELD
from .oracles import oracle

ROOT = Path(__file__).parents[2]
TERMS = frozenset(
    line
    for line in (Path(__file__).parent / "dpv_terms.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)
WRITERS: dict[str, Callable[[Judged], dict[str, Any]]] = {
    "oscal": oscal.assessment_results,
    "cyclonedx": cyclonedx.declarations,
    "spdx": spdx.ai_package,
    "dpv": dpv.statement,
}


def judged(gate: Gate, facts: Any, **said: Any) -> Judged:
    return Judged((gate.check(facts, roles=["provider"], as_of=DAY, at=AT, **said),))


@pytest.fixture(scope="module")
def releases(gate: Gate) -> dict[str, Judged]:
    chain = gate.request(ROOT / "examples" / "value-chain", as_of=DAY)
    return {
        "allowed": judged(gate, ALLOWED, artifact=DIGEST),
        "held": judged(gate, HELD, artifact=DIGEST),
        "blocked": judged(gate, BLOCKED),
        "chain": Judged(gate.decide_chain(chain, at=AT).decisions),
        "example": Judged((gate.check(ROOT / "examples" / "open-llm", as_of=DAY, at=AT),)),
        "silent": Judged((gate.check(ROOT / "examples" / "silent", as_of=DAY, at=AT),)),
    }


NAMES = ("allowed", "held", "blocked", "chain", "example", "silent")
READ = ("allowed", "blocked", "chain")
"""Those that others read too: their readers take seconds for each hundred of obligations."""


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("name", NAMES)
def test_the_same_decision_is_the_same_text_and_every_id_stands_once(
    form: str, name: str, releases: dict[str, Judged]
) -> None:
    release = releases[name]
    text = json_text(WRITERS[form](release))
    assert text == json_text(WRITERS[form](Judged(release.decisions)))
    assert json.loads(text) == WRITERS[form](release)
    for each in release.ids:
        assert each in text
    unique = [at for key in ('"uuid": "', '"bom-ref": "', '"spdxId": "', '"@id": "urn:uuid:') for at in _ids(text, key)]
    assert form == "dpv" or len(unique) == len(set(unique))


def _ids(text: str, key: str) -> list[str]:
    return [part.split('"')[0] for part in text.split(key)[1:]]


# OSCAL


@pytest.mark.parametrize("name", READ)
def test_trestle_validates_the_assessment_results(name: str, releases: dict[str, Judged]) -> None:
    model = oracle("trestle.oscal.assessment_results").AssessmentResults
    written = oscal.assessment_results(releases[name])["assessment-results"]
    model.model_validate(written)
    broken = copy.deepcopy(written)
    broken["results"][0]["reviewed-controls"] = "all"  # type: ignore[index]
    with pytest.raises(ValueError):
        model.model_validate(broken)


def test_an_objective_is_satisfied_only_where_the_obligation_is_met(releases: dict[str, Judged]) -> None:
    for release in releases.values():
        results = oscal.assessment_results(release)["assessment-results"]["results"]  # type: ignore[index]
        for result, decision in zip(results, release.decisions, strict=True):
            states = {
                each["target"]["target-id"]: each["target"]["status"]["state"] for each in result.get("findings", [])
            }
            met = {f"eu_ai_act.{each.id}" for each in decision.findings if each.status is Status.MET}
            assert {name for name, state in states.items() if state == "satisfied"} == met
            gating = {f"eu_ai_act.{each.id}" for each in decision.findings if each.status.gates}
            assert {name for name, state in states.items() if state == "not-satisfied"} == gating
            related = [each["related-observations"][0]["observation-uuid"] for each in result.get("findings", [])]
            assert related == [each["uuid"] for each in result.get("observations", [])]
    assert any(each.status is Status.BREACHED for each in releases["blocked"].decisions[0].findings)


# CycloneDX


def valid(version: str, text: str) -> bool:
    schema = oracle("cyclonedx.schema").SchemaVersion
    validator = oracle("cyclonedx.validation.json").JsonStrictValidator(schema[f"V{version.replace('.', '_')}"])
    return validator.validate_str(text) is None


@pytest.mark.parametrize("name", READ)
def test_the_library_of_cyclonedx_validates_the_declarations(name: str, releases: dict[str, Judged]) -> None:
    text = json_text(cyclonedx.declarations(releases[name]))
    assert valid("1.7", text)
    assert not valid("1.7", text.replace('"thirdParty": false', '"thirdParty": "no"'))


def test_every_reference_of_the_declarations_leads_somewhere(releases: dict[str, Judged]) -> None:
    for release in releases.values():
        written = cyclonedx.declarations(release)
        known = set(_ids(json_text(written), '"bom-ref": "'))
        said = written["declarations"]
        used = {each["target"] for each in said["claims"]}
        for claim in said["claims"]:
            used |= {*claim.get("evidence", []), *claim.get("counterEvidence", [])}
        for attestation in said["attestations"]:
            used.add(attestation["assessor"])
            for row in attestation["map"]:
                used |= {row["requirement"], *row.get("claims", []), *row.get("counterClaims", [])}
        assert used <= known


def test_conformance_is_a_number_only_where_it_is_known(releases: dict[str, Judged]) -> None:
    scores = {
        row["conformance"]["rationale"].split(";")[0]: row["conformance"].get("score")
        for release in releases.values()
        for attestation in cyclonedx.declarations(release)["declarations"]["attestations"]
        for row in attestation["map"]
    }
    assert scores == {
        "met": 1,
        "violated": 0,
        "nothing shows that it is met": None,
        "it is not known whether it applies": None,
    }


def bom(version: str = "1.7", **more: Any) -> dict[str, Any]:
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "version": 1,
        "components": [
            {
                "type": "machine-learning-model",
                "bom-ref": "m",
                "name": "scorer",
                "version": "3",
                "modelCard": {
                    "modelParameters": {"task": "classification", "datasets": [{"type": "dataset", "name": "loans"}]},
                    "considerations": {"useCases": ["scoring"], "users": ["clerks"]},
                },
                "properties": [{"name": "x:y", "value": "z"}],
            },
            {"type": "library", "bom-ref": "l", "name": "a-library", "version": "1"},
        ],
        "dependencies": [{"ref": "m", "dependsOn": ["l"]}],
        **more,
    }


@pytest.mark.parametrize("version", cyclonedx.ANNOTATED)
def test_an_annotation_loses_nothing_of_a_bill_of_materials(version: str, releases: dict[str, Judged]) -> None:
    before = bom(version)
    after = cyclonedx.annotated(before, releases["held"], "bom.json")
    assert {key: value for key, value in after.items() if key != "annotations"} == before
    (annotation,) = after["annotations"]
    assert annotation["subjects"] == ["m"]
    assert releases["held"].ids[0] in annotation["text"]
    assert valid(version, json_text(after))


def test_an_annotation_replaces_that_of_an_earlier_decision_alone(releases: dict[str, Judged]) -> None:
    other = {
        "subjects": ["m"],
        "annotator": {"individual": {"name": "A. Person"}},
        "timestamp": "2026-01-01T00:00:00Z",
        "text": "seen",
    }
    once = cyclonedx.annotated(bom(annotations=[other]), releases["held"], "bom.json")
    twice = cyclonedx.annotated(once, releases["allowed"], "bom.json")
    assert [each["text"] for each in twice["annotations"]] == ["seen", releases["allowed"].summary]


def test_what_has_no_reference_gets_one_and_the_main_component_comes_first(releases: dict[str, Judged]) -> None:
    main = bom(metadata={"component": {"type": "application", "name": "app"}, "authors": [{"name": "A"}]})
    after = cyclonedx.annotated(main, releases["held"], "bom.json")
    assert after["annotations"][0]["subjects"] == [after["metadata"]["component"]["bom-ref"]]
    assert after["metadata"]["authors"] == [{"name": "A"}]
    assert main["metadata"]["component"] == {"type": "application", "name": "app"}
    bare = bom()
    del bare["components"][0]["bom-ref"]
    assert cyclonedx.annotated(bare, releases["held"], "b")["components"][0]["bom-ref"] == f"{cyclonedx.OURS}:subject"


@pytest.mark.parametrize(
    "values",
    [
        {},
        bom("1.4"),
        bom("2.0"),
        bom(components=[]),
        bom(components="x"),
        bom(components=[{"type": "machine-learning-model"}] * 2),
        bom(annotations={}),
    ],
)
def test_a_bill_that_cannot_be_annotated_is_refused(values: dict[str, Any], releases: dict[str, Judged]) -> None:
    with pytest.raises(InputError) as refused:
        cyclonedx.annotated(values, releases["held"], "bom.json")
    assert "bom.json" in str(refused.value)


def test_numbers_and_order_of_a_document_stay_as_they_are_written(tmp_path: Path) -> None:
    text = '{\n  "z": [\n    1e-10,\n    0.1234567890123456789012,\n    1.0,\n    12345678901234567890\n  ],\n  "a": {},\n  "é": [],\n  "n": null\n}\n'
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    assert json_text(read_kept(tmp_path / "x.json")) == text
    (tmp_path / "x.json").write_text('{"a": NaN}', encoding="utf-8")
    with pytest.raises(InputError, match="no number"):
        read_kept(tmp_path / "x.json")


# SPDX 3


def objects(document: dict[str, Any]) -> Any:
    """Return the elements as the library generated from the SHACL model of SPDX reads them; it checks each value."""
    model = oracle("spdx_python_model").v3_0_1
    found = model.SHACLObjectSet()
    model.JSONLDDeserializer().read(io.BytesIO(json_text(document).encode()), found)
    out = io.BytesIO()
    model.JSONLDSerializer().write(found, out)  # refuses what lacks a property it must have
    return found


@pytest.mark.parametrize("name", READ)
def test_the_model_of_spdx_reads_and_writes_the_annotation(name: str, releases: dict[str, Judged]) -> None:
    release = releases[name]
    found = objects(spdx.ai_package(release))
    (annotation,) = found.foreach_type("Annotation")
    (package,) = found.foreach_type("ai_AIPackage")
    assert annotation.subject is package
    assert json.loads(annotation.statement)["verdict"] == release.verdict.value
    assert package.ai_safetyRiskAssessment is None
    broken = spdx.ai_package(release)
    del broken["@graph"][4]["annotationType"]
    with pytest.raises(ValueError):
        objects(broken)


def test_an_annotation_loses_nothing_of_an_spdx_document(releases: dict[str, Judged]) -> None:
    before = spdx.ai_package(releases["held"])
    before["@graph"] = before["@graph"][:4]
    before["@graph"][3]["ai_limitation"] = "not for thin files"
    after = spdx.annotated(before, releases["allowed"], "x.json")
    assert after["@graph"][: len(before["@graph"])] == before["@graph"]
    assert len(after["@graph"]) == len(before["@graph"]) + 3
    again = spdx.annotated(after, releases["held"], "x.json")
    assert again["@graph"][: len(before["@graph"])] == before["@graph"]
    assert len(again["@graph"]) == len(after["@graph"])
    verdicts = [json.loads(each["statement"])["verdict"] for each in again["@graph"] if each["type"] == "Annotation"]
    assert verdicts == ["hold"]


def test_the_model_of_spdx_reads_what_was_annotated(releases: dict[str, Judged]) -> None:
    before = spdx.ai_package(releases["held"])
    before["@graph"] = before["@graph"][:4]
    (annotation,) = objects(spdx.annotated(before, releases["allowed"], "x.json")).foreach_type("Annotation")
    assert annotation.subject.name == "release"


@pytest.mark.parametrize("graph", [None, {}, ["x"], [], [{"type": "ai_AIPackage", "spdxId": "x"}] * 2])
def test_a_document_without_one_ai_package_is_refused(graph: object, releases: dict[str, Judged]) -> None:
    with pytest.raises(InputError, match=r"x\.json"):
        spdx.annotated({"@graph": graph}, releases["held"], "x.json")


# DPV


def terms(value: object) -> set[str]:
    """Return every name with a prefix of DPV in a JSON value, keys and values alike."""
    if isinstance(value, dict):
        return {term for pair in value.items() for each in pair for term in terms(each)}
    if isinstance(value, list):
        return {term for each in value for term in terms(each)}
    return {value} if isinstance(value, str) and value.startswith(("dpv:", "eu-aiact:")) else set()


def test_every_term_that_can_be_written_is_one_of_the_vocabulary(releases: dict[str, Judged], gate: Gate) -> None:
    assert len(TERMS) > 1000
    written = {term for release in releases.values() for term in terms(dpv.statement(release)["@graph"])}
    assert len(written) > 15
    assert written <= TERMS
    source = Path(dpv.__file__).read_text(encoding="utf-8")
    named = {f"eu-aiact:{each}" for each in dpv.ROLES.values()}
    for word in {part.split('"')[0] for part in source.split('"')[1::2]}:
        if word.startswith(("RiskLevel", "HighRiskAI", "AIAct", "ProhibitedAI", "HighImpact", "GPAI", "AISystem")):
            named |= set() if "{" in word else {f"eu-aiact:{word}"}
        if word.startswith("Audit"):
            named.add(f"dpv:{word}")
    assert len(named) > 20
    assert named <= TERMS
    for name in gate.packs()[0].labels:
        if point := dpv._POINT.fullmatch(name):
            number = point[3] or f"{point[1]}-{point[2]}"
            assert f"eu-aiact:HighRiskAISystem-AnnexIII-{number}" in TERMS


def test_rdflib_reads_the_statement_and_finds_the_level(releases: dict[str, Judged]) -> None:
    rdflib = oracle("rdflib")
    aiact, known = rdflib.Namespace(dpv.CONTEXT["eu-aiact"]), rdflib.Namespace(dpv.CONTEXT["dpv"])
    for name, levels, lawful, status in (
        ("allowed", ["RiskLevelMinimal"], "AIActComplianceUnknown", "AuditApproved"),
        ("held", ["RiskLevelHigh-A6-2"], "AIActComplianceUnknown", "AuditRejected"),
        ("blocked", ["RiskLevelTransparencyRequired"], "AIActNonCompliant", "AuditRejected"),
        ("example", [], "AIActComplianceUnknown", "AuditRejected"),
        ("silent", [], "AIActComplianceUnknown", "AuditRejected"),
    ):
        graph = rdflib.Graph().parse(data=json_text(dpv.statement(releases[name])), format="json-ld")
        assert sorted(graph.objects(None, aiact.hasRiskLevel)) == [aiact[each] for each in levels], name
        assert [*graph.objects(None, known.hasLawfulness)] == [aiact[lawful]], name
        assert [*graph.objects(None, known.hasAuditStatus)] == [known[status]], name


def test_what_passes_by_its_threshold_is_approved_with_a_condition(gate: Gate) -> None:
    lenient = judged(Gate(fail_on="block"), HELD)
    assert lenient.passes
    assert dpv.statement(lenient)["@graph"][1]["dpv:hasAuditStatus"] == {"@id": "dpv:AuditConditionallyApproved"}


# Names


def test_names_of_others_stand_on_one_line() -> None:
    assert one_line(" a\n b\u202e ") == "a\\n b\\u202e"
    assert one_line("\t") == "\\t"
    assert one_line("  ") == "-"
    assert [token(each) for each in ("art5.1", "5 a/b", "")] == ["art5.1", "_5_a_b", "_"]


def test_a_name_with_line_ends_breaks_no_format(gate: Gate) -> None:
    from aiact_rules.core.decisions import Subject

    decision = gate.check(HELD, roles=["provider"], as_of=DAY, at=AT, subject=Subject("a\nb", "1\u2028", ("x y.md",)))
    release = Judged((decision,))
    assert release.title == "a\\nb 1\\u2028"
    oracle("trestle.oscal.assessment_results").AssessmentResults.model_validate(
        oscal.assessment_results(release)["assessment-results"]
    )
    assert valid("1.7", json_text(cyclonedx.declarations(release)))
    objects(spdx.ai_package(release))
