"""What an argument refers to, read from the configuration a plan carries.

A value that is known only after apply still has a source: `bucket = aws_s3_bucket.x.id`. A plan holds the references of
each argument, not the expressions, so they are followed through variables, outputs and modules to resources. Local
values and blocks written with `dynamic` are not in a plan; what goes through them cannot be told.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import msgspec

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.plan.document.arn import as_region, parse_arn
from constructs_lib.plan.document.expression import NOT_TOLD, constant, known_at_plan, narrowest, references_in
from constructs_lib.plan.document.format import Configuration, ConfiguredResource, Key, Module, ModuleCall
from constructs_lib.plan.document.unseen import unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.plan.document.format import ModulePath, ProviderConfiguration, ResourceChange, Variable

_READ: Final = types_that("read")
_STEPS: Final = 64
_FOLLOWED: Final = ("var.", "module.", "each.value")
_NOT_SHOWN: Final = ("local.", "each.", "count.", "path.", "terraform.", "self.", "ephemeral.")
_KEY: Final = r'(?:\[(?:(?P<{0}n>[0-9]+)|(?P<{0}s>"(?:[^"\\]|\\.)*"))\])?'
_MODULE: Final = re.compile(r"module\.([^.\[]+)" + _KEY.format("m"))
_NAMED: Final = re.compile(r"(?:data\.)?[A-Za-z][\w-]*\.([A-Za-z_][\w-]*)" + _KEY.format("r"))
_TELL_ACCOUNT: Final = ("assume_role", "allowed_account_ids")
_ACCOUNT: Final = re.compile("[0-9]{12}")
_NOTHING: Final = msgspec.Raw(b"{}")
_NULL: Final = msgspec.Raw(b"null")
_decode = msgspec.json.Decoder().decode


Named: TypeAlias = tuple[str, str, Key, bool]
"""The type, the name and the key of a resource as a reference names it, and whether it is a data source."""


class Target(NamedTuple):
    """A resource as a reference names it; its key is None where the reference leaves it open."""

    module: ModulePath
    type: str
    name: str
    key: Key
    data: bool


@lru_cache(maxsize=65536)
def module_path(address: str) -> ModulePath:
    """Return the names and keys in a module's address, the outermost first."""
    return tuple((found.group(1), _key(found, "m")) for found in _MODULE.finditer(address))


@lru_cache(maxsize=65536)
def _named(reference: str) -> Named | None:
    found = _NAMED.match(reference)
    if found is None:
        return None
    data = reference.startswith("data.")
    return found.group(0).split(".")[1 if data else 0], found.group(1), _key(found, "r"), data


def _key(found: re.Match[str], which: str) -> Key:
    number, text = found.group(f"{which}n"), found.group(f"{which}s")
    if number is not None:
        return int(number)
    if text is None:
        return None
    try:
        decoded: str = _decode(text.encode())
    except msgspec.DecodeError:
        return text[1:-1]
    return decoded


