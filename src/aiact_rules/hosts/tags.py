"""Tags: facts in the tags of a registry, and what is written there of a judgement. Keys are plain, values short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.hosts.judgement import Judgement

PREFIX = "aiact_"
DECISION, DECISION_ID, PACK, TIME = "aiact_decision", "aiact_decision_id", "aiact_pack", "aiact_time"
LONGEST_VALUE = 256
_OWN = (DECISION, DECISION_ID, PACK, TIME)
_SHORT = {"subject": "release.subject", "markets": "release.markets", "roles": "operator.roles"}


def facts_in_tags(tags: Mapping[str, str], vocabulary: Iterable[str], where: str) -> dict[str, object]:
    """Return the facts in tags named `aiact_` and the fact with `_` for `.`; a list is `a, b`, an empty one `[]`.

    `subject`, `markets` and `roles` have short names. `where` is what the registry calls its tags. Raises InputError for a
    tag that begins so and names no fact, and for a fact that stands there twice.
    """
    names = {PREFIX + name.replace(".", "_"): name for name in vocabulary}
    names |= {PREFIX + short: name for short, name in _SHORT.items()}
    facts: dict[str, object] = {}
    problems = []
    for key, value in tags.items():
        plain = key.casefold().replace(".", "_").replace("-", "_")
        if not plain.startswith(PREFIX) or plain in _OWN:
            continue
        place = Place(f"{where} {key}")
        if plain not in names:
            problems.append(Problem("this names no fact", place, did_you_mean(plain, names)))
        elif names[plain] in facts:
            problems.append(Problem(f"`{names[plain]}` stands here twice", place))
        else:
            facts[names[plain]] = value
    if problems:
        raise InputError(problems)
    return facts


def tags_of(judgement: Judgement) -> dict[str, str]:
    """Return the tags that say what was judged, each of at most 256 signs; `none` where there is no decision."""
    decisions = judgement.batch.decisions
    packs = dict.fromkeys(f"{pack.pack_id} {pack.pack_at.pack.version}" for each in decisions for pack in each.packs)
    time = next((each.run.at for each in decisions if each.run.at), None)
    said = {
        DECISION: judgement.batch.word,
        DECISION_ID: ", ".join(judgement.decision_ids) or "none",
        PACK: ", ".join(packs) or "none",
        TIME: time or "none",
    }
    return {key: cut(value, LONGEST_VALUE) for key, value in said.items()}


def cut(text: str, most: int) -> str:
    """Return a text of at most so many signs; one that was longer ends with dots."""
    return text if len(text) <= most else f"{text[: most - 4]} ..."
