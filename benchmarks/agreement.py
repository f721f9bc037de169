"""Agreement: a benchmark that compares engines prints no time beside answers that differ."""

from __future__ import annotations

from collections.abc import Sequence


class AnswersDiffer(SystemExit):
    """Ends the benchmark with exit code 1, and with what differs on standard error."""


def need_same(what: str, found: Sequence[object], wanted: Sequence[object], names: Sequence[object] = ()) -> None:
    """Raise AnswersDiffer where answers are not the same, one by one; `names` are those of the cases."""
    if len(found) != len(wanted):
        raise AnswersDiffer(f"{what}: {len(found):,} answers instead of {len(wanted):,}, so no time is given")
    differing = [at for at, (one, other) in enumerate(zip(found, wanted, strict=True)) if one != other]
    if differing:
        first = differing[0]
        name = names[first] if names else f"case {first + 1}"
        raise AnswersDiffer(
            f"{what}: {len(differing):,} of {len(found):,} answers differ, so no time is given\n"
            f"  {name}: `{found[first]}` instead of `{wanted[first]}`"
        )
