"""Parts that are made in another Region than what they are parts of: a provider, or a `region`, was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.review import review
from tests.plan.by_hand import expression, hand_made, resource
from tests.review.made import AWAY, HOME, declared
from tests.review.recorded import TODAY

if TYPE_CHECKING:
    from constructs_lib.review import Review

_PROVIDERS = {"aws": {"constant_value": HOME}, "aws.away": {"constant_value": AWAY}}
_PROMISED = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {region: {rto: 4h, rpo: 4h}}
    components: [{match: "%s"}]
"""


def _reviewed(match: str, *resources: tuple[Any, Any]) -> Review:
    plan = hand_made(*resources, providers=_PROVIDERS)
    return review(plan, declared(_PROMISED % match), today=TODAY)


def _apart(result: Review) -> set[str]:
    return {item.address for item in result.errors if item.id == "RECOVERY-334"}


def _to(address: str, attribute: str = "id") -> dict[str, Any]:
    return expression(f"{address}.{attribute}", address)


def _waiting(made: tuple[Any, Any], *arguments: str) -> tuple[Any, Any]:
    made[0]["change"]["after_unknown"] |= dict.fromkeys(arguments, True)
    return made


def _buckets(versioning: str = "aws.away", rules: str = "aws") -> list[tuple[Any, Any]]:
    on: dict[str, Any] = {"versioning_configuration": [{"status": "Enabled"}]}
    destination: dict[str, Any] = {"bucket": _to("aws_s3_bucket.copy", "arn")}
    rule = {"id": "all", "status": "Enabled", "filter": [{}], "delete_marker_replication": [{"status": "Enabled"}]}
    replication = resource(
        "aws_s3_bucket_replication_configuration.x",
        rules,
        {"rule": [{**rule, "destination": [{}]}]},
        bucket=_to("aws_s3_bucket.data"),
        rule=[{"destination": [destination]}],
    )
    replication[0]["change"]["after_unknown"] |= {"bucket": True, "rule": [{"destination": [{"bucket": True}]}]}
    return [
        resource("aws_s3_bucket.data", "aws", {"bucket": "data"}),
        resource("aws_s3_bucket.copy", "aws.away", {"bucket": "copy"}),
        _waiting(resource("aws_s3_bucket_versioning.data", "aws", on, bucket=_to("aws_s3_bucket.data")), "bucket"),
        _waiting(resource("aws_s3_bucket_versioning.copy", versioning, on, bucket=_to("aws_s3_bucket.copy")), "bucket"),
        replication,
    ]


@pytest.mark.parametrize(
    ("given", "apart"),
    [
        ({}, set()),
        ({"versioning": "aws"}, {"aws_s3_bucket_versioning.copy"}),
        ({"rules": "aws.away"}, {"aws_s3_bucket_replication_configuration.x"}),
    ],
)
def test_a_setting_is_made_in_the_region_of_its_bucket(given: dict[str, str], apart: set[str]) -> None:
    result = _reviewed("aws_s3_bucket.data", *_buckets(**given))

    assert _apart(result) == apart
    assert result.verdict is (Verdict.BREACHED if apart else Verdict.MET)


def test_what_is_there_already_was_found() -> None:
    resources = _buckets(versioning="aws")
    for entry, _ in resources:
        entry["change"] |= {"actions": ["no-op"], "before": entry["change"]["after"], "after_unknown": {}}

    assert not _apart(_reviewed("aws_s3_bucket.data", *resources))


def _aurora(instance: str) -> list[tuple[Any, Any]]:
    common: dict[str, Any] = {"engine": "aurora-postgresql", "backup_retention_period": 7}
    common |= {"global_cluster_identifier": "ledger"}
    owner = {"constant_value": "root"}
    home = {**common, "cluster_identifier": "home", "master_username": "root"}
    return [
        resource("aws_rds_cluster.home", "aws", home, master_username=owner),
        resource("aws_rds_cluster.away", "aws.away", {**common, "cluster_identifier": "away"}),
        *(
            resource(
                f"aws_rds_cluster_instance.{name}",
                provider,
                {"cluster_identifier": name, "instance_class": "db.r6g.large"},
                cluster_identifier=_to(f"aws_rds_cluster.{name}"),
            )
            for name, provider in (("home", "aws"), ("away", instance))
        ),
    ]


@pytest.mark.parametrize(("instance", "apart"), [("aws.away", set()), ("aws", {"aws_rds_cluster_instance.away"})])
def test_an_instance_is_made_in_the_region_of_its_cluster(instance: str, apart: set[str]) -> None:
    result = _reviewed("aws_rds_cluster.home", *_aurora(instance))

    assert _apart(result) == apart
    assert result.verdict is (Verdict.BREACHED if apart else Verdict.MET)


@pytest.mark.parametrize(
    ("group", "argument", "apart"),
    [
        ("aws.away", _to("aws_db_subnet_group.this", "name"), set()),
        ("aws", _to("aws_db_subnet_group.this", "name"), {"aws_db_instance.copy"}),
        # A name that is written out may be that of another one, in another state.
        ("aws", {"constant_value": "main"}, set()),
    ],
)
def test_a_replica_is_not_put_into_subnets_of_its_sources_region(
    group: str, argument: dict[str, Any], apart: set[str]
) -> None:
    values = {"engine": "postgres", "allocated_storage": 20, "backup_retention_period": 7}
    copy = resource(
        "aws_db_instance.copy",
        "aws.away",
        {"identifier": "copy", "db_subnet_group_name": "main", "backup_retention_period": 7},
        replicate_source_db=_to("aws_db_instance.db", "arn"),
        db_subnet_group_name=argument,
    )

    result = _reviewed(
        "aws_db_instance.db",
        resource("aws_db_instance.db", "aws", {"identifier": "db", **values}),
        resource("aws_db_subnet_group.this", group, {"name": "main"}),
        _waiting(copy, "replicate_source_db"),
    )

    assert _apart(result) == apart
    assert result.verdict is (Verdict.BREACHED if apart else Verdict.MET)
