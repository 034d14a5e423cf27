from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.catalog.resources.provider_constraint import admits, guarantees_at_least
from constructs_lib.errors import InputError
from constructs_lib.terraform_cli.mirror import _platform
from tests.terraform.validation import require_terraform

if TYPE_CHECKING:
    from pathlib import Path

_VERSIONS = (
    "4.67.0",
    "5.0.0",
    "5.0.1",
    "5.99.0",
    "5.100.0",
    "5.100.1",
    "5.101.0",
    "6.0.0-beta1",
    "6.0.0",
    "6.3.0",
)


@pytest.mark.parametrize(
    ("constraint", "newest"),
    [
        ("~> 4", "4.67.0"),
        ("~> 5", "5.101.0"),
        ("~> 5.100", "5.101.0"),
        ("~>5.100.0", "5.100.1"),
        ("~> 5.0", "5.101.0"),
        ("> 5", "6.3.0"),
        ("> 5.100", "6.3.0"),
        ("<= 5", "5.0.0"),
        ("<= 5.100", "5.100.0"),
        ("= 5", "5.0.0"),
        ("5.100", "5.100.0"),
        ("!= 6.3", "6.0.0"),
        ("< 6", "5.101.0"),
        (">= 5, != 6.3.0, != 6.0.0", "5.101.0"),
        ("6.0.0-beta1", "6.0.0-beta1"),
        ("~> 6.0.0-beta1", "6.0.0"),
        (">= 6.0.0-beta1, < 6.1", "6.0.0"),
        ("> 6.0.0-beta1", "6.3.0"),
        (" >=5.1 ,<5.100.1 ", "5.100.0"),
        (">= 05.1", "6.3.0"),
        ("> 6.3", None),
    ],
)
@pytest.mark.terraform
def test_terraform_installs_the_newest_version_that_is_admitted(
    constraint: str, newest: str | None, tmp_path: Path
) -> None:
    """Terraform itself is asked, with a mirror of empty providers."""
    assert newest == next((version for version in reversed(_VERSIONS) if admits(constraint, version)), None)

    assert newest == _installed_by_terraform(constraint, tmp_path)


def _installed_by_terraform(constraint: str, directory: Path) -> str | None:
    binary = require_terraform()
    for registry in ("registry.terraform.io", "registry.opentofu.org"):
        for version in _VERSIONS:
            place = directory / "mirror" / registry / "hashicorp" / "aws" / version / _platform()
            place.mkdir(parents=True)
            (place / f"terraform-provider-aws_v{version}").touch(mode=0o755)
    configuration = directory / "mirror.tfrc"
    configuration.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{directory / "mirror"}"\n  }}\n}}\n',
        encoding="utf-8",
    )
    work = directory / "work"
    work.mkdir()
    requirement = {"aws": {"source": "hashicorp/aws", "version": constraint}}
    (work / "main.tf.json").write_text(json.dumps({"terraform": {"required_providers": requirement}}), encoding="utf-8")
    result = subprocess.run(
        [str(binary), "init", "-no-color", "-input=false"],
        cwd=work,
        env={**os.environ, "TF_CLI_CONFIG_FILE": str(configuration), "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in result.stdout.splitlines() if "Installing hashicorp/aws v" in line]
    assert bool(lines) == (result.returncode == 0), result.stdout + result.stderr
    return lines[0].partition("hashicorp/aws v")[2].removesuffix("...") if lines else None


@pytest.mark.parametrize(
    ("constraint", "minimum", "guaranteed"),
    [
        (">= 6.22", "6.3", True),
        (">= 6.3", "6.3", True),
        (">= 6.2", "6.3", False),
        ("~> 6.3", "6.3", True),
        ("~> 6.0", "6.3", False),
        ("~> 6", "6.3", False),
        ("~> 7", "6.3", True),
        ("6.25.0", "6.3", True),
        ("= 6.2.9", "6.3", False),
        (">= 5.100, < 7.0", "6.3", False),
        ("~> 5.100", "6.3", False),
        ("< 7", "6.3", False),
        ("!= 5.0.0", "6.3", False),
        ("> 6.2", "6.3", False),
        ("> 6.3", "6.3", True),
        ("> 6.2.9, != 6.2.10", "6.2.11", True),
        (">= 5, >= 6.22", "6.3", True),
        ("6.3.0-beta1", "6.3", False),
        ("6.4.0-beta1", "6.3", True),
        ("> 6.3.0-beta1", "6.3", True),
        (">= 5.100, < 7.0", "5.100", True),
    ],
)
def test_a_feature_is_guaranteed_only_where_no_older_version_is_admitted(
    constraint: str, minimum: str, guaranteed: bool
) -> None:
    assert guaranteed is guarantees_at_least(constraint, minimum)


@pytest.mark.parametrize(
    "constraint",
    [
        "",
        " ",
        "latest",
        "v5.100.0",
        "=> 5",
        "5.x",
        "5.*",
        "*",
        ">= 5.1 < 5.100",
        "= 5.100.0.0",
        "5.1+build",
        ">=",
        ",",
        ">= 5,",
    ],
)
def test_what_terraform_cannot_read_is_refused(constraint: str) -> None:
    with pytest.raises(InputError, match="constraint"):
        admits(constraint, "5.100.0")
    with pytest.raises(InputError, match="constraint"):
        guarantees_at_least(constraint, "5.100.0")


def test_a_constraint_that_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match=r"is text such as .*, not 5\.1"):
        admits(5.1, "5.100.0")  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["", "latest", "v6", "6.x", "6.1.2.3"])
def test_a_version_that_cannot_be_read_is_refused(version: str) -> None:
    with pytest.raises(InputError, match="is no version"):
        admits(">= 5", version)


@pytest.mark.parametrize("constraint", [">= 5, < 4", "= 5.0.0, != 5.0.0", "~> 5.100, >= 6", "6.0.0-beta1, < 6"])
def test_a_constraint_that_admits_nothing_guarantees_nothing(constraint: str) -> None:
    with pytest.raises(InputError, match="admits no version"):
        guarantees_at_least(constraint, "5")


_part = st.integers(0, 3)
_version = st.tuples(_part, _part, _part).map(lambda parts: ".".join(map(str, parts)))
_term = st.tuples(st.sampled_from(["=", "!=", ">", ">=", "<", "<=", "~>"]), _version).map(" ".join)


@given(st.lists(_term, min_size=1, max_size=3).map(", ".join), _version, _version)
def test_a_guarantee_is_never_broken_by_an_admitted_version(constraint: str, minimum: str, version: str) -> None:
    try:
        guaranteed = guarantees_at_least(constraint, minimum)
    except InputError:
        assert not admits(constraint, version)
        return

    if guaranteed and admits(constraint, version):
        assert [int(part) for part in version.split(".")] >= [int(part) for part in minimum.split(".")]
