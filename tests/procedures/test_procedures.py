"""Procedures: one for every way back there is; every call is AWS's, every member of a restore is accounted for."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
import jmespath
import pytest
from botocore.validate import ParamValidator

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.sources import load_sources
from constructs_lib.objectives import Disruption
from constructs_lib.procedures import CARRY_OVERS, PROCEDURES, Call, Each, Part, Procedure, Role, Step, find_procedure
from constructs_lib.procedures.fill import as_json, parameters_of
from constructs_lib.procedures.routing import LATCH
from constructs_lib.procedures.value import Carried, Name, filled_text, names_in
from tests.each import each

if TYPE_CHECKING:
    from collections.abc import Iterator

# A term that counts only under some parameters is one of a way back of its own.
COVERS = [
    (kind, name, disruption, position, when)
    for (kind, name), mechanism in load_catalog().mechanisms.items()
    if kind != "any"
    for position, cover in enumerate(mechanism.covers)
    for disruption in cover.disruptions
    for when in ({}, *(term.when for term in cover.act if term.when))
]
ENGINES = ("postgres", "aurora-postgresql", "dsql")
LISTS = ("_groups", "_subnets")
EVERY = (*PROCEDURES, LATCH)
REGION = [item for item in EVERY if Disruption.REGION in item.disruptions]


def steps(procedure: Procedure) -> tuple[Step, ...]:
    return (*procedure.steps, *procedure.back, *procedure.rehearsal)


class Everything:
    """Knows every name, and every setting by the type of the member that wants it."""

    def __init__(self, wanted: Any = None) -> None:
        self.wanted = wanted

    def name(self, key: str) -> Any:
        if key.endswith(LISTS):
            return ["sg-1"]
        if key == "latch_dimensions":
            return [{"Name": "Workload", "Value": "shop"}]
        if key == "latest":
            return True
        if key in ("moment", "now", "lately"):
            return "2026-11-23T10:14:00Z"
        return {"tags": {"a": "b"}}.get(key, f"some-{key.replace('_', '-')}")

    def carried(self, setting: Carried) -> Any:
        return self.wanted

    def as_json(self, value: Any) -> str:
        return as_json(value)


@cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def of_type(shape: Any) -> Any:
    """Return a value that AWS's model takes for *shape*."""
    match shape.type_name:
        case "boolean":
            return True
        case "integer" | "long" | "double":
            return 1
        case "list":
            return [of_type(shape.member)]
        case "structure":
            return {name: of_type(member) for name, member in shape.members.items()}
        case _:
            return "text"


def complaints(call: Call) -> list[str]:
    """Return what botocore would say of the call."""
    shape = model(call.service).operation_model(call.operation).input_shape
    parameters: dict[str, Any] = {}
    for member, value in call.parameters.items():
        if member not in shape.members:
            return [f"{call.operation} has no member {member}"]
        one = Call(service=call.service, operation=call.operation, region=call.region, parameters={member: value})
        parameters |= parameters_of(one, Everything(of_type(_innermost(shape.members[member], value))))
    report = ParamValidator().validate(parameters, shape)
    return [report.generate_report()] if report.has_errors() else []


def _innermost(shape: Any, value: Any) -> Any:
    """Return the shape of the setting within *value*."""
    if isinstance(value, tuple) and shape.type_name == "list":
        return _innermost(shape.member, value[0])
    if isinstance(value, dict) and shape.type_name == "structure":
        for name, item in value.items():
            if not isinstance(item, str | bool | int | Name):
                return _innermost(shape.members[name], item)
    return shape


def called(procedure: Procedure) -> Iterator[Call]:
    for step in steps(procedure):
        yield from step.calls()
    if procedure.lag is not None:
        yield procedure.lag.call


