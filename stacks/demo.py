"""`make demo`: from declared objectives to applied Terraform on an emulated AWS, with the reasons."""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from constructs_lib.emulator import emulated_aws
from constructs_lib.errors import RecoveryError
from stacks.declared import PRIMARY, RECOVERY
from stacks.pauses import longest_chain
from stacks.rehearsal import EMPTY_PLAN, Rehearsal
from stacks.report import report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from constructs_lib.emulator import EmulatedAws


def main() -> int:
    """Run the demonstration; return 0 where everything held."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    try:
        _demonstrate(console)
    except RecoveryError as error:
        console.print(str(error), style="red", markup=False)
        return error.exit_code
    except KeyboardInterrupt:
        console.print("interrupted; the emulator and what was deployed to it are gone")
        return 130
    return 0


def _demonstrate(console: Console) -> None:
    from constructs_lib.terraform.engine import App
    from stacks.application import build

    start = time.monotonic()

    def step(text: str) -> None:
        console.print(f"[bold]{time.monotonic() - start:5.0f} s[/bold]  {text}")

    with tempfile.TemporaryDirectory(prefix="cdktf-dr-demo-") as directory, emulated_aws(region=PRIMARY) as aws:
        rehearsal = Rehearsal.over(aws, Path(directory))
        step("emulated AWS is up, with a hosted zone; cdktf synth")
        workloads = build(App(outdir=str(Path(directory) / "assessed")))
        stacks = rehearsal.synth()
        step(f"synthesized {len(stacks)} stacks: {', '.join(stacks)}")
        report(console, workloads)
        console.print()
        pauses, chain = longest_chain(rehearsal.directory / "cdktf.out")
        step(f"cdktf deploy of all stacks. The provider's own pauses alone take {pauses} s:")
        console.print(f"         {' > '.join(chain)}", markup=False)
        codes = deploy_and_plan(aws, rehearsal, stacks, step)
        step("deployed")
        _look(aws, rehearsal, codes, step)
    step("the emulator is gone, and nothing is left behind")
    took = time.monotonic() - start
    step(f"{took / pauses:.2f} times the longest chain of the provider's own pauses, {pauses} s")


def deploy_and_plan(aws: EmulatedAws, rehearsal: Rehearsal, stacks: Sequence[str], step: Step) -> dict[str, int]:
    """Deploy *stacks*, and plan those of a workload again as soon as all of them are deployed.

    One workload may wait for a pause of the provider meanwhile; nothing of it concerns another.

    Returns:
        The exit code of each stack's second plan.
    """
    waiting = {
        workload: {stack for stack in stacks if _workload(stack) == workload} for workload in map(_workload, stacks)
    }
    plans: dict[str, Future[int]] = {}

    def told(line: str) -> None:
        step(line)
        stack = line.partition(" ")[0]
        missing = waiting.get(_workload(stack), set())
        missing.discard(stack)
        if not missing:
            ready = [name for name in stacks if _workload(name) == _workload(stack) and name not in plans]
            plans.update({name: pool.submit(rehearsal.plan, aws, name) for name in ready})

    with ThreadPoolExecutor(max_workers=3) as pool:
        rehearsal.deploy(aws, stacks, told)
        late = [name for name in stacks if name not in plans]
        plans.update({name: pool.submit(rehearsal.plan, aws, name) for name in late})
        return {name: plans[name].result() for name in stacks}


def _workload(stack: str) -> str:
    return stack.rpartition("-")[0]


def _look(aws: EmulatedAws, rehearsal: Rehearsal, planned: Mapping[str, int], step: Step) -> None:
    changed = [stack for stack, code in planned.items() if code != EMPTY_PLAN]
    if changed:
        msg = f"a second plan is not empty: {', '.join(changed)}"
        raise RecoveryError(msg)
    step("a second plan of every stack is empty")
    object_arrives(aws, rehearsal)
    step(f"an object put in {PRIMARY} arrived in {RECOVERY}")
    item_arrives(aws, rehearsal)
    step(f"an item written in {PRIMARY} was read in {RECOVERY}")
    recovery = [stack for stack in planned if stack.endswith("-recovery")]
    with aws.fail_region(PRIMARY):
        codes = rehearsal.plans(aws, recovery)
    step(f"with {PRIMARY} failing, {', '.join(codes)} can be planned")


def object_arrives(aws: EmulatedAws, rehearsal: Rehearsal, *, timeout: float = 30) -> None:
    """Put an object into the primary bucket of payments, and wait for it in the recovery bucket.

    Raises:
        RecoveryError: If it does not arrive within *timeout* seconds.
    """
    source = rehearsal.resource("payments-primary", "aws_s3_bucket.receipts")["bucket"]
    copy = rehearsal.resource("payments-recovery", "aws_s3_bucket.receipts")["bucket"]
    aws.client("s3", PRIMARY).put_object(Bucket=source, Key="receipt-1.txt", Body=b"paid")
    reader = aws.client("s3", RECOVERY)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = reader.list_objects_v2(Bucket=copy).get("Contents", [])
        if any(item["Key"] == "receipt-1.txt" for item in found):
            assert reader.get_object(Bucket=copy, Key="receipt-1.txt")["Body"].read() == b"paid"
            return
        time.sleep(0.2)
    msg = f"the object did not arrive in {copy} within {timeout:.0f} s"
    raise RecoveryError(msg)


def item_arrives(aws: EmulatedAws, rehearsal: Rehearsal, *, timeout: float = 30) -> None:
    """Write an item of the orders table in the primary Region, and read it in the recovery Region.

    Raises:
        RecoveryError: If it cannot be read within *timeout* seconds.
    """
    table = rehearsal.resource("storefront-primary", "aws_dynamodb_table.orders")["name"]
    item = {"order_id": {"S": "o-1"}, "total": {"N": "42"}}
    aws.client("dynamodb", PRIMARY).put_item(TableName=table, Item=item)
    reader = aws.client("dynamodb", RECOVERY)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = reader.get_item(TableName=table, Key={"order_id": {"S": "o-1"}}).get("Item")
        if found == item:
            return
        time.sleep(0.2)
    msg = f"the item could not be read in {RECOVERY} within {timeout:.0f} s"
    raise RecoveryError(msg)


if TYPE_CHECKING:
    from collections.abc import Callable

    Step = Callable[[str], None]

if __name__ == "__main__":
    sys.exit(main())
