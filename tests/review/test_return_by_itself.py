"""Traffic that returns by itself to a database that has moved."""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.made import AWAY, HOME, ids, instance, replica, resource, table

_TAGS = {"recovery:workload": "shop"}
_ALARM = {"id": "latch", "type": "CLOUDWATCH_METRIC", "cloudwatch_alarm_name": "latch", "cloudwatch_alarm_region": AWAY}
_ENDPOINT = {"id": "endpoint", "type": "HTTPS", "fqdn": "shop-dub.example.com", "failure_threshold": 3}


def _check(**values: Any) -> dict[str, Any]:
    return resource(f"aws_route53_health_check.{values['id']}", {**values, "tags_all": _TAGS}, region=None)


def _records(check: str) -> list[dict[str, Any]]:
    common = {"zone_id": "Z", "name": "shop.example.com", "type": "CNAME", "ttl": 60}
    first = {**common, "failover_routing_policy": [{"type": "PRIMARY"}], "health_check_id": check}
    second = {**common, "failover_routing_policy": [{"type": "SECONDARY"}]}
    return [
        resource("aws_route53_record.first", first, region=None),
        resource("aws_route53_record.second", second, region=None),
    ]


def _calculated(*children: str) -> dict[str, Any]:
    return _check(id="both", type="CALCULATED", child_healthchecks=list(children), child_health_threshold=len(children))


@pytest.mark.parametrize(
    ("checks", "asked", "found"),
    [
        ([_check(**_ENDPOINT)], "endpoint", True),
        ([_check(**_ENDPOINT), _check(**_ALARM), _calculated("endpoint", "latch")], "both", False),
        ([_check(**_ENDPOINT), _calculated("endpoint")], "both", True),
        (
            [_check(**_ENDPOINT), _check(**_ALARM, disabled=True), _calculated("endpoint", "latch")],
            "both",
            True,
        ),
        ([_check(**{**_ENDPOINT, "invert_healthcheck": True})], "endpoint", False),
        ([_check(**_ENDPOINT), _check(**_ALARM)], "latch", False),
        ([], "of-another-state", False),
    ],
)
def test_a_database_with_one_writer_wants_a_latch(checks: list[dict[str, Any]], asked: str, found: bool) -> None:
    found_here = ids(instance(tags_all=_TAGS), replica(), *checks, *_records(asked))

    assert ("RECOVERY-506" in found_here) is found
    assert not found_here & {"RECOVERY-501", "RECOVERY-502"}


@pytest.mark.parametrize(
    ("followed", "goes", "missed"),
    [(["endpoint"], True, True), (["endpoint"], False, False), (["endpoint", "of-another-state"], False, False)],
)
def test_a_followed_check_that_goes_is_missed(followed: list[str], goes: bool, missed: bool) -> None:
    endpoint = _check(**_ENDPOINT)
    if goes:
        endpoint["change"] |= {"actions": ["delete"], "after": None}
    checks = [endpoint, _calculated(*followed)]

    assert ("RECOVERY-122" in ids(table(tags_all=_TAGS), *checks, *_records("both"))) is missed


def test_what_both_regions_can_write_wants_none() -> None:
    assert "RECOVERY-506" not in ids(table(tags_all=_TAGS), _check(**_ENDPOINT), *_records("endpoint"))


def test_a_parameter_that_rds_would_refuse_is_an_error() -> None:
    def group(**parameter: Any) -> set[str]:
        values = {"name": "pg", "id": "pg", "family": "postgres16", "parameter": [parameter]}
        database = instance(region=HOME, parameter_group_name="pg")
        return ids(database, resource("aws_db_parameter_group.pg", values)) & {"RECOVERY-324", "RECOVERY-325"}

    assert group(name="max_connections", value="500", apply_method="immediate") == {"RECOVERY-324"}
    assert group(name="max_connections", value="500", apply_method="pending-reboot") == set()
    assert group(name="log_min_duration_statement", value="500", apply_method="immediate") == set()
    assert group(name="max_conections", value="500", apply_method="immediate") == {"RECOVERY-325"}
    assert group(name="rds.force_ssl", value="1", apply_method="immediate") == set()
