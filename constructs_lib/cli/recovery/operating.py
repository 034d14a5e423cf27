"""What the commands that operate share: what is named, how it runs, and where the journal is."""

from __future__ import annotations

import sys

from constructs_lib.cli.arguments import path

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.operations.clients import AwsClients
    from constructs_lib.operations.journal import Journal, Store
    from constructs_lib.operations.operate import Manner, Outcome
    from constructs_lib.operations.plan import Plan

_STACKS = "cdktf.out"
_EXITS = "exit codes: 0 done, or a plan that can be done; 1 refused; 2 usage; 3 cannot be told; 4 begun, not finished"


def add_command(commands: Subparsers, name: str, help: str, description: str) -> argparse.ArgumentParser:
    """Return the parser of a command, with where stacks and journals are, and how it answers."""
    command = commands.add_parser(name, help=help, description=description, epilog=_EXITS, allow_abbrev=False)
    add = command.add_argument
    add("--stacks", type=path, metavar="DIR", help=f"output of `cdktf synth`; default: {_STACKS}")
    add("--kit", metavar="DIR|s3://BUCKET/PREFIX", help="a kit that `drctl kit build` made, in place of --stacks")
    add(
        "--journal",
        metavar="s3://BUCKET/PREFIX",
        help="where the journal is kept beside this machine; default: the bucket in the recovery Region that holds the "
        "workload's documents",
    )
    add("--state", type=path, metavar="DIR", help="where the journal is kept on this machine")
    add("--format", choices=("table", "json"), default="table", help="default: table")
    return command


def add_execution(command: argparse.ArgumentParser) -> None:
    """Add what an operation that begins can be told."""
    add = command.add_argument
    add("--execute", action="store_true", help="do it; without, the plan is shown")
    add("--allow-data-loss", action="append", default=[], metavar="COMPONENT", help="say yes to what may be lost of it")
    add(
        "--accept-split-brain",
        action="append",
        default=[],
        metavar="COMPONENT",
        help="say yes to writes that its old side may still take",
    )
    add("--name", action="append", default=[], metavar="KEY=VALUE", help="a name that the stacks do not tell")
    add("--policy", action="store_true", help="print the IAM policy that it needs, and leave")
    add(
        "--beside",
        action="append",
        default=[],
        metavar="OPERATION",
        help="begin although this operation does the same and is open",
    )
    add("--evidence", type=path, metavar="DIR", help="add a record of it to the chain there, once it is done")
    add_pace(command)


def add_pace(command: argparse.ArgumentParser) -> None:
    """Add how an operation that runs behaves."""
    add = command.add_argument
    add("--yes", action="store_true", help="take what a human has to do as done; for machines")
    add("--poll", type=_seconds, default=15, metavar="SECONDS", help="between questions while AWS works; default 15")


def _seconds(text: str) -> float:
    """Return a number of seconds: without a pause AWS would be asked as fast as it answers."""
    import argparse
    import math

    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 < found < math.inf:
        msg = f"{text!r} is no number of seconds above 0"
        raise argparse.ArgumentTypeError(msg)
    return found


def run_plan(options: argparse.Namespace, workload: DocumentedWorkload, plan: Plan) -> int:
    """Show *plan*, or run it, as the options say; return the exit code."""
    from constructs_lib.cli.recovery.outcome import show_outcome
    from constructs_lib.operations.alone import check_alone
    from constructs_lib.operations.operate import begin, look
    from constructs_lib.operations.preflight import check_preflight
    from constructs_lib.operations.rights import policy_of

    if options.policy:
        write_policy(policy_of(plan, options.journal or default_journal(workload)))
        return 0
    for name, why in plan.without.items():
        sys.stderr.write(f"drctl: note: {name}: {why}\n")
    clients = new_clients()
    if not options.execute:
        note_signed_out(clients)
        outcome = look(plan, clients)
        show_outcome(options, outcome)
        check_preflight(outcome.preflight)
        plan.check_consent(options.allow_data_loss, options.accept_split_brain)
        return outcome.exit_code
    check_somebody_is_there(options, plan)
    store = journal_store(options, workload, clients)
    check_signed_in(clients)
    directory = state_directory(options)
    check_alone(plan, directory, store, options.beside, typed=typed_again(options))
    with Interruptible() as stop:
        outcome = begin(
            plan,
            clients,
            directory=directory,
            store=store,
            losing=options.allow_data_loss,
            splitting=options.accept_split_brain,
            beside=options.beside,
            manner=manner(options, stop),
        )
    show_outcome(options, outcome)
    if options.evidence is not None:
        _keep_record(options, workload, plan, outcome)
    return outcome.exit_code


