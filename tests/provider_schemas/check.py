"""Check names of arguments and attributes against the AWS provider's schema, without Terraform."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["PROVIDERS", "missing_arguments", "unknown_arguments", "unknown_in", "unknown_references"]

PROVIDERS = ("5.100.0", "6.25.0")
"""The provider versions there is an extract of."""

_META_ARGUMENTS = frozenset(
    {"//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
)
_GROUPS = ("required", "optional", "computed", "blocks")
_REFERENCE = re.compile(r"\b(data\.|ephemeral\.)?(aws_[a-z0-9_]+)\.([A-Za-z_][A-Za-z0-9_-]*)\.([a-z_][a-z0-9_]*)")


@functools.cache
def _schema(provider: str) -> dict[str, Any]:
    path = Path(__file__).with_name(f"aws_{provider.replace('.', '_')}.json")
    if not path.is_file():
        msg = f"there is no extract of provider {provider}; there are {', '.join(PROVIDERS)}"
        raise LookupError(msg)
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def _block_of(resource_type: str, provider: str) -> dict[str, Any]:
    section, name = (
        ("data_sources", resource_type.removeprefix("data."))
        if resource_type.startswith("data.")
        else ("resources", resource_type)
    )
    block: dict[str, Any] | None = _schema(provider)[section].get(name)
    if block is None:
        msg = f"provider {provider} has no {resource_type}, or its extract leaves it out; add it in extract.py"
        raise LookupError(msg)
    return block


def unknown_arguments(resource_type: str, arguments: Mapping[str, Any], provider: str = "5.100.0") -> list[str]:
    """Paths of the arguments the provider does not know or does not let anyone set, as in `rule[0].statuss`.

    Args:
        resource_type: For example `aws_s3_bucket`, or `data.aws_region`.
        arguments: As in `cdk.tf.json`; Terraform's meta-arguments are skipped.
        provider: One of `PROVIDERS`.

    Raises:
        LookupError: The extract has no such type, or there is no such extract.
    """
    given = {name: value for name, value in arguments.items() if name not in _META_ARGUMENTS}
    return [path for kind, path in _walk(given, _block_of(resource_type, provider), "") if kind == "unknown"]


def missing_arguments(resource_type: str, arguments: Mapping[str, Any], provider: str = "5.100.0") -> list[str]:
    """Paths of the arguments and blocks the provider requires and *arguments* lack."""
    given = {name: value for name, value in arguments.items() if name not in _META_ARGUMENTS}
    return [path for kind, path in _walk(given, _block_of(resource_type, provider), "") if kind == "missing"]


def unknown_in(configuration: Mapping[str, Any], provider: str = "5.100.0") -> list[str]:
    """What is unknown or missing in the AWS blocks of a whole `cdk.tf.json`, with their addresses."""
    found = []
    for resource_type, address, arguments in _blocks(configuration):
        found += [f"{address}: unknown {path}" for path in unknown_arguments(resource_type, arguments, provider)]
        found += [f"{address}: missing {path}" for path in missing_arguments(resource_type, arguments, provider)]
    return found


def unknown_references(configuration: Mapping[str, Any], provider: str = "5.100.0") -> list[str]:
    """References in a whole `cdk.tf.json` to attributes the provider does not have."""
    found = set()
    for _resource_type, address, arguments in _blocks(configuration):
        for text in _interpolations({k: v for k, v in arguments.items() if k != "//"}):
            for data, kind, _label, attribute in _REFERENCE.findall(text):
                if data == "ephemeral.":
                    # The extract holds resources and data sources; Terraform itself reads the rest.
                    continue
                block = _block_of(f"{data}{kind}", provider)
                known = {name for group in _GROUPS for name in block.get(group, ())}
                if attribute not in known:
                    found.add(f"{address}: {data}{kind} has no attribute {attribute}")
    return sorted(found)


def _blocks(configuration: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for section, prefix in (("resource", ""), ("data", "data.")):
        for name, blocks in configuration.get(section, {}).items():
            if name.startswith("aws_"):
                for label, arguments in blocks.items():
                    yield f"{prefix}{name}", f"{prefix}{name}.{label}", arguments


def _interpolations(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from re.findall(r"(?<!\$)\$\{([^}]*)\}", value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _interpolations(item)
    elif isinstance(value, list):
        for item in value:
            yield from _interpolations(item)


def _walk(arguments: Mapping[str, Any], block: Mapping[str, Any], at: str) -> Iterator[tuple[str, str]]:
    blocks = block.get("blocks", {})
    settable = {*block.get("required", ()), *block.get("optional", ())}
    dynamic = arguments.get("dynamic", {}) if "dynamic" not in settable | blocks.keys() else {}
    for name, value in arguments.items():
        if name in blocks:
            yield from _walk_blocks(value, blocks[name], f"{at}{name}")
        elif name not in settable and not (name == "dynamic" and dynamic):
            yield "unknown", f"{at}{name}"
    for name, value in dynamic.items():
        if name not in blocks:
            yield "unknown", f"{at}dynamic.{name}"
            continue
        for item in value if isinstance(value, list) else [value]:
            yield from _walk_blocks(item.get("content", {}), blocks[name], f"{at}dynamic.{name}.content")
    for name in (*block.get("required", ()), *block.get("required_blocks", ())):
        if arguments.get(name) in (None, []) and name not in dynamic:
            yield "missing", f"{at}{name}"


def _walk_blocks(value: Any, block: Mapping[str, Any], at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from _walk(value, block, f"{at}.")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield from _walk(item, block, f"{at}[{index}].")
