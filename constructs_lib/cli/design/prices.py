"""`drctl prices refresh`: prices read anew from the AWS Price List."""

from __future__ import annotations

import argparse
import sys

from constructs_lib.cli.arguments import path
from constructs_lib.files import write_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from constructs_lib.cli.arguments import Subparsers


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("prices", help="read prices anew from AWS", allow_abbrev=False)
    actions = command.add_subparsers(title="actions", metavar="ACTION", required=True, prog=command.prog)
    refresh = actions.add_parser(
        "refresh",
        help="write a price file from the AWS Price List",
        description="Read the AWS Price List and write a price file for --prices. Needs credentials that allow "
        "pricing:GetProducts.",
        allow_abbrev=False,
    )
    add = refresh.add_argument
    add("--output", type=path, required=True, metavar="FILE", help="where to write it")
    add("--region", action="append", required=True, metavar="REGION", help="a Region to price; several times")
    add(
        "--instance",
        action="append",
        default=[],
        metavar="ENGINE:CLASS",
        help="a database instance to price, such as postgres:db.m6g.large; several times",
    )
    add("--endpoint-region", default="us-east-1", help="Region of the Price List's own endpoint; default us-east-1")
    refresh.set_defaults(run=_refresh)


def _refresh(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    from constructs_lib.catalog.prices.price_list import refresh_prices
    from constructs_lib.errors import EvaluationError

    instances = [_instance(text) for text in options.instance]
    try:
        client = boto3.client("pricing", region_name=options.endpoint_region)
        refreshed = refresh_prices(client, options.region, instances=instances, today=datetime.now(UTC).date())
    except (BotoCoreError, ClientError) as error:
        msg = f"the AWS Price List did not answer: {error}; check credentials (pricing:GetProducts) and the network"
        raise EvaluationError(msg) from error
    for missing in refreshed.missing:
        sys.stderr.write(f"drctl: note: not taken: {missing}\n")
    if not refreshed.count:
        msg = "the Price List held none of the prices asked for, so no file is written"
        raise EvaluationError(msg)
    from constructs_lib.plural import plural

    write_file(options.output, refreshed.text)
    sys.stdout.write(f"{plural(refreshed.count, 'price')} in {options.output}\n")
    return 0


def _instance(text: str) -> tuple[str, str]:
    from constructs_lib.errors import InputError

    engine, colon, name = text.partition(":")
    if not colon or not engine or not name:
        msg = f"{text!r} is not an engine and a class; write them like postgres:db.m6g.large"
        raise InputError(msg)
    return engine, name
