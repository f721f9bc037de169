"""The JUnit report: tests of each release, of its verdict and of each document, what is met included for trends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Decision
from aiact_rules.reports.annotations import Fault, document_of, faults_of
from aiact_rules.reports.escapes import without_commands, xml_text
from aiact_rules.reports.remarks import Remark, left_out_of, remarks_of
from aiact_rules.reports.results import Result, results_of

_RUN = "aiact-rules"


class JunitReport:
    """Writes decisions as JUnit XML. What could not be judged is an error."""

    name = "junit"

    def render(self, batch: Batch) -> str:
        """Return the batch as one file with a suite for each decision and for each input that could not be judged."""
        root = ElementTree.Element("testsuites")
        totals = [counts for item in batch.items for counts in _suites(root, item, full=batch.full)]
        totals += [_broken(root, name, list(of)) for name, of in groupby(faults_of(batch), lambda fault: fault.name)]
        if (left_out := left_out_of(batch)) is not None:
            suite = ElementTree.SubElement(root, "testsuite", name=_RUN)
            suite.append(_properties([Remark("left out", left_out)]))
            totals.append(_count(suite, 0, 0, 0))
        _count(root, *(sum(counts) for counts in zip((0, 0, 0, 0), *totals, strict=True)))
        ElementTree.indent(root)
        text = without_commands(ElementTree.tostring(root, encoding="unicode"))
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suites(root: ElementTree.Element, item: Item, *, full: bool) -> Sequence[tuple[int, int, int, int]]:
    remarks = remarks_of(item)
    return [_suite(root, item, decision, remarks, full=full) for decision in item.decisions]


def _suite(
    root: ElementTree.Element, item: Item, decision: Decision, remarks: Sequence[Remark], *, full: bool
) -> tuple[int, int, int, int]:
    path = document_of(decision)
    suite = ElementTree.SubElement(root, "testsuite", name=xml_text(decision.operator or path))
    if remarks:
        suite.append(_properties(remarks))
    results = results_of(item, decision, full=full)
    for result in results:
        _case(suite, path, result)
    failures = sum(each.failure is not None for each in results)
    skipped = sum(each.skipped is not None for each in results)
    return _count(suite, len(results), failures, 0, skipped)


def _broken(root: ElementTree.Element, name: str | None, faults: Sequence[Fault]) -> tuple[int, int, int, int]:
    """Write the suite of an input that could not be judged, or of the whole run."""
    shown = xml_text(name or _RUN)
    suite = ElementTree.SubElement(root, "testsuite", name=shown)
    case = ElementTree.SubElement(
        suite, "testcase", classname=shown, name="input", file=xml_text(faults[0].path), time="0"
    )
    messages = [xml_text(f"{fault.path}{f':{fault.line}' if fault.line else ''}: {fault.message}") for fault in faults]
    ElementTree.SubElement(case, "error", type="input-error", message=messages[0]).text = "\n".join(messages)
    return _count(suite, 1, 0, 1)


def _properties(remarks: Sequence[Remark]) -> ElementTree.Element:
    properties = ElementTree.Element("properties")
    for remark in remarks:
        ElementTree.SubElement(properties, "property", name=remark.label, value=xml_text(remark.text))
    return properties


def _case(suite: ElementTree.Element, path: str, result: Result) -> None:
    name, where = xml_text(result.name), xml_text(path)
    case = ElementTree.SubElement(suite, "testcase", classname=where, name=name, file=where, time="0")
    if result.failure is not None:
        failure = ElementTree.SubElement(case, "failure", type=result.kind, message=xml_text(result.failure))
        failure.text = "\n".join(map(xml_text, [result.failure, *result.details.split("\n")])).rstrip()
    elif result.skipped is not None:
        ElementTree.SubElement(case, "skipped", type=result.kind, message=xml_text(result.skipped))


def _count(
    element: ElementTree.Element, tests: int, failures: int, errors: int, skipped: int = 0
) -> tuple[int, int, int, int]:
    for name, count in (("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)):
        element.set(name, str(count))
    element.set("time", "0")
    return tests, failures, errors, skipped
