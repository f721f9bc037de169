"""Hub: a model repository of Hugging Face, judged where its pull requests are checked, as one comment for people.

The repository is a folder with its `README.md` at the root, as the Hub wants it; weights may be pointers of git LFS.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from aiact_rules.cards.writing import Written, written
from aiact_rules.core.problems import InputError, Place, Problem, ProblemsError
from aiact_rules.core.words import counted
from aiact_rules.hosts.judgement import HostGate, Judgement
from aiact_rules.reports.escapes import harmless, markdown
from aiact_rules.reports.markdown_report import MarkdownReport
from aiact_rules.requests.overrides import Overrides
from aiact_rules.sources.discovery import base_of, name_of
from aiact_rules.sources.release_folder import NoRelease
from aiact_rules.sources.releases import releases_at

HOST = "huggingface"
MARK = "<!-- aiact-rules hub -->"
"""The first line of a comment, by which a bot finds the one it wrote before."""
MOST_SIGNS = 60_000
"""How long a comment may be; GitHub takes 65,536 signs."""
_CARD = "README.md"
_MOST_FACTS = 12


@dataclass(frozen=True)
class Review:
    """What became of a model repository, and the comment that says so. `card` says what became of the result in its card."""

    judgement: Judgement
    card: str
    comment: str

    @property
    def exit_code(self) -> int:
        """Return 0 where the release may go ahead, 1 where it is refused, 2 where nothing could be decided."""
        return self.judgement.exit_code


def reviewed(
    host: HostGate,
    folder: Path,
    said: Overrides | None = None,
    *,
    operator: str | None = None,
    write: bool = False,
    action: str = "release to the Hub",
    actor: str | None = None,
) -> Review:
    """Judge a model repository and return the comment; with `write` the result is written into its card before.

    Never raises for what the repository holds: what cannot be used stands in the comment, and the exit code is 2.
    """
    said = said or Overrides()
    try:
        problem = _objection(folder)
        if problem is not None:
            raise InputError([problem])
        card = _told_of_card(host, folder, said, operator, write)
    except ProblemsError as error:
        judgement = host.undecided(error.problems, action=action, actor=actor)
        return Review(judgement, "", _shortened(_comment(judgement, "", folder)))
    judgement = host.judge([folder], said, action=action, actor=actor)
    return Review(judgement, card, _shortened(_comment(judgement, card, folder)))


def _objection(folder: Path) -> Problem | None:
    """Return why a folder is no repository of a model, or None."""
    place = Place((folder / _CARD).as_posix())
    if not (folder / _CARD).is_file():
        return Problem("there is no model card", place, "name the folder of a model repository")
    found = releases_at(folder / _CARD)
    if isinstance(found, NoRelease):
        return Problem(found.reason, place, "only model repositories are judged")
    return None


def _told_of_card(host: HostGate, folder: Path, said: Overrides, operator: str | None, write: bool) -> str:
    """Write the result into the card where asked, and return what became of it. Raises InputError where writing fails."""
    try:
        card: Written = written(host.gate, folder / _CARD, said, operator)
    except InputError as error:
        if write:
            raise
        return f"the result cannot be written into it: {error.problems[0].message}"
    if card.is_current:
        return "its result is up to date"
    if write:
        card.save()
        return "its result has been written"
    return "its result is missing or stale; `aiact-rules hub --write` writes it"


def _comment(judgement: Judgement, card: str, folder: Path) -> str:
    batch = replace(judgement.batch, full=False)
    lines = [MARK, MarkdownReport().render(batch).rstrip("\n"), ""]
    if card:
        lines += [f"The card: {card}.", ""]
    lines += _files(judgement, folder)
    return harmless("\n".join(lines))


def _files(judgement: Judgement, folder: Path) -> Iterator[str]:
    """Yield which files were read, and what each of them states."""
    names: list[str] = []
    with suppress(ProblemsError):  # they are told where the judgement is
        found = releases_at(folder)
        if not isinstance(found, NoRelease):
            names = [name_of(path, base_of(path)) for each in found for path in (*each.files, *each.beside)]
    decisions = judgement.batch.decisions
    if not names or not decisions:
        return
    stated: dict[str, list[str]] = {name: [] for name in names}
    for fact in decisions[0].facts:
        source = fact.origin.place.source.partition("#")[0]
        if source in stated:
            stated[source].append(fact.name)
    yield from ("<details><summary>What was read</summary>", "", "| File | States |", "| --- | --- |")
    for name, facts in stated.items():
        shown = ", ".join(f"`{fact}`" for fact in sorted(facts)[:_MOST_FACTS])
        more = f" and {counted(len(facts) - _MOST_FACTS, 'more fact')}" if len(facts) > _MOST_FACTS else ""
        yield f"| {markdown(name)} | {shown or 'nothing'}{more} |"
    yield from ("", "</details>", "")


def _shortened(comment: str) -> str:
    if len(comment) <= MOST_SIGNS:
        return comment
    end = "\n\n... cut off here; `aiact-rules check` shows the rest\n"
    return comment[: MOST_SIGNS - len(end)].rsplit("\n", 1)[0] + end
