"""`drctl uptime`: what an availability allows."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.cli.arguments import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("uptime", help="the downtime that an availability allows", allow_abbrev=False)
    command.add_argument("availability", help='for example "99.9%%" or "three nines"')
    command.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.availability import allowed_downtime_seconds, parse_availability

    availability = parse_availability(options.availability)
    allowed = allowed_downtime_seconds(availability)
    if options.format == "json":
        json.dump({"availability": str(availability), "allowed_downtime_seconds": allowed}, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return 0
    sys.stdout.write(f"{availability} allows\n")
    for period, seconds in allowed.items():
        sys.stdout.write(f"  {_NAMES[period]:<30}{_text(seconds)}\n")
    return 0


_NAMES = {
    "day": "a day",
    "week": "a week",
    "month_30d": "a month of 30 days",
    "month": "a month (mean, 30.44 days)",
    "quarter": "a quarter (mean)",
    "year": "a year (mean, 365.2425 days)",
}


def _text(seconds: float) -> str:
    minutes, rest = divmod(float(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{int(hours)} h" if hours else "", f"{int(minutes)} min" if minutes else ""]
    parts.append(f"{rest:.3g} s" if rest and not hours else "")
    return " ".join(filter(None, parts)) or "0 s"
