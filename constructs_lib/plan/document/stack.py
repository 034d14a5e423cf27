"""A synthesized stack (`cdk.tf.json`) as the plan that would create all of it.

A plan knows what a stack does not: the account, ids and ARNs that AWS chooses. A reference to one of them is the same
made-up text wherever it stands, so that what belongs together is found as in a plan, policies included.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import attrs
import msgspec

from constructs_lib.catalog.resources.resource_types import load_resource_types, map_arguments
from constructs_lib.errors import PlanError
from constructs_lib.plan.document.format import (
    ChangeBody,
    Configuration,
    ConfiguredResource,
    Document,
    Module,
    ProviderConfiguration,
    ResourceChange,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["ACCOUNT", "Stack", "document_of", "read_stack"]

ACCOUNT: Final = "000000000000"
"""The account in made-up ARNs: a stack does not say where it is deployed."""

_META: Final = frozenset(
    {"//", "connection", "count", "depends_on", "dynamic", "for_each", "lifecycle", "provider", "provisioner"}
)
_COUNT: Final = "count"
_MANY: Final = (_COUNT, "for_each")
_REFERENCE: Final = re.compile(r"\$\{([^{}]+)\}")
_OF_RESOURCE: Final = re.compile(r"(aws_\w+)\.([\w-]+)\.([\w.\[\]-]+)")
_OF_DATA: Final = re.compile(r"data\.(aws_\w+)\.([\w-]+)\.(\w+)")
_OF_LOCAL: Final = re.compile(r"local\.([\w-]+)")
_DEEPEST: Final = 6
_SECRET: Final = "aws_secretsmanager_secret"
_PROVIDER: Final = "registry.terraform.io/hashicorp/aws"
_OF_STACK: Final = re.compile(r"data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)")
_CHOSEN_BY_AWS: Final = ("id", "arn")


@attrs.frozen(kw_only=True, eq=False)
class Stack:
    """One stack.

    Attributes:
        name: Its name.
        content: What `cdk.tf.json` holds.
    """

    name: str
    content: Mapping[str, Any]

    def resources(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield type, name and arguments of every resource."""
        for type, named in self.content.get("resource", {}).items():
            for name, arguments in named.items():
                yield type, name, arguments

    def data_sources(self) -> Mapping[str, tuple[str, str | None]]:
        """Return the address of every data source that a construct makes and the name it looks for, by its path."""
        found = {}
        for type, named in self.content.get("data", {}).items():
            for name, arguments in named.items():
                written = arguments.get("//")  # whatever somebody notes there, where no engine wrote it
                metadata = written.get("metadata") if isinstance(written, dict) else None
                path = metadata.get("path") if isinstance(metadata, dict) else None
                if isinstance(path, str):
                    given = [arguments[key] for key in arguments.keys() - {"//", "provider"}]
                    named = given[0] if len(given) == 1 and isinstance(given[0], str) else None
                    found[path] = (f"data.{type}.{name}", named)
        return found

    def decisions(self) -> list[dict[str, Any]]:
        """Return the decisions written into it, as data."""
        written = self.content.get("//", {})
        found = written.get("recovery") if isinstance(written, dict) else None
        return [item for item in found.values() if isinstance(item, dict)] if isinstance(found, dict) else []

    def watched(self) -> Iterator[tuple[str, Mapping[str, Mapping[str, int]]]]:
        """Yield workloads and how many of what watches them, and is billed, it has: by dimension and Region."""
        written = self.content.get("//", {})
        found = written.get("recovery_watched") if isinstance(written, dict) else None
        for name, counts in found.items() if isinstance(found, dict) else ():
            yield name.rpartition("/")[0], counts

    def state_region(self) -> str | None:
        """Return the Region of the bucket its state is kept in; None where it is in none, or that is not told."""
        backends = self.content.get("terraform", {}).get("backend", {})
        region = backends.get("s3", {}).get("region") if isinstance(backends, dict) else None
        return region if isinstance(region, str) and "${" not in region else None

    def moved(self) -> Mapping[str, str]:
        """Return the address before of what moved, by the address it has now."""
        return {item["to"]: item["from"] for item in _blocks(self.content.get("moved")) if "to" in item}

    def forgotten(self) -> frozenset[str]:
        """Return the addresses of what Terraform is to let go of without destroying it."""
        return frozenset(item["from"] for item in _blocks(self.content.get("removed")) if "from" in item)


