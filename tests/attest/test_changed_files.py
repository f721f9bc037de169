"""Changed files: whatever byte of a file is changed, it is either not verified, or it says the same by the same signature."""

from __future__ import annotations

import random

from aiact_rules.attest.attesting import Attested
from aiact_rules.attest.envelopes import Envelope, read_envelope
from aiact_rules.attest.keys import signer_of
from aiact_rules.attest.verification import Outcome, Wanted, verify
from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate

from .conftest import ARTEFACT, AT, Pair, signed

TRIES = 400


def test_no_changed_byte_is_verified_as_something_else(allowed: Attested, pair: Pair, gate: Gate) -> None:
    good = signed(allowed, pair)
    text = good.as_text().encode()
    chance = random.Random(2024)  # noqa: S311
    outcomes = {Outcome.VERIFIED: 0, Outcome.UNVERIFIED: 0}
    key = pair.verifying

    def signer(envelope: Envelope) -> str | None:
        return "the key" if signer_of(envelope, [key]) else None

    for at in [*range(0, 60), *(chance.randrange(len(text)) for _ in range(TRIES)), *range(len(text) - 240, len(text))]:
        for changed in (
            text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at : at + 1] + text[at:],
        ):
            try:
                envelope = read_envelope(changed, "changed")
            except InputError:
                outcomes[Outcome.UNVERIFIED] += 1
                continue
            found = verify(envelope, signer, Wanted(ARTEFACT, AT), gate)
            outcomes[found.outcome] += 1
            if found.outcome is Outcome.VERIFIED:
                assert (envelope.payload_type, envelope.payload) == (good.payload_type, good.payload)
                assert envelope.signatures[0].sig == good.signatures[0].sig
    assert outcomes[Outcome.UNVERIFIED] > 3 * TRIES
