"""AWS Backup counts for whatever it backs up, as far as its vaults take it; and how long a copy takes to be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Disruption
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.made import (
    ACCOUNT,
    AWAY,
    HOME,
    RULE,
    backup,
    bucket,
    declared,
    found,
    instance,
    plan,
    replicated,
    resource,
    table,
    versioned,
)
from tests.review.recorded import TODAY

_OBJECTIVE = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {%s}
    components: [{match: "%s"}]
"""


def _after(address: str, promised: str, *resources: dict[str, Any]) -> Any:
    """Return the estimates after the plan, by disruption, and the verdict."""
    result = found(*resources, objectives=_OBJECTIVE % (promised, address))
    (component,) = [item for item in result.components if item.address == address]
    assert component.after is not None
    return component.after.estimates, component.verdict


def _daily(*, copied: bool = False, **more: Any) -> list[dict[str, Any]]:
    rule: dict[str, Any] = {"schedule": "cron(0 3 * * ? *)", **more}
    if not copied:
        rule["copy_action"] = []
    return backup(rule)


_PLAIN_TABLE = table(point_in_time_recovery=[], replica=[])
_DATA = [bucket("data"), versioned("data")]
_DAYS = "software: {rto: 12h, rpo: 2d}"


def test_a_backup_of_a_table_in_its_own_region_recovers_from_corruption() -> None:
    estimates, verdict = _after("aws_dynamodb_table.orders", _DAYS, _PLAIN_TABLE, *_daily())

    assert verdict is Verdict.MET
    assert estimates[Disruption.SOFTWARE].mechanism == "backup"
    assert estimates[Disruption.REGION].lost


def test_a_copied_backup_of_a_bucket_recovers_it_in_the_other_region() -> None:
    estimates, verdict = _after(
        "aws_s3_bucket.data", f"region: {{rto: 12h, rpo: 2d}}, {_DAYS}", *_DATA, *_daily(copied=True)
    )

    assert verdict is Verdict.MET
    assert estimates[Disruption.REGION].mechanism == "backup_copy"


def test_aws_backup_leaves_out_a_bucket_without_versioning() -> None:
    assert _after("aws_s3_bucket.data", _DAYS, bucket("data"), *_daily())[1] is Verdict.BREACHED


@pytest.mark.parametrize("disruption", ["hardware", "zone"])
def test_a_backup_of_an_instance_recovers_from_the_loss_of_what_it_runs_on(disruption: str) -> None:
    single = instance(multi_az=False, backup_retention_period=0)

    assert _after("aws_db_instance.db", f"{disruption}: {{rto: 12h, rpo: 2d}}", single, *_daily())[1] is Verdict.MET
    assert (
        _after("aws_db_instance.db", f"{disruption}: {{rto: 12h, rpo: 1h}}", single, *_daily())[1] is Verdict.BREACHED
    )


def test_the_best_of_several_schedules_counts() -> None:
    plan, selection = backup()
    often = {**plan["change"]["after"]["rule"][0], "copy_action": []}
    weekly = {**plan["change"]["after"]["rule"][0], "rule_name": "weekly", "schedule": "cron(0 3 ? * SUN *)"}
    both = {**plan["change"]["after"], "rule": [weekly, often]}
    resources = [_PLAIN_TABLE, resource("aws_backup_plan.plan", both), selection]
    promised = "region: {rto: 12h, rpo: 9d}, software: {rto: 12h, rpo: 4h}"

    assert _after("aws_dynamodb_table.orders", promised, *resources)[1] is Verdict.MET


@pytest.mark.parametrize(
    ("schedule", "verdict"),
    [
        ("cron(0 3 * * ? *)", Verdict.MET),
        ("cron(0 0 31 2 ? *)", Verdict.BREACHED),
        ("cron(0 3 * * ? 2020)", Verdict.BREACHED),
        ("cron(0 3 * * ? 2030)", Verdict.UNKNOWN),
        ("daily", Verdict.UNKNOWN),
    ],
)
def test_a_schedule_that_never_runs_makes_no_backup(schedule: str, verdict: Verdict) -> None:
    promised = "region: {rto: 12h, rpo: 2d}, software: {rto: 12h, rpo: 2d}"
    objective = _OBJECTIVE % (promised, "aws_dynamodb_table.orders")

    result = found(_PLAIN_TABLE, *backup({"schedule": schedule}), objectives=objective)

    said = [item.message for item in result.errors if item.id == "RECOVERY-200"]
    assert result.components[0].verdict is verdict
    assert len(said) == (1 if verdict is Verdict.BREACHED else 0)
    assert all("names no day" in item for item in said)


