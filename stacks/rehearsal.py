"""The reference workloads on an emulated AWS: synthesized, deployed and looked at with the real tools.

`make demo` and the tests use it. Everything happens in a directory of its own, so that a rehearsal leaves no state
and no `cdktf.out` behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.errors import EvaluationError
from constructs_lib.terraform_cli.mirror import terraform_binary, terraform_environment
from stacks.declared import ACCOUNT, DOMAIN, PRIMARY, ZONE_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from constructs_lib.emulator import EmulatedAws

ROOT = Path(__file__).resolve().parent.parent

_DOMAIN = "rehearsal.test"

EMPTY_PLAN, CHANGES = 0, 2
"""The exit codes of `terraform plan -detailed-exitcode`."""


class Rehearsal(msgspec.Struct, frozen=True):
    """A working directory in which stacks are synthesized and deployed.

    Args:
        directory: The working directory.
        app: The command that synthesizes them. Default: that of the reference stacks.
        inputs: Environment variables that the stacks read, such as which hosted zone gets the records.
    """

    directory: Path
    app: str | None = None
    inputs: Mapping[str, str] = msgspec.field(default_factory=dict)

    @classmethod
    def over(cls, aws: EmulatedAws, directory: Path) -> Rehearsal:
        """Return one of the reference stacks, with a hosted zone in *aws*: what a user of the stacks has already."""
        zone = aws.client("route53", PRIMARY).create_hosted_zone(Name=_DOMAIN, CallerReference=_DOMAIN)["HostedZone"]
        inputs = {ZONE_ID: zone["Id"].rpartition("/")[2], DOMAIN: _DOMAIN, ACCOUNT: aws.account}
        return cls(directory, inputs=inputs)

    def environment(self, aws: EmulatedAws | None) -> dict[str, str]:
        """Return what the CDKTF command line and Terraform need: no calls home, and *aws* where it is given."""
        base = aws.environment(os.environ) if aws is not None else dict(os.environ)
        terraform = terraform_environment(self.directory)
        return {
            **base,
            **self.inputs,
            **{name: value for name, value in terraform.items() if not name.startswith("AWS_")},
            # Plain output: without it the command line draws spinners, also where there is no terminal.
            "CI": "1",
            "CDKTF_HOME": str(self.directory),
            # Terraform keeps the provider's schema, and would look through it for garbage at each start.
            "GOGC": base.get("GOGC", "400"),
            "PYTHONPATH": str(ROOT),
            "PATH": os.pathsep.join([str(ROOT / ".node" / "bin"), str(Path(sys.executable).parent), base["PATH"]]),
        }

    def synth(self) -> tuple[str, ...]:
        """Run `cdktf synth`; return the names of the stacks, in the order in which they are deployed.

        Raises:
            EvaluationError: If the command is missing or fails; the text holds what it printed.
        """
        settings = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))
        settings["app"] = self.app or settings["app"]
        (self.directory / "cdktf.json").write_text(json.dumps(settings), encoding="utf-8")
        self._run(["cdktf", "synth"], self.environment(None))
        manifest = json.loads((self.directory / "cdktf.out" / "manifest.json").read_text(encoding="utf-8"))
        return tuple(manifest["stacks"])

    def deploy(self, aws: EmulatedAws, stacks: Sequence[str], told: Callable[[str], None] = lambda _line: None) -> None:
        """Run `cdktf deploy` for *stacks*; those that do not depend on each other are deployed side by side.

        *told* gets a line for each stack that is done.

        Raises:
            EvaluationError: If it fails; the text holds the end of what it printed.
        """
        flags = ["--auto-approve", "--skip-synth", "--skip-provider-lock", "--no-color", "--parallelism", "20"]
        # What only waits for a pause of the provider should keep nothing else from starting.
        flags += ["--terraform-parallelism", "50"]
        self._run(["cdktf", "deploy", *stacks, *flags], self.environment(aws), lambda lines: _tell(lines, stacks, told))

    def plan(self, aws: EmulatedAws, stack: str) -> int:
        """Run `terraform plan` on what was deployed; return 0 for an empty plan, 2 for changes.

        Raises:
            EvaluationError: If the plan fails.
        """
        binary = terraform_binary()
        assert binary is not None, "deploying has found one"
        command = [str(binary), "plan", "-detailed-exitcode", "-input=false", "-lock=false", "-no-color"]
        done = subprocess.run(
            command,
            cwd=self.directory / "cdktf.out" / "stacks" / stack,
            env=self.environment(aws),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (EMPTY_PLAN, CHANGES):
            msg = f"terraform plan of {stack} failed: {done.stderr.strip() or done.stdout.strip()[-2000:]}"
            raise EvaluationError(msg)
        return done.returncode

    def plans(self, aws: EmulatedAws, stacks: Sequence[str]) -> Mapping[str, int]:
        """Plan *stacks*, some at a time; return each one's exit code."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            return dict(zip(stacks, pool.map(lambda stack: self.plan(aws, stack), stacks), strict=True))

    def outputs(self, stack: str) -> dict[str, Any]:
        """Return the outputs of a deployed stack, by the name they were given in code."""
        state = json.loads((self.directory / f"terraform.{stack}.tfstate").read_text(encoding="utf-8"))
        return {name: output["value"] for name, output in state["outputs"].items()}

    def resource(self, stack: str, address: str) -> dict[str, Any]:
        """Return the attributes of a deployed resource, for example `aws_s3_bucket.receipts`.

        Raises:
            EvaluationError: If the stack has no such resource.
        """
        state = json.loads((self.directory / f"terraform.{stack}.tfstate").read_text(encoding="utf-8"))
        for item in state["resources"]:
            if f"{item['type']}.{item['name']}" == address:
                attributes: dict[str, Any] = item["instances"][0]["attributes"]
                return attributes
        msg = f"stack {stack} has no {address}"
        raise EvaluationError(msg)

    def _run(
        self,
        command: list[str],
        environment: dict[str, str],
        read: Callable[[Iterable[str]], object] = list,
    ) -> None:
        try:
            process = subprocess.Popen(
                command,
                cwd=self.directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        except FileNotFoundError as error:
            msg = f"{command[0]} is not there; run `make environment` first"
            raise EvaluationError(msg) from error
        printed: deque[str] = deque(maxlen=200)
        with process:
            assert process.stdout is not None, "it is a pipe"
            try:
                read(_kept(process.stdout, printed))
            except BaseException:
                # Ctrl-C reaches the whole group; the command is waited for, so that nothing writes on behind us.
                process.terminate()
                raise
        if process.returncode != 0:
            msg = f"`{' '.join(command)}` failed:\n{''.join(printed)}"
            raise EvaluationError(msg)


def _kept(lines: Iterable[str], printed: deque[str]) -> Iterator[str]:
    for line in lines:
        printed.append(line)
        yield line


def _tell(lines: Iterable[str], stacks: Sequence[str], told: Callable[[str], None]) -> None:
    """Tell of each stack that is applied, by its name.

    The command line writes the name before the first of the lines that it has of a stack, and only space before others.
    """
    stack = ""
    for line in lines:
        words = line.split()
        if words and words[0] in stacks:
            stack = words.pop(0)
        if "Apply complete!" in line:
            told(" ".join([stack, *words]))
