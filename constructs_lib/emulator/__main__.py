"""`python -m constructs_lib.emulator -- COMMAND ARGS...`: run a command against an emulated AWS."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from constructs_lib.emulator.calls.call_log import refusals
from constructs_lib.emulator.environment import emulated_aws
from constructs_lib.emulator.faults import FAILURE_MODES
from constructs_lib.emulator.processes import tether
from constructs_lib.emulator.regions import is_region, regions
from constructs_lib.errors import RecoveryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.emulator.faults import FailureMode

_DESCRIPTION: Final = """
Run a command against an emulated AWS, which lives as long as the command and starts empty. The command gets
AWS_ENDPOINT_URL, credentials that open nothing else, and a default Region; Terraform, cdktf, the AWS CLI and every SDK
need no more. Calls that AWS refuses are refused with its error code and the name of a rule; docs/emulator.md lists
the rules, and what is and is not emulated. Its exit code is the command's, 128 + n where signal n ended it.
"""
_EXAMPLES: Final = """
examples:
  python -m constructs_lib.emulator --region eu-west-1 -- terraform apply -auto-approve
  python -m constructs_lib.emulator --log calls.jsonl -- cdktf deploy --auto-approve '*'
  python -m constructs_lib.emulator -- bash            # a shell in which every tool talks to it
"""


def main(arguments: Sequence[str]) -> int:
    """Run the command of `arguments` inside an emulated AWS; return its exit code, 128 + n where signal n ended it."""
    options = _parser().parse_args(arguments)
    try:
        with contextlib.ExitStack() as stack:
            log = options.log
            if log is None:
                log = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="emulated-aws-")), "calls.jsonl")
            aws = stack.enter_context(
                emulated_aws(
                    account=options.account,
                    region=options.region,
                    polls=options.polls,
                    replication_delay=options.replication_delay,
                    postgres=options.postgres,
                    clock_speed=options.clock_speed,
                    db_instances=options.db_instances,
                    log=log,
                    without_rules=options.without_rule,
                )
            )
            for region, mode in options.fail:
                stack.enter_context(aws.fail_region(region, mode))
            code = _run(options.command, aws.environment(os.environ))
            _tell(refusals(log))
            return code
    except RecoveryError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m constructs_lib.emulator",
        usage="%(prog)s [OPTIONS] -- COMMAND [ARGS...]",
        description=_DESCRIPTION,
        epilog=f"{_EXAMPLES}\n{_modes()}\n\n{_regions()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--region", type=_region, default="us-east-1", help="default Region of the command (default: us-east-1)"
    )
    parser.add_argument("--account", default="123456789012", help="the account, 12 digits (default: 123456789012)")
    parser.add_argument(
        "--log", type=_log, metavar="FILE", help="write each call to FILE: time, Region, service, operation, outcome"
    )
    parser.add_argument(
        "--postgres", action="store_true", help="give PostgreSQL databases a real PostgreSQL at the endpoint they show"
    )
    parser.add_argument(
        "--replication-delay",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="how long a write takes to another Region (default: 0)",
    )
    parser.add_argument(
        "--clock-speed",
        type=float,
        default=1.0,
        metavar="N",
        help="how many seconds pass in one, for health checks, alarms, schedules and what is on the way (default: 1)",
    )
    parser.add_argument(
        "--db-instances",
        type=int,
        metavar="N",
        help="how many RDS instances the account is said to be allowed in a Region (default: 40, RDS's own)",
    )
    parser.add_argument(
        "--polls",
        type=int,
        default=0,
        metavar="N",
        help="how often a client that waits sees `creating` and the like (default: 0)",
    )
    parser.add_argument(
        "--fail",
        type=_failure,
        action="append",
        default=[],
        metavar="REGION[=MODE]",
        help="fail a Region from the start; modes below (default: error); may be given again",
    )
    parser.add_argument(
        "--without-rule",
        action="append",
        default=[],
        metavar="RULE",
        help="do not refuse by this rule; may be given again",
    )
    # All rules are in force as it is; commands written when some were not still say so.
    parser.add_argument("--strict", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="the command and its arguments, after --")
    return parser


def _modes() -> str:
    lines = [f"  {mode:8} {meaning}" for mode, meaning in FAILURE_MODES.items()]
    return "\n".join(["how a Region fails (--fail, or fail_region() in Python):", *lines])


def _regions() -> str:
    listed = textwrap.fill(
        " ".join(regions()), 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
    return f"Regions, each with a state of its own:\n{listed}"


def _region(given: str) -> str:
    if not is_region(given):
        raise argparse.ArgumentTypeError(f"there is no Region {given!r}; --help lists them")
    return given


def _failure(given: str) -> tuple[str, FailureMode]:
    region, _, mode = given.partition("=")
    if (mode or "error") not in FAILURE_MODES:
        raise argparse.ArgumentTypeError(f"there is no failure mode {mode!r}; use {' or '.join(FAILURE_MODES)}")
    return _region(region), cast("FailureMode", mode or "error")


def _log(given: str) -> Path:
    path = Path(given).absolute()
    try:
        path.write_text("")
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cannot write the log {given}: {error.strerror}") from None
    return path


def _tell(refused: list[str]) -> None:
    if refused:
        print("refused by the emulated AWS:", *refused, sep="\n  ", file=sys.stderr)


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
