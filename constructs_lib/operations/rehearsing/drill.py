"""A drill: a workload's components restored beside themselves, under names that nothing uses, looked at and removed."""

from __future__ import annotations

import os
import subprocess
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from constructs_lib.assessment.evidence import Checked
from constructs_lib.errors import RefusedError, UnfinishedError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.ask import moment_of
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.objects import SAMPLE, objects_in
from constructs_lib.operations.operate import Manner, begin, go_on
from constructs_lib.operations.rehearsing.chain import append, check_writable, newest
from constructs_lib.operations.rehearsing.clean import clean
from constructs_lib.operations.rehearsing.drill_plan import plan_drill_again, prefix_of
from constructs_lib.operations.rehearsing.evidence import LASTS, kind_of, record_of
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from constructs_lib.assessment.evidence import Evidence
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.journal_store import Store
    from constructs_lib.operations.plan import ComponentPlan, Plan
    from constructs_lib.operations.rehearsing.clean import Cleaned

__all__ = ["Drilled", "check_account", "run_drill"]

_SAID: Final = 200
_COUNTED: Final = "counted"
_RESTORE: Final = "backup:StartRestoreJob"
_ALSO_MADE: Final = ("s3", "dsql", "efs")
"""Services that are asked for what is left where the drill calls them; DSQL is not in every Region."""


def check_account(account: str, allowed: Collection[str], file: str) -> None:
    """Refuse an account that the declaration does not name.

    Raises:
        RefusedError: If it is not named.
    """
    if account in allowed:
        return
    named = f"names {', '.join(sorted(allowed))}" if allowed else "names none"
    msg = f"the credentials are of account {account}, and {file} {named} under `accounts`; drills go there alone"
    raise RefusedError(msg)


class Drilled(msgspec.Struct, frozen=True, kw_only=True):
    """What a drill came to.

    Attributes:
        record: The record, as it was written.
        file: Where.
        cleaned: What became of what it made.
    """

    record: Evidence
    file: Path
    cleaned: Cleaned

    @property
    def exit_code(self) -> int:
        """That of `drctl`: 4 where something is left, 1 where it failed or shows a breach, else 0."""
        if self.cleaned.left:
            return UnfinishedError.exit_code
        return 1 if self.record.verdict in ("failed", "breached") or self._differs else 0

    @property
    def _differs(self) -> bool:
        return any(item.differences for item in self.record.components)


def run_drill(
    workload: DocumentedWorkload,
    plan: Plan | None,
    clients: Clients,
    *,
    state: Path,
    store: Store | None,
    evidence: Path,
    operation: str | None = None,
    give_up: bool = False,
    manner: Manner | None = None,
    check: str | None = None,
    check_limit: float = 600,
    people: Mapping[str, str] | None = None,
    lasts: timedelta = LASTS,
) -> Drilled:
    """Run a drill to its end, or go on with one, and record it.

    Args:
        workload: The workload.
        plan: What to do; None: what *operation* was to do.
        clients: What calls.
        state: Where its journal is on this machine.
        store: Where its journal is in the recovery Region; None: nowhere.
        evidence: Where records are.
        operation: A drill that was begun; None: a new one.
        give_up: Whether to leave off and only remove what it made.
        manner: How it runs.
        check: A command line that looks at the data; None: nobody looks.
        check_limit: Seconds after which the check has failed.
        people: Who planned, decided and approved it.
        lasts: How long the record counts.

    Raises:
        UnfinishedError: If it does not come to its end, and is not given up.
        RefusedError: If it must not begin, or the stacks have changed.
    """
    manner = manner or Manner()
    # The chain is read before anything is made: a drill that cannot be recorded is not begun.
    newest(evidence)
    check_writable(evidence)
    if operation is not None:
        journal = Journal.open(operation, state, store)
        plan = plan_drill_again(workload, journal.content)
    else:
        assert plan is not None, "a new drill has a plan"
    try:
        if operation is None:
            names = [item.name for item in plan.components]
            # Nothing of the workload is touched, so there is nothing to consent to.
            outcome = begin(plan, clients, directory=state, store=store, losing=names, manner=manner)
            journal = Journal.open(str(outcome.operation), state, store)
        elif not give_up and journal.is_open:
            go_on(plan, journal, clients, manner)
    except UnfinishedError as error:
        msg = f"{error}; the same with --clean gives it up"
        raise UnfinishedError(msg) from error
    return _finish(
        plan,
        journal,
        workload,
        clients,
        directory=evidence,
        check=check,
        check_limit=check_limit,
        people=people,
        lasts=lasts,
        manner=manner,
    )