def _condition(kind: str, key: str, value: str) -> dict[str, Any]:
    return {"condition": [{kind: [{"key": f"aws:ResourceTag/{key}", "value": value}]}]}


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        (_condition("string_equals", "env", "prod"), Verdict.MET),
        (_condition("string_equals", "env", "PROD"), Verdict.BREACHED),
        (_condition("string_equals", "team", "web"), Verdict.BREACHED),
        (_condition("string_like", "env", "pr*"), Verdict.MET),
        (_condition("string_not_equals", "env", "dev"), Verdict.MET),
        (_condition("string_not_equals", "env", "prod"), Verdict.BREACHED),
        (_condition("string_not_like", "env", "p*"), Verdict.BREACHED),
        # Whether what has no such tag is taken, AWS does not say.
        (_condition("string_not_equals", "backup", "no"), Verdict.UNKNOWN),
        (_condition("string_not_like", "backup", "n*"), Verdict.UNKNOWN),
    ],
)
def test_a_condition_takes_what_has_the_tag(condition: dict[str, Any], verdict: Verdict) -> None:
    objective = _OBJECTIVE % (_DAYS, "aws_dynamodb_table.orders")

    result = found(
        table(point_in_time_recovery=[], replica=[], tags={"env": "prod"}), *backup(**condition), objectives=objective
    )

    assert result.verdict is verdict
    assert any("what lacks the tag backup" in item.message for item in result.warnings) is (verdict is Verdict.UNKNOWN)


def test_a_condition_on_a_key_that_is_no_tag_is_refused_when_it_is_made() -> None:
    plan, selection = backup(condition=[{"string_equals": [{"key": "env", "value": "prod"}]}])
    made = resource("aws_backup_selection.all", selection["change"]["after"], None)

    assert _after("aws_dynamodb_table.orders", _DAYS, _PLAIN_TABLE, plan, made)[1] is Verdict.BREACHED
    assert _after("aws_dynamodb_table.orders", _DAYS, _PLAIN_TABLE, plan, selection)[1] is Verdict.UNKNOWN


@pytest.mark.parametrize("more", [{}, {"not_resources": ["arn:aws:s3:::*"]}])
@pytest.mark.parametrize(("before", "verdict"), [(None, Verdict.BREACHED), ({}, Verdict.MET)])
def test_a_selection_of_conditions_alone_is_refused_when_it_is_made(
    more: dict[str, Any], before: dict[str, Any] | None, verdict: Verdict
) -> None:
    plan, selection = backup(**_condition("string_equals", "env", "prod"), **more, resources=[])
    values = selection["change"]["after"]
    made = resource("aws_backup_selection.all", values, values if before == {} else None)
    tagged = table(point_in_time_recovery=[], replica=[], tags={"env": "prod"})

    assert _after("aws_dynamodb_table.orders", _DAYS, tagged, plan, made)[1] is verdict


def _lock(vault: str, region: str, **days: int) -> dict[str, Any]:
    values = {"backup_vault_name": vault, **days}
    return resource(f"aws_backup_vault_lock_configuration.{vault}", values, region=region)


@pytest.mark.parametrize(
    ("lock", "region", "software"),
    [
        (_lock("away", AWAY, min_retention_days=36), Verdict.BREACHED, Verdict.MET),
        (_lock("away", AWAY, max_retention_days=34), Verdict.BREACHED, Verdict.MET),
        (_lock("here", HOME, min_retention_days=36), Verdict.BREACHED, Verdict.BREACHED),
        (_lock("away", AWAY, min_retention_days=35, max_retention_days=35), Verdict.MET, Verdict.MET),
        (_lock("away", HOME, min_retention_days=36), Verdict.MET, Verdict.MET),
    ],
)
def test_a_vault_takes_only_what_its_lock_allows(lock: dict[str, Any], region: Verdict, software: Verdict) -> None:
    resources = [_PLAIN_TABLE, *_daily(copied=True), lock]
    target = "rto: 12h, rpo: 2d"

    assert _after("aws_dynamodb_table.orders", f"region: {{{target}}}", *resources)[1] is region
    assert _after("aws_dynamodb_table.orders", f"software: {{{target}}}", *resources)[1] is software


def test_what_is_kept_for_good_is_too_long_for_a_vault_that_allows_less() -> None:
    resources = [_PLAIN_TABLE, *_daily(lifecycle=[]), _lock("here", HOME, max_retention_days=365)]

    assert _after("aws_dynamodb_table.orders", _DAYS, *resources)[1] is Verdict.BREACHED


