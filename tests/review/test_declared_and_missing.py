"""What `recovery.yaml` says and the plan does not have: promises do not vanish, and waivers have bounds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.plan import read_plan
from constructs_lib.review import Review, exit_code, review
from tests.review.made import HOME, bucket, declared, found, ids, instance, plan, resource, table, versioned
from tests.review.recorded import TODAY

_PROMISE = "version: 1\nworkloads: {shop: {objective: {software: {rto: 4h, rpo: 4h}}, components: [%s]}}\n"
_WAIVER = """
waivers: [{finding: %s, address: "%s", owner: web team, expires: %s, reason: rebuilt}]
"""


def _promised(*matches: str) -> str:
    return _PROMISE % ", ".join(f'{{match: "{match}"}}' for match in matches)


def _messages(result: Review, id: str) -> list[str]:
    return [item.message for item in result.findings if item.id == id]


def test_a_workload_of_which_only_records_and_the_like_are_found_is_no_workload_that_is_judged() -> None:
    secret = resource("aws_secretsmanager_secret.token", {"name": "token", "id": "token"})
    key = resource("aws_kms_key.data", {"key_id": "k", "id": "k"})

    alone = found(secret, key, objectives=_promised("*"))
    beside = found(secret, key, bucket("data"), versioned("data"), objectives=_promised("*"))

    assert [item.address for item in alone.findings if item.id == "RECOVERY-133"] == ["aws_kms_key.data"]
    assert _messages(alone, "RECOVERY-133")[0].endswith(
        "is aws_kms_key.data and 1 more, which is judged with what it serves"
    )
    assert _messages(beside, "RECOVERY-133") == []


def test_a_mistyped_match_is_named_with_what_is_like_it() -> None:
    result = found(
        bucket("data"),
        versioned("data"),
        table(),
        objectives=_promised("aws_dynamodb_table.orders", "aws_s3_bucket.dta"),
    )

    assert len(_messages(result, "RECOVERY-107")) == 1
    assert "aws_s3_bucket.dta" in _messages(result, "RECOVERY-107")[0]
    assert "aws_s3_bucket.data is like it" in _messages(result, "RECOVERY-107")[0]


def test_a_review_that_judges_nothing_of_what_is_promised_fails() -> None:
    result = found(bucket("data"), versioned("data"), objectives=_promised("aws_s3_bucket.dta"))

    assert exit_code(result) == 1
    assert [item.id for item in result.errors] == ["RECOVERY-108"]


@pytest.mark.parametrize(
    ("address", "match"),
    [
        ("module.shop[0].module.files.aws_s3_bucket.data", "module.shop"),
        ("module.shop[0].module.files.aws_s3_bucket.data", "module.shop[0]"),
        ('aws_s3_bucket.data["eu"]', "aws_s3_bucket.data"),
    ],
)
def test_a_match_of_a_module_or_of_all_instances_is_told_what_it_may_mean(address: str, match: str) -> None:
    """It matches none of them, and a run that judges nothing of what is promised is not to pass."""
    data = {**bucket("data"), "address": address}

    alone = found(data, objectives=_promised(match))
    beside = found(data, table(), objectives=_promised(match, "aws_dynamodb_table.orders"))

    assert exit_code(alone) == 1
    assert _messages(alone, "RECOVERY-108")[0].endswith(f"{address} is almost {match}")
    assert _messages(beside, "RECOVERY-107")[0].endswith(f"; {address} is like it")


@pytest.mark.parametrize(
    ("said", "like", "fails"),
    [
        ("{team: shp}", "tags team=shop is like it", False),
        ("{taem: shop}", "tags team=shop is like it", False),
        ("{Team: Shop}", "tags team=shop is like it", True),
        ("{team: shop, env: prd}", "tags team=shop, env=prod is like it", False),
        ("{team: desk}", "nothing that is judged here is called that", False),
    ],
)
def test_mistyped_tags_are_named_with_what_is_like_them(said: str, like: str, fails: bool) -> None:
    """Another team's tags are no slip, and its stack does not fail."""
    objectives = _promised("*").replace('"*"', f"{{tags: {said}}}")
    result = found(bucket("data", tags={"team": "shop", "env": "prod"}), versioned("data"), objectives=objectives)

    assert _messages(result, "RECOVERY-107")[0].endswith(like)
    assert exit_code(result) == fails


