"""What commands write to disk: whole, or not at all."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def write_file(path: Path, text: str) -> None:
    """Write *text* to *path*, its line breaks as they are; half a file would be taken for the whole.

    Raises:
        OSError: If it cannot be written, with the name of the file, also where the disk is full.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        # Only opening names the file; after it, part of the text may be there. A device is not ours to remove.
        if error.filename is None and path.is_file():
            path.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None