_ENDLESS = [{"delete_after": -1}]


@pytest.mark.parametrize(
    ("lifecycle", "copy", "most", "region"),
    [
        ([{"delete_after": 35}], [], 34, Verdict.BREACHED),
        ([{"delete_after": 35}], [], 40, Verdict.MET),
        ([{"delete_after": 35}], _ENDLESS, 40, Verdict.MET),
        ([{"delete_after": 35}], [{"delete_after": 60}], 40, Verdict.BREACHED),
        ([], [], 40, Verdict.BREACHED),
        (_ENDLESS, [{"delete_after": 30}], 40, Verdict.MET),
    ],
)
def test_a_copy_is_kept_as_long_as_what_it_copies_unless_it_has_an_end_of_its_own(
    lifecycle: Any, copy: Any, most: int, region: Verdict
) -> None:
    """AWS Backup: copies retain the retention of their source, and one that never expires expires with it."""
    vault = f"arn:aws:backup:{AWAY}:{ACCOUNT}:backup-vault:away"
    rule = {"lifecycle": lifecycle, "copy_action": [{"destination_vault_arn": vault, "lifecycle": copy}]}
    resources = [_PLAIN_TABLE, *backup(rule), _lock("away", AWAY, max_retention_days=most)]

    assert _after("aws_dynamodb_table.orders", "region: {rto: 12h, rpo: 2d}", *resources)[1] is region


def test_a_copy_without_an_end_of_its_own_reaches_no_further_back_than_what_it_copies() -> None:
    vault = f"arn:aws:backup:{AWAY}:{ACCOUNT}:backup-vault:away"
    rule = {"lifecycle": [{"delete_after": 10}], "copy_action": [{"destination_vault_arn": vault}]}
    promised = "software: {rto: 12h, rpo: 60d}, assumptions: {unnoticed_time: 20d}"

    assert _after("aws_dynamodb_table.orders", promised, _PLAIN_TABLE, *backup(rule))[1] is Verdict.BREACHED


def test_a_continuous_backup_reaches_almost_to_now() -> None:
    continuous = _daily(enable_continuous_backup=True)
    promised = "software: {rto: 12h, rpo: 1h}"

    assert _after("aws_db_instance.db", promised, instance(backup_retention_period=0), *continuous)[1] is Verdict.MET
    # Of a table AWS Backup makes no continuous backups.
    assert _after("aws_dynamodb_table.orders", promised, _PLAIN_TABLE, *continuous)[1] is Verdict.BREACHED


