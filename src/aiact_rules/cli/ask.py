"""`aiact-rules ask`: answer the questions that decide, one after the other, into the release file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from aiact_rules.cli.options import judging
from aiact_rules.cli.pages import first_sentence, lines_of, pages_of, terminal
from aiact_rules.cli.terminal import say
from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Sureness
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import DISMISSED, MARKETS, MOMENT, RELEASE_DATE, ROLES
from aiact_rules.core.printable import is_written
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.raising import Raised, Way, raised_in
from aiact_rules.core.signals import Dismissal
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue
from aiact_rules.core.words import value_in_words
from aiact_rules.gate import Gate
from aiact_rules.interview.consequences import assessed_for, closing, consequences
from aiact_rules.interview.interview import Interview, Reply
from aiact_rules.interview.questions import AGREE, CHANGE, Question
from aiact_rules.interview.replies import members, read_reply, value_as_typed
from aiact_rules.requests.overrides import Overrides
from aiact_rules.sources.answers import Answers
from aiact_rules.sources.release_names import RELEASE_FILES
from aiact_rules.sources.statements import parse_value

NEW = """\
# What is released, by whom, when and where. What is not stated is unknown and holds the release.
format: 1
# name: as in your registry
facts:
"""
_HELP = (
    "Type an answer, or: `?` if you don't know, `skip` to leave the question open, `back` to the question before, "
    "`why` for what it decides, `quit` to stop. Every answer is saved at once."
)
_UNKNOWN = ("?", "don't know", "i don't know", "dont know", "idk", "unknown")
_SKIP, _BACK, _WHY, _QUIT = ("s", "skip"), ("b", "back"), ("w", "why"), ("q", "quit")
_DONE, _PREVIOUS = ("done", "d"), ("p", "previous")
_NONE, _NONE_AT_ALL, _ALL_OF_THEM = ("none", "no", "n", "nothing", "0", "[]"), ("none of them",), ("all of them",)


@click.command("ask")
@click.argument("path", type=click.Path(path_type=Path), default=Path("aiact.yaml"))
@judging
def command(path: Path, said: Overrides) -> None:
    """Ask the questions that decide the verdict, one at a time, and write each answer into the release file.

    PATH is a release file (created where there is none), a model card, or their folder. Each answer is saved at once,
    and comments stay. The interview ends when the verdict is certain. Role, market, moment and release date given as
    options are written into the file. Exit code 0 when everything answered is written, whatever the verdict.

    \b
    Examples:
      aiact-rules ask                            interview into aiact.yaml here
      aiact-rules ask cards/ --market EU --market KR
    """
    file = release_file_of(path)
    if not file.exists():
        write(file, NEW)
        say(f"{file}: new release file")
    Asking(Gate(), said, path, file).run()


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


class Asking:
    """Holds an interview on the terminal: puts its questions, writes the answers, and tells what they did."""

    def __init__(self, gate: Gate, said: Overrides, path: Path, file: Path) -> None:
        self.gate = gate
        self.said = said
        self.path = path
        self.file = file
        self.by: str | None = None

    def run(self) -> None:
        """Hold the interview. What was answered is in the file even where it is broken off."""
        self.width, self.height = terminal()
        self.write_options()
        interview = Interview(self.judged())
        self.tell(_HELP)
        ended = "Finished"
        try:
            while (question := interview.question) is not None:
                interview = self.put(interview, question)
        except (click.Abort, EOFError):
            click.echo()
            ended = "Stopped"
        self.close(interview, ended)

    def judged(self, assumed: dict[str, object] | None = None) -> Decision:
        """Read everything about the release again and decide, with some facts assumed."""
        # An empty list of roles waits to be filled; anywhere else it is refused.
        said = self.said.with_(waiting=(ROLES,))
        if assumed:
            said = said.with_(facts={**said.facts, **assumed})
        request = self.gate.request(self.path, said)
        if request.operators:
            problem = "this release names several operators; an interview is with one"
            raise InputError([Problem(problem, Place(request.name))])
        return self.gate.decide(request)

    def write_options(self) -> None:
        """Write roles, markets, moment and date given as options into the file; from then on they count as stated there.

        Raises InputError where the documents state another role, moment or date.
        """
        given = self.said
        wanted = {ROLES: given.roles, MARKETS: given.markets, MOMENT: given.moment, RELEASE_DATE: given.release_date}
        if not any(wanted.values()):
            return
        with_options = self.judged()
        self.said = given.with_(roles=None, markets=(), moment=None, release_date=None)
        stated = self.judged().facts
        for name in (name for name in wanted if wanted[name]):
            value, old = with_options.facts[name].value, stated.by_name.get(name)
            if old is not None and old.origin.sureness is not Sureness.STATED:
                old = None
            if old is not None and old.value == value:
                continue
            if old is not None and name != MARKETS:
                message = f"`{name}` is {value_as_typed(old.value)} here, but the option says {value_as_typed(value)}"
                raise InputError([Problem(message, old.origin.place, "change one of them")])
            self.save({name: value}, with_options)
            say(f"{self.file}: {name} {value_as_typed(value)}")

    def put(self, interview: Interview, question: Question) -> Interview:
        """Put one question until something becomes of it, and return the interview after it. Raises Abort on `quit`."""
        screen = Screen(question, self.heading(interview, question), self.width, self.height, self.stated(interview))
        while True:
            said = screen.reply()
            word = said.lower()
            if word in _BACK:
                if interview.position == 1:
                    self.tell("this is the first question", 3)
                    continue
                return interview.back()
            if word in _SKIP or word in _UNKNOWN:
                return self.left_open(interview, question, Reply.SKIPPED if word in _SKIP else Reply.UNKNOWN)
            if word in _WHY:
                for line in question.why or ("it says who acts, where and what is released; everything else follows",):
                    self.tell(line, 3)
                continue
            if not said:
                if interview.at is not None:
                    return interview.kept()
                self.tell("type an answer, `?` if you don't know it, or `skip`", 3)
                continue
            try:
                answers = question.read(said)
                if question.raised is not None:
                    return self.settled(interview, question, question.raised, str(answers[question.name]))
                return self.answered(interview, question, answers)
            except ValueError as error:
                self.tell(str(error), 3)
            except InputError as error:
                self.tell("this answer does not fit what is stated elsewhere, so it was not saved:", 3)
                for problem in error.problems:
                    self.tell(" ".join(str(problem).split()), 3)
            screen.again()

    def answered(self, interview: Interview, question: Question, answers: Mapping[str, FactValue]) -> Interview:
        """Save answers and say what they did. Raises InputError, with the file as it was, where they do not fit."""
        decision = self.written(self.with_answers(answers, interview.decision))
        for name, value in answers.items():
            if question.declaration.type is FactType.QUANTITY:
                self.tell(f"saved: {name} = {value_as_typed(value)}", 3)
        after = interview.after(question, Reply.ANSWERED, decision)
        harm = consequences(interview.decision, decision, question.facts)
        for line in harm:
            self.tell(line, 3)
        if harm and self.wants_back():
            return Interview(decision, after.turns, interview.position - 1)
        return after

    def written(self, text: str) -> Decision:
        """Write the release file and decide. Raises InputError, with the file as it was, where it does not fit."""
        before = self.read_file()
        write(self.file, text)
        try:
            return self.judged()
        except InputError:
            write(self.file, before)
            raise

    def settled(self, interview: Interview, question: Question, raised: Raised, way: str) -> Interview:
        """Take one of the three ways out of a signal, and return the interview after it."""
        if way == AGREE and raised.answer is not None:
            return self.answered(interview, question, self.agreed(interview.decision, raised.answer))
        if way == CHANGE:
            self.tell("change the text and save it; then it is read again", 3)
            if _prompt("Enter: read it again; skip: leave it open").lower() in (*_SKIP, *_QUIT):
                return self.left_open(interview, question, Reply.SKIPPED)
            decision = self.judged()
            if any(each.cue == raised.cue for _, each in raised_in(decision)):
                self.tell("it still says so", 3)
                return replace(interview, decision=decision)
            return interview.after(question, Reply.ANSWERED, decision)
        because = self.words("why this is wrong, in a few words")
        self.by = self.words("who checked it" + (f"; Enter: {self.by}" if self.by else ""), self.by)
        place = Place(str(self.file))
        dismissal = Dismissal(raised.cue, place, because, self.by, raised.seen or None)
        text = Answers(self.read_file(), str(self.file)).with_dismissals([dismissal])
        return interview.after(question, Reply.ANSWERED, self.written(text))

    def agreed(self, decision: Decision, way: Way) -> Mapping[str, FactValue]:
        """Return the answer that agrees with words; where several do, a person says which."""
        declaration, word = decision.vocabulary[way.fact], way.words[0]
        if len(way.words) > 1:
            labels = {each: (declaration.values or {}).get(each, each) for each in way.words}
            choice = FactDeclaration(way.fact, FactType.ONE_OF, declaration.asks, values=labels)
            for number, (value, label) in enumerate(labels.items(), 1):
                self.tell(f"{number}) {value}: {label}", 3)
            word = str(read_reply(choice, _prompt("a number or a name")))
        if not way.is_list:
            return {way.fact: parse_value(declaration, word)}
        known = decision.facts.value(way.fact)
        if isinstance(known, OpenList):
            return {way.fact: OpenList.of(known.members | {word}, known.open)}
        return {way.fact: (known if isinstance(known, frozenset) else frozenset()) | {word}}

    def words(self, wanted: str, usual: str | None = None) -> str:
        """Return words that a person types; what is `usual` where nothing is typed. Raises Abort on `quit`."""
        while True:
            said = _prompt(wanted) or (usual or "")
            if said.lower() in _QUIT:
                raise click.Abort
            if is_written(said):
                return said
            self.tell("it goes on record: a few words, please", 3)

    def wants_back(self) -> bool:
        """Return whether the person takes the last answer back."""
        while True:
            said = _prompt("`back` to change this answer, Enter to keep it")
            if said.lower() in _QUIT:
                raise click.Abort
            if not said or said.lower() in _BACK:
                return bool(said)

    def left_open(self, interview: Interview, question: Question, reply: Reply) -> Interview:
        """Leave a question open, and take back what was answered to it before."""
        decision = interview.decision
        if interview.at is not None:
            text = self.read_file()
            if question.raised is not None or question.name == DISMISSED:
                signals = [question.raised.cue] if question.raised else [*(question.declaration.values or {})]
                text = Answers(text, str(self.file)).with_dismissals(without=signals)
            for fact in question.facts if question.name != DISMISSED else ():
                if (declaration := decision.vocabulary.get(fact)) is not None:
                    text = Answers(text, str(self.file)).without_answer(declaration)
            write(self.file, text)
            decision = self.judged()
        return interview.after(question, reply, decision)

    def save(self, answers: Mapping[str, FactValue], decision: Decision) -> None:
        """Write facts into the release file, all of them or none."""
        write(self.file, self.with_answers(answers, decision))

    def with_answers(self, answers: Mapping[str, FactValue], decision: Decision) -> str:
        """Return the text of the release file with facts stated."""
        text = self.read_file()
        for name, value in answers.items():
            into = Answers(text, str(self.file))
            if name == DISMISSED and isinstance(value, frozenset):
                known = decision.facts.value(DISMISSED)
                new = value - known if isinstance(known, frozenset) else value
                text = into.with_dismissals(Dismissal(each, Place(str(self.file))) for each in sorted(new))
            else:
                text = into.with_answer(decision.vocabulary[name], value)
        return text

    def heading(self, interview: Interview, question: Question) -> str:
        """Return where the interview is, and the law that asks where there are several."""
        about = interview.about(lambda assumed: self.judged(dict(assumed)))
        laws = f" · {question.laws}" if question.laws else ""
        return f"Question {interview.position} of about {about}{laws}"

    def stated(self, interview: Interview) -> str | None:
        """Return what was answered before to a question that is put again."""
        if interview.at is None or interview.question is None:
            return None
        if interview.turns[interview.at].reply is not Reply.ANSWERED:
            return "left open before; Enter leaves it so"
        if interview.question.raised is not None:
            return "settled before; Enter leaves it so"
        said = ((fact, interview.decision.facts.value(fact)) for fact in interview.question.facts)
        every = [f"{fact}: {value_as_typed(value)}" for fact, value in said if value is not None]
        return f"answered before: {'; '.join(every)} (Enter keeps it)"

    def read_file(self) -> str:
        """Return the text of the release file as it stands now."""
        try:
            return self.file.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise InputError([Problem("this file cannot be read", Place(str(self.file)), str(error))]) from error

    def tell(self, text: str, indent: int = 0) -> None:
        """Write a text in lines of the terminal's width."""
        for line in lines_of(text, self.width, indent, indent):
            say(line)

    def close(self, interview: Interview, ended: str) -> None:
        """Tell how it ended, why, and what to do next."""
        click.echo()
        for paragraph in closing(interview):
            self.tell(f"{ended}: {paragraph}")
        self.tell(assessed_for(interview.decision))
        say(f"Full report: aiact-rules check {self.path if self.path.exists() else self.file}")