def write_policy(policy: dict[str, Any]) -> None:
    """Write an IAM policy document, and say where it is longer than one policy of IAM may be."""
    import json

    from constructs_lib.catalog.limits import limit

    sys.stdout.write(json.dumps(policy, indent=2) + "\n")
    characters = len(json.dumps(policy, separators=(",", ":")))
    most = limit("iam.managed_policy_characters").most
    assert most is not None
    if characters > most:
        sys.stderr.write(
            f"drctl: note: it has {characters} characters without white space, and IAM takes {most} in a managed "
            f"policy: put its statements into {-(-characters // most)} policies or more, and attach all to the role\n"
        )


def _keep_record(options: argparse.Namespace, workload: DocumentedWorkload, plan: Plan, outcome: Outcome) -> None:
    """Write the record; on the day nothing fails for want of one, since the journal still has it all."""
    from constructs_lib.errors import RecoveryError
    from constructs_lib.objectives import Disruption
    from constructs_lib.operations.journal import Journal
    from constructs_lib.operations.rehearsing.evidence import append, kind_of, newest, record_of

    try:
        journal = Journal.open(str(outcome.operation), state_directory(options), None)
        record = record_of(
            plan,
            journal,
            workload,
            Disruption.SOFTWARE if plan.command == "restore" else Disruption.REGION,
            kind=kind_of(journal.content),
            previous=newest(options.evidence),
        )
        sys.stderr.write(f"drctl: note: recorded as {record.kind.value}: {append(options.evidence, record)}\n")
    except RecoveryError as error:
        again = f"drctl evidence record {outcome.operation}{typed_again(options)}"
        sys.stderr.write(f"drctl: note: no record is written ({error}); `{again}` does it\n")


def all_journals(
    options: argparse.Namespace, workloads: Sequence[DocumentedWorkload], clients: AwsClients
) -> list[Journal]:
    """Return every journal on this machine and in the buckets of the workloads, each once, oldest first."""
    from constructs_lib.operations.journal import journals

    found: dict[str, Journal] = {}
    for store in _stores(options, workloads, clients):
        for journal in journals(state_directory(options), store):
            journal.typed = typed_again(options)
            if journal.id not in found or journal.content["revision"] > found[journal.id].content["revision"]:
                found[journal.id] = journal
    return sorted(found.values(), key=lambda journal: str(journal.content["began"]))


def _stores(
    options: argparse.Namespace, workloads: Sequence[DocumentedWorkload], clients: AwsClients
) -> list[Store | None]:
    """Return where journals of the workloads are kept beside this machine, each once."""
    stores = [journal_store(options, workload, clients) for workload in workloads]
    if options.journal and not workloads:
        stores = [journal_store(options, None, clients)]
    return list({str(item): item for item in stores or [None]}.values())


def named_operation(
    options: argparse.Namespace, workloads: Sequence[DocumentedWorkload], clients: AwsClients
) -> tuple[Journal, DocumentedWorkload]:
    """Return the journal of the operation that the options name, and its workload.

    Raises:
        InputError: If there is none, or its workload is not among these.
        EvaluationError: If it cannot be read.
    """
    journal = named_journal(options, options.operation, workloads, clients)
    return journal, workload_of(journal, workloads)


def named_journal(
    options: argparse.Namespace, operation: str, workloads: Sequence[DocumentedWorkload], clients: AwsClients
) -> Journal:
    """Return the journal of *operation*, from wherever it is newest.

    Raises:
        InputError: If there is none.
        EvaluationError: If it cannot be read.
    """
    from constructs_lib.errors import InputError
    from constructs_lib.operations.journal import Journal

    found = []
    for store in _stores(options, workloads, clients):
        try:
            found.append(Journal.open(operation, state_directory(options), store))
        except InputError as error:
            absent = error
    if not found:
        raise absent
    journal = max(found, key=lambda item: int(item.content["revision"]))
    journal.typed = typed_again(options)
    return journal