def test_of_a_multi_az_cluster_aws_backup_keeps_no_moment_between_its_backups() -> None:
    values: dict[str, Any] = {"cluster_identifier": "main", "id": "main"}
    values |= {"arn": f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:main", "engine": "postgres"}
    values |= {"db_cluster_instance_class": "db.r6gd.large", "backup_retention_period": 1}
    continuous = _daily(enable_continuous_backup=True)
    promised = "software: {rto: 12h, rpo: 1h}, assumptions: {unnoticed_time: 5d}"

    cluster = resource("aws_rds_cluster.main", values)
    assert _after("aws_rds_cluster.main", promised, cluster, *continuous)[1] is Verdict.BREACHED
    assert _after("aws_db_instance.db", promised, instance(backup_retention_period=1), *continuous)[1] is Verdict.MET


# ---------------------------------------------------------------- how soon a copy can be read


def _lifecycle(name: str, *transitions: dict[str, Any], region: str = AWAY) -> dict[str, Any]:
    rule = {"id": "old", "status": "Enabled", "transition": list(transitions)}
    values = {"bucket": name, "rule": [rule]}
    return resource(f"aws_s3_bucket_lifecycle_configuration.{name}", values, region=region)


def _copied(storage_class: str | None = None, *more: dict[str, Any]) -> list[dict[str, Any]]:
    destination = {"bucket": "arn:aws:s3:::copy", **({} if storage_class is None else {"storage_class": storage_class})}
    return [*replicated(rule={"destination": [destination]}), *more]


_AT_ONCE = {"days": 0, "storage_class": "GLACIER"}


@pytest.mark.parametrize(
    ("resources", "hours"),
    [
        (_copied(), 0),
        (_copied("GLACIER_IR"), 0),
        (_copied("GLACIER"), 5),
        (_copied("DEEP_ARCHIVE"), 12),
        (_copied(None, _lifecycle("copy", _AT_ONCE)), 5),
        (_copied("GLACIER", _lifecycle("copy", {"days": 90, "storage_class": "DEEP_ARCHIVE"})), 12),
        (_copied(None, _lifecycle("copy", {"days": 30, "storage_class": "STANDARD_IA"})), 0),
        (_copied(None, _lifecycle("copy", _AT_ONCE), _lifecycle("data", _AT_ONCE, region=HOME)), 0),
    ],
)
def test_objects_in_an_archive_are_restored_before_they_are_read(resources: list[dict[str, Any]], hours: int) -> None:
    estimates, _ = _after("aws_s3_bucket.data", "region: {rto: 1h, rpo: 1d}", *resources)
    at_once, _ = _after("aws_s3_bucket.data", "region: {rto: 1h, rpo: 1d}", *_copied())

    assert estimates[Disruption.REGION].rto_seconds == at_once[Disruption.REGION].rto_seconds + hours * 3600


def _tiered(
    tier: str = "ARCHIVE_ACCESS", status: str = "Enabled", of: str = "copy", region: str = AWAY
) -> dict[str, Any]:
    values = {"bucket": of, "name": "all", "status": status, "tiering": [{"access_tier": tier, "days": 180}]}
    return resource(f"aws_s3_bucket_intelligent_tiering_configuration.{of}", values, region=region)


@pytest.mark.parametrize(
    ("resources", "hours"),
    [
        (_copied("INTELLIGENT_TIERING", _tiered()), 5),
        (_copied("INTELLIGENT_TIERING", _tiered("DEEP_ARCHIVE_ACCESS")), 12),
        (_copied(None, _tiered(), _lifecycle("copy", {"days": 0, "storage_class": "INTELLIGENT_TIERING"})), 5),
        (_copied("INTELLIGENT_TIERING", _tiered(status="Disabled")), 0),
        (_copied("INTELLIGENT_TIERING", _tiered(of="data", region=HOME)), 0),
        # Of other classes nothing is tiered.
        (_copied("STANDARD_IA", _tiered()), 0),
        # What callers read of the source stays out of its own archive tiers.
        (_copied("INTELLIGENT_TIERING", _tiered(), _tiered(of="data", region=HOME)), 5),
    ],
)
def test_a_copy_that_nobody_reads_gets_into_the_archive_tiers(resources: list[dict[str, Any]], hours: int) -> None:
    estimates, _ = _after("aws_s3_bucket.data", "region: {rto: 1h, rpo: 1d}", *resources)
    at_once, _ = _after("aws_s3_bucket.data", "region: {rto: 1h, rpo: 1d}", *_copied())

    assert estimates[Disruption.REGION].rto_seconds == at_once[Disruption.REGION].rto_seconds + hours * 3600


# ---------------------------------------------------------------- several rules about one object

_IN_TIME = {"replication_time": [{"status": "Enabled"}], "metrics": [{"status": "Enabled"}]}
_SLOWLY: dict[str, Any] = {}
_ARCHIVED = {**_IN_TIME, "storage_class": "DEEP_ARCHIVE"}


def _rules(*rules: tuple[int, dict[str, Any], dict[str, Any]]) -> list[dict[str, Any]]:
    entries = replicated()
    values = [
        {**RULE, "priority": priority, "destination": [{"bucket": "arn:aws:s3:::copy", **destination}], **more}
        for priority, destination, more in rules
    ]
    entries[-1]["change"]["before"]["rule"] = entries[-1]["change"]["after"]["rule"] = values
    return entries


_SOME = {"filter": [{"prefix": "logs/"}]}


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ([(1, _IN_TIME, {}), (2, _SLOWLY, {})], Verdict.BREACHED),
        ([(2, _IN_TIME, {}), (1, _SLOWLY, {})], Verdict.MET),
        ([(1, _IN_TIME, {}), (2, _ARCHIVED, {})], Verdict.BREACHED),
        ([(2, _IN_TIME, {}), (1, _ARCHIVED, {})], Verdict.MET),
        ([(1, _IN_TIME, {}), (2, _SLOWLY, _SOME)], Verdict.BREACHED),
        ([(2, _IN_TIME, {}), (1, _SLOWLY, _SOME)], Verdict.MET),
        ([(1, _IN_TIME, {}), (2, _SLOWLY, {"status": "Disabled"})], Verdict.MET),
    ],
)
def test_of_several_rules_about_an_object_the_one_of_the_highest_priority_counts(rules: Any, verdict: Verdict) -> None:
    assert _after("aws_s3_bucket.data", "region: {rto: 1h, rpo: 15m}", *_rules(*rules))[1] is verdict


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("recoverable", [True, False])
def test_point_in_time_recovery_of_a_replica_recovers_from_corruption(recoverable: bool) -> None:
    replicas = [{"region_name": AWAY, "point_in_time_recovery": recoverable}]
    orders = table(point_in_time_recovery=[], replica=replicas)
    _, verdict = _after("aws_dynamodb_table.orders", "software: {rto: 4h, rpo: 1h}", orders)

    assert verdict is (Verdict.MET if recoverable else Verdict.BREACHED)


