"""Hooks of the site: pages that are generated from code and specs, and pages that stand outside this folder.

MkDocs calls `on_files` once and `on_page_markdown` for each page. Pages of the repository stand under `repository/`, at the
path they have there; a link to what is no page, such as a file of the sources, becomes its name.
"""

from __future__ import annotations

import contextlib
import inspect
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from mkdocs.structure.files import File, Files

import aiact_rules
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli import cli
from aiact_rules.core.vocabulary import FactDeclaration

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "plugins/README.md")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(((?![a-z]+:|#)[^)#\s]+)(#[^)\s]*)?\)")
_FENCE = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that stand elsewhere in the repository, and those that are generated."""
    for path in outside_pages():
        files.append(File.generated(config, f"repository/{path}", content=(ROOT / path).read_text(encoding="utf-8")))
    for name, lines in (("commands", commands()), ("facts", facts()), ("packs", packs()), ("python", names())):
        files.append(File.generated(config, f"reference/{name}.md", content="\n".join(lines) + "\n"))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Return a page whose links lead to pages of the site."""
    source = page.file.src_uri
    own = source.removeprefix("repository/") if source.startswith("repository/") else f"docs/{source}"
    parts = _FENCE.split(markdown)
    return "".join(part if part.startswith("```") else _LINK.sub(_relinked(own, source), part) for part in parts)


def _relinked(own: str, source: str) -> Any:
    def relinked(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(own), link[2]))
        if target.startswith("docs/") and target.endswith(".md"):
            at = target.removeprefix("docs/")
        elif target in outside_pages():
            at = f"repository/{target}"
        else:
            return link[1]
        return f"[{link[1]}]({posixpath.relpath(at, posixpath.dirname(source) or '.')}{link[3] or ''})"

    return relinked


def outside_pages() -> tuple[str, ...]:
    """Return the pages of the repository outside this folder, by their paths."""
    plugins = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("plugins/*/README.md"))
    changes = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("plugins/*/CHANGELOG.md"))
    return (*OUTSIDE, *plugins, *changes)


# Generated pages


def commands() -> Iterator[str]:
    """Yield the page of all commands, each with its help as the terminal shows it."""
    yield "# Commands"
    yield ""
    yield "What `--help` of each command says. `aiact` is a second name of `aiact-rules`."
    yield ""
    context = click.Context(cli, info_name="aiact-rules")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        if command is None or command.hidden:
            continue
        yield from _command(command, f"aiact-rules {name}", click.Context(command, context, name), 2)


def _command(command: click.Command, title: str, context: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * level} {title}"
    yield ""
    yield "```text"
    yield click.unstyle(command.get_help(context))
    yield "```"
    yield ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _command(inner, f"{title} {name}", click.Context(inner, context, name), level + 1)


def facts() -> Iterator[str]:
    """Yield the page of all facts of the EU AI Act pack."""
    yield "# Facts"
    yield ""
    yield "Every fact that can be stated of a release under the EU AI Act, in the order of the pack. In a release file the names are nested"
    yield "or dotted; a fact that is not stated is unknown. Other packs add theirs: `aiact-rules vocabulary --pack ID` lists them."
    yield ""
    subject = None
    for declaration in Catalogue.of_installed_plugins().pack("eu_ai_act").vocabulary.declarations.values():
        if (now := declaration.name.split(".")[0]) != subject:
            subject = now
            yield f"## {now}"
            yield ""
        yield from _fact(declaration)


def _fact(declaration: FactDeclaration) -> Iterator[str]:
    kind = declaration.type.value.replace("_", " ")
    unit = f" in {declaration.unit}" if declaration.unit else ""
    cited = f", {declaration.provision}" if declaration.provision else ""
    yield f"### `{declaration.name}`"
    yield ""
    yield f"{declaration.asks} ({kind}{unit}{cited})"
    yield ""
    for word, means in (declaration.values or {}).items():
        yield f"- `{word}`: {means}"
    if declaration.values:
        yield ""
    if declaration.if_absent is not None:
        value = declaration.format(declaration.if_absent)
        yield f"Where it is not stated: `{value}`, since {declaration.if_absent_because}."
        yield ""


def packs() -> Iterator[str]:
    """Yield the page of the packs of this distribution."""
    yield "# Packs"
    yield ""
    yield "| Id | Title | Law | Market | Facts | Obligations |"
    yield "| --- | --- | --- | --- | ---: | ---: |"
    catalogue = Catalogue.of_installed_plugins()
    for name, head in sorted(catalogue.heads.items()):
        if head.offered_by == "aiact-rules":
            pack = catalogue.pack(name)
            count = f"{len(pack.vocabulary.declarations)} | {len(pack.obligations)}"
            yield f"| `{name}` | {pack.title} | {pack.law} | {pack.market} | {count} |"
    yield ""
    yield "Packs of plugins: `aiact-rules packs` lists what is installed."


def names() -> Iterator[str]:
    """Yield the page of the public names, with their signatures and docstrings."""
    yield "# Public names in full"
    yield ""
    for name in sorted(aiact_rules.__all__):
        value = getattr(aiact_rules, name)
        yield f"## {name}"
        yield ""
        yield from _documented(value, name)
        for member, inner in sorted(vars(value).items()) if inspect.isclass(value) else ():
            if not member.startswith("_") and callable(getattr(value, member)) and inspect.getdoc(inner):
                yield f"### {name}.{member}"
                yield ""
                yield from _documented(inner, member)


def _documented(value: object, name: str) -> Iterator[str]:
    if callable(value):
        with contextlib.suppress(
            TypeError, ValueError
        ):  # some classes, such as exceptions, say nothing of their arguments
            yield f"```python\n{name}{inspect.signature(value)}\n```\n"
    yield (inspect.getdoc(value) or "").replace("<", "&lt;")
    yield ""
