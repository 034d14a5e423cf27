"""What commands write to disk: whole, or not at all."""

from __future__ import annotations

from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def write_file(path: Path, text: str) -> None:
    """Write *text* to *path*, its line breaks as they are; half a file would be taken for the whole.

    What was there stays until all of it is written, and where that cannot be.

    Raises:
        OSError: If it cannot be written, with the name of the file, also where the disk is full.
    """
    # A device, a pipe or a link is written to as it is.
    plain = not path.is_symlink() and (path.is_file() or not path.exists())
    part = path.with_name(f".{path.name}.part") if plain else path
    try:
        if path.is_file():
            path.open("a").close()  # refused where it may not be written, which a replacement would not ask
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
        if plain:
            if path.exists():
                part.chmod(path.stat().st_mode & 0o777)
            part.replace(path)
    except OSError as error:
        if plain:
            with suppress(OSError):  # it may be what could not be made
                part.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None