class References:
    """The configuration of one plan, and its resources by where they stand."""

    def __init__(self, configuration: Configuration | None, variables: Mapping[str, Variable]) -> None:
        self._root = Module() if configuration is None else configuration.root_module
        self.known = configuration is not None
        self._providers = {} if configuration is None else configuration.provider_config
        self._several = frozenset(key for key, item in self._providers.items() if _names_each(item))
        self._variables = variables
        self._modules: dict[tuple[str, ...], tuple[Module, ModuleCall | None] | None] = {(): (self._root, None)}
        self._configured: dict[tuple[str, ...], dict[tuple[str, str, bool], ConfiguredResource]] = {}
        self._expressions: dict[int, dict[str, Any]] = {}
        self._regions: dict[str, str | None] = {}
        self._instances: dict[tuple[ModulePath, str, str, bool], dict[Key, str]] = {}
        self._in_module: dict[tuple[ModulePath, str], list[str]] = {}
        self._named: dict[tuple[ModulePath, str], dict[str, None]] = {}
        self._below: set[tuple[ModulePath, str]] = set()
        self._keys: dict[tuple[ModulePath, str], dict[Key, None]] = {}
        self._unseen: frozenset[tuple[str, ...]] = frozenset()

    def keep(self, relevant: bytes, changes: Sequence[ResourceChange]) -> None:
        """Let go of the file, and of what is not followed later, once all its resources are told of.

        Args:
            relevant: The `relevant_attributes` of the plan.
            changes: What it says of each resource.
        """
        self._unseen = unseen(self._root, relevant, changes)
        _keep(self._root)

    def may_be_dynamic(self, module: ModulePath) -> bool:
        """Whether a block that stands nowhere in *module* may be a dynamic one that is known only after apply."""
        return tuple(step for step, _ in module) in self._unseen

    # ------------------------------------------------------------------ instances

    def add(self, address: str, module: ModulePath, type: str, name: str, key: Key, *, data: bool = False) -> None:
        """Tell of a resource that exists before or after."""
        self._instances.setdefault((module, type, name, data), {})[key] = address
        if not data:
            self._in_module.setdefault((module, type), []).append(address)
            self._named.setdefault((module, type), {})[name] = None
            self._below.update((module[:depth], type) for depth in range(len(module)))
        for depth in range(len(module)):
            self._keys.setdefault((module[:depth], module[depth][0]), {})[module[depth][1]] = None

    def configured(self, module: ModulePath, type: str, name: str, *, data: bool = False) -> ConfiguredResource | None:
        """Return the resource in the configuration, or None."""
        static = tuple(step for step, _ in module)
        found = self._configured.get(static)
        if found is None:
            here = self._module(static)
            resources = [] if here is None else here[0].resources
            found = {(item.type, item.name, item.mode == "data"): item for item in resources}
            self._configured[static] = found
        return found.get((type, name, data))

    def expressions(self, resource: ConfiguredResource) -> dict[str, Any]:
        """Return the arguments of a configured resource as the plan writes them; decoded once."""
        return self._decoded(resource, resource.expressions)

    def _decoded(self, owner: object, raw: msgspec.Raw) -> dict[str, Any]:
        found = self._expressions.get(id(owner))
        if found is None:
            decoded = _decode(raw)
            found = self._expressions[id(owner)] = decoded if isinstance(decoded, dict) else {}
        return found

    def _module(self, static: tuple[str, ...]) -> tuple[Module, ModuleCall | None] | None:
        if static not in self._modules:
            parent = self._module(static[:-1])
            call = None if parent is None else parent[0].module_calls.get(static[-1])
            self._modules[static] = None if call is None else (call.module, call)
        return self._modules[static]

    # ------------------------------------------------------------------ providers

    def provider(self, resource: ConfiguredResource) -> tuple[str, str | None, str | None]:
        """Return the key of a resource's provider configuration, its version constraint and its Region."""
        key = resource.provider_config_key
        configured = self._providers.get(key)
        if key in self._several:
            # Which of them a resource has, a plan does not tell.
            return "", None if configured is None else configured.version_constraint, None
        plain = self._providers.get(key.rpartition(":")[2].partition(".")[0])
        constraint = next(
            (item.version_constraint for item in (configured, plain) if item and item.version_constraint), None
        )
        if key not in self._regions:
            self._regions[key] = self._region(key)
        return key, constraint, self._regions[key]

    def _region(self, key: str) -> str | None:
        configured = self._providers.get(key)
        if configured is None or "region" not in configured.expressions:
            return None
        module = module_path(configured.module_address)
        return as_region(constant(self.given, module, _decode(configured.expressions["region"])))

    def account(self, resource: ConfiguredResource) -> str | None:
        """Return the account of a provider configuration: of the role it assumes, or the only one allowed."""
        configured = self._providers.get(resource.provider_config_key)
        if configured is None or configured.expressions.keys().isdisjoint(_TELL_ACCOUNT):
            return None
        module = module_path(configured.module_address)
        given = {name: _decode(configured.expressions.get(name, _NULL)) for name in _TELL_ACCOUNT}
        for expression in arguments_at(given, ("assume_role", "role_arn")):
            found = constant(self.given, module, expression)
            arn = parse_arn(found)
            # Of an ARN that is put together a plan tells what it is put together of.
            account = found if arn is None else arn.account
            if isinstance(account, str) and _ACCOUNT.fullmatch(account):
                return account
        allowed = constant(self.given, module, given["allowed_account_ids"])
        return str(allowed[0]) if isinstance(allowed, list) and len(allowed) == 1 else None

    @property
    def unplaced(self) -> dict[str, object]:
        """The provider configurations whose Region the configuration does not tell, each with what it comes from.

        Two that come from the same may be in one Region.
        """
        for key in self._providers:
            if key not in self._regions and key not in self._several:
                self._regions[key] = self._region(key)
        return {key: self._comes_from(key) for key, region in self._regions.items() if region is None}

    def _comes_from(self, key: str) -> object:
        """Return what a Region is written as where a plan does not show the values in it; the key itself where it does.

        What is made of known values and is no Region by itself has something around them, which tells two apart.
        """
        configured = self._providers.get(key)
        given = {} if configured is None else configured.expressions
        region = given.get("region")
        if configured is not None and region is not None:
            module = module_path(configured.module_address)
            if known_at_plan(self.given, module, _decode(region)):
                return key
        # Without a Region it is the environment's, or that of a profile.
        return tuple(None if name not in given else bytes(given[name]) for name in ("region", "profile"))

    # ------------------------------------------------------------------ variables

    def given(self, module: ModulePath, name: str) -> tuple[object, ModulePath | None]:
        """Return what a variable of *module* is given, and where that stands: an expression, or a value (then None)."""
        here = self._module(tuple(step for step, _ in module))
        default = NOT_TOLD if here is None or name not in here[0].variables else here[0].variables[name].default
        if not module:
            variable = self._variables.get(name)
            return (default if variable is None else variable.value), None
        if here is None or here[1] is None:
            return NOT_TOLD, None
        expressions = self._decoded(here[1], here[1].expressions)
        return (expressions[name], module[:-1]) if name in expressions else (default, None)

    def passed(self, module: ModulePath) -> set[str]:
        """Return the addresses of what the call of *module* passes to it, through the calls above it as well."""
        here = self._module(tuple(step for step, _ in module)) if module else None
        if here is None or here[1] is None:
            return set()
        return set(self.resolve(module[:-1], self._decoded(here[1], here[1].expressions), None, module[-1][1]))

    def given_to(self, module: ModulePath, names: frozenset[str] | None) -> list[str]:
        """Return the references in what the call of *module* gives these variables; None is all of them."""
        here = self._module(tuple(step for step, _ in module))
        if here is None or here[1] is None:
            return []
        given = self._decoded(here[1], here[1].expressions).items()
        return [
            reference for name, item in given if names is None or name in names for reference in references_in(item)
        ]

    # ------------------------------------------------------------------ following

    def resolve(
        self, module: ModulePath, expression: object, resource: ConfiguredResource | None, key: Key
    ) -> list[str]:
        """Return the addresses of the resources, and data sources, that *expression* refers to.

        Args:
            module: Where the expression stands.
            expression: An argument as the plan writes it.
            resource: The resource it belongs to, whose `for_each` may be meant.
            key: The key of the instance it belongs to; the instance with the same key is preferred.
        """
        found: dict[str, None] = {}
        for target in self._targets(module, expression, resource, key, _STEPS):
            for address in self._addresses(target, key):
                found[address] = None
        return list(found)

    def at(self, module: ModulePath, named: Iterable[Named], key: Key) -> list[str]:
        """Return the addresses of the resources that an expression in *module* names itself, as `resolve` does."""
        found: dict[str, None] = {}
        for one in named:
            for address in self._addresses(Target(module, *one), key):
                found[address] = None
        return list(found)

    def within(self, module: ModulePath, expression: object, type: str, key: Key) -> list[str]:
        """Return the resources of *type* in the modules that *expression* refers to as a whole.

        `module.x[each.key].arn` is a reference to `module.x` in a plan; which output is meant, it does not say.
        """
        found: dict[str, None] = {}
        for reference in references_in(expression):
            match = _MODULE.fullmatch(reference)
            if match is not None:
                for child in self._children(module, match.group(1), _key(match, "m"), key):
                    found.update(dict.fromkeys(self._in_module.get((child, type), ())))
        return list(found)

    def beside(self, module: ModulePath, expression: object, type: str, key: Key) -> list[str]:
        """Return the one resource of *type* in the same module, where *expression* is nothing but local values.

        A plan does not show local values. One that is not known before apply stands for something this plan makes, and
        where the module makes a single thing of the type asked for, that is taken to be it, unless a module in it makes
        one as well, or is given one by its call.
        """
        references = references_in(expression)
        if not any(item.startswith("local.") for item in references):
            return []
        if not all(item.startswith(("local.", "each.", "count.")) for item in references):
            return []
        same = self._named.get((module, type), {})
        if len(same) != 1 or (module, type) in self._below:
            return []
        if any(f".{type}." in f".{address}" for address in self.passed(module)):
            return []
        instances = self._instances[module, type, next(iter(same)), False]
        if key is not None and key in instances:
            return [instances[key]]
        return list(instances.values()) if len(instances) == 1 else []

    def _addresses(self, target: Target, key: Key) -> list[str]:
        instances = self._instances.get((target.module, target.type, target.name, target.data))
        if instances is None:
            # A data source, or a type whose values are not read: only its place is known.
            return [_written(target)] if target.data or target.type not in _READ else []
        if target.key is not None:
            return [instances[target.key]] if target.key in instances else []
        if key is not None and key in instances:
            return [instances[key]]
        return list(instances.values())

    def _targets(
        self, module: ModulePath, expression: object, resource: ConfiguredResource | None, key: Key, steps: int
    ) -> Iterator[Target]:
        if steps == 0:
            return
        for reference in narrowest(references_in(expression)):
            if reference.startswith("var."):
                yield from self._variable(module, reference.split(".")[1].partition("[")[0], steps)
            elif reference.startswith("module."):
                yield from self._output(module, reference, key, steps)
            elif reference.startswith("each.value"):
                if resource is not None:
                    yield from self._targets(module, _decode(resource.for_each_expression), None, key, steps - 1)
            elif not reference.startswith(_NOT_SHOWN):
                named = _named(reference)
                if named is not None:
                    yield Target(module, *named)

    def _variable(self, module: ModulePath, name: str, steps: int) -> Iterator[Target]:
        if not module:
            return
        here = self._module(tuple(step for step, _ in module))
        if here is None or here[1] is None:
            return
        call, key = here[1], module[-1][1]
        given = self._decoded(call, call.expressions).get(name)
        yield from self._targets(module[:-1], given, None, key, steps - 1)
        if any(reference.startswith("each.value") for reference in references_in(given)):
            yield from self._targets(module[:-1], _decode(call.for_each_expression), None, key, steps - 1)

    def _output(self, module: ModulePath, reference: str, key: Key, steps: int) -> Iterator[Target]:
        match = _MODULE.match(reference)
        if match is None:
            return
        rest = reference[match.end() :].lstrip(".")
        if not rest:
            return
        output = re.split(r"[.\[]", rest, maxsplit=1)[0]
        for child in self._children(module, match.group(1), _key(match, "m"), key):
            here = self._module(tuple(step for step, _ in child))
            if here is not None and output in here[0].outputs:
                expression = {"references": here[0].outputs[output].expression.references}
                yield from self._targets(child, expression, None, None, steps - 1)

    def _children(self, module: ModulePath, name: str, asked: Key, key: Key) -> list[ModulePath]:
        keys = self._keys.get((module, name), {})
        if asked is not None:
            return [(*module, (name, asked))] if asked in keys else []
        if key is not None and key in keys:
            return [(*module, (name, key))]
        return [(*module, (name, one)) for one in keys]


