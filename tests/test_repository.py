"""The repository itself: what may lie in it, and what must never be written into a file of it."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.version import Version

import constructs_lib
from tests.each import each

ROOT = Path(__file__).resolve().parent.parent

TOP_LEVEL = {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "cdktf.json",
    "constructs_lib",
    "docs",
    "examples",
    "pyproject.toml",
    "stacks",
    "tests",
}

# Written in two halves, so that this file passes its own test.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "npm" + "mirror.com",
    "yarn" + "pkg.com",
    "crates" + ".io",
    "proxy.golang" + ".org",
]
MACHINE_PATH = re.compile(r"(?<![\w.~$}*-])/(?:" + "|".join(["root", "work", "opt", "tmp", r"home/\w+"]) + r")/")

SMALL_ENOUGH = 900_000
"""Bytes; a text file larger than this is generated and does not belong into the history."""


@cache
def _files() -> tuple[str, ...]:
    """Every file that is tracked, or would be by `git add .`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("needs a git checkout")
    return tuple(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def _lines() -> list[tuple[str, int, str]]:
    found = []
    for name in _files():
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [(name, number, line) for number, line in enumerate(text.splitlines(), 1)]
    return found


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _pinned(pins: str) -> dict[str, list[Version]]:
    """The versions a pins file names per package; two where Python versions need different ones."""
    versions: dict[str, list[Version]] = {}
    for line in (ROOT / ".pins" / pins).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([a-z0-9._-]+)==([^\s;]+)", line):
            versions.setdefault(match[1], []).append(Version(match[2]))
    return versions


def test_top_level_holds_only_what_the_design_allows() -> None:
    entries = {name.split("/")[0] for name in _files()}

    assert {entry for entry in entries if not entry.startswith(".")} <= TOP_LEVEL


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert [(name, number) for name, number, line in _lines() if any(host in line for host in REGISTRY_HOSTS)] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert [(name, number, line.strip()) for name, number, line in _lines() if MACHINE_PATH.search(line)] == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("cd /" + "work/main", True),
        ('"/' + 'root/.terraformrc"', True),
        ("path = /" + "home/someone/x", True),
        ("$HOME/" + "work/main", False),
        ("docs/" + "work/plan.md", False),
        ("https://example.com/" + "opt/in", False),
    ],
)
def test_a_machine_path_is_told_from_a_relative_one(line: str, caught: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is caught


def test_no_file_is_too_large_for_a_history() -> None:
    assert [name for name in _files() if (ROOT / name).stat().st_size > SMALL_ENOUGH] == []


def test_the_wheel_holds_every_file_of_the_package() -> None:
    """The catalogue, the templates and the type marker are data: forgotten, they are missed only by users."""
    builder = WheelBuilder(str(ROOT))
    in_wheel = {file.distribution_path for file in builder.recurse_included_files()}

    in_tree = {name for name in _files() if name.startswith("constructs_lib/")}
    assert in_tree - in_wheel == set()
    assert "constructs_lib/py.typed" in in_wheel


def _packages() -> list[str]:
    """Every package of the library that a user may import from: no part of its name is private."""
    found = pkgutil.walk_packages(constructs_lib.__path__, "constructs_lib.")
    names = ["constructs_lib", *(module.name for module in found if module.ispkg)]
    return [name for name in names if not any(part.startswith("_") for part in name.split("."))]


@each("package", _packages())
def test_all_of_a_public_package_is_true(package: str) -> None:
    module = importlib.import_module(package)

    exported = list(getattr(module, "__all__", []))
    assert len(exported) == len(set(exported))
    assert [name for name in exported if not hasattr(module, name)] == []


def test_every_requirement_of_the_project_is_pinned_at_a_version_it_allows() -> None:
    """Editing pyproject.toml without `make pins` leaves an environment that is not the one declared."""
    project = _project()
    extras = project["project"]["optional-dependencies"].values()
    python = [*project["project"]["dependencies"], *(line for extra in extras for line in extra)]
    python += project["dependency-groups"]["dev"]

    for pins, requirements in {
        "python.txt": python,
        "bench.txt": project["dependency-groups"]["bench"],
        "action.txt": project["project"]["dependencies"] + project["dependency-groups"]["build"],
        "docs.txt": [line for group in ("docs", "dist", "build") for line in project["dependency-groups"][group]],
    }.items():
        versions = _pinned(pins)
        for line in requirements:
            requirement = Requirement(line)
            assert versions.get(requirement.name), f"{requirement.name} is not in {pins}; run make pins"
            assert all(requirement.specifier.contains(version) for version in versions[requirement.name]), line


def test_no_pins_file_says_where_packages_come_from() -> None:
    """An index or a link would overrule the mirror that a user's own configuration names."""
    python = [line for name, _, line in _lines() if name.startswith(".pins/") and name.endswith(".txt")]
    assert python
    assert [line for line in python if line.startswith("-") or "://" in line] == []

    lock = json.loads((ROOT / ".pins" / "package-lock.json").read_text(encoding="utf-8"))
    assert [path for path, package in lock["packages"].items() if "resolved" in package] == []


def test_the_command_line_and_the_engine_are_of_one_version() -> None:
    """cdktf-cli refuses, or misreads, what another minor version of the library wrote."""
    wanted = json.loads((ROOT / ".pins" / "package.json").read_text(encoding="utf-8"))["dependencies"]["cdktf-cli"]

    assert [Version(wanted)] == _pinned("python.txt")["cdktf"]


NOUNS = "tasks|instances|secrets|records|documents|objects|prices|wheels|items|days"
COUNTED = re.compile(r"\{(?!plural\()[^{}]*\}(?:[a-z ]*[a-z]\(s\)| (?:" + NOUNS + r")\b)")
SEVERAL = {
    # Numbers that are never one, or not known to be numbers.
    "catalog/prices/prices.py": "a writer and two standbys",
    "constructs/bucket/existing_bucket.py": "the default of the catalog",
    "constructs/table/existing_table.py": "the default of the catalog",
    "constructs/service/regional_service.py": "the days before the end at which ACM renews",
    "live/uptime.py": "what CloudWatch keeps",
    "review/checks/refused/provider_accepts.py": "what AWS takes at most, and what somebody wrote",
    "operations/readiness.py": "a quota",
}


def test_a_number_and_its_noun_agree() -> None:
    """As `plural` writes them: bills named "1 tasks", and an auditor read of "1 records"."""
    found = {
        name.removeprefix("constructs_lib/")
        for name in _files()
        if name.startswith("constructs_lib/") and name.endswith(".py") and "/emulator/" not in name
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if COUNTED.search(line)
    }

    assert found == set(SEVERAL)
