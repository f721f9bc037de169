"""The JUnit report: one test case per obligation and document, those that are met included, so that trends can be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.statuses import Status
from aiact_rules.reports.annotations import document_of

_SHOWN = (Status.MET, Status.BREACHED, Status.OPEN)


class JunitReport:
    """Writes decisions as JUnit XML: breached is a failure, open an error-free failure with its needs, met a pass."""

    name = "junit"

    def render(self, decision: Decision) -> str:
        """Give one decision as JUnit XML."""
        return self.render_many([decision])

    def render_many(self, decisions: Sequence[Decision]) -> str:
        """Give several decisions as one file with a suite each."""
        root = ElementTree.Element("testsuites")
        totals = [_suite(root, decision) for decision in decisions]
        _count(root, sum(tests for tests, _ in totals), sum(failures for _, failures in totals))
        ElementTree.indent(root)
        text = ElementTree.tostring(root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(root: ElementTree.Element, decision: Decision) -> tuple[int, int]:
    path = document_of(decision)
    suite = ElementTree.SubElement(root, "testsuite", name=_clean(decision.operator or path))
    tests = failures = 0
    for pack in decision.packs:
        for finding in pack.findings:
            if finding.status in _SHOWN:
                tests += 1
                failures += _case(suite, path, pack, finding)
        if pack.verdict is not None and not any(finding.status in _SHOWN for finding in pack.findings):
            # A pack under which nothing is owed is still a judgement.
            ElementTree.SubElement(suite, "testcase", classname=_clean(path), name=f"{pack.pack_id}.verdict", time="0")
            tests += 1
    _count(suite, tests, failures)
    return tests, failures


def _case(suite: ElementTree.Element, path: str, pack: PackDecision, finding: Finding) -> int:
    case = ElementTree.SubElement(
        suite, "testcase", classname=_clean(path), name=f"{pack.pack_id}.{finding.id}", file=_clean(path), time="0"
    )
    if finding.status is Status.MET:
        return 0
    message = f"{finding.provision}: {finding.must}"
    failure = ElementTree.SubElement(case, "failure", type=finding.status.value, message=_clean(message))
    needs = f"\nstill needed: {', '.join(finding.needs)}" if finding.needs else ""
    failure.text = _clean(f"{message}{needs}")
    return 1


def _count(element: ElementTree.Element, tests: int, failures: int) -> None:
    for name, count in (("tests", tests), ("failures", failures), ("errors", 0), ("skipped", 0)):
        element.set(name, str(count))
    element.set("time", "0")


def _clean(text: str) -> str:
    """Leave out what XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
