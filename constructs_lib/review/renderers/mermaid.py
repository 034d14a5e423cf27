"""The topology as a Mermaid diagram, which GitHub and GitLab draw."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.review.renderers.plain_text import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.review import ComponentReview, Link

__all__ = ["topology"]

# Mermaid's own way of writing other characters, by number, is not decoded everywhere a label is drawn.
_NOT_PLAIN: Final = re.compile(r"[^\w .,:+/()=\[\]'…-]")
_UNKNOWN: Final = "Region not known"
_CLASSES: Final = (
    "classDef lost stroke:#cf222e,stroke-width:2px,stroke-dasharray:4",
    "classDef added stroke:#1a7f37,stroke-width:2px",
    "classDef doubtful stroke:#9a6700,stroke-dasharray:2",
)


def topology(components: Sequence[ComponentReview]) -> str:
    """Return a flowchart: each component in its Region, and an arrow to where each of its copies lies.

    What the plan removes is dashed and marked `lost`, what it adds is marked `new`. No name can end a label: what is
    not a letter, a digit or harmless becomes a dot.
    """
    inside: dict[str, list[str]] = {}
    edges: list[str] = []
    classes: dict[str, list[str]] = {"lost": [], "added": [], "doubtful": []}
    for place, component in enumerate(components):
        node = f"c{place}"
        words = (shortened(component.name or component.address, 60), component.kind.value, *_local(component))
        inside.setdefault(component.region or _UNKNOWN, []).append(
            f'{node}["{"<br/>".join(_label(word) for word in words)}"]'
        )
        if component.status == "gone":
            classes["lost"].append(node)
        elif component.status == "new":
            classes["added"].append(node)
        copies: dict[str, str] = {}
        for link in _shown(component):
            if link.region is None or link.region == component.region:
                continue
            copy = copies.get(link.region)
            if copy is None:
                copy = copies[link.region] = f"{node}r{len(copies)}"
                inside.setdefault(link.region, []).append(f'{copy}[("{_label("copy")}")]')
            arrow = "-->" if link.counted and link.change != "removed" else "-.->"
            edges.append(f'{node} {arrow}|"{_label(_said(link))}"| {copy}')
            if link.change == "removed":
                classes["lost"].append(copy)
            elif not link.counted:
                classes["doubtful"].append(copy)
    lines = ["flowchart LR"]
    for place, region in enumerate(sorted(inside, key=lambda found: (found == _UNKNOWN, found))):
        lines.append(f'  subgraph g{place}["{_label(shortened(region, 40))}"]')
        lines += [f"    {node}" for node in inside[region]]
        lines.append("  end")
    lines += [f"  {edge}" for edge in dict.fromkeys(edges)]
    for definition, (name, nodes) in zip(_CLASSES, classes.items(), strict=True):
        if nodes:
            lines += [f"  {definition}", f"  class {','.join(dict.fromkeys(nodes))} {name}"]
    return "\n".join(lines) + "\n"


def _shown(component: ComponentReview) -> list[Link]:
    """Return what protects it after the plan, and what the plan takes away."""
    return [*component.links_after, *(link for link in component.links_before if link.change == "removed")]


def _local(component: ComponentReview) -> list[str]:
    local = [link for link in _shown(component) if link.region is None or link.region == component.region]
    return list(dict.fromkeys(_said(link) for link in local))[:6]


def _said(link: Link) -> str:
    title = shortened(link.title, 60)
    if link.change == "removed":
        return f"lost: {title}"
    if not link.counted:
        return f"not counted: {title}"
    return f"new: {title}" if link.change == "added" else title


def _label(text: str) -> str:
    return _NOT_PLAIN.sub("·", text.replace('"', "'"))
