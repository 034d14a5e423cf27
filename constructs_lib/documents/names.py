"""What a component's resources are called: the names that the steps of a procedure are filled with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.resources.container_needs import DEFINITIONS, asked_of_ecr, containers_of
from constructs_lib.catalog.resources.made_on_the_day import LISTS, TEXTS, query_of
from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.components import Kind
from constructs_lib.constructs.sites.fitted_name import fitted_name
from constructs_lib.objectives import Disruption
from constructs_lib.procedures.command import search
from constructs_lib.procedures.value import Lookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.catalog.resources.resource_types import ToldBy
    from constructs_lib.documents.documented_workload import DocumentedComponent, DocumentedWorkload, Latch, Member

__all__ = ["KEY_ALIAS", "SECURITY_GROUP", "declared_by", "latch_names", "names_of"]

SECURITY_GROUP: Final = "security-group:"
KEY_ALIAS: Final = "kms-alias:"
"""What a reference to a security group or a key reads as, followed by its name: AWS makes up the id, and tells it."""

_PLACEHOLDERS: Final = types_that("placeholder")
"""Types whose names documents give; the same with `recovery_` in front is looked for in the recovery Region."""

_MAIN: Final = frozenset(name for name, known in _PLACEHOLDERS.items() if known.main)
_MEMBER = "aws_rds_cluster_instance"
_BUCKET_KEY = "[rule][] | [0].[apply_server_side_encryption_by_default][] | [0].kms_master_key_id"
_CAME_OF = re.compile(r"(?P<start>.+?)-(?:home|restored|recovery)(?:-(?P<count>\d+))?", re.ASCII)
_LONGEST_END: Final = len("-restored-99")
_LONGEST: Final = 63 - _LONGEST_END
"""How long a name may be where something is put after it: RDS and S3 take 63 characters."""


def names_of(
    workload: DocumentedWorkload, item: DocumentedComponent, disruption: Disruption | None = None
) -> dict[str, Any]:
    """Return every name that is known; what is not known is left out, and becomes a variable of the runbook.

    Args:
        workload: The workload.
        item: The component.
        disruption: What happened; it decides what a restored thing is called. Default: nothing did.

    Returns:
        Texts, lists of texts, and a `Lookup` for what AWS makes up.
    """
    region, recovery = item.component.region, item.recovery_region
    here = [member for member in item.members if member.region == region]
    there = [member for member in item.members if recovery is not None and member.region == recovery]
    names: dict[str, Any] = {
        "workload": workload.name,
        "component": item.name,
        "region": region,
        "recovery_region": recovery,
        "working_region": recovery if disruption is Disruption.REGION else region,
        "engine": item.component.engine,
        "record": workload.records[0][0] if workload.records else None,
        "recovery_endpoint": workload.records[0][2] if workload.records else None,
        "global_cluster": _first(item.members, ("aws_rds_global_cluster",), "global_cluster_identifier"),
        "domain": _alias(item.members),
        "global_stack": _stack(item.members, "aws_cloudfront_distribution"),
        "restore_role": _role(item.members, "restore"),
        "backup_role": _role(item.members, "backup"),
        **_schedule(here),
        "security_groups": _groups(here, region),
        "recovery_security_groups": _groups(there, recovery) or _groups_like(workload, here, there, recovery),
        "key": _key(here, region),
        "recovery_key": _key(there, recovery),
        "tags": _tags(here),
    }
    for type_, known in _PLACEHOLDERS.items():
        for start, members, where in (("", here, region), ("recovery_", there, recovery)):
            names[f"{start}{known.placeholder}"] = _first(members, (type_,), known.named_by[0]) or _told_by(
                members, type_, known.told_by, where
            )
    if item.component.kind is Kind.DATABASE and region is not None and names["subnet_group"] is None:
        names |= {key: told for key, told in _of_others(names, region).items() if not names.get(key)}
        names["instance_class"] = item.usage.instance_class
    if item.component.kind is Kind.SERVICE:
        names |= _service(here, there, recovery)
    if item.component.engine == "dsql":
        names["cluster_id"] = names["cluster_id"] or _dsql(workload, item, region)
        names["recovery_cluster_id"] = names["recovery_cluster_id"] or _dsql(workload, item, recovery)
    main = declared_by(item).get("main", {})
    if main.get("performance_insights_enabled") or _first_member(here).get("performance_insights_enabled"):
        names["recovery_insights_key"] = names["recovery_key"]
    if main.get("manage_master_user_password"):
        names["recovery_password_key"] = names["recovery_key"]
    base = names["instance"] or names["cluster"] or names["table"] or names["bucket"] or _given_name(here)
    if base is not None and disruption is not None:
        # Names of buckets are the world's; others are a Region's.
        beside = disruption is not Disruption.REGION or base == names["bucket"]
        own = f"{workload.name}-{item.name}"
        most = (limit("dynamodb.table_name").most or 0) - _LONGEST_END if names["table"] else _LONGEST
        names["restored"] = _named_after(base, "restored", own, most) if beside else base
        names["returned"] = _named_after(base, "home", own, most)
        if names["recovery_instance"]:
            names["replica_again"] = _named_after(names["recovery_instance"], "recovery", own, most)
        if disruption is not Disruption.SOFTWARE:
            names["latest"] = True
    return {name: value for name, value in names.items() if value}


def _of_others(names: Mapping[str, Any], region: str) -> dict[str, Lookup]:
    """Return the calls that tell of a database beside the stacks what they would say of one of theirs."""
    kind = "Cluster" if isinstance(names["cluster"], str) else "Instance"
    identifier = names[kind.lower()]
    if not isinstance(identifier, str):
        return {}

    def told(query: str, *, many: bool = False, optional: bool = False) -> Lookup:
        return Lookup(
            service="rds",
            operation=f"DescribeDB{kind}s",
            region=region,
            parameters={f"DB{kind}Identifier": identifier},
            query=f"DB{kind}s[0].{query}",
            many=many,
            optional=optional,
        )

    found = {
        "key": told("KmsKeyId"),
        "security_groups": told("VpcSecurityGroups[].VpcSecurityGroupId", many=True),
        "subnet_group": told("DBSubnetGroup" if kind == "Cluster" else "DBSubnetGroup.DBSubnetGroupName"),
    }
    # RDS gives `default.postgres16` and `default:postgres-16` itself, and no other name has such a character.
    groups = (
        {"cluster_parameter_group": ("[DBClusterParameterGroup]", ".")}
        if kind == "Cluster"
        else {
            "parameter_group": ("DBParameterGroups[].DBParameterGroupName", "."),
            "option_group": ("OptionGroupMemberships[].OptionGroupName", ":"),
        }
    )
    # What no step of the way home reads: by then the one that was left can be asked for its settings.
    found["described"] = replace(found["key"], query=f"DB{kind}s[0]")
    if kind == "Cluster":
        found["described_member"] = Lookup(
            service="rds",
            operation="DescribeDBInstances",
            region=region,
            parameters={"Filters": [{"Name": "db-cluster-id", "Values": [identifier]}]},
            query="DBInstances[0]",
        )
    for name, (query, mark) in groups.items():
        found[name] = told(f"{query} | [?!starts_with(@, 'default{mark}')] | [0]", optional=True)
    return found


def _named_after(name: str, word: str, own: str, most: int) -> str:
    """Return the name of what takes the place of *name*: `shop-home`, then `shop-home-2`, then `shop-restored-3`.

    Whatever came of a recovery before counts on, so that a name neither grows with each nor comes back to one that is
    still there.

    Args:
        name: What is there.
        word: What is done with it.
        own: What the component is called before anything was done, whatever that ends in.
        most: How much of the name is kept; of a longer one a digest too, since the next may start like it.
    """
    found = _CAME_OF.fullmatch(name) if name != own else None
    start, count = (found["start"], int(found["count"] or 1)) if found else (name, 0)
    return f"{fitted_name(start, most)}-{word}" + (f"-{count + 1}" if count else "")


def latch_names(workload: DocumentedWorkload, latch: Latch) -> dict[str, Any]:
    """Return the names that the steps of the latch are filled with."""
    return {
        "workload": workload.name,
        "region": workload.primary,
        "recovery_region": latch.region,
        "working_region": latch.region,
        "record": latch.record,
        "latch": latch.alarm,
        "latch_namespace": latch.namespace,
        "latch_metric": latch.metric,
        "latch_dimensions": [{"Name": name, "Value": value} for name, value in sorted(latch.dimensions.items())],
    }


def declared_by(item: DocumentedComponent) -> dict[str, Mapping[str, Any]]:
    """Return the Terraform arguments of the component's main resource, and of an instance of its cluster."""
    here = [member for member in item.members if member.region == item.component.region]
    found = {
        "main": next((member.arguments for member in here if member.type in _MAIN), None),
        "member": _first_member(here) or None,
    }
    if item.restored_with:
        found = {name: {**item.restored_with, **(arguments or {})} for name, arguments in found.items()}
    region = item.component.region or ""
    return {name: _told(arguments, region) for name, arguments in found.items() if arguments is not None}


