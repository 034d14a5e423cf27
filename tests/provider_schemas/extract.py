"""Make the extracts of the AWS provider's schema that lie beside this file.

Only the resource types of this project, and of each only names, nesting and whether it has to be given. Run
from the repository's root, in a directory for scratch files (here `scratch`), then commit what changed.

Provider 5.100.0, from the provider itself:

    mkdir -p scratch && cd scratch
    cat > main.tf <<'END'
    terraform {
      required_providers {
        aws = {
          source  = "hashicorp/aws"
          version = "5.100.0"
        }
      }
    }
    END
    terraform init && terraform providers schema -json > schema.json && cd ..
    python -m tests.provider_schemas.extract schema scratch/schema.json 5.100.0

Provider 6.25.0, from the jsii assembly in the wheel of the bindings made for it:

    pip download --no-deps --dest scratch cdktf-cdktf-provider-aws==21.22.1
    python -m tests.provider_schemas.extract assembly scratch/cdktf_cdktf_provider_aws-21.22.1-*.whl 6.25.0

The assembly writes names in camel case, but links each property to its name in the provider's documentation,
which is where the extract takes it from. It cannot tell a block from a nested attribute; both are `blocks`
here.
"""

from __future__ import annotations

import fnmatch
import io
import json
import re
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

RESOURCES = (
    "aws_acm_certificate",
    "aws_acm_certificate_validation",
    "aws_appautoscaling_policy",
    "aws_appautoscaling_target",
    "aws_backup_*",
    "aws_cloudfront_cache_policy",
    "aws_cloudfront_distribution",
    "aws_cloudfront_monitoring_subscription",
    "aws_cloudfront_origin_access_control",
    "aws_cloudfront_response_headers_policy",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_metric_alarm",
    "aws_db_event_subscription",
    "aws_db_instance",
    "aws_db_instance_automated_backups_replication",
    "aws_db_option_group",
    "aws_db_parameter_group",
    "aws_db_subnet_group",
    "aws_default_security_group",
    "aws_dsql_cluster",
    "aws_dsql_cluster_peering",
    "aws_dynamodb_table",
    "aws_dynamodb_table_replica",
    "aws_ecr_replication_configuration",
    "aws_ecr_lifecycle_policy",
    "aws_ecr_repository",
    "aws_efs_backup_policy",
    "aws_efs_file_system",
    "aws_efs_mount_target",
    "aws_efs_replication_configuration",
    "aws_ecr_repository_creation_template",
    "aws_ecs_cluster",
    "aws_ecs_service",
    "aws_ecs_task_definition",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_internet_gateway",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_kms_replica_key",
    "aws_lb",
    "aws_lb_listener",
    "aws_lb_target_group",
    "aws_rds_cluster",
    "aws_rds_cluster_instance",
    "aws_rds_cluster_parameter_group",
    "aws_rds_cluster_role_association",
    "aws_rds_global_cluster",
    "aws_resiliencehub_resiliency_policy",
    "aws_route",
    "aws_route53_health_check",
    "aws_route53_record",
    "aws_route53_zone",
    "aws_s3_bucket*",
    "aws_s3_object",
    "aws_s3control_multi_region_access_point*",
    "aws_secretsmanager_secret",
    "aws_secretsmanager_secret_rotation",
    "aws_secretsmanager_secret_version",
    "aws_security_group",
    "aws_sns_topic",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_sqs_queue",
    "aws_ssm_parameter",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
)
DATA_SOURCES = (
    "aws_caller_identity",
    "aws_cloudfront_cache_policy",
    "aws_db_instance",
    "aws_db_subnet_group",
    "aws_dynamodb_table",
    "aws_efs_file_system",
    "aws_iam_policy_document",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_partition",
    "aws_rds_cluster",
    "aws_region",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
)

_DOCUMENTED = re.compile(r"/docs/(resources|data-sources)/\w+ (?:data\.)?(aws_\w+)\}")

Block = dict[str, Any]