def test_the_plan_of_a_stack_that_holds_nothing_of_it_does_not_fail() -> None:
    result = found(bucket("copy"), versioned("copy"), objectives=_promised("aws_s3_bucket.assets"))

    assert exit_code(result) == 0
    assert [item.id for item in result.findings] == ["RECOVERY-107"]


def test_a_plan_without_anything_to_judge_does_not_fail_for_that() -> None:
    result = found(versioned("data"), objectives=_promised("aws_s3_bucket.dta"))

    assert exit_code(result) == 0
    assert [item.id for item in result.findings] == ["RECOVERY-107"]


@pytest.mark.parametrize("match", ["aws_s3_bucket.data", "aws_s3_bucket.*", "*"])
def test_a_match_that_finds_something_is_not_named(match: str) -> None:
    assert "RECOVERY-107" not in ids(bucket("data"), versioned("data"), objectives=_promised(match))


def test_a_match_of_what_serves_something_is_answered_by_that_or_told_what_it_serves() -> None:
    both = [bucket("data"), versioned("data")]

    (told,) = _messages(found(*both, table(), objectives=_promised("aws_s3_bucket_versioning.*")), "RECOVERY-107")
    served = ids(*both, objectives=_promised("aws_s3_bucket.data", "aws_s3_bucket_versioning.data"))

    assert told.endswith("; aws_s3_bucket_versioning.data is judged with aws_s3_bucket.data")
    assert "RECOVERY-107" not in served


def test_a_match_of_what_is_there_and_not_judged_is_no_mistyped_one() -> None:
    """As a record by latency: what follows it is not assessed."""
    values = {"zone_id": "Z1", "name": "www.shop.test", "type": "CNAME", "records": ["a.test"], "set_identifier": "a"}
    record = resource("aws_route53_record.near", {**values, "latency_routing_policy": [{"region": HOME}]}, region=None)

    promised = _promised("aws_s3_bucket.data", "aws_route53_record.near")
    (told,) = _messages(found(bucket("data"), versioned("data"), record, objectives=promised), "RECOVERY-107")

    assert told.endswith("; the plan has it, and nothing of it is judged")


def test_what_is_matched_twice_leaves_neither_match_unanswered() -> None:
    promised = _promised("aws_s3_bucket.data", "aws_s3_bucket.*")

    assert "RECOVERY-107" not in ids(bucket("data"), versioned("data"), objectives=promised)


def test_errors_stand_before_warnings_and_notes_whatever_their_ids_are() -> None:
    """Programs that read the first findings of the JSON, and the one verdict, take the worst for the first."""
    waived = _WAIVER % ("RECOVERY-999", "aws_s3_bucket.data", "2027-01-31")
    made = bucket("data", before=None)
    result = found(made, objectives=_promised("aws_s3_bucket.data", "x").replace("software", "zone") + waived)

    assert [item.id for item in result.findings if not item.standing] == ["RECOVERY-601", "RECOVERY-107"]


def test_what_the_plan_destroys_is_matched_by_what_it_was() -> None:
    gone = bucket("data")
    gone["change"] |= {"after": None, "actions": ["delete"]}

    assert "RECOVERY-107" not in ids(gone, objectives=_promised("aws_s3_bucket.data"))


def _moved(*, waiver: str = "") -> Review:
    moved = bucket("data")
    moved |= {
        "address": 'aws_s3_bucket.site["a"]',
        "name": "site",
        "index": "a",
        "previous_address": "aws_s3_bucket.data",
    }
    content = json.dumps(plan(moved, versioned("data"))).encode()
    return review(read_plan(content), declared(_promised("aws_s3_bucket.data") + waiver), today=TODAY)


