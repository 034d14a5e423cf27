"""A synthesized stack as the plan that would create all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.plan.document.format import (
    ChangeBody,
    Configuration,
    ConfiguredResource,
    Document,
    Module,
    ResourceChange,
)
from constructs_lib.plan.document.known_in_stack import (
    PROVIDER,
    UNKNOWN,
    Known,
    chosen_by_aws,
    providers_of,
    raw,
    region_in,
)
from constructs_lib.plan.document.stack import blocks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.plan.document.stack import Stack

__all__ = ["document_of"]

_META: Final = frozenset(
    {"//", "connection", "count", "depends_on", "dynamic", "for_each", "lifecycle", "provider", "provisioner"}
)
_COUNT: Final = "count"
_MANY: Final = (_COUNT, "for_each")


def document_of(stack: Stack, beside: Mapping[str, Stack]) -> Document:
    """Return the plan that creates everything in *stack*; *beside*: all stacks of the app, by name."""
    providers = dict(providers_of(stack.content))
    changes, configured = [], []
    for type, name, arguments in stack.resources():
        address, key = f"{type}.{name}", str(arguments.get("provider") or "aws")
        region = region_in(stack.content, arguments)
        known = Known(stack, region, beside)
        many = [known.resolved(arguments[name]) for name in _MANY if name in arguments]
        if many and not many[0]:
            continue
        values: dict[str, Any] = {}
        # Whether there is any may be told only at apply, and so may what is in a dynamic block.
        unknown: dict[str, Any] = {_COUNT: True} if UNKNOWN in many else {}
        expressions: dict[str, Any] = {}
        for dynamic in blocks(arguments.get("dynamic")):
            unknown |= dict.fromkeys(dynamic, True)
            expressions |= {name: {"references": ["local.dynamic"]} for name in dynamic}
        for argument, value in arguments.items():
            if argument not in _META and argument not in unknown:
                values[argument], expressions[argument], mark = known.of(argument, value)
                if mark:
                    unknown[argument] = mark
        for argument in chosen_by_aws(type):
            if argument not in values:
                values[argument] = known.chosen(type, name, argument)
        changes.append(
            ResourceChange(
                address=address,
                type=type,
                name=name,
                provider_name=PROVIDER,
                change=ChangeBody(actions=("create",), after=raw(_without_unknown(values)), after_unknown=raw(unknown)),
            )
        )
        configured.append(
            ConfiguredResource(
                address=address, type=type, name=name, provider_config_key=key, expressions=raw(expressions)
            )
        )
    return Document(
        format_version="1.2",
        resource_changes=changes,
        complete=True,
        configuration=Configuration(provider_config=providers, root_module=Module(resources=configured)),
    )


def _without_unknown(values: Any) -> Any:
    if isinstance(values, dict):
        return {key: _without_unknown(item) for key, item in values.items() if item is not UNKNOWN}
    return [_without_unknown(item) for item in values] if isinstance(values, list) else values