@pytest.mark.parametrize(
    ("regions", "verdict"),
    [([HOME, AWAY], Verdict.MET), ([HOME], Verdict.BREACHED), ([AWAY, "eu-west-2"], Verdict.BREACHED)],
)
@pytest.mark.parametrize("there", [True, False])
def test_a_global_table_of_the_first_version_counts_in_its_regions(
    regions: list[str], verdict: Verdict, there: bool
) -> None:
    values = {"name": "orders", "id": "orders", "replica": [{"region_name": region} for region in regions]}
    legacy = resource("aws_dynamodb_global_table.orders", values)
    other = {"name": "orders", "id": "orders", "arn": f"arn:aws:dynamodb:{AWAY}:123456789012:table/orders"}
    tables = [table(replica=[]), *([resource("aws_dynamodb_table.away", other, region=AWAY)] if there else [])]
    # It is made of tables that have to be there; of one that is in no plan given, nothing is known.
    expected = Verdict.UNKNOWN if verdict is Verdict.MET and not there else verdict

    assert _after("aws_dynamodb_table.orders", "region: {rto: 4h, rpo: 1h}", *tables, legacy)[1] is expected


@pytest.mark.parametrize(("advanced", "verdict"), [(True, "met"), (False, "breached")])
def test_a_copy_of_a_table_needs_the_advanced_features(advanced: bool, verdict: str) -> None:
    settings = {
        "resource_type_opt_in_preference": {"DynamoDB": True},
        "resource_type_management_preference": {"DynamoDB": advanced},
    }
    settled = resource("aws_backup_region_settings.this", settings)

    _, after = _after("aws_dynamodb_table.orders", "region: {rto: 12h, rpo: 2d}", table(replica=[]), *backup(), settled)

    assert after == verdict


def _cold(
    here: int | None, there: int | None, schedule: str = "cron(0 3 * * ? *)", copied: Any = None
) -> list[dict[str, Any]]:
    """Return a plan whose backups, and whose copies, move to cold storage after so many days."""
    vault = f"arn:aws:backup:{AWAY}:{ACCOUNT}:backup-vault:away"
    copy = {
        "destination_vault_arn": vault,
        "lifecycle": [{"delete_after": 200, "cold_storage_after": there}] if copied is None else copied,
    }
    lifecycle = [{"delete_after": 200, "cold_storage_after": here}]
    return backup({"schedule": schedule, "lifecycle": lifecycle, "copy_action": [copy]})


_FILES = resource("aws_efs_file_system.files", {"id": "fs-1"})
_IN_HOURS = "region: {rto: 5h, rpo: 30h}, software: {rto: 5h, rpo: 30h}"


@pytest.mark.parametrize(
    ("plan", "region", "software"),
    [
        (_cold(None, None), Verdict.MET, Verdict.MET),
        (_cold(30, 30), Verdict.MET, Verdict.MET),
        # A daily point may be a day and its start window old.
        (_cold(2, 2), Verdict.MET, Verdict.MET),
        (_cold(1, 1), Verdict.BREACHED, Verdict.BREACHED),
        (_cold(30, 1), Verdict.BREACHED, Verdict.MET),
        # The copy is as good as what it is a copy of.
        (_cold(1, 30), Verdict.MET, Verdict.MET),
        (_cold(1, 1, "cron(0 * * * ? *)"), Verdict.MET, Verdict.MET),
        (_cold(1, None, copied=[]), Verdict.BREACHED, Verdict.BREACHED),
    ],
)
def test_a_restore_from_cold_storage_takes_hours_more(plan: Any, region: Verdict, software: Verdict) -> None:
    for entry in (_FILES, table(point_in_time_recovery=[], replica=[])):
        result = found(entry, *plan, objectives=_OBJECTIVE % (_IN_HOURS, entry["address"]))
        (component,) = [item for item in result.components if item.address == entry["address"]]
        rows = {row.disruption: row.after_verdict for row in component.disruptions}
        assert (rows[Disruption.REGION], rows[Disruption.SOFTWARE]) == (region, software)
        if region is Verdict.BREACHED:
            assert component.cheapest_change is not None
            assert "out of cold storage for longer than 1 d" in component.cheapest_change


