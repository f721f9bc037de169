"""The JUnit report: one test case per obligation and document, those that are met included, so that trends can be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.statuses import Status
from aiact_rules.core.waivers import Waiver
from aiact_rules.reports.annotations import Fault, document_of, faults_of
from aiact_rules.reports.escapes import without_commands, xml_text
from aiact_rules.reports.remarks import Remark, left_out_of, remarks_of

_RUN = "aiact-rules"


class JunitReport:
    """Writes decisions as JUnit XML: breached and open are failures, met a pass, waived is skipped, an unread input an error."""

    name = "junit"

    def render(self, batch: Batch) -> str:
        """Return the batch as one file with a suite for each decision and for each input that could not be judged."""
        root = ElementTree.Element("testsuites")
        totals = [counts for item in batch.items for counts in _suites(root, item)]
        totals += [_broken(root, name, list(of)) for name, of in groupby(faults_of(batch), lambda fault: fault.name)]
        if (left_out := left_out_of(batch)) is not None:
            suite = ElementTree.SubElement(root, "testsuite", name=_RUN)
            suite.append(_properties([Remark("left out", left_out)]))
            totals.append(_count(suite, 0, 0, 0))
        _count(root, *(sum(counts) for counts in zip((0, 0, 0, 0), *totals, strict=True)))
        ElementTree.indent(root)
        text = without_commands(ElementTree.tostring(root, encoding="unicode"))
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suites(root: ElementTree.Element, item: Item) -> Sequence[tuple[int, int, int, int]]:
    remarks = remarks_of(item)
    return [_suite(root, decision, remarks) for decision in item.decisions]


def _suite(root: ElementTree.Element, decision: Decision, remarks: Sequence[Remark]) -> tuple[int, int, int, int]:
    path = document_of(decision)
    suite = ElementTree.SubElement(root, "testsuite", name=xml_text(decision.operator or path))
    if remarks:
        suite.append(_properties(remarks))
    tests = failures = skipped = 0
    for pack in decision.packs:
        shown = [finding for finding in pack.findings if _is_shown(finding)]
        for finding in shown:
            waiver = decision.waived.get((pack.pack_id, finding.id))
            failed, omitted = _case(suite, path, pack, finding, waiver)
            failures, skipped = failures + failed, skipped + omitted
        tests += len(shown)
        if pack.verdict is not None and not shown:
            # A pack under which nothing is owed is still a judgement.
            name = f"{pack.pack_id}.verdict"
            ElementTree.SubElement(suite, "testcase", classname=xml_text(path), name=name, time="0")
            tests += 1
    return _count(suite, tests, failures, 0, skipped)


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


def _is_shown(finding: Finding) -> bool:
    return finding.status.gates or finding.status is Status.MET


def _case(
    suite: ElementTree.Element, path: str, pack: PackDecision, finding: Finding, waiver: Waiver | None
) -> tuple[int, int]:
    """Write the test case of a finding. Return how many failures and how many skipped ones that makes."""
    case = ElementTree.SubElement(
        suite, "testcase", classname=xml_text(path), name=f"{pack.pack_id}.{finding.id}", file=xml_text(path), time="0"
    )
    if finding.status is Status.MET:
        return 0, 0
    message = f"{finding.provision}: {finding.must}"
    if waiver is not None:
        ElementTree.SubElement(case, "skipped", type="waived", message=xml_text(f"{waiver}; {message}"))
        return 0, 1
    failure = ElementTree.SubElement(case, "failure", type=finding.status.value, message=xml_text(message))
    needs = f"\nstill needed: {', '.join(finding.needs)}" if finding.needs else ""
    failure.text = xml_text(message) + needs
    return 1, 0


def _count(
    element: ElementTree.Element, tests: int, failures: int, errors: int, skipped: int = 0
) -> tuple[int, int, int, int]:
    for name, count in (("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)):
        element.set(name, str(count))
    element.set("time", "0")
    return tests, failures, errors, skipped
