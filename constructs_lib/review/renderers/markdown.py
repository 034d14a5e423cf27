"""One comment of a pull request: the verdict first, then what matters most, within what GitHub takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.assessment import Verdict
from constructs_lib.plural import plural
from constructs_lib.review.renderers.documentation import link
from constructs_lib.review.renderers.markdown_text import code, code_in_cell, escaped
from constructs_lib.review.renderers.marker import marker
from constructs_lib.review.renderers.mermaid import topology
from constructs_lib.review.renderers.summary import (
    about,
    arrow,
    called,
    counts_line,
    headline,
    promised,
    rows,
    title_of,
    warnings_of_plans,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.review import ComponentReview, Finding, InventoryLine, Review
    from constructs_lib.review.renderers.summary import Row

__all__ = ["render_markdown"]

_MOST: Final = 65_000
"""Bytes, where GitHub takes 65,536 characters: a character is one byte at least."""

_RESERVED: Final = 1_000
"""Bytes kept for the first lines and for saying what is left out."""

_DRAWN: Final = 30
"""Components in the diagram; more cannot be read, and Mermaid refuses more than 500 arrows."""

_SIGNS: Final = {
    Verdict.MET: "✅ met",
    Verdict.BREACHED: "❌ breached",
    Verdict.UNKNOWN: "❔ unknown",
    Verdict.UNDECLARED: "undeclared",
}


class _Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the comment that can be cut between its items.

    Attributes:
        head: What stands above the items.
        items: Each ends with a line break; the most important first.
        foot: What stands below them.
        noun: What an item is called where some are left out.
        share: The bytes it may take at most while others wait.
    """

    head: str
    items: Sequence[str]
    noun: str
    foot: str = "\n"
    share: int = _MOST


def render_markdown(review: Review, *, name: str | None = None, beside: Sequence[str] = ()) -> str:
    """Return the comment, which begins with a hidden marker to find it by.

    It is never longer than GitHub takes. What does not fit is left out by importance, and how much is said at the top.

    Args:
        review: What to show.
        name: Tells the comments of several reviews apart. Default: none.
        beside: What is wrong beside the review. Default: nothing.

    Raises:
        InputError: If *name* has characters that a name may not have.
    """
    first = f"**Recovery: {_SIGNS[review.verdict]}** · {headline(review)} · {counts_line(review)}"
    top = f"{marker(name)}\n{first}\n"
    doubts = "".join(f"\n> ⚠️ {escaped(text, 500)}\n" for text in (*warnings_of_plans(review)[:5], *beside[:5]))
    # Who accepted what is said also where nothing else is.
    sections = [_accepted(review)] if review.nothing_new and not doubts else _sections(review)
    body, left_out = _filled(sections, _MOST - _RESERVED - len(doubts.encode()))
    cut = ""
    if left_out:
        cut = (
            f"\n> ✂️ **Cut to fit into a comment.** Left out, the least important: {', '.join(left_out)}. "
            "The other formats hold all of it.\n"
        )
    return f"{top}{doubts}{cut}\n{body.rstrip()}\n" if body else top


def _filled(sections: Sequence[_Section], room: int) -> tuple[str, list[str]]:
    """Return as much of the sections as fits, and what does not: first each one's share, then what room is left."""
    kept = [0] * len(sections)
    for whole in (False, True):
        for place, section in enumerate(sections):
            most = room if whole else min(section.share, room)
            fixed = 0 if kept[place] else len(section.head.encode()) + len(section.foot.encode())
            size, taken, more = fixed, 0, 0
            for item in section.items[kept[place] :]:
                size += len(item.encode())
                if size > most:
                    break
                taken, more = size, more + 1
            room -= taken
            kept[place] += more
    parts = []
    left_out: dict[str, int] = {}
    for section, number in zip(sections, kept, strict=True):
        if number:
            parts.append(f"{section.head}{''.join(section.items[:number])}{section.foot}")
        if missing := len(section.items) - number:
            left_out[section.noun] = left_out.get(section.noun, 0) + missing
    return "".join(parts), [plural(number, noun) for noun, number in left_out.items()]


def _sections(review: Review) -> list[_Section]:
    """Return the parts, in the order in which they are shown; each one's share leaves room for those below."""
    table = rows(review)
    urgent = [row for row in table if row.matters]
    calm = [row for row in table if not row.matters]
    sections = [_table("", [row for row in urgent if row.done], foot="\n", share=22_000)]
    for title, findings, share in (
        ("Errors", review.worse, 18_000),
        ("Warnings", [item for item in review.warnings if not item.standing], 9_000),
    ):
        sections.append(
            _Section(
                head=f"#### {title}\n\n",
                items=[_finding(item) for item in findings],
                noun=title.lower().removesuffix("s"),
                share=share,
            )
        )
    sections += _so_before(review, [row for row in urgent if not row.done])
    drawn = _diagram(review, urgent)
    if drawn is not None:
        sections.append(drawn)
    notes = [item for item in review.notes if not item.standing]
    sections += [
        _folded(plural(len(notes), "note"), [_finding(item) for item in notes], "note", 5_000),
        _accepted(review),
        _table(f"<details><summary>{title_of(calm)}: {len(calm):,}</summary>\n\n", calm, "\n</details>\n\n", 6_000),
        _folded(
            f"Seen and not judged: {plural(sum(line.count for line in review.inventory), 'resource')}",
            [_seen(line) for line in review.inventory],
            "line of the inventory",
            4_000,
        ),
        _Section(
            head="<sub>Read: ",
            items=[_plans(review)],
            noun="line about the plans",
            foot="</sub>\n",
        ),
    ]
    return sections


