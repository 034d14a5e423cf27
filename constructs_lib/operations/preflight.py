"""Before an operation begins: whether the recovery Region can take over, asked there alone, or the moment be had."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.errors import RefusedError
from constructs_lib.operations.ask import moment_of
from constructs_lib.operations.facts import Facts
from constructs_lib.procedures import Call, Part, Role
from constructs_lib.procedures.command import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.plan import ComponentPlan, Plan

__all__ = ["Check", "check_preflight", "preflight", "preflight_calls"]

_NEW_INSTANCES: Final = ("CreateDBInstance", "CreateDBInstanceReadReplica", "RestoreDBInstanceToPointInTime")
_BY_BACKUP: Final = "StartRestoreJob"
_TO_A_MOMENT: Final = "ToPointInTime"
_WINDOWS: Final = (
    ("source_backups", "EarliestRestorableDateTime", "LatestRestorableDateTime"),
    ("source", "EarliestRestorableTime", "LatestRestorableTime"),
)
"""What a procedure keeps of its source, and how that calls the first and the last moment that can be had."""
_ENABLED: Final = "Enabled"

_GLOBAL: Final = Call(
    service="rds",
    operation="DescribeGlobalClusters",
    region=Role.RECOVERY,
    parameters={"GlobalClusterIdentifier": "{global_cluster}"},
)
_SECONDARY: Final = Call(
    service="rds",
    operation="DescribeDBClusters",
    region=Role.RECOVERY,
    parameters={"DBClusterIdentifier": "{recovery_cluster}"},
)
_KEY: Final = Call(service="kms", operation="DescribeKey", region=Role.RECOVERY, parameters={"KeyId": "{recovery_key}"})
_QUOTAS: Final = Call(service="rds", operation="DescribeAccountAttributes", region=Role.RECOVERY)


@attrs.frozen(kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        component: The component.
        what: What was looked at: `key`, `versions`, `quota`, `capacity` or `moment`.
        state: `ok`, `refused`, or `assumed` where AWS has no call for it or does not answer.
        found: What was found, in words.
        fix: What to do about it; None: nothing.
    """

    component: str
    what: str
    state: str
    found: str
    fix: str | None = None


def preflight(plan: Plan, clients: Clients) -> tuple[Check, ...]:
    """Return what was found; nothing for other commands than a failover and a restore."""
    if plan.command == "restore":
        return tuple(check for item in plan.components for check in _moments(item, clients))
    if plan.command != "failover":
        return ()
    together = sum(map(_instances, plan.components))
    return tuple(check for item in plan.components for check in _checks(item, together, clients))


def check_preflight(checks: Sequence[Check]) -> None:
    """Refuse where the recovery Region cannot take over, or a moment cannot be had.

    Raises:
        RefusedError: If a check says so.
    """
    refused = [f"{item.component}: {item.found}; {item.fix}" for item in checks if item.state == "refused"]
    if refused:
        raise RefusedError("; ".join(refused))


def preflight_calls(plan: Plan) -> Iterator[Call]:
    """Yield the calls that the checks make."""
    if plan.command == "failover":
        for item in plan.components:
            for _, calls, _ in _questions(item, 0):
                yield from calls


def _questions(item: ComponentPlan, together: int) -> Iterator[tuple[str, tuple[Call, ...], Callable[..., Check]]]:
    """Yield what is asked of a component, by which calls, and who judges the replies.

    Args:
        item: The component.
        together: How many instances all components make, which share one quota.
    """
    if "recovery_key" in item.names:
        yield "key", (_KEY,), _key
    if item.procedure.mechanism == "global_database":
        yield "versions", (_GLOBAL, _SECONDARY), _versions
    if _instances(item):
        yield "quota", (_QUOTAS,), partial(_quota, together)


def _checks(item: ComponentPlan, together: int, clients: Clients) -> Iterator[Check]:
    from botocore.exceptions import BotoCoreError, ClientError

    for what, calls, judge in _questions(item, together):
        facts = Facts(item.names, item.declared, {}, clients)
        try:
            replies = []
            for call in calls:
                asked = facts.asked(call)
                replies.append(
                    clients.call(asked.service, asked.operation, asked.region, asked.parameters, changes=False)
                )
        except (BotoCoreError, ClientError, RefusedError) as error:
            said = " ".join(str(error).split())[:200]
            yield Check(component=item.name, what=what, state="assumed", found=f"the {what} cannot be asked ({said})")
        else:
            yield judge(item, *replies)
    if _instances(item):
        yield Check(
            component=item.name,
            what="capacity",
            state="assumed",
            found=f"that {item.names.get('recovery_region')} has an instance of the class free: no call tells it",
        )