@pytest.mark.parametrize(("unnoticed", "verdict"), [("20d", Verdict.MET), ("40d", Verdict.BREACHED)])
def test_damage_that_is_noticed_late_is_undone_from_cold_storage(unnoticed: str, verdict: Verdict) -> None:
    promised = f"software: {{rto: 5h, rpo: 60d}}, assumptions: {{unnoticed_time: {unnoticed}}}"

    assert _after("aws_efs_file_system.files", promised, _FILES, *_cold(30, 30))[1] is verdict


def test_what_never_moves_to_cold_storage_is_as_warm_as_ever() -> None:
    """AWS Backup ignores it for most types, and for tables without its advanced features."""
    single = instance(multi_az=False, backup_retention_period=0)
    settings = {"id": ACCOUNT, "resource_type_management_preference": {"DynamoDB": False}}
    off = resource("aws_backup_region_settings.all", settings)

    assert _after("aws_db_instance.db", "software: {rto: 5h, rpo: 30h}", single, *_cold(1, 1))[1] is Verdict.MET
    promised = "software: {rto: 5h, rpo: 30h}"
    assert _after("aws_dynamodb_table.orders", promised, _PLAIN_TABLE, off, *_cold(1, 1))[1] is Verdict.MET


def test_continuous_backups_cannot_move_to_cold_storage() -> None:
    rule = {"enable_continuous_backup": True, "lifecycle": [{"delete_after": 35, "cold_storage_after": 1}]}
    made = backup(rule)
    made[0]["change"] |= {"actions": ["create"], "before": None}

    assert "RECOVERY-334" in {item.id for item in found(*_DATA, *made).errors}


@pytest.mark.parametrize(("region", "verdict"), [(HOME, "met"), (AWAY, "breached"), (None, "met")])
def test_a_plan_puts_backups_into_a_vault_of_its_own_region(region: str | None, verdict: str) -> None:
    vault = [] if region is None else [resource("aws_backup_vault.here", {"name": "here", "id": "here"}, region=region)]

    _, after = _after("aws_dynamodb_table.orders", "region: {rto: 12h, rpo: 2d}", table(replica=[]), *backup(), *vault)

    assert after == verdict


_OF_TABLES = f"arn:aws:dynamodb:{HOME}:123456789012:table/orders"


@pytest.mark.parametrize(
    ("selection", "verdict"),
    [
        ({"resources": [_OF_TABLES]}, "met"),
        ({"resources": ["arn:aws:dynamodb:*:*:table/*"]}, "met"),
        ({"resources": ["*"]}, "breached"),
        ({"resources": None, "selection_tag": [{"key": "Backup", "value": "yes", "type": "STRINGEQUALS"}]}, "breached"),
    ],
)
def test_what_a_plan_names_is_backed_up_although_its_type_is_switched_off(
    selection: dict[str, Any], verdict: str
) -> None:
    settings = resource("aws_backup_region_settings.this", {"resource_type_opt_in_preference": {"DynamoDB": False}})
    orders = table(replica=[], tags_all={"Backup": "yes"})

    _, after = _after(
        "aws_dynamodb_table.orders", "region: {rto: 12h, rpo: 2d}", orders, *backup(**selection), settings
    )

    assert after == verdict


@pytest.mark.parametrize(("on", "verdict"), [(True, "met"), (False, "breached")])
def test_a_cluster_of_aurora_is_backed_up_only_where_its_type_is_switched_on(on: bool, verdict: str) -> None:
    settings = resource("aws_backup_region_settings.this", {"resource_type_opt_in_preference": {"Aurora": on}})
    arn = f"arn:aws:rds:{HOME}:123456789012:cluster:main"
    values = {"cluster_identifier": "main", "id": "main", "arn": arn, "engine": "aurora-postgresql"}
    cluster = resource("aws_rds_cluster.main", {**values, "backup_retention_period": 7})
    writer = {"identifier": "one", "cluster_identifier": "main", "engine": "aurora-postgresql"}
    one = resource("aws_rds_cluster_instance.one", writer)

    _, after = _after(
        "aws_rds_cluster.main", "region: {rto: 12h, rpo: 2d}", cluster, one, *backup(resources=[arn]), settings
    )

    assert after == verdict


def test_backups_that_efs_makes_by_itself_are_not_to_be_set() -> None:
    files = resource("aws_efs_file_system.files", {"id": "fs-1", "encrypted": True})
    policy = {"file_system_id": "fs-1", "backup_policy": [{"status": "ENABLED"}]}
    promised = _OBJECTIVE % ("software: {rto: 1d, rpo: 1d}", "aws_efs_file_system.files")

    result = found(files, resource("aws_efs_backup_policy.files", policy), objectives=promised)

    fix = next(item.fix for item in result.errors)
    assert fix.startswith("add AWS Backup")


