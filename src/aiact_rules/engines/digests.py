"""Digests: one of everything a lowered pack says, so that what is made from it can be kept under that name."""

from __future__ import annotations

import hashlib
from datetime import date

from aiact_rules.core.conditions import Operand
from aiact_rules.core.formulas import Conjunction, Formula, Literal, Lowered


def digest_of(lowered: Lowered) -> str:
    """Return a digest of the atoms and formulas of a lowered pack; names of nodes do not count."""
    lines: list[str] = []
    for atom in lowered.atoms:
        lines.append(f"{atom.fact} {atom.test.value} {_operand(atom.operand)}")
    for node in lowered.nodes:
        lines.append(_text(node.formula))
    for name, formula in lowered.conclusions.items():
        lines.append(f"{name} {_text(formula)}")
    for obligation in lowered.obligations:
        parts = (obligation.owed, obligation.in_force, obligation.due, obligation.met)
        lines.append(f"{obligation.id} {' '.join(map(_text, parts))}")
    counts = f"{len(lowered.atoms)} {len(lowered.nodes)} {len(lowered.conclusions)} {len(lowered.obligations)}\n"
    return hashlib.sha256((counts + "\n".join(lines)).encode()).hexdigest()


def _text(formula: Formula) -> str:
    if isinstance(formula, Literal):
        return f"{'' if formula.positive else '-'}{'n' if formula.is_node else ''}{formula.index}"
    return f"{'&' if isinstance(formula, Conjunction) else '|'}({' '.join(map(_text, formula.parts))})"


def _operand(operand: Operand) -> str:
    if isinstance(operand, frozenset):
        return f"frozenset {sorted(operand)!r}"
    if isinstance(operand, date):
        return f"date {operand.isoformat()}"
    return f"{type(operand).__name__} {operand!r}"
