"""Question: a release and what is said of it, as the native door reads it; other dialects carry it inside their own."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from aiact_rules.core.decisions import Subject
from aiact_rules.core.digests import DIGEST_PATTERN
from aiact_rules.core.problems import InputError
from aiact_rules.requests.overrides import Overrides
from aiact_rules.server.asked import Asked, NamedFiles
from aiact_rules.server.bodies import read_as
from aiact_rules.server.refusals import Fault, Refusal, pointer
from aiact_rules.server.tokens import Caller, Scope

CARD = "model_card.md"
_CHOOSING = ("as_of", "release_date", "moment", "readings", "uncovered", "past_dates", "set")
"""What decides which law counts, and how: a token needs the scope `choose` for it."""
_OF_FACTS = ("subject", "source")


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("a date is a text: YYYY-MM-DD")
    try:
        if len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("a date is written YYYY-MM-DD") from None


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
NotSaid = SkipJsonSchema[None]
Text = Annotated[str, Field(min_length=1, max_length=1000, strict=True)]
Word = Annotated[str, Field(min_length=1, max_length=200, strict=True)]
Digest = Annotated[str, Field(pattern=DIGEST_PATTERN, strict=True)]
Words = Annotated[list[Word], Field(max_length=200)]


class Encoded(BaseModel):
    """The bytes of a file that is no text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base64: Annotated[str, Field(strict=True)]


class Released(BaseModel):
    """What the facts are about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text | None = None
    version: Text | None = None
    owner: Text | None = None


class Question(BaseModel):
    """A release, by `facts`, by the text of a `card`, or by its `files`, and what the caller says besides.

    The further keys mean what the options of `aiact-rules check` mean.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"oneOf": [{"required": [name]} for name in ("facts", "card", "files")]},
    )

    facts: dict[str, Any] | NotSaid = Field(
        None, description='Facts by name, nested or dotted: `{"system.practices": []}`.'
    )
    card: Annotated[str, Field(strict=True)] | NotSaid = Field(None, description="The text of a model card.")
    files: dict[str, Annotated[str, Field(strict=True)] | Encoded] | NotSaid = Field(
        None,
        description='The files of a release by name, as texts, or as `{"base64": …}`; named as they would lie in a folder.',
    )
    release: Text | None = Field(
        None, description="Which of the files, or which folder of them, is judged (default: all)."
    )
    source: Text | None = Field(None, description="What the origin of the facts is called (default: `argument`).")
    subject: Released | None = Field(
        None, description="What the facts are about; cards and release files say so themselves."
    )
    action: Text = Field("release", description="What the caller is about to do; it stands on record.")
    artifact: Digest | None = Field(None, description="The digest of the bytes that go out: `sha256:…`.")
    roles: Words | None = None
    moment: Word | None = None
    as_of: Day | None = Field(None, description="The law as of this date (default: today).")
    release_date: Day | None = None
    markets: Words = Field(default=[], description="Further markets.")
    packs: Words = Field(default=[], description="Further packs.")
    readings: dict[Word, Word] | Word = Field(default={}, description="A school of reading, or readings by id.")
    set: dict[Word, Any] = Field(default={}, description="Facts that count over what files say.")
    fail_on: Word | None = Field(None, description="May only tighten what the service is told.")
    uncovered: Words = []
    past_dates: Word | None = None
    require_evidence: Annotated[bool, Field(strict=True)] | None = None

    def asked(
        self,
        caller: Caller,
        door: str,
        *,
        within: Iterable[object] = (),
        subject: Subject | None = None,
        action: str | None = None,
        notes: Mapping[str, object] | None = None,
    ) -> Asked:
        """Return what is asked; `subject` and `action` are those that a dialect says outside of the question.

        Raises Refusal where it is not clear what is to be judged, and for choices that the caller may not make.
        """
        within = tuple(within)
        given = self.model_fields_set
        choosing = [name for name in _CHOOSING if name in given]
        if choosing and Scope.CHOOSE not in caller.scopes:
            faults = [
                Fault(pointer((*within, name)), "which law counts is not this caller's choice") for name in choosing
            ]
            raise Refusal(403, "not-permitted", "this token has no scope `choose`", faults=faults)
        what = self._what(within)
        if isinstance(what, NamedFiles):
            misplaced = [name for name in _OF_FACTS if name in given]
            if misplaced:
                faults = [
                    Fault(pointer((*within, name)), "the files of a release say this themselves") for name in misplaced
                ]
                raise Refusal(422, "invalid-request", "this goes with `facts` alone", faults=faults)
        elif self.release is not None:
            fault = Fault(pointer((*within, "release")), "this names one of the `files`, and there are none")
            raise Refusal(422, "invalid-request", "this goes with `files` alone", faults=[fault])
        own = self.subject
        if own is not None:
            subject = Subject(own.name, own.version, owner=own.owner)
        try:
            said = self._said()
        except InputError as error:
            faults = [Fault(pointer(within), str(problem)) for problem in error.problems]
            raise Refusal(422, "invalid-request", "the request cannot be used", faults=faults) from None
        return Asked(
            what,
            door,
            said,
            subject or Subject(),
            self.source or "argument",
            self.action if action is None or "action" in given else action,
            caller.name,
            notes or {},
        )

    def _what(self, within: tuple[object, ...]) -> Mapping[str, object] | NamedFiles:
        ways = {"facts": self.facts, "card": self.card, "files": self.files}
        said = [name for name, value in ways.items() if value is not None]
        if len(said) != 1:
            what = "there is nothing to judge" if not said else f"{' and '.join(said)} exclude each other"
            fault = Fault(pointer(within), what, "say one of `facts`, `card`, `files`")
            raise Refusal(422, "invalid-request", "it is not clear what is to be judged", faults=[fault])
        if self.facts is not None:
            return self.facts
        if self.card is not None:
            return NamedFiles({CARD: _bytes(self.card, (*within, "card"))})
        assert self.files is not None
        contents = {name: _bytes(value, (*within, "files", name)) for name, value in self.files.items()}
        return NamedFiles(contents, self.release or ".")

    def _said(self) -> Overrides:
        return Overrides.of(
            roles=self.roles,
            moment=self.moment,
            as_of=self.as_of,
            release_date=self.release_date,
            markets=self.markets,
            packs=self.packs,
            readings=self.readings,
            facts=self.set,
            fail_on=self.fail_on,
            uncovered=self.uncovered,
            past_dates=self.past_dates,
            require_evidence=self.require_evidence,
            artifact=self.artifact,
        )


def question_in(value: object, within: Iterable[object] = ()) -> Question:
    """Return the question in a JSON value. Raises Refusal where it is none."""
    return read_as(Question, value, tuple(within))


def _bytes(value: str | Encoded, where: tuple[object, ...]) -> bytes:
    try:
        if isinstance(value, Encoded):
            return base64.b64decode(value.base64, validate=True)
        return value.encode("utf-8")
    except (binascii.Error, ValueError):
        detail = "this is no base64" if isinstance(value, Encoded) else "this is no Unicode text"
        raise Refusal(422, "invalid-request", "a file cannot be read", faults=[Fault(pointer(where), detail)]) from None
