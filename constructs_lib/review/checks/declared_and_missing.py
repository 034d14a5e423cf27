"""What the declaration says and the plans do not have: promises that match nothing, and waivers that waive nothing."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.findings import never_waived
from constructs_lib.declaration.selector import TagSelector
from constructs_lib.plan import assessable
from constructs_lib.plural import plural
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from constructs_lib.components import Component
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.declaration.selector import Selector
    from constructs_lib.declaration.waiver import Waiver
    from constructs_lib.review.plan_under_review import PlanUnderReview

_YEARS: Final = 3
_ALMOST: Final = 9 / 10
_ALIKE: Final = 8 / 10
_COMPARED: Final = 1 << 14
"""How many pairs of names are compared for what may be meant; more would take longer than the review."""


def missing_promises(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the promises of the declaration that nothing in the plans answers to."""
    for address, former in under_review.former.items():
        reviewed = under_review.reviewed_components.get(address)
        yield Found(id="RECOVERY-109", address=address, reviewed=reviewed, values={"former": former})
    yield from _unjudged(under_review)
    declaration = under_review.declaration
    unmatched = () if declaration is None else declaration.unmatched(under_review.matched)
    if declaration is None or not unmatched:
        return
    seen = {item.name: item for item in (*under_review.plan.after, *under_review.plan.before) if assessable(item)}
    if not under_review.reviewed_components and not under_review.matched and len(seen) * len(unmatched) < _COMPARED:
        # The plan of a stack that holds nothing of what is declared is no mistake; a name that is almost one of its is.
        for _, component in unmatched:
            meant = _meant(component.selector, seen)
            if meant is not None:
                values = {"file": declaration.file, "count": plural(len(unmatched), "match", "matches"), "meant": meant}
                yield Found(id="RECOVERY-108", address=str(component.selector), values=values)
    parts = _parts(under_review)
    looked_through = parts if len(parts) * len(unmatched) < _COMPARED else {}
    for workload, component in unmatched:
        match = str(component.selector)
        found = (item for item in looked_through if component.selector.matches(item, {}))
        part = match if match in parts else next(found, None)
        if part is not None and any(one.workload == workload.name for one in under_review.owners(parts[part])):
            # What serves something that the workload is promised is judged with it, as the second of two records.
            continue
        like = _named(component.selector, seen) if len(seen) * len(unmatched) < _COMPARED else ()
        near = _in_it(match, like) or get_close_matches(match, like, n=1, cutoff=_ALIKE)
        values = {
            "file": declaration.file,
            "line": str(component.line),
            "workload": workload.name,
            "match": match,
            "near": (f"; {part} is judged with {parts[part]}" if part is not None else "")
            or ("; the plan has it, and nothing of it is judged" if under_review.resource(match) is not None else "")
            or _unread(under_review, match)
            or (f"; {near[0]} is like it" if near else ""),
        }
        yield Found(id="RECOVERY-107", address=match, values=values)


def _named(selector: Selector, seen: Mapping[str, Component]) -> Iterable[str]:
    """Return what *selector* could have said to mean something that is there."""
    if not isinstance(selector, TagSelector):
        return seen
    found: dict[str, None] = {}
    for tags in {item.tags: dict(item.tags) for item in seen.values()}.values():
        if selector.tags.keys() <= tags.keys():
            found[str(TagSelector({name: tags[name] for name in selector.tags}))] = None
        elif len(selector.tags) == 1:
            found |= {str(TagSelector({name: value})): None for name, value in tags.items()}
    return found


def _meant(selector: Selector, seen: Mapping[str, Component]) -> str | None:
    """Return what *selector* almost says; of tags, which are short and alike from team to team, but for the case."""
    named, match = _named(selector, seen), str(selector)
    if isinstance(selector, TagSelector):
        return next((name for name in named if name.casefold() == match.casefold()), None)
    return next(iter((*_in_it(match, named), *get_close_matches(match, named, n=1, cutoff=_ALMOST))), None)


def _in_it(match: str, names: Iterable[str]) -> list[str]:
    """Return the first that is in what *match* names: an instance of it, or in the module of that address."""
    return [name for name in names if name.startswith((f"{match}.", f"{match}["))][:1]


def _parts(under_review: PlanUnderReview) -> dict[str, str]:
    """Return what is no component and belongs to one, by its address in its own plan, and which it belongs to."""
    sides = (under_review.plan.members_before, under_review.plan.members_after)
    return {
        under_review.local(member): owner for side in sides for owner, members in side.items() for member in members
    }


def _unjudged(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield the workloads of the declaration of which only what is judged with something else is in the plans."""
    found: dict[str, list[str]] = {}
    for address, reviewed in under_review.reviewed_components.items():
        if reviewed.workload is not None and reviewed.declared_by == "declaration":
            found.setdefault(reviewed.workload, []).append(address)
    for workload, addresses in found.items():
        if not any(assessable(under_review.reviewed_components[address].either) for address in addresses):
            more = f" and {len(addresses) - 1} more" if addresses[1:] else ""
            values = {"workload": workload, "found": f"{addresses[0]}{more}"}
            yield Found(id="RECOVERY-133", address=addresses[0], values=values)


def _unread(under_review: PlanUnderReview, match: str) -> str:
    """Return that the plan has what may be meant, of a type that is not read; nothing where it has none."""
    type = next((step for step in match.split(".") if step.startswith("aws_")), "")
    return (
        f"; what the plan has of {type} is of a type that nothing is known of"
        if type in under_review.plan.types
        else ""
    )


def waivers(declaration: Declaration | None, used: Collection[Waiver], today: date) -> Iterator[Found]:
    """Yield the waivers that accept nothing, or everything.

    Args:
        declaration: What is declared, or None.
        used: The waivers that accept some finding, also one that another accepts before them.
        today: What an expiry is far away from.
    """
    # The month's last days are not in every year.
    latest = today.replace(year=today.year + _YEARS, day=min(today.day, 28))
    for item in () if declaration is None else declaration.waivers:
        values = {"line": str(item.line), "finding": item.finding, "owner": item.owner, "expires": str(item.expires)}
        why = never_waived(item.finding)
        if why is not None:
            yield Found(id="RECOVERY-601", address=item.address, values={**values, "why": why})
            continue
        bounds = []
        if not item.address.strip("*?."):
            bounds.append("is for every resource there is")
        if item.expires > latest:
            bounds.append(f"holds until {item.expires}")
        if bounds:
            values |= {"how": " and ".join(bounds), "years": str(_YEARS)}
            yield Found(id="RECOVERY-602", address=item.address, values=values)
        if item not in used:
            yield Found(id="RECOVERY-603", address=item.address, values=values)
