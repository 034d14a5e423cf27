"""What is there and answers nobody: a cluster without an instance, a distribution or a service that is switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.plan.kinds.db_cluster import has_own_data
from constructs_lib.review.checks.lost.after_failover import instances_of
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview

    Why = Callable[[PlanUnderReview, Resource], dict[str, str] | None]

_CLUSTER: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"


def answers_nobody(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the components that keep what they hold, and serve it to nobody, in a disaster or without one."""
    for reviewed in under_review.reviewed_components.values():
        main = under_review.plan.resources_after.get(reviewed.address)
        if main is None:
            continue
        check = _CHECKS.get(main.type)
        values = None if check is None else check(under_review, main)
        if values is not None:
            values = {"mechanism": f"what protects {reviewed.address}", **values}
            # What an account holds is all there is; a plan shows one state of several.
            elsewhere = main.type == _CLUSTER and not under_review.plan.live
            yield Found(
                id="RECOVERY-237" if elsewhere else "RECOVERY-200",
                address=reviewed.address,
                reviewed=reviewed,
                values=values,
                ruins=(reviewed.address,),
            )


def _cluster(under_review: PlanUnderReview, cluster: Resource) -> dict[str, str] | None:
    mode, joined = "engine_mode", "global_cluster_identifier"
    # The instances of a Multi-AZ DB cluster are RDS's own, and Serverless v1 has none.
    if not (cluster.text("engine") or "").startswith("aurora") or cluster.text(mode) == "serverless":
        return None
    if cluster.is_unknown(mode) and not cluster.left_out(mode):
        return None
    # After a failover a secondary may have an instance that only the runbook knows.
    alone = not cluster.text(joined) and (not cluster.is_unknown(joined) or cluster.left_out(joined))
    if not alone and not has_own_data(cluster):
        return None
    # That the plan destroys the last one is found.
    if instances_of(under_review, cluster.address, "after") or instances_of(under_review, cluster.address, "before"):
        return None
    if any(_may_be_anybodys(under_review, item) for item in under_review.after(_INSTANCE)):
        return None
    doubt = "the cluster has no instance, so it keeps its data and answers nobody"
    return {"doubt": doubt, "change": f"give it an {_INSTANCE}"}


def _may_be_anybodys(under_review: PlanUnderReview, instance: Resource) -> bool:
    name = "cluster_identifier"
    return instance.is_unknown(name) and not under_review.plan.resolve(instance.address, name)


def _distribution(_: PlanUnderReview, distribution: Resource) -> dict[str, str] | None:
    if distribution.get("enabled") is not False:
        return None
    return {"doubt": "the distribution is disabled, so it answers nobody", "change": "set enabled = true on it"}


def _service(under_review: PlanUnderReview, service: Resource) -> dict[str, str] | None:
    """Return that the plan takes the last task. One that had none may have been scaled down for a night, or be new.

    Where it starts tasks of what stands by instead, it moves the service.
    """
    count, plan = "desired_count", under_review.plan
    before = plan.resources_before.get(service.address)
    if before is None or not before.number(count) or service.number(count) != 0:
        return None
    others = [address for address, original in plan.copies_after.items() if original == service.address]
    for was, now in ((plan.resources_before.get(other), plan.resources_after.get(other)) for other in others):
        if now is not None and (now.number(count) or 0) > (0 if was is None else was.number(count) or 0):
            return None
    return {"doubt": "the plan scales the service to no task, so it answers nobody", "change": f"keep its {count}"}


_CHECKS: Final[Mapping[str, Why]] = {
    _CLUSTER: _cluster,
    "aws_cloudfront_distribution": _distribution,
    "aws_ecs_service": _service,
}
