"""What AWS-managed policies allow, and what AWS Backup needs of a role: `managed_policies.toml`, typed."""

from __future__ import annotations

from datetime import date
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.catalog.document import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = "managed_policies.toml"


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One statement of a policy."""

    resources: tuple[str, ...]
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    effect: str = "Allow"
    condition: dict[str, dict[str, list[str]]] = {}

    def as_document(self) -> dict[str, Any]:
        """Return it as IAM writes it."""
        found: dict[str, Any] = {"Effect": self.effect, "Resource": list(self.resources)}
        found |= {"NotAction": list(self.not_actions)} if self.not_actions else {"Action": list(self.actions)}
        return found | ({"Condition": self.condition} if self.condition else {})


class ManagedPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A policy that AWS manages.

    Attributes:
        name: Its name.
        path: What stands between `policy/` and the name in its ARN.
        version: The version that was read.
        on: The day on which AWS made that version.
        source: Its source, an id of `sources.toml`.
        statement: Its statements about the services of recovery.
    """

    name: str
    path: str
    version: str
    on: date
    source: str
    statement: tuple[Statement, ...]

    @property
    def arn(self) -> str:
        """Its ARN, in the partition of the commercial Regions."""
        return f"arn:aws:iam::aws:policy/{self.path}{self.name}"


class BackupNeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What AWS Backup needs of a role to back up resources of some types.

    Attributes:
        types: The types of Terraform resources.
        any: Actions of which the role must have one.
        policy: The AWS-managed policy that has them.
        source: Its source, an id of `sources.toml`.
    """

    types: tuple[str, ...]
    any: tuple[str, ...]
    policy: str
    source: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    policy: tuple[ManagedPolicy, ...]
    backup: tuple[BackupNeed, ...]


@cache
def _load() -> _File:
    return read_document(_FILE, _File)


@cache
def managed_policies() -> Mapping[str, ManagedPolicy]:
    """Return the AWS-managed policies that are known, by ARN."""
    return MappingProxyType({item.arn: item for item in _load().policy})


@cache
def backup_needs() -> Mapping[str, BackupNeed]:
    """Return what AWS Backup needs of a role, by the type of Terraform resource."""
    return MappingProxyType({type: need for need in _load().backup for type in need.types})
