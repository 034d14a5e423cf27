"""The chain of pauses that a deployment cannot be shorter than."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stacks.pauses import longest_chain


@pytest.fixture(name="output")
def _output(tmp_path: Path) -> Path:
    stacks: dict[str, tuple[list[str], dict[str, Any]]] = {
        "primary": (
            [],
            {
                "aws_kms_key": {"key": {}},
                "aws_db_instance": {
                    "orders": {"kms_key_id": "${aws_kms_key.key.arn}", "ca_cert_identifier": "rds-ca-rsa2048-g1"},
                    "alone": {"identifier": "alone"},
                },
            },
        ),
        "recovery": ([], {"aws_s3_bucket_lifecycle_configuration": {"rules": {"bucket": "b"}}}),
        "global": (
            ["primary", "recovery"],
            {
                "aws_dynamodb_table_replica": {"protected": {"deletion_protection_enabled": True}, "bare": {}},
                "aws_route53_zone": {"zone": {}},
                "aws_route53_record": {"record": {"depends_on": ["aws_route53_zone.zone"]}},
            },
        ),
    }
    for name, (_, resources) in stacks.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "cdk.tf.json").write_text(json.dumps({"resource": resources}), encoding="utf-8")
    manifest = {
        name: {"synthesizedStackPath": f"{name}/cdk.tf.json", "dependencies": needs}
        for name, (needs, _) in stacks.items()
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": manifest}), encoding="utf-8")
    return tmp_path


def test_pauses_add_up_along_references_and_stacks_that_wait_for_each_other(output: Path) -> None:
    chain = ("primary/aws_kms_key.key", "primary/aws_db_instance.orders", "global/aws_dynamodb_table_replica.protected")

    assert longest_chain(output) == (12 + 160 + 180, chain)


def test_a_read_replica_waits_for_its_creation_a_change_and_a_restart(output: Path) -> None:
    """As provider 5.100 took 160 s for one without a parameter group of its own, and 240 s for one with."""
    replica = {"replicate_source_db": "arn", "parameter_group_name": "group"}
    path = output / "recovery" / "cdk.tf.json"

    seconds = []
    for block in (replica, {"replicate_source_db": "arn"}):
        path.write_text(json.dumps({"resource": {"aws_db_instance": {"replica": block}}}), encoding="utf-8")
        seconds.append(longest_chain(output)[0] - 180)

    assert seconds == [240, 12 + 160]


def test_what_tells_of_a_database_waits_for_it_and_then_for_itself(output: Path) -> None:
    """The provider looks after 30 s whether a subscription is there (`waitEventSubscriptionCreated`)."""
    path = output / "primary" / "cdk.tf.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["resource"]["aws_db_event_subscription"] = {
        "told": {"source_ids": ["${aws_db_instance.orders.identifier}"]}
    }
    path.write_text(json.dumps(content), encoding="utf-8")

    seconds, chain = longest_chain(output)

    assert seconds == 12 + 160 + 30 + 180
    assert "primary/aws_db_event_subscription.told" in chain
