"""Results: what was proved, how often, how long it took, and what refutes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aiact_rules.core.problems import Place
from aiact_rules.proof.witnesses import Witness


@dataclass(frozen=True)
class Refutation:
    """One thing that a property does not hold of: what, where it stands in the pack, and facts that show it."""

    subject: str
    message: str
    place: Place | None = None
    witness: Witness | None = None

    def as_json(self) -> dict[str, object]:
        """Return this as JSON values."""
        return {
            "subject": self.subject,
            "place": None if self.place is None else str(self.place),
            "message": self.message,
            "witness": None if self.witness is None else self.witness.release_file(),
            "replays": None if self.witness is None else self.witness.replays,
        }


@dataclass(frozen=True)
class Property:
    """One property of a pack: proved where nothing refutes it. `notes` say what a reader should know of a proof."""

    key: str
    title: str
    checked: int
    seconds: float
    refutations: tuple[Refutation, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Return whether it was proved."""
        return not self.refutations

    def as_json(self) -> dict[str, object]:
        """Return this as JSON values."""
        return {
            "property": self.key,
            "title": self.title,
            "holds": self.holds,
            "checked": self.checked,
            "seconds": round(self.seconds, 3),
            "refutations": [refutation.as_json() for refutation in self.refutations],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Proof:
    """Everything that was asked of one pack on one date; `extensions` names the packs worked into it."""

    pack_id: str
    version: str
    as_of: date
    extensions: tuple[str, ...]
    properties: tuple[Property, ...]

    @property
    def holds(self) -> bool:
        """Return whether every property was proved."""
        return all(each.holds for each in self.properties)

    def text(self) -> str:
        """Return one line for each property, and below it what refutes it."""
        extended = f" with {', '.join(self.extensions)}" if self.extensions else ""
        lines = [f"{self.pack_id} {self.version}{extended}, law as of {self.as_of}"]
        for each in self.properties:
            count = f"{each.checked}" if each.holds else f"{len(each.refutations)} of {each.checked}"
            lines.append(f"{'proved ' if each.holds else 'REFUTED'}  {each.title} ({count}; {each.seconds:.1f} s)")
            lines += [f"         {note}" for note in each.notes]
            for refutation in each.refutations:
                where = "" if refutation.place is None else f"{refutation.place}: "
                lines.append(f"  {where}{refutation.message}")
                if refutation.witness is not None:
                    replays = "replayed" if refutation.witness.replays else "does NOT replay"
                    lines.append(f"    shown by this release ({replays}):")
                    lines += [f"      {line}" for line in refutation.witness.release_file().splitlines()]
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, object]:
        """Return this as JSON values."""
        return {
            "pack": self.pack_id,
            "version": self.version,
            "extensions": list(self.extensions),
            "as_of": self.as_of.isoformat(),
            "holds": self.holds,
            "properties": [each.as_json() for each in self.properties],
        }
