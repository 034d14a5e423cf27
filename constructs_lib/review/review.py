"""The review: a plan and its objectives to verdicts and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.findings import Severity
from constructs_lib.plan import assessable
from constructs_lib.plan.read import without_collection
from constructs_lib.review.cheapest_change import cheapest_change, repair
from constructs_lib.review.checks.after_failover import after_failover, overwritten
from constructs_lib.review.checks.alarms import alarms
from constructs_lib.review.checks.backup_role import backup_role, broken_backups
from constructs_lib.review.checks.changes_in_place import changes_in_place, undone
from constructs_lib.review.checks.control_plane import control_plane
from constructs_lib.review.checks.copies import copies
from constructs_lib.review.checks.declared_and_missing import missing_promises, waivers
from constructs_lib.review.checks.deletion_protection import deletion_protection
from constructs_lib.review.checks.keys import keys
from constructs_lib.review.checks.lost_parts import lost_parts
from constructs_lib.review.checks.lost_paths import lost_paths
from constructs_lib.review.checks.promises import promises
from constructs_lib.review.checks.provider_accepts import provider_accepts
from constructs_lib.review.checks.refused_copies import refused, refused_copies
from constructs_lib.review.checks.replication_permissions import PROVED_BY, broken_replication, replication_permissions
from constructs_lib.review.checks.state_location import state
from constructs_lib.review.component_review import ComponentReview, review_component, worst
from constructs_lib.review.finding import Finding, Found, worded
from constructs_lib.review.plan_under_review import PlanUnderReview

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.declaration.waiver import Waiver
    from constructs_lib.plan import Plan

__all__ = ["SCHEMA_VERSION", "FailOn", "InventoryLine", "PlanInfo", "Review", "exit_code", "review"]

SCHEMA_VERSION = 1
"""The version of the JSON; it grows when something in it changes its meaning or goes away."""

FailOn = Literal["breached", "unknown", "warning", "worse", "never"]

_SHOWN = 20


@attrs.frozen(kw_only=True, order=True)
class InventoryLine:
    """What was seen and not judged.

    Attributes:
        subject: What it is, a type or a kind.
        reason: Why it was not judged, in one sentence.
        count: How many.
        addresses: Where, at most 20.
    """

    subject: str
    reason: str
    count: int
    addresses: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class PlanInfo:
    """One plan that was read."""

    name: str
    kind: Literal["plan", "state"]
    format_version: str
    terraform_version: str
    complete: bool
    errored: bool
    components: int


@attrs.frozen(kw_only=True)
class Review:
    """What a plan does to recovery.

    Attributes:
        schema_version: The version of this record as JSON.
        verdict: The worst verdict after the plan; undeclared where no component has an objective.
        components: The components that have an objective.
        findings: What was found, the worst first; waived ones too.
        inventory: What was seen and not judged.
        plans: The plans that were read.
        changes: How many resources the plans change.
    """

    schema_version: int = SCHEMA_VERSION
    verdict: Verdict
    components: tuple[ComponentReview, ...]
    findings: tuple[Finding, ...]
    inventory: tuple[InventoryLine, ...]
    plans: tuple[PlanInfo, ...]
    changes: int

    def _of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(item for item in self.findings if item.severity is severity and item.waived_by is None)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The errors that nobody has waived."""
        return self._of(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The warnings that nobody has waived."""
        return self._of(Severity.WARNING)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The notes that nobody has waived."""
        return self._of(Severity.NOTE)

    @property
    def waived(self) -> tuple[Finding, ...]:
        """What somebody has accepted for a time."""
        return tuple(item for item in self.findings if item.waived_by is not None)

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say: nothing found, every objective kept, and no figure changed."""
        changed = any(
            item.changed and component.status == "kept"
            for component in self.components
            for item in component.disruptions
        )
        nothing = len(self.waived) == len(self.findings)
        return nothing and not changed and self.verdict in (Verdict.MET, Verdict.UNDECLARED)

    @property
    def evaluated(self) -> bool:
        """Whether the plans were whole; one that failed half way proves nothing."""
        return all(plan.complete and not plan.errored for plan in self.plans)


def exit_code(review: Review, fail_on: FailOn = "breached") -> int:
    """Return the exit code of `drctl review`: 0 ok, 1 findings, 3 could not evaluate.

    Args:
        review: What was found.
        fail_on: From what on a run fails: errors and breached objectives, unknown ones too, any warning too, only what
            the plan breaks or worsens (of a review made with `baseline`), or never.
            A plan that failed half way, or leaves something out, fails in any case but `never`: what is missing may
            be what matters.
    """
    if fail_on == "never":
        return 0
    if any(plan.errored for plan in review.plans):
        return 3
    if fail_on == "worse":
        return 1 if any(not item.old for item in review.errors) else 0 if review.evaluated else 3
    if review.errors or review.verdict is Verdict.BREACHED:
        return 1
    if fail_on in ("unknown", "warning") and review.verdict is Verdict.UNKNOWN:
        return 1
    if fail_on == "warning" and review.warnings:
        return 1
    return 0 if review.evaluated else 3


def review(
    plan: Plan,
    declaration: Declaration | None = None,
    *,
    today: date,
    catalog: Catalog | None = None,
    prices: Prices | None = None,
    names: Sequence[str] = (),
    baseline: bool = False,
) -> Review:
    """Return what *plan* does to recovery.

    Args:
        plan: The plan, or the plans of several states read together.
        declaration: What `recovery.yaml` declares. Default: nothing; only tags count then.
        today: Decides which waivers hold.
        catalog: The facts. Default: the shipped catalog.
        prices: The prices that the cheapest change is chosen by. Default: the shipped ones.
        names: What the plans are called, in the order in which they were read together.
        baseline: Whether to tell apart what was found before the plan as well; that takes a second review.

    Raises:
        DeclarationError: If two workloads of the declaration claim the same component.
    """
    with without_collection():
        facts = load_catalog() if catalog is None else catalog
        found = _review(plan, declaration, facts, prices, today=today, names=names)
        if not baseline or not any(item.waived_by is None for item in found.findings):
            return found
        before = _review(_as_it_was(plan), declaration, facts, prices, today=today, names=names)
    return _told_apart(found, {item.key for item in before.findings})


def _told_apart(found: Review, before: set[str]) -> Review:
    """Return the review with every finding marked that was made before as well, and that the plan makes no worse."""
    worse = {
        (component.address, item.disruption)
        for component in found.components
        for item in component.disruptions
        if component.worsens(item.disruption)
    }
    findings = tuple(
        attrs.evolve(item, old=item.key in before and (item.component, item.disruption) not in worse)
        for item in found.findings
    )
    return attrs.evolve(found, findings=findings)


def _review(
    plan: Plan,
    declaration: Declaration | None,
    facts: Catalog,
    prices: Prices | None,
    *,
    today: date,
    names: Sequence[str],
) -> Review:
    under_review = _under_review(plan, declaration, facts)
    outcome = {}
    for address, reviewed in list(under_review.reviewed_components.items()):
        if assessable(reviewed.either):
            first = review_component(under_review, reviewed)
            change = None
            if first.after is not None and first.verdict is Verdict.BREACHED:
                after = first.after.component
                change = repair(after, reviewed.objective, catalog=facts) or cheapest_change(
                    after, reviewed.objective, catalog=facts, declaration=declaration, prices=prices
                )
            outcome[address] = first if change is None else attrs.evolve(first, cheapest_change=change)
    found = [*_found(under_review, outcome)]
    accepted = () if declaration is None else declaration.waivers
    findings = {_worded(under_review, item, accepted, today) for item in found}
    used = [item.waived_by for item in findings if item.waived_by is not None]
    findings |= {worded(item, None) for item in waivers(declaration, used, today)}
    ordered = tuple(sorted(findings, key=lambda item: item.order))
    return Review(
        verdict=_verdict(outcome, ordered),
        components=tuple(outcome.values()),
        findings=ordered,
        inventory=tuple(sorted(_inventory(under_review, outcome))),
        plans=tuple(_plans(plan, names)),
        changes=len(plan.changes),
    )


def _under_review(plan: Plan, declaration: Declaration | None, facts: Catalog) -> PlanUnderReview:
    """Return what is reviewed, with doubts on the replications that are proved not to work on either side."""
    first = PlanUnderReview(plan, declaration, facts)
    after = broken_replication(first)
    if plan.kind == "state":
        return PlanUnderReview(plan, declaration, facts, broken_before=after, broken_after=after) if after else first
    # In most plans nothing is changed that a proof rests on, and then one proof serves both sides.
    proved = any(change.type in PROVED_BY for change in plan.changes)
    before = broken_replication(PlanUnderReview(_as_it_was(plan), declaration, facts)) if proved else after
    errors = (*provider_accepts(first), *refused_copies(first))
    after = {**after, **broken_backups(first), **undone(first), **overwritten(first), **refused(first, errors)}
    if not before and not after:
        return first
    return PlanUnderReview(plan, declaration, facts, broken_before=before, broken_after=after)


def _as_it_was(plan: Plan) -> Plan:
    """Return the plan with its first side on both, to prove what holds before it."""
    return attrs.evolve(
        plan,
        after=plan.before,
        resources_after=plan.resources_before,
        members_after=plan.members_before,
        copies_after=plan.copies_before,
        changes=(),
        after_side=plan._before,
    )


def _found(under_review: PlanUnderReview, outcome: dict[str, ComponentReview]) -> Iterator[Found]:
    for address, item in outcome.items():
        yield from promises(under_review.reviewed_components[address], item)
    yield from missing_promises(under_review)
    yield from after_failover(under_review)
    yield from changes_in_place(under_review)
    yield from lost_paths(under_review)
    yield from lost_parts(under_review)
    yield from deletion_protection(under_review)
    yield from keys(under_review)
    yield from alarms(under_review)
    yield from replication_permissions(under_review)
    yield from backup_role(under_review)
    yield from copies(under_review, outcome)
    yield from provider_accepts(under_review)
    yield from refused_copies(under_review)
    yield from control_plane(under_review)
    yield from state(under_review)


def _worded(under_review: PlanUnderReview, found: Found, waivers: Sequence[Waiver], today: date) -> Finding:
    # The address in its own plan is what people write; joined, the name of a stack may stand before it.
    former = under_review.former.get(found.address)
    names = (found.address, under_review.local(found.address), *(() if former is None else (former,)))
    waiver = next(
        (item for item in waivers if not item.expired(today) and any(item.covers(found.id, name) for name in names)),
        None,
    )
    return worded(found, waiver)


def _verdict(outcome: dict[str, ComponentReview], findings: Sequence[Finding]) -> Verdict:
    """Return the worst verdict, where what is waived does not count."""
    waived = {
        (item.component, item.disruption)
        for item in findings
        if item.waived_by is not None and item.id in ("RECOVERY-101", "RECOVERY-102", "RECOVERY-103")
    }
    gone = {item.component for item in findings if item.waived_by is not None and item.id == "RECOVERY-110"}
    verdicts = []
    for address, component in outcome.items():
        if component.after is None:
            verdicts.append(Verdict.UNDECLARED if address in gone else component.verdict)
        verdicts += [
            item.after_verdict
            for item in component.disruptions
            if item.after_verdict is not None and (address, item.disruption) not in waived
        ]
    return worst(*verdicts)


# ---------------------------------------------------------------- what was not judged


def _inventory(under_review: PlanUnderReview, outcome: dict[str, ComponentReview]) -> Iterator[InventoryLine]:
    for line in under_review.plan.inventory:
        yield InventoryLine(subject=line.type, reason=line.reason, count=line.count, addresses=line.addresses)
    for type, count in under_review.plan.types.items():
        yield InventoryLine(subject=type, reason="this type is not read", count=count)
    groups: dict[tuple[str, str], list[str]] = {}
    for address, (component, reason) in under_review.without.items():
        groups.setdefault((component.kind.value, reason), []).append(address)
    for address, reviewed in under_review.reviewed_components.items():
        if address not in outcome:
            reason = "the catalog assesses no mechanism for this kind; only findings are made about it"
            groups.setdefault((reviewed.kind.value, reason), []).append(address)
        elif outcome[address].elsewhere is not None:
            groups.setdefault((reviewed.kind.value, str(outcome[address].elsewhere)), []).append(address)
    for (kind, reason), addresses in groups.items():
        yield InventoryLine(
            subject=kind, reason=reason, count=len(addresses), addresses=tuple(sorted(addresses)[:_SHOWN])
        )
    if under_review.reviewed_components:
        yield InventoryLine(
            subject="terraform state",
            reason="a plan does not say where its state is kept, so whether a disaster leaves it is not known",
            count=1,
        )


def _plans(plan: Plan, names: Sequence[str]) -> Iterator[PlanInfo]:
    called = names or ("",)
    for index, name in enumerate(called):
        addresses = {
            item.name
            for item in (*plan.before, *plan.after)
            if (resource := plan.resources_after.get(item.name) or plan.resources_before.get(item.name)) is not None
            and resource.document == index
        }
        yield PlanInfo(
            name=name,
            kind=plan.kind,
            format_version=plan.format_version,
            terraform_version=plan.terraform_version,
            complete=plan.complete,
            errored=plan.errored,
            components=len(addresses),
        )