def _accepted(review: Review) -> _Section:
    items = [_waived(item) for item in review.waived]
    return _folded(f"{len(review.waived):,} waived", items, "waived finding", 4_000)


def _so_before(review: Review, found: Sequence[Row]) -> list[_Section]:
    """Return, folded, what is wrong and was so before the plan."""
    stands = [item for item in review.findings if item.standing and item.waived_by is None]
    rows_before = f"<details><summary>So before this plan: {plural(len(found), 'row')}</summary>\n\n"
    return [
        _table(rows_before, found, foot="\n</details>\n\n", share=5_000),
        _folded(
            f"So before this plan as well: {plural(len(stands), 'finding')}",
            [_finding(item) for item in stands],
            "old finding",
            9_000,
        ),
    ]


def _table(head: str, found: Sequence[Row], foot: str, share: int) -> _Section:
    columns = "| Component | Disruption | RTO | RPO | Objective | Verdict |\n| :-- | :-- | :-- | :-- | :-- | :-- |\n"
    return _Section(head=head + columns, items=_rows(found), noun="row", foot=foot, share=share)


def _rows(found: Sequence[Row]) -> list[str]:
    """Return a line for each row; disruptions that a component takes alike share one."""
    lines: dict[tuple[str, ...], list[str]] = {}
    for row in found:
        component, disruption = row.component, row.disruption
        figures = (
            arrow(disruption.rto_before, disruption.rto_after),
            arrow(disruption.rpo_before, disruption.rpo_after),
            promised(disruption),
            _verdict(row) + (f"<br>{escaped(disruption.reason, 200)}" if row.matters else ""),
        )
        lines.setdefault((component.address, _component(component), *figures), []).append(disruption.disruption.value)
    return [
        f"| {component} | {', '.join(disruptions)} | {' | '.join(figures)} |\n"
        for (_, component, *figures), disruptions in lines.items()
    ]


def _component(component: ComponentReview) -> str:
    place = f" in {escaped(component.region)}" if component.region else ""
    fate = {"new": ", new", "gone": ", destroyed", "kept": ", replaced" if component.replaced else ""}[component.status]
    return f"{code_in_cell(component.address)}<br>{component.kind}{place}{fate}"


def _verdict(row: Row) -> str:
    before = row.disruption.before_verdict
    now = _SIGNS[row.verdict]
    if row.waived is not None:
        return f"{row.verdict}, waived"
    return now if before is None or before is row.verdict else f"{before} → {now}"


def _finding(finding: Finding) -> str:
    where = link(finding.documentation)
    named = f"[{finding.id}]({where})" if where else finding.id
    return (
        f"- **{named}** {code(finding.address)}{about(finding)}: {escaped(finding.message)}\n"
        f"  **Fix:** {escaped(finding.fix, 400)}\n"
    )


def _waived(finding: Finding) -> str:
    waiver = finding.waived_by
    assert waiver is not None, "asked of waived findings only"
    who = f"{escaped(waiver.owner, 100)} until {waiver.expires}: {escaped(waiver.reason, 200)}"
    return f"- **{finding.id}** {code(finding.address)}: {escaped(finding.message, 200)} — waived by {who}\n"


def _seen(line: InventoryLine) -> str:
    named = ", ".join(code(address, 80) for address in line.addresses[:3])
    more = f" and {line.count - 3:,} more" if line.count > 3 and named else ""
    such_as = f" ({named}{more})" if named else ""
    return f"- {line.count:,} × {escaped(line.subject, 100)}: {escaped(line.reason, 200)}{such_as}\n"


def _plans(review: Review) -> str:
    shown = [code(called(plan), 60) for plan in review.plans[:20]]
    more = len(review.plans) - len(shown)
    return ", ".join(shown or ["nothing"]) + (f" and {more:,} more" if more > 0 else "")


def _folded(summary: str, items: Sequence[str], noun: str, share: int) -> _Section:
    """Return items behind a summary, which is HTML and holds nothing that anybody may have chosen."""
    head = f"<details><summary>{summary}</summary>\n\n"
    return _Section(head=head, items=items, noun=noun, foot="\n</details>\n\n", share=share)


def _diagram(review: Review, urgent: Sequence[Row]) -> _Section | None:
    """Return the topology; the components that matter most are drawn."""
    first = {row.component.address: row.component for row in urgent}
    chosen = list({**first, **{component.address: component for component in review.components}}.values())[:_DRAWN]
    if not chosen:
        return None
    more = len(review.components) - len(chosen)
    said = f", {more:,} more not drawn" if more else ""
    diagram = f"```mermaid\n{topology(chosen)}```\n"
    return _folded(f"Topology after the plan: {plural(len(chosen), 'component')}{said}", [diagram], "diagram", 12_000)
