"""Workloads from synthesized stacks: `cdktf.out/stacks/*/cdk.tf.json` and the decisions written in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
import msgspec

from constructs_lib.costs.watching import counted_together
from constructs_lib.declaration.sla_terms import SlaTerms
from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload, Latch, Member
from constructs_lib.documents.names import KEY_ALIAS, SECURITY_GROUP
from constructs_lib.errors import EvaluationError, InputError
from constructs_lib.objectives.tags import HOLDS
from constructs_lib.plan.document.stack import Stack, read_stack
from constructs_lib.plan.stacks import stack_files
from constructs_lib.selection.decision import Decision

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.objectives import Objective

__all__ = ["read_stacks"]

_REFERENCE = re.compile(r"\$\{([^{}]+)\}")
_ACCOUNT = re.compile(r"data\.aws_caller_identity\.[\w-]+\.account_id")
_OF_RESOURCE = re.compile(r"(aws_\w+)\.([\w-]+)\.(\w+)")
_GIVEN = re.compile(r"(data\.)?(aws_secretsmanager_secret|aws_ssm_parameter)\.([\w-]+)\.arn")
_OF_ALIAS = re.compile(r"data\.aws_kms_alias\.([\w-]+)\.target_key_arn")
_LOOKED_UP_BY = {"db_instance_identifier": "identifier"}
"""What a data source calls an argument of the resource of its type."""
_NAMED_BY = ("name", "bucket", "identifier", "cluster_identifier", "global_cluster_identifier")
_DEEPEST = 4


class _Stack(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    name: str
    content: Mapping[str, Any]

    def resources(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for type_, named in self.content.get("resource", {}).items():
            for name, arguments in named.items():
                yield type_, name, arguments

    def blocks(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield address, type and arguments of each resource, and of each data source, which stands for what exists."""
        for type_, name, arguments in self.resources():
            yield f"{type_}.{name}", type_, arguments
        for type_, named in self.content.get("data", {}).items():
            for name, arguments in named.items():
                known = {_LOOKED_UP_BY.get(key, key): value for key, value in arguments.items()}
                yield f"data.{type_}.{name}", type_, known

    def decisions(self) -> Iterator[Decision]:
        yield from map(Decision.from_data, Stack(name=self.name, content=self.content).decisions())

    def region_of(self, arguments: Mapping[str, Any]) -> str | None:
        """Return the Region of the provider that a resource names, or of the default one."""
        return Stack(name=self.name, content=self.content).region_of(arguments)

    def resolved(self, value: Any, depth: int = 0) -> Any:
        """Return *value* with references to what the file itself says replaced; None where it does not say."""
        if isinstance(value, str):
            return self._text(value, depth)
        if isinstance(value, list):
            items = [self.resolved(item, depth) for item in value]
            return None if None in items else items
        if isinstance(value, dict):
            return {key: found for key, item in value.items() if (found := self.resolved(item, depth)) is not None}
        return value

    def _text(self, text: str, depth: int) -> str | None:
        parts: list[str] = []
        end = 0
        for match in _REFERENCE.finditer(text):
            found = self._referred(match[1], depth)
            if found is None:
                return None
            parts += [text[end : match.start()], found]
            end = match.end()
        return "".join([*parts, text[end:]])

    def _referred(self, expression: str, depth: int) -> str | None:
        if _ACCOUNT.fullmatch(expression):
            return "$ACCOUNT"
        alias = _OF_ALIAS.fullmatch(expression)
        if alias is not None:
            name = self.content.get("data", {}).get("aws_kms_alias", {}).get(alias[1], {}).get("name")
            return f"{KEY_ALIAS}{name}" if isinstance(name, str) else None
        given = _GIVEN.fullmatch(expression)
        if given is not None:
            # AWS makes the ARN; the name is what people look for.
            section = self.content.get("data" if given[1] else "resource", {})
            called = section.get(given[2], {}).get(given[3], {}).get("name")
            return called if isinstance(called, str) else None
        match = _OF_RESOURCE.fullmatch(expression)
        if match is None or depth > _DEEPEST:
            return None
        type_, name, attribute = match.groups()
        arguments = self.content.get("resource", {}).get(type_, {}).get(name, {})
        named = arguments.get("name")
        if type_ == "aws_security_group" and attribute == "id" and isinstance(named, str):
            return f"{SECURITY_GROUP}{named}"
        if type_ == "aws_iam_role" and attribute == "arn" and isinstance(named, str):
            return f"arn:aws:iam::$ACCOUNT:role/{named}"
        if type_ == "aws_kms_key" and attribute == "arn":
            return self._alias_of(name)
        candidates = _NAMED_BY if attribute == "id" else (attribute,)
        for candidate in candidates:
            if isinstance(arguments.get(candidate), str):
                found = self.resolved(arguments[candidate], depth + 1)
                return found if isinstance(found, str) else None
        return None

    def _alias_of(self, key: str) -> str | None:
        for arguments in self.content.get("resource", {}).get("aws_kms_alias", {}).values():
            if f"aws_kms_key.{key}." in str(arguments.get("target_key_id")) and isinstance(arguments.get("name"), str):
                return f"{KEY_ALIAS}{arguments['name']}"
        return None


