"""What the text of a synthesized stack says about a value, and what only AWS can tell.

A plan knows what a stack does not: the account, ids and ARNs that AWS chooses. A reference to one of them is the same
made-up text wherever it stands, so that what belongs together is found as in a plan, policies included.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from constructs_lib.catalog.resources.resource_types import load_resource_types, map_arguments
from constructs_lib.plan.document.arn import ACCOUNT
from constructs_lib.plan.document.format import ProviderConfiguration
from constructs_lib.plan.document.stack import Stack, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["UNKNOWN", "Known", "chosen_by_aws", "providers_of", "raw", "region_in"]

PROVIDER: Final = "registry.terraform.io/hashicorp/aws"
_REFERENCE: Final = re.compile(r"\$\{([^{}]+)\}")
_OF_RESOURCE: Final = re.compile(r"(aws_\w+)\.([\w-]+)\.([\w.\[\]-]+)")
_OF_DATA: Final = re.compile(r"data\.(aws_\w+)\.([\w-]+)\.(\w+)")
_OF_LOCAL: Final = re.compile(r"local\.([\w-]+)")
_DEEPEST: Final = 6
_SECRET: Final = "aws_secretsmanager_secret"
_OF_STACK: Final = re.compile(r"data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)")
_CHOSEN_BY_AWS: Final = ("id", "arn")


class _Unknown:
    """Stands for a value that only AWS, or another stack, can tell."""


UNKNOWN: Final = _Unknown()


class Known:
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
        return found, expression, True if found is UNKNOWN else None

    def resolved(self, value: Any, depth: int = 0) -> Any:
        """Return *value* with what the stack itself says in the place of references."""
        if isinstance(value, str):
            return self._text(value, depth)
        if isinstance(value, list):
            items = [self.resolved(item, depth) for item in value]
            return UNKNOWN if any(item is UNKNOWN for item in items) else items
        if isinstance(value, dict):
            pairs = {key: self.resolved(item, depth) for key, item in value.items()}
            return {key: item for key, item in pairs.items() if item is not UNKNOWN}
        return value

    def _text(self, text: str, depth: int) -> Any:
        whole = _REFERENCE.fullmatch(text)
        if whole is not None:
            return self._referred(whole[1], depth)
        parts: list[str] = []
        end = 0
        for match in _REFERENCE.finditer(text):
            found = self._referred(match[1], depth)
            if found is UNKNOWN or isinstance(found, (dict, list)):
                return UNKNOWN
            parts += [text[end : match.start()], str(found)]
            end = match.end()
        rest = text[end:]
        # What is left may be a function, or a template that this does not read.
        return UNKNOWN if "${" in rest else "".join([*parts, rest])

    def _referred(self, expression: str, depth: int) -> Any:
        other = _OF_STACK.fullmatch(expression)
        if other is not None:
            return self._output(other[1], other[2], depth)
        local = _OF_LOCAL.fullmatch(expression)
        if local is not None and depth <= _DEEPEST:
            named = self._content.get("locals", {})
            return self.resolved(named[local[1]], depth + 1) if local[1] in named else UNKNOWN
        data = _OF_DATA.fullmatch(expression)
        if data is not None:
            return self._data(data[1], data[2], data[3], depth)
        match = _OF_RESOURCE.fullmatch(expression)
        if match is None or depth > _DEEPEST:
            return UNKNOWN
        type, name, attribute = match.groups()
        arguments = self._content.get("resource", {}).get(type, {}).get(name)
        if not isinstance(arguments, dict):
            return UNKNOWN
        if attribute in arguments:
            return self.resolved(arguments[attribute], depth + 1)
        return self.chosen(type, name, attribute) if attribute in chosen_by_aws(type) else UNKNOWN

    def _output(self, stack: str, name: str, depth: int) -> Any:
        """Return an output of another stack of the app."""
        other = self._beside.get(stack)
        output = None if other is None else other.content.get("output", {}).get(name)
        if other is None or not isinstance(output, dict) or depth > _DEEPEST:
            return UNKNOWN
        return Known(other, None, self._beside).resolved(output.get("value"), depth + 1)

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
            return facts.get((type, attribute)) or UNKNOWN
        asked = self._content.get("data", {}).get(type, {}).get(name, {})
        region = region_in(self._content, asked)
        for stack in self._beside.values():
            for found, _, alias in stack.resources():
                if (
                    found == type
                    and alias.get("name") == asked.get("name")
                    and region_in(stack.content, alias) == region
                ):
                    key = str(alias.get("target_key_id", "")).replace(".key_id}", ".arn}").replace(".id}", ".arn}")
                    return Known(stack, region, self._beside).resolved(key, depth + 1)
        return UNKNOWN

    def _secret(self, name: str) -> Any:
        """Return the ARN of a secret that is looked up by its name: a replica's is its primary's but for the Region."""
        asked = self._content.get("data", {}).get(_SECRET, {}).get(name, {})
        region = region_in(self._content, asked)
        for stack in self._beside.values():
            for found, label, arguments in stack.resources():
                if found == _SECRET and arguments.get("name") == asked.get("name") is not None:
                    home = region_in(stack.content, arguments)
                    arn = Known(stack, home, self._beside).chosen(_SECRET, label, "arn")
                    return str(arn).replace(f":{home}:", f":{region}:")
        return UNKNOWN

    def _told(self, type: str, name: str, attribute: str, argument: str) -> Any:
        """Return what a stack of the app says of the resource that a data source looks up by *argument*."""
        asked = self._content.get("data", {}).get(type, {}).get(name, {})
        region = region_in(self._content, asked)
        for stack in self._beside.values():
            for found, label, arguments in stack.resources():
                alike = found == type and arguments.get(argument) == asked.get(argument) is not None
                if alike and region_in(stack.content, arguments) == region and attribute in chosen_by_aws(type):
                    return Known(stack, region, self._beside).chosen(type, label, attribute)
        return UNKNOWN

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
        region = region_in(self._content, arguments) or ""
        if form is None:
            service = type.removeprefix("aws_").partition("_")[0]
            return f"arn:aws:{service}:{region}:{ACCOUNT}:{text}"
        place = f"{region}:{ACCOUNT}" if form.regional else ":"
        return f"arn:aws:{form.service}:{place}:{form.prefix}{text}"


def chosen_by_aws(type: str) -> tuple[str, ...]:
    """Return the arguments of a type that AWS chooses where the stack does not."""
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


def providers_of(content: Mapping[str, Any]) -> Iterator[tuple[str, ProviderConfiguration]]:
    """Yield the configurations of the AWS provider in a stack, by their keys."""
    required = content.get("terraform", {}).get("required_providers", {}).get("aws", {})
    constraint = required.get("version") if isinstance(required, dict) else None
    for block in blocks(content.get("provider", {}).get("aws")):
        alias = block.get("alias")
        region = Known(Stack(name="", content={"locals": content.get("locals", {})}), None, {}).resolved(
            block.get("region")
        )
        known = isinstance(region, str)
        yield (
            f"aws.{alias}" if alias else "aws",
            ProviderConfiguration(
                full_name=PROVIDER,
                version_constraint=constraint,
                expressions={"region": raw({"constant_value": region})} if known else {},
            ),
        )


def _region_of(provider: ProviderConfiguration | None) -> str | None:
    if provider is None or "region" not in provider.expressions:
        return None
    region = msgspec.json.decode(provider.expressions["region"])["constant_value"]
    return region if isinstance(region, str) else None


def region_in(content: Mapping[str, Any], arguments: Mapping[str, Any]) -> str | None:
    """Return the Region of the provider that a block of a stack names; None where that is not told."""
    return _region_of(dict(providers_of(content)).get(str(arguments.get("provider") or "aws")))


def raw(value: Any) -> msgspec.Raw:
    """Return *value* as a document holds what is decoded only when somebody looks."""
    return msgspec.Raw(json.dumps(value).encode())