def workload_of(journal: Journal, workloads: Sequence[DocumentedWorkload]) -> DocumentedWorkload:
    """Return the workload of an operation, and say what is amiss with its journal.

    Raises:
        InputError: If it is not among these.
    """
    from constructs_lib.errors import InputError

    if journal.trouble:
        sys.stderr.write(f"drctl: note: {journal.trouble}\n")
    for workload in workloads:
        if workload.name == journal.content["workload"]:
            return workload
    msg = f"operation {journal.id} is of workload {journal.content['workload']!r}, which the stacks do not hold"
    raise InputError(msg)


def read_workloads(options: argparse.Namespace) -> tuple[DocumentedWorkload, ...]:
    """Return the workloads of the stacks, or of the kit."""
    from constructs_lib.documents.read.stacks import read_stacks
    from constructs_lib.errors import InputError

    if options.kit is None:
        return read_stacks(options.stacks or path(_STACKS), None)
    if options.stacks is not None:
        msg = "--kit and --stacks are both given; give the one that is to be believed"
        raise InputError(msg)
    if not options.kit.startswith("s3://"):
        return _opened(path(options.kit))
    import tempfile

    from constructs_lib.operations.packing.kit import fetch_kit

    bucket, _, prefix = options.kit.removeprefix("s3://").partition("/")
    if not bucket:
        msg = f"--kit is {options.kit!r}; give s3://BUCKET/PREFIX"
        raise InputError(msg)
    with tempfile.TemporaryDirectory(prefix="drctl-kit-") as directory:
        fetch_kit(new_clients().client("s3", _own_region()), bucket, prefix, path(directory))
        return _opened(path(directory))


def _opened(directory: Path) -> tuple[DocumentedWorkload, ...]:
    from constructs_lib.operations.packing.kit import open_kit

    workloads, notes = open_kit(directory)
    for note in notes:
        sys.stderr.write(f"drctl: note: {note}\n")
    return workloads


def _own_region() -> str:
    """Return the Region of the environment: a bucket is asked where it lies, and no global endpoint is."""
    import boto3

    from constructs_lib.errors import InputError

    region: str | None = boto3.session.Session().region_name
    if region is None:
        msg = "the kit is in a bucket, and no Region is set; set AWS_REGION to the bucket's"
        raise InputError(msg)
    return region


def named_workload(options: argparse.Namespace, name: str) -> DocumentedWorkload:
    """Return the workload called *name*."""
    from constructs_lib.errors import InputError

    workloads = read_workloads(options)
    for workload in workloads:
        if workload.name == name:
            return workload
    msg = f"the stacks hold no workload {name!r}; they hold {', '.join(item.name for item in workloads)}"
    raise InputError(msg)


def workload_with(options: argparse.Namespace) -> DocumentedWorkload:
    """Return the workload that has the component the options name."""
    from constructs_lib.errors import InputError

    if options.workload:
        return named_workload(options, options.workload)
    workloads = read_workloads(options)
    having = [item for item in workloads if any(part.name == options.component for part in item.components)]
    if not having:
        there = "; ".join(f"{item.name} has {', '.join(part.name for part in item.components)}" for item in workloads)
        msg = f"no workload of the stacks has a component {options.component!r}; {there}"
        raise InputError(msg)
    if len(having) != 1:
        which = ", ".join(item.name for item in having)
        msg = f"the workloads with a component {options.component!r} are: {which}; name one with --workload"
        raise InputError(msg)
    return having[0]


def given_names(options: argparse.Namespace) -> dict[str, Any]:
    """Return the names that the options settle."""
    from constructs_lib.errors import InputError

    found: dict[str, Any] = {}
    for text in options.name:
        key, equals, value = text.partition("=")
        if not equals or not key or not value:
            msg = f"--name is {text!r}; give KEY=VALUE, such as recovery_security_groups=sg-1,sg-2"
            raise InputError(msg)
        found[key] = value.split(",") if key.endswith("security_groups") else value
    return found


def typed_again(options: argparse.Namespace) -> str:
    """Return the options by which another command finds the same stacks and journals, each after a space."""
    import shlex

    names = ("stacks", "kit", "journal", "state")
    given = {name: getattr(options, name) for name in names}
    return "".join(f" --{name} {shlex.quote(str(value))}" for name, value in given.items() if value is not None)


def state_directory(options: argparse.Namespace) -> Path:
    """Return where journals are kept on this machine."""
    from constructs_lib.operations.journal import default_directory

    directory: Path = options.state or default_directory()
    return directory


def new_clients() -> AwsClients:
    """Return clients from the environment."""
    from constructs_lib.operations.clients import AwsClients

    return AwsClients()


