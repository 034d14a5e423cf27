"""The review: a plan and its objectives to verdicts and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.findings import Severity
from constructs_lib.plan import assessable
from constructs_lib.plan.without_collection import without_collection
from constructs_lib.review.both_sides import both_sides
from constructs_lib.review.checks.declared_and_missing import waivers
from constructs_lib.review.component_review import ComponentReview, review_component
from constructs_lib.review.finding import Finding, Found, joined, worded
from constructs_lib.review.settled import settled, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.catalog.prices import Prices
    from constructs_lib.components import Component
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.declaration.waiver import Waiver
    from constructs_lib.objectives import Objective
    from constructs_lib.plan import Plan
    from constructs_lib.review.plan_under_review import PlanUnderReview

__all__ = ["SCHEMA_VERSION", "FailOn", "InventoryLine", "PlanInfo", "Review", "exit_code", "review"]

SCHEMA_VERSION = 1
"""The version of the JSON; it grows when something in it changes its meaning or goes away."""

FailOn = Literal["breached", "unknown", "warning", "worse", "never"]

_SHOWN = 20


class InventoryLine(msgspec.Struct, frozen=True, kw_only=True, order=True):
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


class PlanInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One plan that was read."""

    name: str
    kind: Literal["plan", "state"]
    format_version: str
    terraform_version: str
    complete: bool
    errored: bool
    components: int


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan does to recovery.

    Attributes:
        schema_version: The version of this record as JSON.
        verdict: The worst verdict after the plan, breached where an error stands that nobody has waived;
            undeclared where no component has an objective.
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
    def worse(self) -> tuple[Finding, ...]:
        """The errors that were not there before the plan: what it breaks, or makes worse."""
        return tuple(item for item in self.errors if not item.standing)

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
        return self.nothing_new and len(self.waived) == len(self.findings)

    @property
    def nothing_new(self) -> bool:
        """Whether every objective is kept, no figure changed, and what was found was so before, or is waived."""
        changed = any(
            item.changed and component.status == "kept"
            for component in self.components
            for item in component.disruptions
        )
        known = all(item.standing or item.waived_by is not None for item in self.findings)
        return known and not changed and self.verdict in (Verdict.MET, Verdict.UNDECLARED)

    @property
    def evaluated(self) -> bool:
        """Whether the plans were whole; one that failed half way proves nothing."""
        return all(plan.complete and not plan.errored for plan in self.plans)


def exit_code(review: Review, fail_on: FailOn = "breached") -> int:
    """Return the exit code of `drctl review`: 0 ok, 1 findings, 3 could not evaluate.

    Args:
        review: What was found.
        fail_on: From what on a run fails: errors and breached objectives, unknown ones too, any warning too, only what
            this plan breaks or worsens, or never.
            A plan that failed half way, or leaves something out, fails in any case but `never`: what is missing may
            be what matters.
    """
    if fail_on == "never":
        return 0
    if any(plan.errored for plan in review.plans):
        return 3
    if review.verdict is Verdict.BREACHED and (fail_on != "worse" or review.worse):
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
) -> Review:
    """Return what *plan* does to recovery.

    Args:
        plan: The plan, or the plans of several states read together.
        declaration: What `recovery.yaml` declares. Default: nothing; only tags count then.
        today: Decides which waivers hold.
        catalog: The facts. Default: the shipped catalog.
        prices: The prices that the cheapest change is chosen by. Default: the shipped ones.
        names: What the plans are called, in the order in which they were read together.

    Raises:
        DeclarationError: If two workloads of the declaration claim the same component.
    """
    with without_collection():
        facts = load_catalog() if catalog is None else catalog
        return _review(plan, declaration, facts, prices, today=today, names=names)


def _review(
    plan: Plan,
    declaration: Declaration | None,
    facts: Catalog,
    prices: Prices | None,
    *,
    today: date,
    names: Sequence[str],
) -> Review:
    sides = both_sides(plan, declaration, facts)
    under_review = sides.under_review
    outcome = {}
    for address, reviewed in list(under_review.reviewed_components.items()):
        if assessable(reviewed.either):
            first = review_component(under_review, reviewed)
            if first.after is not None and first.verdict is Verdict.BREACHED:
                change = _advice(under_review, first.after.component, reviewed.objective, prices)
                first = replace(first, cheapest_change=change)
            outcome[address] = first
    accepted = () if declaration is None else declaration.waivers
    used: set[Waiver] = set()
    findings = joined(_worded(under_review, item, accepted, used, today) for item in sides.found(outcome))
    findings += [worded(item, None) for item in waivers(declaration, used, today)]
    ordered = tuple(sorted(findings, key=lambda item: item.order))
    outcome = settled(outcome, ordered)
    return Review(
        verdict=verdict(outcome, ordered),
        components=tuple(outcome.values()),
        findings=ordered,
        inventory=tuple(sorted(_inventory(under_review, outcome))),
        plans=tuple(_plans(plan, names)),
        changes=len(plan.changes),
    )


def _advice(under_review: PlanUnderReview, after: Component, objective: Objective, prices: Prices | None) -> str:
    """Return what would keep *objective*, and costs least."""
    # Choosing and its prices take as long to load as all that is looked up in a plan, and most plans breach nothing.
    from constructs_lib.plan.usage import usage_told
    from constructs_lib.review.cheapest_change import cheapest_change, repair

    return repair(after, objective, catalog=under_review.catalog) or cheapest_change(
        after,
        objective,
        catalog=under_review.catalog,
        declaration=under_review.declaration,
        prices=prices,
        instance_class=usage_told(under_review.plan, after).instance_class,
    )


def _worded(
    under_review: PlanUnderReview, found: Found, waivers: Sequence[Waiver], used: set[Waiver], today: date
) -> Finding:
    """Return *found* in words, with the first waiver that accepts it; all that do are added to *used*."""
    if not waivers:
        return worded(found, None)
    # The address in its own plan is what people write; joined, the name of a stack may stand before it.
    # Who accepts something for a component accepts what is found in the parts of it.
    about = {found.address} if found.reviewed is None else {found.address, found.reviewed.address}
    former = (under_review.former_address(item) for item in about)
    names = {*about, *map(under_review.local, about), *filter(None, former)}
    accepting = [
        item for item in waivers if not item.expired(today) and any(item.covers(found.id, name) for name in names)
    ]
    used.update(accepting)
    return worded(found, accepting[0] if accepting else None)


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
    if under_review.reviewed_components and len(under_review.plan.state_regions) < len(under_review.plan.documents):
        yield InventoryLine(
            subject="terraform state",
            reason="where it is kept is not said: a plan never does, and a stack by its S3 backend; whether a disaster "
            "leaves it is not known",
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
