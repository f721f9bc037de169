"""DPV: a decision in the terms of the Data Privacy Vocabulary's extension for the EU AI Act (2.3), as JSON-LD."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aiact_rules.attest.judged import PREFIX, TOOL_NAME, TOOL_VERSION, Judged, one_line
from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.statuses import Verdict

PACK = "eu_ai_act"
"""The only pack whose conclusions these terms are of."""
CONTEXT = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-aiact": "https://w3id.org/dpv/legal/eu/aiact#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
LAW = "http://data.europa.eu/eli/reg/2024/1689/oj"
ROLES = {
    "provider": "AIProvider",
    "deployer": "AIDeployer",
    "importer": "AIImporter",
    "distributor": "AIDistributor",
    "authorised_representative": "AuthorisedRepresentative",
    "product_manufacturer": "AIProductManufacturer",
}
_POINT = re.compile(r"annex_iii_(\d)([a-e])|annex_iii_point_(2)")
Row = dict[str, Any]


def statement(judged: Judged) -> Row:
    """Return what was decided as JSON-LD with its context in it: what is released, its risk level, and the assessment.

    Only what certainly holds is said. An allow is no finding that the Act is complied with: lawfulness is said to be unknown
    unless something is violated, and what the gate let pass is the status of an audit.
    """
    decision = judged.decisions[0]
    pack = next((each for each in decision.packs if each.pack_id == PACK), None)
    released: Row = {
        "@id": judged.urn("subject"),
        "@type": list(_types(pack)) or ["dpv:Technology"],
        "dct:title": judged.name,
        "dpv:hasAssessment": {"@id": judged.urn("assessment")},
        "dpv:hasEntity": [_operator(judged, each, at) for at, each in enumerate(judged.decisions)],
    }
    if judged.version is not None:
        released["dct:hasVersion"] = judged.version
    if judged.sha256 is not None:
        released["dct:identifier"] = f"sha256:{judged.sha256}"
    if pack is not None:
        released["dpv:hasApplicableLaw"] = {"@id": LAW}
        released["dpv:hasLawfulness"] = {"@id": f"eu-aiact:{_lawfulness(judged)}"}
        if levels := list(_levels(pack)):
            released["eu-aiact:hasRiskLevel"] = [{"@id": f"eu-aiact:{each}"} for each in levels]
        if pack.headlines.get("systemic_risk") == "yes":
            released["dpv:hasRisk"] = {"@id": "eu-aiact:SystemicRisk"}
    return {"@context": CONTEXT, "@graph": [released, _assessment(judged)]}


def _types(pack: PackDecision | None) -> Iterator[str]:
    """Yield the classes of what is released, from the widest to the narrowest that certainly hold."""
    if pack is None:
        return
    said = pack.conclusions
    named = {
        "ai_system": "AISystem",
        "gpai_model": "GPAIModel",
        "systemic_risk": "HighImpactCapabilityGPAIModel",
        "prohibited_practice": "ProhibitedAISystem",
        "high_risk": "HighRiskAISystem",
        "high_risk_annex_i": "HighRiskAISystem-A6-1",
        "high_risk_annex_iii": "HighRiskAISystem-A6-2",
    }
    yield from (f"eu-aiact:{term}" for name, term in named.items() if said.get(name) == "yes")
    if said.get("high_risk_annex_iii") == "yes":
        for name, truth in said.items():
            if truth == "yes" and (point := _POINT.fullmatch(name)):
                number = point[3] or f"{point[1]}-{point[2]}"
                yield f"eu-aiact:HighRiskAISystem-AnnexIII-{number}"


def _levels(pack: PackDecision) -> Iterator[str]:
    """Yield the risk levels that are certain; a model that is no system has none."""
    said: Mapping[str, str] = pack.headlines
    if said.get("ai_system") != "yes":
        return
    if said["prohibited_practice"] == "yes":
        yield "RiskLevelProhibited"
    elif said["high_risk"] == "yes":
        by = {"high_risk_annex_i": "RiskLevelHigh-A6-1", "high_risk_annex_iii": "RiskLevelHigh-A6-2"}
        yield from [level for name, level in by.items() if said.get(name) == "yes"] or ["RiskLevelHigh"]
    elif said["prohibited_practice"] == said["high_risk"] == "no":
        transparency = {"yes": "RiskLevelTransparencyRequired", "no": "RiskLevelMinimal"}
        yield transparency.get(said["transparency_obligations"], "RiskLevelNotHigh")


def _lawfulness(judged: Judged) -> str:
    verdicts = {pack.verdict for each in judged.decisions for pack in each.packs if pack.pack_id == PACK}
    return "AIActNonCompliant" if Verdict.BLOCK in verdicts else "AIActComplianceUnknown"


def _operator(judged: Judged, decision: Decision, at: int) -> Row:
    roles = [f"eu-aiact:{ROLES[role]}" for role in decision.roles if role in ROLES]
    found: Row = {"@id": judged.urn(f"operator {at}"), "@type": roles or ["dpv:Entity"]}
    return found if decision.operator is None else {**found, "dct:title": one_line(decision.operator)}


def _assessment(judged: Judged) -> Row:
    status = "AuditRejected"
    if judged.passes:
        status = "AuditApproved" if judged.verdict is Verdict.ALLOW else "AuditConditionallyApproved"
    return {
        "@id": judged.urn("assessment"),
        "@type": ["dpv:LegalComplianceAssessment"],
        "dct:created": {"@type": "xsd:dateTime", "@value": judged.decided_at},
        "dct:creator": {
            "@id": f"{PREFIX}tool:{TOOL_VERSION}",
            "dct:title": f"{TOOL_NAME} {TOOL_VERSION}",
        },
        "dct:description": judged.summary,
        "dct:identifier": list(judged.ids),
        "dpv:hasAuditStatus": {"@id": f"dpv:{status}"},
    }
