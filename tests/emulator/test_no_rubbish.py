"""What the library and Terraform's provider call, of what is not there, is empty, missing or no page: AWS's own errors.

No call breaks an emulator below, and every error code is the operation's own or one that its service has for all.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationNotFoundError, ServiceModel, StructureShape

from constructs_lib.emulator import emulated_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel, Shape

    from constructs_lib.emulator import EmulatedAws

LIBRARY: Final = Path(__file__).parents[2] / "constructs_lib"
#: What provider 5.100 called while everything in `configurations/` was made, planned again and destroyed.
PROVIDER: Final = Path(__file__).with_name("provider_calls.txt")
MARKERS: Final = ("Marker", "NextToken", "nextToken", "ContinuationToken", "PaginationToken")
#: Codes of a service's CommonErrors page, and of S3's list of error responses.
COMMON: Final = {
    *("ValidationException", "ValidationError", "InvalidParameterValue", "InvalidParameterCombination"),
    *("MissingParameter", "InvalidParameterException", "InvalidParameter", "AccessDenied", "AccessDeniedException"),
    *("MalformedXML", "InvalidInput", "InvalidArgument", "InvalidRequest", "InvalidBucketName", "NoSuchBucket"),
    *("NoSuchKey", "404", "400", "IllegalLocationConstraintException", "MethodNotAllowed"),
}
#: Codes that a model leaves out: of the first two Terraform's provider takes them for what is gone already.
ELSEWHERE: Final = {
    ("backup", "DeleteRestoreTestingPlan"): "ResourceNotFoundException",
    ("cloudwatch", "DeleteDashboards"): "ResourceNotFound",
    ("elbv2", "DeleteTargetGroup"): "TargetGroupNotFound",
}
#: In files that name an operation: every worker of pytest would parse all of the library.
NAMING: Final = re.compile(r"""["'][a-z0-9-]+["'],\s*["'][A-Z]\w+["']|operation=["']""")
#: What an emulator says of a call that it does not know.
UNKNOWN: Final = {"InvalidAction", "UnknownOperationException", "NotImplemented", "MissingAction"}
LOADER: Final = Loader()
SENT: Final = Config(parameter_validation=False, retries={"max_attempts": 0}, s3={"addressing_style": "path"})


def named_in_the_library() -> Iterator[tuple[str, str]]:
    """Yield the operations that the library names, as keywords or one after the other."""
    for path in LIBRARY.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "emulator" in path.parts or NAMING.search(text) is None:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                keywords = {one.arg: one.value.value for one in node.keywords if isinstance(one.value, ast.Constant)}
                if "operation" in keywords and "service" in keywords:
                    yield str(keywords["service"]), str(keywords["operation"])
                texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                for service, operation in pairwise(texts):
                    if re.fullmatch(r"[a-z0-9-]+", service) and re.fullmatch(r"[A-Z]\w+", operation):
                        yield service, operation


def called() -> list[tuple[str, str]]:
    lines = PROVIDER.read_text(encoding="utf-8").splitlines()
    pairs = {*named_in_the_library(), *((line.partition(" ")[0], line.partition(" ")[2]) for line in lines)}
    return sorted(pair for pair in pairs if model(*pair) is not None)


@cache
def service_of(name: str) -> ServiceModel:
    return ServiceModel(LOADER.load_service_model(name, "service-2"), name)


@cache
def model(service: str, operation: str) -> OperationModel | None:
    try:
        return service_of(service).operation_model(operation)
    except (UnknownServiceError, OperationNotFoundError):
        return None


def made_up(shape: Shape, name: str, *, empty: bool) -> Any:
    """Return a value of this shape that means nothing which is there."""
    match shape:
        case StructureShape():
            return {one: made_up(shape.members[one], one, empty=empty) for one in shape.required_members}
        case ListShape():
            return [] if empty else [made_up(shape.member, name, empty=empty)]
        case MapShape():
            return {}
    match shape.type_name:
        case "string" if empty:
            return ""
        case "string":
            arn = "arn:aws:rds:eu-west-1:123456789012:thing:no-such-thing"
            return shape.enum[0] if shape.enum else arn if "arn" in name.lower() else "no-such-thing"
        case "boolean":
            return True
        case "timestamp":
            return "2026-01-01T00:00:00Z"
        case "blob":
            return b"-"
    return max(1, int(shape.metadata.get("min", 1)))


def variants(operation: OperationModel) -> Iterator[dict[str, Any]]:
    shape = operation.input_shape
    if shape is None:
        yield {}
        return
    absent = made_up(shape, "", empty=False)
    yield absent
    # No SDK sends a path with a hole in it.
    in_path = {name for name, one in shape.members.items() if one.serialization.get("location") == "uri"}
    yield made_up(shape, "", empty=True) | {name: absent[name] for name in in_path if name in absent}
    yield {name: absent[name] for name in in_path if name in absent}
    for name in MARKERS:
        if name in shape.members:
            yield absent | {name: "rubbish"}
    if re.match(r"Describe|List|Get", operation.name):
        for name in shape.members.keys() - set(shape.required_members):
            if re.search(r"(Identifier|Name|Id|Arn)s?$", name):
                yield absent | {name: made_up(shape.members[name], name, empty=False)}


@pytest.fixture(name="alone", scope="module")
def _alone(extra: None) -> Iterator[EmulatedAws]:
    with emulated_aws(region="eu-west-1") as aws:
        yield aws


@pytest.fixture(name="clients", scope="module")
def _clients(alone: EmulatedAws) -> dict[str, Any]:
    keys = {"aws_access_key_id": "-", "aws_secret_access_key": "-"}
    return {
        service: boto3.client(service, region_name="eu-west-1", endpoint_url=alone.endpoint, config=SENT, **keys)
        for service in {service for service, _ in called()}
    }


@pytest.mark.parametrize(("service", "operation"), called())
def test_a_call_of_nothing_is_answered_as_aws_answers(clients: dict[str, Any], service: str, operation: str) -> None:
    known = model(service, operation)
    assert known is not None
    own = {(error.metadata.get("error") or {}).get("code", error.name) for error in known.error_shapes}
    more = COMMON | {ELSEWHERE.get((service, operation), "")}
    for given in variants(known):
        try:
            getattr(clients[service], xform_name(operation))(**given)
        except ClientError as failure:
            status, code = failure.response["ResponseMetadata"]["HTTPStatusCode"], failure.response["Error"]["Code"]
            assert status < 500, f"{given}: {status} {code}"
            assert code not in UNKNOWN, f"{given}: {code}"
            # EC2 and S3 list their codes on pages, not in their models.
            assert not own or service == "ec2" or code in own | more, f"{given}: {code} is none of {sorted(own)}"
