"""CycloneDX: a decision as declarations of a bill of materials (1.7), or as an annotation in one that is there already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiact_rules.attest.judged import PREFIX, TOOL_NAME, TOOL_VERSION, Judged, one_line, stated_fact
from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.statuses import Status

VERSION = "1.7"
ANNOTATED = ("1.5", "1.6", "1.7")
"""The versions of the format that have annotations as they are written here."""
OURS = f"{PREFIX}annotation"
_ASSESSED = (Status.MET, Status.BREACHED, Status.OPEN)
_SCORES = {Status.MET: 1, Status.BREACHED: 0}
Row = dict[str, Any]


def declarations(judged: Judged) -> Row:
    """Return a bill of materials that says for each obligation what is claimed, by what evidence, and how far it conforms.

    Conformance is 1 where an obligation is met and 0 where it is violated; where nothing shows either, there is none, and the
    rationale says so. It is a self-assessment: nobody outside assessed anything.
    """
    claims = _Claims(judged)
    attestations = [claims.attestation(decision, at) for at, decision in enumerate(judged.decisions)]
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": VERSION,
        "serialNumber": judged.urn("bom"),
        "version": 1,
        "metadata": {
            "timestamp": judged.decided_at,
            "tools": {"components": [_tool()]},
            "component": _component(judged),
            "properties": _properties(judged),
        },
        "definitions": {"standards": [*_standards(judged)]},
        "declarations": {
            "assessors": [{"bom-ref": "assessor", "thirdParty": False}],
            "attestations": attestations,
            "claims": claims.claims,
            "evidence": list(claims.evidence.values()),
        },
    }


def annotated(bom: Mapping[str, Any], judged: Judged, place: str) -> Row:
    """Return a bill of materials with the decision as an annotation of its component; everything else in it stays.

    An annotation of an earlier decision gives way. Raises InputError where it is of a version without annotations, or names
    nothing that could be annotated.
    """
    version = bom.get("specVersion")
    if bom.get("bomFormat") != "CycloneDX" or version not in ANNOTATED:
        found = f"{bom.get('bomFormat')} {version}"
        hint = f"annotations are written into CycloneDX {', '.join(ANNOTATED)} as JSON"
        raise InputError([Problem(f"this bill of materials is {found}", Place(place), hint)])
    changed = dict(bom)
    subject = _with_reference(changed, place)
    annotation = {
        "bom-ref": OURS,
        "subjects": [subject],
        "annotator": {"component": {**_tool(), "bom-ref": f"{OURS}:tool"}},
        "timestamp": judged.decided_at,
        "text": judged.summary,
    }
    others = [each for each in _listed(bom, "annotations", place) if each.get("bom-ref") != OURS]
    changed["annotations"] = [*others, annotation]
    return changed


def _with_reference(bom: Row, place: str) -> str:
    """Return the `bom-ref` of what the bill is about, giving it one where it has none: the main component, or the one model."""
    metadata = bom.get("metadata", {})
    main = metadata.get("component") if isinstance(metadata, dict) else None
    if isinstance(main, dict):
        main = {**main, "bom-ref": main.get("bom-ref", f"{OURS}:subject")}
        bom["metadata"] = {**metadata, "component": main}
        return str(main["bom-ref"])
    components = _listed(bom, "components", place)
    models = [at for at, each in enumerate(components) if each.get("type") == "machine-learning-model"]
    if len(models) != 1:
        message = f"there is no main component, and {len(models)} models, so it is open what was judged"
        raise InputError([Problem(message, Place(place), "name it as `metadata.component`")])
    model = {**components[models[0]]}
    model.setdefault("bom-ref", f"{OURS}:subject")
    bom["components"] = [*components[: models[0]], model, *components[models[0] + 1 :]]
    return str(model["bom-ref"])


def _listed(bom: Mapping[str, Any], key: str, place: str) -> list[Row]:
    found = bom.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise InputError([Problem(f"`{key}` of this bill of materials is not a list of objects", Place(place))])
    return found


def _tool() -> Row:
    return {"type": "application", "name": TOOL_NAME, "version": TOOL_VERSION}


def _component(judged: Judged) -> Row:
    is_model = judged.decisions[0].facts.value("release.subject") == "model"
    found: Row = {
        "type": "machine-learning-model" if is_model else "application",
        "bom-ref": "subject",
        "name": judged.name,
    }
    if judged.version is not None:
        found["version"] = judged.version
    if judged.sha256 is not None:
        found["hashes"] = [{"alg": "SHA-256", "content": judged.sha256}]
    return found


def _properties(judged: Judged) -> list[Row]:
    said = {"verdict": judged.verdict.value, "passes": "true" if judged.passes else "false"}
    rows = [{"name": f"aiact:{name}", "value": value} for name, value in said.items()]
    return [*rows, *({"name": "aiact:decision_id", "value": each} for each in judged.ids)]


def _standards(judged: Judged) -> Iterator[Row]:
    """Yield each pack as a standard, whose requirements are the obligations that were assessed for any operator."""
    packs = [pack for decision in judged.decisions for pack in decision.packs]
    for known in {pack.pack_id: pack.pack_at.pack for pack in packs}.values():
        assessed = {
            standing.id: standing.obligation
            for pack in packs
            if pack.pack_id == known.id
            for standing in pack.standings
            if standing.status in _ASSESSED
        }
        yield {
            "bom-ref": f"pack:{known.id}",
            "name": one_line(known.title),
            "version": known.version,
            "description": f"{one_line(known.law)}, as encoded by the pack {known.id} (sha256:{known.digest})",
            "requirements": [
                {
                    "bom-ref": f"requirement:{known.id}:{each.id}",
                    "identifier": each.id,
                    "title": one_line(each.provision),
                    "text": one_line(each.must),
                }
                for each in assessed.values()
            ],
        }


class _Claims:
    """Collects claims and evidence over the operators of a release, each under a reference of its own."""

    def __init__(self, judged: Judged) -> None:
        self._judged = judged
        self.claims: list[Row] = []
        self.evidence: dict[str, Row] = {}

    def attestation(self, decision: Decision, at: int) -> Row:
        operator = "" if decision.operator is None else f"{one_line(decision.operator)}: "
        return {
            "summary": f"{operator}{decision.verdict.value} ({decision.decision_id})",
            "assessor": "assessor",
            "map": [
                self._mapped(decision, pack, finding, at)
                for pack in decision.packs
                for finding in pack.findings
                if finding.status in _ASSESSED
            ],
        }

    def _mapped(self, decision: Decision, pack: PackDecision, finding: Finding, at: int) -> Row:
        reference = f"claim:{at}:{pack.pack_id}:{finding.id}"
        evidence = list(self._evidence_of(decision, finding, at))
        claim: Row = {"bom-ref": reference, "target": "subject", "predicate": one_line(finding.must)}
        if finding.because:
            claim["reasoning"] = one_line("; ".join(finding.because))
        if evidence:
            claim["evidence" if finding.status is not Status.BREACHED else "counterEvidence"] = evidence
        self.claims.append(claim)
        conformance: Row = {"rationale": _rationale(decision, pack, finding)}
        if finding.status in _SCORES:
            conformance["score"] = _SCORES[finding.status]
        which = "counterClaims" if finding.status is Status.BREACHED else "claims"
        return {
            "requirement": f"requirement:{pack.pack_id}:{finding.id}",
            which: [reference],
            "conformance": conformance,
        }

    def _evidence_of(self, decision: Decision, finding: Finding, at: int) -> Iterator[str]:
        for name in finding.facts:
            if (said := stated_fact(decision, name)) is not None:
                reference = f"evidence:{at}:{name}"
                self.evidence[reference] = {"bom-ref": reference, "propertyName": f"aiact:{name}", "description": said}
                yield reference


def _rationale(decision: Decision, pack: PackDecision, finding: Finding) -> str:
    if finding.status is Status.MET:
        return "met"
    waived = "; waived" if (pack.pack_id, finding.id) in decision.waived else ""
    if finding.status is Status.BREACHED:
        return f"violated{waived}"
    return f"{'nothing shows that it is met' if finding.certain else 'it is not known whether it applies'}{waived}"