def _moments(item: ComponentPlan, clients: Clients) -> Iterator[Check]:
    """Yield whether the moment lies where AWS restores to; by the calls that the procedure makes as well."""
    from botocore.exceptions import BotoCoreError, ClientError

    calls = [step.call for step in item.steps if step.call is not None]
    moment = moment_of(item.names.get("moment"))
    if moment is None or not any(call.operation.endswith(_TO_A_MOMENT) for call in calls):
        return
    facts = Facts(item.names, item.declared, {}, clients)
    for kept, first, last in _WINDOWS:
        for step in item.steps:
            if step.call is None or kept not in step.keeps:
                continue
            try:
                asked = facts.asked(step.call)
                reply = clients.call(asked.service, asked.operation, asked.region, asked.parameters, changes=False)
            except (BotoCoreError, ClientError, RefusedError) as error:
                said = " ".join(str(error).split())[:200]
                found = f"that {item.names['moment']} can be restored to ({said})"
                yield Check(component=item.name, what="moment", state="assumed", found=found)
                return
            source = search(step.keeps[kept], reply) or {}
            ends = [moment_of(source.get(name)) for name in (first, last)]
            if any(ends):
                yield _moment(item, moment, *ends)
                return


def _moment(item: ComponentPlan, moment: datetime, first: datetime | None, last: datetime | None) -> Check:
    early, late = first is not None and moment < first, last is not None and moment > last
    window = " ".join(
        f"{word} {end.isoformat(timespec='seconds')}"
        for word, end in (("from", first), ("to", last))
        if end is not None
    )
    if early or late:
        return Check(
            component=item.name,
            what="moment",
            state="refused",
            found=f"{item.names['moment']} cannot be restored to: AWS has {item.name} {window}",
            fix="give a moment from there with --to-time, or `latest`",
        )
    found = f"{item.names['moment']} can be restored to: AWS has {item.name} {window}"
    return Check(component=item.name, what="moment", state="ok", found=found)


def _instances(item: ComponentPlan) -> int:
    """Return how many instances the steps make in the recovery Region."""
    made = 0
    for step in item.steps:
        call = step.call
        if call is None or step.part is not Part.ACT or call.region is not Role.RECOVERY:
            continue
        by_backup = call.operation == _BY_BACKUP and call.parameters.get("ResourceType") == "RDS"
        made += call.operation in _NEW_INSTANCES or by_backup
    return made


def _key(item: ComponentPlan, reply: Mapping[str, Any]) -> Check:
    found = reply.get("KeyMetadata", {})
    state = found.get("KeyState")
    arn, region = found.get("Arn"), item.names.get("recovery_region")
    if state is None:
        return Check(component=item.name, what="key", state="assumed", found=f"the state of its key in {region}")
    if state == _ENABLED:
        return Check(component=item.name, what="key", state="ok", found=f"key {arn} is enabled")
    undo = "cancel-key-deletion" if state == "PendingDeletion" else "enable-key"
    return Check(
        component=item.name,
        what="key",
        state="refused",
        found=f"key {arn} is {state}, and nothing encrypted with it can be read",
        fix=f"`aws kms {undo} --region {region} --key-id {arn}`, and enable it",
    )


def _versions(item: ComponentPlan, group: Mapping[str, Any], secondary: Mapping[str, Any]) -> Check:
    groups, clusters = group.get("GlobalClusters"), secondary.get("DBClusters")
    one = groups[0].get("EngineVersion") if groups else None
    other = clusters[0].get("EngineVersion") if clusters else None
    name = item.names.get("recovery_cluster")
    if one is None or other is None:
        return Check(component=item.name, what="versions", state="assumed", found="the engine versions of both sides")
    if one == other:
        return Check(component=item.name, what="versions", state="ok", found=f"both sides run {one}")
    if _minor(one) == _minor(other):
        found = f"the patches {one} and {other} go together: Aurora refuses a failover where they do not"
        return Check(component=item.name, what="versions", state="assumed", found=found)
    return Check(
        component=item.name,
        what="versions",
        state="refused",
        found=f"the global database runs {one} and {name} runs {other}, and Aurora refuses a failover between them",
        fix=f"upgrade {name}; where the primary's Region is lost, take {name} out of the global database with "
        f"`aws rds remove-from-global-cluster`, which makes it stand alone",
    )


def _minor(version: str) -> tuple[str, ...]:
    """Return major and minor version, without the patch: `16.4`, or `8.0` and `3.05` of `8.0.mysql_aurora.3.05.2`."""
    base, _, aurora = version.partition(".mysql_aurora.")
    return (*base.split(".")[:2], *aurora.split(".")[:2])


def _quota(together: int, item: ComponentPlan, reply: Mapping[str, Any]) -> Check:
    quotas = {row.get("AccountQuotaName"): row for row in reply.get("AccountQuotas", ())}
    row, region = quotas.get("DBInstances"), item.names.get("recovery_region")
    if row is None:
        found = f"that the quota of RDS in {region} leaves {together} more"
        return Check(component=item.name, what="quota", state="assumed", found=found)
    used, most = int(row["Used"]), int(row["Max"])
    found = f"{used} of {most} instances in {region} are used, and {together} more are needed by all that moves there"
    if used + together <= most:
        return Check(component=item.name, what="quota", state="ok", found=found)
    return Check(
        component=item.name,
        what="quota",
        state="refused",
        found=found,
        fix=f"delete what {region} does not need, or ask for a higher quota of RDS there (DB instances)",
    )
