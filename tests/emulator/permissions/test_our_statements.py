"""Every statement of every policy that the reference stacks write is missed by somebody when it is taken away.

The policies are those of the golden files of synthesis. Without a statement a service can no longer do what it did, or
a request is no longer refused; else the statement stands in `DEMANDED`, with the AWS page that asks for it.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest

from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.authority import Role
from constructs_lib.emulator.permissions.policy import Effect, Request, effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.permissions.policy import Document

GOLDEN: Final = Path(__file__).parents[2] / "stacks" / "__snapshots__" / "test_synthesis"
ACCOUNT: Final = "123456789012"
DISTRIBUTION: Final = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
_TOKEN: Final = re.compile(r"\$\{([^}]+)\}")
_KEY_ALIAS: Final = re.compile(r"data\.aws_kms_alias\.\w*In(EuWest1|EuCentral1)\.target_key_arn")
_REGIONS: Final = {"EuWest1": "eu-west-1", "EuCentral1": "eu-central-1"}


@attrs.frozen
class Stack:
    """One synthesized stack."""

    workload: str
    region: str
    resources: dict[str, dict[str, dict[str, Any]]]
    looked_up: dict[str, dict[str, dict[str, Any]]]

    @classmethod
    def read(cls, path: Path) -> Stack:
        document = json.loads(path.read_text())
        name = path.stem.rpartition("[")[2].rstrip("]")
        default = next(provider for provider in document["provider"]["aws"] if "alias" not in provider)
        return cls(name.rpartition("-")[0], default["region"], document.get("resource", {}), document.get("data", {}))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return list(self.resources.get(kind, {}).values())

    def resolved(self, text: str) -> str:
        """Return `text` with what its references become on AWS."""
        return _TOKEN.sub(lambda token: self._value(token[1]), text)

    def given(self, reference: str) -> acts.TaskSecret:
        """Return what a container is given: a replica is encrypted with a key of AWS's own, which all may use."""
        kind, name, _ = reference.strip("${}").removeprefix("data.").split(".")
        made = self.resources.get(kind, {}).get(name, {})
        own = key_arn(self.region) if made.get("kms_key_id") or made.get("key_id") else ""
        return acts.TaskSecret(arn=self.resolved(reference), key=own)

    def _value(self, reference: str) -> str:
        if reference.startswith("data.aws_caller_identity."):
            return ACCOUNT
        if alias := _KEY_ALIAS.fullmatch(reference):
            return key_arn(_REGIONS[alias[1]])
        kind, name, attribute = reference.removeprefix("data.").split(".")
        resource = (self.looked_up if reference.startswith("data.") else self.resources)[kind][name]
        match kind, attribute:
            case "aws_s3_bucket", "id" | "bucket":
                return self.resolved(resource["bucket"])
            case "aws_s3_bucket", "arn":
                return f"arn:aws:s3:::{self.resolved(resource['bucket'])}"
            case "aws_sns_topic", "arn":
                return f"arn:aws:sns:{self.region}:{ACCOUNT}:{resource['name']}"
            case "aws_kms_key", "arn":
                return key_arn(self.region)
            case "aws_secretsmanager_secret", "arn":
                return f"arn:aws:secretsmanager:{self.region}:{ACCOUNT}:secret:{resource['name']}-AbCdEf"
            case "aws_ssm_parameter", "arn":
                return f"arn:aws:ssm:{self.region}:{ACCOUNT}:parameter{resource['name']}"
            case "aws_ecr_repository", "arn":
                return f"arn:aws:ecr:{self.region}:{ACCOUNT}:repository/{resource['name']}"
            case "aws_iam_role", "arn":
                return f"arn:aws:iam::{ACCOUNT}:role/{resource['name']}"
            case "aws_iam_role", "id" | "name":
                return str(resource["name"])
        raise AssertionError(reference)


def key_arn(region: str) -> str:
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/site"


@attrs.frozen
class Policy:
    """A policy of a stack: `kind` is "trust", "role", "bucket", "key" or "topic", `of` what it belongs to."""

    kind: str
    of: str
    document: Document

    def without(self, index: int) -> Policy:
        statements = [one for number, one in enumerate(self.document["Statement"]) if number != index]
        return attrs.evolve(self, document={**self.document, "Statement": statements})


