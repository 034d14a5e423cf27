"""Live AWS against the objectives: the same components, the same judgement, and how old each copy is now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
from msgspec.structs import replace

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.errors import EvaluationError
from constructs_lib.live.keys import keys_in
from constructs_lib.live.read import Account, read_account
from constructs_lib.objectives import Disruption
from constructs_lib.objectives.tags import COMPONENT, WORKLOAD
from constructs_lib.plan.document.format import ChangeBody, Document, ResourceChange
from constructs_lib.plan.read import read_documents
from constructs_lib.review import Review, review

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.live.found import Found, Observed, Unasked
    from constructs_lib.plan import Plan
    from constructs_lib.review import ComponentReview
    from constructs_lib.selection.decision import Decision

__all__ = ["Audit", "audit"]


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What an account keeps now.

    Attributes:
        review: The review of what was found, in which before and after are the same.
        observed: How far behind a component's copy is, or its newest point to go back to, by the component's address.
        unasked: What could not be asked.
        missing: What was decided, and is not in its Region: nothing there has its tags.
        unbacked: The components that are to be recovered from a backup of AWS Backup of which there is none: why.
        unreadable: The components of which something is encrypted with a key that is disabled or deleted: why.
        untold: What another account may hold, and this one does not tell. It changes no verdict: what it would do
            counts as not there.
    """

    review: Review
    observed: Mapping[str, Observed]
    unasked: tuple[Unasked, ...]
    missing: tuple[Decision, ...] = ()
    unbacked: Mapping[str, str] = msgspec.field(default_factory=dict)
    unreadable: Mapping[str, str] = msgspec.field(default_factory=dict)
    untold: tuple[str, ...] = ()

    @property
    def late(self) -> tuple[str, ...]:
        """The components whose copy is older now than the RPO promised for the loss of a Region."""
        return tuple(
            item.address
            for item in self.review.components
            if (target := item.objective.target(Disruption.REGION)) is not None
            and item.address in self.observed
            and self.observed[item.address].rpo_seconds > target.rpo
        )

    @property
    def verdict(self) -> Verdict:
        """The verdict of the review, worsened by what is late now, what could not be asked, and what is not there."""
        found = [self.review.verdict]
        found += [Verdict.BREACHED] if self.late or self.unbacked or self.unreadable else []
        found += [Verdict.UNKNOWN] if self.unasked or self.missing else []
        return max(found, key=lambda verdict: verdict.rank)


def audit(
    regions: Sequence[str],
    declaration: Declaration | None,
    *,
    addresses: Mapping[tuple[str, str, str], str] | None = None,
    tags: Mapping[tuple[str, str, str], Mapping[str, str]] | None = None,
    decisions: Sequence[Decision] = (),
    today: date,
    session: Any = None,
    now: datetime | None = None,
) -> Audit:
    """Return what *regions* of an account keep.

    Args:
        regions: The Regions to ask.
        declaration: What `recovery.yaml` declares. None: the tags `recovery:*` alone.
        addresses: Terraform's address of what is known by type, Region and name. Default: made of type and name.
        tags: What is promised for what is managed elsewhere and has no tags of ours, by the same. Default: nothing.
        decisions: What stacks build, which is looked for. Default: nothing.
        today: Decides which waivers hold.
        session: A boto3 session. Default: one from the environment.
        now: The time that ages are counted to. Default: now.

    Raises:
        EvaluationError: If nothing at all could be asked.
    """
    account = read_account(regions, copies=True, session=session, now=now)
    if not account.answers:
        first = f": {account.unasked[0].what}: {account.unasked[0].error}" if account.unasked else ""
        msg = f"nothing could be asked of {', '.join(regions)}{first}; look at the credentials and at the network"
        raise EvaluationError(msg)
    account = replace(account, found=tuple(_promised(item, tags or {}) for item in account.found))
    # Where another Region was not asked, or did not answer, it is not known what that holds.
    plan = attrs.evolve(_plan(account, addresses or {}), live=len(set(regions)) > 1 and not account.unasked)
    facts = load_catalog()
    found = review(plan, declaration, today=today, names=sorted(set(regions)), catalog=facts)
    # It is read like a plan that changes nothing, and is none.
    found = replace(found, plans=tuple(replace(one, kind="state") for one in found.plans))
    return Audit(
        review=found,
        observed={item.address: seen for item in found.components if (seen := _seen(item, plan, account)) is not None},
        unasked=account.unasked,
        missing=() if account.unasked else tuple(_missing(decisions, account, regions, facts)),
        unbacked={} if account.unasked else dict(_unbacked(found.components, plan, account, facts)),
        unreadable=dict(_unreadable(found.components, plan, account)),
        untold=tuple(_untold(account)),
    )


