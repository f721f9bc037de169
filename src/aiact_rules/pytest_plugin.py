"""The pytest plugin: with `--aiact`, every model card and release file is collected, one item per obligation.

Without `--aiact` it does nothing and imports nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from aiact_rules.core.findings import Finding


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("aiact", "EU AI Act gate")
    group.addoption("--aiact", action="store_true", help="judge model cards and release files by the EU AI Act")
    group.addoption("--aiact-as-of", metavar="DATE", help="the date on which the law is known (default: today)")
    group.addoption(
        "--aiact-fail-on",
        choices=["hold", "block"],
        default="hold",
        help="which findings fail: those that hold and block, or only those that block (default: hold)",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect release files, and model cards without one."""
    if not parent.config.getoption("--aiact"):
        return None
    from aiact_rules.sources.discovery import is_release

    return Release.from_parent(parent, path=file_path) if is_release(file_path) else None


class Release(pytest.File):
    """One release. Its items are its verdict and every obligation that is met, open or breached."""

    def collect(self) -> Iterator[pytest.Item]:
        """Judge the release. What cannot be read is a collection error with file and line."""
        from aiact_rules.core.problems import ProblemsError
        from aiact_rules.core.vocabulary import parse_date
        from aiact_rules.gate import Gate
        from aiact_rules.sources.document import Skipped

        as_of = self.config.getoption("--aiact-as-of")
        gate = self.config.stash.get(_GATE, None) or self.config.stash.setdefault(_GATE, Gate())
        try:
            document = gate.document(self.path)
            if isinstance(document, Skipped):
                return
            for each in document.per_operator():
                decision = gate.decide(each, as_of=parse_date(as_of) if as_of else None)
                prefix = f"{each.operator}." if document.operators and each.operator else ""
                yield Obligation.from_parent(
                    self, name=f"{prefix}verdict", problem=_refusal(decision.verdict.value, self._fails_on)
                )
                for finding in decision.findings:
                    if finding.status.value in ("met", "open", "breached"):
                        yield Obligation.from_parent(
                            self, name=f"{prefix}{finding.id}", problem=_problem(finding, self._fails_on)
                        )
        except (ProblemsError, ValueError) as error:
            raise self.CollectError(str(error)) from error

    @property
    def _fails_on(self) -> str:
        return str(self.config.getoption("--aiact-fail-on"))


_GATE: pytest.StashKey = pytest.StashKey()  # type: ignore[type-arg]  # of a Gate, which is imported only when used


class Obligation(pytest.Item):
    """One obligation, or the verdict, of a release."""

    def __init__(self, *, problem: str | None, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self.problem = problem

    def runtest(self) -> None:
        """Fail where there is a problem."""
        if self.problem is not None:
            raise AssertionError(self.problem)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002
        """Say what is wrong, without a traceback."""
        return f"{self.name}: {excinfo.value}"

    def reportinfo(self) -> tuple[Path, int, str]:
        """Give the place and title shown in reports."""
        return self.path, 0, f"aiact: {self.name}"


def _refusal(verdict: str, fails_on: str) -> str | None:
    return f"the verdict is {verdict}" if verdict == "block" or (verdict == "hold" and fails_on == "hold") else None


def _problem(finding: Finding, fails_on: str) -> str | None:
    status = finding.status.value
    if status == "met" or (status == "open" and fails_on == "block"):
        return None
    text = f"{finding.provision}: {finding.must}"
    return f"{text}\nstill needed: {', '.join(finding.needs)}" if finding.needs else text
