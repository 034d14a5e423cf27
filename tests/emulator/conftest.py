"""One emulated AWS for the tests of this directory; a test that needs an empty one starts its own."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from constructs_lib.emulator import EmulatedAws, emulated_aws
from tests.emulator.regions import HERE, THERE, Region, prepared
from tests.emulator.roles import make_roles

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="extra", scope="session")
def _extra() -> None:
    for package in ("ministack", "moto", "microburst"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}: pip install 'cdktf-dr[emulator]'")


@pytest.fixture(name="aws", scope="session")
def _aws(extra: None) -> Iterator[EmulatedAws]:
    with emulated_aws(region="eu-west-1") as aws:
        make_roles(aws)
        yield aws


@pytest.fixture(name="here", scope="session")
def _here(aws: EmulatedAws) -> Region:
    return prepared(aws, HERE)


@pytest.fixture(name="there", scope="session")
def _there(aws: EmulatedAws) -> Region:
    return prepared(aws, THERE)
