"""The format of spec files, as pydantic models. The published JSON Schemas are made from these.

Every value is read as text; these models say which text each key takes. Conditions stay unread here (`ConditionText`):
`conditions` reads them with the vocabulary at hand.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from aiact_rules.core.vocabulary import parse_date


def _true_or_false(value: object) -> object:
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise ValueError(f"expected true or false, found `{value}`")
        return value == "true"
    return value


def _date(value: object) -> object:
    return parse_date(value) if isinstance(value, str) else value


def _whole(value: object) -> object:
    if isinstance(value, str):
        if not value.strip().isdigit():
            raise ValueError(f"expected a whole number, found `{value}`")
        return int(value)
    return value


def _truth(value: object) -> object:
    if isinstance(value, str):
        if value not in _TRUTHS:
            raise ValueError(f"expected true, false or unknown, found `{value}`")
        return _TRUTHS[value]
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


_TRUTHS = {"true": "yes", "false": "no", "unknown": "unknown"}
_SCALAR = {"type": ["string", "number", "boolean"]}
_WORDS = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
    ]
}
_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "format": "date"}

Text = Annotated[str, WithJsonSchema(_SCALAR)]
Words = Annotated[str, Field(min_length=1), WithJsonSchema({"type": "string", "minLength": 1})]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")]
Identifier = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_.]*$")]
Flag = Annotated[bool, BeforeValidator(_true_or_false)]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema(_DATE)]
Whole = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Names = Annotated[
    list[Name],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Identifiers = Annotated[
    list[Identifier],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
ConditionText = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "format": "condition"})]
_WEB = r"^(\{site\}|https?://)[^\s{}]*"
Pages = Annotated[str, Field(pattern=_WEB + r"\{page\}[^\s{}]*\{anchor\}$")]
LawText = Annotated[str, Field(pattern=r"^https?://[^\s{}]*(\{part\}[^\s{}]*)?$")]

TruthWord = Annotated[
    Literal["yes", "no", "unknown"],
    BeforeValidator(_truth),
    WithJsonSchema({"enum": [True, False, "unknown"]}),
]
CertaintyLetter = Literal["P", "Q", "S", "K"]


class SpecModel(BaseModel):
    """What all spec models share: no unknown key is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, protected_namespaces=())


class RoleSpec(SpecModel):
    """A capacity in which an operator acts under the law."""

    provision: Words
    means: Words
    moment: Name
    deemed: Name | None = None
    unless: Name | None = None
    steps: Names = []


class OutsideRoleSpec(SpecModel):
    """Somebody in no role, and what that means."""

    provision: Words
    means: Words


class MomentSpec(SpecModel):
    """A point in the life of a release; what was due at a lower order is due later too. An event has no `order`."""

    order: Whole | None = None
    provision: Words
    means: Words


class TransitionSpec(SpecModel):
    """The facts on which it turns whether the law spares what was on the market before it applied, by their part."""

    provision: Words
    already_on_market: FactName
    first_placed_on: FactName
    design_changed: FactName | None = None
    in_present_form_since: FactName | None = None
    model_already_on_market: FactName | None = None
    model_first_placed_on: FactName | None = None


class PackSpec(SpecModel):
    """pack.yaml"""

    id: Name
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+([.+-].*)?$")]
    title: Words
    law: Words
    market: Words
    in_force_since: Day | None = None
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$")] | None = None
    pages: Pages | None = None
    law_text: LawText | None = None
    gates: Flag = True
    extends: Names = []
    vocabulary_from: list[Words] = []
    files_from: dict[Words, list[Words]] = {}
    headlines: Names = []
    labels: dict[Name, Words] = {}
    in_scope: Name | None = None
    prohibited: Name | None = None
    transition: TransitionSpec | None = None
    excludes: list[tuple[Name, Name]] = []
    screening: list[FactName] = []
    practices: FactName | None = None
    exemptions_refutable: Flag = False
    roles: dict[Name, RoleSpec] = {}
    outside_roles: dict[Name, OutsideRoleSpec] = {}
    moments: dict[Name, MomentSpec] = {}


class ContradictionSpec(SpecModel):
    """Statements that cannot all be true, unless some other answer says how; where nobody gave that answer, it is asked.

    Whoever states them all is held until one is corrected.
    """

    id: Name
    provision: Words
    when: ConditionText
    unless: ConditionText | None = None
    because: Words
    must: Words | None = None
    dismissible: Flag = False
    role: Names | None = None
    timetable: Identifier | None = None
    reading: Words | None = None
    text_since: Day | None = None
    text_until: Day | None = None


