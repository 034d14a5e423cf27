"""Which workload is meant: one of the synthesized stacks, or of a kit."""

from __future__ import annotations

import sys

from constructs_lib.cli.arguments import path
from constructs_lib.cli.recovery.credentials import new_clients
from constructs_lib.cli.recovery.options import STACKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload


def read_workloads(options: argparse.Namespace) -> tuple[DocumentedWorkload, ...]:
    """Return the workloads of the stacks, or of the kit."""
    from constructs_lib.documents.read.stacks import read_stacks
    from constructs_lib.errors import InputError

    if options.kit is None:
        return read_stacks(options.stacks or path(STACKS), None)
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
