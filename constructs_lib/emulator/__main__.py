"""`python -m constructs_lib.emulator -- COMMAND ARGS...`: run a command against an emulated AWS."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from constructs_lib.emulator import tether
from constructs_lib.emulator.environment import emulated_aws
from constructs_lib.errors import RecoveryError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Run the command of `arguments` inside an emulated AWS; return its exit code, 128 + n where signal n ended it."""
    parser = argparse.ArgumentParser(
        prog="python -m constructs_lib.emulator",
        usage="%(prog)s [--region REGION] [--account ACCOUNT] -- COMMAND [ARGS...]",
        description="run a command against an emulated AWS that lives as long as the command",
    )
    parser.add_argument("--region", default="us-east-1", help="default Region of the command (default: us-east-1)")
    parser.add_argument("--account", default="123456789012", help="the account, 12 digits (default: 123456789012)")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    options = parser.parse_args(arguments)
    try:
        with emulated_aws(account=options.account, region=options.region) as aws:
            return _run(options.command, aws.environment(os.environ))
    except RecoveryError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _run(command: list[str], environment: dict[str, str]) -> int:
    tethered = [sys.executable, "-I", tether.__file__, *command]
    process = subprocess.Popen(tethered, env=environment)

    def pass_on(number: int, _: object) -> None:
        process.send_signal(number)

    # A terminal sends Ctrl-C to the command as well, so it decides when to end; SIGTERM reaches only us.
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, pass_on),
    }
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
