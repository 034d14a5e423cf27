"""What the game day showed: counts and a timeline, as a page that says *simulated*."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
from markupsafe import Markup

from constructs_lib.documents.evidence import SIMULATED_NOTE, STYLE, timeline

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Count", "GameDay", "write_report"]


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """The writes of one component.

    Attributes:
        component: Which.
        before: Acknowledged in the primary Region before it was lost.
        missing: Of these, not in the recovery Region after the failover.
        arrived_missing: Of these, had been in the recovery Region before.
        loss_seconds: The age of the oldest missing one when the Region was lost; 0: none is missing.
        during: Refused while nobody could write.
        there: Acknowledged in the recovery Region.
        missing_home: Of all that were acknowledged and not lost, not at home in the end.
    """

    component: str
    before: int
    missing: int
    arrived_missing: int
    loss_seconds: float
    during: int
    there: int
    missing_home: int


class GameDay(msgspec.Struct, frozen=True, kw_only=True):
    """What happened.

    Attributes:
        workload: Its name.
        delay: Seconds that replication was told to take.
        counts: The writes.
        name: The DNS name of the service.
        answered: Seconds of the emulator's clock from the loss until a GET of that name was answered with 200 again.
        promised: Within how many the workload promises to be back.
        bars: Name, part, begin and end of what is drawn.
        marks: Moments that are drawn over all.
        plans: The exit code of the last `terraform plan`, by stack: 0 is empty.
        adopted: What `drctl adopt` says that the code needs, by operation; empty: nothing.
    """

    workload: str
    delay: float
    counts: tuple[Count, ...]
    name: str
    answered: float
    promised: int
    bars: tuple[tuple[str, str, str, str], ...]
    marks: tuple[tuple[str, str], ...]
    plans: dict[str, int]
    adopted: dict[str, tuple[str, ...]]

    @property
    def troubles(self) -> tuple[str, ...]:
        """What should not have been, in words; empty: all held."""
        found = [
            f"{item.component}: {item.arrived_missing} writes are lost that had arrived in the other Region"
            for item in self.counts
            if item.arrived_missing
        ]
        found += [
            f"{item.component}: {item.missing_home} acknowledged writes are not at home in the end"
            for item in self.counts
            if item.missing_home
        ]
        if self.answered > self.promised:
            found.append(f"{self.name} answered after {self.answered:.0f} s, and {self.promised} s are promised")
        found += [f"{name} left the code without {what}" for name, needs in self.adopted.items() for what in needs]
        return (*found, *(f"the plan of {stack} is not empty" for stack, code in self.plans.items() if code))


def write_report(day: GameDay, file: Path) -> None:
    """Write the page."""
    style = files("constructs_lib.documents").joinpath("templates/style.css").read_text(encoding="utf-8")
    head = ["component", "acknowledged before", "of these lost", "oldest lost", "refused meanwhile", "written there"]
    rows = [
        [
            item.component,
            item.before,
            item.missing,
            f"{item.loss_seconds:.2f} s",
            item.during,
            item.there,
            item.missing_home,
        ]
        for item in day.counts
    ]
    cells = Markup("").join(Markup("<th>{0}</th>").format(text) for text in [*head, "missing at home in the end"])
    lines = Markup("").join(
        Markup("<tr>{0}</tr>").format(Markup("").join(Markup("<td>{0}</td>").format(cell) for cell in row))
        for row in rows
    )
    plans = ", ".join(f"{stack}: {'empty' if code == 0 else 'changes'}" for stack, code in day.plans.items())
    text = Markup(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Game day: simulated</title>'
        "<style>{style}{more}</style></head><body><main>"
        '<h1>Game day of {workload} <span class="badge simulated">simulated</span></h1>'
        '<p class="simulated-note">{note}</p>{picture}'
        '<div class="scroll"><table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table></div>'
        "<p>Replication was told to take {delay} s: what was under way is lost, and what had arrived is not. What a "
        "database has lost is lost at home, too: its old side is made anew from the other, and a snapshot keeps it. "
        "A GET of https://{name}/ was answered from the other Region after {answered} s of the emulator's clock; "
        "{promised} s are promised. Terraform's plans afterwards: {plans}. {verdict}</p></main></body></html>\n"
    ).format(
        style=Markup(style),
        more=Markup(STYLE),
        workload=day.workload,
        note=SIMULATED_NOTE,
        picture=timeline(day.bars, day.marks),
        cells=cells,
        lines=lines,
        delay=day.delay,
        name=day.name,
        answered=f"{day.answered:.0f}",
        promised=day.promised,
        plans=plans or "not made",
        verdict="; ".join(day.troubles) or "All held.",
    )
    file.write_text(str(text), encoding="utf-8")