def test_a_promise_follows_a_move() -> None:
    result = _moved()

    assert [item.address for item in result.components] == ['aws_s3_bucket.site["a"]']
    assert [item.id for item in result.warnings] == ["RECOVERY-109"]


def test_a_waiver_follows_a_move() -> None:
    result = _moved(waiver=_WAIVER % ("RECOVERY-109", "aws_s3_bucket.data", "2027-01-31"))

    assert [item.id for item in result.waived] == ["RECOVERY-109"]


@pytest.mark.parametrize(("waived", "follows"), [("aws_db_instance.db", True), ("aws_db_instance.other", False)])
def test_a_waiver_follows_a_move_of_what_a_glob_matches_on_either_side(waived: str, follows: bool) -> None:
    moved = instance() | {
        "address": "aws_db_instance.ledger",
        "name": "ledger",
        "previous_address": "aws_db_instance.db",
    }
    objectives = _promised("aws_db_instance.*").replace("software:", "region:")
    accepting = declared(objectives + _WAIVER % ("RECOVERY-102", waived, "2027-01-31"))
    result = review(read_plan(json.dumps(plan(moved)).encode()), accepting, today=TODAY)

    assert [item.id for item in result.waived] == ["RECOVERY-102"] * follows
    assert exit_code(result) == (not follows)


def _waived(finding: str, address: str = "aws_db_instance.db", expires: str = "2027-01-31") -> Review:
    objective = _promised("aws_db_instance.db").replace("software: {rto: 4h, rpo: 4h}", "rto: 4h, rpo: 4h")
    return found(instance(), objectives=objective + _WAIVER % (finding, address, expires))


def _of_waivers(result: Review) -> list[str]:
    return sorted(item.id for item in result.findings if item.id.startswith("RECOVERY-6"))


def test_a_waiver_that_accepts_what_is_found_is_no_matter() -> None:
    assert _of_waivers(_waived("RECOVERY-102")) == []


@pytest.mark.parametrize(
    ("waiver", "expected"),
    [
        ({"finding": "RECOVERY-199"}, ["RECOVERY-601"]),
        ({"finding": "RECOVERY-401", "address": "shop"}, ["RECOVERY-601"]),
        ({"finding": "RECOVERY-603"}, ["RECOVERY-601"]),
        ({"finding": "RECOVERY-102", "address": "*"}, ["RECOVERY-602"]),
        ({"finding": "RECOVERY-102", "expires": "9999-12-31"}, ["RECOVERY-602"]),
        ({"finding": "RECOVERY-117"}, ["RECOVERY-603"]),
        ({"finding": "RECOVERY-102", "address": "aws_db_instance.other"}, ["RECOVERY-603"]),
    ],
)
def test_a_waiver_of_nothing_or_of_everything_is_said(waiver: dict[str, Any], expected: list[str]) -> None:
    assert _of_waivers(_waived(**waiver)) == expected


def test_of_two_waivers_that_accept_the_same_neither_is_left_behind() -> None:
    both = _WAIVER.replace("waivers: [", "waivers: [{finding: %s, address: '*.db', owner: a, expires: %s, reason: b}, ")
    objective = _promised("aws_db_instance.db").replace("software: {rto: 4h, rpo: 4h}", "rto: 4h, rpo: 4h")
    values = ("RECOVERY-102", "2027-01-31", "RECOVERY-102", "aws_db_instance.*", "2027-01-31")

    assert _of_waivers(found(instance(), objectives=objective + both % values)) == []


def test_a_waiver_of_a_finding_that_there_is_not_fails_the_run() -> None:
    assert exit_code(_waived("RECOVERY-199")) == 1


def test_a_promise_for_a_type_that_is_not_read_is_no_mistyped_one() -> None:
    queue = resource("aws_sqs_queue.data", {"name": "data"})

    result = found(bucket("data"), queue, objectives=_promised("aws_sqs_queue.data"))

    (message,) = _messages(result, "RECOVERY-107")
    assert "what the plan has of aws_sqs_queue is of a type that nothing is known of" in message
    assert "is like it" not in message
