"""One registry has one setting: two that write it are found, and one is not."""

from __future__ import annotations

from typing import Any

from tests.review.made import ACCOUNT, AWAY, HOME, bucket, found, resource


def replicates(name: str, region: str = HOME, **more: Any) -> dict[str, Any]:
    rule = {"destination": [{"region": AWAY, "registry_id": ACCOUNT}]}
    values = {"id": ACCOUNT, "registry_id": ACCOUNT, "replication_configuration": [{"rule": [rule]}], **more}
    return resource(f"aws_ecr_replication_configuration.{name}", values, region=region)


def messages(*resources: dict[str, Any]) -> list[str]:
    return [item.message for item in found(bucket("data"), *resources).findings if item.id == "RECOVERY-234"]


def test_two_that_write_one_registry_are_found() -> None:
    (message,) = messages(replicates("shop"), replicates("bank"))

    assert message.startswith(f"the registry of {HOME} has one replication configuration, and aws_ecr_replication")


def test_each_region_and_each_account_has_one_of_its_own() -> None:
    assert (
        messages(replicates("here"), replicates("there", AWAY), replicates("other", registry_id="210987654321")) == []
    )