def read_stacks(directory: Path, declaration: Declaration | None) -> tuple[DocumentedWorkload, ...]:
    """Return the workloads whose decisions the synthesized stacks under *directory* hold, in the order of their names.

    The objective is that of *declaration* where it declares the workload, so that a change of it is seen at once; else
    the one written in the stacks. Everything is assessed anew.

    Args:
        directory: What `cdktf synth` writes, `cdktf.out` as a rule.
        declaration: What `recovery.yaml` declares; None: the stacks alone.

    Raises:
        InputError: If there are no stacks.
        EvaluationError: If none holds a decision.
        PlanError: If a stack is not what `cdktf synth` writes.
    """
    files = stack_files(directory)
    if not files:
        msg = (
            f"there are no synthesized stacks under {directory}; run `cdktf synth` first, or name its output directory"
        )
        raise InputError(msg)
    stacks = [_Stack(name=file.parent.name, content=read_stack(file, file.parent.name).content) for file in files]
    found = [decision for stack in stacks for decision in stack.decisions()]
    decisions = [decision for decision in found if HOLDS not in decision.tags]
    if not decisions:
        msg = (
            f"the stacks under {directory} hold no component of this library; synthesize with its constructs (of other "
            f"Terraform `drctl docs --plan` and `drctl review` read plans)"
        )
        raise EvaluationError(msg)
    return tuple(
        _workload(name, [item for item in found if item.workload == name], stacks, declaration)
        for name in sorted({decision.workload for decision in decisions})
    )


def _workload(
    name: str, found: list[Decision], stacks: list[_Stack], declaration: Declaration | None
) -> DocumentedWorkload:
    decisions = [item for item in found if HOLDS not in item.tags]
    declared = declaration.workloads.get(name) if declaration is not None else None
    if declared is not None:
        objective = declared.objective
    else:
        objective = next((item.objective for item in decisions if not item.own_objective), decisions[0].objective)
    built_in = {place.path.partition("/")[0] for item in decisions for place in item.places.values()}
    own_stacks = [stack for stack in stacks if stack.name in built_in]
    records = list(_records(own_stacks))
    return DocumentedWorkload(
        name=name,
        objective=objective,
        components=tuple(_component(item, objective, stacks) for item in decisions),
        dependencies=declaration.dependencies if declaration is not None else (),
        terms=declaration.sla if declaration is not None else SlaTerms(),
        records=tuple(records),
        latch=_latch(own_stacks, records, {item.component.region for item in decisions}),
        stored=tuple(_stored(own_stacks)),
        groups=frozenset(_groups(own_stacks)),
        health_checks=() if declared is None else declared.health_checks,
        watched=counted_together(
            counts for stack in stacks for of, counts in Stack(name="", content=stack.content).watched() if of == name
        ),
        holding=tuple(_component(item, objective, stacks) for item in found if HOLDS in item.tags),
    )


def _component(decision: Decision, workload: Objective, stacks: list[_Stack]) -> DocumentedComponent:
    if not decision.own_objective:
        decision = attrs.evolve(decision, objective=workload)
    return DocumentedComponent(
        name=decision.name,
        component=decision.component,
        objective=decision.kept,
        accepted=decision.accepted,
        usage=decision.usage,
        recovery_region=decision.recovery_region,
        routings=(decision.routing,),
        members=(
            *_each_once(list(_members(stacks, [place.path for place in decision.places.values()]))),
            *_networks(stacks, decision),
        ),
        features=decision.features,
        provider=decision.provider,
        third_region=decision.third_region,
        restored_with=_restored_with(stacks, decision),
    )


def _members(stacks: list[_Stack], paths: list[str]) -> Iterator[Member]:
    for stack in stacks:
        for address, type_, arguments in stack.blocks():
            path = _path(arguments)
            if any(path == start or path.startswith(f"{start}/") for start in paths):
                known = stack.resolved({key: value for key, value in arguments.items() if key != "//"})
                yield Member(
                    type=type_,
                    address=address,
                    region=stack.region_of(arguments),
                    arguments=known,
                    stack=stack.name,
                )


