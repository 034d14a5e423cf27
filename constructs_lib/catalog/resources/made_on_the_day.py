"""The tags of an ECS cluster that tell where a service is made on the day, and the calls that read them.

Of a service whose definitions alone stand by, nothing in the recovery Region names subnets, security groups and
certificate before the day: Terraform writes their ids here, where whoever makes the service finds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["LISTS", "TEXTS", "query_of", "tags_of"]

LISTS: Final[Mapping[str, str]] = {
    "load_balancer_subnets": "recovery:load-balancer-subnet-",
    "load_balancer_groups": "recovery:load-balancer-group-",
    "task_subnets": "recovery:task-subnet-",
    "task_groups": "recovery:task-group-",
}
"""What there are several of: how the keys of their tags begin."""

TEXTS: Final[Mapping[str, str]] = {
    "certificate": "recovery:certificate",
    "access_log_bucket": "recovery:access-log-bucket",
}
"""What there is one of: the key of its tag."""


def tags_of(given: Mapping[str, str | Iterable[str] | None]) -> dict[str, str]:
    """Return the tags that tell *given*, by the names of `LISTS` and `TEXTS`; None is not told."""
    tags = {key: value for name, key in TEXTS.items() if isinstance(value := given.get(name), str)}
    for name, start in LISTS.items():
        tags |= {f"{start}{number}": value for number, value in enumerate(given.get(name) or ())}
    return tags


def query_of(name: str) -> str:
    """Return the JMESPath that finds *name* in the description of the cluster."""
    if name in LISTS:
        return f"clusters[0].tags[?starts_with(key, '{LISTS[name]}')].value"
    return f"clusters[0].tags[?key=='{TEXTS[name]}'] | [0].value"
