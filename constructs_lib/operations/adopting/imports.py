"""Import blocks: what stacks declare and an account already holds, for Terraform to take over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.catalog.resources.import_ids import import_id, load_import_ids
from constructs_lib.catalog.resources.resource_types import load_resource_types
from constructs_lib.live.read import account_id, read_account
from constructs_lib.plan.document.arn import ACCOUNT
from constructs_lib.plan.stacks import stack_of_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.live.found import Found, Unasked
    from constructs_lib.plan import Plan, Resource

__all__ = ["Import", "Imports", "Replacement", "documents_of", "imports_of"]


class Import(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One import block.

    Attributes:
        stack: The stack it belongs to.
        to: The address in it.
        id: What Terraform imports it by.
    """

    stack: str
    to: str
    id: str


class Replacement(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """An argument for which Terraform would destroy what it imports, and make it anew without its data.

    Attributes:
        stack: The stack it belongs to.
        to: The address in it.
        argument: The argument that differs.
        live: What it is in the account.
        declared: What the stack declares; None for something that it builds, or that AWS chooses.
    """

    stack: str
    to: str
    argument: str
    live: str
    declared: str | None


class Imports(msgspec.Struct, frozen=True, kw_only=True):
    """What can be taken over, and what cannot be told.

    Attributes:
        blocks: The blocks, by stack and address.
        missing: Declared and not there, so that Terraform creates it: addresses of types that were asked.
        untold: Declared, of a type that is not read from an account, so that it is not known whether it is there.
        unasked: What could not be asked.
        replaced: What would not survive the import as it is declared.
    """

    blocks: tuple[Import, ...]
    missing: tuple[str, ...]
    untold: tuple[str, ...]
    unasked: tuple[Unasked, ...]
    replaced: tuple[Replacement, ...] = ()

    def documents(self) -> Mapping[str, str]:
        """Return a Terraform file in JSON for each stack, to lie beside its `cdk.tf.json`."""
        return documents_of(self.blocks)


def documents_of(imports: Iterable[Import], removed: Iterable[tuple[str, str]] = ()) -> Mapping[str, str]:
    """Return a Terraform file in JSON for each stack.

    Args:
        imports: What Terraform takes over.
        removed: What it lets go of and does not destroy: stack and address. Default: nothing.
    """
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for stack, address in removed:
        block = {"from": address, "lifecycle": {"destroy": False}}
        found.setdefault(stack, {}).setdefault("removed", []).append(block)
    for item in imports:
        found.setdefault(item.stack, {}).setdefault("import", []).append({"to": item.to, "id": item.id})
    return {stack: json.dumps(blocks, indent=2) + "\n" for stack, blocks in sorted(found.items())}


def imports_of(plan: Plan, *, session: Any = None) -> Imports:
    """Return what of *plan*, which creates everything, is there already.

    A resource is the declared one where type, Region and the name that the declaration gives are the same.

    Args:
        plan: The synthesized stacks.
        session: A boto3 session. Default: one from the environment.
    """
    account = read_account(sorted(plan.regions), session=session)
    own = account_id(sorted(plan.regions)[:1], session=session)
    there = {(item.type, item.region, item.name): item for item in account.found}
    blocks, missing, untold, replaced = [], [], [], []
    for address, resource in plan.resources_after.items():
        found = next((there[key] for key in _keys(resource, own) if key in there), None)
        if resource.type not in load_import_ids():
            untold.append(address)
        elif found is None:
            missing.append(address)
        elif (text := _id(found)) is not None:
            stack, local = stack_of_address(plan, address)
            blocks.append(Import(stack=stack, to=local, id=text))
            replaced += [
                Replacement(stack=stack, to=local, argument=name, live=live, declared=declared)
                for name, live, declared in _replacing(resource, found, own)
            ]
    return Imports(
        blocks=tuple(sorted(blocks)),
        missing=tuple(sorted(missing)),
        untold=tuple(sorted(untold)),
        unasked=account.unasked,
        replaced=tuple(sorted(replaced, key=lambda item: (item.stack, item.to, item.argument))),
    )


def _id(found: Found) -> str | None:
    return import_id(found.type, {"region": found.region, **found.values})


def _replacing(resource: Resource, found: Found, account: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield each argument that forces a replacement and differs: its name, what is live, and what is declared."""
    for name in load_resource_types()[resource.type].replaced_by:
        live, declared = found.values.get(name), resource.values.get(name)
        if not isinstance(live, str | bool) or not isinstance(declared, str | bool):
            continue
        if isinstance(declared, str) and ACCOUNT in declared and declared.replace(ACCOUNT, account) != live:
            yield name, str(live), None
        elif str(declared).replace(ACCOUNT, account) != str(live):
            yield name, str(live), str(declared)


def _keys(resource: Resource, account: str) -> Iterator[tuple[str, str, str]]:
    known = load_resource_types().get(resource.type)
    names: Sequence[str] = ("bucket", "identifier") if known is None or not known.named_by else known.named_by
    for name in (*names, "bucket"):
        text = resource.text(name)
        if text is not None and resource.region is not None:
            # A stack does not say where it is deployed, and names may hold the account.
            yield resource.type, resource.region, text.replace(ACCOUNT, account)