class ContradictedBySpec(ContradictionSpec):
    """What contradicts an answer to the question of a fact. Without `answer`: yes, something, more than nothing."""

    provision: Words | None = None  # type: ignore[assignment]  # that of the fact
    answer: Any = None


class ClashSpec(SpecModel):
    """What one operator of a chain states, and another denies (`other`), or nobody else bears out (`nobody`).

    With `beyond`, a list, the other matters only where its list names what the list of the one leaves out. `same` instead
    names facts of which all operators state the same, if anything.
    """

    id: Name
    provision: Words
    one: ConditionText | None = None
    other: ConditionText | None = None
    nobody: ConditionText | None = None
    same: list[FactName] = []
    beyond: FactName | None = None
    because: Words
    dismissible: Flag = False


class DerivedSpec(SpecModel):
    """How a quantity follows from others: exactly one of `ratio` and `sum`. With `or_more` it may be stated as more.

    `since` instead names a date: where it lies before the release, the answer is yes.
    """

    ratio: list[FactName] | None = None
    sum: list[FactName] | None = None
    or_more: Flag = False
    since: FactName | None = None


def _formers(value: object) -> object:
    names = _listed(value)
    return {name: {} for name in names} if isinstance(names, list) else value


class FactSpec(SpecModel):
    """One fact that may be stated."""

    type: Literal["yes_no", "one_of", "some_of", "quantity", "date", "text"]
    asks: Words
    provision: Words | None = None
    values: dict[Text, Text] | None = None
    unit: Words | None = None
    checklist: Flag = False
    if_absent: Text | list[Text] | None = None
    if_absent_because: Words | None = None
    derived: DerivedSpec | None = None
    above: Text | None = None
    at_most: Text | list[FactName] | None = None
    note: Words | None = None
    organisation: Flag = False
    belongs_to: dict[FactName, Names] = {}
    belongs_when: Any = None
    contradicted_by: list[ContradictedBySpec] = []
    uncontradicted: Words | None = None
    added: Names = []
    was: Annotated[
        dict[FactName, dict[Text, Text | list[Text]]],
        BeforeValidator(_formers),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string"},
                    {"type": "array", "items": {"type": "string"}},
                    {"type": "object", "additionalProperties": {"type": "object"}},
                ]
            }
        ),
    ] = {}


class VocabularyFile(SpecModel):
    """vocabulary.yaml; `timetable` says from when what it declares about contradictions counts."""

    timetable: Identifier | None = None
    facts: dict[FactName, FactSpec]


class RuleSpec(SpecModel):
    """Concludes something, or makes an exception, where its condition holds."""

    id: Identifier
    provision: Words
    when: ConditionText
    reason: Words
    concludes: Name | None = None
    exception_to: Identifiers = []
    rebuttable: Flag = False
    reading: Words | None = None
    certainty: CertaintyLetter = "P"
    confirmed_by: FactName | None = None
    text_since: Day | None = None
    text_until: Day | None = None
    units: list[Words] = []


class DeadlineSpec(SpecModel):
    """A period that runs from a date fact: exactly one of the five units."""

    runs_from: FactName
    provision: Words
    hours: Whole | None = None
    days: Whole | None = None
    weeks: Whole | None = None
    months: Whole | None = None
    years: Whole | None = None
    when: ConditionText | None = None


class ObligationSpec(SpecModel):
    """One thing to verify."""

    id: Identifier
    provision: Words
    must: Words
    kind: Literal["obligation", "notice", "signal"] = "obligation"
    met_when: ConditionText | None = None
    given: ConditionText | None = None
    role: Names | None = None
    before: Names | None = None
    after: Name | None = None
    at_once: Flag = False
    event: Names | None = None
    timetable: Identifier | None = None
    deadline: DeadlineSpec | list[DeadlineSpec] | None = None
    evidence: list[Words] = []
    sanction: Identifier | None = None
    because: Words | None = None
    reading: Words | None = None
    see_also: list[Words] = []
    force: Literal["binding", "effort", "voluntary", "pending"] = "binding"
    certainty: CertaintyLetter = "P"
    text_since: Day | None = None
    text_until: Day | None = None
    units: list[Words] = []


class ProhibitionSpec(SpecModel):
    """Something that must not happen: breached where `when` holds, open where it may."""

    id: Identifier
    provision: Words
    must: Words
    when: ConditionText
    role: Names | None = None
    before: Names | None = None
    timetable: Identifier | None = None
    evidence: list[Words] = []
    sanction: Identifier | None = None
    because: Words | None = None
    reading: Words | None = None
    see_also: list[Words] = []
    force: Literal["binding", "effort", "voluntary", "pending"] = "binding"
    certainty: CertaintyLetter = "P"
    text_since: Day | None = None
    text_until: Day | None = None
    units: list[Words] = []


