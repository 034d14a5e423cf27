"""`drctl evidence`: the records of drills, failovers and incidents."""

from __future__ import annotations

import argparse
import sys

from constructs_lib.cli.arguments import path
from constructs_lib.files import write_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from constructs_lib.cli.arguments import Subparsers

_DIRECTORY = "evidence"


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    text = "records of drills, failovers and incidents: list, verify the chain, render, add"
    command = commands.add_parser("evidence", help=text, description=text.capitalize() + ".", allow_abbrev=False)
    kinds = command.add_subparsers(title="what to do", metavar="ACTION", required=True, prog=command.prog)
    listed = _action(kinds, "list", "the records, their kinds, and which are old")
    listed.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    listed.set_defaults(run=_list)
    verified = _action(kinds, "verify", "fail where a record was changed, taken out or put in")
    verified.add_argument("--newest", metavar="SHA256", help="the digest of the newest record, kept elsewhere")
    verified.set_defaults(run=_verify)
    page = _action(kinds, "page", "write the records as one HTML page with timelines")
    page.add_argument("--output", type=path, required=True, metavar="FILE")
    page.set_defaults(run=_page)
    recorded = _action(kinds, "record", "make the record of an operation that was run")
    add = recorded.add_argument
    add("operation", metavar="OPERATION")
    add("--stacks", type=path, metavar="DIR", help="output of `cdktf synth`; default: cdktf.out")
    add("--kit", metavar="DIR|s3://BUCKET/PREFIX", help="a kit in place of --stacks")
    add("--state", type=path, metavar="DIR", help="where its journal is on this machine")
    add("--journal", metavar="s3://BUCKET/PREFIX", help="where its journal is in the recovery Region")
    add("--kind", metavar="KIND", help="a weaker kind than it proves, or `incident`; never a stronger one")
    for moment in ("lost", "detected", "decided", "served"):
        add(f"--{moment}", metavar="TIME", help=f"when it was {moment}, such as 2026-11-23T10:14:00Z")
    add("--decided-by", metavar="WHO")
    add("--lasts", default="365d", metavar="TIME", help="how long it counts; default: 365d")
    recorded.set_defaults(run=_record)
    jobs = _action(kinds, "jobs", "restore jobs and restore tests of AWS Backup, as what they are")
    add = jobs.add_argument
    add("workload", metavar="WORKLOAD")
    add("--stacks", type=path, metavar="DIR", help="output of `cdktf synth`; default: cdktf.out")
    add("--kit", metavar="DIR|s3://BUCKET/PREFIX", help="a kit in place of --stacks")
    add("--since", default="365d", metavar="TIME", help="how far back; default: 365d")
    add("--record", action="store_true", help="add a record of each that has ended and has none")
    add("--lasts", default="365d", metavar="TIME", help="how long a record counts from the job on; default: 365d")
    add("--format", choices=("table", "json"), default="table", help="default: table")
    jobs.set_defaults(run=_jobs)


def _action(kinds: Subparsers, name: str, text: str) -> argparse.ArgumentParser:
    action = kinds.add_parser(name, help=text, description=text.capitalize() + ".", allow_abbrev=False)
    action.add_argument("--evidence", type=path, default=_DIRECTORY, metavar="DIR", help="default: evidence")
    return action


