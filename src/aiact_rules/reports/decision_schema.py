"""The published schema of a decision: what other programs may rely on in the JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from aiact_rules.core.digests import DIGEST_PATTERN

SCHEMA_ID = "urn:aiact-rules:schema:decision:2"


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


class StubModel(_Model):
    """What every finding says."""

    id: str
    provision: str
    must: str


class GatingFindingModel(StubModel):
    """What stands in the way of an allow: `breached`, or `open`.

    Of something `open` whose `owed` is `unknown` the questions under `questions` say first whether it applies; of
    other open ones `needs` are the facts that would show that they are met. `because` and `facts` stand where something
    is breached, contradicted or signalled, and `waived` says by whom and until when it does not refuse the release.
    """

    status: Literal["breached", "open"]
    kind: Literal["prohibition", "obligation", "signal", "contradiction", "notice"] = "obligation"
    owed: Literal["yes", "unknown"] = "yes"
    needs: list[str] = []
    because: list[str] = []
    facts: list[str] = []
    waived: str | None = None


class ConditionModel(StubModel):
    """What applies at a later step, or after what `after` names."""

    after: str | None


class FindingModel(StubModel):
    """What became of one obligation, prohibition or signal, in full.

    `sanction` and `readings` are names in `sanctions` and `interpretations` beside; the units of the law that `provision`
    cites stand in `units`; `page` is the address of the page of its rule.
    """

    status: Literal["breached", "open", "met", "upcoming", "condition", "advice"]
    kind: Literal["prohibition", "obligation", "signal", "contradiction", "notice"]
    owed: Literal["yes", "unknown"]
    needs: list[str]
    because: list[str]
    facts: list[str]
    roles: list[str]
    before: str | None
    after: str | None
    applies_from: str | None
    provisos: list[str]
    evidence: list[str]
    deadlines: list[DeadlineModel]
    sanction: str | None
    readings: list[str]
    reading: str | None
    see_also: list[str]
    force: Literal["binding", "effort", "voluntary", "pending"]
    certainty: Literal["P", "Q", "S", "K"]
    page: str | None


class InterpretationModel(_Model):
    """A reading of an open point of law: what was chosen, what that says, and on whose authority it is the default."""

    choice: str
    says: str
    question: str
    provision: str
    authority: str


class QuestionModel(_Model):
    """A question whose answer can change the verdict, and how many findings it bears on.

    `packs` ask it; they stand here where several judge.
    """

    fact: str
    question: str
    decides: int
    packs: list[str] = []


class UpcomingModel(_Model):
    """How many obligations apply from a date, and of how many more that is not yet known."""

    date: str
    certain: int
    undetermined: int


class TalliesModel(_Model):
    """How many obligations stand in which way, over all packs.

    `unmet` ones apply and nothing shows that they are met; of `undetermined` ones it is not known whether they apply.
    """

    violated: int
    contradictions: int
    signals: int
    unmet: int
    undetermined: int
    met: int
    post_release: int
    recommendations: int
    upcoming: list[UpcomingModel]


class ClassificationModel(_Model):
    """A headline that holds, with the reasons, or that cannot be excluded yet."""

    id: str
    label: str
    holds: Literal["yes", "unknown"]
    because: list[str]


class ExtensionModel(_Model):
    """Soft law that was worked into the pack."""

    pack: str
    version: str
    digest: str


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
    """What one pack says; `verdict` is null for a pack that informs and never gates.

    Of `readings` those stand here that are not the pack's defaults. `statuses` has a letter for each obligation of the pack in
    its order, after how many of the same follow each other: b breached, o open, u open while it is not known whether it
    applies, m met, c for later, d for later if it applies, p upcoming, q upcoming if it applies, a advice, - nothing. A full
    decision has every finding, and what findings share; the default one those that gate, and `conditions`.
    """

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
    classification: list[ClassificationModel]
    role_changes: list[RoleChangeModel]


class DefaultPackModel(PackDecisionModel):
    """What one pack says, as far as one acts on it now."""

    findings: list[GatingFindingModel]
    conditions: list[ConditionModel]


class FullPackModel(PackDecisionModel):
    """All that one pack says; the names under which findings refer to what they share are its own."""

    findings: list[FindingModel]
    sanctions: dict[str, SanctionModel]
    units: dict[str, list[str]]
    interpretations: dict[str, InterpretationModel]


class SubjectModel(_Model):
    """What was judged; `digest` names the bytes that are released, where somebody says which these are."""

    name: str | None
    version: str | None
    documents: list[str]
    owner: str | None = None
    digest: Annotated[str, Field(pattern=DIGEST_PATTERN)] | None = None


class FactModel(_Model):
    """A fact with its origin, which is that it was stated unless `sureness` says otherwise. Lists are sorted.

    Quantities and dates are text. What a pack adds by itself (declared defaults, what follows from other facts) is left out.

    A list with members that are open says of each member that is in it or open `yes` or `unknown`.
    """

    value: bool | str | list[str] | dict[str, Literal["yes", "unknown"]]
    source: str
    line: int | None
    sureness: Literal["stated", "declared_by_default", "derived", "not_shown"] = "stated"
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


class SignalModel(_Model):
    """Words of a document that speak of a situation of the law; not part of the identity.

    `hold` holds the release where the facts deny what the words suggest; a `note` only tells of them, and says why. `seen`
    names the sentences that speak of it, `reader` who suggested them, where that is no cue of a pack.
    """

    cue: str
    words: str
    source: str
    line: int | None
    strength: Literal["hold", "note"]
    note: Literal["ruled_out", "mentioned", "weak", "suggested"] = "weak"
    seen: str
    reader: str = ""


class ReaderModel(_Model):
    """A reader of a platform that was asked about the documents: whether its suggestions hold, and how it failed, if it did."""

    name: str
    version: str
    digest: str
    strength: Literal["hold", "note"]
    failed: str = ""


class ClaimModel(_Model):
    """What the author of a card claims that follows, and how that compares with what follows from the facts.

    `means` is the claim of the vocabulary, null where the words mean none that is compared; `denied_by` the contradictions
    that hold since the facts say more. Not part of the identity.
    """

    key: str
    words: str
    means: str | None
    source: str
    line: int | None
    comparison: Literal["lower", "same", "higher", "open", "not_compared"]
    denied_by: list[str]


class DismissalModel(_Model):
    """What a person said of a signal or a contradiction, whether it counts for the words of today or not.

    `seen` names the sentences for which it was said; `document.signals_dismissed` among the facts lists what counts.
    """

    signal: str
    because: str | None = None
    by: str | None = None
    seen: str | None = None
    source: str
    line: int | None


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
    """A decision: its record, and what follows from it.

    `decision_id` is the SHA-256, in canonical form (RFC 8785), of the record: of `format`, `verdict`, `subject`,
    `operator`, `roles`, `moment`, `release_date`, `as_of`, `facts`, `evidence`, `uncovered` and, where there are any,
    `dismissals` and `readers`, and of `packs` all but `classification`, `role_changes`, `findings`, `conditions`, `sanctions`, `units` and
    `interpretations`. `unused_facts` were stated, and no rule turned on them; `signals` are the words of documents behind
    what is signalled, `claims` what a card says that follows. A report adds `passes` where the release may go ahead although
    its verdict holds or blocks, and says in `waived` why.
    """

    verdict: Literal["allow", "hold", "block"]
    why: str
    decision_id: str
    tallies: TalliesModel
    questions: list[QuestionModel]
    packs: list[DefaultPackModel] | list[FullPackModel]
    unused_facts: list[str]
    format: Literal[2]
    subject: SubjectModel
    operator: str | None
    roles: list[str]
    moment: str | None
    release_date: str
    as_of: str
    facts: dict[str, FactModel]
    evidence: list[EvidenceModel]
    uncovered: list[str]
    dismissals: list[DismissalModel] = []
    readers: list[ReaderModel] = []
    signals: list[SignalModel]
    claims: list[ClaimModel]
    choices: ChoicesModel
    run: RunModel
    passes: bool = False
    waived: list[str] = []


def decision_schema() -> dict[str, Any]:
    """Return the JSON Schema of a decision."""
    schema = DecisionModel.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}
