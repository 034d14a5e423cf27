"""`drctl audit`: what an account keeps now."""

from __future__ import annotations

import argparse
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.operations.auditing.audit import Audit
    from constructs_lib.selection.decision import Decision

_FORMATS = ("table", "json", "markdown", "sarif", "junit", "github", "html")


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "audit",
        help="what an account keeps now: age and lag of every copy against its objective",
        description="Read live AWS into the same components and judge them as a plan is judged: RTO and RPO, findings, "
        "and how old each copy is now. It only reads; --policy prints what it needs. What cannot be asked is unknown.",
        allow_abbrev=False,
    )
    add = command.add_argument
    add("--region", action="append", default=[], metavar="REGION", help="default: those declared, or of the stacks")
    add("--stacks", metavar="DIR", help="synthesized stacks: addresses of what is found, and what `.existing` promises")
    add(
        "--objectives",
        metavar="FILE",
        help="recovery.yaml; default: the one here, if there is one, and recovery:* tags",
    )
    add("--format", choices=_FORMATS, default="table", help="default: table")
    add(
        "--fail-on",
        choices=("breached", "unknown", "warning", "never"),
        default="unknown",
        help="from what on to exit with 1; default: unknown",
    )
    add("--policy", action="store_true", help="print the IAM policy that the command needs, and do nothing")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from constructs_lib.cli.recovery.credentials import check_signed_in, new_clients
    from constructs_lib.cli.review import declaration_of
    from constructs_lib.operations.auditing.audit import audit
    from constructs_lib.operations.auditing.policy import audit_policy

    if options.policy:
        sys.stdout.write(audit_policy())
        return 0
    declaration = declaration_of(options.objectives)
    addresses, tags, built = _addresses(options.stacks)
    regions = options.region or _declared(declaration) or built
    if not regions:
        from constructs_lib.errors import InputError

        msg = "no Region is known; name one with --region, declare regions in recovery.yaml, or give --stacks"
        raise InputError(msg)
    check_signed_in(new_clients())
    now = datetime.now(UTC)
    decisions = () if options.stacks is None else _decisions(options.stacks)
    found = audit(regions, declaration, addresses=addresses, tags=tags, decisions=decisions, today=now.date(), now=now)
    sys.stdout.write(_rendered(found, options.format))
    return _code(found, options.fail_on)


def _decisions(stacks: str) -> tuple[Decision, ...]:
    from pathlib import Path

    from constructs_lib.plan.stacks import read_decisions

    return read_decisions(Path(stacks))


def _declared(declaration: Declaration | None) -> list[str]:
    regions = None if declaration is None else declaration.regions
    return [] if regions is None else [regions.primary, regions.recovery]


def _addresses(
    stacks: str | None,
) -> tuple[Mapping[tuple[str, str, str], str], Mapping[tuple[str, str, str], Mapping[str, str]], list[str]]:
    """Return the addresses of what stacks build and the tags of what exists, by type, Region and name; and Regions."""
    if stacks is None:
        return {}, {}, []
    from pathlib import Path

    from constructs_lib.catalog.resources.resource_types import load_resource_types
    from constructs_lib.plan.stacks import read_stacks, tags_of_existing

    plan = read_stacks(Path(stacks))
    types = load_resource_types()
    named = {
        (item.type, item.region or "", name): address
        for address, item in plan.resources_after.items()
        for argument in types[item.type].named_by
        if (name := item.text(argument)) is not None
    }
    return named, tags_of_existing(Path(stacks)), sorted(plan.regions)


def _rendered(found: Audit, format: str) -> str:
    from msgspec.structs import replace

    from constructs_lib.cli.review import rendered

    if format == "json":
        import json

        return json.dumps(_as_data(found), indent=2, ensure_ascii=False) + "\n"
    # One verdict: what is late or missing now is in no finding of the review.
    review = replace(found.review, verdict=found.verdict)
    wrong = [*_wrong(found), *found.untold]
    text = rendered(review, format, name=None, to_terminal=True, beside=wrong)
    if format != "table":
        return text
    lines = [*_observed(found), *wrong]
    return f"{text}\n" + "".join(f"{line}\n" for line in lines) if lines else text


def _as_data(found: Audit) -> dict[str, Any]:
    from constructs_lib.review.renderers.as_json import review_as_data

    data = review_as_data(found.review)
    for component in data["components"]:
        seen = found.observed.get(component["address"])
        component["observed"] = (
            None
            if seen is None
            else {"rpo_seconds": seen.rpo_seconds, "as_of": seen.as_of.isoformat(), "source": seen.source}
        )
    data["verdict"] = found.verdict.value
    data["unbacked"] = dict(found.unbacked)
    data["unreadable"] = dict(found.unreadable)
    data["untold"] = list(found.untold)
    data["missing"] = [f"{item.workload}/{item.name}" for item in found.missing]
    data["unasked"] = [{"what": item.what, "error": item.error} for item in found.unasked]
    return data


def _observed(found: Audit) -> list[str]:
    from constructs_lib.objectives import format_duration

    return [
        f"{address}: {format_duration(seen.rpo_seconds)} behind ({seen.source})"
        for address, seen in sorted(found.observed.items())
        if address not in found.late
    ]


def _wrong(found: Audit) -> list[str]:
    """Return what makes the verdict of the audit worse than that of its review, a sentence each."""
    from constructs_lib.objectives import format_duration

    late = {address: found.observed[address] for address in sorted(found.late)}
    lines = [
        f"{address}: {format_duration(seen.rpo_seconds)} behind ({seen.source}), later than promised"
        for address, seen in late.items()
    ]
    lines += [f"{address}: {why}" for address, why in sorted([*found.unbacked.items(), *found.unreadable.items()])]
    lines += [
        f"not found: nothing in {item.component.region} has the tags of {item.name} ({item.component.kind}) of "
        f"{item.workload}, which the stacks build there"
        for item in found.missing
    ]
    return [*lines, *(f"not asked: {item.what}: {item.error}" for item in found.unasked)]


def _code(found: Audit, fail_on: str) -> int:
    from constructs_lib.assessment import Verdict
    from constructs_lib.review import exit_code

    if fail_on == "never":
        return 0
    code = exit_code(found.review, fail_on)  # type: ignore[arg-type]
    worse = found.late or found.unbacked or found.unreadable
    if code == 0 and (worse or (fail_on != "breached" and found.verdict is Verdict.UNKNOWN)):
        return 1
    return code