def _list(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    import msgspec

    from constructs_lib.assessment.evidence import read_evidence
    from constructs_lib.documents.evidence import stale_because

    chain = read_evidence(options.evidence)
    if options.format == "json":
        rows = [{"sha256": digest, **msgspec.to_builtins(record)} for record, digest in chain]
        sys.stdout.write(msgspec.json.format(msgspec.json.encode({"records": rows}), indent=2).decode() + "\n")
        return 0
    if not chain:
        sys.stdout.write(f"there is no record in {options.evidence}\n")
    today = datetime.now(UTC).date()
    for record, _ in chain:
        old = "".join(f"; {why}" for why in stale_because(record, today))
        sys.stdout.write(
            f"{record.id}  {record.kind.value}  {record.disruption}  {record.verdict}  until {record.expires}{old}\n"
        )
    return 0


def _verify(options: argparse.Namespace) -> int:
    from constructs_lib.assessment.evidence import NEWEST, named_newest, read_evidence
    from constructs_lib.errors import InputError
    from constructs_lib.plural import plural

    try:
        chain = read_evidence(options.evidence)
    except InputError as error:
        if not options.evidence.is_dir():
            raise
        sys.stdout.write(f"{error}\n")
        return 1
    newest = chain[-1][1] if chain else None
    if options.newest is not None and options.newest != newest:
        sys.stdout.write(f"the newest record is {newest}, and {options.newest} was to be it: some were cut off\n")
        return 1
    sealed = named_newest(options.evidence)
    if sealed not in (None, newest):
        after = [record.id for record, _ in chain[[digest for _, digest in chain].index(str(sealed)) + 1 :]]
        sys.stdout.write(
            f"{NEWEST} names an earlier record than the newest: {', '.join(after)} came after it, put in by somebody, "
            f"or by a run that was ended; find out, and take it out, or write `sha256sum` of it to {NEWEST}\n"
        )
        return 1
    told = f"{plural(len(chain), 'record')}, one chain; the newest is {newest}" if chain else "there is no record"
    doubt = sealed is None and options.newest is None
    why = f"; there is no {NEWEST}, so whether it was changed, or others cut off, cannot be told" if doubt else ""
    sys.stdout.write(f"{told}{why}\n")
    return 3 if doubt else 0


def _page(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from constructs_lib.assessment.evidence import read_evidence
    from constructs_lib.documents.evidence import evidence_page

    text = evidence_page(read_evidence(options.evidence), today=datetime.now(UTC).date())
    write_file(options.output, text)
    sys.stdout.write(f"{options.output}\n")
    return 0


def _record(options: argparse.Namespace) -> int:
    from constructs_lib.cli.recovery.credentials import new_clients
    from constructs_lib.cli.recovery.journals import named_operation
    from constructs_lib.cli.recovery.options import lasting
    from constructs_lib.cli.recovery.workloads import read_workloads
    from constructs_lib.documents.evidence import record_lines
    from constructs_lib.objectives import Disruption
    from constructs_lib.operations.planning import plan_again
    from constructs_lib.operations.rehearsing.chain import append, newest
    from constructs_lib.operations.rehearsing.evidence import kind_of, record_of

    lasts = lasting(options.lasts)
    journal, workload = named_operation(options, read_workloads(options), new_clients())
    if journal.is_open:
        sys.stderr.write(f"drctl: note: {journal.id} is not finished, and is recorded so; `{journal.resume}` goes on\n")
    plan = plan_again(workload, journal.content)
    restored = journal.content["command"] == "restore"
    record = record_of(
        plan,
        journal,
        workload,
        Disruption.SOFTWARE if restored else Disruption.REGION,
        kind=kind_of(journal.content, options.kind),
        previous=newest(options.evidence),
        moments={name: getattr(options, name) for name in ("lost", "detected", "decided", "served")},
        people={"decided": options.decided_by} if options.decided_by else {},
        lasts=lasts,
    )
    file = append(options.evidence, record)
    sys.stdout.write("".join(f"{line}\n" for line in record_lines(record)) + f"{file}\n")
    return 0


def _jobs(options: argparse.Namespace) -> int:
    import json
    from datetime import UTC, datetime, timedelta

    from constructs_lib.assessment.evidence import read_evidence
    from constructs_lib.cli.recovery.credentials import new_clients
    from constructs_lib.cli.recovery.options import lasting
    from constructs_lib.cli.recovery.workloads import named_workload
    from constructs_lib.errors import EvaluationError
    from constructs_lib.objectives import parse_duration
    from constructs_lib.operations.rehearsing.chain import append, newest
    from constructs_lib.operations.rehearsing.restore_jobs import record_of_job, restore_jobs

    since = datetime.now(UTC) - timedelta(seconds=parse_duration(options.since, name="--since"))
    lasts = lasting(options.lasts)
    workload, clients = named_workload(options, options.workload), new_clients()
    jobs, unasked = restore_jobs(workload, clients, since)
    written = []
    if options.record:
        chain = read_evidence(options.evidence) if options.evidence.is_dir() else ()
        known = {record.id for record, _ in chain}
        for job in jobs:
            if job.seconds is not None and f"restore-job-{job.id}" not in known:
                record = record_of_job(
                    job, workload, simulated=clients.simulated, previous=newest(options.evidence), lasts=lasts
                )
                written.append(str(append(options.evidence, record)))
    if options.format == "json":
        rows = [job.as_data() for job in jobs]
        sys.stdout.write(json.dumps({"jobs": rows, "written": written, "unasked": list(unasked)}, indent=2) + "\n")
    else:
        for job in jobs:
            sys.stdout.write(f"{job.text()}\n")
        sys.stdout.write("".join(f"{file}\n" for file in written))
    if unasked:
        raise EvaluationError("; ".join(unasked))
    return 0
