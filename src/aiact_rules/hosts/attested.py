"""Attested: what stands against a start by the signed statement that comes with the bytes, before anything else is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiact_rules.attest.artefacts import artefact_named
from aiact_rules.attest.envelopes import Envelope, read_envelope
from aiact_rules.attest.keys import read_public_key, signer_of
from aiact_rules.attest.verification import Outcome, Verification, Wanted, verify
from aiact_rules.core.problems import Place, Problem
from aiact_rules.hosts.judgement import HostGate, Judgement
from aiact_rules.sources.text_files import read_bytes


@dataclass(frozen=True, slots=True)
class Attestation:
    """A signed statement, the public keys by which it may be signed, and how old its decision may be."""

    file: Path
    keys: tuple[Path, ...]
    most_days: int | None = None

    def refusal(self, digest: str, host: HostGate, action: str) -> Judgement | None:
        """Return the judgement by which nothing goes ahead, recorded; None where the statement is genuine, about these bytes,
        and good enough.
        """
        try:
            found = self._verified(digest, host)
        except Exception as error:  # what cannot be read verifies nothing
            return host.failed(error, action=action)
        if found.outcome is Outcome.VERIFIED:
            return None
        place = Place(str(self.file))
        problems = [Problem(f"{each.name}: {each.found}", place, each.hint) for each in found.checks if not each.passed]
        problems = problems or [Problem(found.outcome.value, place)]
        return host.undecided(problems, action=action, is_refused=found.outcome is Outcome.REFUSED)

    def _verified(self, digest: str, host: HostGate) -> Verification:
        known = [read_public_key(each) for each in self.keys]

        def signer(envelope: Envelope) -> str | None:
            key = signer_of(envelope, known)
            return None if key is None else key.name

        most_age = None if self.most_days is None else timedelta(days=self.most_days)
        wanted = Wanted(artefact_named(digest), datetime.now(UTC), most_age=most_age)
        envelope = read_envelope(read_bytes(self.file, str(self.file)), str(self.file))
        return verify(envelope, signer, wanted, host.gate)
