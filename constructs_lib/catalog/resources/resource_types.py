"""What the library has to know of a Terraform resource type: `resource_types.toml`, typed."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import msgspec

from constructs_lib.catalog.document import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping


class ArnForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a service writes a resource of its own in an ARN: `arn:…:<service>:<region>:…:<prefix><name>`.

    Attributes:
        service: The service's part.
        prefix: What stands before the name.
        regional: Whether the Region stands in it.
    """

    service: str
    prefix: str
    regional: bool = True

    def writes(self, service: str, resource: str) -> bool:
        """Tell whether an ARN with these parts is of this form."""
        return service == self.service and resource.startswith(self.prefix)


class ReplicaBlock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The block of a resource that declares its replicas, with the arguments for their Region and their key."""

    block: str
    region: str
    key: str


class CopiesAt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The blocks that name the Regions of copies, and what a message calls those copies."""

    path: tuple[str, ...]
    what: str


class OnChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the provider does with a change of an argument that it does not replace the resource for.

    Attributes:
        argument: The argument; of each block of `blocks`, where there is one.
        change: Whether it was there and goes, was not there and comes, or is another one than before.
        does: What is done, or why nothing is, as a clause after the address.
        refused: Whether the provider ends with an error, and changes nothing.
        voids: The mechanisms that do not outlive the change, of the resource's own component or of the one that it is a
            copy of; of blocks, those of the copy in the Region that tells which block is which.
        blocks: The block the argument stands in, and the argument of it that tells which block is which.
        source: Where it is written.
    """

    argument: str
    change: Literal["cleared", "set", "other"]
    does: str
    source: str
    refused: bool = False
    voids: tuple[str, ...] = ()
    blocks: tuple[str, str] | None = None


class ServiceRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The argument that names the role a service works with, and what the service does with it."""

    argument: str
    purpose: str


class ToldBy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The call that tells the name AWS has made up for a resource, from an argument that we have given it.

    Attributes:
        service: The service, as boto3 names it.
        operation: The operation.
        member: The member of its input that takes the argument.
        argument: The argument.
        query: Where the reply has the name, as JMESPath.
    """

    service: str
    operation: str
    member: str
    argument: str
    query: str


class ResourceType(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One type.

    Attributes:
        kind: The kind of component whose main resource it is, or may be; None where it is none.
        read: Whether a plan's values of it are kept; all others are counted and skipped.
        unread: Whether it holds state that the catalog has no mechanism for.
        named_by: The arguments, beside `id` and `arn`, by which other resources name one.
        arn: How it is written in an ARN.
        backup: What AWS Backup calls it among the types an account opts into; None where AWS Backup takes none.
        backup_tests: Whether AWS Backup tests restores of it on schedule.
        backup_opt_in: Whether AWS Backup asks for the opt-in of the type also where a plan names what it backs up.
        backup_features: Whether AWS Backup's advanced features are a setting of the account for it.
        key: The argument that names the key of a resource that lies in the Region its key must be in.
        replica: The block that declares replicas with keys of their own.
        copies_at: Where the Regions of its copies stand, whose mechanism the catalog does not assess.
        deletion_protection: The argument that protects a copy of this type against deletion.
        recovery_data: Whether it holds what is recovered, or what it is recovered from.
        protective: Whether it protects something else, which may be in another state.
        holds: What of a recovery is lost with it, as the end of a sentence.
        revised: Whether the provider replaces it for each new revision, and the service goes from one to the other.
        of_component: Whether it matters only where it is part of a component.
        ground: What of a recovery site is lost with the last of them there, as the end of a sentence.
        copies_from: The arguments that name what it copies, or hears of, in the primary Region.
        role: The role that a service takes to work on it.
        on_change: What the provider does on a change that a plan shows as an update in place.
        placeholder: What documents call the name of one.
        told_by: The call that tells its name, where AWS makes that up.
        setting_of: The argument that names what it is the one setting of: whoever destroys it last takes it away.
        replaced_by: The arguments whose change makes the provider destroy it and create it anew.
    """

    kind: str | None = None
    read: bool = True
    unread: bool = False
    named_by: tuple[str, ...] = ()
    arn: ArnForm | None = None
    backup: str | None = None
    backup_tests: bool = False
    backup_opt_in: bool = False
    backup_features: bool = False
    key: str | None = None
    replica: ReplicaBlock | None = None
    copies_at: CopiesAt | None = None
    deletion_protection: str | None = None
    recovery_data: bool = False
    protective: bool = False
    holds: str | None = None
    revised: bool = False
    of_component: bool = False
    ground: str | None = None
    copies_from: tuple[str, ...] = ()
    role: ServiceRole | None = None
    on_change: tuple[OnChange, ...] = ()
    placeholder: str | None = None
    setting_of: str | None = None
    told_by: ToldBy | None = None
    replaced_by: tuple[str, ...] = ()

    @property
    def main(self) -> bool:
        """Whether it is, or may be, the main resource of a component."""
        return self.kind is not None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    parts: tuple[str, ...]
    maps: tuple[str, ...]
    of_both_sites: frozenset[str]
    unread: tuple[str, ...]
    type: dict[str, ResourceType]


@cache
def _file() -> _File:
    return read_document("resources/resource_types.toml", _File)


@cache
def load_resource_types() -> Mapping[str, ResourceType]:
    """Return what is known of each type, by its name; the file is read once for the process.

    Raises:
        CatalogError: If the file is not well formed.
    """
    content = _file()
    types = {name: ResourceType() for name in content.parts}
    types |= {name: ResourceType(read=False, unread=True) for name in content.unread}
    return MappingProxyType(types | content.type)


@cache
def map_arguments() -> frozenset[str]:
    """Return the names of arguments that hold a map; every other mapping in an argument is a block."""
    return frozenset(_file().maps)


@cache
def of_both_sites() -> frozenset[str]:
    """Return the types that name a bucket of the other site though nothing in their own hangs on it."""
    return _file().of_both_sites


@cache
def types_that(fact: str) -> Mapping[str, ResourceType]:
    """Return the types of which *fact*, an attribute of `ResourceType`, is true or not empty, by name."""
    return MappingProxyType({name: item for name, item in load_resource_types().items() if getattr(item, fact)})
