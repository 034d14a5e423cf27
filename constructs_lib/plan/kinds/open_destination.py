"""What may itself be the copy of another: a plan does not always tell to which of what it makes something is copied.

A first plan knows no ARN yet, and shows neither local values nor what a dynamic block is made of. Whether such a thing
needs a copy of its own is open then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.components import ENABLED
from constructs_lib.plan.document.expression import references_in
from constructs_lib.plan.document.references import arguments_at, module_path
from constructs_lib.plan.side import UNSEEN, variables_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from constructs_lib.plan.document.format import ModulePath
    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.kinds.component_builder import ComponentBuilder
    from constructs_lib.plan.side import Side

    Open = tuple[Resource, tuple[str | int, ...]]
    """What copies, and the path of the argument that says to where."""

PERHAPS_A_COPY: Final = "it may be the copy of another itself, which is not known before apply"


def perhaps_copies(
    side: Side, builders: Mapping[str, ComponentBuilder], copies: Collection[str], open_: Sequence[Open]
) -> None:
    """Leave open whether those that *open_* may copy to need a copy, unless they have one or are told to be one.

    Args:
        side: Where they are.
        builders: All of the type that is copied to, by address.
        copies: The addresses of those that are told to be copies.
        open_: What copies to somewhere that is not told.
    """
    for address, by in _destinations(side, builders, open_).items():
        builder = builders[address]
        if address not in copies and all(item.mechanism != "replication" for item in builder.protections):
            builder.protect(side.notes, "replication", by, doubts=[PERHAPS_A_COPY], unknown=[ENABLED])


def _destinations(side: Side, builders: Mapping[str, ComponentBuilder], open_: Sequence[Open]) -> dict[str, Resource]:
    """Return the addresses of those that something may copy to, each with what does; in its own Region none is one."""
    if not open_:
        return {}
    within = _Within(builder.main for builder in builders.values())
    found: dict[str, Resource] = {}
    for by, path in open_:
        for item in within.reach(side, by, path):
            if by.same_region(item) is not True:
                found.setdefault(item.address, by)
    return found


class _Within:
    """What is made, by the modules that it stands in."""

    def __init__(self, items: Iterable[Resource]) -> None:
        self._items: dict[tuple[int, ModulePath], list[Resource]] = {}
        self._by_address: dict[tuple[int, str], Resource] = {}
        self._looked: set[tuple[int, ModulePath, str | None]] = set()
        for item in items:
            # The argument is not told, so neither is the name of what it means.
            if item.is_unknown("arn") or item.is_unknown("id"):
                module = module_path(item.module)
                self._by_address[item.document, item.local] = item
                for depth in range(len(module) + 1):
                    self._items.setdefault((item.document, module[:depth]), []).append(item)

    def reach(self, side: Side, by: Resource, path: Sequence[str | int]) -> Iterator[Resource]:
        """Yield what an argument may mean: what it names, or else what can be seen where it, or its module, stands."""
        named = [item for item in side.referred(by, path) if (item.document, item.local) in self._by_address]
        if named or by.references is None:
            yield from named
            return
        references, module = by.references, module_path(by.module)
        yield from self._seen_from(by, module)
        given = () if by.configured is None else arguments_at(references.expressions(by.configured), _names(path))
        # A dynamic block is not shown, and may be made of any variable.
        names = variables_in([name for one in given for name in references_in(one)]) if given else None
        while module:
            for address in references.passed(module):
                if (by.document, address) in self._by_address:
                    yield self._by_address[by.document, address]
            passed = references.given_to(module, names)
            if not passed:
                return
            module, names = module[:-1], variables_in(passed)
            if any(name.startswith(UNSEEN) for name in passed):
                yield from self._seen_from(by, module)

    def _seen_from(self, by: Resource, module: ModulePath) -> Sequence[Resource]:
        """Return what is made in a module and below, once for all that ask for it from one Region."""
        asked = (by.document, module, by.region)
        if asked in self._looked:
            return ()
        self._looked.add(asked)
        return self._items.get((by.document, module), ())


def _names(path: Sequence[str | int]) -> list[str]:
    return [step for step in path if isinstance(step, str)]
