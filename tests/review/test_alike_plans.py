"""Several plans in which things have the same names, as of two accounts: what a plan names is its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.plan import read_plans
from constructs_lib.review import review
from tests.review.made import ACCOUNT, backup, declared, instance, plan, replica, table
from tests.review.recorded import TODAY

_OBJECTIVE = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {region: {rto: 12h, rpo: 12h}}
    components: [{match: aws_db_instance.db}, {match: aws_dynamodb_table.orders}]
"""
_MADE = {
    "replica": [instance(), replica()],
    "backups": [table(point_in_time_recovery=[], replica=[]), *backup()],
}


def _written(resources: list[dict[str, Any]], account: str = ACCOUNT, version: str = "1.11.4") -> bytes:
    return json.dumps({**plan(*resources), "terraform_version": version}).replace(ACCOUNT, account).encode()


@pytest.mark.parametrize("made", _MADE)
@pytest.mark.parametrize("other", [{"account": "210987654321"}, {"version": "1.11.5"}])
def test_what_a_plan_names_is_its_own(made: str, other: dict[str, str]) -> None:
    plans = {"one": _written(_MADE[made]), "two": _written(_MADE[made], **other)}

    result = review(read_plans(plans), declared(_OBJECTIVE), today=TODAY)

    assert [item.verdict for item in result.components] == [Verdict.MET, Verdict.MET]
    assert not result.errors
