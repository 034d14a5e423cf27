"""What the containers of a task definition need in the Region where they run, by name."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.catalog.resources.leading_home import buckets_of_home, names_alone
from constructs_lib.refusal import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = [
    "BUCKET",
    "CONNECTIONS",
    "DEFINITIONS",
    "LOG",
    "PARAMETER",
    "REPOSITORY",
    "SECRET",
    "WHAT",
    "Need",
    "asked_of_ecr",
    "buckets_named",
    "containers_of",
    "global_writers",
    "log_options",
    "needs_of",
    "told_of",
]

DEFINITIONS: Final = "container_definitions"
SECRET: Final = "aws_secretsmanager_secret"
PARAMETER: Final = "aws_ssm_parameter"
REPOSITORY: Final = "aws_ecr_repository"
LOG: Final = "aws_cloudwatch_log_group"
BUCKET: Final = "aws_s3_bucket"
WHAT: Final = {SECRET: "secret", PARAMETER: "parameter", REPOSITORY: "repository", LOG: "log group"}
"""What a message calls each of the types that containers need."""

CONNECTIONS: Final = ("aws_ec2_transit_gateway_peering_attachment", "aws_vpc_peering_connection")
"""The types that connect the networks of two Regions."""

_LONGEST: Final = 40
_GLOBAL_WRITER: Final = re.compile(r"(?<![\w.-])[\w-]+\.global-\w+\.global\.rds\.amazonaws\.com")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:(secretsmanager|ssm):([a-z0-9-]+):[^:]*:(?:secret:|parameter)([^:]+)")
_IMAGE: Final = re.compile(r"[^/]+\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([a-z0-9._/-]+)")
_CALLED: Final = re.compile(
    r"(?P<registry>\d{12})?[^/]*\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/(?P<repository>[a-z0-9._/-]+)"
    r"(?:@(?P<digest>sha256:\w+)|:(?P<tag>[\w.-]+))"
)
_SUFFIX: Final = re.compile(r"-[A-Za-z0-9]{6}")


class Need(NamedTuple):
    """Something that a container needs.

    Attributes:
        type: Terraform's type of it.
        name: What it is called; of a secret the end of its ARN.
        region: The Region where it is looked for.
    """

    type: str
    name: str
    region: str

    def is_called(self, name: str) -> bool:
        """Tell whether a resource of the type, called *name*, is what is meant."""
        if self.type == SECRET:
            # AWS ends the ARN with a suffix of its own.
            left = self.name[len(name) :]
            return self.name.startswith(name) and (not left or _SUFFIX.fullmatch(left) is not None)
        return name == self.name or (self.type == PARAMETER and f"/{name}" == self.name)


def containers_of(definitions: str | None) -> list[dict[str, Any]]:
    """Return the containers that the JSON of a task definition lists; none where it is not what ECS takes."""
    try:
        found = json.loads(definitions or "[]")
    except ValueError:
        return []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def global_writers(container: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the variables of *container* that name the writer endpoint of an Aurora global database, and the name."""
    given = container.get("environment")
    for item in given if isinstance(given, list) else []:
        if isinstance(item, dict):
            yield from ((str(item.get("name")), found) for found in _GLOBAL_WRITER.findall(str(item.get("value"))))


def told_of(container: dict[str, Any], region: str) -> Iterator[tuple[str, str]]:
    """Yield where a container is told of *region* by its name alone, and what that is: its log, variable or command."""
    for option, value in log_options(container).items():
        if value == region and option.lower().endswith("region"):
            yield f"logConfiguration.options.{option}", option
    given = container.get("environment")
    for number, item in enumerate(given if isinstance(given, list) else []):
        if isinstance(item, dict) and item.get("value") == region:
            yield f"environment.{number}.value", str(item.get("name"))
    check = container.get("healthCheck")
    for name, words in (
        ("command", container.get("command")),
        ("entryPoint", container.get("entryPoint")),
        ("healthCheck.command", check.get("command") if isinstance(check, dict) else None),
    ):
        for number, word in enumerate(words if isinstance(words, list) else []):
            if isinstance(word, str) and names_alone(word, region):
                yield f"{name}.{number}", shown(word, _LONGEST)


def buckets_named(container: dict[str, Any], names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield where *container* names one of the buckets *names*, and which: each is of one Region."""
    yield from buckets_of_home(DEFINITIONS, container, names)


def log_options(container: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a container's log driver."""
    configuration = container.get("logConfiguration")
    options = configuration.get("options") if isinstance(configuration, dict) else None
    return options if isinstance(options, dict) else {}


def asked_of_ecr(container: dict[str, Any]) -> dict[str, Any] | None:
    """Return what ECR is asked for the image of *container*, as DescribeImages takes it; None where it is not there."""
    found = _CALLED.fullmatch(str(container.get("image") or ""))
    if found is None:
        return None
    id_ = {"imageDigest": found["digest"]} if found["digest"] else {"imageTag": found["tag"]}
    whose = {"registryId": found["registry"]} if found["registry"] else {}
    return {**whose, "repositoryName": found["repository"], "imageIds": [id_]}


def needs_of(container: dict[str, Any], region: str) -> Iterator[Need]:
    """Yield what *container* needs to start in *region*."""
    image = _IMAGE.match(str(container.get("image") or ""))
    if image is not None:
        yield Need(REPOSITORY, image[2], image[1])
    secrets = container.get("secrets")
    for item in secrets if isinstance(secrets, list) else []:
        text = str(item.get("valueFrom") or "") if isinstance(item, dict) else ""
        arn = _ARN.match(text)
        if arn is not None:
            yield Need(SECRET if arn[1] == "secretsmanager" else PARAMETER, arn[3], arn[2])
        elif text:
            yield Need(PARAMETER, text, region)
    options = log_options(container)
    if options.get("awslogs-group") and options.get("awslogs-create-group") != "true":
        yield Need(LOG, str(options["awslogs-group"]), str(options.get("awslogs-region")))
