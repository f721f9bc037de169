"""`aiact-rules document`: everything a pack holds, as pages to read."""

from __future__ import annotations

from pathlib import Path

import click

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.known import completing, packs
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean


@click.command("document")
@click.argument("pack", shell_complete=completing(packs))
@click.argument("page", default="README")
@click.option("--output", metavar="FOLDER", type=click.Path(path_type=Path), help="Write all pages into a folder.")
def command(pack: str, page: str, output: Path | None) -> None:
    """Write the pages of a pack as Markdown, one for each article: who must do what, from when, and what shows it.

    PACK is the id of a pack; `aiact-rules packs` lists them. PAGE is one of its pages, such as `art-9` or `annex-iv`;
    without it the index is shown. Extensions whose pages have the same address are written with the law they extend.

    \b
    Examples:
      aiact-rules document eu_ai_act art-9
      aiact-rules document eu_ai_act --output docs/obligations
    """
    pages = _pages(Catalogue.of_installed_plugins(), pack)
    if output is not None:
        _write(pages, output)
        return
    if f"{page}.md" not in pages:
        names = [name.removesuffix(".md") for name in pages]
        hint = did_you_mean(page, names) or "without PAGE the index names them all"
        raise InputError([Problem(f"pack `{pack}` has no page `{page}`", hint=hint)])
    click.echo(pages[f"{page}.md"], nl=False)


def _pages(catalogue: Catalogue, pack_id: str) -> dict[str, str]:
    from aiact_rules.cli.rule_cases import shown_in
    from aiact_rules.reports.pack_pages import pack_pages
    from aiact_rules.reports.rule_text import Shown

    own = catalogue.pack(pack_id)
    together = [
        own,
        *(each for each in _extensions(catalogue, own) if own.pages is not None and each.pages == own.pages),
    ]
    pack = own if len(together) == 1 else catalogue.packs([each.id for each in together])[0]
    cases: dict[str, list[Shown]] = {}
    for each in together:
        for name, shown in shown_in(catalogue.head(each.id).folder).items():
            cases.setdefault(name, []).extend(shown)
    return pack_pages(pack, cases)


def _extensions(catalogue: Catalogue, law: Pack) -> list[Pack]:
    return [catalogue.pack(name) for name, head in catalogue.heads.items() if law.id in head.extends]


def _write(pages: dict[str, str], folder: Path) -> None:
    """Write the pages, and remove those of a former run that are none any more."""
    from aiact_rules.reports.pack_pages import MARK

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.md"):
            if path.name not in pages and MARK in path.read_text(encoding="utf-8", errors="replace")[:400]:
                path.unlink()
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            [Problem("the pages cannot be written here", Place(str(folder)), error.strerror or str(error))]
        ) from error