def _untold(account: Account) -> Iterator[str]:
    """Yield the health checks of workloads that no record follows in the hosted zones of this account.

    A zone is often another account's, as that of a company's names; Route 53 tells each account of its own alone.
    """
    checks = {str(item.values["id"]): item.values for item in account.found if item.type == "aws_route53_health_check"}
    if any(item.what.startswith("route53:") for item in account.unasked):
        return  # they may be here
    followed = {item.values.get("health_check_id") for item in account.found if item.type == "aws_route53_record"}
    counted = {str(one) for values in checks.values() for one in values.get("child_healthchecks") or ()}
    for identity in sorted(checks.keys() - followed - counted):
        workload = checks[identity]["tags_all"][WORKLOAD]
        yield (
            f"no record of a hosted zone of this account follows health check {identity} of {workload}: where another "
            f"account has the zone, nobody tells here whether the record still turns, and callers count as sent by "
            f"people; look there, with `aws route53 list-resource-record-sets`"
        )


def _missing(
    decisions: Sequence[Decision], account: Account, regions: Sequence[str], facts: Catalog
) -> Iterator[Decision]:
    """Yield what was decided for one of *regions* and is not there; what somebody else manages may have other tags."""
    there = {
        (item.region, tags.get(WORKLOAD), tags.get(COMPONENT))
        for item in account.found
        if (tags := item.values.get("tags_all"))
    }
    for decision in decisions:
        component = decision.component
        # What is external is built by somebody else, and the catalogue knows nothing of it.
        kind = facts.kinds.get(component.kind)
        looked_for = (
            kind is not None
            and kind.layer == "data"
            and component.region in regions
            and "existing" not in decision.features
        )
        if looked_for and (component.region, decision.workload, decision.name) not in there:
            yield decision


def _unbacked(
    components: Sequence[ComponentReview], plan: Plan, account: Account, facts: Catalog
) -> Iterator[tuple[str, str]]:
    """Yield what a plan of AWS Backup is to bring back, and has made no backup of; a rule alone recovers nothing."""
    asked = {item.values.get("arn") for item in account.found if item.type == "aws_backup_vault"}
    for component in components:
        # What a vault of another account holds, or of a Region that was not asked, nobody has told.
        told = plan.live and set(_copied_to(account, component.region)) <= asked
        found = {region for region, _ in _backups(component.members or (component.address,), plan, account)}
        for disruption, there, where in (
            (Disruption.SOFTWARE, bool(found), "of it in any vault"),
            (Disruption.REGION, bool(found - {component.region}) or not told, "of it in another Region's vaults"),
        ):
            target, after = component.objective.target(disruption), component.after
            by = None if target is None or after is None else after.estimates[disruption].mechanism
            if by is not None and facts.mechanism(component.kind, by).role == "backups" and not there:
                yield component.address, f"there is no backup {where}"


def _unreadable(components: Sequence[ComponentReview], plan: Plan, account: Account) -> Iterator[tuple[str, str]]:
    """Yield what nobody can read, here or there: a setting that is right does not help it."""
    values = {(item.type, item.region, item.name): item.values for item in account.found}
    for component in components:
        for address in component.members or (component.address,):
            resource = plan.resources_after.get(address)
            if resource is None or resource.region is None:
                continue
            named = keys_in(dict(values.get((resource.type, resource.region, resource.name), {})))
            for arn in sorted(account.locked.keys() & set(named)):
                yield component.address, f"nothing of {address} can be read: its key {arn} is {account.locked[arn]}"


