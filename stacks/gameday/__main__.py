"""`make gameday`: the day played on an emulated AWS; the report lies in `.cache/gameday`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace

from constructs_lib.documents.evidence import SIMULATED_NOTE
from constructs_lib.emulator import emulated_aws
from constructs_lib.errors import RecoveryError
from stacks.declared import PRIMARY
from stacks.gameday.day import play
from stacks.gameday.ground import APP, deployed
from stacks.rehearsal import ROOT, Rehearsal


def main() -> int:
    """Play the day; return 0 where all held, else 1."""
    start = time.monotonic()

    def told(line: str) -> None:
        sys.stdout.write(f"{time.monotonic() - start:5.0f} s  {line}\n")
        sys.stdout.flush()

    told(SIMULATED_NOTE)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="cdktf-dr-gameday-") as directory,
            emulated_aws(region=PRIMARY, postgres=True) as aws,
        ):
            ground = deployed(aws, replace(Rehearsal.over(aws, Path(directory)), app=APP), told)
            told("deployed")
            day = play(aws, ground, ROOT / ".cache" / "gameday", told=told)
    except (RecoveryError, TimeoutError) as error:
        sys.stderr.write(f"{error}\n")
        return getattr(error, "exit_code", 1)
    return 1 if day.troubles else 0


if __name__ == "__main__":
    sys.exit(main())
