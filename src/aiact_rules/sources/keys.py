"""Keys: what may stand in `aiact.toml` and `aiact.yaml`, declared once for the readers, the schemas and the reference.

A key that is not declared here is refused by the reader, missing from the schema and from `docs/configuration.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, unique

from aiact_rules.core.packs import DISMISSED, MARKETS, MOMENT, RELEASE_DATE, ROLES
from aiact_rules.core.problems import Hints

FIRST_PLACED_ON = "release.first_placed_on"
MOST_SECONDS = 3600
"""The most seconds that a setting may name."""


@unique
class Kind(Enum):
    """What the value of a key is, as people read it."""

    TEXT = "text"
    WORD = "one word"
    PATH = "path"
    TRUTH = "`true` or `false`"
    ZONE = "time zone"
    TEXTS = "list of texts"
    MARKETS = "list of market codes"
    DATE = "date"
    READINGS = "name of a school, or table"
    FACTS = "table of facts"
    FACT = "value of the fact"
    GROUP = "table"
    OPERATOR = "name, or table"
    OPERATORS = "list of tables"
    EVIDENCE = "table of evidence"
    WAIVERS = "tables, each `[[waivers]]`"
    FORMAT = "`1`"
    CLAIM = "claim"
    DISMISSALS = "list of ids or tables"
    STRENGTHS = "table of words"
    SECONDS = "number of seconds"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its kind, what it does, what counts where it is not set, an example as written, and what overrides it.

    `words` are the permitted ones of a word, `fact` the fact that the key states, `inner` the keys of a table, and
    `formerly` the names under which it is read as well, with a note.
    """

    name: str
    kind: Kind
    meaning: str
    example: str
    default: str = "not set"
    option: str = "none"
    words: tuple[str, ...] = ()
    fact: str | None = None
    inner: tuple[Key, ...] = ()
    formerly: tuple[str, ...] = ()


WAIVER = (
    Key("finding", Kind.TEXT, "the id of what is waived, as the reports and `explain` have it", '"annex4.1.a"'),
    Key("provision", Kind.TEXT, "or the provision, with all that is below it", '"Art. 9"'),
    Key("reason", Kind.TEXT, "why", '"the file is with the auditor"', "none: required"),
    Key("approver", Kind.TEXT, "who answers for it", '"A. Person, head of quality"', "none: required"),
    Key("until", Kind.DATE, "the last day on which it counts", "2027-02-01", "none: required"),
    Key(
        "releases",
        Kind.TEXTS,
        "for which releases: names, with or without their versions, or paths as the reports have them",
        '["cv-screener 2.1.0"]',
        "all",
    ),
    Key("pack", Kind.TEXT, "for findings of which pack", '"eu_ai_act"', "any"),
)
"""The keys of one waiver in the settings."""

