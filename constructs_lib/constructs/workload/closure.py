"""Whether everything that the recovery stack names lies in its Region, or in none: what does not fails the synth.

What is in the recovery Region and leads to the primary one works on every day but the one it is there for.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from constructs_lib.catalog.resources.container_needs import (
    BUCKET,
    CONNECTIONS,
    DEFINITIONS,
    REPOSITORY,
    WHAT,
    buckets_named,
    containers_of,
    global_writers,
    needs_of,
    told_of,
)
from constructs_lib.catalog.resources.leading_home import buckets_of_home, leading_home, told_home
from constructs_lib.constructs.workload.way_out import cut_off
from constructs_lib.refusal import shown
from constructs_lib.terraform.engine import IValidation, implements
from constructs_lib.terraform.placement import node_of
from constructs_lib.terraform.token import is_token
from constructs_lib.terraform.written import blocks_of, elements_of, foreign_in, named_in, taken_away_from, taken_from

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from constructs import IConstruct

    from constructs_lib.catalog.resources.container_needs import Need
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.terraform.engine import TerraformStack

__all__ = ["watch_closure"]

_LONGEST: Final = 80
_ID: Final = re.compile(
    r"(?<![\w-])(?:acl|ami|cgw|dopt|eigw|eipalloc|eni|fs|fsap|i|igw|lt|nat|pl|rtb|sg|snap|subnet|tgw|vgw|vol|vpc|vpce)-[0-9a-f]{8}(?:[0-9a-f]{9})?(?![\w-])"
)
_ID_ENDS: Final = re.compile(r"-[0-9a-f]{8}")
_DEFINITION: Final = "aws_ecs_task_definition"
_WORDS: Final = ("command", "entryPoint", "healthCheck")
"""What a container runs: a word of it has no name to answer for, and the path of the definition stands for it."""


@implements(IValidation)
class _Closure:
    """Asked when the engine validates the recovery stack, once for each synth."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._all: dict[TerraformStack, list[tuple[str, str, Mapping[str, Any]]]] = {}
        self._foreign = self._all
        self._elements: dict[TerraformStack, Sequence[IConstruct]] = {}

    def validate(self) -> list[str]:
        sites = self._sites
        assert sites.recovery is not None, "without a recovery Region nothing is watched"
        # What bindings make, and modules, are looked at as ours are; the engine is asked for each.
        stacks = {site.stack for site in sites.all}
        self._elements = {stack: elements_of(stack) for stack in stacks}
        self._foreign = {stack: list(foreign_in(stack, self._elements[stack])) for stack in stacks}
        self._all = {stack: [*blocks_of(stack), *self._foreign[stack]] for stack in stacks}
        leading = [
            f"{path}, {found.path}: {shown(found.text, _LONGEST)} lies in {sites.primary.region}, and {sites.name} is "
            f"recovered in {sites.recovery.region} without it; name what stands for it there, or declare it with "
            f"sites.external({shown(found.text, _LONGEST)}, owner=...)"
            for path, type_, arguments in self._all[sites.recovery.stack]
            for found in leading_home(type_, arguments, sites.primary.region, sites.externals)
        ]
        return [
            *self._taken_away(sites.primary, sites.recovery),
            *leading,
            *self._told_of_home(sites.primary, sites.recovery),
            *self._of_both(sites.primary, sites.recovery),
            *self._only_at_home(sites.primary, sites.recovery),
            *self._apart(sites.primary, sites.recovery),
            *self._cut_off(sites.primary, sites.recovery),
            *(
                f"{path}: {attribute} comes from the state of {sites.primary.region}, and a plan of the recovery stack "
                f"must not read that; give what stands for it in {sites.recovery.region}, or declare it with "
                f"sites.external({shown(attribute, _LONGEST)}, owner=...)"
                for path, attribute in self._taken_from(sites.recovery.stack, sites.primary.stack)
                if not any(item in attribute for item in sites.externals)
            ),
        ]

    def _taken_away(self, home: Site, there: Site) -> Iterator[str]:
        """Yield what the constructs have built for the recovery, and somebody has taken out of the tree again."""
        gone = [item for site in (there, self._sites.global_) for item in self._gone_from(site)]
        at_home = list(self._gone_from(home))
        # Of the primary stack what the recovery stack names: the role that starts tasks there, say.
        named = json.dumps([content for _, _, content in blocks_of(there.stack)], default=str) if at_home else ""
        gone += [item for item in at_home if item[2] is not None and f'/{item[2]}"' in named]
        for path, type_, _ in gone:
            if path not in self._sites.externals:
                yield (
                    f"{path}: this {type_} was taken away, and {self._sites.name} is recovered in {there.region} with "
                    f"it; leave it there, or say who answers for it with sites.external({shown(path, _LONGEST)}, "
                    f"owner=...)"
                )

    def _gone_from(self, site: Site) -> Iterator[tuple[str, str, str | None]]:
        return taken_away_from(site.stack, self._elements[site.stack])

    def _taken_from(self, stack: TerraformStack, other: TerraformStack) -> Iterator[tuple[str, str]]:
        """Yield the paths of what takes an attribute of a resource of *other*, and what that is: ours, and others."""
        yield from taken_from(stack, other)
        output = re.compile(rf"\bcross-stack-reference-input-{re.escape(node_of(other).id)}\.outputs\.([\w-]+)")
        for path, _, content in self._foreign[stack]:
            for name in dict.fromkeys(output.findall(json.dumps(content, default=str))):
                yield path, f"{node_of(other).id}, {name}"

    def _of_both(self, home: Site, there: Site) -> Iterator[str]:
        """Yield the ids of what is in one Region that the stacks of both name: it is in one of them."""
        at_home = {id for _, type_, given in self._all[home.stack] for id in _ids_in(type_, given)}
        for path, type_, given in self._all[there.stack] if at_home else ():
            for id in _ids_in(type_, given):
                if id in at_home and id not in self._sites.externals:
                    yield (
                        f"{path}: {id} is named in the stack of {home.region} as well, and is in one Region; name what "
                        f"stands for it in {there.region}, or declare it with sites.external({id!r}, owner=...)"
                    )

    def _told_of_home(self, home: Site, there: Site) -> Iterator[str]:
        """Yield what is led home by the Region's name alone: containers, and what a provider of that Region makes."""
        named = (given.get("bucket") for _, type_, given in self._all[home.stack] if type_ == BUCKET)
        buckets = {name for name in named if isinstance(name, str) and not is_token(name)}
        for path, type_, arguments in self._all[there.stack]:
            if type_ == "provider" and arguments.get("region") == home.region and path not in self._sites.externals:
                yield (
                    f"{path}: a plan of the recovery stack asks {home.region} with it, which it must do without; build "
                    f"there with the provider of {there.region}, or in {home.name}'s primary stack"
                )
            named_buckets, told = _told(path, type_, arguments, home.region, buckets)
            for where, name in named_buckets:
                if name not in self._sites.externals:
                    yield (
                        f"{path}, {where} names the bucket {shown(name, _LONGEST)}, which is in {home.region}; name "
                        f"that of {there.region}, or declare it with sites.external({name!r}, owner=...)"
                    )
            for where, name in told:
                if name not in self._sites.externals:
                    yield (
                        f"{path}, {where} names {home.region}, and {self._sites.name} is recovered in {there.region} "
                        f"without it; name that Region, or declare it with sites.external({name!r}, owner=...)"
                    )

    def _only_at_home(self, home: Site, there: Site) -> Iterator[str]:
        """Yield what containers name in the recovery Region, and the primary stack alone declares."""
        declared, beside = (list(_named(self._all[site.stack])) for site in (home, there))
        needed = [
            (path, need)
            for path, type_, arguments in self._all[there.stack]
            if type_ == _DEFINITION
            for container in containers_of(arguments.get(DEFINITIONS))
            for need in needs_of(container, there.region)
            # Which images a registry replicates, no stack but its own can tell.
            if need.region == there.region and need.type != REPOSITORY
        ]
        for path, need in dict.fromkeys(needed):
            at_home = next((item for item in declared if item.is_meant(need)), None)
            if at_home is None or any(item.is_meant(need) for item in beside) or there.region in at_home.replicas:
                continue
            if not any(item in need.name for item in self._sites.externals):
                yield (
                    f"{path}, {DEFINITIONS}: the {WHAT[need.type]} {shown(need.name, _LONGEST)} is named in "
                    f"{there.region}, and {at_home.path} is in {home.region} alone; build one there as well, or "
                    f"declare it with sites.external({shown(need.name, _LONGEST)}, owner=...)"
                )

    def _apart(self, home: Site, there: Site) -> Iterator[str]:
        """Yield what containers there call in a network of the primary Region, where nothing connects the two."""
        if any(type_ in CONNECTIONS for blocks in self._all.values() for _, type_, _ in blocks):
            return
        for path, type_, arguments in self._all[there.stack]:
            if type_ != _DEFINITION:
                continue
            for container in containers_of(arguments.get(DEFINITIONS)):
                for name, host in global_writers(container):
                    if not any(item in host for item in self._sites.externals):
                        yield (
                            f"{path}, {DEFINITIONS}: {name} is {shown(host, _LONGEST)}, whose writer is in the VPC of "
                            f"{home.region}, and nothing connects the VPC of {there.region} with it; add an "
                            f"aws_vpc_peering_connection, name the cluster of {there.region}, or declare it with "
                            f"sites.external({shown(host, _LONGEST)}, owner=...)"
                        )

    def _cut_off(self, *both: Site) -> Iterator[str]:
        """Yield what starts tasks in a network, built beside it, from which they cannot reach what they start with."""
        for site in both:
            for path, vpc, services in cut_off(self._all[site.stack], named_in(site.stack), site.region):
                if path not in self._sites.externals:
                    yield (
                        f"{path}: its tasks in {vpc} have no public address and no way to {', '.join(services)} of "
                        f"{site.region}, so none starts; add an aws_vpc_endpoint for each (with private names and "
                        f"subnets, in a VPC with enable_dns_hostnames; of S3 a gateway's with route tables), or a "
                        f"route to a NAT gateway, or declare it with sites.external({shown(path, _LONGEST)}, owner=...)"
                    )


