"""The topology of one workload as a drawing: Regions side by side, components below each other."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from constructs_lib.review.renderers.plain_text import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.review import ComponentReview, Link

__all__ = ["Arrow", "Box", "Column", "Line", "Picture", "drawn"]

_UNKNOWN: Final = "Region not known"
_COLUMN: Final = 260
_GAP: Final = 180
_MARGIN: Final = 12
_TOP: Final = 44
_LINE: Final = 18
_PAD: Final = 10
_BETWEEN: Final = 16

_ARROW_TEXT: Final = 23
"""Characters that fit between two columns."""

_SIGNS: Final = {"kept": "", "added": "+ ", "removed": "− ", "changed": "~ "}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of text in a box, and how it is styled."""

    x: int
    y: int
    text: str
    style: str


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A component, or a copy of one."""

    x: int
    y: int
    width: int
    height: int
    style: str
    lines: tuple[Line, ...]


class Arrow(msgspec.Struct, frozen=True, kw_only=True):
    """From a component to a copy of it."""

    start: int
    end: int
    y: int
    style: str
    above: str
    below: str
    full: str


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A Region."""

    x: int
    width: int
    name: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One side of the plan, in units of the view box."""

    title: str
    width: int
    height: int
    columns: tuple[Column, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def drawn(title: str, components: Sequence[ComponentReview], side: Literal["before", "after"]) -> Picture:
    """Return the drawing of one side; both sides of the same components have the same columns and rows."""
    regions = _regions(components)
    places = {region: _MARGIN + place * (_COLUMN + _GAP) for place, region in enumerate(regions)}
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    y = _TOP
    for component in components:
        height = max(_height(component, each) for each in ("before", "after"))
        present = component.before is not None if side == "before" else component.after is not None
        if present:
            boxes.append(_component(component, side, places, y, height))
            _add_copies(component, side, places, y, boxes, arrows)
        else:
            text = "not there yet" if side == "before" else "released" if _released(component) else "destroyed"
            boxes.append(_absent(component, places, y, height, text))
        y += height + _BETWEEN
    return Picture(
        title=title,
        width=2 * _MARGIN + len(regions) * _COLUMN + (len(regions) - 1) * _GAP,
        height=y - _BETWEEN + _MARGIN,
        columns=tuple(Column(x=places[region], width=_COLUMN, name=shortened(region, 30)) for region in regions),
        boxes=tuple(boxes),
        arrows=tuple(arrows),
    )


def _released(component: ComponentReview) -> bool:
    return component.verdict.value == "undeclared"


def _home(component: ComponentReview) -> str:
    return component.region or _UNKNOWN


def _regions(components: Sequence[ComponentReview]) -> list[str]:
    """Return the Regions: where most components live first."""
    homes: dict[str, int] = {}
    for component in components:
        homes[_home(component)] = homes.get(_home(component), 0) + 1
        for link in (*component.links_before, *component.links_after):
            if link.region is not None:
                homes.setdefault(link.region, 0)
    return sorted(homes, key=lambda region: (-homes[region], region))


def _links(component: ComponentReview, side: str) -> tuple[Link, ...]:
    links = component.links_before if side == "before" else component.links_after
    # One mechanism may be declared by several resources; the drawing tells them apart no more than its text does.
    return tuple({(link.title, link.region, link.change, link.counted): link for link in links}.values())


def _away(component: ComponentReview, side: str) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for link in _links(component, side):
        if link.region is not None and link.region != _home(component):
            found.setdefault(link.region, []).append(link)
    return found


def _local(component: ComponentReview, side: str) -> list[Link]:
    return [link for link in _links(component, side) if link.region is None or link.region == _home(component)]


def _height(component: ComponentReview, side: str) -> int:
    rows = 2 + len(_local(component, side))
    copies = [3 * _LINE * len(links) + 2 * _PAD for links in _away(component, side).values()]
    return max(_LINE * rows + 2 * _PAD, sum(copies) + (len(copies) - 1) * (_BETWEEN // 2))


def _component(component: ComponentReview, side: str, places: dict[str, int], y: int, height: int) -> Box:
    x = places[_home(component)]
    kind = component.kind.value if component.engine is None else f"{component.kind.value}, {component.engine}"
    verdict = component.verdict.value if side == "after" else ""
    texts = [(shortened(component.name or component.address, 29), "name"), (shortened(kind, 36), "soft")]
    texts += [(_said(link, 34), _style(link)) for link in _local(component, side)]
    return Box(
        x=x,
        y=y,
        width=_COLUMN,
        height=height,
        style=f"component {verdict}".strip(),
        lines=_lines(texts, x, y),
    )


def _absent(component: ComponentReview, places: dict[str, int], y: int, height: int, text: str) -> Box:
    x = places[_home(component)]
    name = shortened(component.name or component.address, 29)
    lines = _lines([(name, "soft"), (text, "soft")], x, y)
    return Box(x=x, y=y, width=_COLUMN, height=height, style="absent", lines=lines)


def _add_copies(
    component: ComponentReview, side: str, places: dict[str, int], y: int, boxes: list[Box], arrows: list[Arrow]
) -> None:
    """Draw the copies; each has as many arrows as there are mechanisms that make it."""
    home = places[_home(component)]
    row = y
    for region, links in _away(component, side).items():
        height = 3 * _LINE * len(links) + 2 * _PAD
        best = min((_style(link) for link in links), key=["sure", "new", "changed", "doubtful", "lost"].index)
        x = places[region]
        boxes.append(
            Box(
                x=x,
                y=row,
                width=_COLUMN,
                height=height,
                style=f"copy {best}",
                lines=_lines(
                    [("copy", "name")] if best != "lost" else [("copy, which the plan removes", "name")], x, row
                ),
            )
        )
        for place, link in enumerate(links):
            middle = row + _PAD + 3 * _LINE * place + _LINE + 4
            rightwards = x > home
            above, below = _wrapped(_said(link, 200))
            arrows.append(
                Arrow(
                    start=home + _COLUMN if rightwards else home,
                    end=x if rightwards else x + _COLUMN,
                    y=middle,
                    style=_style(link),
                    above=above,
                    below=below,
                    full=_said(link, 200),
                )
            )
        row += height + _BETWEEN // 2


def _wrapped(text: str) -> tuple[str, str]:
    """Return a text in two lines, above and below an arrow."""
    first, *rest = textwrap.wrap(text, _ARROW_TEXT, break_long_words=True) or [""]
    return first, shortened(" ".join(rest), _ARROW_TEXT)


def _lines(texts: Sequence[tuple[str, str]], x: int, y: int) -> tuple[Line, ...]:
    return tuple(
        Line(x=x + _PAD, y=y + _PAD + _LINE * place + 13, text=text, style=style)
        for place, (text, style) in enumerate(texts)
    )


def _style(link: Link) -> str:
    if link.change == "removed":
        return "lost"
    if not link.counted:
        return "doubtful"
    return {"added": "new", "changed": "changed", "kept": "sure"}[link.change]


def _said(link: Link, longest: int) -> str:
    doubt = "? " if not link.counted and link.change != "removed" else ""
    return shortened(f"{_SIGNS[link.change]}{doubt}{link.title}", longest)
