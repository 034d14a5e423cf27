"""The runbook: durations add up, names are real, nothing needs what has failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from constructs_lib.documents.runbook import LEAD, OPERATOR, runbook
from constructs_lib.objectives import Disruption
from tests.documents.reference import PRIMARY, RECOVERY, shop

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.runbook import Recovery, Runbook, Scenario


@pytest.fixture(name="book")
def _book(tmp_path: Path) -> Runbook:
    return runbook(shop(tmp_path))


def scenario(book: Runbook, disruption: Disruption) -> Scenario:
    return next(item for item in book.scenarios if item.disruption is disruption)


def recovery(book: Runbook, disruption: Disruption, name: str) -> Recovery:
    return next(item for item in scenario(book, disruption).recoveries if item.name == name)


def test_steps_add_up_to_the_estimate(book: Runbook) -> None:
    recoveries = [item for part in book.scenarios for item in part.recoveries]

    assert [sum(step.seconds for step in item.steps) for item in recoveries] == [
        item.estimate.rto_seconds for item in recoveries
    ]
    assert len(recoveries) == 8


def test_the_workload_is_back_after_its_longest_path(book: Runbook) -> None:
    """Restoring the database, 2 min + 15 min + 1 h and 12 s a GB for 100 GB, and two repointings of 5 min."""
    region = scenario(book, Disruption.REGION)

    assert region.whole.rto_seconds == 120 + 900 + 3600 + 1200 + 300 + 300
    assert region.whole.sets_rto == "ledger"


def test_a_component_without_a_way_back_leaves_no_bound(tmp_path: Path) -> None:
    book = runbook(shop(tmp_path, protections=[{"mechanism": "versioning"}]))

    assert scenario(book, Disruption.REGION).whole.rto_seconds is None
    assert recovery(book, Disruption.REGION, "assets").steps == ()
    assert "nothing is prepared" in book.preparation.state[0]


def test_commands_name_the_resources_of_the_recovery_region(book: Runbook) -> None:
    commands = " ".join(
        command for step in recovery(book, Disruption.REGION, "ledger").steps for command in step.action.commands
    )

    assert "--target-db-instance-identifier shop-ledger " in commands
    assert '--source-db-instance-automated-backups-arn "$BACKUPS"' in commands
    assert "--db-subnet-group-name shop-ledger-recovery" in commands
    assert f"describe-security-groups --region {RECOVERY} --filters" in commands
    assert '["shop-db"]' in commands


def test_what_the_files_do_not_tell_is_a_variable_with_a_hint(book: Runbook) -> None:
    """The stacks declare no parameter group in the recovery Region."""
    hints = dict(book.variables)

    assert "RECOVERY_PARAMETER_GROUP" in hints
    assert hints["ACCOUNT"].startswith("the account: ACCOUNT=$(aws sts get-caller-identity")
    assert "BACKUPS" not in hints


def test_the_commands_of_a_step_wait_as_long_as_is_planned(book: Runbook) -> None:
    commands = [
        command for step in recovery(book, Disruption.REGION, "ledger").steps for command in step.action.commands
    ]

    assert any(command.startswith("END=$((SECONDS+4800)); until [") for command in commands)
    assert not any(" wait " in command for command in commands)


def test_a_fence_is_said_for_what_it_is(book: Runbook) -> None:
    ledger, assets = (recovery(book, Disruption.REGION, name) for name in ("ledger", "assets"))

    assert ledger.fence is not None
    assert assets.fence is not None
    assert (ledger.fence[0], assets.fence[0]) == ("best effort", "none")
    assert ledger.afterwards == "the database has no copy in another Region"


def test_region_steps_use_neither_the_failed_region_nor_us_east_1_nor_terraform(book: Runbook) -> None:
    for item in scenario(book, Disruption.REGION).recoveries:
        for action in (*(step.action for step in item.steps), *item.verify):
            # A fence in the Region that failed is given ten seconds, and may fail.
            needed = [line for line in action.commands if not line.startswith(("timeout 10 ", "#"))]
            text = " ".join((*needed, action.console or ""))
            assert PRIMARY not in text
            assert "us-east-1" not in text
            assert not re.search(r"terraform|cdktf", text)


def test_a_human_decides_where_the_recovery_is_not_automatic(book: Runbook) -> None:
    who = [step.who for step in recovery(book, Disruption.REGION, "assets").steps]

    assert who == [OPERATOR, LEAD, OPERATOR, OPERATOR]


def test_what_must_be_there_beforehand_is_listed_under_four_headings(book: Runbook) -> None:
    preparation = book.preparation

    assert any("shop-assets-eu-central-1" in line for line in preparation.state)
    assert any("the application itself" in line for line in preparation.software)
    assert any("shop-ledger-recovery" in line for line in preparation.configuration)
    assert any("not stored by the stacks" in line for line in preparation.documentation)