@pytest.mark.parametrize(
    ("zone", "policy", "verdict"),
    [("eu-west-1a", None, "met"), ("eu-west-1a", "DISABLED", "breached"), (None, None, "breached")],
)
def test_a_file_system_of_one_zone_is_backed_up_by_default(zone: str | None, policy: str | None, verdict: str) -> None:
    files = resource("aws_efs_file_system.files", {"id": "fs-1", "availability_zone_name": zone})
    status = {"id": "fs-1", "file_system_id": "fs-1", "backup_policy": [{"status": policy}]}
    policies = [] if policy is None else [resource("aws_efs_backup_policy.files", status)]

    result = found(
        files, *policies, objectives=_OBJECTIVE % ("software: {rto: 1d, rpo: 2d}", "aws_efs_file_system.files")
    )

    assert result.verdict == verdict


@pytest.mark.parametrize(("zone", "verdict"), [("eu-west-1b", "breached"), ("eu-central-1b", "met")])
def test_the_zone_of_a_replica_of_files_tells_its_region(zone: str, verdict: str) -> None:
    files = resource("aws_efs_file_system.files", {"id": "fs-1"})
    link = {"source_file_system_id": "fs-1", "destination": [{"availability_zone_name": zone}]}
    unknown = {"destination": [{"region": True, "file_system_id": True}]}
    replication = resource("aws_efs_replication_configuration.files", link, None, unknown=unknown)

    result = found(
        files, replication, objectives=_OBJECTIVE % ("region: {rto: 4h, rpo: 1h}", "aws_efs_file_system.files")
    )

    assert result.verdict == verdict


def _policy(selections: dict[str, Any] | None = None, *, regions: list[str] | None = None, copied: bool = False) -> Any:
    rule: dict[str, Any] = {"target_backup_vault_name": {"@@assign": "daily"}}
    if copied:
        arn = f"arn:aws:backup:{AWAY}:$account:backup-vault:away"
        rule["copy_actions"] = {arn: {"target_backup_vault_arn": {"@@assign": arn}}}
    tagged = {"tags": {"daily": {"tag_key": {"@@assign": "backup"}, "tag_value": {"@@assign": ["daily"]}}}}
    plan = {
        "regions": {"@@assign": regions or [HOME]},
        "rules": {"daily": rule},
        "selections": tagged if selections is None else selections,
    }
    content = json.dumps({"plans": {"daily": plan}})
    values = {"name": "backups", "type": "BACKUP_POLICY", "content": content, "id": "p-1"}
    return resource("aws_organizations_policy.backups", values, region=None)


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (_policy(), Verdict.UNKNOWN),
        (_policy({"resources": {"all": {"resource_types": {"@@assign": ["*"]}}}}), Verdict.UNKNOWN),
        (_policy({"tags": {"daily": {"tag_key": {"@@append": "backup"}}}}), Verdict.UNKNOWN),
        (_policy(regions=["us-east-1"]), Verdict.BREACHED),
        (
            _policy({"tags": {"x": {"tag_key": {"@@assign": "team"}, "tag_value": {"@@assign": ["a"]}}}}),
            Verdict.BREACHED,
        ),
        (
            resource("aws_organizations_policy.x", {"type": "TAG_POLICY", "content": "{}"}, region=None),
            Verdict.BREACHED,
        ),
        (
            resource(
                "aws_organizations_policy.x",
                {"type": "BACKUP_POLICY"},
                None,
                region=None,
                unknown={"content": True, "id": True},
            ),
            Verdict.UNKNOWN,
        ),
    ],
)
def test_what_a_policy_of_the_organization_may_back_up_is_open(policy: dict[str, Any], verdict: Verdict) -> None:
    """Before, nothing recovered it: AWS Backup has a plan there that this plan does not hold."""
    tagged = table(point_in_time_recovery=[], replica=[], tags={"backup": "daily"}, tags_all={"backup": "daily"})

    _, found_ = _after("aws_dynamodb_table.orders", _DAYS, tagged, policy)

    assert found_ is verdict


def test_copies_that_a_policy_of_the_organization_makes_are_open_too() -> None:
    tagged = table(point_in_time_recovery=[], replica=[], tags={"backup": "daily"}, tags_all={"backup": "daily"})

    estimates, verdict = _after(
        "aws_dynamodb_table.orders", "region: {rto: 12h, rpo: 2d}", tagged, _policy(copied=True)
    )

    assert (estimates[Disruption.REGION].lost, verdict) == (False, Verdict.UNKNOWN)


