"""What a deployment of the reference stacks tells while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.rehearsal import Rehearsal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PRINTED = """
one-primary  Initializing the backend...
             Initializing provider plugins...
one-global   aws_sns_topic.alarms: Creation complete after 1s
             Apply complete! Resources: 6 added, 0 changed, 0 destroyed.
one-primary  Apply complete! Resources: 2 added, 0 changed, 0 destroyed.
"""


class Answered:
    """Stands for an emulated AWS, of which only the environment is asked."""

    def environment(self, base: dict[str, str]) -> dict[str, str]:
        return dict(base)


def test_a_stack_is_told_of_by_its_name_wherever_that_was_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "cdktf"
    command.write_text(f"#!/bin/sh\ncat <<'END'{PRINTED}END\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr("stacks.rehearsal.ROOT", tmp_path)
    monkeypatch.setattr("sys.executable", str(command))
    told: list[str] = []

    Rehearsal(tmp_path).deploy(Answered(), ["one-primary", "one-global"], told.append)  # type: ignore[arg-type]

    assert told == [
        "one-global Apply complete! Resources: 6 added, 0 changed, 0 destroyed.",
        "one-primary Apply complete! Resources: 2 added, 0 changed, 0 destroyed.",
    ]
