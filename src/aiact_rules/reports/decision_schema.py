"""The published schema of a decision: what other programs may rely on in the JSON."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

SCHEMA_ID = "urn:aiact-rules:schema:decision:1"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeadlineModel(_Model):
    """A period that a finding sets; `date` where it can be counted."""

    date: str | None
    period: str
    provision: str


class SanctionModel(_Model):
    """The ceiling of a fine. Amounts and shares (per cent of worldwide annual, or average daily, turnover) are text."""

    provision: str
    currency: str
    fixed: str | None
    share_percent: str | None
    takes: Literal["higher", "lower", "unknown"]
    ceiling: str | None
    note: str | None
    daily_share_percent: str | None
    daily_ceiling: str | None


class FindingModel(_Model):
    """What became of one obligation, prohibition or signal."""

    id: str
    status: Literal["breached", "open", "met", "upcoming", "condition", "advice"]
    kind: Literal["prohibition", "obligation", "signal", "contradiction", "notice"]
    provision: str
    units: list[str]
    role: str | None
    roles: list[str]
    before: str | None
    after: str | None
    applies_from: str | None
    provisos: list[str]
    must: str
    owed: Literal["yes", "unknown"]
    because: list[str]
    facts: list[str]
    needs: list[str]
    evidence: list[str]
    deadlines: list[DeadlineModel]
    sanction: SanctionModel | None
    readings: list[str]
    reading: str | None
    see_also: list[str]
    force: Literal["binding", "effort", "voluntary", "pending"]
    certainty: Literal["P", "Q", "S", "K"]


class NeedModel(_Model):
    """A question whose answer can change the verdict."""

    fact: str
    question: str
    decides: int


class ExtensionModel(_Model):
    """Soft law that was worked into the pack."""

    pack: str
    version: str
    digest: str


class BasisModel(_Model):
    """By what was judged."""

    pack: str
    version: str
    digest: str
    extensions: list[ExtensionModel]
    law: str
    market: str
    as_of: str
    readings: dict[str, str]


class RoleRuleModel(_Model):
    """A rule by which the law changes a role."""

    rule: str
    provision: str
    reason: str


class RoleChangeModel(_Model):
    """A role that the law gives to, or takes from, an operator against what it named; not `certain`: possibly."""

    role: str
    change: Literal["given", "taken"]
    certain: bool
    because: list[RoleRuleModel]


class PackDecisionModel(_Model):
    """What one pack says; `verdict` is null for a pack that informs and never gates."""

    pack: str
    verdict: Literal["allow", "hold", "block"] | None
    conclusions: dict[str, Literal["yes", "no", "unknown"]]
    role_changes: list[RoleChangeModel] = []
    findings: list[FindingModel]
    needs: list[NeedModel]
    basis: BasisModel


class SubjectModel(_Model):
    """What was judged."""

    name: str | None
    version: str | None
    documents: list[str]


class FactModel(_Model):
    """A fact with its origin. Quantities and dates are text, lists are sorted.

    A list with members that are open says of each member that is in it or open `yes` or `unknown`.
    """

    value: bool | str | list[str] | dict[str, Literal["yes", "unknown"]]
    source: str
    line: int | None
    sureness: Literal["stated", "declared_by_default", "derived", "not_shown"]
    because: str | None = None


class EvidenceModel(_Model):
    """What was offered to show a fact or that an obligation is met."""

    about: str
    source: str
    line: int | None
    file: str | None
    sha256: str | None
    url: str | None
    registry: str | None
    by: str | None
    on: str | None
    expires: str | None = None


class RunModel(_Model):
    """How and when it was computed; not part of the identity."""

    engine: str
    verified_with: str | None
    tool: str
    at: str | None


class ChoiceModel(_Model):
    """One value and who chose it: a file and line, `caller` for an argument or option, or `default`."""

    value: str
    source: str
    line: int | None


class WaiverModel(_Model):
    """What lets a finding, or every finding of a provision, not count towards refusing the release, up to a day."""

    finding: str | None
    provision: str | None
    reason: str
    approver: str
    until: str
    releases: list[str]
    pack: str | None
    source: str
    line: int | None


class ChoicesModel(_Model):
    """What was chosen besides the facts, and by whom; not part of the identity.

    `uncovered` are markets that no installed pack covers and that were left out on record, `waivers` those about this
    release, whether they count on its date or not, `notes` what a person must be told.
    """

    packs: list[ChoiceModel]
    readings: dict[str, ChoiceModel]
    school: ChoiceModel
    as_of: ChoiceModel | None
    fail_on: ChoiceModel
    uncovered: list[ChoiceModel]
    organisation: str | None
    waivers: list[WaiverModel] = []
    require_evidence: ChoiceModel | None = None
    notes: list[str]


class DecisionModel(_Model):
    """A decision. `decision_id` is the SHA-256, in canonical form (RFC 8785), of all but itself, `unused_facts`,
    `choices`, `run`, `passes` and `waived`. `unused_facts` were stated, and no rule turned on them.

    A report adds `passes` where the release may go ahead although its verdict holds or blocks, and says in `waived` why.
    """

    verdict: Literal["allow", "hold", "block"]
    packs: list[PackDecisionModel]
    subject: SubjectModel
    operator: str | None
    roles: list[str]
    moment: str | None
    facts: dict[str, FactModel]
    evidence: list[EvidenceModel]
    uncovered: list[str]
    decision_id: str
    unused_facts: list[str]
    choices: ChoicesModel
    run: RunModel
    passes: bool = False
    waived: list[str] = []


def decision_schema() -> dict[str, Any]:
    """Return the JSON Schema of a decision."""
    schema = DecisionModel.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}
