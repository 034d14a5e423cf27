"""What a plan takes away without destroying it: settings, copies made anew, parts that are gone, promises let go of."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Disruption
from constructs_lib.plan import read_plan, read_plans
from constructs_lib.review import exit_code, review
from tests.review.made import (
    ACCOUNT,
    AWAY,
    EVERYTHING,
    HOME,
    RULE,
    backup,
    bucket,
    declared,
    found,
    ids,
    instance,
    plan,
    replica,
    replicated,
    replication,
    resource,
    table,
    versioned,
)
from tests.review.recorded import TODAY

if TYPE_CHECKING:
    from constructs_lib.review import Review

_REGION = EVERYTHING.replace(", software: {rto: 1d, rpo: 1d}", "")


def _only(address: str, objective: str = "{rto: 4h, rpo: 4h}") -> str:
    promised = EVERYTHING.replace("{rto: 4h, rpo: 4h, software: {rto: 1d, rpo: 1d}}", objective)
    return promised.replace('match: "*"', f"match: '{address}'")


def _replaced(entry: dict[str, Any], *actions: str, **after: Any) -> dict[str, Any]:
    entry = copy.deepcopy(entry)
    entry["change"] |= {"actions": list(actions), "replace_paths": [["expected_bucket_owner"]]}
    entry["change"]["after"] |= after
    return entry


def _ended(entry: dict[str, Any], action: str = "delete") -> dict[str, Any]:
    entry = copy.deepcopy(entry)
    entry["change"].update(actions=[action], after=None)
    return entry


def _instead(entries: list[dict[str, Any]], address: str, entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry if item["address"] == address else item for item in entries]


def _row(result: Review, address: str, disruption: str = "region") -> Verdict | None:
    component = next(item for item in result.components if item.address == address)
    return next((item.after_verdict for item in component.disruptions if item.disruption == disruption), None)


# ---------------------------------------------------------------- one setting of something else


@pytest.mark.parametrize(
    ("actions", "after", "gone"),
    [
        (("create", "delete"), {}, True),
        (("delete", "create"), {}, False),
        (("create", "delete"), {"bucket": "other"}, False),
    ],
)
def test_a_setting_that_is_created_before_it_is_destroyed_is_gone(
    actions: tuple[str, ...], after: dict[str, Any], gone: bool
) -> None:
    rules = "aws_s3_bucket_replication_configuration.this"
    result = found(*_instead(replicated(), rules, _replaced(replication(), *actions, **after)), objectives=_REGION)

    assert ("RECOVERY-132" in {item.id for item in result.findings}) is gone
    if not after:
        assert _row(result, "aws_s3_bucket.data") is (Verdict.BREACHED if gone else Verdict.MET)


@pytest.mark.parametrize(
    ("type", "bucket", "previous", "gone"),
    [
        ("aws_s3_bucket_replication_configuration", "data", None, True),
        ("aws_s3_bucket_replication_configuration", "other", None, False),
        ("aws_s3_bucket_replication_configuration", "data", "aws_s3_bucket_replication_configuration.this", False),
        ("aws_s3_bucket_versioning", "data", None, True),
    ],
)
def test_a_setting_that_is_created_under_another_name_may_be_destroyed_with_the_old_one(
    type: str, bucket: str, previous: str | None, gone: bool
) -> None:
    """Terraform orders the two in no way; a moved block makes one of them."""
    entries = replicated()
    old = next(item for item in entries if item["type"] == type and item["change"]["after"]["bucket"] == "data")
    new = copy.deepcopy(old) | {"address": f"{type}.renamed", "name": "renamed"}
    new["change"] |= {"actions": ["create"], "before": None}
    new["change"]["after"]["bucket"] = bucket
    if previous:
        moved = copy.deepcopy(old) | {"address": f"{type}.renamed", "name": "renamed", "previous_address": previous}
        result = found(*_instead(entries, old["address"], moved), objectives=_REGION)
    else:
        result = found(*_instead(entries, old["address"], _ended(old)), new, objectives=_REGION)

    assert ("RECOVERY-132" in {item.id for item in result.findings}) is gone
    if bucket == "data":
        assert _row(result, "aws_s3_bucket.data") is (Verdict.BREACHED if gone else Verdict.MET)


def test_versions_are_not_kept_any_more_where_their_setting_is_destroyed_last() -> None:
    setting = _replaced(versioned("data"), "create", "delete")
    result = found(*_instead(replicated(), "aws_s3_bucket_versioning.data", setting))

    assert _row(result, "aws_s3_bucket.data", "software") is Verdict.BREACHED


def test_two_that_write_one_setting_are_found() -> None:
    other = {**replication(), "address": "aws_s3_bucket_replication_configuration.other", "name": "other"}
    elsewhere = {
        **replication(source="copy"),
        "address": "aws_s3_bucket_replication_configuration.other",
        "name": "other",
    }

    assert "RECOVERY-236" in ids(*replicated(), other, objectives=_REGION)
    assert "RECOVERY-236" not in ids(*replicated(), elsewhere, objectives=_REGION)


def test_vaults_of_one_name_in_two_accounts_are_two() -> None:
    """The name of a bucket is nobody else's; that of a vault is another one's in each account."""
    lock = resource("aws_backup_vault_lock_configuration.lock", {"backup_vault_name": "shop", "min_retention_days": 7})
    again = {**lock, "address": "aws_backup_vault_lock_configuration.again", "name": "again"}

    def of_plans(**plans: dict[str, Any]) -> set[str]:
        sources = {name: json.dumps(content).encode() for name, content in plans.items()}
        return {item.id for item in review(read_plans(sources), declared(), today=TODAY).findings}

    assert "RECOVERY-236" not in of_plans(stage=plan(*replicated(), lock), prod=plan(lock))
    assert "RECOVERY-236" in of_plans(prod=plan(*replicated(), lock, again))


# ---------------------------------------------------------------- copies that are made anew, or are not there


@pytest.mark.parametrize(
    ("entries", "address"),
    [
        ([instance(), _replaced(replica(), "delete", "create")], "aws_db_instance.db"),
        (
            _instead(replicated(), "aws_s3_bucket.copy", _replaced(bucket("copy", AWAY), "delete", "create")),
            "aws_s3_bucket.data",
        ),
    ],
)
def test_a_copy_that_is_made_anew_does_not_count(entries: list[dict[str, Any]], address: str) -> None:
    result = found(*entries, objectives=_only(address))

    assert _row(result, address) is Verdict.BREACHED
    assert {item.id for item in result.errors} == {"RECOVERY-101", "RECOVERY-112"}


def _cluster(name: str, region: str) -> dict[str, Any]:
    arn = f"arn:aws:dsql:{region}:{ACCOUNT}:cluster/{name}"
    return resource(f"aws_dsql_cluster.{name}", {"identifier": name, "id": name, "arn": arn}, region=region)


def _peering(name: str, other: str, region: str, there: str) -> dict[str, Any]:
    values = {"identifier": name, "clusters": [f"arn:aws:dsql:{there}:{ACCOUNT}:cluster/{other}"]}
    return resource(f"aws_dsql_cluster_peering.{name}", values, region=region)


def test_a_peer_that_the_plan_destroys_is_no_peer() -> None:
    mine = [_cluster("a", HOME), _peering("a", "b", HOME, AWAY)]
    peer = [_cluster("b", AWAY), _peering("b", "a", AWAY, HOME)]
    promised = _only("aws_dsql_cluster.a")

    assert _row(found(*mine, *peer, objectives=promised), "aws_dsql_cluster.a") is Verdict.MET
    result = found(*mine, *map(_ended, peer), objectives=promised)
    assert _row(result, "aws_dsql_cluster.a") is Verdict.BREACHED
    assert "RECOVERY-114" in {item.id for item in result.errors}


def test_a_bucket_that_the_plan_destroys_is_copied_to_no_more() -> None:
    entries = _instead(replicated(), "aws_s3_bucket.copy", _ended(bucket("copy", AWAY)))

    assert _row(found(*entries, objectives=_REGION), "aws_s3_bucket.data") is Verdict.BREACHED


@pytest.mark.parametrize("stream", [{"stream_enabled": False}, {"stream_view_type": "KEYS_ONLY"}])
def test_a_table_whose_stream_does_not_do_is_not_replicated_and_that_is_said_once(stream: dict[str, Any]) -> None:
    result = found(table(before=None, **stream), objectives=_REGION)

    assert _row(result, "aws_dynamodb_table.orders") is Verdict.BREACHED
    assert {item.id for item in result.errors} == {"RECOVERY-101", "RECOVERY-307"}


# ---------------------------------------------------------------- let go of, and after a failover


def test_a_promise_about_what_terraform_lets_go_of_does_not_vanish() -> None:
    result = found(_ended(instance(), "forget"), objectives=_only("aws_db_instance.db"))

    assert result.verdict is Verdict.UNKNOWN
    assert [item.id for item in result.warnings] == ["RECOVERY-131"]
    assert exit_code(result) == 0
    assert exit_code(result, "unknown") == 1


def test_nothing_is_asked_of_a_copy_that_terraform_lets_go_of() -> None:
    bare = _ended(replica(deletion_protection=False, backup_retention_period=0), "forget")

    result = found(instance(), bare, objectives=_only("aws_db_instance.db"))

    assert not {"RECOVERY-210", "RECOVERY-211"} & {item.id for item in result.findings}


def _files(name: str, region: str, overwrite: str, lifted: str | None = None, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:elasticfilesystem:{region}:{ACCOUNT}:file-system/fs-{name}"
    values = {"id": f"fs-{name}", "arn": arn, **more}
    before, after = (
        {**values, "protection": [{"replication_overwrite": one}]} for one in (overwrite, lifted or overwrite)
    )
    return resource(f"aws_efs_file_system.{name}", after, before, region=region)


def _replicated_files(there: bool) -> dict[str, Any]:
    link = {"source_file_system_id": "fs-data", "destination": [{"region": AWAY, "file_system_id": "fs-copy"}]}
    return resource("aws_efs_replication_configuration.it", link, link if there else None)


@pytest.mark.parametrize(
    ("promised", "overwrite", "lifted", "there", "ids"),
    [
        # Whoever replicates into what is there for the first time lifts its protection, or EFS refuses.
        ("data", "ENABLED", "DISABLED", False, set()),
        ("data", "ENABLED", "ENABLED", False, {"RECOVERY-332"}),
        ("*", "ENABLED", "DISABLED", False, {"RECOVERY-129"}),
        ("data", "DISABLED", "DISABLED", False, set()),
        ("data", "REPLICATING", "REPLICATING", True, set()),
    ],
)
def test_a_file_system_is_written_over_where_nobody_needs_what_it_holds(
    promised: str, overwrite: str, lifted: str, there: bool, ids: set[str]
) -> None:
    systems = [_files("data", HOME, "ENABLED"), _files("copy", AWAY, overwrite, lifted)]

    result = found(*systems, _replicated_files(there), objectives=_only(f"aws_efs_file_system.{promised}"))

    assert {item.id for item in result.errors} & {"RECOVERY-129", "RECOVERY-332"} == ids
    assert _row(result, "aws_efs_file_system.data") is (Verdict.BREACHED if ids else Verdict.MET)


def test_the_file_system_that_took_over_is_not_written_over() -> None:
    """A failover ends the replication outside Terraform, which then plans to make it anew."""
    rules = _replicated_files(False)
    ended = {**rules, "change": {**rules["change"], "actions": ["delete"], "before": rules["change"]["after"]}}
    systems = [_files("data", HOME, "ENABLED"), _files("copy", AWAY, "ENABLED", "DISABLED")]
    document = plan(*systems, rules, resource_drift=[ended])

    read = read_plan(json.dumps(document).encode())
    result = review(read, declared(_only("aws_efs_file_system.data")), today=TODAY)

    assert [item.address for item in result.errors if item.id == "RECOVERY-129"] == ["aws_efs_file_system.copy"]


@pytest.mark.parametrize(
    ("status", "rpo", "verdict"),
    [
        ("ENABLED", "3d", Verdict.MET),
        # Once a day, the last of them may be older than that.
        ("ENABLED", "1d", Verdict.BREACHED),
        ("DISABLED", "3d", Verdict.BREACHED),
        (None, "3d", Verdict.UNKNOWN),
    ],
)
def test_the_backups_that_efs_has_made_count(status: str | None, rpo: str, verdict: Verdict) -> None:
    policy = {"file_system_id": "fs-data", "backup_policy": [{"status": status}]}
    unknown = None if status else {"backup_policy": [{"status": True}]}
    objective = _only("aws_efs_file_system.data", f"{{software: {{rto: 1d, rpo: {rpo}}}}}")

    result = found(
        _files("data", HOME, "ENABLED"),
        resource("aws_efs_backup_policy.data", policy, unknown=unknown),
        objectives=objective,
    )

    assert result.verdict is verdict


@pytest.mark.parametrize(("encrypted", "refused"), [(True, False), (False, True)])
def test_encrypted_files_are_replicated_into_an_encrypted_file_system_only(encrypted: bool, refused: bool) -> None:
    systems = [
        _files("data", HOME, "ENABLED", encrypted=True),
        _files("copy", AWAY, "DISABLED", encrypted=encrypted),
    ]

    result = found(*systems, _replicated_files(False), objectives=_only("aws_efs_file_system.data"))

    assert ("RECOVERY-332" in {item.id for item in result.errors}) is refused
    assert _row(result, "aws_efs_file_system.data") is (Verdict.BREACHED if refused else Verdict.MET)


def test_the_promise_for_a_bucket_holds_for_the_one_that_it_is_a_copy_of_after_a_failover() -> None:
    back = replication(source="copy", destination=[{"bucket": "arn:aws:s3:::data"}])
    entries = [item for item in replicated() if "replication" not in item["address"]]
    promised = _only("aws_s3_bucket.data")

    assert _row(found(*entries, back, objectives=promised), "aws_s3_bucket.copy") is Verdict.MET
    assert _row(found(*entries, _ended(back), objectives=promised), "aws_s3_bucket.copy") is Verdict.BREACHED


def test_what_is_in_another_region_after_a_failover_has_lost_nothing_there() -> None:
    moved = instance()
    moved["change"]["actions"] = ["update"]
    moved["change"]["after"] = {
        **moved["change"]["after"],
        "region": AWAY,
        "arn": f"arn:aws:rds:{AWAY}:{ACCOUNT}:db:db",
    }

    assert "RECOVERY-116" not in ids(moved)


@pytest.mark.parametrize("versions_too", [False, True])
def test_a_bucket_that_terraform_lets_go_of_is_copied_to_as_before(*, versions_too: bool) -> None:
    """It is where it was, and as it was: the Region of the copies is known."""
    data, versions, other, copy_versions, rules = replicated()
    if versions_too:
        copy_versions = _ended(copy_versions, "forget")

    result = found(data, versions, _ended(other, "forget"), copy_versions, rules)

    assert not result.errors
    assert _row(result, "aws_s3_bucket.data") is Verdict.MET
    assert _row(result, "aws_s3_bucket.copy") is None


def test_what_protects_and_is_let_go_of_is_not_known() -> None:
    data, versions, other, copy_versions, rules = replicated()

    result = found(data, _ended(versions, "forget"), other, copy_versions, _ended(rules, "forget"))

    assert not result.errors
    assert {_row(result, "aws_s3_bucket.data", name) for name in ("region", "software")} == {Verdict.UNKNOWN}


def _joined(holder: Any) -> list[dict[str, Any]]:
    both = {"engine": "aurora-mysql", "engine_version": "8.0", "global_cluster_identifier": "all"}
    clusters = [
        resource(f"aws_rds_cluster.{name}", {**both, "cluster_identifier": name, "id": name, **more}, region=region)
        for name, region, more in (("home", HOME, {"master_username": "owner"}), ("away", AWAY, {}))
    ]
    instances = [
        resource(f"aws_rds_cluster_instance.{name}", {"cluster_identifier": name}, region=region)
        for name, region in (("home", HOME), ("away", AWAY))
    ]
    return [
        holder(resource("aws_rds_global_cluster.all", {"global_cluster_identifier": "all", "id": "all"})),
        *clusters,
        *instances,
    ]


def test_clusters_whose_global_database_goes_are_joined_no_longer_and_that_is_said_once() -> None:
    result = found(*_joined(_ended), objectives=_REGION)

    assert _row(result, "aws_rds_cluster.home") is Verdict.BREACHED
    assert {item.id for item in result.errors} == {"RECOVERY-101", "RECOVERY-127"}
    for kept in (lambda item: _ended(item, "forget"), lambda item: item):
        assert not found(*_joined(kept), objectives=_REGION).errors


@pytest.mark.parametrize(
    ("argument", "was", "now"), [("kms_key_arn", "a", "b"), ("consistency_mode", "EVENTUAL", "STRONG")]
)
def test_a_replica_that_is_made_anew_by_an_update_in_place_does_not_count(argument: str, was: str, now: str) -> None:
    before, after = ([{"region_name": AWAY, "point_in_time_recovery": True, argument: value}] for value in (was, now))
    old = {**table()["change"]["after"], "replica": before}
    third = {"global_table_witness": [{"region_name": "eu-west-2"}]} if now == "STRONG" else {}

    result = found(table(before=old, replica=after, **third))

    assert _row(result, "aws_dynamodb_table.orders") is Verdict.BREACHED
    assert {item.id for item in result.errors} == {"RECOVERY-101", "RECOVERY-128"}


@pytest.mark.parametrize(
    ("key", "written", "made", "broken"),
    [
        (None, True, False, False),
        # A dynamic block is in no configuration, and a key to come is made by the plan.
        (None, False, False, False),
        (None, False, True, True),
        ("arn:aws:kms:eu-central-1:123456789012:key/a", True, False, True),
    ],
)
def test_a_replica_whose_key_nobody_names_is_kept_when_another_setting_of_it_changes(
    key: str | None, written: bool, made: bool, broken: bool
) -> None:
    """A block of a set is planned anew as a whole, and the key that the provider fills in is then told at apply."""
    given = {"region_name": {"constant_value": AWAY}, "point_in_time_recovery": {"constant_value": False}}
    configured = {
        "address": "aws_dynamodb_table.orders",
        "mode": "managed",
        "type": "aws_dynamodb_table",
        "name": "orders",
        "expressions": {"replica": [given]} if written else {},
    }
    old = {"region_name": AWAY, "point_in_time_recovery": True, "kms_key_arn": key}
    before = {**table()["change"]["after"], "replica": [old]}
    after = [{"region_name": AWAY, "point_in_time_recovery": False}]
    orders = table(before=before, replica=after)
    orders["change"]["after_unknown"] = {"replica": [{"kms_key_arn": True, "arn": True}]}
    keys = [resource("aws_kms_replica_key.away", {"description": "orders"}, None, region=AWAY)] if made else []

    document = plan(orders, *keys, configuration={"root_module": {"resources": [configured]}})
    result = review(read_plan(json.dumps(document).encode()), declared(_REGION), today=TODAY)

    assert _row(result, "aws_dynamodb_table.orders") is (Verdict.BREACHED if broken else Verdict.MET)


@pytest.mark.parametrize(("status", "verdict"), [("available", Verdict.MET), ("stopped", Verdict.BREACHED)])
def test_a_replica_that_rds_says_is_out_of_use_does_not_count(status: str, verdict: Verdict) -> None:
    assert _row(found(instance(), replica(status=status)), "aws_db_instance.db") is verdict


@pytest.mark.parametrize(("status", "verdict"), [("ENABLED", Verdict.MET), ("PAUSED", Verdict.BREACHED)])
def test_a_replication_of_files_that_efs_says_has_stopped_does_not_count(status: str, verdict: Verdict) -> None:
    files = resource("aws_efs_file_system.files", {"id": "fs-1", "encrypted": True})
    to = [{"region": AWAY, "status": status, "file_system_id": "fs-2"}]
    rules = resource("aws_efs_replication_configuration.to", {"source_file_system_id": "fs-1", "destination": to})

    assert _row(found(files, rules, objectives=_REGION), "aws_efs_file_system.files") is verdict


@pytest.mark.parametrize(("ignored", "verdict"), [(True, Verdict.MET), (False, Verdict.BREACHED)])
def test_a_table_whose_code_has_no_replica_deletes_the_one_with_a_resource_of_its_own(
    ignored: bool, verdict: Verdict
) -> None:
    """The provider reads every replica into the table, so its documentation wants changes of it ignored."""
    values = table()["change"]["after"]
    arn = f"arn:aws:dynamodb:{AWAY}:{ACCOUNT}:table/orders"
    apart = {"global_table_arn": values["arn"], "arn": arn, "point_in_time_recovery": True}
    replicated_to = resource("aws_dynamodb_table_replica.away", apart, region=AWAY)

    result = found(table(before=values, replica=values["replica"] if ignored else []), replicated_to)

    assert _row(result, "aws_dynamodb_table.orders") is verdict
    assert {item.id for item in result.errors} == (set() if ignored else {"RECOVERY-101", "RECOVERY-128"})


def test_a_secondary_cluster_whose_source_the_code_clears_is_promoted() -> None:
    """AWS sets the source of a secondary; without ignore_changes the next plan clears it, and the provider promotes."""
    clusters = _joined(lambda item: item)
    away = next(item for item in clusters if item["address"] == "aws_rds_cluster.away")
    source = f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:home"
    away["change"] |= {"before": {**away["change"]["after"], "replication_source_identifier": source}}
    away["change"] |= {"actions": ["update"]}

    result = found(*clusters, objectives=_REGION)

    assert _row(result, "aws_rds_cluster.home") is Verdict.BREACHED
    assert {item.id for item in result.errors} == {"RECOVERY-101", "RECOVERY-128"}


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (instance(), "deletion_protection"),
        (table(), "deletion_protection_enabled"),
        (resource("aws_rds_cluster.c", {"id": "c", "engine": "aurora-mysql"}), "deletion_protection"),
    ],
)
def test_protection_against_deletion_that_is_taken_out_of_the_code_is_lost(entry: dict[str, Any], name: str) -> None:
    entry = copy.deepcopy(entry)
    entry["change"].update(actions=["update"])
    entry["change"]["before"] |= {name: True}
    entry["change"]["after"] |= {name: None}

    assert "RECOVERY-119" in ids(entry)

    entry["change"]["after_unknown"] = {name: True}

    assert "RECOVERY-119" not in ids(entry)


def _service(name: str, region: str, was: int, now: int | None) -> dict[str, Any]:
    before, after = ({"name": "api", "desired_count": count} for count in (was, now))
    return resource(f"aws_ecs_service.{name}", None if now is None else after, before, region=region)


@pytest.mark.parametrize(
    ("tasks", "there", "lost"),
    [((4, 4), (8, 4), False), ((4, 4), (4, 0), False), ((4, 4), (4, None), True)],
)
def test_a_standby_that_runs_less_of_its_service_is_not_lost(tasks: Any, there: Any, lost: bool) -> None:
    entries = [_service("home", HOME, tasks[0], there[0]), _service("there", AWAY, tasks[1], there[1])]
    result = found(*entries, objectives=_only("aws_ecs_service.home", "{rto: 1h, rpo: 4h}"))

    assert bool({"RECOVERY-113", "RECOVERY-114"} & {item.id for item in result.errors}) is lost


@pytest.mark.parametrize("actions", [("create", "forget"), ("forget", "create")])
def test_what_is_made_anew_while_the_old_one_is_let_go_of_starts_empty(actions: tuple[str, ...]) -> None:
    """Terraform writes the one, OpenTofu the other, where `destroy = false` keeps what is replaced."""
    made = found(_replaced(instance(), *actions), objectives=_only("aws_db_instance.db"))
    entries = replicated()
    copied = found(
        *_instead(entries, "aws_s3_bucket.copy", _replaced(entries[2], *actions)),
        objectives=_only("aws_s3_bucket.data"),
    )

    (empty,) = [item for item in made.errors if item.id == "RECOVERY-111"]
    assert empty.message.startswith("the plan lets go of the database aws_db_instance.db and creates it anew, empty")
    assert {item.verdict for item in (*made.components, *copied.components)} == {Verdict.BREACHED}
    assert "RECOVERY-112" in {item.id for item in copied.errors}


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [(4, 0, {"RECOVERY-200"}), (4, 1, set()), (0, 0, set())],
)
@pytest.mark.parametrize("standby", [[], [_service("there", AWAY, 4, 4)]])
def test_a_service_that_is_scaled_to_no_task_answers_nobody(
    was: int, now: int, told: set[str], standby: list[dict[str, Any]]
) -> None:
    """It is not destroyed either, whoever runs more tasks then."""
    entries = [_service("home", HOME, was, now), *(standby if was else [])]
    result = found(*entries, objectives=_only("aws_ecs_service.home", "{zone: {rto: 4h, rpo: 4h}}"))

    assert {item.id for item in result.errors} == told


@pytest.mark.parametrize(("home", "there"), [((4, 0), (0, 4)), ((0, 4), (4, 0))])
def test_a_service_that_the_plan_moves_to_its_standby_is_not_lost(home: Any, there: Any) -> None:
    result = found(
        _service("home", HOME, *home),
        _service("there", AWAY, *there),
        objectives=_only("aws_ecs_service.*", "{region: {rto: 4h, rpo: 4h}}"),
    )

    assert not result.errors


@pytest.mark.parametrize("type", ["aws_kms_key", "aws_kms_external_key"])
def test_the_key_of_the_vault_that_keeps_the_backups_is_theirs(type: str) -> None:
    arn = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1"
    key = resource(f"{type}.vault", None, {"id": "1", "key_id": "1", "arn": arn})
    named = {"id": "here", "name": "here", "arn": f"arn:aws:backup:{HOME}:{ACCOUNT}:backup-vault:here"}
    vault = resource("aws_backup_vault.here", {**named, "kms_key_arn": arn})

    assert "RECOVERY-120" in ids(table(), vault, *backup(), key, objectives=_only("aws_dynamodb_table.orders"))


@pytest.mark.parametrize(
    ("destination", "told"),
    [
        ({"region": AWAY, "file_system_id": "fs-2", "status": "ENABLED"}, set()),
        ({"region": AWAY, "file_system_id": None, "status": None}, {"RECOVERY-112"}),
    ],
)
def test_a_replica_that_efs_is_to_make_anew_does_not_count(destination: dict[str, Any], told: set[str]) -> None:
    named = {"id": "fs-1", "arn": f"arn:aws:elasticfilesystem:{HOME}:{ACCOUNT}:file-system/fs-1", "encrypted": True}
    was = {"region": AWAY, "file_system_id": "fs-2", "status": "ENABLED"}
    values = {"id": "fs-1", "source_file_system_id": "fs-1", "destination": [was]}
    rules = resource("aws_efs_replication_configuration.files", values)
    if told:
        rules = _replaced(rules, "delete", "create", destination=[destination])
    result = found(resource("aws_efs_file_system.files", named), rules, objectives=_only("aws_efs_file_system.files"))

    assert {item.id for item in result.errors} - {"RECOVERY-101"} == told


@pytest.mark.parametrize("change", ["another bucket", "switched on", "tagged"])
def test_objects_that_are_there_are_not_copied_to_where_copying_begins(change: str) -> None:
    *buckets, rules = replicated()
    rules = copy.deepcopy(rules)
    rules["change"]["actions"] = ["update"]
    if change == "another bucket":
        buckets += [bucket("next", AWAY, None), versioned("next", AWAY)]
        rules["change"]["after"]["rule"] = [{**RULE, "destination": [{"bucket": "arn:aws:s3:::next"}]}]
    elif change == "switched on":
        rules["change"]["before"]["rule"] = [{**RULE, "status": "Disabled"}]

    said = "RECOVERY-209" in ids(*buckets, rules, objectives=_only("aws_s3_bucket.data"))

    assert said is (change != "tagged")


# ---------------------------------------------------------------- written apart from now on

_DELETABLE = _only("aws_s3_bucket.data", "{software: {rto: 1d, rpo: 1d}}")


def test_what_is_written_apart_from_now_on_was_there_before() -> None:
    """The provider shows in the bucket what AWS has, as it did when it was set there."""
    inline = bucket("data", versioning=[{"enabled": True}])
    apart = versioned("data")
    apart["change"] |= {"actions": ["create"], "before": None}

    (component,) = found(inline, apart, objectives=_DELETABLE).components

    rows = {row.disruption: (row.before_verdict, row.after_verdict) for row in component.disruptions}
    assert rows[Disruption.SOFTWARE] == (Verdict.MET, Verdict.MET)


def test_a_replica_that_is_taken_out_of_its_table_was_a_copy_before() -> None:
    """The provider deletes the replica of the table, which is the one that is to be a resource of its own."""
    orders = table(before=table()["change"]["after"], replica=[])
    apart = {"global_table_arn": orders["change"]["after"]["arn"], "point_in_time_recovery": True}

    result = found(orders, resource("aws_dynamodb_table_replica.r", apart, None, region=AWAY), objectives=_REGION)

    (component,) = [item for item in result.components if item.address == "aws_dynamodb_table.orders"]
    rows = {row.disruption: (row.before_verdict, row.after_verdict) for row in component.disruptions}
    assert rows[Disruption.REGION] == (Verdict.MET, Verdict.BREACHED)
    (ended,) = [item for item in result.errors if item.id == "RECOVERY-128"]
    assert "the provider deletes the replica in eu-central-1" in ended.message


# ---------------------------------------------------------------- moved, and nothing says so


@pytest.mark.parametrize(
    ("former", "lost"),
    [
        ({}, True),
        ({"identifier": "other", "id": "other"}, False),
        # One of that name in another Region is another one.
        ({"region": AWAY, "arn": None}, False),
    ],
)
def test_what_is_destroyed_at_one_address_and_made_at_another_starts_empty(former: dict[str, Any], lost: bool) -> None:
    """A refactoring without a moved block; recovery.yaml names the new address already."""
    new = instance("db", before=None, arn=None, id=None)
    old = {**instance("db")["change"]["before"], **former}
    gone = resource("aws_db_instance.former", None, old, region=None)

    result = found(new, gone, objectives=_only("aws_db_instance.db", "{software: {rto: 4h, rpo: 4h}}"))

    assert [item.id for item in result.errors] == (["RECOVERY-111"] if lost else [])
    assert _row(result, "aws_db_instance.db", "software") is (Verdict.BREACHED if lost else Verdict.MET)


def test_where_both_addresses_are_promised_something_what_is_destroyed_is_said_once() -> None:
    new = instance("db", before=None, arn=None, id=None)
    gone = resource("aws_db_instance.former", None, instance("db")["change"]["before"], region=None)

    told = {item.id for item in found(new, gone).errors if "former" in item.message}

    assert told == {"RECOVERY-110"}


def test_what_was_deleted_outside_terraform_is_made_anew_without_its_data() -> None:
    new, missed = instance("db", before=None, arn=None, id=None), _ended(instance("db"))
    document = plan(new, resource_drift=[missed])

    result = review(read_plan(json.dumps(document).encode()), declared(_only("aws_db_instance.db")), today=TODAY)

    assert (
        "the plan misses the database aws_db_instance.db"
        in {item.id: item.message for item in result.errors}["RECOVERY-111"]
    )
    assert result.verdict is Verdict.BREACHED


@pytest.mark.parametrize(
    ("missed_in", "because"),
    [
        (HOME, ": it was deleted outside Terraform"),
        ("eu-north-1", f": it is in eu-north-1, and the provider looks in {HOME}; what there is stays"),
    ],
)
def test_what_the_provider_looks_for_in_another_region_was_not_deleted(missed_in: str, because: str) -> None:
    new, missed = instance("db", before=None, arn=None, id=None), _ended(instance("db"))
    missed["change"]["before"]["arn"] = f"arn:aws:rds:{missed_in}:111122223333:db:db"
    document = plan(new, resource_drift=[missed])

    result = review(read_plan(json.dumps(document).encode()), declared(_only("aws_db_instance.db")), today=TODAY)

    assert because in {item.id: item.message for item in result.errors}["RECOVERY-111"]


def test_what_is_tainted_says_so() -> None:
    tainted = _replaced(instance("db"), "delete", "create")
    tainted |= {"action_reason": "replace_because_tainted"}
    tainted["change"]["replace_paths"] = []

    (error,) = [item for item in found(tainted).errors if item.id == "RECOVERY-111"]

    assert "because it is tainted" in error.message


# ---------------------------------------------------------------- what a copy is behind


@pytest.mark.parametrize(
    ("goes", "others", "missed"), [(True, 0, True), (True, 1, False), (False, 0, False)], ids=["last", "other", "stays"]
)
@pytest.mark.parametrize("behind", [True, False])
def test_the_last_rule_by_which_anybody_reaches_a_copy_is_missed(
    goes: bool, others: int, missed: bool, behind: bool
) -> None:
    """Nothing of it has a tag: the copy itself names the group."""
    group = resource("aws_security_group.away", {"id": "sg-1"}, region=AWAY)
    rule = {"type": "ingress", "security_group_id": "sg-1", "from_port": 5432}
    rules = [
        resource(f"aws_security_group_rule.r{number}", {**rule, "id": f"r{number}"}, region=AWAY)
        for number in range(1 + others)
    ]
    rules[0] = _ended(rules[0]) if goes else rules[0]
    copy = replica(vpc_security_group_ids=["sg-1" if behind else "sg-2"])

    result = found(instance(), copy, group, *rules, objectives=_only("aws_db_instance.db"))

    assert ("RECOVERY-127" in {item.id for item in result.errors}) is (missed and behind)


# ---------------------------------------------------------------- policies by which nobody may delete


def _nobody(action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", **more}


_ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
_EXCEPTED = {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/breakglass"}}}
_TLS = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (_nobody("s3:DeleteObjectVersion"), None, True),
        (_nobody("s3:Delete*"), _ANYBODY, True),
        (_nobody("s3:Delete*", **_EXCEPTED), _ANYBODY, True),
        (_nobody("s3:Delete*"), _nobody("s3:DeleteObject*", **_EXCEPTED), False),
        # One that asks for TLS keeps nobody from deleting.
        (_nobody("s3:*", **_TLS), None, False),
        (_ANYBODY, None, False),
    ],
)
def test_a_policy_by_which_nobody_may_delete_is_a_lock(
    before: dict[str, Any], after: dict[str, Any] | None, lost: bool
) -> None:
    was, now = (
        None if statement is None else {"bucket": "data", "policy": json.dumps({"Statement": [statement]})}
        for statement in (before, after)
    )
    policy = resource("aws_s3_bucket_policy.data", now, was)

    result = found(bucket("data"), versioned("data"), policy, objectives=_DELETABLE)

    assert [item.id for item in result.errors] == (["RECOVERY-123"] if lost else [])


@pytest.mark.parametrize("elsewhere", [True, False])
def test_recovery_points_that_nobody_may_delete_are_locked_whichever_policy_says_so(elsewhere: bool) -> None:
    values = {"backup_vault_name": "away", "policy": json.dumps({"Statement": [_nobody("backup:DeleteRecoveryPoint")]})}
    vault = resource("aws_backup_vault.away", {"id": "away", "name": "away"}, region=AWAY)
    entries = [vault, resource("aws_backup_vault_policy.old", None, values, region=AWAY)]
    if elsewhere:
        entries.append(resource("aws_backup_vault_policy.new", values, None, region=AWAY))

    told = ids(table(replica=[]), *backup(), *entries)

    assert ("RECOVERY-123" in told) is not elsewhere


# ---------------------------------------------------------------- one cause, one finding


@pytest.mark.parametrize(("rules_go", "missed"), [(True, set()), (False, {"RECOVERY-127"})])
@pytest.mark.parametrize("tags", [{}, {"recovery:workload": "shop"}])
def test_the_role_of_what_goes_goes_without_a_word(rules_go: bool, missed: set[str], tags: dict[str, str]) -> None:
    *buckets, rules = replicated()
    arn = rules["change"]["after"]["role"]
    role = resource("aws_iam_role.replication", None, {"id": "replication", "arn": arn, "tags_all": tags}, region=None)

    result = found(*buckets, _ended(rules) if rules_go else rules, role, objectives=_REGION)

    assert {item.id for item in result.errors if item.address == "aws_iam_role.replication"} == missed


def test_what_is_kept_without_an_end_is_called_everything() -> None:
    rule = {"id": "old", "status": "Enabled", "noncurrent_version_expiration": [{"noncurrent_days": 10}]}
    values = {"bucket": "data", "rule": [rule]}
    expires = resource("aws_s3_bucket_lifecycle_configuration.data", values, None)

    result = found(bucket("data"), versioned("data"), expires, objectives=_DELETABLE)

    assert [item.message for item in result.warnings] == ["S3 versioning keeps everything -> 10 days"]


# ---------------------------------------------------------------- who may delete versions


def _deletable(before: str | None, after: str, *, status: str | None = None, **more: Any) -> dict[str, Any]:
    """Return the versioning of a bucket: how MFA delete is before and after; before there is none, or a status."""
    sides = [
        {"bucket": "data", "versioning_configuration": [{"status": state, "mfa_delete": mfa}]}
        for state, mfa in ((status or "Enabled", before), ("Enabled", after))
    ]
    was = None if before is None and status is None else sides[0]
    return resource("aws_s3_bucket_versioning.data", {**sides[1], **more}, was)


@pytest.mark.parametrize(
    ("entry", "missed"),
    [
        (_deletable("Enabled", "Enabled"), set()),
        (_deletable("Disabled", "Disabled"), set()),
        # Whoever may delete can delete the versions as well from now on.
        (_deletable("Enabled", "Disabled", mfa="arn:aws:iam::123456789012:mfa/root 123456"), {"RECOVERY-123"}),
        # S3 wants a code for it, and without one makes nothing of it, versioning neither.
        (_deletable(None, "Enabled"), {"RECOVERY-334"}),
        (_deletable(None, "Enabled", mfa="arn:aws:iam::123456789012:mfa/root 123456"), set()),
        (_deletable("Disabled", "Enabled", status="Suspended"), {"RECOVERY-334"}),
        (_deletable("Disabled", "Enabled"), set()),
    ],
)
def test_versions_that_only_the_root_user_may_delete(entry: dict[str, Any], missed: set[str]) -> None:
    result = found(bucket("data"), entry, objectives=_DELETABLE)

    assert {item.id for item in result.errors} - {"RECOVERY-101", "RECOVERY-102"} == missed
    assert _row(result, "aws_s3_bucket.data", "software") is (Verdict.BREACHED if missed else Verdict.MET)


def test_the_instances_of_a_copy_that_goes_go_without_a_word() -> None:
    member = {"cluster_identifier": "away", "id": "away-0"}
    gone = resource("aws_rds_cluster_instance.away", None, member, region=AWAY)
    joined = {"engine": "aurora-postgresql", "backup_retention_period": 7, "global_cluster_identifier": "ledger"}
    entries = [
        resource(
            f"aws_rds_cluster.{name}",
            None if name == "away" else {"id": name, "cluster_identifier": name, **joined, **more},
            {"id": name, "cluster_identifier": name, **joined, **more},
            region=region,
        )
        for name, region, more in (("home", HOME, {"master_username": "root"}), ("away", AWAY, {}))
    ]

    assert {item.address for item in found(*entries, gone, objectives=_REGION).errors} == {
        "aws_rds_cluster.away",
        "aws_rds_cluster.home",
    }


@pytest.mark.parametrize(
    ("after", "replace", "match", "missed"),
    [
        (None, None, "*", ["RECOVERY-110"]),
        (None, None, "aws_docdb_cluster.ledger", ["RECOVERY-110"]),
        (None, None, "aws_s3_bucket.*", []),
        ({"cluster_identifier": "ledger"}, [["cluster_identifier"]], "*", ["RECOVERY-111"]),
        ({"cluster_identifier": "ledger"}, None, "*", []),
    ],
)
def test_what_is_promised_and_not_read_is_not_destroyed_without_a_word(
    after: dict[str, Any] | None, replace: list[list[str]] | None, match: str, missed: list[str]
) -> None:
    cluster = resource("aws_docdb_cluster.ledger", after, {"cluster_identifier": "ledger"}, replace=replace)

    result = found(*replicated(), cluster, objectives=_REGION.replace('"*"', f"'{match}'"))

    assert [item.id for item in result.errors if item.address == "aws_docdb_cluster.ledger"] == missed


def test_what_was_replaced_and_still_holds_the_data_is_not_destroyed_without_a_word() -> None:
    """As where a plan made the table anew and failed before it destroyed the one of before."""
    deposed = {**_ended(table()), "deposed": "abcd1234"}

    (said,) = found(table(), deposed, objectives=EVERYTHING).errors

    assert (said.id, said.address) == ("RECOVERY-110", "aws_dynamodb_table.orders")
    assert "deposed abcd1234" in said.message
    assert not found(table(), deposed, objectives="version: 1\n").errors


def _with_id(entry: dict[str, Any], id: str) -> dict[str, Any]:
    entry = copy.deepcopy(entry)
    entry["change"]["before"]["id"] = entry["change"]["after"]["id"] = id
    return entry


@pytest.mark.parametrize("imported", [True, False])
def test_what_one_state_hands_to_another_is_the_same(imported: bool) -> None:
    """As where a stack is split in two: the one lets go of what the other imports, or has imported before."""
    data = [bucket("data"), _with_id(versioned("data"), "data"), _with_id(replication(), "data"), instance(), replica()]
    one = plan(*(_ended(item, "forget") for item in data), bucket("copy", AWAY), versioned("copy", AWAY))
    taken = copy.deepcopy(data)
    for item in taken if imported else ():
        item["change"]["importing"] = {"id": item["change"]["after"]["id"]}
    two = plan(*taken)

    plans = {"one": json.dumps(one).encode(), "two": json.dumps(two).encode()}
    result = review(read_plans(plans), declared(_only("aws_*.d*")), today=TODAY)

    assert [(item.address, item.status) for item in result.components] == [
        ("aws_db_instance.db", "kept"),
        ("aws_s3_bucket.data", "kept"),
    ]
    assert {item.id for item in result.findings} == {"RECOVERY-503"}


def test_what_one_state_lets_go_of_and_another_makes_anew_is_not_the_same() -> None:
    made = copy.deepcopy(instance())
    made["change"] |= {"actions": ["create"], "before": None}
    made["change"]["after"] |= {"id": None, "arn": None}

    plans = {"one": plan(_ended(instance(), "forget")), "two": plan(made)}
    read = read_plans({name: json.dumps(item).encode() for name, item in plans.items()})

    assert "RECOVERY-131" in {item.id for item in review(read, declared(_only("*")), today=TODAY).findings}


@pytest.mark.parametrize(
    ("moved", "rto", "verdict"),
    [
        ({"noncurrent_days": 1, "storage_class": "DEEP_ARCHIVE"}, "14h", Verdict.BREACHED),
        ({"noncurrent_days": 1, "storage_class": "DEEP_ARCHIVE"}, "15h", Verdict.MET),
        ({"noncurrent_days": 1, "storage_class": "GLACIER"}, "7h", Verdict.BREACHED),
        ({"noncurrent_days": 1, "storage_class": "GLACIER"}, "8h", Verdict.MET),
        # Those of before the damage are not moved yet, or to where they are read at once.
        ({"noncurrent_days": 30, "storage_class": "DEEP_ARCHIVE"}, "4h", Verdict.MET),
        ({"noncurrent_days": 1, "storage_class": "GLACIER_IR"}, "4h", Verdict.MET),
    ],
)
@pytest.mark.parametrize("inline", [True, False])
def test_versions_that_are_in_an_archive_once_damage_is_noticed_take_longer(
    moved: dict[str, Any], rto: str, verdict: Verdict, inline: bool
) -> None:
    rule = {"id": "old", "status": "Enabled", "enabled": True, "filter": [{"prefix": ""}]}
    if inline:
        inside = {"days": moved["noncurrent_days"], "storage_class": moved["storage_class"]}
        data = [bucket("data", lifecycle_rule=[{**rule, "noncurrent_version_transition": [inside]}])]
    else:
        values = {"bucket": "data", "rule": [{**rule, "noncurrent_version_transition": [moved]}]}
        data = [bucket("data"), resource("aws_s3_bucket_lifecycle_configuration.old", values)]
    objectives = _only("aws_s3_bucket.data", f"{{software: {{rto: {rto}, rpo: 8d}}}}")
    late = objectives.replace("workloads:", "assumptions: {unnoticed_time: 7d}\nworkloads:", 1)

    assert _row(found(*data, versioned("data"), objectives=late), "aws_s3_bucket.data", "software") is verdict
    soon = found(*data, versioned("data"), objectives=objectives.replace(rto, "4h"))
    assert _row(soon, "aws_s3_bucket.data", "software") is Verdict.MET


@pytest.mark.parametrize(("was", "missed"), [(None, True), (False, True), (True, False)])
def test_what_a_state_says_nothing_of_protected_the_data_too(was: bool | None, missed: bool) -> None:
    """As of a bucket that was imported."""
    values = bucket("data")["change"]["after"]
    entry = resource("aws_s3_bucket.data", {**values, "force_destroy": True}, {**values, "force_destroy": was})

    assert ("RECOVERY-119" in ids(entry, versioned("data"))) is missed