# ---------------------------------------------------------------- a vault of another account

_OTHER = "999999999999"
_GETS_IN = {"assume_role": [{"role_arn": {"constant_value": f"arn:aws:iam::{_OTHER}:role/deploy"}}]}
_OURS = {"allowed_account_ids": {"constant_value": [ACCOUNT]}}


def _vault_policy(principal: str) -> dict[str, Any]:
    allows = {
        "Effect": "Allow",
        "Action": "backup:CopyIntoBackupVault",
        "Resource": "*",
        "Principal": {"AWS": principal},
    }
    values = {"backup_vault_name": "away", "policy": json.dumps({"Statement": [allows]})}
    return resource("aws_backup_vault_policy.away", values, None, region=AWAY)


def _key_of_database(*accounts: str) -> dict[str, Any]:
    named = [f"arn:aws:iam::{account}:root" for account in accounts]
    allows = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": named}}
    values = {"id": "k", "key_id": "k", "policy": json.dumps({"Statement": [allows]})}
    return resource("aws_kms_key.k", values, None)


_ALARM = resource(
    "aws_cloudwatch_log_group.any",
    {"name": "any", "id": "any", "arn": f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:any"},
)


@pytest.mark.parametrize(
    ("home", "more", "verdict"),
    [
        # By whom the first provider is used nothing tells: it may be the account of the vault.
        ({}, [_key_of_database(ACCOUNT), _vault_policy("*")], Verdict.UNKNOWN),
        ({}, [_key_of_database(ACCOUNT, _OTHER), _vault_policy("*")], Verdict.MET),
        ({}, [_key_of_database(ACCOUNT, _OTHER)], Verdict.UNKNOWN),
        (_GETS_IN, [_key_of_database(ACCOUNT)], Verdict.MET),
        (_OURS, [_key_of_database(ACCOUNT), _vault_policy("*")], Verdict.BREACHED),
        (_OURS, [_key_of_database(ACCOUNT, _OTHER), _vault_policy(ACCOUNT)], Verdict.MET),
        (_OURS, [_key_of_database(ACCOUNT, _OTHER), _vault_policy("888888888888")], Verdict.BREACHED),
        # What is there already has the account in its ARN.
        ({}, [_ALARM, _key_of_database(ACCOUNT), _vault_policy("*")], Verdict.BREACHED),
        ({}, [_ALARM, _key_of_database(ACCOUNT, _OTHER), _vault_policy(ACCOUNT)], Verdict.MET),
    ],
)
def test_a_vault_whose_provider_is_of_another_account_is_copied_into_as_far_as_both_let(
    home: dict[str, Any], more: list[dict[str, Any]], verdict: Verdict
) -> None:
    database = instance(before=None, storage_encrypted=True, kms_key_id="k", arn=None)
    vault = resource("aws_backup_vault.away", {"name": "away"}, None, region=AWAY)
    made, chosen = backup({"copy_action": [{"lifecycle": []}]}, None)
    for entry in (made, chosen):
        entry["change"] |= {"actions": ["create"], "before": None}
    made["change"]["after"]["arn"] = None
    made["change"]["after_unknown"] = {"rule": [{"copy_action": [{"destination_vault_arn": True}]}]}
    entries = [database, vault, made, chosen, *more]
    copied = {"destination_vault_arn": {"references": ["aws_backup_vault.away.arn"]}}
    written: dict[str, Any] = {
        "aws_backup_plan": {"rule": [{"rule_name": {"constant_value": "often"}, "copy_action": copied}]},
        "aws_db_instance": {"kms_key_id": {"references": ["aws_kms_key.k.arn"]}},
    }
    configured = [
        {
            **{name: entry[name] for name in ("address", "mode", "type", "name")},
            "provider_config_key": "aws.away" if "away" in entry["address"] else "aws",
            "expressions": written.get(entry["type"], {}),
        }
        for entry in entries
    ]
    configuration = {
        "provider_config": {
            key: {"full_name": "registry.terraform.io/hashicorp/aws", "expressions": expressions}
            for key, expressions in (("aws", home), ("aws.away", _GETS_IN))
        },
        "root_module": {"resources": configured},
    }
    document = json.dumps(plan(*entries, configuration=configuration)).encode()
    promised = _OBJECTIVE % ("region: {rto: 12h, rpo: 12h}", "aws_db_instance.db")

    assert review(read_plan(document), declared(promised), today=TODAY).verdict is verdict
