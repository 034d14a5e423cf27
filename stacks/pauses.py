"""How long a deployment of the stacks has to take: the pauses that the AWS provider makes, one after the other.

The emulator answers at once. The provider waits all the same before it first looks whether something is there, and
after that for the same answer several times, each some seconds apart; none of that depends on what is answered.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["longest_chain"]

_REFERENCE = re.compile(r"\b(aws_[a-z0-9_]+\.[A-Za-z0-9_-]+)")

_PAUSES: Mapping[str, int] = {
    "aws_cloudfront_distribution": 30,
    "aws_db_event_subscription": 30,
    "aws_db_instance": 80,
    "aws_ecs_cluster": 10,
    "aws_kms_key": 12,
    "aws_lb": 60,
    "aws_rds_cluster": 30,
    "aws_rds_cluster_instance": 30,
    "aws_route53_record": 15,
    "aws_route53_zone": 15,
    "aws_s3_bucket_lifecycle_configuration": 55,
    "aws_sqs_queue": 25,
    "aws_vpc": 10,
    "aws_vpc_endpoint": 5,
}
"""Seconds that provider 5.100 takes to create one, measured where everything is answered at once and nothing else is
made meanwhile (`terraform apply -parallelism=1`); a key as all are here, with a policy, rotation and tags.
"""

_DELETION_PROTECTION_OF_A_REPLICA = 180
"""`aws_dynamodb_table_replica` waits 90 s for the change to spread, and does so twice."""

_CERTIFICATE_OF_AN_INSTANCE = 80
"""`aws_db_instance` sends its `ca_cert_identifier` in a change of its own, and waits once more."""

_CHANGE_OF_A_REPLICA = 80
"""A read replica takes what its creation cannot, such as the retention, in a change of its own."""

_RESTART_OF_A_REPLICA = 80
"""And is restarted for its parameter group."""


def longest_chain(output: Path) -> tuple[int, tuple[str, ...]]:
    """Return the seconds of the longest chain of pauses, and the resources with a pause on it, `stack/address`.

    Args:
        output: What `cdktf synth` wrote.
    """
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    contents = {
        name: json.loads((output / stack["synthesizedStackPath"]).read_text(encoding="utf-8"))
        for name, stack in manifest.items()
    }

    @cache
    def until(stack: str) -> tuple[int, tuple[str, ...]]:
        before = max((until(other) for other in manifest[stack]["dependencies"]), default=(0, ()))
        seconds, chain = _within(stack, contents[stack])
        return before[0] + seconds, (*before[1], *chain)

    return max(until(stack) for stack in manifest)


def _within(stack: str, content: Mapping[str, Any]) -> tuple[int, tuple[str, ...]]:
    blocks = {
        f"{type_}.{name}": (type_, block)
        for section in ("resource", "data")
        for type_, named in content.get(section, {}).items()
        for name, block in named.items()
    }

    @cache
    def until(address: str) -> tuple[int, tuple[str, ...]]:
        type_, block = blocks[address]
        before = max((until(other) for other in _needs(block) if other in blocks and other != address), default=(0, ()))
        pause = _pause(type_, block)
        return before[0] + pause, (*before[1], f"{stack}/{address}") if pause else before[1]

    return max((until(address) for address in blocks), default=(0, ()))


def _needs(block: Mapping[str, Any]) -> Iterator[str]:
    for name, value in block.items():
        if name != "//":
            yield from sorted(set(_REFERENCE.findall(json.dumps(value))))


def _pause(type_: str, block: Mapping[str, Any]) -> int:
    if type_ == "aws_dynamodb_table_replica" and block.get("deletion_protection_enabled"):
        return _DELETION_PROTECTION_OF_A_REPLICA
    if type_ == "aws_db_instance" and "replicate_source_db" in block:
        restart = _RESTART_OF_A_REPLICA if "parameter_group_name" in block else 0
        return _PAUSES[type_] + _CHANGE_OF_A_REPLICA + restart
    certificate = _CERTIFICATE_OF_AN_INSTANCE if type_ == "aws_db_instance" and "ca_cert_identifier" in block else 0
    return _PAUSES.get(type_, 0) + certificate