def read_stack(path: Path, name: str) -> Stack:
    """Read `cdk.tf.json`.

    Raises:
        PlanError: If it cannot be read, or is no synthesized stack.
    """
    try:
        content = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        msg = f"{path} cannot be read: {(error.strerror or 'it cannot be opened').lower()}; run cdktf synth"
        raise PlanError(msg) from None
    except (msgspec.DecodeError, RecursionError):
        msg = f"{path} is not well-formed JSON; run cdktf synth again"
        raise PlanError(msg) from None
    if not isinstance(content, dict) or not _is_stack(content):
        msg = f"{path} is no synthesized stack; give the directory that cdktf synth wrote"
        raise PlanError(msg)
    return Stack(name=name, content=content)


def _is_stack(content: Mapping[str, Any]) -> bool:
    """Whether the sections that are read are written as the engine writes them."""
    terraform, providers = content.get("terraform", {}), content.get("provider", {})
    return (
        isinstance(terraform, dict)
        and isinstance(terraform.get("required_providers", {}), dict)
        and isinstance(providers, dict)
        and all(
            isinstance(item, dict)
            for given in providers.values()
            for item in (given if isinstance(given, list) else [given])
        )
        and all(_is_blocks(content.get(section, {})) for section in ("resource", "data"))
    )


def _is_blocks(section: object) -> bool:
    """Whether it has blocks by type and by name."""
    return isinstance(section, dict) and all(
        isinstance(named, dict) and all(isinstance(arguments, dict) for arguments in named.values())
        for named in section.values()
    )


def document_of(stack: Stack, beside: Mapping[str, Stack]) -> Document:
    """Return the plan that creates everything in *stack*; *beside*: all stacks of the app, by name."""
    providers = dict(_providers(stack.content))
    changes, configured = [], []
    for type, name, arguments in stack.resources():
        address, key = f"{type}.{name}", str(arguments.get("provider") or "aws")
        region = _region_in(stack.content, arguments)
        known = _Known(stack, region, beside)
        many = [known.resolved(arguments[name]) for name in _MANY if name in arguments]
        if many and not many[0]:
            continue
        values: dict[str, Any] = {}
        # Whether there is any may be told only at apply, and so may what is in a dynamic block.
        unknown: dict[str, Any] = {_COUNT: True} if _UNKNOWN in many else {}
        expressions: dict[str, Any] = {}
        for blocks in _blocks(arguments.get("dynamic")):
            unknown |= dict.fromkeys(blocks, True)
            expressions |= {name: {"references": ["local.dynamic"]} for name in blocks}
        for argument, value in arguments.items():
            if argument not in _META and argument not in unknown:
                values[argument], expressions[argument], mark = known.of(argument, value)
                if mark:
                    unknown[argument] = mark
        for argument in _chosen_by_aws(type):
            if argument not in values:
                values[argument] = known.chosen(type, name, argument)
        changes.append(
            ResourceChange(
                address=address,
                type=type,
                name=name,
                provider_name=_PROVIDER,
                change=ChangeBody(
                    actions=("create",), after=_raw(_without_unknown(values)), after_unknown=_raw(unknown)
                ),
            )
        )
        configured.append(
            ConfiguredResource(
                address=address, type=type, name=name, provider_config_key=key, expressions=_raw(expressions)
            )
        )
    return Document(
        format_version="1.2",
        resource_changes=changes,
        complete=True,
        configuration=Configuration(provider_config=providers, root_module=Module(resources=configured)),
    )


class _Unknown:
    """Stands for a value that only AWS, or another stack, can tell."""


_UNKNOWN: Final = _Unknown()


