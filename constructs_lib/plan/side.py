"""One side of a plan, before or after: its resources, and which belongs to which."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from constructs_lib.catalog.resources.resource_types import load_resource_types, types_that
from constructs_lib.plan.document.arn import ACCOUNT, account_of_arn, as_region, parse_arn
from constructs_lib.plan.document.expression import known_at_plan, references_in
from constructs_lib.plan.document.handed_on import handing_on
from constructs_lib.plan.document.references import References, arguments_at, directly_named, module_path
from constructs_lib.plan.document.resource import TELLS_OF_ANOTHER
from constructs_lib.plan.document.written import written_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.plan.document.references import Named
    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.notes import Notes

_Item = TypeVar("_Item")

_TYPES: Final = load_resource_types()
_NAMED: Final = types_that("named_by")
_FORMS: Final = {
    service: [type for type, facts in _NAMED.items() if facts.arn is not None and facts.arn.service == service]
    for service in {facts.arn.service for facts in _NAMED.values() if facts.arn is not None}
}
"""The types that an ARN of a service may name by what stands in it."""
UNSEEN: Final = ("local.", "each.")
"""What a plan does not show the values of."""
_NO_TYPES: Final[Mapping[str, None]] = {}


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What an argument leads to.

    Attributes:
        target: The resource, or None.
        known: Whether it is known what is meant, even if that is not in this plan.
        text: The value, where it is known.
    """

    target: Resource | None = None
    known: bool = False
    text: str | None = None