def policies_of(stack: Stack) -> list[Policy]:
    found = [Policy("key", key_arn(stack.region), document(stack, key["policy"])) for key in stack.of("aws_kms_key")]
    for role in stack.of("aws_iam_role"):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{role['name']}"
        found.append(Policy("trust", arn, document(stack, role["assume_role_policy"])))
    for inline in stack.of("aws_iam_role_policy"):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{stack.resolved(inline['role'])}"
        found.append(Policy("role", arn, document(stack, inline["policy"])))
    for bucket in stack.of("aws_s3_bucket_policy"):
        found.append(Policy("bucket", stack.resolved(bucket["bucket"]), document(stack, bucket["policy"])))
    for topic in stack.of("aws_sns_topic_policy"):
        found.append(Policy("topic", stack.resolved(topic["arn"]), document(stack, topic["policy"])))
    return found


def document(stack: Stack, text: str) -> Document:
    read: Mapping[str, Any] = json.loads(stack.resolved(text))
    return read


@attrs.frozen
class Written:
    """The policies of a workload, as a service finds them."""

    policies: tuple[Policy, ...]

    def _one(self, kind: str, of: str) -> Document | None:
        return next((policy.document for policy in self.policies if (policy.kind, policy.of) == (kind, of)), None)

    async def role(self, arn: str) -> Role | None:
        trust = self._one("trust", arn)
        allowed = [policy.document for policy in self.policies if (policy.kind, policy.of) == ("role", arn)]
        return None if trust is None else Role(arn=arn, trust=trust, permissions=allowed)

    async def key(self, arn: str) -> Document | None:
        return self._one("key", arn)

    async def aliases(self, key: str) -> list[str]:
        return [f"alias/{workload}" for workload in WORKLOADS]

    async def bucket(self, name: str) -> Document | None:
        return self._one("bucket", name)

    async def topic(self, arn: str) -> Document | None:
        return self._one("topic", arn)


async def what_happens(stacks: list[Stack], written: Written) -> dict[str, bool]:
    """Return what services can do, and which requests are refused, by the policies that are written."""
    seen: dict[str, bool] = {}
    for stack in stacks:
        for configuration in stack.of("aws_s3_bucket_replication_configuration"):
            seen |= await replicated(stack, configuration, written)
        for topic in stack.of("aws_sns_topic"):
            arn = f"arn:aws:sns:{stack.region}:{ACCOUNT}:{topic['name']}"
            for service in ("cloudwatch.amazonaws.com", "events.rds.amazonaws.com"):
                source = f"arn:aws:{service.split('.')[0]}:{stack.region}:{ACCOUNT}:any"
                seen[f"{service} publishes to {arn}"] = not await acts.publication(
                    written, service=service, topic=arn, key=key_arn(stack.region), account=ACCOUNT, source=source
                )
        for policy in policies_of(stack):
            seen |= await judged(stack, policy, written)
        for task in stack.of("aws_ecs_task_definition"):
            seen |= await started(stack, task, written)
    return seen


async def started(stack: Stack, task: Mapping[str, Any], written: Written) -> dict[str, bool]:
    """Return whether tasks start, and whether the log that they write is encrypted; the repository's name is any."""
    (container,) = json.loads(task["container_definitions"])
    group = (
        f"arn:aws:logs:{stack.region}:{ACCOUNT}:log-group:{container['logConfiguration']['options']['awslogs-group']}"
    )
    host, _, path = stack.resolved(container["image"]).partition("/")
    repository = f"arn:aws:ecr:{stack.region}:{host.partition('.')[0]}:repository/{path.partition('@')[0]}"
    missing = await acts.task_start(
        written,
        role=stack.resolved(task["execution_role_arn"]),
        cluster=f"arn:aws:ecs:{stack.region}:{ACCOUNT}:cluster/any",
        images=[repository],
        streams=[f"{group}:log-stream:any"],
    )
    encrypted = await acts.log_group_key(written, key=key_arn(stack.region), group=group)
    read = {
        f"ECS reads {given['name']} for {task['family']} in {stack.region}": not await acts.task_secret(
            written, role=stack.resolved(task["execution_role_arn"]), secret=stack.given(given["valueFrom"])
        )
        for given in container.get("secrets", [])
    }
    return {
        f"ECS starts {task['family']} in {stack.region}": not missing,
        f"{group} is encrypted": not encrypted,
        **read,
    }


async def replicated(stack: Stack, configuration: Mapping[str, Any], written: Written) -> dict[str, bool]:
    rules = configuration["rule"]
    rule = rules[0] if isinstance(rules, list) else rules
    source = stack.resolved(configuration["bucket"])
    region = configuration["provider"].removeprefix("aws.").replace("_", "-")
    copy = stack.resolved(rule["destination"]["bucket"]).rpartition(":")[2]
    key = stack.resolved(rule["destination"]["encryption_configuration"]["replica_kms_key_id"])
    sides = (
        acts.Side(bucket=source, region=region, key=key_arn(region)),
        acts.Side(bucket=copy, region=key.split(":")[3], key=key),
    )
    return {
        f"S3 replicates {what} of {source}": not await acts.replication(
            written,
            role=stack.resolved(configuration["role"]),
            source=sides[0],
            destination=sides[1],
            name="any",
            marker=what == "deletions",
        )
        for what in ("objects", "deletions")
    }


