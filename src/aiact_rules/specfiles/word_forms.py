"""Word forms: the forms of a verb, from its stem by the rules of its language (`rank~`, `um|schalt~`, `class~`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import product

STEM = "~"
"""Ends the stem of a verb in an entry."""
PREFIX = "|"
"""Stands after the prefix of a German verb that comes off."""

_STEM = re.compile(r"(?:[^\W\d_]+\|)?[^\W\d_]+~")
_DOUBLED = re.compile(r"[^aeiou][aeiou][bdfgklmnprtz]\Z")
# fmt: off
_IRREGULAR = {
    "bid": ("bidding",), "choose": ("chose", "chosen"), "cut": ("cutting",), "draw": ("drew", "drawn"),
    "feed": ("fed",), "find": ("found",), "get": ("got", "getting"), "give": ("gave", "given"), "hear": ("heard",),
    "hold": ("held",), "keep": ("kept",), "know": ("knew", "known"), "lead": ("led",), "lend": ("lent",),
    "lie": ("lied", "lying"), "pay": ("paid",), "put": ("putting",), "read": (), "see": ("saw", "seen", "seeing"),
    "sell": ("sold",), "send": ("sent",), "set": ("setting",), "show": ("shown",), "shed": ("shedding",),
    "shut": ("shutting",), "speak": ("spoke", "spoken"), "spot": ("spotted", "spotting"),
    "steal": ("stole", "stolen"), "take": ("took", "taken"), "teach": ("taught",), "tell": ("told",),
    "weave": ("wove", "woven"), "win": ("won", "winning"), "write": ("wrote", "written"),
}
_FRENCH_ENDS = (
    "e", "es", "ent", "er", "ee", "ees", "ant", "ait", "aient", "era", "eront", "ons", "ez", "ation", "ations", "age", "ages",
    "ement", "ements", "eur", "eurs", "euse", "euses",
)
# fmt: on


def forms_of(entry: str, language: str) -> tuple[str, ...]:
    """Return an entry with each of its verbs in all its forms; an entry without one as it is.

    Raises ValueError where a stem cannot be read, or the forms of the language are not known.
    """
    if STEM not in entry and PREFIX not in entry:
        return (entry,)
    form = _FORMS.get(language)
    if form is None:
        raise ValueError(f"the forms of a verb are known for {', '.join(_FORMS)}")
    every: list[tuple[str, ...]] = []
    for word in entry.split():
        if STEM not in word and PREFIX not in word:
            every.append((word,))
        elif _STEM.fullmatch(word) and (PREFIX not in word or language == "de"):
            every.append(form(word.removesuffix(STEM)))
        else:
            raise ValueError(f"`{word}` is no stem of a verb, as in `rank~` or, in German, `um|schalt~`")
    return tuple(dict.fromkeys(" ".join(words) for words in product(*every)))


def _english(verb: str) -> tuple[str, ...]:
    """Return what may be the forms of a verb; some that no text has do no harm."""
    if verb.endswith(("s", "x", "z", "ch", "sh")):
        third = f"{verb}es"
    elif verb.endswith("y") and verb[-2:-1] not in "aeou":
        third = f"{verb[:-1]}ies"
    else:
        third = f"{verb}s"
    stem = verb.removesuffix("e") if not verb.endswith("ee") else verb
    past = f"{verb[:-1]}ied" if third.endswith("ies") and verb.endswith("y") else f"{stem}ed"
    forms = [verb, third, f"{stem}ing"]
    forms += _IRREGULAR.get(verb, (past,))
    if verb not in _IRREGULAR and _DOUBLED.search(verb):
        forms += [f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing"]
    return tuple(forms)


def _german(stem: str) -> tuple[str, ...]:
    """Return the beginnings of the forms of a verb: infinitive and noun, participle, infinitive with `zu`."""
    prefix, _, verb = stem.rpartition(PREFIX)
    return (f"{prefix}{verb}*", f"{prefix}ge{verb}*", f"{prefix}zu{verb}*") if prefix else (f"{verb}*", f"ge{verb}*")


def _french(stem: str) -> tuple[str, ...]:
    """Return the forms of a verb in -er, and the nouns for what it does and who does it."""
    return tuple(f"{stem}{end}" for end in _FRENCH_ENDS)


_FORMS: Mapping[str, Callable[[str], tuple[str, ...]]] = {"en": _english, "de": _german, "fr": _french}
