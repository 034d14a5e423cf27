"""A team with old breaches adopts a review that fails on what a pull request breaks, and not on what was so before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.plan import read_plan
from constructs_lib.review import Review, exit_code, review
from constructs_lib.review.renderers import render
from tests.review.made import bucket, declared, instance, plan, replica, versioned
from tests.review.recorded import TODAY

_OLD = instance("old", multi_az=False, backup_retention_period=0)


def _reviewed(*resources: dict[str, Any]) -> Review:
    return review(read_plan(json.dumps(plan(*resources)).encode()), declared(), today=TODAY)


def _lost(copy: dict[str, Any]) -> dict[str, Any]:
    copy["change"] |= {"after": None, "actions": ["delete"]}
    return copy


def test_what_was_so_before_does_not_fail_the_run() -> None:
    result = _reviewed(_OLD, bucket("data"), versioned("data"))

    assert result.errors
    assert (exit_code(result), exit_code(result, "worse")) == (1, 0)


@pytest.mark.parametrize(
    "change",
    [
        [instance(), _lost(replica())],
        [instance("new", before=None, multi_az=False, backup_retention_period=0)],
        [
            instance(
                "old", multi_az=False, backup_retention_period=0, before=_OLD["change"]["after"] | {"multi_az": True}
            )
        ],
    ],
)
def test_what_the_plan_breaks_does(change: list[dict[str, Any]]) -> None:
    resources = {item["address"]: item for item in (_OLD, *change)}

    assert exit_code(_reviewed(*resources.values()), "worse") == 1


def test_what_was_broken_and_gets_worse_does() -> None:
    worse = instance("old", multi_az=False, backup_retention_period=0)
    worse["change"] |= {"before": {**worse["change"]["before"], "backup_retention_period": 7}, "actions": ["update"]}

    assert exit_code(_reviewed(worse), "worse") == 1


def test_the_comment_folds_what_was_so_before() -> None:
    text = render(_reviewed(_OLD, instance(), _lost(replica())), "markdown", name=None)
    new, _, old = text.partition("<summary>So before this plan as well")

    assert "RECOVERY-114" in new
    assert "aws_db_instance.old" not in new.partition("#### Errors")[2].partition("<details>")[0]
    assert "aws_db_instance.old" in old