async def judged(stack: Stack, policy: Policy, written: Written) -> dict[str, bool]:
    arn = policy.of
    match policy.kind:
        case "bucket":
            plain = Request(
                action="s3:GetObject",
                resource=f"arn:aws:s3:::{arn}/any",
                arn=f"arn:aws:iam::{ACCOUNT}:root",
                context={"aws:SecureTransport": "false"},
            )
            now = await written.bucket(arn) or {}
            return {
                f"{arn} refuses plain HTTP": effect([now], plain, principals=True) is Effect.DENIED,
                f"CloudFront reads {arn}": await cloudfront_reads(written, stack, arn),
                f"CloudFront is told what {arn} lacks": await acts.origin_tells_what_is_missing(
                    written, distribution=DISTRIBUTION, bucket=arn
                ),
            }
        case "key":
            used = await acts.use_of_key(written, key=arn, account=ACCOUNT, service="rds", region=stack.region)
            context = {"aws:SourceArn": DISTRIBUTION}
            decrypts = Request(action="kms:Decrypt", resource=arn, service="cloudfront.amazonaws.com", context=context)
            now = await written.key(arn) or {}
            dsql = await acts.dsql_key(
                written, key=arn, account=ACCOUNT, cluster=f"arn:aws:dsql:{stack.region}:{ACCOUNT}:cluster/{'0' * 26}"
            )
            return {
                f"the account uses {arn}": not used,
                f"CloudFront decrypts with {arn}": effect([now], decrypts, principals=True) is Effect.ALLOWED,
                f"Aurora DSQL uses {arn}": not dsql,
            }
        case "trust":
            monitored = f"arn:aws:rds:{stack.region}:{ACCOUNT}:db:any"
            return {
                f"AWS Backup takes {arn}": not await acts.backup_role(written, role=arn),
                f"RDS takes {arn}": await acts.takes_monitoring_role(
                    written, role=arn, account=ACCOUNT, source=monitored
                ),
            }
    return {}


async def cloudfront_reads(written: Written, stack: Stack, bucket: str) -> bool:
    return not await acts.origin_access(
        written,
        distribution=DISTRIBUTION,
        bucket=bucket,
        name="any",
        key=key_arn(stack.region),
    )


#: Statements by their Sid, without which nothing here changes, and the AWS page that asks for each.
_CROSS_REGION: Final = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html"
DEMANDED: dict[str, str] = {"EventBridgeTakesIt": _CROSS_REGION, "HeartbeatsReachTheOtherRegion": _CROSS_REGION}


def workloads() -> dict[str, list[Stack]]:
    stacks = [Stack.read(path) for path in sorted(GOLDEN.glob("test_stack_synthesizes*.json"))]
    return {
        workload: [one for one in stacks if one.workload == workload] for workload in {one.workload for one in stacks}
    }


WORKLOADS = workloads()
STATEMENTS = [
    pytest.param(workload, policy, index, id=f"{workload}-{policy.kind}-{policy.of}-{statement.get('Sid', index)}")
    for workload, stacks in sorted(WORKLOADS.items())
    for stack in stacks
    for policy in policies_of(stack)
    for index, statement in enumerate(policy.document["Statement"])
]


def test_every_service_can_do_what_the_stacks_have_it_do() -> None:
    for stacks in WORKLOADS.values():
        written = Written(tuple(policy for stack in stacks for policy in policies_of(stack)))
        seen = asyncio.run(what_happens(stacks, written))

        does = ("S3", "cloudwatch", "events", "Aurora DSQL")
        missing = [what for what, happens in seen.items() if not happens and what.startswith(does)]
        assert missing == []


@pytest.mark.parametrize(("workload", "policy", "index"), STATEMENTS)
def test_a_statement_that_is_taken_away_is_missed(workload: str, policy: Policy, index: int) -> None:
    stacks = WORKLOADS[workload]
    policies = [one for stack in stacks for one in policies_of(stack)]
    without = [one.without(index) if one == policy else one for one in policies]

    before = asyncio.run(what_happens(stacks, Written(tuple(policies))))
    after = asyncio.run(what_happens(stacks, Written(tuple(without))))

    statement = policy.document["Statement"][index]
    assert before != after or statement.get("Sid") in DEMANDED
