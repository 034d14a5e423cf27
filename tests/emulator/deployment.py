"""Deploy one of the configurations beside this file with the real Terraform and the real AWS provider."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from constructs_lib.terraform_cli.mirror import terraform_binary, terraform_environment

if TYPE_CHECKING:
    from constructs_lib.emulator import EmulatedAws

CONFIGURATIONS = Path(__file__).with_name("configurations")
PROVIDERS = "providers.tf"
NOTHING_TO_CHANGE = 0
_SECONDS = 900


@attrs.frozen(kw_only=True)
class Terraform:
    """A working directory initialized once, whose providers every configuration shares."""

    binary: Path
    root: Path
    environment: dict[str, str]
    configurations: Path

    @classmethod
    def initialized(cls, root: Path, aws: EmulatedAws, configurations: Path = CONFIGURATIONS) -> Terraform:
        """Run `terraform init`; skip the test where there is no Terraform."""
        binary = terraform_binary()
        if binary is None:
            pytest.skip("needs terraform or tofu on PATH")
        environment = aws.environment(terraform_environment(root)) | {"TF_DATA_DIR": str(root / "data")}
        terraform = cls(binary=binary, root=root, environment=environment, configurations=configurations)
        shutil.copy(configurations / PROVIDERS, root)
        ended = terraform.run("init", "-input=false", directory=root)
        assert ended.returncode == 0, ended.stderr
        return terraform

    def directory(self, configuration: str) -> Path:
        """Return the working directory of a configuration, made on first use."""
        directory = self.root / configuration
        if not directory.exists():
            directory.mkdir()
            shutil.copy(self.configurations / f"{configuration}.tf", directory)
            shutil.copy(self.configurations / PROVIDERS, directory)
            shutil.copy(self.root / ".terraform.lock.hcl", directory)
        return directory

    def apply(self, configuration: str) -> subprocess.CompletedProcess[str]:
        """Apply a configuration."""
        return self.run(
            "apply", "-input=false", "-auto-approve", "-parallelism=40", directory=self.directory(configuration)
        )

    def plan(self, configuration: str) -> subprocess.CompletedProcess[str]:
        """Plan a configuration; the exit code is 0 where nothing is to change, 2 where something is."""
        return self.run("plan", "-input=false", "-detailed-exitcode", directory=self.directory(configuration))

    def run(self, *arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
        """Run Terraform in `directory`."""
        return subprocess.run(
            [str(self.binary), *arguments, "-no-color"],
            cwd=directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
