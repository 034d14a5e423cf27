"""Evidence as people read it: lines for a terminal, and a page with a timeline. The kind stands in every row."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from constructs_lib.assessment.evidence import EvidenceKind
from constructs_lib.assessment.measured import measured_beside
from constructs_lib.documents.wording import in_words
from constructs_lib.objectives.tags import COMPONENT
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from constructs_lib.assessment import Estimate
    from constructs_lib.assessment.evidence import Evidence, Measured
    from constructs_lib.documents.documented_workload import DocumentedWorkload

__all__ = ["SIMULATED_NOTE", "STYLE", "evidence_page", "record_lines", "stale_because", "timeline"]

_PARTS: Final = ("detect", "decide", "act", "propagate", "verify")
_WIDTH: Final = 760
_NAMES: Final = 210
_ROW: Final = 18
SIMULATED_NOTE: Final = (
    "Simulated: run against an emulator. It shows the order of calls, settings and data; no duration, no loss and no "
    "permission of AWS. It is no evidence of recovery, and replaces no estimate."
)
STYLE: Final = (
    ".badge{display:inline-block;padding:.1em .6em;border-radius:1em;font-weight:600;background:#d6e4d2;color:#1d3a14}"
    ".badge.simulated{background:#f6d5a8;color:#5a3200}.simulated-note{border-left:4px solid #b86e00;padding:.3em 1em}"
    ".timeline text{font-size:11px}.timeline .part-act{fill:#3b6ea5}.timeline .part-verify{fill:#5a8f4e}"
    ".timeline .part-fence{fill:#b04a3a}.timeline .part-other{fill:#8a8a8a}.timeline line{stroke:#b86e00}"
)


def stale_because(record: Evidence, today: date, fingerprint: str | None = None) -> tuple[str, ...]:
    """Return why *record* should be made anew: it has expired, or the workload is made from something else now."""
    found = [late] if (late := record.out_of_date(today)) else []
    if fingerprint is not None and fingerprint != record.fingerprint:
        then = set(record.fingerprint.split("."))
        changed = " and ".join(part.rpartition("-")[0] for part in fingerprint.split(".") if part not in then)
        found.append(f"the workload was made from other {changed} then")
    return tuple(found)


def record_lines(record: Evidence) -> Iterator[str]:
    """Yield *record* as lines of text."""
    yield f"{record.id}: {record.kind.value}, {record.workload}, disruption {record.disruption}: {record.verdict}"
    if record.kind is EvidenceKind.SIMULATED:
        yield f"  {SIMULATED_NOTE}"
    yield f"  RTO {_parts(record.measured)}; lost {_loss(record.measured)}"
    for item in record.components:
        yield f"  {item.name} ({item.mechanism}): RTO {_parts(item.measured)}; lost {_loss(item.measured)}"
        for row in item.differences:
            yield f"    {row['setting']} is {row['restored']!r}, and {row['source']!r} in the source"
    for check in record.checks:
        yield f"  check {check.component}: {'passed' if check.passed else 'FAILED'}: {check.found}"
    for word, texts in (("deviation", record.deviations), ("not covered", record.not_covered)):
        for text in texts:
            yield f"  {word}: {text}"
    if record.cleanup is not None:
        left = record.cleanup["left"]
        yield f"  removed: {len(record.cleanup['removed'])}; left: {', '.join(left) or 'nothing, by name and by tag'}"
    yield f"  counts until {record.expires}"


def evidence_page(
    chain: Sequence[tuple[Evidence, str]],
    *,
    today: date,
    fingerprints: Mapping[str, str] | None = None,
    workloads: Sequence[DocumentedWorkload] = (),
) -> str:
    """Return the page of a chain of records, newest first, as HTML.

    Args:
        chain: The records with their digests, in the order of the chain.
        today: Decides which have expired.
        fingerprints: What each workload is made from now. Default: not known.
        workloads: What is estimated now, to stand beside what was measured. Default: not known.
    """
    now = fingerprints or {}
    style = files("constructs_lib.documents").joinpath("templates/style.css").read_text(encoding="utf-8")
    rows = [
        [
            record.id,
            _badge(record),
            record.workload,
            record.disruption,
            record.times["began"][:19].replace("T", " "),
            _parts(record.measured),
            _loss(record.measured),
            record.verdict,
            "; ".join((f"until {record.expires}", *stale_because(record, today, now.get(record.workload)))),
        ]
        for record, _ in reversed(chain)
    ]
    head = ["record", "kind", "workload", "disruption", "began (UTC)", "recovery time", "lost", "verdict", "counts"]
    body = Markup("").join(
        [
            Markup("<h1>Evidence of recovery</h1>"),
            _table(head, rows),
            _beside([record for record, _ in chain], workloads, today),
            *(_record(record, digest) for record, digest in reversed(chain)),
        ]
    )
    newest = chain[-1][1] if chain else "none"
    return str(
        Markup(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<title>Evidence of recovery</title>\n"
            "<style>\n{style}\n{more}\n</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n<footer>\n"
            "<p>Made by drctl from {count}, whose chain is whole. The newest: <code>sha256 {newest}</code>. "
            "Records are chained, not signed: keep this digest where their writers cannot reach.</p>\n"
            "</footer>\n</body>\n</html>\n"
        ).format(style=Markup(style), more=Markup(STYLE), body=body, count=plural(len(chain), "record"), newest=newest)
    )


def timeline(rows: Sequence[tuple[str, str, str, str]], marks: Sequence[tuple[str, str]] = ()) -> Markup:
    """Return a timeline as SVG.

    Args:
        rows: Name, part, begin and end (RFC 3339) of each bar.
        marks: Moments that are drawn over all of it, with their names.
    """
    moments = [datetime.fromisoformat(text) for _, _, begin, end in rows for text in (begin, end)]
    moments += [datetime.fromisoformat(moment) for _, moment in marks]
    if not moments:
        return Markup("")
    start = min(moments)
    span = max((max(moments) - start).total_seconds(), 0.001)

    def place(text: str) -> float:
        return _NAMES + (datetime.fromisoformat(text) - start).total_seconds() / span * (_WIDTH - _NAMES - 60)

    height = (len(rows) + len(marks)) * _ROW + 8
    drawn = [
        Markup(
            '<text x="0" y="{y}">{name}</text>'
            '<rect class="part-{part}" x="{x:.1f}" y="{top}" width="{width:.1f}" height="12" rx="2">'
            '<title>{title}</title></rect><text x="{after:.1f}" y="{y}">{seconds:.1f} s</text>'
        ).format(
            y=number * _ROW + 12,
            top=number * _ROW + 2,
            name=name[:34],
            part=part if part in ("act", "verify", "fence") else "other",
            x=place(begin),
            width=max(1.0, place(end) - place(begin)),
            after=max(place(end), place(begin) + 1) + 4,
            seconds=(datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds(),
            title=f"{name}: {begin} to {end}",
        )
        for number, (name, part, begin, end) in enumerate(rows)
    ]
    drawn += [
        Markup(
            '<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}"/><text x="{x:.1f}" y="{y}" text-anchor="{anchor}">'
            "{name}</text>"
        ).format(
            x=place(moment),
            height=height,
            y=(len(rows) + number) * _ROW + 12,
            anchor="end" if place(moment) > _WIDTH / 2 else "start",
            name=f" {name} (+{(datetime.fromisoformat(moment) - start).total_seconds():.1f} s) ",
        )
        for number, (name, moment) in enumerate(marks)
    ]
    return Markup(
        '<svg class="timeline" viewBox="0 0 {width} {height}" role="img" aria-label="Timeline" '
        'xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'
    ).format(width=_WIDTH, height=height, drawn=Markup("").join(drawn))


def _beside(evidence: Sequence[Evidence], workloads: Sequence[DocumentedWorkload], today: date) -> Markup:
    rows = []
    for workload in workloads:
        for item in workload.components:
            for disruption, estimate in item.assessment.estimates.items():
                found = measured_beside(
                    estimate,
                    item.component,
                    disruption,
                    evidence,
                    workload=workload.name,
                    # In a plan it is called by its address; a drill of the stacks knows what the workload calls it.
                    names=[
                        item.name,
                        item.name.rpartition("/")[2],
                        dict(item.component.tags).get(COMPONENT, item.name),
                    ],
                    today=today,
                )
                if found is not None:
                    target = item.objective.target(disruption)
                    rows.append(
                        [
                            f"{workload.name}: {item.name}",
                            disruption.value,
                            _both(estimate),
                            estimate.verdict(target).value,
                            _both(found.estimate) if found.records else "nothing that counts",
                            found.estimate.verdict(target).value if found.records else "",
                            "; ".join((*found.records, *found.notes)),
                        ]
                    )
    if not rows:
        return Markup("")
    head = ["component", "disruption", "estimated", "verdict", "with what was measured", "verdict", "by"]
    return Markup("<h2>Measured beside estimated</h2>") + _table(head, rows)


def _both(estimate: Estimate) -> str:
    return f"RTO {in_words(estimate.rto_seconds)}, RPO {in_words(estimate.rpo_seconds)}"


def _record(record: Evidence, digest: str) -> Markup:
    rows = [
        # What only looks has no begin of its own.
        (f"{item.name}: {step['id']}", str(step["part"]), step.get("began") or step["ended"], step["ended"])
        for item in record.components
        for step in item.steps
        if step.get("ended") and step["state"] != "yours to do"
    ]
    marks = sorted(record.times.items(), key=lambda item: datetime.fromisoformat(item[1]))
    times = [[name, moment] for name, moment in marks]
    people = ", ".join(f"{part} by {who}" for part, who in record.people.items() if who)
    components = [
        [
            item.name,
            item.mechanism,
            "unknown" if item.size_gb is None else f"{item.size_gb:g} GB ({item.size_from})",
            _parts(item.measured),
            _loss(item.measured),
            "; ".join(item.measured.how),
        ]
        for item in record.components
    ]
    checks = [
        [check.component, check.what, check.expected, check.found, "passed" if check.passed else "FAILED"]
        for check in record.checks
    ]
    removed = record.cleanup or {"removed": [], "left": [], "proven_by": []}
    objective = record.objective or {}
    parts: list[Markup] = [
        Markup("<h2>{id} {badge}</h2>").format(id=record.id, badge=_badge(record)),
        Markup('<p class="simulated-note">{text}</p>').format(text=SIMULATED_NOTE)
        if record.kind is EvidenceKind.SIMULATED
        else Markup(""),
        Markup("<p>{text}</p>").format(
            text=f"{record.workload}, disruption {record.disruption}, account {record.account or 'not asked'}, "
            f"{' to '.join(record.regions)}; {people}; {record.tool}; clock: {record.clock}. Promised: RTO "
            f"{objective.get('rto', 'nothing')}, RPO {objective.get('rpo', 'nothing')}. Verdict: {record.verdict}."
        ),
        timeline(rows, marks),
        _table(["moment", "UTC"], times),
        _table(["component", "by", "size", "recovery time", "lost", "how that is known"], components),
        _table(["component", "check", "expected", "found", ""], checks) if checks else Markup(""),
        _list("Deviations", record.deviations),
        _list("Not covered", record.not_covered),
        _list("Removed", [*removed["removed"], *(f"LEFT: {text}" for text in removed["left"])]),
        Markup(
            "<p><code>sha256 {digest}</code>, after <code>{previous}</code>; made from <code>{made}</code></p>"
        ).format(digest=digest, previous=record.previous_sha256 or "nothing: it is the first", made=record.fingerprint),
    ]
    return Markup("\n").join(parts)


def _badge(record: Evidence) -> Markup:
    simulated = " simulated" if record.kind is EvidenceKind.SIMULATED else ""
    return Markup('<span class="badge{more}">{kind}</span>').format(more=simulated, kind=record.kind.value)


def _table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Markup:
    cells = Markup("").join(Markup('<th scope="col">{0}</th>').format(cell) for cell in head)
    lines = Markup("\n").join(
        Markup("<tr>{0}</tr>").format(Markup("").join(Markup("<td>{0}</td>").format(cell) for cell in row))
        for row in rows
    )
    return Markup('<div class="scroll"><table><thead><tr>{0}</tr></thead><tbody>{1}</tbody></table></div>').format(
        cells, lines
    )


def _list(title: str, texts: Sequence[str]) -> Markup:
    if not texts:
        return Markup("")
    entries = Markup("").join(Markup("<li>{0}</li>").format(text) for text in texts)
    return Markup("<h3>{0}</h3><ul>{1}</ul>").format(title, entries)


def _parts(measured: Measured) -> str:
    timed = [f"{part} {seconds:.1f} s" for part in _PARTS if (seconds := measured.rto_seconds.get(part)) is not None]
    return ", ".join(timed) or "not timed"


def _loss(measured: Measured) -> str:
    at_most = measured.rpo_seconds_at_most
    return "not known" if at_most is None else f"at most {in_words(-int(-at_most // 1), nothing='no bound')}"