class ArticleFile(SpecModel):
    """art_NNN.yaml: the rules, obligations and prohibitions of one article, annex or recital."""

    article: Text | None = None
    annex: Text | None = None
    recital: Text | None = None
    title: Words | None = None
    given: ConditionText | None = None
    role: Names | None = None
    before: Names | None = None
    after: Name | None = None
    event: Names | None = None
    timetable: Identifier | None = None
    sanction: Identifier | None = None
    rules: list[RuleSpec] = []
    obligations: list[ObligationSpec] = []
    prohibitions: list[ProhibitionSpec] = []
    contradictions: list[ContradictionSpec] = []
    between_operators: list[ClashSpec] = []


class ParameterSpec(SpecModel):
    """A value of the law: each as-of date from which the text said so, with the value."""

    provision: Words
    values: dict[Day, Text]
    checked_on: Day | None = None
    unit: Words | None = None
    source: Words | None = None
    note: Words | None = None


class ParametersFile(SpecModel):
    """parameters.yaml: `checked_on` is the day on which all its values were checked; a parameter may say its own."""

    checked_on: Day | None = None
    parameters: dict[Identifier, ParameterSpec]


class RouteSpec(SpecModel):
    """One legal way to become applicable."""

    provision: Words
    start: Identifier = Field(alias="from")
    when: ConditionText | None = None


class DeferralSpec(SpecModel):
    """A transition: where `when` holds, not before `until` (a parameter, or `never`)."""

    provision: Words
    when: ConditionText
    until: Identifier
    proviso: Words | None = None


class TimetableSpec(SpecModel):
    """From when something applies."""

    provision: Words
    starts: Identifier | list[RouteSpec]
    deferred: list[Name | DeferralSpec] = []


class TimetablesFile(SpecModel):
    """timetables.yaml: `transitions` are deferrals with a name, for timetables of the pack to take."""

    transitions: dict[Name, DeferralSpec] = {}
    timetables: dict[Identifier, TimetableSpec] = {}


class SchoolChoiceSpec(SpecModel):
    """What a school says to one open point; where it rests on documents, in which one and whether that is final."""

    choice: Name
    document: Words | None = None
    status: Literal["final", "draft"] | None = None


def _chosen(value: object) -> object:
    return {"choice": value} if isinstance(value, str) else value


SchoolChoiceText = Annotated[
    SchoolChoiceSpec,
    BeforeValidator(_chosen),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "required": ["choice"],
                    "additionalProperties": False,
                    "properties": {
                        "choice": {"type": "string"},
                        "document": {"type": "string"},
                        "status": {"enum": ["final", "draft"]},
                    },
                },
            ]
        }
    ),
]


class ReadingSpec(SpecModel):
    """A point the text leaves open."""

    provision: Words
    question: Words
    choices: dict[Name, Words]
    default: Name
    authority: Words
    schools: dict[Name, SchoolChoiceText] = {}
    laxer_than_letter: Words | None = None
    stricter_than_letter: Words | None = None


class ReadingsFile(SpecModel):
    """readings.yaml"""

    readings: dict[Name, ReadingSpec]


class SchoolSpec(SpecModel):
    """A school of reading: a named bundle of readings. `by_document`: each choice names its document and its status."""

    title: Words
    authority: Words
    by_document: Flag = False


class SchoolsFile(SpecModel):
    """schools.yaml"""

    schools: dict[Name, SchoolSpec]


class LowerForSpec(SpecModel):
    """Who pays at most the lower of the two amounts."""

    provision: Words
    when: ConditionText


class SanctionSpec(SpecModel):
    """The ceiling of a fine."""

    provision: Words
    fixed: Identifier | None = None
    share: Identifier | None = None
    share_when: ConditionText | None = None
    daily_share: Identifier | None = None
    turnover: FactName | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    lower_for: list[LowerForSpec] = []
    applies: ConditionText | None = None
    reaches: list[Literal["prohibition", "obligation"]] = []
    timetable: Identifier | None = None
    note: Words | None = None


class SanctionsFile(SpecModel):
    """sanctions.yaml"""

    sanctions: dict[Identifier, SanctionSpec]


ClassNames = Annotated[
    list[Words],
    BeforeValidator(_listed),
    WithJsonSchema(_WORDS),
    Field(min_length=1),
]