class Screen:
    """One question as it stands on the terminal, page by page where its choices do not fit at once."""

    def __init__(self, question: Question, heading: str, width: int, height: int, stated: str | None) -> None:
        self.question = question
        self.declaration = question.declaration
        self.heading = lines_of(heading, width, 0, 0)
        self.width = width
        asks = self.declaration.asks
        notes = [
            *([f"so far: {value_in_words(question.so_far)}"] if question.so_far is not None else []),
            *([stated] if stated else []),
        ]
        self.notes = [line for note in notes for line in lines_of(note, width, 3, 6)]
        self.asks, self.shorter = lines_of(asks, width, 0, 0), lines_of(first_sentence(asks), width, 0, 0)
        fixed = len(self.notes) + len(self.heading) - 1
        self.choices = [self._choice(number, value) for number, value in enumerate(self.declaration.values or {}, 1)]
        self.pages = pages_of(self.choices, len(self.asks) + fixed, len(self.shorter) + fixed, height) or [[]]
        self.at = 0
        self.marked: list[str] = []
        self.shown = False

    def _choice(self, number: int, value: str) -> list[str]:
        label = (self.declaration.values or {})[value]
        if self.question.claims:
            return lines_of(f"{number}) {label}", self.width, 3, 6)
        return lines_of(f"{number}) {value}: {label}" if label != value else f"{number}) {value}", self.width, 3, 6)

    def again(self) -> None:
        """Forget what was marked, and show the question from its first page."""
        self.at, self.marked, self.shown = 0, [], len(self.pages) == 1

    def reply(self) -> str:
        """Return a reply to the whole question: a command, or an answer, gathered from all pages. Raises Abort on `quit`."""
        while True:
            if not self.shown:
                self.show()
            said = _prompt(self.hint())
            word = said.lower()
            if word in _QUIT:
                raise click.Abort
            self.shown = len(self.pages) == 1
            if len(self.pages) == 1 or word in (*_BACK, *_SKIP, *_UNKNOWN, *_WHY):
                return said
            if word in _PREVIOUS:
                self.at = max(0, self.at - 1)
            elif self.declaration.type is not FactType.SOME_OF:
                if said:
                    return said
                self.at = (self.at + 1) % len(self.pages)
            elif (whole := self.gathered(said)) is not None:
                return whole

    def gathered(self, said: str) -> str | None:
        """Mark what a page of a list names and turn the page; return the whole answer once it is complete.

        `none` and `all` are about the page: what was not seen yet is neither denied nor claimed, but by `none of them`,
        `all of them` and `done`.
        """
        is_last, word = self.at == len(self.pages) - 1, said.lower()
        if word in _NONE_AT_ALL:
            return "none"
        if word in _ALL_OF_THEM:
            return "all"
        if word == "all" and self.declaration.checklist:
            self.marked += [[*(self.declaration.values or {})][number] for number in self.pages[self.at]]
        elif said and word not in (*_NONE, *_DONE):
            try:
                self.question.read(said)
                self.marked += members(self.declaration, said)
            except ValueError as error:
                for line in lines_of(str(error), self.width, 3, 3):
                    say(line)
                self.shown = True
                return None
        if self.marked and (is_last or word in _DONE):
            return ", ".join(dict.fromkeys(self.marked))
        if is_last and word in _NONE:
            return "none"
        if is_last or word in _DONE:
            self.shown = True
            say("   nothing is marked; answer `none` if none applies")
            return None
        self.at += 1
        return None

    def show(self) -> None:
        """Write the page."""
        click.echo()
        choices = [line for number in self.pages[self.at] for line in self.choices[number]]
        for line in (*self.heading, *(self.asks if self.at == 0 else self.shorter), *self.notes, *choices):
            say(line)
        if len(self.pages) > 1:
            marked = f"; marked: {', '.join(dict.fromkeys(self.marked))}" if self.marked else ""
            for line in lines_of(f"page {self.at + 1} of {len(self.pages)}{marked}", self.width, 3, 3)[:1]:
                say(line)

    def hint(self) -> str:
        """Return what may be typed here."""
        if len(self.pages) == 1:
            return hint(self.declaration)
        last = self.at == len(self.pages) - 1
        if self.declaration.type is not FactType.SOME_OF:
            return "a number or a name; Enter: " + ("first page" if last else "next page")
        if last:
            return "numbers or names, or none; Enter: finish"
        return "numbers or names; Enter: none of these, next page" + ("; done: none of the rest" if self.marked else "")


