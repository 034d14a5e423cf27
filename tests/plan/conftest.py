"""Plans made by the real Terraform, and ways to look at what was read from them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.plan import Plan, read_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.components import Component

FIXTURES = Path(__file__).with_name("fixtures")


@cache
def _read(name: str, file: str) -> Plan:
    return read_plan(FIXTURES / name / file)


@pytest.fixture
def planned() -> Callable[..., Plan]:
    """Read `fixtures/<name>/plan.json`, or another file beside it."""

    def read(name: str, file: str = "plan.json") -> Plan:
        return _read(name, file)

    return read


@pytest.fixture
def document() -> Callable[..., dict[str, Any]]:
    """Return the JSON of a fixture, to be changed at will."""

    def load(name: str, file: str = "plan.json") -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((FIXTURES / name / file).read_text(encoding="utf-8"))
        return loaded

    return load


@pytest.fixture
def shown() -> Callable[..., list[str]]:
    """Write a component's protections in one line each."""

    def show(components: tuple[Component, ...], name: str) -> list[str]:
        found = next(item for item in components if item.name == name)
        lines = []
        for item in found.protections:
            settings = " ".join(f"{key}={value}" for key, value in item.settings)
            line = f"{item} {settings}".strip()
            if item.unknown:
                line += f" unknown: {', '.join(sorted(item.unknown))}"
            if item.doubts:
                line += f" | {'; '.join(item.doubts)}"
            lines.append(line)
        return lines

    return show
