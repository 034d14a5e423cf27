"""A copy that AWS tells of, in a state whose plan is not given: its absence proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from tests.review.made import ACCOUNT, AWAY, HOME, found, instance, replica, resource

_PROMISED = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {region: {rto: 4h, rpo: 4h}}
    components: [{match: "%s"}]
"""
_REPLICA = f"arn:aws:rds:{AWAY}:{ACCOUNT}:db:replica"
_AWAY = f"arn:aws:rds:{AWAY}:{ACCOUNT}:cluster:away"


def _verdict(address: str, *resources: dict[str, Any]) -> Verdict:
    result = found(*resources, objectives=_PROMISED % address)
    return next(item.verdict for item in result.components if item.address == address)


def _gone(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "change": {**entry["change"], "actions": ["delete"], "after": None}}


@pytest.mark.parametrize(
    ("replicas", "others", "verdict"),
    [
        ([], [], Verdict.BREACHED),
        ([_REPLICA], [], Verdict.UNKNOWN),
        # One in its own Region goes by its name.
        (["near"], [], Verdict.BREACHED),
        ([f"arn:aws:rds:{HOME}:{ACCOUNT}:db:near"], [], Verdict.BREACHED),
        # What a plan given has, it answers for.
        ([_REPLICA], [replica()], Verdict.MET),
        ([_REPLICA], [_gone(replica())], Verdict.BREACHED),
    ],
)
def test_a_replica_that_rds_tells_of_may_be_in_another_state(
    replicas: list[str], others: list[dict[str, Any]], verdict: Verdict
) -> None:
    assert _verdict("aws_db_instance.db", instance(replicas=replicas), *others) is verdict


def _cluster(name: str, region: str = HOME, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:rds:{region}:{ACCOUNT}:cluster:{name}"
    named = {"id": name, "cluster_identifier": name, "arn": arn, "engine": "aurora-postgresql"}
    values = {**named, "backup_retention_period": 7, "deletion_protection": True, **more}
    return resource(f"aws_rds_cluster.{name}", values, region=region)


def _holder(*members: str) -> dict[str, Any]:
    listed = [{"db_cluster_arn": arn, "is_writer": AWAY not in arn} for arn in members]
    values = {"id": "ledger", "global_cluster_identifier": "ledger", "global_cluster_members": listed}
    return resource("aws_rds_global_cluster.ledger", values, region=None)


_HOME = f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:home"
_JOINED = {"global_cluster_identifier": "ledger"}


@pytest.mark.parametrize(
    ("more", "others", "verdict"),
    [
        ({}, [], Verdict.BREACHED),
        (_JOINED, [], Verdict.UNKNOWN),
        (_JOINED, [_holder(_HOME)], Verdict.BREACHED),
        (_JOINED, [_holder(_HOME, _AWAY)], Verdict.UNKNOWN),
        (_JOINED, [_holder(_HOME, _AWAY), _gone(_cluster("away", AWAY, **_JOINED))], Verdict.BREACHED),
        (_JOINED, [_gone(_cluster("away", AWAY, **_JOINED))], Verdict.BREACHED),
    ],
)
def test_what_else_belongs_to_a_global_database_may_be_in_another_state(
    more: dict[str, Any], others: list[dict[str, Any]], verdict: Verdict
) -> None:
    members = [
        resource(f"aws_rds_cluster_instance.{name}", {"id": name, "identifier": name, "cluster_identifier": "home"})
        for name in ("one", "two")
    ]

    assert (
        _verdict("aws_rds_cluster.home", _cluster("home", master_username="root", **more), *members, *others) is verdict
    )