SETTINGS = (
    Key("name", Kind.TEXT, "the operator of releases that name none", '"Example AG"'),
    Key(
        "facts",
        Kind.FACTS,
        "facts of the organisation, which hold whatever is released",
        '{ operator = { size = "sme" } }',
        option="`--set` replaces",
    ),
    Key(
        "roles",
        Kind.TEXTS,
        "the roles in which it acts, for releases that state none",
        '["provider"]',
        option="`--role` replaces",
    ),
    Key("markets", Kind.MARKETS, "added to those of every release", '["EU"]', option="`--market` adds"),
    Key(
        "uncovered",
        Kind.MARKETS,
        "markets that may go unjudged, on record, where no installed pack covers them",
        '["CH"]',
        default="none",
        option="`--uncovered` adds",
    ),
    Key(
        "packs",
        Kind.TEXTS,
        "packs that judge every release, besides those of its markets",
        '["gpai_guidelines"]',
        default="those of the markets",
        option="`--pack` adds",
    ),
    Key(
        "readings",
        Kind.READINGS,
        "readings of open points; a name alone, or under `school`, is a [school of reading](readings.md)",
        '{ section_5_deferral = "applies" }',
        default="those of each pack",
        option="`--reading`, `--readings` come first",
    ),
    Key(
        "fail_on",
        Kind.WORD,
        "minimum verdict that refuses a release",
        '"hold"',
        default="`hold`",
        option="`--fail-on` may only tighten",
        words=("hold", "block", "never"),
    ),
    Key(
        "past_dates",
        Kind.WORD,
        "what happens to a release date before the as-of date",
        '"refuse"',
        default="`judge`, with a note",
        option="`--past-dates`; the strictest counts",
        words=("judge", "refuse"),
    ),
    Key(
        "waivers",
        Kind.WAIVERS,
        "findings that do not count towards refusing a release ([waivers](#waivers))",
        '[{ provision = "Art. 9", reason = "in audit", approver = "A. Person", until = 2027-02-01 }]',
        inner=WAIVER,
    ),
    Key(
        "require_evidence",
        Kind.TRUTH,
        "conduct that only a word claims counts as not shown",
        "true",
        default="`false`",
        option="`--require-evidence`; the strictest counts",
    ),
    Key(
        "readers",
        Kind.STRENGTHS,
        "whether what an installed [reader](../plugins/README.md#readers) suggests holds the release or is a note, by its name",
        '{ lookout = "hold" }',
        default="`note` for each",
        words=("note", "hold"),
    ),
    Key(
        "reader_seconds",
        Kind.SECONDS,
        "how long a reader may take for one text; one that takes longer has failed, and holds",
        "60",
        default="`20`",
    ),
    Key("engine", Kind.TEXT, "the engine that decides", '"generated"', "`generated`", "`--engine` replaces"),
    Key(
        "verify",
        Kind.TEXT,
        "a second engine that must agree, else there is no decision",
        '"reference"',
        option="`--verify` replaces",
    ),
    Key("format", Kind.TEXT, "the usual report of `check`", '"markdown"', "`text`", "`--format` replaces"),
    Key(
        "time_zone",
        Kind.ZONE,
        "where the organisation is: the day that has begun there counts too, where nobody states one",
        '"Europe/Brussels"',
        default="those of the markets",
        option="`--as-of` states the day",
    ),
    Key(
        "log",
        Kind.PATH,
        "the decision log that `check` adds to: a file, relative to the folder of this one, or `postgresql://…`",
        '"decisions.sqlite"',
        option="`--log` adds a second one",
        formerly=("ledger",),
    ),
    Key(
        "aliases",
        Kind.TEXTS,
        "which aliases the [MLflow plugin](../plugins/aiact-rules-mlflow/README.md) guards",
        '["champion"]',
    ),
)
"""The keys of `aiact.toml`, and of `[tool.aiact-rules]` in `pyproject.toml`."""

EVIDENCE = (
    Key("file", Kind.PATH, "a file, relative to this one, inside its repository", "docs/annex-iv.pdf"),
    Key("sha256", Kind.TEXT, "the SHA-256 that the file must have", "0" * 64, "the file's own, recorded"),
    Key("url", Kind.TEXT, "an address; it is not opened", "https://example.org/report"),
    Key("registry", Kind.TEXT, "an entry of a registry; it is not looked up", "mlflow:cv-screener/3"),
    Key("by", Kind.TEXT, "who made or checked it", "Quality team"),
    Key("on", Kind.DATE, "when; never after the as-of date", "2026-11-02"),
    Key("expires", Kind.DATE, "the last day on which it counts", "2027-11-02", "it does not expire"),
)
"""The keys of one piece of evidence in a release file."""

DISMISSAL = (
    Key(
        "signal",
        Kind.TEXT,
        "the id of a signal or a contradiction, without `signal.` or `contradiction.`",
        "annex_iii.recruitment",
        "none: required",
    ),
    Key("because", Kind.TEXT, "why it is wrong", "it ranks documents"),
    Key("by", Kind.TEXT, "who checked it", "A. Person"),
    Key("seen", Kind.TEXT, "for which words, as the report that prints the line names them", "3f2a90c1d24be870"),
)
"""The keys of one dismissal in a release file."""

