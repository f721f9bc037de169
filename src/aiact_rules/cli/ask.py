"""`aiact-rules ask`: answer the questions that decide, one after the other, into the release file."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

import click

from aiact_rules.cli.options import judging
from aiact_rules.cli.terminal import say
from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Sureness
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import DISMISSED, MARKETS, ROLES
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import UNKNOWN, FactDeclaration, FactType, FactValue
from aiact_rules.core.words import value_in_words
from aiact_rules.gate import Gate
from aiact_rules.requests.overrides import Overrides
from aiact_rules.sources.answers import Answers
from aiact_rules.sources.release_names import RELEASE_FILES
from aiact_rules.sources.statements import parse_value

_WIDTH = 78
_SKIP, _STOP, _WHY = ("?", "skip"), ("q", "quit"), ("why",)
_NEW = "# What is released, by whom, when and where. What is not stated holds the release.\nformat: 1\nfacts:\n"


@click.command("ask")
@click.argument("path", type=click.Path(path_type=Path), default=Path("aiact.yaml"))
@judging
def command(path: Path, said: Overrides) -> None:
    """Ask what decides most, one question at a time, and write each answer into the release file.

    PATH is a release file (written anew where there is none), a model card, or their folder. Each answer is written at
    once, comments stay, and the interview ends when the verdict is certain. `?` leaves a question open, `why` says what
    it decides, `q` stops.
    """
    file = release_file_of(path)
    if not file.exists():
        write(file, _NEW)
        say(f"{file}: a new release file")
    Interview(Gate(), said, path if path.exists() else file, file).run()


def release_file_of(path: Path) -> Path:
    """Return the release file that answers about a path go into; it may not be there yet."""
    if path.is_dir():
        return next((path / name for name in RELEASE_FILES if (path / name).is_file()), path / RELEASE_FILES[0])
    if path.suffix.lower() in (".yaml", ".yml"):
        return path
    if path.suffix.lower() not in (".md", ".markdown", ".json"):
        raise InputError([Problem("answers are written into YAML", Place(str(path)), "name a file such as aiact.yaml")])
    own = [path.with_name(path.stem + suffix) for suffix in (".aiact.yaml", ".aiact.yml")]
    beside = [*own, *(path.with_name(name) for name in RELEASE_FILES)]
    return next((file for file in beside if file.is_file()), path.with_name(RELEASE_FILES[0]))


class Interview:
    """Asks until the verdict is certain, nothing is left to ask, or the person stops."""

    def __init__(self, gate: Gate, said: Overrides, path: Path, file: Path) -> None:
        self.gate = gate
        self.said = said
        self.path = path
        self.file = file
        self.done_with: set[str] = set()
        self.asked = 0

    def run(self) -> None:
        """Hold the interview. What was answered is in the file even where it is broken off."""
        click.echo("Answer, or: ? leaves a question open, why says what it decides, q stops.")
        decision = self.judged()
        try:
            while (name := self.next_question(decision)) is not None:
                value = self.answer(decision, name)
                self.done_with.add(name)
                if value is None:
                    continue
                declaration = decision.vocabulary[name]
                write(self.file, Answers(self.read_file(), str(self.file)).with_answer(declaration, value))
                decision = self.judged()
        except (click.Abort, EOFError):
            click.echo()
            self.close(decision, "stopped")
            return
        self.close(decision, "done")

    def judged(self) -> Decision:
        """Read everything about the release again and decide."""
        # An empty list of roles waits to be filled; anywhere else it is refused.
        request = self.gate.request(self.path, self.said.with_(waiting=(ROLES,)))
        if request.operators:
            problem = "this release names several operators; an interview is with one"
            raise InputError([Problem(problem, Place(request.name))])
        return self.gate.decide(request)

    def next_question(self, decision: Decision) -> str | None:
        """Return the most decisive fact that was not asked for yet; who acts, and where, comes first."""
        for name in (ROLES, MARKETS):
            if name not in decision.facts and name not in self.done_with and name in decision.vocabulary:
                return name
        needs = [need for pack in decision.packs for need in pack.needs if need.fact not in self.done_with]
        needs.sort(key=lambda need: -need.decides)
        return next((need.fact for need in needs if need.fact in decision.vocabulary), None)

    def answer(self, decision: Decision, name: str) -> FactValue | None:
        """Ask for one fact until the answer can be used. None: left open. Raises Abort where the person stops."""
        declaration = decision.vocabulary[name]
        self.asked += 1
        click.echo()
        _say(f"{self.asked}. {declaration.asks}")
        if isinstance(value := decision.facts.value(name), OpenList):
            _say(f"so far: {value_in_words(value)}", 3, 6)
        if name == DISMISSED:
            for finding in decision.findings:
                if name in finding.needs:
                    _say(f"{finding.id.removeprefix('signal.').removeprefix('contradiction.')}: {finding.must}", 3, 6)
        values = list(declaration.values or {})
        for number, value in enumerate(values, 1):
            label = (declaration.values or {})[value]
            _say(f"{number}) {value}: {label}" if label != value else f"{number}) {value}", 3, 6)
        while True:
            said = str(click.prompt(f"   {_hint(declaration)}", prompt_suffix=" > ", default="?", show_default=False))
            said = said.strip()
            if said.lower() in _SKIP:
                return None
            if said.lower() in _STOP:
                raise click.Abort
            if said.lower() in _WHY:
                self.say_why(decision, declaration)
                continue
            try:
                read = read_answer(declaration, said)
                if name == ROLES and read == frozenset():
                    raise ValueError("an operator without any role cannot be judged; name one")
                return read
            except ValueError as error:
                _say(str(error), 3, 3)

    def say_why(self, decision: Decision, declaration: FactDeclaration) -> None:
        """Return which provision asks, and which open findings the answer bears on."""
        if declaration.provision is not None:
            _say(f"by {declaration.provision}", 3, 6)
        if declaration.note is not None:
            _say(declaration.note, 3, 6)
        waiting = [finding for finding in decision.findings if declaration.name in finding.needs]
        for finding in waiting[:3]:
            _say(f"{finding.provision}: {finding.must}", 3, 6)
        if len(waiting) > 3:
            _say(f"and {len(waiting) - 3} more", 3, 6)

    def read_file(self) -> str:
        """Return the text of the release file as it stands now."""
        try:
            return self.file.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise InputError([Problem("this file cannot be read", Place(str(self.file)), str(error))]) from error

    def close(self, decision: Decision, how: str) -> None:
        """Show where things stand, and what to do next."""
        click.echo()
        left = len({need.fact for pack in decision.packs for need in pack.needs})
        click.echo(f"{how}: {decision.verdict.value.upper()}")
        if decision.verdict is Verdict.HOLD:
            _say(f"{left} questions are open" if left != 1 else "one question is open")
        defaults = [fact.name for fact in decision.facts if fact.origin.sureness is Sureness.DECLARED_BY_DEFAULT]
        if "release.moment" in defaults or "release.date" in defaults:
            _say(
                f"judged for {str(decision.moment or 'an unknown moment').replace('_', ' ')} on "
                f"{decision.facts.value('release.date')}; state `moment` and `release_date` if that is not meant"
            )
        say(f"`aiact-rules check {self.path}` gives the whole answer")


def read_answer(declaration: FactDeclaration, said: str) -> FactValue:
    """Read an answer: a value, its number in the list, several of either, or `none`. Raises ValueError for any other."""
    if declaration.type is FactType.YES_NO and said.lower() in ("y", "n"):
        said = {"y": "yes", "n": "no"}[said.lower()]
    if declaration.type is FactType.SOME_OF:
        if said.lower() in ("none", "[]"):
            return frozenset()
        parts = [_member(declaration, part.strip()) for part in said.split(",") if part.strip()]
        return parse_value(declaration, parts)
    return parse_value(declaration, _numbered(declaration, said))


def _member(declaration: FactDeclaration, said: str) -> str:
    """Return a member of a list by its word; `3: unknown` and `?3` leave the third one open."""
    if said.startswith("?"):
        said = f"{said[1:].strip()}: {UNKNOWN}"
    word, colon, is_in = said.partition(":")
    return f"{_numbered(declaration, word.strip())}{colon}{is_in}"


def _numbered(declaration: FactDeclaration, said: str) -> str:
    values = list(declaration.values or {})
    if said.isdigit() and said not in values and values:
        if not 1 <= int(said) <= len(values):
            raise ValueError(f"there is no number {said} in the list")
        return values[int(said) - 1]
    return said


def _hint(declaration: FactDeclaration) -> str:
    kinds = {
        FactType.YES_NO: "yes or no",
        FactType.ONE_OF: "a number or a word",
        FactType.SOME_OF: "numbers or words with commas, `?3` where that one is open, or none",
        FactType.QUANTITY: f"a number{f' in {declaration.unit}' if declaration.unit else ''}",
        FactType.DATE: "a date, such as 2027-12-02",
        FactType.TEXT: "a text",
    }
    if declaration.checklist:
        return "numbers or words with commas, all, or none"
    return kinds[declaration.type]


def _say(text: str, first: int = 0, rest: int = 3) -> None:
    for line in wrap(text, _WIDTH, initial_indent=" " * first, subsequent_indent=" " * rest):
        say(line)


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all, so that breaking off loses nothing."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(path)
    except OSError as error:
        raise InputError([Problem("the answer cannot be written here", Place(str(path)), str(error))]) from error
