from __future__ import annotations

from xml.etree import ElementTree

from constructs_lib.assessment import Verdict
from constructs_lib.review import Review
from constructs_lib.review.renderers import render
from tests.review.renderers.by_hand import broken, component_review, finding, hostile, made, many, plan_info, waiver


def _suites(review: Review) -> ElementTree.Element:
    return ElementTree.fromstring(render(review, "junit"))


def _cases(review: Review) -> dict[tuple[str, str], list[str]]:
    found = _suites(review).iter("testcase")
    return {(case.get("classname", ""), case.get("name", "")): [child.tag for child in case] for case in found}


def test_a_case_for_each_component_and_each_declared_disruption() -> None:
    assert _cases(broken()) == {
        ("aws_s3_bucket.kept", "bucket: hardware"): [],
        ("aws_s3_bucket.kept", "bucket: zone"): [],
        ("aws_s3_bucket.kept", "bucket: region"): [],
        ("aws_s3_bucket.logs", "bucket: hardware"): [],
        ("aws_s3_bucket.logs", "bucket: zone"): [],
        ("aws_s3_bucket.logs", "bucket: region"): ["error"],
        ("aws_s3_bucket.orders", "bucket: hardware"): [],
        ("aws_s3_bucket.orders", "bucket: zone"): [],
        ("aws_s3_bucket.orders", "bucket: region"): ["failure"],
    }


def test_the_numbers_are_those_of_the_cases() -> None:
    root = _suites(broken())

    for element in (root, root[0]):
        numbers = {name: element.get(name) for name in ("tests", "failures", "errors", "skipped")}
        assert numbers == {"tests": "9", "failures": "1", "errors": "1", "skipped": "0"}


def test_a_suite_for_each_workload() -> None:
    review = made([component_review("b", workload="shop"), component_review("a", workload="archive")])

    assert [suite.get("name") for suite in _suites(review)] == ["archive", "shop"]


def test_a_failure_says_before_after_and_what_would_help() -> None:
    (failure,) = _suites(broken()).iter("failure")

    assert failure.get("message") == "RTO 5m → no bound, RPO 5m → no bound, objective RTO 1h, RPO 15m"
    assert "Cheapest change: add S3 Cross-Region Replication" in str(failure.text)


def test_what_is_waived_is_skipped() -> None:
    review = made([component_review(region=(Verdict.MET, Verdict.BREACHED))], [finding(waived_by=waiver())])

    assert _cases(review)["aws_s3_bucket.orders", "bucket: region"] == ["skipped"]
    (skipped,) = _suites(review).iter("skipped")
    assert skipped.get("message") == "waived by web team until 2027-01-31: rebuilt from source"


def test_an_error_of_its_own_is_a_case_and_a_warning_is_output() -> None:
    review = made([component_review()], [finding("RECOVERY-114"), finding("RECOVERY-117", message="shorter")])

    assert ["failure"] in _cases(review).values()
    assert "warning RECOVERY-117 aws_s3_bucket.orders: shorter" in str(_suites(review).findtext(".//system-out"))


def test_a_plan_that_failed_could_not_be_evaluated() -> None:
    assert _cases(made((), plans=[plan_info(errored=True)])) == {("plans", "plan.json"): ["error"]}


def test_a_hostile_name_is_still_xml() -> None:
    names = {case.get("classname", "") for case in _suites(hostile()).iter("testcase")}

    assert any("<img src=x onerror=alert(1)>" in name and "]]>" in name for name in names)


def test_no_case_is_left_out_of_thousands() -> None:
    assert _suites(many(2_000)).get("failures") == "2000"
