"""Reads an account, Region by Region; a Region that does not answer costs itself and no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import msgspec

from constructs_lib.live.copies import read_copies
from constructs_lib.live.keys import keys_in, locked_keys
from constructs_lib.live.kinds.backup import read_backups
from constructs_lib.live.kinds.bucket import read_buckets
from constructs_lib.live.kinds.database import read_databases
from constructs_lib.live.kinds.filesystem import read_filesystems
from constructs_lib.live.kinds.routing import CONTROL_PLANE, read_routing
from constructs_lib.live.kinds.service import read_services
from constructs_lib.live.kinds.table import read_tables, with_replicas
from constructs_lib.live.lag import with_lag
from constructs_lib.live.region import Region
from constructs_lib.objectives.tags import WORKLOAD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from constructs_lib.live.found import Found, Observed, Unasked

__all__ = ["Account", "account_id", "read_account"]

_READERS: Final = (read_buckets, read_tables, read_databases, read_filesystems, read_services, read_backups)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in some Regions of an account.

    Attributes:
        found: The resources, by Region, type and name.
        unasked: What could not be asked.
        answers: How many calls were answered.
        copies: How old the newest backup of a resource is, by its ARN and the Region of the vault.
        locked: The states of the keys with which nothing can be read now, by ARN.
    """

    found: tuple[Found, ...]
    unasked: tuple[Unasked, ...]
    answers: int
    copies: Mapping[tuple[str, str], Observed] = msgspec.field(default_factory=dict)
    locked: Mapping[str, str] = msgspec.field(default_factory=dict)


def read_account(
    regions: Sequence[str], *, copies: bool = False, session: Any = None, now: datetime | None = None
) -> Account:
    """Return what is in *regions* of the account that the session's credentials are for.

    Args:
        regions: The Regions to ask.
        copies: Whether vaults are asked how old their backups are, KMS whether copies can be read, and Route 53 what
            sends callers to them.
        session: A boto3 session. Default: one from the environment.
        now: The time that ages are counted to. Default: now.
    """
    if session is None:
        import boto3

        session = boto3.Session()
    asked = [Region(session, name, now) for name in dict.fromkeys(regions)]
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
        read = list(pool.map(_read, asked))
        backups = list(pool.map(_copies, asked, read)) if copies else []
        keys = {arn for items in read for item in items for arn in keys_in(dict(item.values))} if copies else set()
        locked = list(pool.map(lambda region: locked_keys(region, keys), asked))
    edge = Region(session, CONTROL_PLANE, now)
    routing = read_routing(edge, _workloads(read), asked) if copies else []
    return Account(
        found=tuple(sorted(with_replicas(item for items in (*read, routing) for item in items), key=_order)),
        unasked=tuple(sorted((item for one in (*asked, edge) for item in one.unasked), key=lambda item: item.what)),
        answers=sum(region.answers for region in asked),
        copies={key: seen for one in backups for key, seen in one.items()},
        locked={arn: state for one in locked for arn, state in one.items()},
    )


def account_id(regions: Sequence[str], *, session: Any = None) -> str:
    """Return the account that the session's credentials are for; none, an empty text, where nothing tells it.

    Args:
        regions: The Regions to ask, one after the other.
        session: A boto3 session. Default: one from the environment.
    """
    if session is None:
        import boto3

        session = boto3.Session()
    for name in regions:
        answer = Region(session, name).ask("sts", "get_caller_identity")
        if isinstance(answer, dict):
            return str(answer["Account"])
    return ""


def _order(item: Found) -> tuple[str, str, str]:
    return item.region, item.type, item.name


def _workloads(read: Sequence[Sequence[Found]]) -> frozenset[str]:
    """Return the workloads that the tags of what was found name."""
    tagged = (item.values.get("tags_all") or {} for items in read for item in items)
    return frozenset(name for tags in tagged if (name := tags.get(WORKLOAD)))


def _read(region: Region) -> list[Found]:
    return with_lag(region, [found for reader in _READERS for found in reader(region)])


def _copies(region: Region, found: Sequence[Found]) -> dict[tuple[str, str], Observed]:
    return read_copies(region, [item.name for item in found if item.type == "aws_backup_vault"])