RELEASE = (
    Key("format", Kind.FORMAT, "the format of the file; required in a file of its own", "1", "none: required"),
    Key("name", Kind.TEXT, "what is released, in reports", "cv-screener"),
    Key("version", Kind.TEXT, "its version, in reports", "2.1.0"),
    Key(
        "contact", Kind.TEXT, "where to ask about it, for the section that `aiact-rules card` writes", "ai@example.org"
    ),
    Key(
        "owner", Kind.TEXT, "the team or person who answers for it in the organisation, in reports", "Recruiting tools"
    ),
    Key("subject", Kind.FACT, "what is released", "system", "not stated", fact="release.subject"),
    Key("roles", Kind.FACT, "who acts", "[provider]", "those of `aiact.toml`", "`--role` replaces", fact=ROLES),
    Key("markets", Kind.FACT, "where; packs follow from it", "[EU]", "the EU", "`--market` adds", fact=MARKETS),
    Key("market", Kind.FACT, "the same as `markets`, for one", "EU", "the EU", "`--market` adds", fact=MARKETS),
    Key(
        "uncovered",
        Kind.MARKETS,
        "markets that go unjudged, on record, where no installed pack covers them",
        "[CH]",
        default="none",
        option="`--uncovered` adds",
    ),
    Key("packs", Kind.TEXTS, "further packs", "[gpai_guidelines]", "those of the markets", "`--pack` adds"),
    Key(
        "readings",
        Kind.READINGS,
        "readings of open points that caller and organisation leave open; a name alone, or under `school`, is a "
        "[school of reading](readings.md)",
        "{section_5_deferral: applies}",
        default="those of each pack",
        option="`--reading`, `--readings` come first",
    ),
    Key(
        "moment",
        Kind.FACT,
        "the step that is taken, or an event",
        "placing_on_market",
        "the usual one of the roles",
        "`--moment` replaces",
        fact=MOMENT,
    ),
    Key(
        "release_date",
        Kind.FACT,
        "when that step is taken",
        "2027-12-15",
        "the as-of date",
        "`--release-date` replaces",
        fact=RELEASE_DATE,
    ),
    Key(
        "first_placed_on",
        Kind.FACT,
        "since when it is on the market, never after the release",
        "2026-03-01",
        "not stated",
        "`--set release.first_placed_on=` replaces",
        fact=FIRST_PLACED_ON,
    ),
    Key(
        "dates",
        Kind.GROUP,
        "the same two dates, as `release` and `first_placed_on`",
        "{release: 2027-12-15}",
        "not stated",
        "as above",
        inner=(
            Key("release", Kind.FACT, "when the step is taken", "2027-12-15", fact=RELEASE_DATE),
            Key("first_placed_on", Kind.FACT, "since when it is on the market", "2026-03-01", fact=FIRST_PLACED_ON),
        ),
    ),
    Key(
        "operator",
        Kind.OPERATOR,
        "who releases it: `name`, and facts about the operator",
        "{name: Example AG, size: sme}",
        "`name` of `aiact.toml`",
        "`--set operator.…=` replaces facts",
    ),
    Key(
        "operators",
        Kind.OPERATORS,
        "several, each with `name`, `roles`, and facts of its own; each is judged, and the strictest verdict counts",
        "[{name: Example AG, roles: [provider]}]",
    ),
    Key(
        "facts",
        Kind.FACTS,
        "everything else, nested or with dotted names; a group such as `system:` may also stand at the top",
        "{system.practices: []}",
        "not stated",
        "`--set` replaces, `--facts` adds a document",
    ),
    Key(
        "evidence",
        Kind.EVIDENCE,
        "for a fact or an obligation, what shows it: a path, an address, or the keys below; several as a list",
        "{technical_documentation.annex_iv: {url: 'https://example.org/annex-iv', by: Quality team}}",
        inner=EVIDENCE,
    ),
    Key(
        "signals_dismissed",
        Kind.DISMISSALS,
        "signals that a person has checked and found wrong ([dismissing a signal](#dismissing-a-signal))",
        "[{signal: annex_iii.recruitment, because: it ranks documents, by: A. Person, seen: 3f2a90c1d24be870}]",
        "none",
        fact=DISMISSED,
        inner=DISMISSAL,
    ),
)
"""The keys of `aiact.yaml`, and of the block `eu_ai_act:` of a card."""

