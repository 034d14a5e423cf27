"""Parts that are made in another Region than what they are parts of, which AWS does not find there.

A provider or a `region` was forgotten. Terraform plans it, since it takes a name for a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.plan.document.arn import parse_arn
from constructs_lib.plan.document.expression import references_in
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["parts_elsewhere"]

_BUCKET: Final = "aws_s3_bucket"
_VAULT: Final = "aws_backup_vault"
_FILES: Final = "aws_efs_file_system"
_DATABASE: Final = (("db_subnet_group_name", "aws_db_subnet_group"), ("vpc_security_group_ids", "aws_security_group"))
_NAMED: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    **{type: (("bucket", _BUCKET),) for type in sorted(types_that("read")) if type.startswith(f"{_BUCKET}_")},
    "aws_db_instance": (*_DATABASE, ("parameter_group_name", "aws_db_parameter_group")),
    "aws_rds_cluster": (*_DATABASE, ("db_cluster_parameter_group_name", "aws_rds_cluster_parameter_group")),
    "aws_rds_cluster_instance": (
        ("cluster_identifier", "aws_rds_cluster"),
        ("db_parameter_group_name", "aws_db_parameter_group"),
    ),
    "aws_backup_selection": (("plan_id", "aws_backup_plan"),),
    "aws_backup_vault_policy": (("backup_vault_name", _VAULT),),
    "aws_backup_vault_lock_configuration": (("backup_vault_name", _VAULT),),
    "aws_efs_mount_target": (("file_system_id", _FILES), ("subnet_id", "aws_subnet")),
    "aws_efs_backup_policy": (("file_system_id", _FILES),),
    "aws_efs_replication_configuration": (("source_file_system_id", _FILES),),
    "aws_ecs_service": (("cluster", "aws_ecs_cluster"), ("task_definition", "aws_ecs_task_definition")),
    "aws_lb_listener": (("load_balancer_arn", "aws_lb"),),
}
"""The arguments that name something of the same Region, and its type, by the type of what has them."""


def parts_elsewhere(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what the plan is to make in one Region, and is a part of something in another."""
    for type, named in _NAMED.items():
        made = [item for item in under_review.after(type) if _is_made(under_review, item)]
        for argument, owner_type in named if made else ():
            regions = {owner.region for owner in under_review.after(owner_type)} - {None}
            for part in made:
                # Where all is in one Region, nothing is in another.
                if not regions <= {part.region}:
                    yield from _elsewhere(under_review, part, argument, owner_type)


def _is_made(under_review: PlanUnderReview, resource: Resource) -> bool:
    """Whether the plan is to make it; what is there already was found."""
    change = under_review.changes.get(resource.address)
    return resource.region is not None and change is not None and (change.created or change.replaced)


def _elsewhere(under_review: PlanUnderReview, part: Resource, argument: str, owner_type: str) -> Iterator[Found]:
    if not _tells(part, argument, owner_type):
        return
    resources = under_review.plan.resources_after
    named = (resources.get(address) for address in under_review.plan.resolve(part.address, argument))
    owners = [owner for owner in named if owner is not None and owner.type == owner_type]
    if not owners or any(owner.same_region(part) is not False for owner in owners):
        return
    owner = owners[0]
    reviewed = next(iter((*under_review.owners(part.address), *under_review.owners(owner.address))), None)
    if reviewed is None and not under_review.concerns(part.address)[0]:
        return
    where = f"{owner.address}, its {argument}, is in {owner.region}"
    because = f"it is made in {part.region}, and {where}, so AWS does not find it"
    values = {"because": because, "change": f"give it the provider of {owner.address}, or its region"}
    yield Found(id="RECOVERY-334", address=part.address, reviewed=reviewed, values=values)


def _tells(part: Resource, argument: str, owner_type: str) -> bool:
    """Whether the argument means what is in the plan: a name that is written out may be that of another state's."""
    if part.configured is None or part.references is None:
        return False
    written = part.references.expressions(part.configured).get(argument)
    text = part.text(argument)
    return bool(references_in(written)) or owner_type == _BUCKET or parse_arn(text) is not None
