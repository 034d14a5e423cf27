"""Where journals are kept, and which operation is meant."""

from __future__ import annotations

import sys

from constructs_lib.cli.recovery.options import typed_again

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.operations.clients import AwsClients
    from constructs_lib.operations.journal import Journal
    from constructs_lib.operations.journal_store import Store


def state_directory(options: argparse.Namespace) -> Path:
    """Return where journals are kept on this machine."""
    from constructs_lib.operations.journal import default_directory

    directory: Path = options.state or default_directory()
    return directory


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
    if options.journal is None and default_journal(workload) is None:
        _note_kept_here(options, [] if workload is None else [workload])
        return None
    return _store(options, workload, clients)


def _note_kept_here(options: argparse.Namespace, workloads: Sequence[DocumentedWorkload]) -> None:
    """Say once for each workload, and of several together, that their journals are on this machine alone."""
    said: set[str] = vars(options).setdefault("said", set())
    names = [item.name for item in workloads]
    if said.issuperset(names or [""]):
        return
    said.update(names or [""])
    whose = f" of {', '.join(names)}" if names else ""
    noun, verb = ("journals", "are") if len(names) > 1 else ("journal", "is")
    sys.stderr.write(
        f"drctl: note: the {noun}{whose} {verb} kept on this machine alone; name a bucket with --journal\n"
    )


def _store(options: argparse.Namespace, workload: DocumentedWorkload | None, clients: AwsClients) -> Store | None:
    """Return where journals are kept in the recovery Region; None, and a note, where AWS does not answer which bucket.

    Nothing waits on the day for a bucket that does not answer, and so for nobody who has to tell its name.
    """
    from constructs_lib.errors import InputError
    from constructs_lib.operations.journal_store import BucketStore
    from constructs_lib.procedures.command import ACCOUNT

    place = options.journal or default_journal(workload)
    assert place is not None
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    if not place.startswith("s3://") or not bucket:
        msg = f"--journal is {place!r}; give s3://BUCKET/PREFIX"
        raise InputError(msg)
    # Without stacks any Region will do that answers: S3 says where the bucket is.
    region = (workload.recovery if workload is not None else None) or clients.region or "us-east-1"
    if ACCOUNT in bucket:
        account = _account(options, clients, region)
        if account is None:
            return None
        bucket = bucket.replace(ACCOUNT, account)
    return BucketStore(clients.client("s3", region, brief=True), bucket, prefix or "drctl/operations")


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
    here = [item for item in workloads if options.journal is None and default_journal(item) is None]
    if here:
        _note_kept_here(options, here)
    stores = [None if item in here else _store(options, item, clients) for item in workloads]
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
    from constructs_lib.operations.journal import Journal, NotToldError

    found, troubles = [], []
    for store in _stores(options, workloads, clients):
        try:
            found.append(Journal.open(operation, state_directory(options), store))
        except (InputError, NotToldError) as error:
            troubles.append(error)
    if not found:
        # Where one of the places does not tell, it may be there.
        raise next((error for error in troubles if isinstance(error, NotToldError)), troubles[-1])
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


def _account(options: argparse.Namespace, clients: AwsClients, region: str) -> str | None:
    """Return the account; None, and a note, where AWS does not answer."""
    from botocore.exceptions import BotoCoreError, ClientError

    from constructs_lib.errors import EvaluationError
    from constructs_lib.operations.trouble import passes, said

    given = [text.partition("=")[2] for text in getattr(options, "name", ()) if text.startswith("account=")]
    if given:
        return str(given[-1])
    try:
        return str(clients.call("sts", "GetCallerIdentity", region, {}, changes=False)["Account"])
    except (BotoCoreError, ClientError) as error:
        if passes(error):
            noted: set[str] = vars(options).setdefault("said", set())
            if "account" not in noted:
                noted.add("account")
                sys.stderr.write(
                    f"drctl: note: journals are kept and read on this machine alone: which bucket has them AWS does "
                    f"not tell ({said(error)}); name it with --journal\n"
                )
            return None
        msg = f"AWS does not say whose credentials these are ({error}); sign in, or name the bucket with --journal"
        raise EvaluationError(msg) from error
