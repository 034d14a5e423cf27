"""`drctl drill` without an account: its rights, and what it refuses before anything is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import assert_one_line_of_trouble, drctl
from tests.documents.reference import write_shop

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_drill_may_delete_is_what_drills_are_called(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stacks = str(write_shop(tmp_path / "cdktf.out"))
    ran = drctl(capsys, "drill", "shop", "--disruption", "region", "--stacks", stacks, "--policy")
    statements = json.loads(ran.out)["Statement"]

    def actions(statement: dict[str, object]) -> list[str]:
        found = statement["Action"]
        return [found] if isinstance(found, str) else list(found)  # type: ignore[call-overload]

    deleting = [item for item in statements if any(":Delete" in action for action in actions(item))]
    assert ran.code == 0
    assert [item["Sid"] for item in deleting] == ["RemoveBuckets", "RemoveInstances"]
    assert all(":drctl-drill-" in str(item["Resource"]) for item in deleting)
    assert any("tag:GetResources" in actions(item) for item in statements)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shop", "--clean"), "--clean is given without --resume"),
        (("shop", "--component", "nosuch"), "has no component 'nosuch'; it has assets, ledger"),
        (("nosuch",), "no workload 'nosuch'; they hold shop"),
        (("shop", "--disruption", "zone"), "invalid choice: 'zone'"),
    ],
)
def test_what_cannot_be_drilled_is_said_in_one_line(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = drctl(capsys, "drill", *arguments, "--stacks", str(write_shop(tmp_path / "cdktf.out")))

    assert_one_line_of_trouble(ran)
    assert said in ran.err
