"""Which modules hold something that a plan does not show, and that waits for what is known only after apply.

The configuration in a plan has no blocks written with `dynamic`: a computed block that one of them may write, and one
that nobody wrote, look the same. What tells them apart is `relevant_attributes`, all that Terraform looked at: where an
attribute that this plan changes is named by no argument, something that is not shown names it. That may as well be a
dynamic block whose values the plan does show, so where there is one, nothing is made of it. Terraform looks at every
output of a module, whether or not anything names it, so what a module gives out proves nothing of the one around it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.plan.document.change import NO_OP
from constructs_lib.plan.document.expression import narrowest, references_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.plan.document.format import Module, ResourceChange

_MODULE: Final = re.compile(r"module\.([^.\[]+)")
_KEY: Final = re.compile(r"\[[^\]]*\]")
_TAGS: Final = frozenset({"tags", "tags_all"})
_decode = msgspec.json.Decoder().decode

Static = tuple[str, ...]
"""The names of a module and of those around it, without keys."""
Source = tuple[str, ...]
"""What something unknown is called in a module; of several outputs any one."""


def unseen(root: Module, relevant: bytes, changes: Sequence[ResourceChange]) -> frozenset[Static]:
    """Return the modules in which something that the plan does not show waits for what is known only after apply.

    Args:
        root: The configuration.
        relevant: The `relevant_attributes` of the plan.
        changes: What it says of each resource.
    """
    found = _decode(relevant)
    if not found:
        return frozenset()
    changing = {_KEY.sub("", item.address) for item in changes if item.change.actions != NO_OP}
    own: dict[Static, list[Source]] = {}
    for item in found if isinstance(found, list) else ():
        if not isinstance(item, dict):
            continue
        address, steps = _KEY.sub("", str(item.get("resource"))), item.get("attribute")
        if address in changing:
            module = tuple(_MODULE.findall(address))
            name = address.rpartition("module.")[2].partition(".")[2] if module else address
            first = steps[0] if isinstance(steps, list) and steps else ""
            own.setdefault(module, []).append((f"{name}.{first}",))
    modules = frozenset(_walk(root, (), own, ())) if own else frozenset()
    return modules - frozenset(_with_dynamic_blocks(root, changes, modules)) if modules else modules


def _with_dynamic_blocks(
    root: Module, changes: Sequence[ResourceChange], modules: frozenset[Static]
) -> Iterator[Static]:
    """Yield the modules in which a resource has a block that its configuration has not."""
    written: dict[tuple[Static, str, str], object] = {}
    for path in modules:
        here = root
        for name in path:
            here = here.module_calls[name].module
        written |= {
            (path, one.type, one.name): _decode(one.expressions) for one in here.resources if one.mode == "managed"
        }
    for item in changes:
        key = tuple(_MODULE.findall(item.module_address)), item.type, item.name
        if item.mode == "managed" and key in written and _has_more(_decode(item.change.after), [written[key]]):
            yield key[0]


def _has_more(values: object, written: Sequence[object]) -> bool:
    """Whether there are blocks in *values* that stand in none of the blocks *written*, at any depth."""
    if not isinstance(values, dict):
        return False
    for name, value in values.items():
        blocks = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
        found = [item[name] for item in written if isinstance(item, dict) and name in item]
        inner = [block for item in found for block in (item if isinstance(item, list) else [item])]
        if blocks and (not inner or any(_has_more(block, inner) for block in blocks)):
            return True
    return False


def _walk(
    module: Module, path: Static, own: Mapping[Static, list[Source]], given: Sequence[Source]
) -> Iterator[Static]:
    sources = [*_made(module, path, own), *given]
    if not sources:
        return
    named, names = _named(module), {one for source in sources for one in source}
    begun = {beginning for one in names for beginning in _beginnings(one)}
    # A local value shows nothing of what it is made of, so any of them may be what names it.
    proof = (*own.get(path, ()), *given)
    if not named.local and any(not named.has(source) and not _outputs(module, source) for source in proof):
        yield path
    for name, call in module.module_calls.items():
        expressions = _decode(call.expressions)
        passed = [
            (f"var.{argument}",)
            for argument, expression in (expressions.items() if isinstance(expressions, dict) else ())
            if _Named(references_in(expression)).has_any(names, begun)
        ]
        yield from _walk(call.module, (*path, name), own, passed)


def _made(module: Module, path: Static, own: Mapping[Static, list[Source]]) -> list[Source]:
    """Return what a module makes itself that is known only after apply, and what the modules in it give out of that."""
    found = list(own.get(path, ()))
    for name, call in module.module_calls.items():
        inside = _made(call.module, (*path, name), own)
        named = _named(call.module) if inside else _Named(())
        given = (_outputs(call.module, source) for source in inside if not named.has(source))
        found += [tuple(f"module.{name}.{output}" for output in outputs) for outputs in given if outputs]
    return found


def _outputs(module: Module, source: Source) -> list[str]:
    return [name for name, output in module.outputs.items() if _Named(output.expression.references).has(source)]


class _Named:
    """What arguments name, each with what stands before it.

    Attributes:
        local: Whether a local value is among it, in anything but tags, which lead to no block.
    """

    def __init__(self, references: Iterable[str]) -> None:
        self._whole: set[str] = set()
        self._begun: set[str] = set()
        self.local = False
        self.add(references)

    def add(self, references: Iterable[str], *, tags: bool = False) -> None:
        """Take in what one argument names."""
        for reference in narrowest(references):
            name = _KEY.sub("", reference)
            self.local |= not tags and name.startswith("local.")
            self._whole.add(name)
            self._begun.update(_beginnings(name))

    def has(self, source: Source) -> bool:
        """Whether a source is named, or a part of it, or the whole that it is a part of."""
        return any(one in self._begun or not self._whole.isdisjoint(_beginnings(one)) for one in source)

    def has_any(self, names: set[str], begun: set[str]) -> bool:
        """Whether one of many sources is, by their names and all that those begin with."""
        return not (self._begun.isdisjoint(names) and self._whole.isdisjoint(begun))


def _beginnings(name: str) -> list[str]:
    steps = name.split(".")
    return [".".join(steps[:number]) for number in range(2, len(steps) + 1)]


def _named(module: Module) -> _Named:
    """Return all that the arguments in a module name."""
    named = _Named(())
    for resource in module.resources:
        arguments = _decode(resource.expressions)
        for name, value in arguments.items() if isinstance(arguments, dict) else ():
            named.add(references_in(value), tags=name in _TAGS)
        for raw in (resource.for_each_expression, resource.count_expression):
            named.add(references_in(_decode(raw)))
    for call in module.module_calls.values():
        for raw in (call.expressions, call.for_each_expression, call.count_expression):
            named.add(references_in(_decode(raw)))
    return named
