"""The published schema of our own predicate: what a verifier or a policy may rely on in a statement about a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from aiact_rules.reports.decision_schema import (
    ChoiceModel,
    ChoicesModel,
    DismissalModel,
    EvidenceModel,
    ExtensionModel,
    FactModel,
    ReaderModel,
    RunModel,
    SignalModel,
    SubjectModel,
)

SCHEMA_ID = "urn:aiact-rules:schema:gate_decision:1"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PackRecordModel(_Model):
    """What a record holds of one pack; with the pack everything else follows again."""

    pack: str
    version: str
    digest: str
    law: str
    market: str
    extensions: list[ExtensionModel]
    readings: dict[str, str]
    verdict: Literal["allow", "hold", "block"] | None
    conclusions: dict[str, Literal["yes", "no", "unknown"]]
    statuses: str


class ClaimRecordModel(_Model):
    """What the author of a card claims that follows."""

    key: str
    words: str
    means: str | None
    source: str
    line: int | None


class RecordModel(_Model):
    """The record of one decision, as a log keeps it. `decision_id` follows from it, and `aiact-rules replay` decides it again."""

    format: Literal[2]
    verdict: Literal["allow", "hold", "block"]
    subject: SubjectModel
    operator: str | None
    roles: list[str]
    moment: str | None
    release_date: str
    as_of: str
    packs: list[PackRecordModel]
    facts: dict[str, FactModel]
    evidence: list[EvidenceModel]
    uncovered: list[str]
    dismissals: list[DismissalModel] = []
    readers: list[ReaderModel] = []
    decision_id: str
    signals: list[SignalModel]
    claims: list[ClaimRecordModel]
    choices: ChoicesModel
    run: RunModel


class WaivedModel(_Model):
    """A finding that a waiver keeps from refusing the release, up to a day."""

    pack: str
    finding: str
    reason: str
    approver: str
    until: str


class OverrideModel(_Model):
    """A person who answers for a refused release, up to a moment. It changes neither verdict nor `passes`."""

    decision_id: str
    who: str
    why: str
    until: str


class PolicyModel(_Model):
    """By what the release passes: the threshold and who set it, the settings that count, what is waived and overridden."""

    fail_on: ChoiceModel
    organisation: str | None
    waived: list[WaivedModel]
    overrides: list[OverrideModel]


class DigestModel(_Model):
    """The SHA-256 of a pack, in hexadecimal digits."""

    sha256: str


class PackModel(_Model):
    """A pack, or soft law worked into one, as a resource descriptor; its name is `id@version`."""

    name: str
    digest: DigestModel


class GateDecisionModel(_Model):
    """What was decided about the subject of the statement. Its type is `urn:aiact-rules:gate-decision/v1`.

    `verdict` is the strictest of `decisions`, of which a release has one, or one for each operator; `effective_verdict` is
    what is left where waived findings do not count. `passes` says whether the release may go ahead by its own threshold.
    """

    verdict: Literal["allow", "hold", "block"]
    effective_verdict: Literal["allow", "hold", "block"]
    passes: bool
    decided_at: str
    tool: str
    policy: PolicyModel
    packs: list[PackModel]
    decisions: list[RecordModel]


def predicate_schema() -> dict[str, Any]:
    """Return the JSON Schema of the predicate."""
    schema = GateDecisionModel.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def read_predicate(value: Mapping[str, object]) -> GateDecisionModel:
    """Return a predicate by its schema. Raises ValueError, in one line, where it does not follow it."""
    try:
        return GateDecisionModel.model_validate(value, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "predicate"
        raise ValueError(f"`{place}` of the predicate: {first['msg'].lower()}") from error