def _told(
    path: str, type_: str, arguments: Mapping[str, Any], home: str, buckets: Collection[str]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return where arguments name one of the *buckets* of *home*, and which; and where they name it, and who does."""
    if type_ != _DEFINITION:
        named: list[tuple[str, str]] = list(buckets_of_home(type_, arguments, buckets))
        # A provider is asked about for itself.
        found = () if type_ == "provider" else told_home(arguments, home)
        return named, [(item.path, path) for item in found]
    containers = containers_of(arguments.get(DEFINITIONS))
    return (
        [(f"{DEFINITIONS}: {where}", name) for item in containers for where, name in buckets_named(item, buckets)],
        [
            (f"{DEFINITIONS}: {where} ({name})", path if where.startswith(_WORDS) else name)
            for item in containers
            for where, name in told_of(item, home)
        ],
    )


def _ids_in(type_: str, given: Mapping[str, Any]) -> dict[str, None]:
    """Return the ids of what is in one Region that arguments name; what connects two networks names both."""
    if type_ in CONNECTIONS:
        return {}
    text = json.dumps(given, default=str)
    # Few arguments have an id, and to look for where one begins takes ten times as long as for how one ends.
    return dict.fromkeys(_ID.findall(text)) if _ID_ENDS.search(text) else {}


class _Declared(NamedTuple):
    """Something with a name that a stack declares, and the Regions that AWS copies it to."""

    path: str
    type: str
    name: str
    replicas: tuple[str, ...]

    def is_meant(self, need: Need) -> bool:
        return self.type == need.type and need.is_called(self.name)


def _named(blocks: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Iterator[_Declared]:
    for path, type_, arguments in blocks:
        if type_ in WHAT and isinstance(arguments.get("name"), str):
            blocks = arguments.get("replica") or []
            blocks = blocks if isinstance(blocks, list) else [blocks]
            replicas = tuple(str(item.get("region")) for item in blocks if isinstance(item, dict))
            yield _Declared(path, type_, arguments["name"], replicas)


_watched: WeakKeyDictionary[TerraformStack, _Closure] = WeakKeyDictionary()


def watch_closure(sites: Sites) -> None:
    """Have the recovery stack looked at when it is synthesized; one stack for both Regions is not."""
    if sites.recovery is None or sites.recovery.stack is sites.primary.stack or sites.recovery.stack in _watched:
        return
    closure = _watched[sites.recovery.stack] = _Closure(sites)
    node_of(sites.recovery.stack).add_validation(closure)
