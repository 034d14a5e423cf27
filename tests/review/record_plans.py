"""Writes the plans that the tests of the review read: the reference stacks, planned by the real Terraform.

Run it from the root of the repository after a change of the stacks, and look at the difference:

    python -m tests.review.record_plans

Each stack is planned twice on an emulated AWS: before anything is there (`created`), and once everything is deployed
(`deployed`), where nothing is to change and every value is known. What the reader does not look at is left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator import emulated_aws
from constructs_lib.terraform_cli.mirror import terraform_binary
from stacks.declared import PRIMARY
from stacks.rehearsal import Rehearsal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.emulator import EmulatedAws

PLANS: Final = Path(__file__).with_name("plans")
LATER: Final = ("-global", "payments-recovery")
"""What looks up a key or a secret of another stack, and can only be planned once that is there."""
_KEPT: Final = ("format_version", "terraform_version", "resource_changes", "configuration", "complete", "errored")


def main() -> int:
    """Record both plans of every reference stack."""
    with tempfile.TemporaryDirectory(prefix="cdktf-dr-plans-") as directory, emulated_aws(region=PRIMARY) as aws:
        rehearsal = Rehearsal.over(aws, Path(directory))
        stacks = rehearsal.synth()
        _record(rehearsal, aws, [stack for stack in stacks if not stack.endswith(LATER)], "created")
        rehearsal.deploy(aws, stacks, _say)
        _record(rehearsal, aws, stacks, "deployed")
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _record(rehearsal: Rehearsal, aws: EmulatedAws, stacks: Sequence[str], moment: str) -> None:
    for stack in stacks:
        plan = _compact(_planned(rehearsal, aws, stack))
        text = json.dumps(plan, sort_keys=True, separators=(",", ":"))
        (PLANS / f"{stack}.{moment}.json").write_text(f"{text}\n", encoding="utf-8")
        _say(f"{stack}, {moment}: {len(text)} characters")


def _planned(rehearsal: Rehearsal, aws: EmulatedAws, stack: str) -> dict[str, Any]:
    binary = terraform_binary()
    assert binary is not None, "Terraform is needed to plan"
    where, environment = rehearsal.directory / "cdktf.out" / "stacks" / stack, rehearsal.environment(aws)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(binary), *arguments],
            cwd=where,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("init", "-input=false", "-no-color")
    run("plan", "-input=false", "-lock=false", "-no-color", "-out=recorded.plan")
    plan: dict[str, Any] = json.loads(run("show", "-json", "-no-color", "recorded.plan"))
    (where / "recorded.plan").unlink()
    return plan


def _compact(plan: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: plan[name] for name in _KEPT if name in plan}
    for resource in kept["configuration"]["root_module"].get("resources", ()):
        if resource["type"] == "terraform_remote_state":
            # It names the directory of this run.
            resource.pop("expressions", None)
    for change in kept["resource_changes"]:
        for side in ("before", "after"):
            if isinstance(change["change"].get(side), dict):
                kept_values = {
                    name: value for name, value in change["change"][side].items() if value not in (None, [], {})
                }
                if change["type"] == "aws_rds_cluster_instance":
                    # The emulator puts all instances into the first zone; AWS spreads those of a cluster.
                    kept_values.pop("availability_zone", None)
                change["change"][side] = kept_values
    return kept


if __name__ == "__main__":
    sys.exit(main())