class _Known:
    """What the text of a stack says about a value."""

    def __init__(self, stack: Stack, region: str | None, beside: Mapping[str, Stack]) -> None:
        self._name, self._content = stack.name, stack.content
        self._region = region
        self._beside = beside

    def of(self, name: str, value: Any) -> tuple[Any, Any, Any]:
        """Return an argument as a plan has it: its value, its expression, and what of it is unknown."""
        if isinstance(value, dict) and name not in map_arguments():
            value = [value]
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            blocks = [
                {key: self.of(key, item) for key, item in block.items()} for block in value if isinstance(block, dict)
            ]
            marks = [{key: mark for key, (_, _, mark) in block.items() if mark} for block in blocks]
            return (
                [{key: found for key, (found, _, _) in block.items()} for block in blocks],
                [{key: expression for key, (_, expression, _) in block.items()} for block in blocks],
                marks if any(marks) else None,
            )
        references = list(dict.fromkeys(_references(value)))
        found = self.resolved(value)
        expression = {"references": references} if references else {"constant_value": value}
        return found, expression, True if found is _UNKNOWN else None

    def resolved(self, value: Any, depth: int = 0) -> Any:
        """Return *value* with what the stack itself says in the place of references."""
        if isinstance(value, str):
            return self._text(value, depth)
        if isinstance(value, list):
            items = [self.resolved(item, depth) for item in value]
            return _UNKNOWN if any(item is _UNKNOWN for item in items) else items
        if isinstance(value, dict):
            pairs = {key: self.resolved(item, depth) for key, item in value.items()}
            return {key: item for key, item in pairs.items() if item is not _UNKNOWN}
        return value

    def _text(self, text: str, depth: int) -> Any:
        whole = _REFERENCE.fullmatch(text)
        if whole is not None:
            return self._referred(whole[1], depth)
        parts: list[str] = []
        end = 0
        for match in _REFERENCE.finditer(text):
            found = self._referred(match[1], depth)
            if found is _UNKNOWN or isinstance(found, (dict, list)):
                return _UNKNOWN
            parts += [text[end : match.start()], str(found)]
            end = match.end()
        rest = text[end:]
        # What is left may be a function, or a template that this does not read.
        return _UNKNOWN if "${" in rest else "".join([*parts, rest])

    def _referred(self, expression: str, depth: int) -> Any:
        other = _OF_STACK.fullmatch(expression)
        if other is not None:
            return self._output(other[1], other[2], depth)
        local = _OF_LOCAL.fullmatch(expression)
        if local is not None and depth <= _DEEPEST:
            named = self._content.get("locals", {})
            return self.resolved(named[local[1]], depth + 1) if local[1] in named else _UNKNOWN
        data = _OF_DATA.fullmatch(expression)
        if data is not None:
            return self._data(data[1], data[2], data[3], depth)
        match = _OF_RESOURCE.fullmatch(expression)
        if match is None or depth > _DEEPEST:
            return _UNKNOWN
        type, name, attribute = match.groups()
        arguments = self._content.get("resource", {}).get(type, {}).get(name)
        if not isinstance(arguments, dict):
            return _UNKNOWN
        if attribute in arguments:
            return self.resolved(arguments[attribute], depth + 1)
        return self.chosen(type, name, attribute) if attribute in _chosen_by_aws(type) else _UNKNOWN

    def _output(self, stack: str, name: str, depth: int) -> Any:
        """Return an output of another stack of the app."""
        other = self._beside.get(stack)
        output = None if other is None else other.content.get("output", {}).get(name)
        if other is None or not isinstance(output, dict) or depth > _DEEPEST:
            return _UNKNOWN
        return _Known(other, None, self._beside).resolved(output.get("value"), depth + 1)

    def _data(self, type: str, name: str, attribute: str, depth: int) -> Any:
        facts = {
            ("aws_caller_identity", "account_id"): ACCOUNT,
            ("aws_partition", "partition"): "aws",
            ("aws_region", "name"): self._region,
            ("aws_region", "region"): self._region,
        }
        known = load_resource_types().get(type)
        if known is not None and known.told_by is not None:
            return self._told(type, name, attribute, known.told_by.argument)
        if (type, attribute) == (_SECRET, "arn"):
            return self._secret(name)
        if type != "aws_kms_alias":
            return facts.get((type, attribute)) or _UNKNOWN
        asked = self._content.get("data", {}).get(type, {}).get(name, {})
        region = _region_in(self._content, asked)
        for stack in self._beside.values():
            for found, _, alias in stack.resources():
                if (
                    found == type
                    and alias.get("name") == asked.get("name")
                    and _region_in(stack.content, alias) == region
                ):
                    key = str(alias.get("target_key_id", "")).replace(".key_id}", ".arn}").replace(".id}", ".arn}")
                    return _Known(stack, region, self._beside).resolved(key, depth + 1)
        return _UNKNOWN

    def _secret(self, name: str) -> Any:
        """Return the ARN of a secret that is looked up by its name: a replica's is its primary's but for the Region."""
        asked = self._content.get("data", {}).get(_SECRET, {}).get(name, {})
        region = _region_in(self._content, asked)
        for stack in self._beside.values():
            for found, label, arguments in stack.resources():
                if found == _SECRET and arguments.get("name") == asked.get("name") is not None:
                    home = _region_in(stack.content, arguments)
                    arn = _Known(stack, home, self._beside).chosen(_SECRET, label, "arn")
                    return str(arn).replace(f":{home}:", f":{region}:")
        return _UNKNOWN

    def _told(self, type: str, name: str, attribute: str, argument: str) -> Any:
        """Return what a stack of the app says of the resource that a data source looks up by *argument*."""
        asked = self._content.get("data", {}).get(type, {}).get(name, {})
        region = _region_in(self._content, asked)
        for stack in self._beside.values():
            for found, label, arguments in stack.resources():
                alike = found == type and arguments.get(argument) == asked.get(argument) is not None
                if alike and _region_in(stack.content, arguments) == region and attribute in _chosen_by_aws(type):
                    return _Known(stack, region, self._beside).chosen(type, label, attribute)
        return _UNKNOWN

    def chosen(self, type: str, name: str, attribute: str) -> Any:
        """Return what stands for an id or an ARN that AWS chooses."""
        known = load_resource_types().get(type)
        arguments = self._content["resource"][type][name]
        named = next(
            (
                text
                for argument in (() if known is None else known.named_by)
                if isinstance(text := self.resolved(arguments.get(argument), 1), str)
            ),
            None,
        )
        text = f"{self._name}-{type}-{name}" if named is None else named
        if attribute != "arn":
            return text
        form = None if known is None else known.arn
        region = _region_in(self._content, arguments) or ""
        if form is None:
            service = type.removeprefix("aws_").partition("_")[0]
            return f"arn:aws:{service}:{region}:{ACCOUNT}:{text}"
        place = f"{region}:{ACCOUNT}" if form.regional else ":"
        return f"arn:aws:{form.service}:{place}:{form.prefix}{text}"


