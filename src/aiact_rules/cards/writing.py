"""Writing: the card of a release as it should stand, and the file, replaced as a whole."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from aiact_rules.cards.editing import CardText, with_result, with_section
from aiact_rules.core.card_result import CardResult
from aiact_rules.core.cards import CardWords
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, Place, Problem, ProblemsError
from aiact_rules.gate import Gate
from aiact_rules.reports.card_section import result_lines, result_of, section_lines
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.request import Request
from aiact_rules.sources.card_result import RESULT_KEY, read_result
from aiact_rules.sources.discovery import base_of, name_of
from aiact_rules.sources.model_card import BLOCK, read_metadata
from aiact_rules.sources.release_folder import NoRelease, ReleaseFiles
from aiact_rules.sources.release_names import MARKDOWN
from aiact_rules.sources.releases import releases_at
from aiact_rules.sources.text_files import decoded, read_bytes
from aiact_rules.yaml_text import Mapping

_MOST_ROUNDS = 6
_UNDECIDED = CardResult("hold", (), (), (), date.min, date.min, "sha256:" + "0" * 64, "aiact-rules 0", ())
"""Stands in a card until the release is judged, so that every line is where it will be."""


@dataclass(frozen=True)
class Written:
    """A card before and after, and the decision that it tells of."""

    path: Path
    before: CardText
    after: CardText
    decision: Decision

    @property
    def is_current(self) -> bool:
        """Return whether nothing has to be written."""
        return self.before == self.after

    def diff(self) -> Iterator[str]:
        """Yield what differs, as a unified diff."""
        name = self.before.name
        return difflib.unified_diff(self.before.plain, self.after.plain, f"a/{name}", f"b/{name}", lineterm="")

    def save(self) -> None:
        """Replace the file as a whole, keeping its mode. Raises InputError where that is refused."""
        target = self.path.resolve()
        try:
            mode = target.stat().st_mode
            handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(self.after.data)
                    file.flush()
                    os.fsync(file.fileno())
                os.chmod(temporary, mode & 0o7777)
                os.replace(temporary, target)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary)
                raise
        except OSError as error:
            raise InputError([Problem("the card cannot be written", Place(self.before.name), str(error))]) from error


def written(gate: Gate, path: Path, said: Overrides, operator: str | None = None) -> Written:
    """Return the card of the release at a path as it should stand.

    Where nobody says as of which day, a card that is right as of the day it names stays as it is; any other is judged
    today. Raises InputError where there is no one card, or where it cannot be read or added to.
    """
    files, card = _card_of(path)
    name = name_of(card, base_of(card))
    before = CardText.of(read_bytes(card, name), name)
    recorded = _recorded(before)
    if said.as_of is None and recorded is not None:
        with suppress(ProblemsError):  # what is wrong whatever the day is said below
            kept = _Writing(gate, files, card, before, said.with_(as_of=recorded.as_of), operator, recorded).written()
            if kept.is_current:
                return kept
    return _Writing(gate, files, card, before, said, operator, recorded).written()


class _Writing:
    def __init__(
        self,
        gate: Gate,
        files: ReleaseFiles,
        card: Path,
        before: CardText,
        said: Overrides,
        operator: str | None,
        recorded: CardResult | None,
    ) -> None:
        self.gate = gate
        self.files = files
        self.card = card
        self.before = before
        self.said = said
        self.operator = operator
        self.recorded = recorded

    def written(self) -> Written:
        """Judge the card with what was written into it until that changes nothing: an added line moves the lines of facts."""
        first = self.recorded or _UNDECIDED
        text = with_result(self.before, lambda indent: result_lines(first, indent))
        for _ in range(_MOST_ROUNDS):
            request = self.request(text)
            decision = self.gate.decide(request)
            after = self.telling(decision, request)
            if after == text:
                return Written(self.card, self.before, after, decision)
            text = after
        message = "what is written into the card changes what is decided of it"
        raise InputError([Problem(message, Place(self.before.name), "please report it")])

    def request(self, text: CardText) -> Request:
        texts = {**self.files.texts, self.card: decoded(text.data, text.name)}
        return self.gate.request(replace(self.files, texts=texts), self.said).of_operator(self.operator)

    def telling(self, decision: Decision, request: Request) -> CardText:
        words = self.words(request)
        result = result_of(decision, words, request.contact or request.subject.owner or request.operator)
        if self.recorded is not None and self.recorded.decision_id == result.decision_id:
            result = replace(result, tool=self.recorded.tool)  # another version of the tool that decides alike
        text = with_section(
            self.before, section_lines(result, words)
        )  # first, so that problems have the lines of the file
        return with_result(text, lambda indent: result_lines(result, indent))

    def words(self, request: Request) -> CardWords:
        words = self.gate.shelf.card_words(request.pack_ids)
        if words is None:
            message = f"none of the packs {', '.join(request.pack_ids)} has words for a card"
            raise InputError([Problem(message, Place(self.before.name))])
        return words


def _card_of(path: Path) -> tuple[ReleaseFiles, Path]:
    """Return the release at a path with its one card."""
    place = Place(path.as_posix())
    found = releases_at(path)
    if isinstance(found, NoRelease):
        raise InputError([Problem(found.reason, place, "write a release file beside it with `aiact-rules init`")])
    if len(found) > 1:
        names = ", ".join(each.path.as_posix() for each in found)
        raise InputError([Problem("several releases stand in this folder", place, f"name one: {names}")])
    cards = [card for card in found[0].cards if card.suffix.lower() in MARKDOWN]
    cards = [card for card in cards if card == path] or cards
    if len(cards) != 1:
        said = ", ".join(card.as_posix() for card in cards)
        message = "this release has no card in Markdown" if not cards else "this release has several cards"
        raise InputError([Problem(message, place, f"name one: {said}" if cards else "write a README.md beside it")])
    return found[0], cards[0]


def _recorded(card: CardText) -> CardResult | None:
    """Return the result that a card has; None where it has none, or none that can be read."""
    block = read_metadata(card.parts, card.name)[0].get(BLOCK)
    node = block.get(RESULT_KEY) if isinstance(block, Mapping) else None
    if node is None:
        return None
    try:
        return read_result(node)
    except InputError:
        return None
