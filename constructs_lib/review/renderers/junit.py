"""JUnit XML: a suite for each workload, a case for each component and disruption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.findings import Severity
from constructs_lib.objectives import Disruption
from constructs_lib.review.renderers.marker import checked_name
from constructs_lib.review.renderers.plain_text import shortened
from constructs_lib.review.renderers.summary import arrow, called, promised, rows

if TYPE_CHECKING:
    from constructs_lib.review import Finding, Review
    from constructs_lib.review.renderers.summary import Row

__all__ = ["render_junit"]

_LONGEST: Final = 2000
_ORDER: Final = {disruption: place for place, disruption in enumerate(Disruption)}


def render_junit(review: Review, *, name: str | None = None) -> str:
    """Return the review as test results.

    A broken objective is a failure, one that cannot be judged an error, one that is waived is skipped. Findings of the
    severity error that belong to no such case are cases of their own. Warnings and notes are the suite's output.

    Args:
        review: What to show.
        name: Tells several reviews apart. Default: none.

    Raises:
        InputError: If *name* has characters that a name may not have.
    """
    whole = "drctl review" if name is None else f"drctl review {checked_name(name)}"
    root = ElementTree.Element("testsuites", name=whole)
    suites: dict[str, ElementTree.Element] = {}

    def suite(workload: str | None) -> ElementTree.Element:
        title = "without a workload" if workload is None else shortened(workload, 200)
        if title not in suites:
            suites[title] = ElementTree.Element("testsuite", name=title)
        return suites[title]

    cases = sorted(rows(review), key=lambda row: (row.component.address, _ORDER[row.disruption.disruption]))
    told = {(row.component.address, row.disruption.disruption) for row in cases}
    for row in cases:
        _case(suite(row.component.workload), row)
    said: dict[int, list[str]] = {}
    for finding in review.findings:
        place = suite(finding.workload)
        if finding.severity is Severity.ERROR:
            if not told & {(address, item) for address in finding.components for item in finding.disruptions}:
                _finding(place, finding)
        elif finding.waived_by is None:
            said.setdefault(id(place), []).append(_line(finding))
    for plan in review.plans:
        if plan.errored:
            text = "planning failed half way; no verdict on it can be trusted"
            case = ElementTree.SubElement(
                suite("plans"), "testcase", classname="plans", name=shortened(called(plan), 200)
            )
            ElementTree.SubElement(case, "error", message=text, type="planning failed").text = text
    total = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for element in (suites[title] for title in sorted(suites)):
        lines = said.get(id(element))
        for key, number in _numbers(element).items():
            element.set(key, str(number))
            total[key] += number
        if lines:
            ElementTree.SubElement(element, "system-out").text = "\n".join(lines)
        root.append(element)
    for key, number in total.items():
        root.set(key, str(number))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _case(suite: ElementTree.Element, row: Row) -> None:
    component, disruption = row.component, row.disruption
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=shortened(component.address, 400),
        name=f"{component.kind}: {disruption.disruption}",
    )
    figures = (
        f"RTO {arrow(disruption.rto_before, disruption.rto_after)}, "
        f"RPO {arrow(disruption.rpo_before, disruption.rpo_after)}, objective {promised(disruption)}"
    )
    text = f"{figures}: {shortened(disruption.reason, _LONGEST)}"
    if component.cheapest_change and row.verdict is not Verdict.MET:
        text += f"\nCheapest change: {shortened(component.cheapest_change, _LONGEST)}"
    if row.waived is not None and not row.open:
        ElementTree.SubElement(case, "skipped", message=_waiver(row.waived))
    elif row.verdict is Verdict.BREACHED:
        ElementTree.SubElement(case, "failure", message=figures, type="breached").text = text
    elif row.verdict is Verdict.UNKNOWN:
        ElementTree.SubElement(case, "error", message=figures, type="unknown").text = text


def _finding(suite: ElementTree.Element, finding: Finding) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=shortened(finding.address, 400), name=f"{finding.id} {finding.title}"
    )
    if finding.waived_by is not None:
        ElementTree.SubElement(case, "skipped", message=_waiver(finding))
        return
    message = shortened(finding.message, _LONGEST)
    failure = ElementTree.SubElement(case, "failure", message=message, type=finding.id)
    failure.text = f"{message}\nFix: {shortened(finding.fix, _LONGEST)}\nSee {finding.documentation}"


def _waiver(finding: Finding) -> str:
    waiver = finding.waived_by
    assert waiver is not None, "asked of waived findings only"
    return f"waived by {shortened(waiver.owner, 200)} until {waiver.expires}: {shortened(waiver.reason, 500)}"


def _line(finding: Finding) -> str:
    message = shortened(finding.message, _LONGEST)
    return f"{finding.severity} {finding.id} {shortened(finding.address, 400)}: {message}"


def _numbers(suite: ElementTree.Element) -> dict[str, int]:
    return {
        "tests": len(suite.findall("testcase")),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
