"""OSCAL: a decision as assessment results (1.2), for tools of governance and audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiact_rules.attest.judged import PREFIX, TOOL_NAME, TOOL_VERSION, Judged, one_line, stated_fact, token
from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.statuses import Status

VERSION = "1.2.1"
NAMESPACE = f"{PREFIX}oscal"
_ASSESSED = (Status.MET, Status.BREACHED, Status.OPEN)
Row = dict[str, object]


def assessment_results(judged: Judged) -> dict[str, object]:
    """Return assessment results with a result for each operator.

    An obligation is a control and its objective. One that is met is satisfied; one that is violated, unmet or undetermined is
    not, and says which. What applies later, and advice, was not assessed: the result counts it in its remarks.
    """
    plan = {
        "uuid": judged.uuid("plan"),
        "title": "The packs that judged, in place of an assessment plan",
        "props": [
            _prop("pack", f"{pack.id}@{pack.version} sha256:{pack.digest}")
            for pack in sorted(
                {each.pack_at.pack.id: each.pack_at.pack for d in judged.decisions for each in d.packs}.values(),
                key=lambda pack: pack.id,
            )
        ],
    }
    return {
        "assessment-results": {
            "uuid": judged.uuid("assessment-results"),
            "metadata": {
                "title": f"Gate of {judged.title}",
                "last-modified": judged.decided_at,
                "version": "1",
                "oscal-version": VERSION,
                "props": [_prop("decision_id", each) for each in judged.ids],
            },
            "import-ap": {"href": f"#{plan['uuid']}"},
            "results": [_result(judged, each, f"result {at}") for at, each in enumerate(judged.decisions)],
            "back-matter": {"resources": [plan]},
        }
    }


def _result(judged: Judged, decision: Decision, part: str) -> Row:
    subject, tool = judged.uuid(f"{part} subject"), judged.uuid(f"{part} tool")
    assessed = [(pack, each) for pack in decision.packs for each in pack.findings if each.status in _ASSESSED]
    left_out = [each for pack in decision.packs for each in pack.findings if each.status not in _ASSESSED]
    operator = "" if decision.operator is None else f" for {one_line(decision.operator)}"
    origin = {"actors": [{"type": "tool", "actor-uuid": tool}]}
    observations, findings = [], []
    for pack, finding in assessed:
        name = f"{pack.pack_id}.{finding.id}"
        observation = _observation(judged, decision, finding, f"{part} {name}", subject)
        observations.append({**observation, "origins": [origin]})
        waived = (pack.pack_id, finding.id) in decision.waived
        found = _finding(judged, finding, name, part, waived=waived)
        findings.append({**found, "origins": [origin], "related-observations": [_related(observation)]})
    controls = [{"control-id": token(f"{pack.pack_id}.{each.id}")} for pack, each in assessed]
    selection: Row = {"include-controls": controls} if controls else {"include-all": {}}
    return {
        "uuid": judged.uuid(part),
        "title": f"Gate{operator}: {decision.verdict.value}",
        "description": one_line(judged.summary),
        "start": judged.decided_at,
        "end": judged.decided_at,
        "props": _props(judged, decision),
        "local-definitions": {"components": list(_components(judged, subject, tool))},
        "reviewed-controls": {"control-selections": [selection]},
        **({"observations": observations, "findings": findings} if findings else {}),
        "remarks": f"Not assessed, since they apply later or advise only: {len(left_out)}.",
    }


def _props(judged: Judged, decision: Decision) -> list[Row]:
    said = [_prop("verdict", decision.verdict.value), _prop("passes", "yes" if decision.passes else "no")]
    said.append(_prop("decision_id", decision.decision_id))
    return said if judged.sha256 is None else [*said, _prop("artifact", f"sha256:{judged.sha256}")]


def _components(judged: Judged, subject: str, tool: str) -> Iterator[Row]:
    yield {
        "uuid": subject,
        "type": "software",
        "title": judged.title,
        "description": "What is released.",
        "status": {"state": "under-development"},
    }
    yield {
        "uuid": tool,
        "type": "software",
        "title": f"{TOOL_NAME} {TOOL_VERSION}",
        "description": "The gate that assessed it.",
        "status": {"state": "operational"},
    }


def _observation(judged: Judged, decision: Decision, finding: Finding, part: str, subject: str) -> Row:
    evidence = list(_evidence(decision, finding.facts))
    return {
        "uuid": judged.uuid(f"observation {part}"),
        "description": one_line("; ".join(finding.because) or finding.must),
        "methods": ["TEST"],
        "types": ["finding"],
        "subjects": [{"subject-uuid": subject, "type": "component"}],
        "collected": judged.decided_at,
        **({"relevant-evidence": evidence} if evidence else {}),
    }


def _evidence(decision: Decision, names: Iterable[str]) -> Iterator[Row]:
    for name in names:
        if (said := stated_fact(decision, name)) is not None:
            yield {"description": said}


def _finding(judged: Judged, finding: Finding, name: str, part: str, *, waived: bool) -> Row:
    is_met = finding.status is Status.MET
    reason = "pass" if is_met else "fail" if finding.status is Status.BREACHED else "other"
    status: Row = {"state": "satisfied" if is_met else "not-satisfied", "reason": reason}
    if not is_met:
        unknown = "nothing shows that it is met" if finding.certain else "it is not known whether it applies"
        status["remarks"] = "violated" if finding.status is Status.BREACHED else unknown
    return {
        "uuid": judged.uuid(f"finding {part} {name}"),
        "title": one_line(f"{finding.provision}: {finding.id}"),
        "description": one_line(finding.must),
        "target": {"type": "objective-id", "target-id": token(name), "status": status},
        **({"props": [_prop("waived", "yes")]} if waived else {}),
    }


def _related(observation: Row) -> Row:
    return {"observation-uuid": observation["uuid"]}


def _prop(name: str, value: str) -> Row:
    return {"name": name, "ns": NAMESPACE, "value": one_line(value)}
