"""The value chain as a picture: a box for each operator, and an arrow where the law moves a role from one to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from textwrap import wrap

from aiact_rules.core.chains import Chain
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.tallies import tally_of
from aiact_rules.reports.svg import INK, LINE, PAPER, SOFT, VERDICT, line, rectangle, sheet, text
from aiact_rules.reports.words import label, roles_of, step_of

_MARGIN, _WIDTH, _BOX, _ROOM = 16, 720, 520, 74
_GAP = 22


@dataclass(frozen=True, slots=True)
class _Move:
    """A role that the law takes from one operator (by its place in the chain) and gives to another."""

    role: str
    from_: int
    to: int
    provision: str


def chain_svg(chain: Chain) -> str:
    """Return the operators of a chain in the order in which they are named, as a picture within a page."""
    boxes = []
    top = _MARGIN
    middles = []
    for name, decision in zip(chain.operators, chain.decisions, strict=True):
        said = ", ".join(tally_of(decision).said()) or "nothing applies"
        lines = wrap(said, 74)[:3]
        height = 52 + 15 * len(lines)
        boxes.append((top, height, name, decision, lines))
        middles.append(top + height / 2)
        top += height + _GAP
    body: list[str] = []
    for number, (y, height, name, decision, lines) in enumerate(boxes):
        if number:
            body.append(line(_MARGIN + 40, y - _GAP, _MARGIN + 40, y, LINE, width=3))
        body.append(rectangle(_MARGIN, y, _BOX, height, PAPER, radius=6, more=f' stroke="{SOFT}"'))
        body.append(rectangle(_MARGIN + 12, y + 12, 66, 24, VERDICT[decision.verdict], radius=4))
        word = decision.verdict.value.upper()
        body.append(text(_MARGIN + 45, y + 29, word, bold=True, colour="#ffffff", middle=True))
        body.append(text(_MARGIN + 90, y + 22, _cut(name, 52), size=14, bold=True))
        roles = roles_of(decision, " and ") or "role not stated"
        step = f"{roles}; {step_of(decision)}, {decision.facts.value(RELEASE_DATE)}"
        body.append(text(_MARGIN + 90, y + 38, _cut(step, 66), colour=SOFT))
        body += [text(_MARGIN + 12, y + 58 + 15 * n, each) for n, each in enumerate(lines)]
    for move, lane in zip(_moves(chain), count()):
        body += _arrow(move, middles, _MARGIN + _BOX, 24 + 12 * lane)
    return "".join(sheet(_WIDTH, round(top - _GAP + _MARGIN), "The value chain", body, inline=True))


def _moves(chain: Chain) -> Iterator[_Move]:
    given: list[tuple[str, int, str]] = []
    taken: list[tuple[str, int]] = []
    for number, decision in enumerate(chain.decisions):
        for pack in decision.packs:
            for change in pack.role_changes:
                role = label(pack.pack_at.pack, change.role)
                if change.certain and change.given and change.rules:
                    given.append((role, number, change.rules[0].provision))
                elif change.certain and not change.given:
                    taken.append((role, number))
    for role, to, provision in given:
        for other, from_ in taken:
            if other == role and from_ != to:
                yield _Move(role, from_, to, provision)


def _arrow(move: _Move, middles: list[float], right: float, out: float) -> Iterator[str]:
    start, end = middles[move.from_], middles[move.to]
    x = right + out
    yield (
        f'<path d="M{right:g} {start:g}H{x:g}V{end:g}H{right + 8:g}" fill="none" stroke="{INK}" stroke-width="1.5"/>'
        f'<path d="M{right + 1:g} {end:g}l9 -5v10z" fill="{INK}"/>'
    )
    words = [f"role of {move.role}", "moves by", *wrap(move.provision, 20)]
    for number, said in enumerate(words):
        yield text(x + 8, (start + end) / 2 - 7 * len(words) + 14 * (number + 1), said, size=11)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
