"""The page: its frame, which lets nothing in from elsewhere, and the pieces that its parts are made of."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aiact_rules.core.problems import Problem
from aiact_rules.core.statuses import Verdict
from aiact_rules.reports.escapes import html
from aiact_rules.reports.html_report.style import style_of


def page(title: str, footer: str, body: Iterable[str]) -> str:
    """Return a whole page. It runs no script and asks nobody for anything: only its own style counts, by its hash."""
    style = style_of(footer)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    lines = "\n".join(body)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{html(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n{lines}\n</main>\n</body>\n</html>\n"
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part stands on its page: the level of its first heading, and how its anchors begin.

    Several releases may stand on one page, each as a part of its own.
    """

    level: int = 1
    prefix: str = ""

    def heading(self, depth: int, title: str, name: str | None = None) -> str:
        """Return a heading so many levels below the first, of markup, with an anchor where it is named."""
        level = min(self.level + depth, 6)
        anchor = "" if name is None else f' id="{self.prefix}{name}"'
        return f"<h{level}{anchor}>{title}</h{level}>"


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a part: the name of its anchor, its title, and its markup without the heading."""

    name: str
    title: str
    body: Sequence[str]


def contents(part: Part, sections: Iterable[Section]) -> Iterator[str]:
    """Yield the list of sections with links."""
    entries = "".join(f'<li><a href="#{part.prefix}{each.name}">{html(each.title)}</a></li>' for each in sections)
    yield f'<nav aria-label="Contents">{part.heading(1, "Contents")}<ul class="columns">{entries}</ul></nav>'


def shown(part: Part, sections: Iterable[Section]) -> Iterator[str]:
    """Yield sections with their headings."""
    for each in sections:
        yield f"<section>{part.heading(1, html(each.title), each.name)}"
        yield from each.body
        yield "</section>"


def verdict_badge(verdict: Verdict | None) -> str:
    """Return a verdict, or that there is none, as a word on its colour."""
    word = "error" if verdict is None else verdict.value
    return f'<span class="verdict {word}">{word.upper()}</span>'


def terms(rows: Iterable[tuple[str, str]]) -> str:
    """Return names with what each of them is, as markup."""
    return f"<dl>{''.join(f'<dt>{html(name)}</dt><dd>{said}</dd>' for name, said in rows)}</dl>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "rows", caption: str | None = None) -> str:
    """Return a table of markup, the first cell of each row as its head; heads that begin with `#` are of numbers."""
    numbers = [head.startswith("#") for head in heads]
    top = "".join(
        f'<th scope="col"{" class=n" if number else ""}>{html(head.lstrip("#"))}</th>'
        for head, number in zip(heads, numbers, strict=True)
    )
    said = "" if caption is None else f"<caption>{html(caption)}</caption>"
    body = "".join(row(cells, numbers) for cells in rows)
    return f'<table class="{kind}">{said}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def scrolling(name: str, wide: str) -> str:
    """Return what may be wider than the screen, named, so that it can be scrolled also without a pointer."""
    return f'<div class="wide" tabindex="0" role="group" aria-label="{html(name)}">{wide}</div>'


def row(cells: Sequence[str], numbers: Sequence[bool] = ()) -> str:
    """Return one row of markup."""
    first, *others = cells
    marks = [*numbers[1:], *([False] * len(others))]
    rest = "".join(f"<td{' class=n' if n else ''}>{cell}</td>" for cell, n in zip(others, marks, strict=False))
    return f'<tr><th scope="row">{first}</th>{rest}</tr>'


def link(address: str | None, words: str) -> str:
    """Return markup as a link, or as it is where there is no address of the web."""
    if address is None or not address.startswith(("https://", "http://")):
        return words
    return f'<a href="{html(address)}">{words}</a>'


def problems_list(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield problems as a list: place, what is wrong, and what to do."""
    yield "<ul>"
    for problem in problems:
        place = "" if problem.place is None else f"<code>{html(str(problem.place))}</code> "
        hint = "" if problem.hint is None else f'<br><span class="soft">{html(problem.hint)}</span>'
        yield f"<li>{place}{html(problem.message)}{hint}</li>"
    yield "</ul>"
