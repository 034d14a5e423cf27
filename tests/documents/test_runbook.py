"""The runbook: durations add up, names are real, nothing needs what has failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import pytest

from constructs_lib import Bucket, Database, HealthCheckRouting, Objective, Sites, Workload
from constructs_lib.assessment import Verdict
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.documents.documents import render_documents
from constructs_lib.documents.pages.runbook import runbook_page
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.documents.runbook import LEAD, OPERATOR, runbook
from constructs_lib.objectives import Disruption
from constructs_lib.terraform.engine import App
from tests.documents.reference import PRIMARY, RECOVERY, shop
from tests.operations.workloads import THREE_ZONES
from tests.operations.workloads import workload as service_workload

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
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
    # A name is a VPC's own: which VPC is told by the subnets that the restored instance gets.
    assert r"\"Values\": [\"shop-db\"]}, {\"Name\": \"vpc-id\"" in commands
    assert f"describe-db-subnet-groups --region {RECOVERY} --db-subnet-group-name shop-ledger-recovery" in commands


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

    waits = [command for command in commands if command.startswith("END=$((SECONDS+4800)); until SAID=")]
    assert waits
    # Not for what will never be.
    assert all("failed" in command.partition("case $SAID in ")[2].partition(")")[0] for command in waits)
    assert all('AWS says $SAID: put that right before you go on"; break;; esac' in command for command in waits)
    assert not any(" wait " in command for command in commands)


def test_a_fence_is_said_for_what_it_is(book: Runbook) -> None:
    ledger, assets = (recovery(book, Disruption.REGION, name) for name in ("ledger", "assets"))

    assert ledger.fence is not None
    assert assets.fence is not None
    assert (ledger.fence[0], assets.fence[0]) == ("best effort", "none")
    assert ledger.afterwards == "the database has no copy in another Region"


def moving(directory: Path) -> DocumentedWorkload:
    """A workload whose database nothing in its Region brings back within the hour that is promised."""
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary=PRIMARY, recovery=RECOVERY, account_id="123456789012")
    workload = Workload(
        sites,
        objective=Objective(rto="1h", rpo="15m"),
        routing=HealthCheckRouting(
            zone_id="Z0123456789",
            record_name="shop.example.com",
            primary_endpoint="a.example.com",
            recovery_endpoint="b.example.com",
            by_latch=True,
        ),
    )
    Database(workload, "ledger", engine="postgres", network=THREE_ZONES, pattern="read_replica")
    Bucket(workload, "assets")
    app.synth()
    (found,) = read_stacks(directory, None)
    return found


def test_a_workload_that_a_lost_zone_sends_to_the_other_region_goes_as_a_whole(tmp_path: Path) -> None:
    workload = moving(tmp_path)
    (document,) = render_documents([workload], ["runbook"], ["markdown"])

    for heading, disruption in (("An Availability Zone", Disruption.ZONE), ("A component", Disruption.HARDWARE)):
        page = document.text.partition(f"## {heading} is lost")[2].partition("\n## ")[0]
        assert "the workload moves to eu-central-1, as in the loss of the Region, and home again" in page
        assert page.index("set the latch") < page.index("promote the replica") < page.index("release the latch")
        assert "set the bucket of the application to shop-assets-eu-central-1" in page
        assert page.count("**Fence: ") == 2
        assert "the heartbeat" not in page
        assert all(item.verdict is Verdict.MET for item in scenario(runbook(workload), disruption).recoveries)


def test_what_a_restore_beside_the_original_leaves_open_is_said_where_there_is_a_copy(tmp_path: Path) -> None:
    ledger = recovery(runbook(moving(tmp_path)), Disruption.SOFTWARE, "ledger")

    assert ledger.fence is None
    assert str(ledger.afterwards).startswith("what was restored has no copy in eu-central-1 until")


def test_region_steps_use_neither_the_failed_region_nor_us_east_1_nor_terraform(book: Runbook) -> None:
    for item in scenario(book, Disruption.REGION).recoveries:
        for action in (*(step.action for step in item.steps), *item.verify):
            # A fence in the Region that failed is given ten seconds, and may fail.
            needed = [line for line in action.commands if not line.startswith(("AWS_MAX_ATTEMPTS=1 ", "#"))]
            text = " ".join((*needed, action.console or ""))
            # By the ARN of what is lost its backups are told apart, in an answer of the recovery Region.
            assert PRIMARY not in re.sub(r"'arn:[^']*'", "", text)
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


def test_code_comes_after_the_data_it_waits_for(tmp_path: Path) -> None:
    """Whoever types what stands first, first, starts no task before there is a database."""
    workload = shop(tmp_path / "shop")
    (viewer,) = service_workload(tmp_path / "service", "service", pattern="at_zero").components

    book = runbook(attrs.evolve(workload, components=(viewer, *workload.components)))

    for found in book.scenarios:
        layers = [load_catalog().kinds[item.kind].layer for item in found.recoveries]
        assert layers == ["data", "data", "compute"]


def test_the_pages_to_read_on_the_day_are_those_in_the_recovery_region(tmp_path: Path) -> None:
    kept = ((PRIMARY, "s3://here/runbook.md"), (RECOVERY, "s3://there/runbook.md"))
    book = runbook(attrs.evolve(shop(tmp_path), stored=kept))

    assert book.preparation.documentation == ("these pages at s3://there/runbook.md",)


def test_the_load_balancer_that_callers_are_sent_to_is_told_by_its_name(tmp_path: Path) -> None:
    (viewer,) = runbook(service_workload(tmp_path, "service", pattern="at_zero")).scenarios[0].recoveries

    assert viewer.steps[-1].action.commands == (
        "aws elbv2 describe-load-balancers --region eu-central-1 --names shop-it "
        "--query 'LoadBalancers[0].DNSName' --output text",
    )


def test_each_stretch_of_the_longest_path_is_said(tmp_path: Path) -> None:
    workload = shop(tmp_path)
    book = runbook(workload)
    whole = book.scenarios[0].whole

    said = runbook_page(workload, book)["longest_path"](whole)

    assert said.startswith("2 minutes to notice, then 15 minutes to decide, then ")
    assert len(said.split(", then ")) == len(whole.path)
    assert sum(leg.seconds for leg in whole.path) == whole.rto_seconds
