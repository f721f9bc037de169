"""Judged: one release as the formats of other tools tell of it, with names that are the same whenever it is told again."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from functools import cached_property

from aiact_rules.attest.predicates import decided_at
from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Sureness
from aiact_rules.core.printable import printable
from aiact_rules.core.statuses import Verdict, strictest
from aiact_rules.core.words import value_in_words
from aiact_rules.version import __version__

TOOL_NAME, TOOL_VERSION = "aiact-rules", __version__
PREFIX = "urn:aiact-rules:"


@dataclass(frozen=True)
class Judged:
    """The decisions on one release, one for each operator."""

    decisions: tuple[Decision, ...]

    @property
    def verdict(self) -> Verdict:
        """Return the strictest verdict."""
        return strictest(each.verdict for each in self.decisions)

    @property
    def passes(self) -> bool:
        """Return whether it may go ahead for every operator, by its own threshold and waivers."""
        return all(each.passes for each in self.decisions)

    @property
    def name(self) -> str:
        """Return the name of the release, else that of its first document."""
        subject = self.decisions[0].subject
        return one_line(subject.name or next(iter(subject.documents), "release"))

    @property
    def version(self) -> str | None:
        """Return its version, or None where none is stated."""
        version = self.decisions[0].subject.version
        return one_line(version) if version else None

    @property
    def title(self) -> str:
        """Return name and version."""
        return self.name if self.version is None else f"{self.name} {self.version}"

    @property
    def sha256(self) -> str | None:
        """Return the digest of the artefact in hexadecimal digits, or None where the decision names none."""
        digest = self.decisions[0].subject.digest
        return None if digest is None else digest.removeprefix("sha256:")

    @property
    def decided_at(self) -> str:
        """Return when it was decided, in UTC with a Z."""
        return decided_at(self.decisions)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the decisions."""
        return tuple(each.decision_id for each in self.decisions)

    @property
    def summary(self) -> str:
        """Return in one sentence what was decided, by what, and under which id."""
        packs = sorted(
            {f"{pack.pack_id} {pack.pack_at.pack.version}" for each in self.decisions for pack in each.packs}
        )
        passes = "passes" if self.passes else "does not pass"
        said = f"aiact-rules {__version__}, {', '.join(packs)}: {self.verdict.value}, {passes}"
        return f"{said}; decision {', '.join(self.ids)}, as of {self.decisions[0].packs[0].pack_at.as_of.isoformat()}"

    @cached_property
    def _space(self) -> uuid.UUID:
        whole = hashlib.sha256("\n".join((*self.ids, self.decided_at)).encode()).hexdigest()
        return uuid.uuid5(uuid.NAMESPACE_URL, PREFIX + whole)

    def uuid(self, part: str) -> str:
        """Return the UUID of a part, which is the same for the same decisions and another one for others."""
        return str(uuid.uuid5(self._space, part))

    def urn(self, part: str) -> str:
        """Return the same as a URN."""
        return f"urn:uuid:{self.uuid(part)}"


def one_line(text: str) -> str:
    """Return a text on one line without spaces around it, as formats want names and values; `-` where nothing is left."""
    return " ".join(printable(text).split()) or "-"


def token(text: str) -> str:
    """Return a text as a token: letters, digits, `.`, `-` and `_`, the first a letter or `_`."""
    found = re.sub(r"[^A-Za-z0-9._-]", "_", text)
    return found if re.match(r"[A-Za-z_]", found) else f"_{found}"


def stated_fact(decision: Decision, name: str) -> str | None:
    """Return in words what somebody stated, and where; None of what nobody did, which is no evidence."""
    fact = decision.facts.by_name.get(name)
    if fact is None or fact.origin.sureness is not Sureness.STATED:
        return None
    declared = decision.vocabulary.get(name)
    value = fact.value if declared is None else declared.format(fact.value)
    return one_line(f"{name} is {value_in_words(value)} ({fact.origin.place})")