@each(("kind", "name", "disruption", "position", "when"), COVERS)
def test_every_way_back_has_a_procedure_with_steps_for_each_part_of_its_time(
    kind: str, name: str, disruption: Disruption, position: int, when: dict[str, object]
) -> None:
    mechanism = load_catalog().mechanism(kind, name)
    cover = mechanism.covers[position]
    engines = [engine for engine in ENGINES if mechanism.serves(engine)] if kind == "database" else [None]
    forms: list[set[str]] = [{name}, {name, "multi_az_cluster"}] if name == "automated_backups" else [{name}]
    for engine in engines:
        for mechanisms in forms:
            procedure = find_procedure(
                mechanism,
                disruption,
                kind=kind,
                parameters={**mechanism.defaults, **cover.when, **when},
                engine=engine,
                mechanisms=mechanisms,
            )
            if procedure is None:
                # The mechanism serves any engine, but the patterns that have it do not.
                assert not mechanism.engines
                continue
            acts = {step.term for step in procedure.steps if step.part is Part.ACT}
            # What is in cold storage takes the same step, and it longer.
            terms = [term for term in cover.act if not term.when or (term.when == when and "cold" not in when)]
            assert acts == set(range(len(terms)))
            assert any(step.part is Part.PROPAGATE for step in procedure.steps) == (cover.routing != "none")
            assert any(step.part is Part.VERIFY for step in procedure.steps)
            assert procedure.back
            assert procedure.automatic == (not cover.manual)


@pytest.mark.parametrize("pattern", load_catalog().patterns["database"], ids=lambda item: item.name)
def test_every_pattern_of_a_database_has_a_procedure_for_what_it_covers(pattern: Any) -> None:
    catalog = load_catalog()
    mechanisms = {part.mechanism for part in pattern.protections}
    engine = pattern.engines[0].rstrip("*")
    for part in pattern.protections:
        mechanism = catalog.mechanism("database", part.mechanism)
        for cover in mechanism.covers:
            for disruption in cover.disruptions:
                parameters = {**mechanism.defaults, **part.parameters}
                found = find_procedure(
                    mechanism,
                    disruption,
                    kind="database",
                    parameters=parameters,
                    engine=engine,
                    mechanisms=mechanisms,
                )
                assert found is not None, (pattern.name, part.mechanism, disruption)


@each("procedure", EVERY, ids=Procedure.called)
def test_every_call_is_one_that_aws_takes(procedure: Procedure) -> None:
    assert [found for call in called(procedure) for found in complaints(call)] == []


def test_the_check_of_calls_can_fail() -> None:
    """Guards the test above."""
    assert complaints(Call(service="rds", operation="PromoteReadReplica", region=Role.HOME)) != []
    wrong = Call(service="rds", operation="StopDBInstance", region=Role.HOME, parameters={"Nonsense": "x"})
    assert complaints(wrong) == ["StopDBInstance has no member Nonsense"]


@pytest.mark.parametrize("account", CARRY_OVERS, ids=lambda item: f"{item.operation}")
def test_every_member_of_what_makes_something_is_accounted_for_once(account: Any) -> None:
    shape = model(account.service).operation_model(account.operation).input_shape
    lists = [*account.carried, *account.put_back, *(name for names in account.left_out.values() for name in names)]

    assert sorted(set(shape.members) - account.accounted) == []
    assert sorted(account.accounted - set(shape.members)) == []
    assert len(lists) == len(set(lists))


@each("procedure", EVERY, ids=Procedure.called)
def test_what_a_table_of_members_puts_back_is_put_back(procedure: Procedure) -> None:
    for way in (procedure.steps, procedure.back, procedure.rehearsal):
        made = [(step.call.operation, set(step.call.parameters)) for step in way if step.call]
        for account in CARRY_OVERS:
            if any(step.call and step.call.parameters == account.carried for step in way):
                for back in account.put_back.values():
                    assert any(operation == back.operation and back.member in given for operation, given in made)


@each("procedure", EVERY, ids=Procedure.called)
def test_whatever_makes_something_is_a_table_of_members(procedure: Procedure) -> None:
    """A restore that is written by hand would forget what this room exists for."""
    makers = {account.operation for account in CARRY_OVERS}
    accounted = [account.accounted for account in CARRY_OVERS]
    for call in called(procedure):
        if re.match(r"(Restore\w+ToPointInTime|CreateDB\w+)$", call.operation):
            assert call.operation in makers
            assert any(set(call.parameters) <= members for members in accounted)


@each("procedure", EVERY, ids=Procedure.called)
def test_every_change_can_be_told_from_aws_or_made_twice(procedure: Procedure) -> None:
    for step in steps(procedure):
        if step.changes:
            assert step.probe or step.repeatable, step.id
        if step.probe and not step.repeatable and step.call:
            assert step.probe.absent or step.probe.absent_errors, step.id