class PatternSpec(SpecModel):
    """Classes of words near each other in a sentence; each element is one class, or several of which one is enough."""

    classes: Annotated[list[ClassNames], Field(min_length=1, max_length=4)]
    near: list[Words] = []
    unless: list[Words] = []
    strength: Literal["hold", "note"] = "hold"


def _pattern(value: object) -> object:
    return {"classes": value} if isinstance(value, list) else value


ShortPattern = Annotated[
    PatternSpec,
    BeforeValidator(_pattern),
    WithJsonSchema({"anyOf": [{"type": "array", "items": _WORDS, "minItems": 1}, {"type": "object"}]}),
]


class CueSpec(SpecModel):
    """Words in a document that suggest a situation of the law; with `facts`, in what these texts state, not in prose."""

    provision: Words
    facts: list[FactName] = []
    words: list[Words] = []
    patterns: list[ShortPattern] = []
    notes: list[ShortPattern] = []
    unless: list[Words] = []
    metadata: list[Words] = []
    in_any_context: Flag = False
    suggests: ConditionText


class AddedWordsSpec(SpecModel):
    """What an extension adds to a cue of its law."""

    words: list[Words] = []
    patterns: list[ShortPattern] = []
    notes: list[ShortPattern] = []
    metadata: list[Words] = []


class CuesFile(SpecModel):
    """cues.yaml; `adds` is for extensions, by the cues of their law."""

    cues: dict[Identifier, CueSpec] = {}
    adds: dict[Identifier, AddedWordsSpec] = {}


class DenialSpec(ContradictionSpec):
    """What says more than a claim does: a conclusion, with its provision. A card that claims so little then holds."""


class ClaimSpec(SpecModel):
    """One claim: what would have to be so (`so_if`), and what contradicts it since it says more."""

    so_if: ConditionText
    denied_by: list[DenialSpec] = []


class ClaimsFile(SpecModel):
    """claims.yaml: what the author of a card may claim, by the values of `document.claims`."""

    timetable: Identifier | None = None
    claims: dict[Identifier, ClaimSpec] = {}


class CardDutySpec(SpecModel):
    """What somebody must do after the release: whoever uses it, builds on it, or is its provider."""

    reader: Annotated[Literal["user", "builder", "provider"], Field(alias="for")]
    says: Words
    provision: Words


class CardClassSpec(SpecModel):
    """What a release in a class is, in a sentence, and what must be done with it."""

    says: Words
    duties: list[CardDutySpec] = []


class CardWordsFile(SpecModel):
    """card_words.yaml: what the section of a card says of each headline that holds."""

    title: Words
    classes: dict[Name, CardClassSpec]


class ContextsSpec(SpecModel):
    """Phrases that make a note of what they stand beside; `not` only look like one, and none reaches beyond `ends`."""

    before: list[Words] = []
    after: list[Words] = []
    headings: list[Words] = []
    exceptions: Annotated[list[Words], Field(alias="not")] = []
    ends: list[Words] = []


class WordsFile(SpecModel):
    """words.<language>.yaml: the words of one language. `*` in a word stands for any letters."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    common: Annotated[bool, BeforeValidator(_true_or_false)] = False
    marks: list[Words] = []
    classes: dict[Identifier, Annotated[list[Words], Field(min_length=1)]] = {}
    ignored: list[Words] = []
    refusals: ContextsSpec = ContextsSpec()
    mentions: ContextsSpec = ContextsSpec()


class HeadingSpec(SpecModel):
    """One heading of a skeleton. `shows` names facts: `true`, or the members of a list."""

    provision: Words
    title: Words
    asks: Words
    shows: Annotated[
        dict[FactName, Literal["true"] | list[Text]],
        WithJsonSchema({"type": "object", "additionalProperties": {"anyOf": [{"const": True}, _WORDS]}}),
        Field(min_length=1),
    ]


class SkeletonSpec(SpecModel):
    """An empty document: a heading for each obligation that a member of one of the `lists` meets, then its own `headings`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    note: Words | None = None
    lists: list[FactName] = []
    headings: list[HeadingSpec] = []


class DeliverableSpec(SpecModel):
    """A document or act that obligations come down to.

    `covers` names them by provision (`Art. 11`, with all below it) or by how their ids begin (`art11`). Where two
    deliverables name one, it belongs to the one that names it more exactly; an id is more exact than a provision.
    """

    title: Words
    kind: Literal["document", "act"]
    provision: Words
    signed_by: Words
    skeleton: SkeletonSpec | None = None
    covers: Annotated[list[Words], BeforeValidator(_listed), Field(min_length=1), WithJsonSchema(_WORDS)]


class DeliverablesFile(SpecModel):
    """deliverables.yaml"""

    deliverables: dict[Name, DeliverableSpec]
