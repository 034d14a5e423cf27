"""Whether the service that stands by finds all that it is given in its own Region."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.catalog.leading_home import leading_home
from constructs_lib.components import Kind
from constructs_lib.plan.document.arn import as_region
from constructs_lib.plan.kinds.key_secret_repository import replicated_to
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["standby_closure"]

_SECRET: Final = "aws_secretsmanager_secret"
_PARAMETER: Final = "aws_ssm_parameter"
_REPOSITORY: Final = "aws_ecr_repository"
_LOG: Final = "aws_cloudwatch_log_group"
_KEYED: Final = (_SECRET, _PARAMETER, _REPOSITORY, _LOG, "aws_kms_key")
_WHAT: Final = {_SECRET: "secret", _PARAMETER: "parameter", _REPOSITORY: "repository", _LOG: "log group"}
_REGISTRY: Final = "aws_ecr_replication_configuration"
_ARN: Final = re.compile(r"arn:aws[a-z-]*:(secretsmanager|ssm):([a-z0-9-]+):[0-9]*:(?:secret:|parameter)([^:]+)")
_IMAGE: Final = re.compile(r"[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([a-z0-9._/-]+)")
_SUFFIX: Final = re.compile(r"-[A-Za-z0-9]{6}")
_DEFINITIONS: Final = "container_definitions"


class _Need(NamedTuple):
    """Something a container needs in the Region where it runs."""

    type: str
    name: str
    region: str | None


def standby_closure(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what a standby is given that leads to the Region of its service, or is there alone."""
    plan = under_review.plan
    for address, original in plan.copies_after.items():
        reviewed = under_review.reviewed_components.get(original)
        standby = plan.resources_after.get(address)
        if reviewed is None or reviewed.kind is not Kind.SERVICE or standby is None:
            continue
        home, there = reviewed.region, standby.region
        definition = under_review.target(standby, "task_definition", "aws_ecs_task_definition")
        if definition is None or home is None or there is None or home == there:
            continue
        for id, values in _found(under_review, definition, home, there):
            named = {"home": home, "region": there, **values}
            yield Found(id=id, address=definition.address, reviewed=reviewed, region=there, values=named)


def _found(
    under_review: PlanUnderReview, definition: Resource, home: str, there: str
) -> Iterator[tuple[str, dict[str, str]]]:
    if definition.is_unknown(_DEFINITIONS):
        # What it is made of tells more than nothing.
        for address in under_review.plan.resolve(definition.address, _DEFINITIONS):
            resource = under_review.plan.resources_after.get(address)
            if resource is not None and resource.type in _KEYED and resource.region == home:
                yield "RECOVERY-231", {"path": _DEFINITIONS, "text": address}
        return
    containers = _containers(definition)
    secret = definition.is_sensitive(_DEFINITIONS)
    for path, text in _leading(definition.type, containers, home):
        id = "RECOVERY-233" if ".environment." in path else "RECOVERY-231"
        yield id, {"path": path, "text": "what is not shown, as it is sensitive" if secret else text}
    for need in dict.fromkeys(item for container in containers for item in _needs(container, there)):
        only = _only_at_home(under_review, need, home, there)
        if only is not None:
            yield "RECOVERY-232", {"what": _WHAT[need.type], "only": only}


def _containers(definition: Resource) -> list[dict[str, Any]]:
    try:
        found = json.loads(definition.text(_DEFINITIONS) or "[]")
    except ValueError:
        return []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _leading(type_: str, containers: list[dict[str, Any]], home: str) -> Iterator[tuple[str, str]]:
    for found in leading_home(type_, {_DEFINITIONS: containers}, home):
        yield found.path, found.text
    for number, container in enumerate(containers):
        if _log_options(container).get("awslogs-region") == home:
            yield f"{_DEFINITIONS}.{number}.logConfiguration.options.awslogs-region", home


def _log_options(container: dict[str, Any]) -> dict[str, Any]:
    configuration = container.get("logConfiguration")
    options = configuration.get("options") if isinstance(configuration, dict) else None
    return options if isinstance(options, dict) else {}


def _needs(container: dict[str, Any], there: str) -> Iterator[_Need]:
    """Yield what *container* needs in the Region *there*, by name."""
    image = _IMAGE.match(str(container.get("image") or ""))
    if image is not None:
        yield _Need(_REPOSITORY, image[2], image[1])
    secrets = container.get("secrets")
    for item in secrets if isinstance(secrets, list) else []:
        text = str(item.get("valueFrom") or "") if isinstance(item, dict) else ""
        arn = _ARN.match(text)
        if arn is not None and arn[1] == "secretsmanager":
            yield _Need(_SECRET, arn[3], arn[2])
        elif arn is not None:
            yield _Need(_PARAMETER, arn[3], arn[2])
        elif text:
            yield _Need(_PARAMETER, text, there)
    options = _log_options(container)
    if options.get("awslogs-group") and options.get("awslogs-create-group") != "true":
        yield _Need(_LOG, str(options["awslogs-group"]), str(options.get("awslogs-region")))


def _only_at_home(under_review: PlanUnderReview, need: _Need, home: str, there: str) -> str | None:
    """Return the address of what is called so at home, where nothing of the name is, or comes to be, in *there*."""
    if need.region != there:
        return None
    named = [item for item in under_review.after(need.type) if _is_called(item, need)]
    at_home = next((item for item in named if item.region == home), None)
    # What has no Region may be in this one.
    if at_home is None or any(item.region in (there, None) for item in named):
        return None
    return None if _copied(under_review, at_home, home, there) else at_home.address


def _is_called(resource: Resource, need: _Need) -> bool:
    name = resource.text("name")
    if name is None:
        return False
    if need.type == _SECRET:
        # AWS ends the ARN with a suffix of its own.
        return need.name.startswith(name) and _SUFFIX.fullmatch(need.name[len(name) :] or "-000000") is not None
    return name == need.name or (need.type == _PARAMETER and f"/{name}" == need.name)


def _copied(under_review: PlanUnderReview, resource: Resource, home: str, there: str) -> bool:
    """Tell whether AWS copies it to *there*, or may."""
    if resource.type == _SECRET:
        return resource.is_unknown("replica") or any(
            as_region(item.get("region")) in (there, None) for item in resource.blocks("replica")
        )
    if resource.type != _REPOSITORY:
        return False
    registries = [item for item in under_review.after(_REGISTRY) if item.region in (home, None)]
    # There is one for each registry, which may be in another state.
    return not registries or any(
        region in (there, None) for item in registries for region in replicated_to(item, resource.text("name"))
    )
