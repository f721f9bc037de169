"""SPDX 3: a decision as an annotation of an AI package (3.0.1, JSON-LD), by itself or in a document that is there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiact_rules.attest.judged import TOOL_NAME, TOOL_VERSION, Judged
from aiact_rules.core.canonical import canonical
from aiact_rules.core.problems import InputError, Place, Problem

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
VERSION = "3.0.1"
Row = dict[str, Any]


def ai_package(judged: Judged) -> Row:
    """Return a document with one AI package and the decision as an annotation of it.

    Nothing of the decision is mapped to `ai_safetyRiskAssessment`, whose scale is not that of the Act.
    """
    package: Row = {
        "type": "ai_AIPackage",
        "spdxId": judged.urn("package"),
        "creationInfo": "_:creation",
        "name": judged.name,
    }
    if judged.version is not None:
        package["software_packageVersion"] = judged.version
    if judged.sha256 is not None:
        package["verifiedUsing"] = [{"type": "Hash", "algorithm": "sha256", "hashValue": judged.sha256}]
    annotation = _annotation(judged, package["spdxId"], "_:creation")
    document = {
        "type": "SpdxDocument",
        "spdxId": judged.urn("document"),
        "creationInfo": "_:creation",
        "name": f"Gate of {judged.title}",
        "profileConformance": ["core", "software", "ai"],
        "rootElement": [package["spdxId"]],
        "element": [package["spdxId"], annotation["spdxId"], judged.urn("tool")],
    }
    return {
        "@context": CONTEXT,
        "@graph": [_creation(judged, "_:creation"), _agent(judged, "_:creation"), document, package, annotation],
    }


def annotated(document: Mapping[str, Any], judged: Judged, place: str) -> Row:
    """Return an SPDX 3 document with the decision as an annotation of its one AI package; every other element stays.

    An annotation of an earlier decision by this tool gives way. Raises InputError where there is not one AI package.
    """
    graph = document.get("@graph")
    if not isinstance(graph, list) or not all(isinstance(each, dict) for each in graph):
        hint = "documents of SPDX 3 in JSON-LD have one"
        raise InputError([Problem("this is no SPDX 3 document: it has no list `@graph`", Place(place), hint)])
    packages = [each for each in graph if each.get("type") == "ai_AIPackage" and isinstance(each.get("spdxId"), str)]
    if len(packages) != 1:
        message = f"there are {len(packages)} AI packages, so it is open which was judged"
        raise InputError([Problem(message, Place(place), "one document for each")])
    blank = f"_:aiact-{judged.uuid('creation')}"
    added = [
        _creation(judged, blank),
        _agent(judged, blank),
        _annotation(judged, packages[0]["spdxId"], blank),
    ]
    return {**document, "@graph": [*_without_ours(graph), *added]}


def _without_ours(graph: list[Row]) -> list[Row]:
    """Return a graph without the elements that an earlier run of this tool added."""
    ours = {each.get("creationInfo") for each in graph if each.get("type") == "Annotation" and _is_ours(each)}
    return [each for each in graph if not (ours & {each.get("creationInfo"), each.get("@id")} - {None})]


def _is_ours(annotation: Row) -> bool:
    return str(annotation.get("creationInfo", "")).startswith("_:aiact-")


def _creation(judged: Judged, blank: str) -> Row:
    return {
        "type": "CreationInfo",
        "@id": blank,
        "specVersion": VERSION,
        "created": judged.decided_at,
        "createdBy": [judged.urn("tool")],
    }


def _agent(judged: Judged, blank: str) -> Row:
    return {
        "type": "SoftwareAgent",
        "spdxId": judged.urn("tool"),
        "creationInfo": blank,
        "name": f"{TOOL_NAME} {TOOL_VERSION}",
    }


def _annotation(judged: Judged, subject: str, blank: str) -> Row:
    said = {
        "decision_ids": list(judged.ids),
        "passes": judged.passes,
        "summary": judged.summary,
        "verdict": judged.verdict.value,
    }
    return {
        "type": "Annotation",
        "spdxId": judged.urn("annotation"),
        "creationInfo": blank,
        "annotationType": "review",
        "subject": subject,
        "contentType": "application/json",
        "statement": canonical(said).decode(),
    }