def _each_once(members: list[Member]) -> Iterator[Member]:
    """Leave out what a stack looks up that another one builds."""
    built = [member for member in members if not member.address.startswith("data.")]
    yield from built
    for member in members:
        if member not in built and not any(_is_looked_up(one, member) for one in built):
            yield member


def _is_looked_up(built: Member, found: Member) -> bool:
    return (built.type, built.region) == (found.type, found.region) and all(
        built.arguments.get(name) == value for name, value in found.arguments.items() if name != "provider"
    )


def _path(arguments: Mapping[str, Any]) -> str:
    """Return the construct path that the engine writes beside the arguments; people may have a comment in its place."""
    found: Any = arguments
    for key in ("//", "metadata", "path"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _networks(stacks: list[_Stack], decision: Decision) -> Iterator[Member]:
    """Yield the network that the component would be restored into in its recovery Region."""
    place = decision.places.get("recovery")
    for stack in stacks:
        network = Stack(name=stack.name, content=stack.content).noted("recovery_network").get(decision.key)
        if place is not None and network is not None:
            known = stack.resolved(network)
            yield Member(type="", address="", region=place.region, arguments=known, stack=stack.name)


def _restored_with(stacks: list[_Stack], decision: Decision) -> Mapping[str, Any]:
    """Return the arguments that are declared of what somebody else manages."""
    for stack in stacks:
        found = Stack(name=stack.name, content=stack.content).noted("restored_with").get(decision.key)
        if isinstance(found, dict):
            return found
    return {}


def _records(stacks: Iterable[_Stack]) -> Iterator[tuple[str, str, str]]:
    """Yield name, primary and recovery endpoint of what fails over: by role, weighted as we name it."""
    found: dict[str, dict[str, str]] = {}
    for stack in stacks:
        for type_, _, arguments in stack.resources():
            role = arguments.get("failover_routing_policy", {}).get("type")
            if arguments.get("weighted_routing_policy") and arguments.get("health_check_id"):
                role = {"primary": "PRIMARY", "recovery": "SECONDARY"}.get(str(arguments.get("set_identifier")))
            if type_ == "aws_route53_record" and role:
                value = stack.resolved(arguments.get("records") or [arguments.get("alias", {}).get("name")])
                endpoint = value[0] if isinstance(value, list) and isinstance(value[0], str) else ""
                found.setdefault(str(arguments.get("name")), {})[str(role)] = endpoint
    for name, sides in found.items():
        yield name, sides.get("PRIMARY", ""), sides.get("SECONDARY", "")


def _latch(stacks: list[_Stack], records: Sequence[tuple[str, str, str]], homes: Container[str | None]) -> Latch | None:
    """Return the alarm that a health check of the record follows; one of the Regions *homes* tells of data."""
    followed = {
        (arguments.get("cloudwatch_alarm_region"), arguments.get("cloudwatch_alarm_name"))
        for stack in stacks
        for type_, _, arguments in stack.resources()
        if type_ == "aws_route53_health_check"
    }
    for stack in stacks:
        for type_, _, arguments in stack.resources():
            region, name = stack.region_of(arguments), arguments.get("alarm_name")
            if (
                type_ == "aws_cloudwatch_metric_alarm"
                and region is not None
                and region not in homes
                and records
                and (region, name) in followed
            ):
                return Latch(
                    record=records[0][0],
                    region=region,
                    alarm=str(name),
                    namespace=str(arguments.get("namespace")),
                    metric=str(arguments.get("metric_name")),
                    dimensions=arguments.get("dimensions") or {},
                )
    return None


def _stored(stacks: Iterable[_Stack]) -> Iterator[tuple[str, str]]:
    for stack in stacks:
        for type_, _, arguments in stack.resources():
            if type_ == "aws_s3_object" and "recovery:document" in (arguments.get("tags") or {}):
                bucket, key = stack.resolved(arguments.get("bucket")), arguments.get("key")
                region = stack.region_of(arguments)
                if isinstance(bucket, str) and region is not None:
                    yield region, f"s3://{bucket}/{key}"


def _groups(stacks: Iterable[_Stack]) -> Iterator[tuple[str, str]]:
    for stack in stacks:
        for type_, _, arguments in stack.resources():
            region = stack.region_of(arguments)
            if type_ == "aws_security_group" and region is not None and isinstance(arguments.get("name"), str):
                yield region, arguments["name"]
