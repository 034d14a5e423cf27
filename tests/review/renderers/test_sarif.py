from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator

from constructs_lib.catalog.findings import load_findings
from constructs_lib.review import Review
from constructs_lib.review.renderers import render, sarif
from tests.review.renderers.by_hand import broken, finding, hostile, kept, made, many, plan_info, waiver

SCHEMA = Path(__file__).with_name("sarif-2.1.0.schema.json")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _run(review: Review, **options: Any) -> dict[str, Any]:
    log = json.loads(render(review, "sarif", **options))
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("review", [broken(), kept(), hostile(), many(100)], ids=["broken", "kept", "hostile", "many"])
def test_it_is_valid_by_the_schema(review: Review) -> None:
    assert [error.message for error in _validator().iter_errors(json.loads(render(review, "sarif")))] == []


def test_the_schema_refuses_what_is_wrong() -> None:
    log = json.loads(render(broken(), "sarif"))
    log["runs"][0]["results"][0]["level"] = "fatal"

    assert list(_validator().iter_errors(log))


def test_every_rule_is_listed_with_what_it_means() -> None:
    rules = _run(kept())["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == list(load_findings())
    assert all(rule["fullDescription"]["text"] and rule["help"]["text"] for rule in rules)
    assert all(len(rule["properties"]["tags"]) <= 20 for rule in rules)


def test_a_rule_leads_to_the_documentation_where_the_package_says_where_that_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("constructs_lib.review.renderers.documentation._base", lambda: "https://docs.example/dr/")
    rules = _run(kept())["tool"]["driver"]["rules"]

    assert rules[0]["helpUri"] == "https://docs.example/dr/findings.md#recovery-101"


def test_a_result_has_rule_level_place_and_fingerprint() -> None:
    run = _run(broken())
    result = run["results"][0]
    place = result["locations"][0]

    assert (result["ruleId"], result["level"]) == ("RECOVERY-101", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "RECOVERY-101"
    assert place["logicalLocations"] == [{"fullyQualifiedName": "aws_s3_bucket.orders", "kind": "resource"}]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "plan.json", "index": 0}
    assert [item["level"] for item in run["results"]] == ["error", "warning", "note"]


def test_a_fingerprint_stays_when_the_words_change_and_differs_between_findings() -> None:
    def fingerprint(**changes: Any) -> str:
        return str(_run(made((), [finding(**changes)]))["results"][0]["partialFingerprints"]["primaryLocationLineHash"])

    assert fingerprint(message="worse than before") == fingerprint()
    assert fingerprint(address="x" * 5_000 + "a") != fingerprint(address="x" * 5_000 + "b")
    assert fingerprint(disruptions=()) != fingerprint()


def test_a_finding_belongs_to_the_plan_whose_name_stands_before_its_address() -> None:
    plans = [plan_info("shop-primary"), plan_info("shop-recovery")]
    run = _run(made((), [finding(address="shop-recovery/aws_s3_bucket.a"), finding(address="aws_vpc.a")], plans=plans))

    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]]
    assert uris == ["shop-primary.json", "shop-recovery.json"]


def test_what_is_waived_is_suppressed_by_its_owner() -> None:
    (result,) = _run(made((), [finding(waived_by=waiver())]))["results"]

    assert result["level"] == "note"
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "web team, until 2027-01-31: rebuilt from source"}
    ]


def test_a_bracket_in_a_name_makes_no_link() -> None:
    text = _run(hostile())["results"][0]["message"]["text"]

    assert "\\](https://evil.example)" in text


def test_the_uri_of_a_plan_is_one_whatever_its_name() -> None:
    uri = _run(hostile())["artifacts"][0]["location"]["uri"]

    assert uri.isascii()
    assert " " not in uri
    assert "<img src=x" in unquote(uri)


def test_results_keep_to_what_github_takes_and_say_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "_MOST_RESULTS", 5)
    run = _run(many(4))

    assert [result["level"] for result in run["results"]] == ["error"] * 4 + ["warning"]
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"].startswith("7 findings left out, the least severe")


def test_the_file_keeps_below_ten_megabytes() -> None:
    text = render(many(2_000, "aws_s3_bucket." + "x" * 600), "sarif")

    assert 8_000_000 < len(text.encode()) < 10_000_000
    assert "left out, the least severe" in text


def test_a_plan_that_failed_is_an_execution_that_failed() -> None:
    (invocation,) = _run(made((), plans=[plan_info(errored=True)]))["invocations"]

    assert invocation["executionSuccessful"] is False
    assert "failed half way" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_a_name_is_the_category() -> None:
    assert _run(kept(), name="shop")["automationDetails"]["id"] == "cdktf-dr/review/shop/"