RESULT = (
    Key("verdict", Kind.WORD, "the verdict", "hold", words=("allow", "hold", "block")),
    Key("classes", Kind.TEXTS, "the classes that it is in", "[high_risk]"),
    Key("undetermined", Kind.TEXTS, "the classes of which that is not known", "[]"),
    Key("roles", Kind.TEXTS, "the roles that were judged", "[provider]"),
    Key("date", Kind.DATE, "the date of the release", "2027-12-15"),
    Key("as_of", Kind.DATE, "the day of judging, on which `--check` judges again", "2026-11-30"),
    Key("contact", Kind.TEXT, "where to ask about it", '"ai@example.org"'),
    Key("decision_id", Kind.TEXT, "the id of the decision", "sha256:" + "0" * 64),
    Key("tool", Kind.TEXT, "what decided it", "aiact-rules 0.1.0"),
    Key("packs", Kind.TEXTS, "by which packs", "[eu_ai_act 0.1.0]"),
)
"""The keys of `result` in the block of a card, which `aiact-rules card` writes."""

CLAIM_KEYS = (
    Key(
        "risk_classification",
        Kind.CLAIM,
        "the class: `unacceptable`, `high-risk`, `limited`, `minimal` or `not_classified`",
        "limited",
        formerly=("risk_class", "risk_level", "risk_category", "risk_tier"),
    ),
    Key(
        "annex_iii_category",
        Kind.CLAIM,
        "the area of Annex III, by its number or name, or `none`",
        "employment",
        formerly=("annex_iii_area", "annex_iii"),
    ),
    Key(
        "conformity_assessment",
        Kind.CLAIM,
        "`not_required`, `required`, `self_assessment` or `notified_body`",
        "not_required",
        formerly=("conformity_assessment_required", "conformity_assessment_status"),
    ),
    Key(
        "human_oversight",
        Kind.CLAIM,
        "`required`, `recommended` or `not_required`",
        "recommended",
        formerly=("human_oversight_level", "human_oversight_required"),
    ),
    Key(
        "transparency",
        Kind.CLAIM,
        "whether people must be informed, or content be marked: `required` or `not_required`",
        "required",
        formerly=("transparency_obligations", "transparency_required"),
    ),
    Key(
        "prohibited_practices",
        Kind.CLAIM,
        "`none`, or words about them",
        "none",
        formerly=("prohibited_practices_check",),
    ),
    Key(
        "general_purpose",
        Kind.CLAIM,
        "whether the model is a general-purpose one",
        "false",
        formerly=("gpai", "is_gpai"),
    ),
    Key("systemic_risk", Kind.CLAIM, "whether it has systemic risk", "false"),
    Key(
        "known_limitations",
        Kind.CLAIM,
        "words, read as the prose of the card is",
        "not tested on children",
        formerly=("limitations",),
    ),
    Key(
        "rationale",
        Kind.CLAIM,
        "why it is classified so; read as the prose of the card is",
        "marks generated text",
        formerly=("classification_rationale", "risk_rationale"),
    ),
    Key(
        "assessed_on",
        Kind.CLAIM,
        "when the author assessed it",
        "2026-11-02",
        formerly=("assessment_date", "last_assessed"),
    ),
    Key("assessed_by", Kind.CLAIM, "who assessed it", "Quality team", formerly=("assessor",)),
)
"""What the author of a card may claim in its block `eu_ai_act:`. As a table, some of these names are groups of facts instead."""


def names(keys: Iterable[Key]) -> tuple[str, ...]:
    """Return the names of keys in their order."""
    return tuple(key.name for key in keys)


def by_name(keys: Iterable[Key]) -> Mapping[str, Key]:
    """Return keys by every name under which they are read."""
    return {name: key for key in keys for name in (key.name, *key.formerly)}


def stated_by(keys: Iterable[Key]) -> dict[str, str]:
    """Return the facts that keys state, by the name of the key."""
    return {key.name: key.fact for key in keys if key.fact is not None}


def hint_for(unknown: str, known: Iterable[str], hints: Hints | None = None) -> str:
    """Return the hint for an unknown key: the nearest known one, and all of them. `hints` bounds how many are looked up."""
    listed = tuple(known)
    near = (hints or Hints()).did_you_mean(unknown, listed)
    return " ".join(part for part in (near, f"known are {', '.join(listed)}") if part)
