"""Units: the units of a law's text that a provision names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from aiact_rules.core.citations import parse_provisions
from aiact_rules.core.problems import did_you_mean
from aiact_rules.core.provisions import Level, Provision, ProvisionError, Step, Whole


def units_of(provision_text: str, index: Collection[str] | Mapping[str, object]) -> tuple[str, ...]:
    """Return the ids of the units that a citation names, in the order cited, each once.

    Raises ProvisionError where it cites something that is not in the index, with what may have been meant. A range
    ("points (a) to (d)") gives every unit between. Recitals are passed over where the index has none.
    """
    return _shape(index).units_of(provision_text)


def provision_of(unit: str) -> Provision:
    """Return the citation of a unit id, such as Art. 6(3), second subparagraph, point (a) for `art_6.par_3.sub_2.a`."""
    head, *parts = unit.split(".")
    parts = [part.replace("item~", "pt_") if part != "item" else "pt_1" for part in parts]
    kind, _, number = head.partition("_")
    whole = {"art": Whole.ARTICLE, "anx": Whole.ANNEX, "rec": Whole.RECITAL}.get(kind)
    if whole is None:
        raise ProvisionError(f"`{unit}` is not the id of a unit")
    steps: list[Step] = []
    for part in parts:
        name, _, value = part.partition("_")
        if name in _LEVEL_OF:
            steps.append(Step(_LEVEL_OF[name], value))
        elif name in ("aip", "aib", "aih"):
            steps.append(Step(Level.POINT, f"{name.upper()} {value}"))
        else:
            deeper = bool(steps) and steps[-1].level in (Level.POINT, Level.SUBPOINT)
            steps.append(Step(Level.SUBPOINT if deeper else Level.POINT, part))
    return Provision(whole, number, tuple(steps))


_LEVEL_OF = {
    "sec": Level.SECTION,
    "par": Level.PARAGRAPH,
    "pt": Level.PARAGRAPH,
    "sub": Level.SUBPARAGRAPH,
}


class _Shape:
    """An index of units, ready for finding."""

    def __init__(self, units: tuple[str, ...]) -> None:
        self.units = units
        self.known = frozenset(units)
        self.has_recitals = any(unit.startswith("rec_") for unit in units)
        self.children: dict[str, list[str]] = {}
        for unit in units:
            parent, _, _ = unit.rpartition(".")
            self.children.setdefault(parent, []).append(unit)
        self.cache: dict[str, tuple[str, ...]] = {}

    def units_of(self, text: str) -> tuple[str, ...]:
        if text not in self.cache:
            found: dict[str, None] = {}
            for provision in parse_provisions(text):
                found.update(dict.fromkeys(self.find(provision)))
            self.cache[text] = tuple(found)
        return self.cache[text]

    def find(self, provision: Provision) -> list[str]:
        if provision.whole is Whole.RECITAL and not self.has_recitals:
            return []
        if provision.whole is Whole.CHAPTER:
            raise ProvisionError(f"`{provision}` is a whole chapter", "cite the articles that are meant")
        first = self.one(provision)
        if provision.to is None:
            return [first]
        if provision.steps:
            last_step = Step(provision.steps[-1].level, provision.to)
            end = Provision(provision.whole, provision.number, (*provision.steps[:-1], last_step))
        else:
            end = Provision(provision.whole, provision.to)
        last = self.one(end)
        siblings = self.children[first.rpartition(".")[0]]
        prefix = re.match(r"(?:[a-z]+_)?", first.rpartition(".")[2])
        kind = prefix[0] if prefix else ""
        siblings = [unit for unit in siblings if _kind(unit) == kind]
        if last not in siblings or siblings.index(last) < siblings.index(first):
            raise ProvisionError(f"`{provision}` is not a range of the law")
        return siblings[siblings.index(first) : siblings.index(last) + 1]

    def one(self, provision: Provision) -> str:
        head = {Whole.ARTICLE: "art", Whole.ANNEX: "anx", Whole.RECITAL: "rec"}[provision.whole]
        unit = f"{head}_{provision.number}"
        if unit not in self.known:
            raise self.missing(provision, unit)
        at = unit
        for step in provision.steps:
            further = self.below(at, step)
            if further is None and "." in step.value:
                outer = f"{at}.par_{step.value.partition('.')[0]}"
                if outer in self.known:
                    return outer  # a decimal point such as 4.6, where the index counts paragraphs instead
            if further is None:
                raise self.missing(provision, f"{at}.{_segments(step)[0]}")
            at = further
        return at

    def below(self, at: str, step: Step) -> str | None:
        """Find a part below a unit; one layer that the citation leaves out is passed over where only one unit fits."""
        for segment in _segments(step):
            if f"{at}.{segment}" in self.known:
                return f"{at}.{segment}"
        if step.level is Level.SUBPARAGRAPH and step.value == "1":
            return at  # what stands first in a paragraph has no name of its own
        layers = [unit for unit in self.children.get(at, ()) if _kind(unit) in ("sub_", "sec_")]
        fitting = [f"{layer}.{segment}" for layer in layers for segment in _segments(step)]
        fitting = [unit for unit in fitting if unit in self.known]
        return fitting[0] if len(fitting) == 1 else None

    def missing(self, provision: Provision, unit: str) -> ProvisionError:
        """Return a problem that says what is missing; propose the nearest unit among those beside it."""
        plain = Provision(provision.whole, provision.number, provision.steps)
        parent = unit.rpartition(".")[0]
        beside = self.children.get(parent, [])
        if not parent:
            same = re.match(r"[a-z]+_\d*", unit)
            beside = [other for other in beside if same and other.startswith(same[0])] or beside
        near = did_you_mean(unit, beside)
        hint = None
        if near is not None:
            hint = f"did you mean `{provision_of(near.split('`')[1])}`?"
        elif beside and parent:
            parts = [other.rpartition(".")[2].rpartition("_")[2] for other in beside]
            hint = f"`{provision_of(parent)}` has: {', '.join(parts)}"
        return ProvisionError(f"the law has no `{plain}`", hint)


def _segments(step: Step) -> tuple[str, ...]:
    if step.level is Level.PARAGRAPH:
        return (f"par_{step.value}", f"pt_{step.value}", "item" if step.value == "1" else f"item~{step.value}")
    if step.level is Level.SECTION:
        return (f"sec_{step.value}",)
    if step.level is Level.SUBPARAGRAPH:
        return (f"sub_{step.value}",)
    if " " in step.value:
        return (step.value.lower().replace(" ", "_"),)
    return (step.value,)


def _kind(unit: str) -> str:
    match = re.match(r"[a-z]+_", unit.rpartition(".")[2])
    return match[0] if match else ""


@lru_cache(maxsize=8)
def _shape_of(units: tuple[str, ...]) -> _Shape:
    return _Shape(units)


def _shape(index: Collection[str] | Mapping[str, object]) -> _Shape:
    return _shape_of(tuple(index))