def _chosen_by_aws(type: str) -> tuple[str, ...]:
    known = load_resource_types().get(type)
    return _CHOSEN_BY_AWS if known is None else (*_CHOSEN_BY_AWS, *known.named_by)


def _references(value: Any) -> Iterator[str]:
    """Yield what the expressions in *value* refer to, as a plan lists it: the attribute, then the resource."""
    if isinstance(value, str):
        for match in _REFERENCE.finditer(value):
            found = _OF_RESOURCE.fullmatch(match[1]) or _OF_DATA.fullmatch(match[1])
            yield match[1]
            if found is not None:
                data = "data." if match[1].startswith("data.") else ""
                yield f"{data}{found[1]}.{found[2]}"
    elif isinstance(value, dict):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _providers(content: Mapping[str, Any]) -> Iterator[tuple[str, ProviderConfiguration]]:
    required = content.get("terraform", {}).get("required_providers", {}).get("aws", {})
    constraint = required.get("version") if isinstance(required, dict) else None
    for block in _blocks(content.get("provider", {}).get("aws")):
        alias = block.get("alias")
        region = _Known(Stack(name="", content={"locals": content.get("locals", {})}), None, {}).resolved(
            block.get("region")
        )
        known = isinstance(region, str)
        yield (
            f"aws.{alias}" if alias else "aws",
            ProviderConfiguration(
                full_name=_PROVIDER,
                version_constraint=constraint,
                expressions={"region": _raw({"constant_value": region})} if known else {},
            ),
        )


def _region_of(provider: ProviderConfiguration | None) -> str | None:
    if provider is None or "region" not in provider.expressions:
        return None
    region = msgspec.json.decode(provider.expressions["region"])["constant_value"]
    return region if isinstance(region, str) else None


def _region_in(content: Mapping[str, Any], arguments: Mapping[str, Any]) -> str | None:
    return _region_of(dict(_providers(content)).get(str(arguments.get("provider") or "aws")))


def _without_unknown(values: Any) -> Any:
    if isinstance(values, dict):
        return {key: _without_unknown(item) for key, item in values.items() if item is not _UNKNOWN}
    return [_without_unknown(item) for item in values] if isinstance(values, list) else values


def _blocks(value: Any) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, dict)]


def _raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())
