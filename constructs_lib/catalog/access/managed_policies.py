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

_FILE = "access/managed_policies.toml"


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


class RequestKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A key that conditions may ask for, as it is in the requests a service makes with its role.

    Attributes:
        names: Its names, and those of others of which the same is true.
        value: What it is; None for what nobody can tell beforehand, or is not there.
        assumed_by: Services whose documentation names it for the trust policy of their role; of others it is open.
        source: Its source, an id of `sources.toml`.
    """

    names: tuple[str, ...]
    value: str | None = None
    assumed_by: tuple[str, ...] | None = None
    source: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    policy: tuple[ManagedPolicy, ...]
    backup: tuple[BackupNeed, ...]
    request_key: tuple[RequestKey, ...]


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


@cache
def request_keys() -> Mapping[str, str | None]:
    """Return the keys of a request that a service makes with its role, in lower case; None for an open one."""
    keys = (item for item in _load().request_key if item.assumed_by is None)
    return MappingProxyType({name.lower(): item.value for item in keys for name in item.names})


@cache
def source_keys(service: str) -> tuple[str, ...]:
    """Return the keys of which it is open what *service* says when it assumes a role, in lower case."""
    keys = (item for item in _load().request_key if item.assumed_by is not None and service not in item.assumed_by)
    return tuple(name.lower() for item in keys for name in item.names)