@each("procedure", EVERY, ids=Procedure.called)
def test_ids_are_unique_and_words_of_a_probe_mean_one_thing(procedure: Procedure) -> None:
    for way in (procedure.steps, procedure.back, procedure.rehearsal):
        ids = [step.id for step in way]
        assert len(ids) == len(set(ids))
    for step in steps(procedure):
        if step.probe:
            words = [step.probe.done, *step.probe.waiting, *step.probe.absent, *step.probe.failed]
            assert len(words) == len(set(words))


@each("procedure", EVERY, ids=Procedure.called)
def test_every_question_is_jmespath(procedure: Procedure) -> None:
    everything = Everything()
    for step in steps(procedure):
        probe = step.probe
        queries = [
            *step.keeps.values(),
            *(step.expects or ())[:1],
            *((probe.query, *probe.keeps.values(), *probe.ours) if probe else ()),
        ]
        for query in queries:
            jmespath.compile(filled_text(query, everything.name) or "")


@each("procedure", EVERY, ids=Procedure.called)
def test_what_is_to_be_seen_is_told_from_what_is_not(procedure: Procedure) -> None:
    """A bucket that does not answer is an error anyway."""
    for step in steps(procedure):
        sees = step.id.startswith(("verify", "take-over")) and step.call and step.call.operation != "HeadBucket"
        assert bool(step.expects) == bool(sees), step.id


@each("procedure", EVERY, ids=Procedure.called)
def test_a_name_is_kept_before_it_is_used(procedure: Procedure) -> None:
    """Names that only a reply tells."""
    for way in (procedure.steps, procedure.back, procedure.rehearsal):
        kept = {name for step in way for name in (*step.keeps, *(step.probe.keeps if step.probe else ()))}
        known: set[str] = set()
        for step in way:
            used = {name for value in (step.call.parameters if step.call else {}).values() for name in names_in(value)}
            assert not (used & kept) - known, step.id
            known |= set(step.keeps)
            if step.probe:
                asked = {name for value in step.probe.call.parameters.values() for name in names_in(value)}
                assert not (asked & kept) - known, step.id
                known |= set(step.probe.keeps)


@pytest.mark.parametrize("procedure", REGION, ids=Procedure.called)
def test_the_loss_of_a_region_needs_neither_that_region_nor_a_global_control_plane(procedure: Procedure) -> None:
    for step in (*procedure.steps, *procedure.rehearsal):
        for call in step.calls():
            assert call.region is Role.RECOVERY or (step.best_effort and step.part is Part.FENCE)
            assert call.service not in ("iam", "route53", "cloudfront", "organizations", "sts")
        text = " ".join((*step.shell, step.console or ""))
        assert not re.search(r"us-east-1|terraform|cdktf|\{region\}", text)


@pytest.mark.parametrize("procedure", REGION, ids=Procedure.called)
def test_a_fence_is_said_for_what_it_is(procedure: Procedure) -> None:
    fences = [step for step in procedure.steps if step.part is Part.FENCE]

    assert procedure.fence_because
    assert all(step.best_effort for step in fences)
    if fences:
        assert procedure.fence == "best effort"


def test_what_has_no_backups_of_its_own_any_more_says_so() -> None:
    """A database of RDS and a table keep points in time wherever they are; the plans of AWS Backup stay behind."""
    said = [
        item
        for item in REGION
        if item.mechanism in ("backup_copy", "replication")
        and (item.kind in ("bucket", "filesystem") or (item.kind == "database" and "dsql" in item.engines))
    ]
    told = [item for item in said if "no scheduled backups" in (item.afterwards or "")]
    done = [item for item in said if any(step.id == "back-up-daily" for step in item.steps)]
    typed = [item for item in told if any("create-backup-plan" in line for step in item.steps for line in step.shell)]

    assert [item.kind for item in told] == ["bucket", "database"]
    assert [item.kind for item in typed] == ["database"]
    assert sorted(item.mechanism for item in done) == ["backup_copy", "replication"]


def test_who_logs_in_with_iam_is_told_where_a_database_has_another_id() -> None:
    """Policies name a resource id, or a cluster of DSQL, and whatever is restored or stands by has another one."""
    moved = [item for item in PROCEDURES if item.kind == "database" and "repoint" in {step.id for step in item.steps}]
    told = [item for item in moved if any("rds-db:" in note or "dsql:Db" in note for note in _notes(item))]

    assert told == moved
    assert {item.mechanism for item in moved} >= {"automated_backups", "read_replica", "global_database", "backup_copy"}


