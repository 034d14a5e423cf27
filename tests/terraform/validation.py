"""Run synthesized configurations through `terraform validate` with the real AWS provider."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT
from constructs_lib.terraform_cli.mirror import terraform_binary, terraform_environment
from tests.terraform.lock import trust_provider

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Diagnostic", "require_terraform", "terraform_validate"]

_SECONDS = 600


@attrs.frozen
class Diagnostic:
    """One thing Terraform has to say about a configuration."""

    severity: str
    summary: str
    detail: str
    context: str
    """The block it is about, for example `resource.aws_s3_bucket.orders`; empty where there is none."""

    def __str__(self) -> str:
        return f"{self.severity}: {self.context or '-'}: {self.summary}: {self.detail}"


def require_terraform() -> Path:
    """The Terraform or OpenTofu program; without one the test is skipped, which CI counts as failed."""
    binary = terraform_binary()
    if binary is None:
        pytest.skip("needs terraform or tofu on PATH")
    return binary


def terraform_validate(configurations: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Diagnostic]]:
    """Validate every configuration, each the content of a `cdk.tf.json`, as modules of one that has nothing else.

    Whatever Terraform is asked, it first reads what the provider knows, which takes seconds: it is asked once.

    Returns:
        What Terraform said, by the name of the configuration; an empty list where all is well.
    """
    binary = require_terraform()
    with tempfile.TemporaryDirectory(prefix="validate-") as temporary:
        root = Path(temporary)
        environment = {**terraform_environment(root), "TF_DATA_DIR": str(root / "data")}
        called: dict[str, Any] = {}
        blocks: dict[str, str] = {}
        files: dict[str, list[str]] = {}
        for number, (name, configuration) in enumerate(configurations.items()):
            module, handed = _module(configuration)
            for block in handed.values():
                alias = blocks.setdefault(block, f"p{len(blocks)}")
                files.setdefault(f"{alias}.tf.json", []).append(name)
            providers = {local: f"aws.{blocks[block]}" for local, block in handed.items()}
            called[f"m{number}"] = {"source": f"./m{number}", "providers": providers}
            files[f"m{number}/cdk.tf.json"] = [name]
            (root / f"m{number}").mkdir()
            _write(root / f"m{number}" / "cdk.tf.json", module)
        for block, alias in blocks.items():
            _write(root / f"{alias}.tf.json", {"provider": {"aws": {**json.loads(block), "alias": alias}}})
        _write(root / "main.tf.json", {**_requirements(configurations), "module": called})
        initialized = _run([str(binary), "init", "-backend=false", "-no-color"], root, environment)
        if initialized.returncode != 0:
            pytest.fail(f"{binary.name} init failed:\n{initialized.stdout}{initialized.stderr}")
        trust_provider(root)
        result = _run([str(binary), "validate", "-json", "-no-color"], root, environment)
        try:
            diagnostics = json.loads(result.stdout)["diagnostics"]
        except (ValueError, KeyError):
            pytest.fail(f"{binary.name} validate failed:\n{result.stdout}{result.stderr}")
        found: dict[str, list[Diagnostic]] = {name: [] for name in configurations}
        for item in diagnostics:
            about = files.get(item.get("range", {}).get("filename"))
            if about is None:
                pytest.fail(f"{binary.name} validate says of none of them: {item}")
            for name in about:
                found[name].append(
                    Diagnostic(
                        severity=item["severity"],
                        summary=item["summary"],
                        detail=item.get("detail", ""),
                        context=(item.get("snippet") or {}).get("context") or "",
                    )
                )
        return found


def _module(configuration: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return *configuration* as a module that is handed its providers, and their blocks by the names it has for them.

    Terraform starts the provider once for each block, and those of many stacks are the same few.
    """
    module = {**configuration}
    blocks = module.pop("provider", {}).get("aws", [])
    handed = {}
    for block in [blocks] if isinstance(blocks, dict) else blocks:
        alias = block.get("alias")
        handed[f"aws.{alias}" if alias else "aws"] = json.dumps(
            {name: value for name, value in block.items() if name != "alias"}, sort_keys=True
        )
    # Terraform warns of the backend of a module, which has none.
    settings = {key: value for key, value in module.get("terraform", {}).items() if key != "backend"}
    aws = settings.get("required_providers", {}).get("aws")
    if aws:
        aliases = [name for name in handed if name != "aws"]
        settings["required_providers"] = settings["required_providers"] | {
            "aws": {**aws, "configuration_aliases": aliases}
        }
    return {**module, "terraform": settings}, handed


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content), encoding="utf-8")


def _requirements(configurations: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    constraints = {
        provider["version"]
        for configuration in configurations.values()
        for name, provider in configuration.get("terraform", {}).get("required_providers", {}).items()
        if name == "aws" and provider.get("version")
    }
    version = ", ".join(sorted(constraints)) or DEFAULT_PROVIDER_CONSTRAINT
    return {"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": version}}}}


def _run(command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