def _wanted(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _block(
    required: set[str], optional: set[str], computed: set[str], blocks: dict[str, Block], needed: set[str]
) -> Block:
    named = {
        "required": sorted(required),
        "optional": sorted(optional),
        "computed": sorted(computed),
        "blocks": dict(sorted(blocks.items())),
        "required_blocks": sorted(needed),
    }
    return {name: value for name, value in named.items() if value}


# The provider's own schema


def from_schema(document: dict[str, Any]) -> dict[str, dict[str, Block]]:
    """Extract from the output of `terraform providers schema -json`."""
    schemas = document["provider_schemas"]
    (provider,) = (schema for address, schema in schemas.items() if address.endswith("/hashicorp/aws"))
    return {
        "resources": {
            name: _schema_block(schema["block"], own_id=True)
            for name, schema in provider["resource_schemas"].items()
            if _wanted(name, RESOURCES)
        },
        "data_sources": {
            name: _schema_block(schema["block"], own_id=True)
            for name, schema in provider["data_source_schemas"].items()
            if _wanted(name, DATA_SOURCES)
        },
    }


def _schema_block(block: dict[str, Any], *, own_id: bool = False) -> Block:
    """Extract one block; *own_id* tells that its `id` is the resource's own, which Terraform lets nobody set."""
    required, optional, computed = set(), set(), set()
    blocks: dict[str, Block] = {}
    needed = set()
    for name, attribute in block.get("attributes", {}).items():
        members = _object_members(attribute.get("type"))
        if (own_id and name == "id") or not (attribute.get("required") or attribute.get("optional")):
            computed.add(name)
        elif members:
            blocks[name] = _block(set(), members, set(), {}, set())
            if attribute.get("required"):
                needed.add(name)
        elif attribute.get("required"):
            required.add(name)
        else:
            optional.add(name)
    for name, nested in block.get("block_types", {}).items():
        blocks[name] = _schema_block(nested["block"])
        if nested.get("min_items"):
            needed.add(name)
    return _block(required, optional, computed, blocks, needed)


def _object_members(kind: Any) -> set[str]:
    """Names in an attribute that is a list, set or map of objects; empty for any other."""
    while isinstance(kind, list) and kind[0] in ("list", "set", "map"):
        kind = kind[1]
    return set(kind[1]) if isinstance(kind, list) and kind[0] == "object" else set()


# The assembly of the bindings


def read_assembly(wheel: Path) -> dict[str, Any]:
    """Read the `.jsii` assembly out of the wheel of a binding package."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".jsii.tgz"))
        package = archive.read(name)
    with tarfile.open(fileobj=io.BytesIO(package)) as files:
        assembly = files.extractfile("package/.jsii")
        if assembly is None:
            msg = f"{wheel} holds no jsii assembly"
            raise SystemExit(msg)
        document: dict[str, Any] = json.load(assembly)
    return document


def from_assembly(document: dict[str, Any]) -> dict[str, dict[str, Block]]:
    """Extract from the jsii assembly of `cdktf-cdktf-provider-aws`."""
    types = document["types"]
    found: dict[str, dict[str, Block]] = {"resources": {}, "data_sources": {}}
    for kind in types.values():
        match = _DOCUMENTED.search(kind.get("docs", {}).get("summary", ""))
        if match is None or kind["kind"] != "class":
            continue
        group, name = match.groups()
        section, patterns = ("resources", RESOURCES) if group == "resources" else ("data_sources", DATA_SOURCES)
        if _wanted(name, patterns):
            found[section][name] = _assembly_resource(kind, types)
    return found


def _assembly_resource(kind: dict[str, Any], types: dict[str, Any]) -> Block:
    (configuration,) = (
        parameter["type"]["fqn"] for parameter in kind["initializer"]["parameters"] if parameter["name"] == "config"
    )
    block = _assembly_block(types[configuration], types, own_id=True)
    given = {*block.get("required", ()), *block.get("optional", ()), *block.get("blocks", ())}
    names = {member["name"] for member in kind["properties"]}
    computed = {"id"}
    for member in kind["properties"]:
        name = member["name"]
        is_input = name.endswith("Input") and name.removesuffix("Input") in names
        if member.get("immutable") and not member.get("static") and not is_input:
            computed.add(_snake(name))
    block["computed"] = sorted(computed - given)
    return block


def _assembly_block(struct: dict[str, Any], types: dict[str, Any], *, own_id: bool = False) -> Block:
    required, optional = set(), set()
    blocks: dict[str, Block] = {}
    needed = set()
    for member in struct.get("properties", ()):
        documentation = member["docs"].get("summary", "") + member["docs"].get("remarks", "")
        linked = re.search(r"\{@link \S+ \w+#(\w+)\}", documentation)
        name = linked.group(1) if linked else _snake(member["name"])
        nested = _struct_of(member["type"], types)
        if own_id and name == "id":
            continue
        if nested is not None:
            blocks[name] = _assembly_block(nested, types)
            if not member.get("optional"):
                needed.add(name)
        elif member.get("optional"):
            optional.add(name)
        else:
            required.add(name)
    return _block(required, optional, set(), blocks, needed)


def _struct_of(reference: dict[str, Any], types: dict[str, Any]) -> dict[str, Any] | None:
    if "union" in reference:
        nested = (_struct_of(option, types) for option in reference["union"]["types"])
        return next((struct for struct in nested if struct is not None), None)
    if "collection" in reference:
        return _struct_of(reference["collection"]["elementtype"], types)
    struct: dict[str, Any] | None = types.get(reference.get("fqn", ""))
    return struct if struct is not None and struct.get("datatype") else None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def render(version: str, found: dict[str, dict[str, Block]]) -> str:
    """One type a line, so that a change of the extract reads as a change of types."""
    lines = ["{", f'"provider_version":{json.dumps(version)}']
    for section in ("resources", "data_sources"):
        rows = [
            f"{json.dumps(name)}:{json.dumps(block, separators=(',', ':'))}"
            for name, block in sorted(found[section].items())
        ]
        lines[-1] += ","
        lines += [f'"{section}":{{', ",\n".join(rows), "}"]
    return "\n".join([*lines, "}", ""])


def main(arguments: list[str]) -> None:
    if len(arguments) != 3 or arguments[0] not in ("schema", "assembly"):
        raise SystemExit("usage: extract.py schema SCHEMA.json VERSION | assembly BINDINGS.whl VERSION")
    source, path, version = arguments
    if source == "schema":
        found = from_schema(json.loads(Path(path).read_text(encoding="utf-8")))
    else:
        found = from_assembly(read_assembly(Path(path)))
    target = Path(__file__).with_name(f"aws_{version.replace('.', '_')}.json")
    target.write_text(render(version, found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