class Side:
    """The resources of one side by address and by type, and the links between them.

    Attributes:
        sibling: The other side.
        was: The side before the plan; of that one, and of a state, itself.
        forgotten: The addresses of what Terraform lets go of.
        buckets: The Regions of the buckets that data sources have read, by name and by ARN.
    """

    def __init__(
        self,
        resources: Mapping[str, Resource],
        references: Sequence[References],
        notes: Notes,
        *,
        names: Sequence[Mapping[str, str]],
    ) -> None:
        self.resources = resources
        self.notes = notes
        self.sibling: Side = self
        self.was: Side = self
        self.forgotten: frozenset[str] = frozenset()
        self.buckets: Mapping[str, str] = {}
        self._references = references
        self._names = names
        self._types: dict[str, list[Resource]] = {}
        for resource in resources.values():
            self._types.setdefault(resource.type, []).append(resource)
        self._identities: dict[str, dict[str, list[Resource]]] = {}
        self._types_named: dict[str, dict[str, None]] = {}
        self._found: dict[tuple[str, str, str | None], list[Resource]] = {}
        self._parts: dict[tuple[str, str, str], dict[str, list[Resource]]] = {}
        self._expressions: dict[tuple[str | int, ...], list[tuple[object, tuple[Named, ...] | None]]] = {}
        self._meant: dict[tuple[str | int, ...], frozenset[str] | None] = {}
        self._alike: dict[frozenset[str], frozenset[str]] = {}
        self._followed: set[tuple[str | int, ...]] = set()
        self._loose: dict[tuple[str, str, str], list[Resource]] = {}
        self._accounts: dict[tuple[int, str], str | None] = {}

    def of(self, type: str) -> Sequence[Resource]:
        """Return the resources of *type*, sorted by address."""
        return self._types.get(type, ())

    # ------------------------------------------------------------------ by value

    def find(self, type: str, text: str, region: str | None = None, document: int | None = None) -> Resource | None:
        """Return the resource of *type* that *text* (a name, an id or an ARN) means, or None.

        Args:
            type: The type of resource.
            text: What names it.
            region: The Region it is in, where a name alone is not unique; an ARN's own Region goes before it.
            document: Which of several plans *text* is from: of several of that name its own is meant.
        """
        asked = (type, text, region)
        found = self._found.get(asked)
        if found is None:
            found = self._found[asked] = self._find(type, text, region)
        if len(found) > 1 and document is not None:
            found = [item for item in found if item.document == document]
        return found[0] if len(found) == 1 else None

    def lacks(self, type: str, text: str, region: str | None = None) -> bool:
        """Whether what *text* means is not there: it is on the other side of the plan only, and no longer, or not yet.

        What Terraform lets go of is there all the same. The arguments are those of `find`.
        """
        if self.find(type, text, region) is not None:
            return False
        other = self.sibling.find(type, text, region)
        return other is not None and other.address not in self.forgotten

    def _find(self, type: str, text: str, region: str | None) -> list[Resource]:
        found = self._by_identity(type).get(text, [])
        form = None if found else _TYPES[type].arn
        arn = None if form is None else parse_arn(text)
        if form is not None and arn is not None and form.writes(arn.service, arn.resource):
            found = self._by_identity(type).get(arn.resource[len(form.prefix) :], [])
            region = as_region(arn.region) or (region if form.regional else None)
            found = [item for item in found if region is None or item.region in (region, None)]
            # One of that name in another account is another one; what a stack has made up is any.
            found = [item for item in found if account_of_arn(item.text("arn")) in (None, ACCOUNT, arn.account)]
        if len(found) > 1 and region is not None and parse_arn(text) is None:
            found = [item for item in found if item.region == region]
        return found

    def _by_identity(self, type: str) -> Mapping[str, list[Resource]]:
        known = self._identities.get(type)
        if known is None:
            known = self._identities[type] = {}
            for resource in self.of(type):
                for text in {resource.text(name) for name in ("id", "arn", *_TYPES[type].named_by)}:
                    if text is not None:
                        known.setdefault(text, []).append(resource)
        return known

    def is_alone(self, resource: Resource) -> bool:
        """Whether what names *resource*, itself or as an ARN, names no other resource of its type."""
        known, form = self._by_identity(resource.type), _TYPES[resource.type].arn
        texts = {resource.text(name) for name in ("id", "arn", *_TYPES[resource.type].named_by)} - {None}
        for arn in [parse_arn(text) for text in texts]:
            if form is not None and arn is not None and form.writes(arn.service, arn.resource):
                texts.add(arn.resource[len(form.prefix) :])
        return all(item is resource for text in texts for item in known.get(text or "", ()))

    def named_by_value(self, resource: Resource, path: Sequence[str | int]) -> list[str]:
        """Return the addresses of the resources that the known values at *path* name."""
        plain = resource.text(*path)
        texts = [plain] if plain is not None else list(_texts(resource.values, path))
        return [
            target.address
            for text in texts
            for type in self._named_types(text)
            if (target := self.find(type, text, resource.region, resource.document)) is not None
            and target is not resource
        ]

    def _named_types(self, text: str) -> Iterable[str]:
        """Return the types of which *text* may name a resource."""
        if not self._types_named:
            for type in _NAMED:
                for known in self._by_identity(type):
                    self._types_named.setdefault(known, {})[type] = None
        named = self._types_named.get(text, _NO_TYPES)
        arn = parse_arn(text)
        by_form = () if arn is None else _FORMS.get(arn.service, ())
        return {**named, **dict.fromkeys(by_form)} if by_form else named

    # ------------------------------------------------------------------ by value or reference

    def link(self, resource: Resource, path: Sequence[str | int], type: str, value: object = None) -> Link:
        """Follow the argument at *path* to a resource of *type*.

        Args:
            resource: Whose argument.
            path: Names of blocks and arguments, with the index of a block where it is known.
            type: The type of resource looked for.
            value: The value, where the caller already has it.
        """
        text = value if isinstance(value, str) else resource.text(*path)
        if text:
            target = self.find(type, text, resource.region, resource.document)
            return Link(target=target, known=True, text=text)
        if not resource.is_unknown(*path):
            # Null or empty: it means nothing at all.
            return Link(known=not resource.is_unknown(*path[:1]))
        addresses = self.resolve(resource, path, type)
        candidates = [item for address in addresses if (item := self.resources.get(address)) and item.type == type]
        return Link(target=candidates[0], known=True) if len(candidates) == 1 else Link()

    def candidates(self, resource: Resource, path: Sequence[str | int], type: str) -> list[Resource]:
        """Return the resources of *type* one of which the argument at *path* leads to, where it is open to which."""
        if resource.text(*path) or not resource.is_unknown(*path):
            return []
        addresses = self.resolve(resource, path, type)
        return [item for address in addresses if (item := self.resources.get(address)) and item.type == type]

    def referred(self, resource: Resource, path: Sequence[str | int]) -> list[Resource]:
        """Return the read resources that the argument at *path* refers to."""
        addresses = self.resolve(resource, path)
        return [self.resources[address] for address in addresses if address in self.resources]

    def resolve(self, resource: Resource, path: Sequence[str | int], type: str | None = None) -> list[str]:
        """Return the addresses of the resources and data sources that the argument at *path* refers to."""
        configured = resource.configured
        if configured is None:
            return []
        references = self._references[resource.document]
        module = module_path(resource.module)
        written = written_path(resource, path)
        if written is None:
            return []
        asked = (id(configured), *written)
        expressions = self._expressions.get(asked)
        if expressions is None:
            arguments = references.expressions(configured)
            found_there = arguments_at(arguments, written) or arguments_at(
                arguments, [step for step in written if isinstance(step, str)]
            )
            # One argument is that of many instances: what it names itself is looked for in it once.
            expressions = self._expressions[asked] = [(item, directly_named(item)) for item in found_there]
        found: dict[str, None] = {}
        for expression, named in expressions:
            if named is None:
                resolved = references.resolve(module, expression, configured, resource.key)
            else:
                resolved = references.at(module, named, resource.key)
            if type is not None and not resolved:
                resolved = references.within(module, expression, type, resource.key)
            if type is not None and not resolved:
                resolved = references.beside(module, expression, type, resource.key)
            found.update(dict.fromkeys(resolved))
        names = self._names[resource.document]
        addresses = [names.get(address, address) for address in found] if names else list(found)
        if type is not None and any(self._is_of(address, type) for address in addresses):
            return addresses
        further = self._handed_on(resource, path, addresses, [item for item, _ in expressions], type)
        return list(dict.fromkeys((*addresses, *further))) if type is None else further or addresses

    def _handed_on(
        self,
        resource: Resource,
        path: Sequence[str | int],
        addresses: Sequence[str],
        expressions: Sequence[object],
        type: str | None,
    ) -> list[str]:
        """Return what is handed on to something new; what is there already has values. A circle leads nowhere."""
        asked = (resource.address, *path)
        if not addresses or not resource.created or asked in self._followed:
            return []
        self._followed.add(asked)
        found: dict[str, None] = {}
        for named, argument in handing_on(map(self.resources.get, addresses), path, expressions, type):
            if type is None:
                there = self.named_by_value(named, (argument,)) or self.resolve(named, (argument,))
                found.update(dict.fromkeys(there))
            elif (target := self.link(named, (argument,), type).target) is not None:
                found[target.address] = None
        self._followed.discard(asked)
        return list(found)

    def _is_of(self, address: str, type: str) -> bool:
        named = self.resources.get(address)
        return named is not None and named.type == type

    def block_arguments(self, resource: Resource, block: str) -> frozenset[str]:
        """Return the arguments that the configuration sets in the blocks called *block*."""
        references = self._references[resource.document]
        configured = references.configured(module_path(resource.module), resource.type, resource.name)
        blocks = None if configured is None else references.expressions(configured).get(block)
        found = blocks if isinstance(blocks, list) else [blocks]
        return frozenset(name for item in found if isinstance(item, dict) for name in item)

    def may_give(self, resource: Resource, block: str, argument: str) -> bool:
        """Whether an argument that the plan does not tell has a value to come, and is not left to the provider.

        It stands in blocks called *block*. Those that are dynamic are in no configuration, and may give anything.
        """
        references = self._references[resource.document]
        module = module_path(resource.module)
        configured = references.configured(module, resource.type, resource.name)
        if configured is None:
            return False
        written = references.expressions(configured).get(block, [])
        found = [item for item in (written if isinstance(written, list) else [written]) if isinstance(item, dict)]
        if len(found) < len(resource.blocks(block)):
            return True
        given = (item[argument] for item in found if argument in item)
        return any(not known_at_plan(references.given, module, item) for item in given)

    def matching_blocks(self, resource: Resource, block: str, constants: Mapping[str, object]) -> list[object]:
        """Return the blocks called *block* in the configuration whose constants are these; all, where none is so.

        The blocks of a set come in another order in the values, so only what is written in them tells them apart.
        """
        references = self._references[resource.document]
        configured = references.configured(module_path(resource.module), resource.type, resource.name)
        blocks = None if configured is None else references.expressions(configured).get(block)
        found: list[object] = blocks if isinstance(blocks, list) else [] if blocks is None else [blocks]
        matching: list[object] = [
            item
            for item in found
            if isinstance(item, dict)
            and all(
                isinstance(item.get(name), dict) and item[name].get("constant_value") == value
                for name, value in constants.items()
            )
        ]
        return matching or found

    def referred_in(self, resource: Resource, blocks: Iterable[object], path: Sequence[str]) -> list[Resource]:
        """Return the read resources that the argument at *path* in these configured blocks refers to."""
        references = self._references[resource.document]
        module = module_path(resource.module)
        configured = references.configured(module, resource.type, resource.name)
        found: dict[str, None] = {}
        for block in blocks:
            for expression in arguments_at(block if isinstance(block, dict) else {}, path):
                found.update(dict.fromkeys(references.resolve(module, expression, configured, resource.key)))
        names = self._names[resource.document]
        addresses = (names.get(address, address) for address in found)
        return [self.resources[address] for address in addresses if address in self.resources]

    def account_of(self, resource: Resource) -> str | None:
        """Return the account that a resource is in: its provider's, as that says or as ARNs of what it makes do."""
        named = resource.account or account_of_arn(resource.text("arn"))
        key = (resource.document, resource.provider_key)
        if named is not None or not resource.provider_key:
            return named
        if key not in self._accounts:
            alike = (item for item in self.resources.values() if (item.document, item.provider_key) == key)
            told = (account_of_arn(item.text("arn")) for item in alike if item.type != TELLS_OF_ANOTHER)
            self._accounts[key] = next(filter(None, told), None)
        return self._accounts[key]

    def are_accounts_apart(self, one: Resource, new: Resource) -> bool:
        """Whether what is to be made is known to be in another account; what a stack has made up is any."""
        if not new.created:
            return False  # what there is already AWS has taken
        return len({self.account_of(one), self.account_of(new)} - {None, ACCOUNT}) > 1

    # ------------------------------------------------------------------ parts

    def parts(self, owner: str, part: str, argument: str) -> Mapping[str, list[Resource]]:
        """Return the resources of type *part*, by the address of the *owner* that their *argument* names."""
        key = (owner, part, argument)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = {}
            for resource in self.of(part):
                link = self.link(resource, (argument,), owner)
                if link.target is not None:
                    found.setdefault(link.target.address, []).append(resource)
                elif not link.known:
                    self._loose.setdefault(key, []).append(resource)
                    self.notes.add(resource, f"the {argument} it belongs to is not known before apply")
                else:
                    self.notes.add(resource, f"the {argument} it belongs to is not in this plan")
        return found

    def loose_parts(self, owner: Resource, part: str, argument: str) -> list[Resource]:
        """Return the parts of this type that may belong to *owner*, although which they belong to cannot be told."""
        self.parts(owner.type, part, argument)
        loose = self._loose.get((owner.type, part, argument), ())
        return [resource for resource in loose if self.may_mean(resource, (argument,), owner)]

    def may_mean(self, resource: Resource, path: Sequence[str | int], candidate: Resource) -> bool:
        """Whether the argument at *path*, whose value is not told, may lead to *candidate*.

        What it leads to is not known before apply, so neither is the candidate's own name; and the argument names it
        among others, or names nothing that a plan shows and stands where the candidate can be seen.
        """
        asked = (resource.address, candidate.type, *path)
        if asked not in self._meant:
            self._meant[asked] = (
                None if self._looked_up(resource, path) else self._means(resource, path, candidate.type)
            )
        meant = self._meant[asked]
        if meant is None:
            return True
        if resource.document != candidate.document or not (candidate.is_unknown("id") or candidate.is_unknown("arn")):
            return False
        if meant:
            return candidate.address in meant
        module = module_path(resource.module)
        if module_path(candidate.module)[: len(module)] == module:
            return True
        return self._is_passed(resource, path, candidate)

    def _means(self, resource: Resource, path: Sequence[str | int], type: str) -> frozenset[str]:
        """Return the addresses of this type that an argument names; many name the same many, which are kept once."""
        named = frozenset(address for address in self.resolve(resource, path, type) if self._is_of(address, type))
        return self._alike.setdefault(named, named)

    def _is_passed(self, resource: Resource, path: Sequence[str | int], candidate: Resource) -> bool:
        """Whether calls pass *candidate* to the argument's module, or a local value from where it can be seen."""
        references = self._references[resource.document]
        module, where = module_path(resource.module), module_path(candidate.module)
        arguments = (
            [] if resource.configured is None else arguments_at(references.expressions(resource.configured), path)
        )
        found = [item for argument in arguments for item in references_in(argument)]
        name = candidate.local or candidate.address
        while module:
            if name in references.passed(module):
                return True
            found = references.given_to(module, variables_in(found))
            if not found:
                return False
            module = module[:-1]
            if where[: len(module)] == module and any(item.startswith(UNSEEN) for item in found):
                return True
        return False

    def _looked_up(self, resource: Resource, path: Sequence[str | int]) -> bool:
        """Whether an argument is nothing but a variable or a data source, which may name what is in any state."""
        references = self._references[resource.document]
        module = module_path(resource.module)
        configured = references.configured(module, resource.type, resource.name)
        arguments = [] if configured is None else arguments_at(references.expressions(configured), path)
        found = [item for argument in arguments for item in references_in(argument)]
        outside = ("data.",) if module else ("data.", "var.")
        return bool(found) and all(item.startswith(outside) for item in found)

    def has_part(self, owner: Resource, part: str, argument: str) -> bool:
        """Whether *owner* has a part of this type, or had one before the plan."""
        return any(owner.address in side.parts(owner.type, part, argument) for side in (self, self.was))


def variables_in(references: Sequence[str]) -> frozenset[str] | None:
    """Return the variables that these are; None for any, where a local value may hold each."""
    if any(item.startswith(UNSEEN) for item in references):
        return None
    return frozenset(re.split(r"[.\[]", item)[1] for item in references if item.startswith("var."))


def _texts(values: object, path: Sequence[str | int]) -> Iterator[str]:
    """Yield the texts at *path*, and those in a list there; a name passes through all blocks of a list."""
    found = [values]
    for step in path:
        found = [inner for item in found for inner in _step(item, step)]
        if not found:
            return
    for value in found:
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, str) and item:
                yield item


def _step(value: object, step: str | int) -> Sequence[object]:
    if isinstance(step, int):
        return value[step : step + 1] if isinstance(value, list) else ()
    if isinstance(value, dict):
        return (value[step],) if step in value else ()
    blocks = value if isinstance(value, list) else ()
    return [item[step] for item in blocks if isinstance(item, dict) and step in item]


def first(items: Iterable[_Item]) -> _Item | None:
    """Return the first, or None."""
    return next(iter(items), None)
