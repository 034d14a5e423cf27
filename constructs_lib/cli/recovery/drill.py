"""`drctl drill`: a recovery rehearsed beside the workload, timed, checked, removed and recorded."""

from __future__ import annotations

import sys

from constructs_lib.cli.arguments import path
from constructs_lib.cli.recovery.credentials import check_signed_in, new_clients, note_signed_out
from constructs_lib.cli.recovery.execution import Interruptible, manner, write_policy
from constructs_lib.cli.recovery.journals import default_journal, journal_store, state_directory
from constructs_lib.cli.recovery.options import add_command, add_pace, given_names, lasting, seconds, typed_again
from constructs_lib.cli.recovery.workloads import named_workload

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from datetime import timedelta

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.operations.clients import AwsClients
    from constructs_lib.operations.plan import Plan
    from constructs_lib.operations.rehearsing.drill import Drilled

EVIDENCE = "evidence"


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = add_command(
        commands,
        "drill",
        "rehearse a recovery beside the workload, and record what it took",
        "Restore the components of a workload beside themselves under names of the drill's own, check the data, remove "
        "what was made, prove that nothing is left, and write a record of evidence. Nothing of the workload is "
        "changed, and nothing is made without --execute or in an account that recovery.yaml does not name.",
    )
    add = command.add_argument
    add("workload", metavar="WORKLOAD")
    add("--disruption", choices=("software", "region"), default="software", help="default: software")
    add("--component", action="append", default=[], metavar="NAME", help="only this one; may be given several times")
    add(
        "--check",
        metavar="COMMAND",
        help="looks at what was restored, as DRCTL_* variables tell; passes with 0",
    )
    add("--check-limit", type=seconds, default=600, metavar="SECONDS", help="after which it has failed; default 600")
    add("--evidence", type=path, default=EVIDENCE, metavar="DIR", help=f"where records are; default: {EVIDENCE}")
    add("--lasts", default="365d", metavar="TIME", help="how long the record counts; default: 365d")
    add("--decided-by", metavar="WHO", help="who ordered the drill, for the record")
    add("--objectives", type=path, metavar="FILE", help="names the accounts for drills; default: recovery.yaml")
    add("--name", action="append", default=[], metavar="KEY=VALUE", help="such as an isolated subnet_group")
    add("--execute", action="store_true", help="do it; without, the plan is shown")
    add("--policy", action="store_true", help="print the IAM policy that it needs, and leave")
    add("--resume", metavar="OPERATION", help="go on with a drill that was interrupted")
    add("--clean", action="store_true", help="with --resume: give it up, and remove what it made")
    add_pace(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import secrets

    from constructs_lib.cli.recovery.outcome import show_outcome
    from constructs_lib.errors import InputError
    from constructs_lib.objectives import Disruption
    from constructs_lib.operations.operate import look
    from constructs_lib.operations.rehearsing.drill_plan import plan_drill
    from constructs_lib.operations.rehearsing.drill_rights import drill_policy_of

    if options.clean and not options.resume:
        msg = "--clean is given without --resume; name the drill whose things are to go"
        raise InputError(msg)
    # Before anything is done: of a drill that was made there must be a record.
    lasts = lasting(options.lasts)
    workload = named_workload(options, options.workload)
    clients = new_clients()
    if options.resume:
        _refuse_other_accounts(options, clients, workload)
        return _execute(options, workload, None, clients, lasts)
    plan = plan_drill(
        workload,
        Disruption(options.disruption),
        # The policy is for every drill, whatever its number.
        token="*" if options.policy else secrets.token_hex(4),
        only=options.component,
        names=given_names(options, workload),
    )
    if options.policy:
        journal = options.journal or default_journal(workload)
        kit = options.kit if options.kit and options.kit.startswith("s3://") else None
        write_policy(drill_policy_of(plan, journal, beside_documents=options.journal is None, kit=kit))
        return 0
    for name, why in plan.without.items():
        sys.stderr.write(f"drctl: note: {name}: {why}\n")
    if not options.execute:
        note_signed_out(clients)
        outcome = look(plan, clients)
        show_outcome(options, outcome)
        return outcome.exit_code
    check_signed_in(clients)
    _refuse_other_accounts(options, clients, workload)
    return _execute(options, workload, plan, clients, lasts)


def _refuse_other_accounts(options: argparse.Namespace, clients: AwsClients, workload: DocumentedWorkload) -> None:
    from constructs_lib.declaration.declaration import load_declaration
    from constructs_lib.operations.rehearsing.drill import check_account

    file = options.objectives or path("recovery.yaml")
    region = workload.recovery or workload.primary or "us-east-1"
    account = str(clients.call("sts", "GetCallerIdentity", region, {}, changes=False)["Account"])
    check_account(account, load_declaration(file).accounts if options.objectives or file.is_file() else (), str(file))


def _execute(
    options: argparse.Namespace,
    workload: DocumentedWorkload,
    plan: Plan | None,
    clients: AwsClients,
    lasts: timedelta,
) -> int:
    from constructs_lib.operations.rehearsing.drill import run_drill

    with Interruptible() as stop:
        drilled = run_drill(
            workload,
            plan,
            clients,
            operation=options.resume,
            state=state_directory(options),
            store=journal_store(options, workload, clients),
            evidence=options.evidence,
            give_up=options.clean,
            check=options.check,
            check_limit=options.check_limit,
            people={"decided": options.decided_by} if options.decided_by else {},
            lasts=lasts,
            manner=manner(options, stop),
        )
    _show(options, drilled)
    return drilled.exit_code


def _show(options: argparse.Namespace, drilled: Drilled) -> None:
    import msgspec

    if options.format == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(drilled.record), indent=2).decode() + "\n")
    else:
        from constructs_lib.documents.evidence import record_lines

        sys.stdout.write("".join(f"{line}\n" for line in record_lines(drilled.record)))
        sys.stdout.write(f"{drilled.file}\n")
    for item in drilled.cleaned.left:
        sys.stderr.write(f"drctl: left: {item}\n")
    if drilled.cleaned.left:
        again = f"drctl drill {drilled.record.workload} --resume {drilled.record.id} --clean{typed_again(options)}"
        sys.stderr.write(f"drctl: not all of it is removed; `{again}` tries again\n")
