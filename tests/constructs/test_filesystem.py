"""An EFS file system by pattern: what is built, where, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.constructs.filesystem.filesystem import FileSystem
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Objective, Target
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import TerraformStack
from tests.provider_schemas.check import PROVIDERS, unknown_in, unknown_references

PRIMARY, RECOVERY = "eu-west-1", "eu-central-1"
LOOSE = Objective(rto="7d", rpo="30d")
SINGLE = LOOSE.with_targets(region=None)
NETWORK = Network(
    subnet_ids=["subnet-0a1", "subnet-0b2"],
    security_group_ids=["sg-0a1"],
    recovery_subnet_ids=["subnet-0c3", "subnet-0d4", "subnet-0e5"],
    recovery_security_group_ids=["sg-0c3"],
)
PATTERNS = tuple(item.name for item in load_catalog().patterns["filesystem"])
AWAY = ("backup_copy", "replication")


def build(pattern: str | None = None, layout: str = "per_region", **options: Any) -> FileSystem:
    app = engine.Testing.app()
    sites = (
        Sites.per_region(app, "shop", primary=PRIMARY, recovery=RECOVERY)
        if layout == "per_region"
        else Sites.in_one_stack(TerraformStack(app, "shop"), "shop", primary=PRIMARY, recovery=RECOVERY)
    )
    options.setdefault("objective", LOOSE if pattern in (None, *AWAY) else SINGLE)
    options.setdefault("network", NETWORK)
    if pattern == "one_zone_backup":
        options.setdefault("availability_zone", "eu-west-1a")
    return FileSystem(sites, "exports", pattern=pattern, **options)


def stacks_of(system: FileSystem) -> dict[str, dict[str, Any]]:
    sites = system.sites
    places = [site.stack for site in (sites.primary, sites.recovery, sites.global_) if site is not None]
    return {stack.node.id.removeprefix("shop-"): json.loads(engine.Testing.synth(stack)) for stack in places}


def only(stack: dict[str, Any], type: str) -> dict[str, Any]:
    (found,) = stack["resource"][type].values()
    return dict(found)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("layout", ["per_region", "in_one_stack"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_names_what_the_provider_has(pattern: str, layout: str, provider: str) -> None:
    for stack in stacks_of(build(pattern, layout)).values():
        assert unknown_in(stack, provider) == []
        assert unknown_references(stack, provider) == []


def to_validate() -> dict[str, Any]:
    return {
        f"{pattern}-{name}": stack
        for pattern in PATTERNS
        for name, stack in stacks_of(build(pattern, infrequent_access_days=30)).items()
    }


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_file_system_is_encrypted_mounted_and_backed_up_once(pattern: str) -> None:
    primary = stacks_of(build(pattern))["primary"]

    system = only(primary, "aws_efs_file_system")
    assert (system["encrypted"], system["kms_key_id"]) == (True, "${aws_kms_key.RecoveryKey.arn}")
    assert system["lifecycle"]["prevent_destroy"] is True
    assert only(primary, "aws_efs_backup_policy")["backup_policy"] == {"status": "DISABLED"}
    assert only(primary, "aws_backup_selection")["resources"] == ["${aws_efs_file_system.exports.arn}"]
    subnets = [item["subnet_id"] for item in primary["resource"]["aws_efs_mount_target"].values()]
    assert sorted(subnets) == (["subnet-0a1"] if pattern == "one_zone_backup" else ["subnet-0a1", "subnet-0b2"])


def test_a_replica_is_made_to_be_overwritten_in_the_recovery_stack_and_linked_in_the_global_one() -> None:
    system = build("replication")
    stacks = stacks_of(system)

    replica = only(stacks["recovery"], "aws_efs_file_system")
    assert replica["protection"] == {"replication_overwrite": "DISABLED"}
    assert replica["lifecycle"]["ignore_changes"] == ["protection"]
    assert len(stacks["recovery"]["resource"]["aws_efs_mount_target"]) == 3
    link = only(stacks["global"], "aws_efs_replication_configuration")
    assert link["destination"]["region"] == RECOVERY
    looked_up = stacks["global"]["data"]["aws_efs_file_system"].values()
    assert {item["creation_token"] for item in looked_up} == {"shop-exports"}
    assert len(system.mount_targets) == 5


def test_the_alarm_on_the_lag_is_in_the_region_of_the_metric_and_tells_its_topic() -> None:
    system = build("replication", objective=Objective(rto="1d", rpo="1h", software=Target("2d", "2d")))
    alarm = only(stacks_of(system)["global"], "aws_cloudwatch_metric_alarm")

    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/EFS", "TimeSinceLastSync")
    assert alarm["provider"] == "aws.eu_west_1"
    assert alarm["alarm_actions"][0].startswith("arn:aws:sns:eu-west-1:")
    assert alarm["threshold"] == system.decision.lag_alarm_seconds == 1800


def test_the_alarm_on_the_lag_is_silent_while_efs_keeps_the_pace_it_is_designed_for() -> None:
    system = build("replication", objective=Objective(rto="1d", rpo="15m", software=Target("2d", "2d")))

    assert only(stacks_of(system)["global"], "aws_cloudwatch_metric_alarm")["threshold"] == 900


def test_in_one_stack_the_replication_refers_to_its_file_systems() -> None:
    (stack,) = {json.dumps(item): item for item in stacks_of(build("replication", "in_one_stack")).values()}.values()

    link = only(stack, "aws_efs_replication_configuration")
    assert link["source_file_system_id"] == "${aws_efs_file_system.exports.id}"
    assert "aws_efs_file_system" not in stack.get("data", {})


def test_the_cheapest_that_keeps_the_promise_is_built() -> None:
    assert build(objective=SINGLE).decision.pattern == "backup"
    assert build().decision.pattern == "backup_copy"
    assert (
        build(objective=Objective(rto="1h", rpo="30m", software=Target("1d", "2d"))).decision.pattern == "replication"
    )


@pytest.mark.parametrize(
    ("pattern", "options", "message"),
    [
        ("one_zone_backup", {"availability_zone": None}, "has no availability_zone"),
        ("backup", {"availability_zone": "eu-west-1a"}, "has 'eu-west-1a' as its availability_zone"),
        ("one_zone_backup", {"availability_zone": "eu-central-1a"}, "one of eu-west-1"),
        (
            "replication",
            {"network": Network(subnet_ids=["a", "b"], security_group_ids=["c"])},
            "has no recovery_subnet_ids",
        ),
        ("backup", {"throughput_mode": "provisioned"}, "allowed: one of bursting, elastic"),
        ("backup", {"infrequent_access_days": 31}, "infrequent_access_days is 31"),
        ("backup", {"network": None}, "the network is None"),
        (
            "backup",
            {"network": Network(subnet_ids=["#{list}"], security_group_ids=["c"])},
            "give the ids one by one",
        ),
    ],
)
def test_what_efs_would_refuse_is_refused(pattern: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        build(pattern, **options)


def test_what_a_recovery_made_has_addresses_of_its_own_and_the_rest_stays() -> None:
    own, taken = (
        stacks_of(build("backup", "in_one_stack", **options))["shop"]["resource"]
        for options in ({}, {"adopted": "shop-exports-restored"})
    )
    moved = {"aws_efs_file_system", "aws_efs_backup_policy", "aws_efs_mount_target"}

    for type_ in moved:
        assert not own[type_].keys() & taken[type_].keys()
    for type_ in own.keys() - moved:
        assert own[type_].keys() == taken[type_].keys()
    (system,) = taken["aws_efs_file_system"].values()
    assert (system["creation_token"], system["tags"]["Name"]) == ("shop-exports-restored", "shop-exports")


@pytest.mark.parametrize(
    ("pattern", "adopted", "said"),
    [
        ("replication", "other", "what was restored has no replica"),
        ("backup", "shop-exports", "the file system's own"),
        ("backup", "x" * 65, "adopted"),
    ],
)
def test_what_cannot_be_taken_over_is_refused(pattern: str, adopted: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        build(pattern, adopted=adopted)
