"""The chain of records in a directory, each of which names the one before it by its digest."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.assessment.evidence import NEWEST, Evidence, digest_of, read_evidence
from constructs_lib.errors import EvaluationError, RefusedError
from constructs_lib.files import write_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["append", "check_writable", "newest"]


def newest(directory: Path) -> str | None:
    """Return the digest of the newest record in *directory*; None where there is none."""
    chain = read_evidence(directory) if directory.is_dir() else ()
    return chain[-1][1] if chain else None


def append(directory: Path, record: Evidence) -> Path:
    """Write *record* at the end of the chain in *directory*, and return its file.

    Raises:
        RefusedError: If another record has been written meanwhile.
        EvaluationError: If it cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _alone_in(directory):
            chain = read_evidence(directory)
            if record.previous_sha256 != (chain[-1][1] if chain else None):
                msg = f"another record was written to {directory} meanwhile"
                raise RefusedError(f"{msg}; make this one again with `drctl evidence record`")
            again = [digest for before, digest in chain if before.id == record.id]
            if again:
                # As where moments are added to what was recorded at once: it is still one operation.
                told = f"recorded {len(again) + 1} times: this one is in place of that with SHA-256 {again[-1]}"
                record = msgspec.structs.replace(record, deviations=[*record.deviations, told])
            path = directory / f"{len(chain) + 1:04}-{record.id}.json"
            text = msgspec.json.format(msgspec.json.encode(record), indent=1).decode() + "\n"
            write_file(path, text, durable=True)
            # Afterwards: one that still names the record before it is true as well.
            write_file(directory / NEWEST, f"{digest_of(text.encode())}  {path.name}\n", durable=True)
    except OSError as error:
        raise _unwritable(error.filename or directory, error) from error
    return path


def check_writable(directory: Path) -> None:
    """Refuse where no record could be written: what it is about would have been done for nothing.

    Raises:
        EvaluationError: If it cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise _unwritable(directory, error) from error


@contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Keep others on this machine from writing there meanwhile: two records that follow one are a fork of the chain."""
    here = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems of a network know no lock of a directory
            fcntl.flock(here, fcntl.LOCK_EX)
        yield
    finally:
        os.close(here)


def _unwritable(where: Path | str, error: OSError) -> EvaluationError:
    why = error.strerror or error
    return EvaluationError(f"{where} cannot be written: {why}; name another directory, or free this one")
