"""After a failover the objective follows the data: the code still calls the side that is written to the copy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.plan import read_plan
from constructs_lib.review import Review, review
from tests.review.made import ACCOUNT, AWAY, HOME, SAME, declared, found, instance, plan, replica, resource
from tests.review.recorded import TODAY

_ONLY = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {rto: 4h, rpo: 4h}
    components: [{match: "%s"}]
"""
_HOME_CLUSTER = _ONLY % "aws_rds_cluster.home"


def _cluster(name: str, region: str, before: Any = SAME, **more: Any) -> dict[str, Any]:
    values = {
        "cluster_identifier": name,
        "id": name,
        "arn": f"arn:aws:rds:{region}:{ACCOUNT}:cluster:{name}",
        "engine": "aurora-postgresql",
        "backup_retention_period": 7,
        "global_cluster_identifier": "ledger",
        **more,
    }
    if before is None:
        return resource(f"aws_rds_cluster.{name}", None, values, region=region)
    return resource(f"aws_rds_cluster.{name}", values, region=region)


def _instance(cluster: str, region: str, index: int = 0, *, gone: bool = False) -> dict[str, Any]:
    values = {"cluster_identifier": cluster, "id": f"{cluster}-{index}"}
    return resource(f"aws_rds_cluster_instance.{cluster}-{index}", None if gone else values, values, region=region)


def _global(writer: str) -> dict[str, Any]:
    members = [
        {"db_cluster_arn": f"arn:aws:rds:{region}:{ACCOUNT}:cluster:{name}", "is_writer": name == writer}
        for name, region in (("home", HOME), ("away", AWAY))
    ]
    source = f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:home"
    values = {
        "global_cluster_identifier": "ledger",
        "id": "ledger",
        "source_db_cluster_identifier": source,
        "global_cluster_members": members,
    }
    return resource("aws_rds_global_cluster.ledger", values)


def _database(*away: dict[str, Any], writer: str = "away") -> Review:
    home = [_cluster("home", HOME, master_username="root"), *(_instance("home", HOME, index) for index in range(2))]
    return found(_global(writer), *home, *away, objectives=_HOME_CLUSTER)


def _verdicts(result: Review) -> dict[str, Verdict]:
    return {item.address: item.verdict for item in result.components}


def test_the_side_that_is_written_to_has_the_objective() -> None:
    away = [_cluster("away", AWAY), *(_instance("away", AWAY, index) for index in range(2))]

    assert _verdicts(_database(*away, writer="home")) == {"aws_rds_cluster.home": Verdict.MET}
    assert _verdicts(_database(*away))["aws_rds_cluster.away"] is Verdict.MET


def test_destroying_the_writer_breaks_the_objective_of_the_former_original() -> None:
    result = _database(_cluster("away", AWAY, None), _instance("away", AWAY, gone=True))

    assert _verdicts(result)["aws_rds_cluster.away"] is Verdict.BREACHED
    assert ("RECOVERY-110", "aws_rds_cluster.away") in {(item.id, item.address) for item in result.errors}


def test_destroying_the_only_instance_of_the_writer_is_an_error() -> None:
    result = _database(_cluster("away", AWAY), _instance("away", AWAY, gone=True))

    assert "RECOVERY-130" in {item.id for item in result.errors}


def test_destroying_the_only_instance_of_a_copy_is_not_that_error() -> None:
    result = _database(_cluster("away", AWAY), _instance("away", AWAY, gone=True), writer="home")

    assert "RECOVERY-130" not in {item.id for item in result.errors}


def _promoted(**change: Any) -> Review:
    values = replica()["change"]["after"]
    promoted = resource("aws_db_instance.replica", values, {**values, "replicate_source_db": ""}, region=AWAY, **change)
    return found(instance(), promoted, objectives=_ONLY % "aws_db_instance.db")


def test_a_promoted_replica_that_is_made_anew_is_not_a_copy_gained() -> None:
    result = _promoted(replace=[["storage_encrypted"]])

    assert {"RECOVERY-129"} <= {item.id for item in result.errors}
    assert _verdicts(result) == {"aws_db_instance.db": Verdict.BREACHED}


def _configured(address: str, **expressions: Any) -> dict[str, Any]:
    type, _, name = address.partition(".")
    return {"address": address, "mode": "managed", "type": type, "name": name, "expressions": expressions}


_TO_THE_SOURCE = {"references": ["aws_db_instance.db.arn", "aws_db_instance.db"]}


@pytest.mark.parametrize(
    ("state", "code", "found"),
    [
        ("", _TO_THE_SOURCE, "RECOVERY-129"),
        ("", {"constant_value": f"arn:aws:rds:{HOME}:{ACCOUNT}:db:db"}, "RECOVERY-129"),
        (f"arn:aws:rds:{HOME}:{ACCOUNT}:db:db", _TO_THE_SOURCE, "RECOVERY-114"),
    ],
)
def test_a_promoted_replica_of_which_there_is_to_be_none_any_more_is_missed(
    state: str, code: dict[str, Any], found: str
) -> None:
    """A count of none leaves the code, which calls it a copy, and the state, which does not."""
    gone = {**replica()["change"]["after"], "replicate_source_db": state}
    entries = [instance(), resource("aws_db_instance.replica", None, gone, region=AWAY)]

    result = _with_code(entries, _configured("aws_db_instance.replica", replicate_source_db=code))

    assert found in {item.id for item in result.errors}
    assert {item.address: item.verdict for item in result.components}["aws_db_instance.db"] is Verdict.BREACHED


@pytest.mark.parametrize(("state", "found"), [("", True), ("ledger", False)])
def test_a_cluster_that_was_detached_to_take_over_is_missed_too(state: str, found: bool) -> None:
    joined = {"references": ["aws_rds_global_cluster.ledger.id", "aws_rds_global_cluster.ledger"]}
    entries = [
        _global("home"),
        _cluster("home", HOME, master_username="root"),
        _instance("home", HOME),
        _cluster("away", AWAY, None, global_cluster_identifier=state),
    ]

    result = _with_code(
        entries,
        *(_configured(f"aws_rds_cluster.{name}", global_cluster_identifier=joined) for name in ("home", "away")),
        promised="aws_rds_cluster.home",
    )

    assert ("RECOVERY-129" in {item.id for item in result.errors}) is found


def _with_code(
    entries: list[dict[str, Any]], *configured: dict[str, Any], promised: str = "aws_db_instance.db"
) -> Review:
    document = plan(*entries, configuration={"root_module": {"resources": list(configured)}})
    return review(read_plan(json.dumps(document).encode()), declared(_ONLY % promised), today=TODAY)


def test_a_promoted_replica_cannot_be_made_a_replica_again() -> None:
    result = _promoted()

    assert {"RECOVERY-316"} <= {item.id for item in result.errors}
    assert _verdicts(result) == {"aws_db_instance.db": Verdict.BREACHED}
    assert "RECOVERY-200" not in {item.id for item in result.findings}


def test_a_promise_for_the_copy_holds_for_the_original() -> None:
    result = found(instance(), replica(), objectives=_ONLY % "aws_db_instance.replica")

    assert _verdicts(result) == {"aws_db_instance.db": Verdict.MET}
    assert not [item for item in result.findings if item.id == "RECOVERY-107"]
