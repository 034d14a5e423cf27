from __future__ import annotations

import re

import pytest

from constructs_lib.review.renderers import render
from tests.review.renderers.by_hand import broken, finding, hostile, kept, made, many, waiver

COMMAND = re.compile(r"::(error|warning|notice) title=([^:,\r\n]*)::(.*)")


def _commands(text: str) -> list[tuple[str, str, str]]:
    """Read workflow commands as the runner does, line by line."""
    return [match.groups() for line in text.splitlines() if (match := COMMAND.fullmatch(line))]  # type: ignore[misc]


def test_one_annotation_for_each_finding_and_a_last_line() -> None:
    lines = render(broken(), "github").splitlines()

    assert [kind for kind, _, _ in _commands("\n".join(lines))] == ["error", "warning", "notice"]
    assert lines[-1] == "drctl review: an objective is broken; 1 error, 1 warning, 1 note, 3 components"


def test_an_annotation_says_where_what_and_how_to_mend_it() -> None:
    (_, title, text) = _commands(render(broken(), "github"))[0]

    assert title == "RECOVERY-101 the plan breaks an objective"
    assert text == "aws_s3_bucket.orders: the promise is broken%0AFix: keep the replication"


def test_a_review_with_nothing_to_say_is_one_line() -> None:
    assert render(kept(), "github").count("\n") == 1


def test_what_is_waived_is_no_annotation() -> None:
    assert _commands(render(made((), [finding(waived_by=waiver())]), "github")) == []


@pytest.mark.parametrize("number", [9, 10, 11, 500])
def test_no_more_annotations_than_github_shows(number: int) -> None:
    found = [kind for kind, _, _ in _commands(render(many(number), "github"))]

    assert {kind: found.count(kind) for kind in found} == dict.fromkeys(("error", "warning", "notice"), min(number, 10))


def test_what_is_left_out_is_said_last() -> None:
    (_, title, text) = _commands(render(many(12), "github"))[-1]

    assert title == "drctl review"
    assert text.startswith("2 errors, 2 warnings, 3 notes more;")


def test_ten_notes_are_all_shown_where_nothing_else_is_left_out() -> None:
    notes = [finding("RECOVERY-104", f"a{index}") for index in range(10)]

    assert [title for _, title, _ in _commands(render(made((), notes), "github"))] == [
        "RECOVERY-104 recovery becomes weaker%2C within the objective"
    ] * 10


def test_no_name_starts_a_command_of_its_own() -> None:
    lines = render(hostile(), "github").splitlines()

    assert len(lines) == 4
    assert all(COMMAND.fullmatch(line) for line in lines[:3])
    assert all("%250A::error::x" in line for line in lines[:3])
