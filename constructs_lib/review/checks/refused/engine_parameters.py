"""Parameters of database engines that RDS refuses: static ones that are to apply at once, and unknown names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.databases.parameter_names import parameter_names
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_USED_BY: Final = {
    "aws_db_parameter_group": (
        ("aws_db_instance", "parameter_group_name"),
        ("aws_rds_cluster_instance", "db_parameter_group_name"),
    ),
    "aws_rds_cluster_parameter_group": (("aws_rds_cluster", "db_cluster_parameter_group_name"),),
}


def engine_parameters(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the parameters that RDS refuses in the groups of databases that have an objective."""
    for type, users in _USED_BY.items():
        for group in under_review.after(type):
            reviewed = _user(under_review, group, users)
            if reviewed is not None:
                yield from _refused(group, reviewed)


def _user(
    under_review: PlanUnderReview, group: Resource, users: tuple[tuple[str, str], ...]
) -> ReviewedComponent | None:
    for type, argument in users:
        named = under_review.naming(type, argument).get(group.text("name") or "", ())
        for user in (*under_review.parts(type, argument).get(group.address, ()), *named):
            if owners := under_review.owners(user.address):
                return owners[0]
    return None


def _refused(group: Resource, reviewed: ReviewedComponent) -> Iterator[Found]:
    family = group.text("family") or ""
    engine = load_engines().get(family.rstrip("0123456789."))
    names = None if engine is None else parameter_names(engine)
    if names is None:
        return
    for block in group.blocks("parameter"):
        name = block.get("name")
        if not isinstance(name, str):
            continue
        if not names.has(name):
            values = {"parameter": name, "family": family}
            yield Found(id="RECOVERY-325", address=group.address, reviewed=reviewed, values=values)
        elif names.is_static(name) and block.get("apply_method") in (None, "", "immediate"):
            yield Found(id="RECOVERY-324", address=group.address, reviewed=reviewed, values={"parameter": name})
