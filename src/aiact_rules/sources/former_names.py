"""Former names: what was stated under a name, or with a value, that a fact no longer has, as the fact it is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import MARKETS, ROLES
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue, Former, Vocabulary, format_quantity
from aiact_rules.sources.markets import read_markets

_TRUTHS = {"yes": "true", "no": "false"}
_NONE = ("", "[]", "none")
_SETTLED = {ROLES: "who acts", MARKETS: "where"}


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a fact, and the names in it that are called otherwise now, each in a sentence."""

    value: FactValue
    renamed: tuple[str, ...] = ()


def read_value(declaration: FactDeclaration, said: str | Iterable[str]) -> Value:
    """Read the value of a fact from one text, or from the texts of a list; market codes in every spelling.

    Raises ValueError whose message says what was expected.
    """
    renamed: dict[str, None] = {}
    own = next((former.values for former in declaration.was if former.name == declaration.name), {})

    def now(text: str) -> list[str]:
        word, colon, rest = text.partition(":")
        found = own.get(word.strip())
        if found is None:
            return [text]
        today = ", ".join(f"`{each}`" for each in found)
        renamed[f"`{word.strip()}` of `{declaration.name}` is now called {today}"] = None
        return [f"{each}{colon}{rest}" for each in found]

    if not isinstance(said, str):
        texts = [each for text in said for each in now(text)] if own else list(said)
        value: FactValue = read_markets(texts) if declaration.name == MARKETS else declaration.parse_many(texts)
    elif declaration.name == MARKETS:
        value = read_markets([] if said.strip() in ("[]", "none") else said.strip().split(","))
    elif own:
        value = declaration.parse(",".join(each for part in said.strip().split(",") for each in now(part)))
    else:
        value = declaration.parse(said.strip())
    if isinstance(value, OpenList) and declaration.name in _SETTLED:
        raise ValueError(
            f"{_SETTLED[declaration.name]} cannot be left open; name what is certain, or leave the fact out"
        )
    return Value(value, tuple(renamed))


def read_former(
    declaration: FactDeclaration, former: Former, said: str | Iterable[str], *, is_split: bool = False
) -> Value | None:
    """Read what was stated under a former name as a value of the fact it is now; None where it says nothing about it.

    With `is_split` other facts were part of it too, so that a value this one does not have is theirs. Raises ValueError
    whose message says what was expected.
    """
    renamed = (f"`{former.name}` is now called `{declaration.name}`",)
    if not former.values:
        found = read_value(declaration, said)
        return Value(found.value, (*renamed, *found.renamed))
    texts = _texts(said) if declaration.type is FactType.SOME_OF or not isinstance(said, str) else [said.strip()]
    if declaration.type is FactType.SOME_OF:
        members, spoken_of = set[str](), {word for now in former.values.values() for word in now or ()}
        for text in texts:
            now = _now(declaration, former, text, is_split=is_split)
            members |= {*(now or ())}
        if any(former.values.get(_key(text), ()) is None for text in texts):
            spoken_of = members
        every = declaration.values or {}
        return Value(OpenList.of(members, (word for word in every if word not in spoken_of)), renamed)
    if len(texts) != 1:
        raise ValueError("expected one value, not a list")
    now = _now(declaration, former, texts[0], is_split=is_split)
    return None if now is None else Value(declaration.parse(now[0]), renamed)


def read_as(vocabulary: Vocabulary, name: str, said: str | Iterable[str]) -> tuple[tuple[FactDeclaration, Value], ...]:
    """Return the facts that a name states, each with its value: its own, or those that a former name stands for today.

    None where the name is and was no fact's. Raises ValueError where the value cannot be read.
    """
    declaration = vocabulary.get(name)
    if declaration is not None:
        return ((declaration, read_value(declaration, said)),)
    claims = vocabulary.formerly(name)
    texts = said if isinstance(said, str) else list(said)
    found = ((d, read_former(d, former, texts, is_split=len(claims) > 1)) for d, former in claims)
    return tuple((declaration, value) for declaration, value in found if value is not None)


def words_of(value: FactValue) -> str | list[str]:
    """Return a value as the texts by which a vocabulary reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, OpenList):
        return value.texts
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Decimal):
        return format_quantity(value)
    return value.isoformat() if isinstance(value, date) else value


def _now(declaration: FactDeclaration, former: Former, text: str, *, is_split: bool) -> tuple[str, ...] | None:
    key = _key(text)
    if key in former.values:
        return former.values[key]
    if text.strip() in (declaration.values or {}):
        return (text.strip(),)
    if is_split:
        return None
    raise ValueError(f"`{text.strip()}` is not one of the values that `{former.name}` had")


def _key(text: str) -> str:
    word = text.strip()
    return _TRUTHS.get(word.lower(), word.lower() if word.lower() in _TRUTHS.values() else word)


def _texts(said: str | Iterable[str]) -> list[str]:
    if not isinstance(said, str):
        return list(said)
    return [] if said.strip() in _NONE else said.split(",")
