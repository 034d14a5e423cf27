"""The real provider accepts what the constructs write: all of it in one run, which costs little more than one stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.constructs import (
    test_backup_policy,
    test_bucket,
    test_configuration,
    test_distribution,
    test_existing,
    test_filesystem,
    test_heartbeat,
    test_seeing,
    test_table,
)
from tests.terraform.validation import terraform_validate

if TYPE_CHECKING:
    from tests.terraform.validation import Diagnostic

pytestmark = [pytest.mark.terraform]

FROM_NOTHING = (
    test_backup_policy,
    test_bucket,
    test_distribution,
    test_filesystem,
    test_heartbeat,
    test_seeing,
    test_table,
)
FROM_A_DIRECTORY = (test_configuration, test_existing)
WRITERS = [module.__name__.rpartition(".")[2] for module in (*FROM_NOTHING, *FROM_A_DIRECTORY)]


@pytest.fixture(name="found", scope="module")
def _found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Diagnostic]]:
    written = [module.to_validate() for module in FROM_NOTHING]
    written += [module.to_validate(tmp_path_factory.mktemp("stacks")) for module in FROM_A_DIRECTORY]
    return terraform_validate(
        {
            f"{writer} {name}": content
            for writer, configurations in zip(WRITERS, written, strict=True)
            for name, content in configurations.items()
        }
    )


@pytest.mark.parametrize("writer", WRITERS)
def test_terraform_has_nothing_to_say(writer: str, found: dict[str, list[Diagnostic]]) -> None:
    said = {name: list(map(str, items)) for name, items in found.items() if name.startswith(f"{writer} ")}

    assert said
    assert {name: items for name, items in said.items() if items} == {}