def _finish(
    plan: Plan,
    journal: Journal,
    workload: DocumentedWorkload,
    clients: Clients,
    *,
    directory: Path,
    check: str | None,
    check_limit: float,
    people: Mapping[str, str] | None,
    lasts: timedelta,
    manner: Manner,
) -> Drilled:
    """Check the data of a drill whose restores are done or given up, remove what it made, and write its record."""
    done = not journal.is_open
    checks = [*_count_samples(plan, journal, clients)] if done else []
    checks += _check_data(check, plan, journal, limit=check_limit) if check and done else []
    regions = sorted({region for item in plan.components for region in _regions(item)})
    called = {call.service for item in plan.components for step in item.steps for call in step.calls()}
    cleaned = clean(
        prefix_of(str(plan.arguments["token"])),
        journal.id,
        regions,
        clients,
        poll=manner.pace.poll,
        services=[service for service in _ALSO_MADE if service in called],
        jobs=list(_restore_jobs(journal, clients)),
        stop=manner.stop,
    )
    record = record_of(
        plan,
        journal,
        workload,
        Disruption(plan.arguments["disruption"]),
        kind=kind_of(journal.content),
        previous=newest(directory),
        checks=checks,
        deviations=[*_deviations(plan), *([] if done else ["given up before its end"])],
        not_covered=[
            "detection, decision and the way of the callers: nothing changed place",
            *(["permissions, quotas, durations and losses: this was no AWS"] if clients.simulated else []),
            *([] if check else _not_read(plan)),
        ],
        lost=dict(_losses(plan, journal, workload)),
        cleanup=cleaned.as_data(),
        people=people,
        lasts=lasts,
    )
    return Drilled(record=record, file=append(directory, record), cleaned=cleaned)


def _restore_jobs(journal: Journal, clients: Clients) -> Iterator[tuple[str, str]]:
    """Yield Region and id of each restore job that was begun.

    One whose answer was lost is asked for by its token again: AWS Backup then tells the job that it has.

    Raises:
        UnfinishedError: If AWS does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    for part in journal.content["components"].values():
        for entry in part["steps"].values():
            if entry.get("call") != _RESTORE:
                continue
            job = part["kept"].get("restore_job")
            if job is None:
                try:
                    given = entry["parameters"]
                    job = clients.call("backup", "StartRestoreJob", entry["region"], given, changes=True)[
                        "RestoreJobId"
                    ]
                except (BotoCoreError, ClientError) as error:
                    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
                    if code is not None and str(entry.get("error")).startswith(f"{code}:"):
                        # It refuses now as it did then: nothing was begun.
                        continue
                    raise _untold(journal, error) from error
                part["kept"]["restore_job"] = job
                journal.save()
            yield entry["region"], job


def _untold(journal: Journal, error: Exception) -> UnfinishedError:
    return UnfinishedError(
        f"whether AWS Backup restores something for {journal.id} cannot be told ({' '.join(str(error).split())}); "
        f"the same again asks again"
    )


def _count_samples(plan: Plan, journal: Journal, clients: Clients) -> Iterator[Checked]:
    """Yield whether what was sampled is in the drill's buckets, by number and bytes.

    It is counted once, and kept: a drill that goes on may have removed them.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    for item, sample in _samples(plan, journal):
        kept = journal.component(item.name)["kept"]
        if _COUNTED not in kept:
            begun = time.monotonic()
            try:
                count, size = objects_in(clients, str(item.names["restored"]), str(item.names["working_region"]))
                told = {"found": _counted(count, size), "passed": count > 0}
            except (BotoCoreError, ClientError) as error:
                told = {"found": f"cannot be counted ({' '.join(str(error).split())})", "passed": False}
            kept[_COUNTED] = {**told, "seconds": round(time.monotonic() - begun, 3)}
            journal.save()
        counted, expected = kept[_COUNTED], _counted(sample["objects"], sample["bytes"])
        yield Checked(
            component=item.name,
            what="objects of the sample, by number and bytes",
            expected=f"{expected}, and one at least",
            found=counted["found"],
            passed=counted["passed"] and counted["found"] == expected,
            seconds=counted["seconds"],
        )


def _counted(objects: int, size: int) -> str:
    return f"{plural(objects, 'object')} of {plural(size, 'byte')}"


