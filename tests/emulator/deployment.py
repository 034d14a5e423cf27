"""Deploy one of the configurations beside this file with the real Terraform and the real AWS provider."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from constructs_lib.terraform_cli.mirror import terraform_binary, terraform_environment
from tests.terraform.lock import trust_provider

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        trust_provider(root)
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

    def together(self, name: str, configurations: Sequence[str]) -> Path:
        """Return a working directory with *configurations* as modules: Terraform and the providers start once."""
        providers = (self.configurations / PROVIDERS).read_text(encoding="utf-8")
        aliases = re.findall(r'^ *alias *= *"(\w+)"', providers, re.MULTILINE)
        handed = {"aws": "aws"} | {f"aws.{alias}": f"aws.{alias}" for alias in aliases}
        wanted = {"source": "hashicorp/aws", "configuration_aliases": [name for name in handed if name != "aws"]}
        directory = self.root / name
        for configuration in configurations:
            module = directory / configuration
            module.mkdir(parents=True)
            shutil.copy(self.configurations / f"{configuration}.tf", module)
            (module / "providers.tf.json").write_text(
                json.dumps({"terraform": {"required_providers": {"aws": wanted}}})
            )
        called = {each: {"source": f"./{each}", "providers": handed} for each in configurations}
        (directory / "main.tf.json").write_text(json.dumps({"module": called}))
        shutil.copy(self.configurations / PROVIDERS, directory)
        shutil.copy(self.root / ".terraform.lock.hcl", directory)
        ended = self.run("init", "-input=false", directory=directory)
        assert ended.returncode == 0, ended.stderr
        trust_provider(directory)
        return directory

    def apply(self, directory: Path) -> subprocess.CompletedProcess[str]:
        """Apply what is in *directory*."""
        return self.run("apply", "-input=false", "-auto-approve", "-parallelism=40", directory=directory)

    def plan(self, directory: Path) -> subprocess.CompletedProcess[str]:
        """Plan what is in *directory*; the exit code is 0 where nothing is to change, 2 where something is."""
        return self.run("plan", "-input=false", "-detailed-exitcode", directory=directory)

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
