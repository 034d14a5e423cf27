"""What is written to disk: whole, or not at all."""

from __future__ import annotations

import os
from stat import S_IMODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_file(path: Path, text: str, *, durable: bool = False) -> None:
    """Write *text* to *path*, its line breaks as they are; half a file would be taken for the whole.

    What was there stays until all of it is written, and where that cannot be.

    Args:
        path: Where.
        text: What.
        durable: Whether it must be on the disk before anything else is done.

    Raises:
        OSError: If it cannot be written, with the name of the file, also where the disk is full.
    """
    write_files({path: text}, durable=durable)


def write_files(texts: Mapping[Path, str], *, durable: bool = False) -> None:
    """Write files that belong together, as `write_file` does: none is replaced before there was room for all of them.

    Args:
        texts: What, by where.
        durable: Whether they must be on the disk before anything else is done.

    Raises:
        OSError: If one cannot be written, with its name.
    """
    parts: dict[Path, Path] = {}
    written: Path | None = None
    try:
        for path, text in texts.items():
            written = path
            _write(path, text, parts, durable=durable)
        for path, part in parts.items():
            written = path
            if path.exists():
                part.chmod(S_IMODE(path.stat().st_mode))
            part.replace(path)
    except BaseException as error:  # of Ctrl-C nothing is to stay either
        for part in parts.values():
            try:
                part.unlink()
            except OSError:  # it may be what could not be made, or be in its place
                continue
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(written)) from None
        raise


def _write(path: Path, text: str, parts: dict[Path, Path], *, durable: bool) -> None:
    written = path
    # A device, a pipe or a link is written to as it is.
    if not path.is_symlink() and (path.is_file() or not path.exists()):
        # A longer name may be as long as one can be, and files that belong together begin alike.
        parts[path] = written = path.with_name(f".{path.name[:60]}.{len(parts)}.part")
        if path.is_file():
            path.open("a").close()  # refused where it may not be written, which a replacement would not ask
    with written.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        if durable:
            file.flush()
            os.fsync(file.fileno())
