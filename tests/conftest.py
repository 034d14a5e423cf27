"""What every test shares: where tools are found, what a missing tool means, and in which order tests run."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.examples_of_properties import USUAL_EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Generator

# How long an example takes says more about the machine's other work than about the code.
hypothesis.settings.register_profile("shared-machine", deadline=None, max_examples=USUAL_EXAMPLES)
hypothesis.settings.register_profile("prove", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("shared-machine")

ROOT = Path(__file__).resolve().parent.parent
TERRAFORM_BINARIES = ("terraform", "tofu")
TOOL_MARKERS = ("terraform", "emulator")
JSII = {
    "JSII_RUNTIME": str(ROOT / "tests" / "jsii_runtime.js"),
    "JSII_PROGRAM": "",
    "NODE_OPTIONS": "--preserve-symlinks",
}
"""Has jsii start one process of Node and not two."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prove", action="store_true", help="exhaustive matrices too, and many more examples: hours")


def pytest_configure(config: pytest.Config) -> None:
    """Find Node, cdktf and drctl as `make` does, also where pytest was started by hand or by an editor."""
    if config.getoption("--prove"):
        hypothesis.settings.load_profile("prove")
    tools = [str(ROOT / ".node" / "bin"), str(ROOT / ".venv" / "bin")]
    path = os.environ.get("PATH", "").split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join([tool for tool in tools if tool not in path] + path)
    os.environ.setdefault("CHECKPOINT_DISABLE", "1")
    _start_jsii_in_one_process()
    # Terraform and the provider build all of the provider's schema at each start, and collect garbage meanwhile, which
    # takes a quarter of their time and frees next to nothing: the schema is kept. What waits long for AWS collects when
    # it has taken that much.
    os.environ.setdefault("GOGC", "off")
    os.environ.setdefault("GOMEMLIMIT", "512MiB")
    # Collected tests are kept to the end as well; to look through thousands of them again and again takes as long as a
    # third of their collection.
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.freeze()
    # Python looks for garbage at each 700 new objects: a seventh of the time of tests that read whole plans. With more
    # than 50,000 of them, reading a plan would count what is frozen each time.
    gc.set_threshold(10_000)
    gc.enable()
    # jsii was started when the tests were imported; what they start themselves is to be as users have it.
    for name in JSII:
        os.environ.pop(name, None)
    # Each session would read the models of the services anew, which takes as long as what is tested with it.
    if sessions := sys.modules.get("botocore.session"):
        sessions.create_loader = cache(sessions.create_loader)  # type: ignore[attr-defined]


def _start_jsii_in_one_process() -> None:
    found = importlib.util.find_spec("jsii")
    if found is None or found.origin is None or JSII.keys() & os.environ.keys():
        return
    program = Path(found.origin).parent / "_embedded" / "jsii" / "lib__program.js"
    if program.is_file():
        os.environ.update(JSII, JSII_PROGRAM=str(program))


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true"}


def _cost(item: pytest.Item) -> float:
    """0 for tests of seconds, then those that start Terraform, and those that deploy, by their minutes."""
    emulator = item.get_closest_marker("emulator")
    if emulator is not None:
        return float(emulator.kwargs.get("minutes", 1))
    return 0.5 if item.get_closest_marker("terraform") else 0


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what asks the emulated AWS for some seconds, which no test has to say of itself."""
    if "extra" in getattr(item, "fixturenames", ()):
        item.add_marker("emulated")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Quick files first; with several workers those that deploy, since they mostly wait while others can work.

    Files stay whole: what one of them shares would otherwise be built twice on one emulator.
    """
    if not config.getoption("--prove"):
        left = [item for item in items if item.get_closest_marker("exhaustive")]
        items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]
        config.hook.pytest_deselected(items=left)
    costs: dict[Path, float] = {}
    for item in items:
        costs[item.path] = max(costs.get(item.path, 0), _cost(item))
    items.sort(key=lambda item: costs[item.path], reverse="PYTEST_XDIST_WORKER" in os.environ)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if not any(item.get_closest_marker(marker) for marker in TOOL_MARKERS):
        return
    binaries = [os.environ["TERRAFORM_BINARY_NAME"]] if "TERRAFORM_BINARY_NAME" in os.environ else TERRAFORM_BINARIES
    if not any(shutil.which(binary) for binary in binaries):
        pytest.skip(f"needs {' or '.join(binaries)} on PATH")


def _is_for_a_missing_tool(item: pytest.Item, reason: str) -> bool:
    return reason.startswith("needs ") or any(item.get_closest_marker(marker) for marker in TOOL_MARKERS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On a laptop a test without its tool is skipped; in CI nothing would then say that it never ran."""
    report = yield
    if _in_ci() and report.skipped and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        if _is_for_a_missing_tool(item, reason):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped in CI: {reason}"
    return report
