"""All reference stacks, deployed with the real command line, Terraform and AWS provider to the emulated AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from constructs_lib.emulator import EmulatedAws, emulated_aws
from stacks.declared import PRIMARY
from stacks.demo import item_arrives, object_arrives
from stacks.rehearsal import EMPTY_PLAN, Rehearsal
from tests.terraform.lock import trust_provider
from tests.terraform.validation import require_terraform

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.terraform, pytest.mark.emulator(minutes=8)]


@attrs.frozen
class Deployed:
    aws: EmulatedAws
    rehearsal: Rehearsal
    stacks: tuple[str, ...]


@pytest.fixture(name="deployed", scope="module")
def _deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    require_terraform()
    with emulated_aws(region=PRIMARY) as aws:
        rehearsal = Rehearsal.over(aws, tmp_path_factory.mktemp("rehearsal"))
        stacks = rehearsal.synth()
        rehearsal.deploy(aws, stacks)
        for stack in stacks:
            trust_provider(rehearsal.directory / "cdktf.out" / "stacks" / stack)
        yield Deployed(aws, rehearsal, stacks)


def test_a_second_plan_is_empty_and_that_of_a_recovery_stack_while_the_primary_region_fails(deployed: Deployed) -> None:
    recovery = [stack for stack in deployed.stacks if stack.endswith("-recovery")]
    others = [stack for stack in deployed.stacks if stack not in recovery]
    codes = deployed.rehearsal.plans(deployed.aws, others)
    with deployed.aws.fail_region(PRIMARY):
        codes = {**codes, **deployed.rehearsal.plans(deployed.aws, recovery)}

    assert codes == dict.fromkeys((*others, *recovery), EMPTY_PLAN)


def test_an_object_put_in_the_primary_bucket_arrives_in_the_recovery_bucket(deployed: Deployed) -> None:
    object_arrives(deployed.aws, deployed.rehearsal)


def test_an_item_written_in_one_region_is_read_in_the_other(deployed: Deployed) -> None:
    item_arrives(deployed.aws, deployed.rehearsal)


def test_a_failing_region_really_fails(deployed: Deployed) -> None:
    """Guards the test above."""
    from botocore.exceptions import ClientError

    with deployed.aws.fail_region(PRIMARY), pytest.raises(ClientError, match="ServiceUnavailable"):
        deployed.aws.client("dynamodb", PRIMARY).list_tables()