def _first_member(members: Iterable[Member]) -> Mapping[str, Any]:
    return next((member.arguments for member in members if member.type == _MEMBER), {})


def _told(value: Any, region: str) -> Any:
    """Return *value* with references to keys as the call that tells them."""
    if isinstance(value, str) and value.startswith(KEY_ALIAS):
        return key_lookup(value.removeprefix(KEY_ALIAS), region)
    if isinstance(value, list):
        return [_told(item, region) for item in value]
    return {name: _told(item, region) for name, item in value.items()} if hasattr(value, "items") else value


def key_lookup(alias: str, region: str) -> Lookup:
    """Return the call that tells the ARN of the key that *alias* is of."""
    return Lookup(
        service="kms",
        operation="DescribeKey",
        region=region,
        parameters={"KeyId": alias},
        query="KeyMetadata.Arn",
    )


def _first(members: Iterable[Member], types: tuple[str, ...], argument: str) -> str | None:
    for member in members:
        value = member.arguments.get(argument)
        if member.type in types and isinstance(value, str):
            return value
    return None


def _given_name(members: Sequence[Member]) -> str | None:
    """Return the argument by which a call tells the name that AWS has made up."""
    told = ((type_, known.told_by) for type_, known in _PLACEHOLDERS.items() if known.told_by)
    return next(filter(None, (_first(members, (type_,), by.argument) for type_, by in told)), None)


