"""A failover target that cannot answer is none, and what is declared is repaired before anything is added."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Disruption
from tests.review.made import (
    ACCOUNT,
    AWAY,
    EVERYTHING,
    HOME,
    bucket,
    distribution,
    found,
    instance,
    replica,
    replication,
    resource,
    table,
    versioned,
)

_SOON = EVERYTHING.replace("rto: 4h, rpo: 4h, software: {rto: 1d, rpo: 1d}", "region: {rto: 5m, rpo: 4h}")
_TAGS = {"recovery:workload": "shop"}


def _routed(fqdn: str) -> list[dict[str, Any]]:
    check = {
        "id": "check",
        "type": "HTTPS",
        "fqdn": fqdn,
        "request_interval": 10,
        "failure_threshold": 3,
        "tags_all": _TAGS,
    }
    records = [
        resource(
            f"aws_route53_record.{role.lower()}",
            {
                "zone_id": "Z",
                "name": "shop.example.com",
                "type": "CNAME",
                "ttl": 60,
                "set_identifier": role,
                "failover_routing_policy": [{"type": role}],
                **({"health_check_id": "check"} if role == "PRIMARY" else {}),
            },
            region=None,
        )
        for role in ("PRIMARY", "SECONDARY")
    ]
    return [table(tags_all=_TAGS), resource("aws_route53_health_check.shop", check, region=None), *records]


@pytest.mark.parametrize(
    ("fqdn", "verdict"),
    [
        ("shop-dub.example.com", Verdict.MET),
        ("shop.example.com", Verdict.BREACHED),
        ("Shop.example.com.", Verdict.BREACHED),
    ],
)
def test_a_health_check_that_asks_the_record_it_turns_turns_nothing(fqdn: str, verdict: Verdict) -> None:
    result = found(*_routed(fqdn), objectives=_SOON)

    assert {item.address: item.verdict for item in result.components}["aws_dynamodb_table.orders"] is verdict


@pytest.mark.parametrize(
    ("address", "verdict"), [("192.0.2.1", Verdict.MET), ("198.51.100.1", Verdict.BREACHED), (None, Verdict.BREACHED)]
)
def test_a_check_of_an_address_asks_nothing_of_the_name_beside_it(address: str | None, verdict: Verdict) -> None:
    """Route 53 writes it into the Host header, and what callers ask for is what it should ask for."""
    routed = _routed("shop.example.com")
    for side in ("before", "after"):
        routed[1]["change"][side]["ip_address"] = address
        for record, target in ((routed[2], "192.0.2.1"), (routed[3], "198.51.100.1")):
            record["change"][side].update(type="A", records=[target])

    result = found(*routed, objectives=_SOON)

    assert {item.address: item.verdict for item in result.components}["aws_dynamodb_table.orders"] is verdict


def test_two_records_that_follow_one_check_turn_nothing() -> None:
    routed = _routed("shop-dub.example.com")
    for side in ("before", "after"):
        routed[-1]["change"][side]["health_check_id"] = "check"

    result = found(*routed, objectives=_SOON)

    assert {item.address: item.verdict for item in result.components}["aws_dynamodb_table.orders"] is Verdict.BREACHED


@pytest.mark.parametrize(
    ("address", "asked", "verdict"),
    [("10.0.0.4", True, Verdict.BREACHED), ("52.95.110.1", True, Verdict.MET), ("10.0.0.4", False, Verdict.MET)],
)
def test_a_check_of_an_address_that_route_53_cannot_reach_turns_nothing(
    address: str, asked: bool, verdict: Verdict
) -> None:
    routed = _routed("shop-dub.example.com")
    for side in ("before", "after"):
        routed[1]["change"][side]["ip_address" if asked else "reference_name"] = address

    result = found(*routed, objectives=_SOON)

    assert {item.address: item.verdict for item in result.components}["aws_dynamodb_table.orders"] is verdict


@pytest.mark.parametrize(
    ("ttl", "threshold", "late"), [(60, 3, False), (3600, 3, True), (60, 10, False), (60, 25, True)]
)
def test_a_record_that_nothing_answers_for_is_turned_as_soon_as_is_promised(
    ttl: int, threshold: int, late: bool
) -> None:
    """The figures of a component of the same workload would say it."""
    check, *records = _routed("shop-dub.example.com")[1:]
    for entry in (check, *records):
        for side in ("before", "after"):
            entry["change"][side] |= {"ttl": ttl, "failure_threshold": threshold}
            entry["change"][side]["tags_all"] = {}

    result = found(check, *records, objectives=_SOON)

    assert [item.id for item in result.errors] == (["RECOVERY-238"] if late else [])


@pytest.mark.parametrize(("away", "leaves"), [("eu-central-1", True), ("eu-west-1", False)])
def test_records_that_lead_into_one_region_do_not_leave_it(away: str, leaves: bool) -> None:
    routed = _routed("shop-dub.example.com")
    for entry, region in zip(routed[-2:], ("eu-west-1", away), strict=True):
        for side in ("before", "after"):
            entry["change"][side]["records"] = [f"{entry['name']}.{region}.elb.amazonaws.com"]

    result = found(*routed, objectives=_SOON)

    verdict = {item.address: item.verdict for item in result.components}["aws_dynamodb_table.orders"]
    assert verdict is (Verdict.MET if leaves else Verdict.BREACHED)


def _origin(name: str, region: str, **more: Any) -> dict[str, Any]:
    return {"origin_id": name, "domain_name": f"{name}.s3.{region}.amazonaws.com", **more}


def _site(
    second: dict[str, Any],
    *parts: dict[str, Any],
    unknown: dict[str, Any] | None = None,
    codes: tuple[int, ...] = (503,),
    copied: list[dict[str, Any]] | None = None,
) -> Verdict:
    control = {"origin_access_control_id": "E1"}
    values = {
        "origin": [_origin("site", "eu-west-1", **control), _origin("copy", AWAY, **second)],
        "origin_group": [
            {
                "origin_id": "both",
                "failover_criteria": [{"status_codes": list(codes)}],
                "member": [{"origin_id": "site"}, {"origin_id": "copy"}],
            }
        ],
        "default_cache_behavior": [{"target_origin_id": "both", "allowed_methods": ["GET", "HEAD"]}],
    }
    site = resource("aws_cloudfront_distribution.site", values, region=None, unknown=unknown)
    objective = _SOON.replace('match: "*"', "match: aws_cloudfront_distribution.site")
    buckets = [bucket("site"), versioned("site"), bucket("copy", AWAY), versioned("copy", AWAY)]
    copies = [_replicated("site", "copy")] if copied is None else copied
    result = found(*buckets, *copies, _policy("site"), *parts, site, objectives=objective)
    return next(item.verdict for item in result.components if item.address == site["address"])


def _policy(name: str, of: str | None = None, action: str = "s3:GetObject") -> dict[str, Any]:
    who = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}}
    statement = {**who, "Action": action, "Resource": f"arn:aws:s3:::{of or name}/*"}
    return resource(f"aws_s3_bucket_policy.{name}", {"bucket": name, "policy": json.dumps({"Statement": [statement]})})


def _key(service: str | None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "kms:Decrypt*", "Resource": "*"}
    policy = None if service is None else json.dumps({"Statement": [statement]})
    return resource("aws_kms_key.copy", {"id": "k", "arn": _ARN, "policy": policy}, region=AWAY)


_ARN = f"arn:aws:kms:{AWAY}:123456789012:key/k"


def _encrypted(key: str | None = None) -> dict[str, Any]:
    rule = [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": key}]}]
    values = {"bucket": "copy", "rule": rule}
    return resource("aws_s3_bucket_server_side_encryption_configuration.copy", values, region=AWAY)


_CONTROL = {"origin_access_control_id": "E2"}
_IDENTITY_UNKNOWN = {"origin": [{}, {"s3_origin_config": [{"origin_access_identity": True}]}]}
_IDENTITY = {"s3_origin_config": [{"origin_access_identity": "origin-access-identity/cloudfront/E3"}]}


@pytest.mark.parametrize(
    ("second", "parts", "verdict"),
    [
        (_CONTROL, [_policy("copy")], Verdict.MET),
        (_IDENTITY, [_policy("copy")], Verdict.MET),
        ({}, [_policy("copy")], Verdict.BREACHED),
        (_CONTROL, [], Verdict.BREACHED),
        (_CONTROL, [_policy("copy", of="site")], Verdict.BREACHED),
        (_CONTROL, [_policy("copy", action="s3:PutObject")], Verdict.BREACHED),
        (_CONTROL, [_policy("copy", action="s3:Get*")], Verdict.MET),
        (_CONTROL, [_policy("copy"), _encrypted()], Verdict.BREACHED),
        (_CONTROL, [_policy("copy"), _encrypted(_ARN)], Verdict.MET),
        (_CONTROL, [_policy("copy"), _encrypted(_ARN), _key("cloudfront.amazonaws.com")], Verdict.MET),
        (_CONTROL, [_policy("copy"), _encrypted(_ARN), _key("s3.amazonaws.com")], Verdict.BREACHED),
        (_CONTROL, [_policy("copy"), _encrypted(_ARN), _key(None)], Verdict.BREACHED),
        (_IDENTITY, [_policy("copy"), _encrypted()], Verdict.BREACHED),
    ],
)
def test_cloudfront_must_be_able_to_read_the_second_origin(
    second: dict[str, Any], parts: list[dict[str, Any]], verdict: Verdict
) -> None:
    assert _site(second, *parts) is verdict


def _replicated(source: str, *destinations: str | None, status: str = "Enabled") -> dict[str, Any]:
    rules = [
        {
            "id": str(number),
            "status": status,
            "priority": number,
            "filter": [{"prefix": ""}],
            "delete_marker_replication": [{"status": "Enabled"}],
            "destination": [{"bucket": name and f"arn:aws:s3:::{name}"}],
        }
        for number, name in enumerate(destinations)
    ]
    values = {"bucket": source, "role": "arn:aws:iam::123456789012:role/s3", "rule": rules}
    return resource(f"aws_s3_bucket_replication_configuration.{source}", values)


@pytest.mark.parametrize(
    ("copied", "verdict"),
    [
        ([_replicated("site", "copy")], Verdict.MET),
        ([_replicated("site", "other")], Verdict.BREACHED),
        ([_replicated("site", "other", "copy")], Verdict.MET),
        # The second is written to, and copied to the first.
        ([_replicated("site", "other"), _replicated("copy", "site")], Verdict.MET),
        ([_replicated("copy", "site")], Verdict.MET),
        ([_replicated("site", "copy", status="Disabled")], Verdict.BREACHED),
        # Whoever fills both alike shows in no plan.
        ([], Verdict.UNKNOWN),
        ([_replicated("site", "other", None)], Verdict.UNKNOWN),
        ([_replicated("site", "other", status="Disabled")], Verdict.UNKNOWN),
        ([_replicated("copy", None)], Verdict.UNKNOWN),
    ],
)
def test_the_second_origin_is_a_bucket_that_the_first_is_copied_to(
    copied: list[dict[str, Any]], verdict: Verdict
) -> None:
    assert _site(_CONTROL, _policy("copy"), copied=copied) is verdict


def _copying(**changes: Any) -> list[dict[str, Any]]:
    copied = _replicated("site", "copy")
    for side in ("before", "after"):
        copied["change"][side]["rule"][0] |= changes
    return [copied]


def test_a_copy_of_some_objects_may_be_of_all_that_is_served() -> None:
    assert _site(_CONTROL, _policy("copy"), copied=_copying(filter=[{"prefix": "public/"}])) is Verdict.UNKNOWN


def test_an_origin_that_is_no_copy_any_more_is_no_way_back() -> None:
    (gone,) = _copying()
    gone["change"] |= {"actions": ["delete"], "after": None}

    assert _site(_CONTROL, _policy("copy"), copied=[gone]) is Verdict.BREACHED


def test_an_origin_whose_copies_s3_cannot_make_is_no_way_back() -> None:
    suspended = versioned("copy", AWAY, "Suspended") | {"address": "aws_s3_bucket_versioning.other"}
    site = [bucket("site"), versioned("site"), bucket("copy", AWAY), suspended, *_copying(), _policy("copy")]
    values = distribution()["change"]["after"] | {"origin": [_origin("site", HOME), _origin("copy", AWAY)]}
    values["origin_group"] = [{**values["origin_group"][0], "member": [{"origin_id": "site"}, {"origin_id": "copy"}]}]
    web = resource("aws_cloudfront_distribution.site", values, region=None)
    objective = _SOON.replace('match: "*"', "match: aws_cloudfront_distribution.site")

    result = found(*site, web, objectives=objective)

    assert result.verdict is Verdict.BREACHED
    assert any("suspended" in item.message for item in result.errors)


def test_an_identity_that_is_known_only_after_apply_cannot_decrypt_either() -> None:
    found_ = _site({"s3_origin_config": [{}]}, _policy("copy"), _encrypted(), unknown=_IDENTITY_UNKNOWN)

    assert found_ is Verdict.BREACHED


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [((500, 502, 503, 504), Verdict.MET), ((500, 502, 504), Verdict.BREACHED), ((403, 404), Verdict.BREACHED)],
)
def test_an_origin_that_nothing_connects_to_is_failed_over_from_with_503_only(
    codes: tuple[int, ...], verdict: Verdict
) -> None:
    assert _site(_CONTROL, _policy("copy"), codes=codes) is verdict


@pytest.mark.parametrize(
    "unknown", [{"origin_group": True}, {"default_cache_behavior": [{"target_origin_id": True}]}], ids=str
)
def test_an_origin_group_that_is_told_only_at_apply_is_open(unknown: dict[str, Any]) -> None:
    assert _site(_CONTROL, _policy("copy"), unknown=unknown) is Verdict.UNKNOWN


def test_what_is_declared_is_repaired_before_anything_is_added() -> None:
    objective = EVERYTHING.replace(", software: {rto: 1d, rpo: 1d}", "")
    resources = [bucket("data"), versioned("data"), bucket("copy", AWAY), versioned("copy", AWAY, "Suspended")]
    result = found(*resources, replication(), objectives=objective)
    fixes = {item.id: item.fix for item in result.errors if "aws_s3_bucket.data" in item.components}

    assert fixes["RECOVERY-200"].startswith("repair S3 Cross-Region Replication: it needs versioning")
    assert "add S3 Cross-Region Replication" not in fixes["RECOVERY-102"]


def test_what_would_not_be_enough_even_if_repaired_is_not_the_advice() -> None:
    objective = EVERYTHING.replace("rto: 4h, rpo: 4h, software: {rto: 1d, rpo: 1d}", "rto: 4h, rpo: 15m")
    resources = [bucket("data"), versioned("data"), bucket("copy", AWAY), versioned("copy", AWAY, "Suspended")]
    result = found(*resources, replication(), objectives=objective)
    (fix,) = [
        item.fix for item in result.errors if (item.id, item.components) == ("RECOVERY-102", ("aws_s3_bucket.data",))
    ]

    assert not fix.startswith("repair")


def test_a_check_that_asks_its_own_record_is_found_where_the_record_alone_is_promised_anything() -> None:
    """The check has no tags that say whose it is, so no component gets the failover from it."""
    name = {"zone_id": "Z1", "name": "shop.test", "type": "CNAME", "ttl": 60}
    record = {**name, "health_check_id": "c1", "failover_routing_policy": [{"type": "PRIMARY"}], "records": ["a.test"]}
    other = {**name, "failover_routing_policy": [{"type": "SECONDARY"}], "records": ["b.test"]}
    check = {"id": "c1", "type": "HTTPS", "fqdn": "shop.test", "port": 443}
    parts = [
        resource("aws_route53_record.first", record, region=None),
        resource("aws_route53_record.second", other, region=None),
    ]

    def ids_of(**changes: Any) -> set[str]:
        checked = resource("aws_route53_health_check.it", {**check, **changes}, region=None)
        return {item.id for item in found(bucket("data"), *parts, checked).findings}

    assert "RECOVERY-200" in ids_of()
    assert "RECOVERY-200" not in ids_of(fqdn="a.test")


@pytest.mark.parametrize(
    ("target", "verdict"), [("both", Verdict.MET), ("first", Verdict.BREACHED), ("second", Verdict.MET)]
)
def test_every_behavior_of_the_first_origin_goes_by_the_group(target: str, verdict: Verdict) -> None:
    paths = [{"path_pattern": "/media/*", "target_origin_id": target, "allowed_methods": ["GET", "HEAD"]}]
    result = found(distribution(ordered_cache_behavior=paths))

    assert result.verdict is verdict


@pytest.mark.parametrize(
    ("second", "verdict"),
    [(f"other.{AWAY}.elb.amazonaws.com", Verdict.MET), (f"other.{HOME}.elb.amazonaws.com", Verdict.BREACHED)],
)
def test_every_origin_group_that_a_path_goes_by_counts(second: str, verdict: Verdict) -> None:
    values = distribution()["change"]["after"]
    more = {"origin_id": "other", "domain_name": second, "custom_origin_config": [{"origin_read_timeout": 10}]}
    group = {
        **values["origin_group"][0],
        "origin_id": "media",
        "member": [{"origin_id": "first"}, {"origin_id": "other"}],
    }
    paths = [{"path_pattern": "/media/*", "target_origin_id": "media", "allowed_methods": ["GET", "HEAD"]}]

    result = found(
        distribution(
            origin=[*values["origin"], more],
            origin_group=[*values["origin_group"], group],
            ordered_cache_behavior=paths,
        )
    )

    assert result.verdict is verdict


@pytest.mark.parametrize(("region", "verdict"), [(HOME, Verdict.BREACHED), (AWAY, Verdict.MET)])
def test_a_path_that_goes_to_another_bucket_of_the_region_alone_is_lost_with_it(region: str, verdict: Verdict) -> None:
    values = distribution()["change"]["after"]
    media = {"origin_id": "media", "domain_name": f"media.s3.{region}.amazonaws.com"}
    paths = [{"path_pattern": "/media/*", "target_origin_id": "media", "allowed_methods": ["GET", "HEAD"]}]
    site = distribution(origin=[*values["origin"], media], ordered_cache_behavior=paths)
    objective = _SOON.replace('match: "*"', "match: aws_cloudfront_distribution.site")

    assert found(bucket("media", region), site, objectives=objective).verdict is verdict


def _aliased(name: str, **more: Any) -> list[dict[str, Any]]:
    """A pair of records, the primary of which follows what its alias leads to."""

    def record(id: str, **values: Any) -> dict[str, Any]:
        return resource(f"aws_route53_record.{id}", {"zone_id": "Z", "type": "A", **values}, region=None)

    return [
        record("eu", name="eu.shop.net", records=["192.0.2.1"], **more),
        *(
            record(
                role.lower(),
                name="www.shop.net",
                set_identifier=role,
                failover_routing_policy=[{"type": role}],
                alias=[{"name": leads, "zone_id": "Z", "evaluate_target_health": True}],
            )
            for role, leads in (("PRIMARY", name), ("SECONDARY", "us.shop.net"))
        ),
    ]


@pytest.mark.parametrize(
    ("name", "more", "turns"),
    [
        ("eu.shop.net", {}, False),
        ("EU.shop.net.", {}, False),
        ("eu.shop.net", {"health_check_id": "check"}, True),
        ("d111111abcdef8.cloudfront.net", {}, False),
        ("eu-1.eu-west-1.elb.amazonaws.com", {}, True),
        ("elsewhere.shop.net", {}, True),
    ],
)
def test_an_alias_to_what_always_counts_as_healthy_turns_nothing(name: str, more: dict[str, Any], turns: bool) -> None:
    assert ("RECOVERY-200" in {item.id for item in found(*_aliased(name, **more)).errors}) is not turns


@pytest.mark.parametrize(("account", "verdict"), [(ACCOUNT, Verdict.MET), ("999999999999", Verdict.BREACHED)])
def test_an_instance_of_that_name_in_another_account_is_another_one(account: str, verdict: Verdict) -> None:
    copy = replica()
    for side in ("before", "after"):
        copy["change"][side]["replicate_source_db"] = f"arn:aws:rds:{HOME}:{account}:db:db"
    promised = EVERYTHING.replace("rpo: 4h, software: {rto: 1d, rpo: 1d}", "rpo: 4h").replace(
        'match: "*"', "match: aws_db_instance.db"
    )

    (component,) = found(instance(), copy, objectives=promised).components

    rows = {row.disruption: row.after_verdict for row in component.disruptions}
    assert rows[Disruption.REGION] is verdict