def _names_each(configured: ProviderConfiguration) -> bool:
    """Whether it is several by a `for_each`, as OpenTofu allows it, which a plan shows only where it is named."""
    return any(
        name.startswith("each.") for raw in configured.expressions.values() for name in references_in(_decode(raw))
    )


def _keep(module: Module) -> None:
    """Copy out of the file what may be followed later, and drop the rest."""
    for resource in module.resources:
        read = resource.type in _READ or resource.mode == "data"
        resource.expressions = resource.expressions.copy() if read else _NOTHING
        resource.for_each_expression = resource.for_each_expression.copy() if read else _NULL
        resource.count_expression = _NULL
    for call in module.module_calls.values():
        call.expressions = call.expressions.copy()
        call.for_each_expression = call.for_each_expression.copy()
        call.count_expression = _NULL
        _keep(call.module)


def _written(target: Target) -> str:
    steps = [f"module.{name}{_index(key)}" for name, key in target.module]
    return ".".join([*steps, *(["data"] if target.data else []), target.type, f"{target.name}{_index(target.key)}"])


def _index(key: Key) -> str:
    return "" if key is None else f"[{msgspec.json.encode(key).decode()}]"


def directly_named(expression: object) -> tuple[Named, ...] | None:
    """Return the resources that *expression* names itself; None where something that it names leads to others."""
    references = narrowest(references_in(expression))
    if any(reference.startswith(_FOLLOWED) for reference in references):
        return None
    named = (_named(reference) for reference in references if not reference.startswith(_NOT_SHOWN))
    return tuple(item for item in named if item is not None)


def arguments_at(expressions: Mapping[str, Any], path: Iterable[str | int]) -> list[object]:
    """Return the expressions at *path* in the arguments of a resource; a name passes through all blocks of a list."""
    found: list[object] = [expressions]
    for step in path:
        following: list[object] = []
        for item in found:
            if isinstance(step, int):
                if isinstance(item, list) and step < len(item):
                    following.append(item[step])
                continue
            for block in item if isinstance(item, list) else [item]:
                if isinstance(block, dict) and step in block:
                    following.append(block[step])
        found = following
    return found