def _told_by(members: Iterable[Member], type_: str, told_by: ToldBy | None, region: str | None) -> Lookup | None:
    """Return the call that tells the name of the first of *members* that is of the type; None where none would."""
    given = None if told_by is None else _first(members, (type_,), told_by.argument)
    if told_by is None or given is None or region is None:
        return None
    return Lookup(
        service=told_by.service,
        operation=told_by.operation,
        region=region,
        parameters={told_by.member: given},
        query=told_by.query,
    )


def _stack(members: Iterable[Member], type_: str) -> str | None:
    return next((member.stack for member in members if member.type == type_), None)


def _alias(members: Iterable[Member]) -> str | None:
    for member in members:
        aliases = member.arguments.get("aliases")
        if member.type == "aws_cloudfront_distribution" and isinstance(aliases, list) and aliases:
            return str(aliases[0])
    return None


def _role(members: Iterable[Member], job: str) -> str | None:
    for member in members:
        name = member.arguments.get("name")
        # Both roles are children of the backup, so only the end of the address tells them apart.
        if member.type == "aws_iam_role" and f"{job}role" in member.address.lower() and isinstance(name, str):
            return f"arn:aws:iam::$ACCOUNT:role/{name}"
    return None


def _schedule(members: Iterable[Member]) -> dict[str, str | None]:
    """Return when AWS Backup backs the component up where it is, and for how many days it keeps that."""
    rules = [member.arguments.get("rule") for member in members if member.type == "aws_backup_plan"]
    return {
        "backup_schedule": search("[0][] | [0].schedule", rules),
        "backup_days": search("[0][] | [0].lifecycle.delete_after | to_string(@)", rules),
    }


def _key(members: Iterable[Member], region: str | None) -> str | Lookup | None:
    """Return the key that the component's things in a Region are encrypted with."""
    for member in members:
        arguments = member.arguments
        encryption = arguments.get("server_side_encryption")
        block = encryption[0] if isinstance(encryption, list) and encryption else encryption
        found = [arguments.get(name) for name in ("kms_key_id", "kms_key_arn", "kms_encryption_key")]
        found.append(block.get("kms_key_arn") if isinstance(block, dict) else None)
        found.append(search(_BUCKET_KEY, dict(arguments)))
        for value in found:
            if isinstance(value, str):
                alias = value.removeprefix(KEY_ALIAS)
                return value if alias == value or region is None else key_lookup(alias, region)
    return None


def _tags(members: Iterable[Member]) -> Mapping[str, str] | None:
    return next((member.arguments.get("tags") for member in members if member.type in _MAIN), None)


