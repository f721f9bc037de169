"""Words of rows: the columns in which people describe a release, searched for cues as a card is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from aiact_rules.core.problems import Place
from aiact_rules.core.signals import held_cues
from aiact_rules.core.vocabulary import FactType, FactValue
from aiact_rules.engines.plane_columns import ColumnReader
from aiact_rules.engines.plane_program import Input
from aiact_rules.engines.plane_values import ColumnPlanes, FactReader
from aiact_rules.sources.cues import signals_in_fact
from aiact_rules.sweep.plan import Plan

_DESCRIBING = (
    "description",
    "purpose",
    "intended_purpose",
    "intended_use",
    "use_case",
    "use_cases",
    "usage",
    "summary",
    "abstract",
    "about",
    "task",
    "tags",
    "title",
    "notes",
    "comment",
    "comments",
    "remarks",
)
_MOST_SEEN = 1 << 16
_HERE = Place("row")


def describing(columns: Iterable[str], stating: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that describe a release by their names, without those that state a fact."""
    taken = set(stating)
    return tuple(name for name in columns if name not in taken and _plain(name) in _DESCRIBING)


def _plain(name: str) -> str:
    words = "".join(sign if sign.isalnum() else "_" for sign in name.strip().lower()).strip("_")
    return words.removeprefix("system_").removeprefix("model_").removeprefix("release_")


class WordsColumn:
    """The cues that stand in the describing columns of each row, as planes of the fact that lists them."""

    def __init__(self, plan: Plan, inputs: Sequence[Input], numbers: Sequence[int]) -> None:
        self.columns = plan.words
        self.numbers = tuple(numbers)
        self._texts = plan.texts
        self._always = sorted(plan.always)
        self._cues = tuple(plan.cues.values())
        self._seen: dict[tuple[str | None, str], list[str]] = {}
        self._reader = ColumnReader(FactReader(FactType.SOME_OF, _word, _words), tuple(inputs))

    def read(self, batch: pa.RecordBatch) -> ColumnPlanes:
        """Return the planes of the cues found. Silence is left where no words are."""
        texts: list[list[str]] = [[*self._always] for _ in range(batch.num_rows)]
        for name in self.columns:
            fact = self._texts.get(name)
            for row, said in enumerate(batch.column(name).to_pylist()):
                if said is not None:
                    texts[row] += self._found(said, fact)
        return self._reader.read(pa.array([sorted(set(cues)) or None for cues in texts], pa.list_(pa.string())))

    def _found(self, said: object, fact: str | None) -> list[str]:
        text = "; ".join(str(each) for each in said) if isinstance(said, list | tuple) else str(said)
        key = (fact, text)
        if key not in self._seen:
            if len(self._seen) > _MOST_SEEN:
                self._seen.clear()
            self._seen[key] = sorted(held_cues(signals_in_fact(text, self._cues, fact, _HERE)))
        return self._seen[key]


def _word(text: str) -> FactValue | None:
    return frozenset({text}) if text else None


def _words(texts: list[str]) -> FactValue | None:
    return frozenset(texts)
