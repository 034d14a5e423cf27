"""A plan shown, or run: with whom it asks, what it shows, and how it is interrupted."""

from __future__ import annotations

import sys

from constructs_lib.cli.recovery.credentials import check_signed_in, new_clients, note_signed_out
from constructs_lib.cli.recovery.journals import default_journal, journal_store, state_directory
from constructs_lib.cli.recovery.options import typed_again

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import Any

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.operations.clients import AwsClients
    from constructs_lib.operations.journal_store import Store
    from constructs_lib.operations.operate import Manner, Outcome
    from constructs_lib.operations.plan import Plan


def run_plan(options: argparse.Namespace, workload: DocumentedWorkload, plan: Plan) -> int:
    """Show *plan*, or run it, as the options say; return the exit code."""
    from constructs_lib.cli.recovery.outcome import show_outcome
    from constructs_lib.operations.alone import check_alone, not_taken_over
    from constructs_lib.operations.operate import begin, look
    from constructs_lib.operations.preflight import check_preflight
    from constructs_lib.operations.rights import policy_of

    if options.policy:
        journal = options.journal or default_journal(workload)
        kit = options.kit if options.kit and options.kit.startswith("s3://") else None
        write_policy(policy_of(plan, journal, beside_documents=options.journal is None, kit=kit))
        return 0
    for name, why in plan.without.items():
        sys.stderr.write(f"drctl: note: {name}: {why}\n")
    clients = new_clients()
    directory = state_directory(options)

    def check_others(store: Store | None) -> None:
        # The client tells whether AWS answers or something else; it is asked nothing.
        clients.client("sts", workload.recovery or workload.primary or "us-east-1")
        typed = typed_again(options)
        doubt = check_alone(plan, directory, store, options.beside, typed=typed, simulated=clients.simulated)
        if doubt is not None:
            sys.stderr.write(f"drctl: note: {doubt}\n")

    def say_what_is_not_taken_over(store: Store | None) -> None:
        if plan.command != "failback":
            for text in not_taken_over(plan, directory, store):
                sys.stderr.write(f"drctl: note: {text}\n")

    if not options.execute:
        note_signed_out(clients)
        outcome = look(plan, clients)
        show_outcome(options, outcome)
        store = _store_if_told(options, workload, clients)
        say_what_is_not_taken_over(store)
        check_preflight(outcome.preflight)
        plan.check_consent(options.allow_data_loss, options.accept_split_brain)
        check_others(store)
        return outcome.exit_code
    check_somebody_is_there(options, plan)
    store = journal_store(options, workload, clients)
    check_signed_in(clients)
    say_what_is_not_taken_over(store)
    check_others(store)
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


def _store_if_told(options: argparse.Namespace, workload: DocumentedWorkload, clients: AwsClients) -> Store | None:
    """Return where journals are kept beside this machine; None where a plan is shown that AWS is not asked about."""
    from constructs_lib.errors import EvaluationError

    try:
        return journal_store(options, workload, clients) if clients.signed_in else None
    except EvaluationError:
        return None


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
    from constructs_lib.operations.rehearsing.chain import append, newest
    from constructs_lib.operations.rehearsing.evidence import kind_of, record_of

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


def manner(options: argparse.Namespace, stop: Callable[[], bool]) -> Manner:
    """Return how an operation runs: its pace, whom it asks, and what it shows."""
    from msgspec.structs import replace

    from constructs_lib.cli.recovery.terminal import Terminal
    from constructs_lib.operations.operate import Manner
    from constructs_lib.operations.run import Pace

    terminal = Terminal()
    told = Manner(
        pace=Pace(poll=options.poll),
        confirm=None if options.yes else terminal.ask,
        stop=stop,
        typed=typed_again(options),
        tell=_note,
    )
    # Elsewhere nobody looks on, and the journal says the same.
    return replace(told, progress=terminal.progress, sleep=terminal.sleep) if sys.stderr.isatty() else told


def _note(text: str) -> None:
    sys.stderr.write(f"drctl: note: {' '.join(text.split())}\n")


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