def _samples(plan: Plan, journal: Journal) -> Iterator[tuple[ComponentPlan, Mapping[str, Any]]]:
    for item in plan.components:
        sample = journal.component(item.name)["kept"].get(SAMPLE)
        if sample is not None:
            yield item, sample


def _not_read(plan: Plan) -> Iterator[str]:
    for item in plan.components:
        if item.kind == "filesystem":
            yield f"{item.name}: its files; no mount target is made for it, and --check reads it where it makes one"
        elif item.procedure.rehearsal:
            yield f"{item.name}: the content of its objects, of which number and bytes were compared; --check reads it"


def _losses(
    plan: Plan, journal: Journal, workload: DocumentedWorkload
) -> Iterator[tuple[str, tuple[float | None, str]]]:
    """Yield what a sample tells of a loss, and how.

    The age of the newest object bounds it. An age beyond what was promised tells nothing: it may be that nothing was
    written since.
    """
    target = workload.objective.target(Disruption(plan.arguments["disruption"]))
    for item, sample in _samples(plan, journal):
        was = f"{plural(sample['objects'], 'object')} as they were at {item.names['as_of']}"
        was += f", {sample['older']} of them from a version that is no longer the newest"
        was += f"; {sample['passed_over']} were too large, or in an archive"
        newest, began = moment_of(sample["newest"]), moment_of(item.names["as_of"])
        if item.names["working_region"] == item.names["region"]:
            yield item.name, (None, f"loss: not known: versions are kept of whatever is written; {was}")
        elif newest is None or began is None:
            yield item.name, (None, f"loss: not known: the copy held no object; {was}")
        else:
            age = round(max(0.0, (began - newest).total_seconds()), 3)
            told = f"the newest object seen in the copy was written {age:.0f} s before"
            known = target is not None and age <= target.rpo
            yield (
                item.name,
                (
                    age if known else None,
                    f"loss: {told}, which bounds it where objects arrive in their order; {was}"
                    if known
                    else f"loss: not known: {told}, and nothing may have been written since; {was}",
                ),
            )


def _regions(item: ComponentPlan) -> Iterator[str]:
    for key in ("region", "recovery_region"):
        if item.names.get(key):
            yield str(item.names[key])


def _check_data(command: str, plan: Plan, journal: Journal, *, limit: float) -> Iterator[Checked]:
    """Run *command* for each component, told what was restored by its environment; yield what came of it.

    It passes by its exit code. The first line that it prints is kept, so it must print no secret.

    Args:
        command: A command line for the shell.
        plan: The drill.
        journal: Its journal.
        limit: Seconds after which it has failed.
    """
    for item in plan.components:
        kept = journal.component(item.name)["kept"]
        environment = {
            "DRCTL_OPERATION": journal.id,
            "DRCTL_WORKLOAD": plan.workload,
            "DRCTL_COMPONENT": item.name,
            "DRCTL_KIND": item.kind,
            "DRCTL_REGION": str(item.names.get("working_region") or item.names.get("region")),
            "DRCTL_RESTORED": str(
                kept.get("restored_cluster") or kept.get("restored_file_system") or item.names["restored"]
            ),
            "DRCTL_ENDPOINT": str(kept.get("endpoint") or ""),
        }
        yield _checked(command, item.name, environment, limit)


def _checked(command: str, component: str, environment: Mapping[str, str], limit: float) -> Checked:
    begun = time.monotonic()
    try:
        done = subprocess.run(
            command,
            shell=True,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        found, passed = f"no end within {limit:.0f} s", False
    else:
        said = (done.stdout.decode(errors="replace").strip().splitlines() or [""])[0][:_SAID]
        found, passed = f"exit code {done.returncode}" + (f": {said}" if said else ""), done.returncode == 0
    seconds = round(time.monotonic() - begun, 3)
    return Checked(
        component=component, what=command, expected="exit code 0", found=found, passed=passed, seconds=seconds
    )


def _deviations(plan: Plan) -> Iterator[str]:
    """Yield in what the copies were not apart from the workload."""
    for item in plan.components:
        given = {key.removeprefix(f"{item.name}.") for key in plan.arguments["names"]}
        start = "recovery_" if item.names.get("working_region") != item.names.get("region") else ""
        # A cluster of DSQL is in no subnet.
        placed = f"{start}subnet_group" in item.names
        if item.kind == "database" and placed and not {f"{start}subnet_group", f"{start}security_groups"} <= given:
            yield (
                f"{item.name}: restored into the workload's own subnets and security groups; "
                f"--name {start}subnet_group=... and {start}security_groups=... give others"
            )
