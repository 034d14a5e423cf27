"""What is noted beside a stack's resources, in the place that Terraform's JSON syntax has for comments."""

from __future__ import annotations

from typing import Any

from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import TerraformStack
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsResource
from constructs_lib.terraform.written import note_with_stack


def stack_of_one_bucket() -> TerraformStack:
    stack = TerraformStack(engine.Testing.app(), "shop")
    AwsProvider(stack, "aws", region="eu-west-1")
    AwsResource(stack, "files", "aws_s3_bucket", {"bucket": "files"}, provider=None)
    return stack


def test_a_note_is_written_as_an_override_of_the_stack_would_be() -> None:
    noted, overridden = stack_of_one_bucket(), stack_of_one_bucket()
    data: dict[str, Any] = {"pattern": "replication", "places": [{"region": "eu-west-1"}], "size": 1.5, "met": True}

    note_with_stack(noted, "recovery", "shop/files", data)
    overridden.add_override("//.recovery.shop/files", data)

    assert noted.to_terraform() == overridden.to_terraform()


def test_the_last_note_of_a_key_is_written_and_notes_are_written_as_they_are_at_synth() -> None:
    stack = stack_of_one_bucket()
    growing: dict[str, int] = {}

    note_with_stack(stack, "recovery", "shop/files", "first")
    note_with_stack(stack, "recovery", "shop/files", "second")
    note_with_stack(stack, "watched", "shop/primary", growing)
    growing["alarms"] = 2

    written = stack.to_terraform()["//"]
    assert written["recovery"] == {"shop/files": "second"}
    assert written["watched"] == {"shop/primary": {"alarms": 2}}


def test_an_override_of_the_stack_is_written_over_a_note() -> None:
    stack = stack_of_one_bucket()

    note_with_stack(stack, "recovery", "shop/files", {"pattern": "replication", "region": "eu-west-1"})
    stack.add_override("//.recovery.shop/files.pattern", "mine")

    assert stack.to_terraform()["//"]["recovery"] == {"shop/files": {"pattern": "mine", "region": "eu-west-1"}}


def test_what_somebody_else_noted_before_stays() -> None:
    stack = stack_of_one_bucket()

    stack.add_override("//.team.owner", "payments")
    note_with_stack(stack, "recovery", "shop/orders", {"pattern": "one"})

    assert stack.to_terraform()["//"]["team"] == {"owner": "payments"}