def _copied_to(account: Account, region: str | None) -> Iterator[str]:
    """Yield the ARNs of the vaults that plans in *region* copy to."""
    for item in account.found:
        if item.type == "aws_backup_plan" and item.region == region:
            for rule in item.values["rule"]:
                yield from (str(copy.get("destination_vault_arn")) for copy in rule.get("copy_action", ()))


def _promised(item: Found, tags: Mapping[tuple[str, str, str], Mapping[str, str]]) -> Found:
    """Return what was found with the tags that stacks give it; its own count before them."""
    given = tags.get((item.type, item.region, item.name))
    if given is None:
        return item
    return attrs.evolve(item, values={**item.values, "tags_all": {**given, **(item.values.get("tags_all") or {})}})


def _plan(account: Account, addresses: Mapping[tuple[str, str, str], str]) -> Plan:
    by_region: dict[str, list[ResourceChange]] = {}
    for item in account.found:
        by_region.setdefault(item.region, []).append(_unchanged(item, addresses))
    return read_documents(
        {
            region: (Document(format_version="1.2", resource_changes=changes, complete=True), region)
            for region, changes in by_region.items()
        }
    )


def _unchanged(item: Found, addresses: Mapping[tuple[str, str, str], str]) -> ResourceChange:
    values = msgspec.Raw(json.dumps(dict(item.values), default=str).encode())
    return ResourceChange(
        address=addresses.get((item.type, item.region, item.name), f"{item.type}.{item.name}"),
        type=item.type,
        name=item.name,
        change=ChangeBody(
            actions=("no-op",),
            before=values,
            after=values,
            after_unknown=msgspec.Raw(json.dumps(dict(_unknown(item))).encode()),
        ),
    )


def _unknown(item: Found) -> Iterator[tuple[str, object]]:
    for name in item.unknown:
        block, dot, argument = name.partition(".")
        yield block, [{argument: argument not in given} for given in item.values.get(block, ())] if dot else True


def _seen(component: ComponentReview, plan: Plan, account: Account) -> Observed | None:
    """Return how far behind the copy elsewhere is; where there is none, the newest point to go back to.

    A backup elsewhere counts where nothing follows the component by itself: it is then what the Region's loss leaves.
    """
    members = component.members or (component.address,)
    here = list(_observed(members, plan, account))
    elsewhere = [seen for region, seen in here if region != component.region]
    lag = [seen for _, seen in here if seen.source not in _POINTS]
    backups = list(_backups(members, plan, account))
    copied = [seen for region, seen in backups if region != component.region]
    found = elsewhere or lag or copied or [seen for _, seen in here] or [seen for _, seen in backups]
    return max(found, key=lambda seen: seen.rpo_seconds, default=None)


_POINTS = ("LatestRestorableTime", "LatestRestorableDateTime")
"""What tells of the component's own Region alone."""


def _backups(members: Sequence[str], plan: Plan, account: Account) -> Iterator[tuple[str, Observed]]:
    """Yield the Region and the age of the newest backup of each of *members*."""
    arns = {(item.type, item.region, item.name): item.values.get("arn") for item in account.found}
    for address in members:
        resource = plan.resources_after.get(address)
        if resource is not None and resource.region is not None:
            arn = arns.get((resource.type, resource.region, resource.name))
            yield from ((region, seen) for (of, region), seen in account.copies.items() if of == arn)


def _observed(members: Sequence[str], plan: Plan, account: Account) -> Iterator[tuple[str, Observed]]:
    seen = {(item.type, item.region, item.name): item.observed for item in account.found if item.observed is not None}
    for address in members:
        resource = plan.resources_after.get(address)
        if resource is not None and resource.region is not None:
            found = seen.get((resource.type, resource.region, resource.name))
            if found is not None:
                yield resource.region, found