def _named_groups(members: Iterable[Member]) -> list[str]:
    for member in members:
        groups = member.arguments.get("vpc_security_group_ids")
        if isinstance(groups, list) and groups:
            return [str(group) for group in groups]
    return []


def _groups(members: Sequence[Member], region: str | None) -> list[str] | Lookup | None:
    groups = _named_groups(members)
    named = [group.removeprefix(SECURITY_GROUP) for group in groups if group.startswith(SECURITY_GROUP)]
    if region is None or len(named) != len(groups) or not named:
        return groups or None
    return _group_lookup(named, region, members)


def _groups_like(
    workload: DocumentedWorkload, here: Sequence[Member], there: Sequence[Member], recovery: str | None
) -> Lookup | None:
    """Return the groups of the same names in the recovery Region, where the stacks declare them."""
    groups = _named_groups(here)
    named = [group.removeprefix(SECURITY_GROUP) for group in groups if group.startswith(SECURITY_GROUP)]
    if not named or recovery is None or any((recovery, name) not in workload.groups for name in named):
        return None
    return _group_lookup(named, recovery, there)


def _group_lookup(names: list[str], region: str, beside: Sequence[Member]) -> Lookup:
    """Return how groups are found by name: names are a VPC's, and which one that is the subnets *beside* them tell."""
    filters: list[dict[str, Any]] = [{"Name": "group-name", "Values": names}]
    subnets = _first(beside, ("aws_db_subnet_group",), "name")
    if subnets is not None:
        vpc = Lookup(
            service="rds",
            operation="DescribeDBSubnetGroups",
            region=region,
            parameters={"DBSubnetGroupName": subnets},
            query="DBSubnetGroups[0].VpcId",
        )
        filters.append({"Name": "vpc-id", "Values": [vpc]})
    return Lookup(
        service="ec2",
        operation="DescribeSecurityGroups",
        region=region,
        parameters={"Filters": filters},
        query="SecurityGroups[].GroupId",
        many=True,
    )


def _service(here: Sequence[Member], there: Sequence[Member], recovery: str | None) -> dict[str, Any]:
    """Return what a service is made with on the day: as at home, or as the tags of the cluster there tell."""
    balancer = next((member.arguments for member in here if member.type == "aws_lb"), {})
    names: dict[str, Any] = {
        "load_balancer_scheme": "internal" if balancer.get("internal") else "internet-facing",
        "tls_policy": _first(here, ("aws_lb_listener",), "ssl_policy"),
    }
    definitions = [member.arguments.get(DEFINITIONS) for member in there if member.type == "aws_ecs_task_definition"]
    images = [asked_of_ecr(container) for text in definitions for container in containers_of(text)]
    names["recovery_images"] = [image for image in images if image is not None]
    cluster, targets = (_first(there, (type_,), "name") for type_ in ("aws_ecs_cluster", "aws_lb_target_group"))
    if recovery is None or cluster is None or targets is None or _first(there, ("aws_ecs_service",), "name"):
        return names
    told = [*LISTS, *(name for name in TEXTS if name != "access_log_bucket" or balancer.get("access_logs"))]
    for name in told:
        names[f"recovery_{name}"] = Lookup(
            service="ecs",
            operation="DescribeClusters",
            region=recovery,
            parameters={"clusters": [cluster], "include": ["TAGS"]},
            query=query_of(name),
            many=name in LISTS,
        )
    for name, attribute in (("target_group_arn", "TargetGroupArn"), ("vpc", "VpcId")):
        names[f"recovery_{name}"] = Lookup(
            service="elbv2",
            operation="DescribeTargetGroups",
            region=recovery,
            parameters={"Names": [targets]},
            query=f"TargetGroups[0].{attribute}",
        )
    return names


def _dsql(workload: DocumentedWorkload, item: DocumentedComponent, region: str | None) -> Lookup | None:
    """Return how the cluster of the component is found in a Region: DSQL makes its identifier up, and lists no tags."""
    if region is None:
        return None
    return Lookup(
        service="dsql",
        operation="ListClusters",
        region=region,
        query="clusters[].identifier",
        tagged={"recovery:workload": workload.name, "recovery:component": item.name},
        describe=("GetCluster", "identifier"),
        # A cluster that was restored beside it has its tags, and no peer.
        telling="multiRegionProperties.clusters" if item.component.protection("dsql_multi_region") else None,
    )