def hint(declaration: FactDeclaration) -> str:
    """Return what an answer to a question looks like."""
    kinds = {
        FactType.YES_NO: "yes or no",
        FactType.ONE_OF: "a number or a name",
        FactType.SOME_OF: "numbers or names with commas, or none",
        FactType.QUANTITY: f"a number{f' in {declaration.unit}' if declaration.unit else ' or a percentage'}",
        FactType.DATE: "a date, e.g. 2027-12-02",
        FactType.TEXT: "a text",
    }
    if declaration.name == ROLES:
        return "numbers or names with commas"
    if declaration.type is FactType.SOME_OF and not declaration.values:
        return "names with commas, or none"
    if declaration.checklist:
        return "numbers or names with commas, all, or none"
    derivation = declaration.derivation
    if derivation is not None and derivation.operation == "sum":
        parts = " + ".join(name.split(".")[-1] for name in derivation.of)
        return f"{kinds[declaration.type]}, or `{parts}`"
    return kinds[declaration.type]


def _prompt(hint_line: str) -> str:
    say(f"   {hint_line}")
    if sys.stdin is None:  # closed by the shell: nobody can answer
        raise EOFError
    return str(click.prompt("  ", prompt_suffix=" > ", default="", show_default=False)).strip()


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all, so that breaking off loses nothing."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(path)
    except OSError as error:
        raise InputError([Problem("the answer cannot be written here", Place(str(path)), str(error))]) from error