def check_signed_in(clients: AwsClients) -> None:
    """Refuse to begin without credentials: an operation that cannot make a call is one more thing to clear up.

    Raises:
        EvaluationError: If there are none.
    """
    from constructs_lib.errors import EvaluationError

    if not clients.signed_in:
        msg = "there are no AWS credentials here; sign in, or name a profile in AWS_PROFILE"
        raise EvaluationError(msg)


def note_signed_out(clients: AwsClients) -> None:
    """Say that a plan is shown of which AWS was asked nothing."""
    if not clients.signed_in:
        sys.stderr.write("drctl: note: there are no AWS credentials here, so AWS is not asked how far things are\n")


def check_somebody_is_there(options: argparse.Namespace, plan: Plan) -> None:
    """Refuse to begin what waits for people where nobody can say that they are done.

    Raises:
        RefusedError: If no terminal is there, and nothing says that what people do is done.
    """
    from constructs_lib.errors import RefusedError

    waits = [item.name for item in plan.components if any(step.waits_for_people for step in item.steps)]
    if waits and not options.yes and not sys.stdin.isatty():
        msg = (
            f"{', '.join(waits)}: there are steps for people to do, and no terminal to ask them at; see the plan "
            f"(leave out --execute), and say with --yes that they are done"
        )
        raise RefusedError(msg)


def default_journal(workload: DocumentedWorkload | None) -> str | None:
    """Return where the journals of *workload* are kept: beside its documents in the recovery Region; None: nowhere."""
    if workload is None:
        return None
    for region, place in workload.stored:
        if region == workload.recovery:
            return f"s3://{place.removeprefix('s3://').partition('/')[0]}/drctl/operations"
    return None


def journal_store(
    options: argparse.Namespace, workload: DocumentedWorkload | None, clients: AwsClients
) -> Store | None:
    """Return where journals are kept in the recovery Region; None, and a note, where nowhere."""
    from constructs_lib.errors import InputError
    from constructs_lib.operations.journal import BucketStore
    from constructs_lib.procedures.command import ACCOUNT

    place = options.journal or default_journal(workload)
    if place is None:
        sys.stderr.write("drctl: note: the journal is kept on this machine alone; name a bucket with --journal\n")
        return None
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    if not place.startswith("s3://") or not bucket:
        msg = f"--journal is {place!r}; give s3://BUCKET/PREFIX"
        raise InputError(msg)
    region = (workload.recovery if workload is not None else None) or "us-east-1"
    if ACCOUNT in bucket:
        bucket = bucket.replace(ACCOUNT, _account(clients, region))
    return BucketStore(clients.client("s3", region), bucket, prefix or "drctl/operations")


def manner(options: argparse.Namespace, stop: Callable[[], bool]) -> Manner:
    """Return how an operation runs: its pace, whom it asks, and what it shows."""
    from attrs import evolve

    from constructs_lib.cli.recovery.terminal import Terminal
    from constructs_lib.operations.operate import Manner
    from constructs_lib.operations.run import Pace

    terminal = Terminal()
    told = Manner(
        pace=Pace(poll=options.poll),
        confirm=None if options.yes else terminal.ask,
        stop=stop,
        typed=typed_again(options),
    )
    # Elsewhere nobody looks on, and the journal says the same.
    return evolve(told, progress=terminal.progress, sleep=terminal.sleep) if sys.stderr.isatty() else told


class Interruptible:
    """A block in which Ctrl-C asks the operation to leave off, with its journal written; the second one ends it."""

    def __enter__(self) -> Callable[[], bool]:
        import signal

        self._asked = False
        self._before = signal.signal(signal.SIGINT, self._ask)
        return lambda: self._asked

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        import signal

        signal.signal(signal.SIGINT, self._before)
        if kind is KeyboardInterrupt:
            from constructs_lib.errors import UnfinishedError

            msg = "ended in the middle of a call; `drctl operations` says what is open and how to go on with it"
            raise UnfinishedError(msg) from None

    def _ask(self, *_: object) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        sys.stderr.write("drctl: leaving off after this call; once more ends it at once\n")


def _account(clients: AwsClients, region: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    from constructs_lib.errors import EvaluationError

    try:
        return str(clients.call("sts", "GetCallerIdentity", region, {}, changes=False)["Account"])
    except (BotoCoreError, ClientError) as error:
        msg = f"AWS does not say whose credentials these are ({error}); sign in, or name the bucket with --journal"
        raise EvaluationError(msg) from error
