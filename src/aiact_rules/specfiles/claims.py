"""Claims of a pack, from `claims.yaml`: what the author of a card may say that follows, and what contradicts it."""

from __future__ import annotations

from collections.abc import Iterator

from aiact_rules.core.cards import ClaimRule
from aiact_rules.core.conditions import Condition, FactTest, Holds, Test, both, leaves
from aiact_rules.core.packs import CLAIMS
from aiact_rules.core.problems import did_you_mean
from aiact_rules.specfiles.format import ClaimsFile, ClaimSpec, DenialSpec
from aiact_rules.specfiles.loading import Loading, keep_once
from aiact_rules.specfiles.validation import child, entries
from aiact_rules.yaml_text import Entry, Node

CONTRADICTION = "contradiction."


def read_claims(loading: Loading) -> dict[str, ClaimRule]:
    """Read the claims of a pack by id; what contradicts them `denials_of` yields."""
    kept: dict[str, ClaimRule] = {}
    for _, node, file in loading.of(ClaimsFile):
        for entry in entries(child(node, "claims")):
            spec = file.claims.get(entry.key)
            if spec is None:
                continue
            subject = f"claim `{entry.key}`"
            declared = loading.names.vocabulary.get(CLAIMS)
            known = (declared.values or {}) if declared is not None else {}
            if entry.key not in known:
                hint = did_you_mean(entry.key, known) or f"declare it among the values of `{CLAIMS}`"
                loading.problem(f"{subject} is no value of `{CLAIMS}`", entry.place, hint)
            so_if = loading.condition(child(entry.value, "so_if"), subject)
            denials = {
                f"{CONTRADICTION}{denial_id(entry.key, spec.id)}": _conclusion(loading, item, subject)
                for spec, item in _denials(spec, entry)
            }
            label = str(known.get(entry.key, entry.key))
            rule = ClaimRule(entry.key, label, so_if, denials, entry.place)
            keep_once(loading, kept, entry.key, rule, "claim", entry.place)
    return kept


def denials_of(loading: Loading) -> Iterator[tuple[str, DenialSpec, Condition, Node, str | None]]:
    """Yield what contradicts each claim: the id of the contradiction, its spec, when it holds, its node and its timetable."""
    for _, node, file in loading.of(ClaimsFile):
        for entry in entries(child(node, "claims")):
            spec = file.claims.get(entry.key)
            for denial, item in () if spec is None else _denials(spec, entry):
                made = FactTest(CLAIMS, Test.INCLUDES, frozenset({entry.key}))
                when = both(made, loading.condition(child(item, "when"), f"claim `{entry.key}`"))
                yield denial_id(entry.key, denial.id), denial, when, item, file.timetable


def denial_id(claim: str, denial: str) -> str:
    """Return the id of what contradicts a claim."""
    return f"claim.{claim}.{denial}"


def _denials(spec: ClaimSpec, entry: Entry) -> Iterator[tuple[DenialSpec, Node]]:
    for number, denial in enumerate(spec.denied_by):
        item = child(entry.value, "denied_by", number)
        assert item is not None, "what was read as a denial stands there"
        yield denial, item


def _conclusion(loading: Loading, item: Node, subject: str) -> str:
    """Return the conclusion that a denial turns on, the first it names."""
    named = [
        leaf.conclusion for leaf in leaves(loading.condition(child(item, "when"), subject)) if isinstance(leaf, Holds)
    ]
    if not named:
        loading.problem(f"{subject}: what denies it names no conclusion", item.place, "write `CONCLUSION: true`")
    return named[0] if named else ""
