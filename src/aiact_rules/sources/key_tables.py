"""Tables of keys: the reference of `aiact.toml` and `aiact.yaml` in `docs/configuration.md`, made from the declared keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiact_rules.core.vocabulary import FactType, Vocabulary
from aiact_rules.sources.keys import CLAIM_KEYS, DISMISSAL, EVIDENCE, RELEASE, RESULT, SETTINGS, WAIVER, Key, Kind

_FACT_TYPES = {
    FactType.YES_NO: "yes or no",
    FactType.ONE_OF: "one word",
    FactType.SOME_OF: "list of words",
    FactType.QUANTITY: "number",
    FactType.DATE: "date",
    FactType.TEXT: "text",
}
_MOST_WORDS = 12


def tables_in(page: str, vocabulary: Vocabulary) -> str:
    """Return a page with its tables of keys made anew, each between `<!-- keys of … -->` and `<!-- end -->`."""
    tables = {
        "aiact.toml": _table(SETTINGS, vocabulary, " = "),
        "aiact.yaml": _table(RELEASE, vocabulary, ": "),
        "a waiver": _table(WAIVER, vocabulary, " = "),
        "evidence": _table(EVIDENCE, vocabulary, ": "),
        "the result": _table(RESULT, vocabulary, ": "),
        "claims": _table(CLAIM_KEYS, vocabulary, ": "),
        "a dismissal": _table(DISMISSAL, vocabulary, ": "),
    }
    for name, lines in tables.items():
        before, mark, rest = page.partition(f"<!-- keys of {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        page = before + mark + "\n".join(lines) + "\n" + end + after
    return page


def _table(keys: Iterable[Key], vocabulary: Vocabulary, joint: str) -> Iterator[str]:
    yield "| Key | Type | Meaning | Default | Example | On the command line |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for key in keys:
        since = "also" if key.kind is Kind.CLAIM else "formerly"
        former = f"; {since} {', '.join(f'`{name}`' for name in key.formerly)}" if key.formerly else ""
        states = "" if key.fact is None else f"; states `{key.fact}`"
        cells = (
            f"`{key.name}`",
            _kind(key, vocabulary),
            key.meaning + states + former,
            key.default,
            f"`{key.name}{joint}{key.example}`",
            key.option,
        )
        yield f"| {' | '.join(cells)} |"


def _kind(key: Key, vocabulary: Vocabulary) -> str:
    if key.kind is Kind.WORD:
        return ", ".join(f"`{word}`" for word in key.words)
    declaration = None if key.fact is None else vocabulary.get(key.fact)
    if declaration is None or key.kind is not Kind.FACT:
        return str(key.kind.value)
    words = list(declaration.values or ())
    listed = ": " + ", ".join(f"`{word}`" for word in words) if 0 < len(words) <= _MOST_WORDS else ""
    return _FACT_TYPES[declaration.type] + listed