def _notes(procedure: Procedure) -> list[str]:
    return [*procedure.prepared.configuration, *(step.note or "" for step in procedure.steps)]


def test_a_switchover_is_called_where_the_primary_is_and_a_failover_where_it_goes() -> None:
    regions = {
        call.operation: call.region
        for procedure in PROCEDURES
        for call in called(procedure)
        if call.operation.endswith("GlobalCluster")
    }
    assert regions == {"FailoverGlobalCluster": Role.RECOVERY, "SwitchoverGlobalCluster": Role.RECOVERY}


def test_removing_markers_is_done_in_both_buckets_of_a_replicated_one() -> None:
    (versions,) = [item for item in PROCEDURES if (item.kind, item.mechanism) == ("bucket", "versioning")]
    removed = {step.call.region for step in versions.steps if step.each is Each.DELETED_SINCE and step.call}

    assert removed == {Role.HOME, Role.RECOVERY}


def test_objects_in_an_archive_are_not_rehearsed_since_nobody_can_read_them() -> None:
    copies = [item for item in PROCEDURES if (item.kind, item.mechanism) == ("bucket", "replication")]

    assert {bool(item.when) for item in copies} == {True, False}
    assert all(bool(item.rehearsal) != bool(item.when) for item in copies)


@each("procedure", EVERY, ids=Procedure.called)
def test_a_restored_cluster_of_aurora_gets_an_instance(procedure: Procedure) -> None:
    makes_cluster = [
        step
        for way in (procedure.steps, procedure.back)
        for step in way
        if step.call
        and (
            step.call.operation == "RestoreDBClusterToPointInTime"
            or step.call.parameters.get("ResourceType") == "Aurora"
        )
    ]
    if makes_cluster and procedure.engines == ("aurora-*",):
        assert any(call.operation == "CreateDBInstance" for call in called(procedure))


@each("procedure", EVERY, ids=Procedure.called)
def test_every_procedure_names_a_known_source(procedure: Procedure) -> None:
    assert procedure.source in load_sources()


def test_what_may_lose_data_says_what() -> None:
    losing = {item.mechanism for item in REGION for step in item.steps if step.danger}

    assert losing >= {
        "replication",
        "global_table",
        "replicated_backups",
        "read_replica",
        "global_database",
        "backup_copy",
    }


def test_what_may_lose_data_is_measured_where_aws_tells() -> None:
    """S3 names its rule in the metric, which nobody but the bucket's configuration knows."""
    silent = {item.mechanism for item in REGION if item.lag is None and any(step.danger for step in item.steps)}

    assert silent == {"replication"}
    assert all(item.lag.call.region is Role.RECOVERY for item in PROCEDURES if item.lag is not None)


def test_of_two_snapshots_of_lost_writes_that_of_the_last_failover_is_kept() -> None:
    """Aurora's own of the failover before lasts as long as the backups of the cluster do, up to 35 days."""
    queries = {step.keeps["lost_writes"] for item in PROCEDURES for step in item.back if step.id == "find-lost-writes"}
    names = [
        "rds:shop-ledger-2026-11-20-03-00",
        "rds:unplanned-global-failover-shop-ledger-2026-11-02-10-14",
        "rds:unplanned-global-failover-shop-ledger-2026-11-20-04-05",
        "before-the-upgrade",
    ]
    listed = {"DBClusterSnapshots": [{"DBClusterSnapshotIdentifier": name} for name in names]}

    assert {jmespath.search(query, listed) for query in queries} == {names[2]}
    assert {jmespath.search(query, {"DBClusterSnapshots": []}) for query in queries} == {None}


def test_the_fence_of_a_table_refuses_every_way_to_write_an_item() -> None:
    """Those of the service authorization reference; transactions are allowed by the same actions."""
    (fence,) = [step.call for item in REGION if item.kind == "table" for step in item.steps if step.part is Part.FENCE]
    assert fence is not None

    assert set(re.findall(r"dynamodb:(\w+)", str(fence.parameters["Policy"]))) == {
        "BatchWriteItem",
        "DeleteItem",
        "PartiQLDelete",
        "PartiQLInsert",
        "PartiQLUpdate",
        "PutItem",
        "UpdateItem",
    }
