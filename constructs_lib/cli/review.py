"""`drctl review`: what a plan does to recovery."""

from __future__ import annotations

import argparse
import sys

from constructs_lib.cli.arguments import STANDARD_INPUT, check_read_once
from constructs_lib.files import write_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.plan import Plan
    from constructs_lib.review import Review
    from constructs_lib.review.evidence import BesideReview

_OWN = ("table", "json")
_FORMATS = (*_OWN, "markdown", "sarif", "junit", "github", "html")
_STANDARD_OUTPUT = "-"
_LEAST_WIDTH = 80
"""What an address and its figures take; a narrower terminal breaks the lines itself."""


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "review",
        help="what a Terraform plan does to recovery: RTO and RPO before and after, and findings",
        description=(
            "Review what Terraform or OpenTofu plans do to recovery, offline. Give the output of `terraform show -json "
            "PLANFILE`; where a workload has several states, the plans of all of them. Or give what `cdktf synth` "
            "wrote: then no credentials, no state and no plan are needed."
        ),
        allow_abbrev=False,
    )
    add = command.add_argument
    add("plan", nargs="*", metavar="PLAN", help="a plan or a state as JSON; - reads standard input")
    add("--plan", action="append", default=[], metavar="FILE", dest="more", help="a PLAN, as other commands name it")
    add("--stacks", metavar="DIR", help="review synthesized stacks instead of plans, such as cdktf.out")
    add("--before", metavar="DIR", help="with --stacks: the stacks of the revision before; default: nothing is there")
    add(
        "--objectives",
        metavar="FILE",
        help="recovery.yaml; - reads standard input; default: the one here, if there is one, and recovery:* tags",
    )
    add("--format", choices=_FORMATS, help="what is written to standard output; default: table")
    add(
        "--output",
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help="write a format to a file as well; may be given several times",
    )
    add("--name", help="tells several reviews of one pull request apart, in comments and in SARIF")
    add(
        "--fail-on",
        choices=("breached", "unknown", "warning", "worse", "never"),
        default="breached",
        help="from what on to exit with 1: breached and errors, unknown too, warnings too; worse: only what this plan "
        "breaks or worsens; default: breached",
    )
    add("--evidence", metavar="DIR", help="records of drills, whose measurements are shown beside the estimates")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime
    from pathlib import Path

    from constructs_lib.errors import EvaluationError
    from constructs_lib.review import exit_code, review

    options.plan += options.more
    check_read_once(options.plan, [options.objectives])
    outputs = _outputs(options.output, options.format)
    today = datetime.now(UTC).date()
    declaration = declaration_of(options.objectives)
    plan, names = _read(options, declaration)
    found = review(plan, declaration, today=today, names=names)
    measured = _measured(options.evidence, found, today)
    texts = {path: rendered(found, format, name=options.name, measured=measured) for format, path in outputs}
    write_files({Path(path): text for path, text in texts.items() if path != _STANDARD_OUTPUT})
    sys.stdout.write(texts.get(_STANDARD_OUTPUT, ""))
    if options.format is not None or not any(path == _STANDARD_OUTPUT for _, path in outputs):
        shown = rendered(found, options.format or "table", name=options.name, to_terminal=True, measured=measured)
        sys.stdout.write(shown)
    code = exit_code(found, options.fail_on)
    if code == 0 and options.fail_on not in ("worse", "never") and any(item.is_worse for item in measured):
        code = 1
        for line in () if options.format in (None, "table") else _worse(measured):
            sys.stderr.write(f"drctl: {line}\n")
    if code == EvaluationError.exit_code:
        which = "failed half way" if plan.errored else "leaves something out, as one with -target does"
        msg = f"a plan {which}, so it cannot be judged; plan the whole configuration anew"
        raise EvaluationError(msg)
    return code


def _read(options: argparse.Namespace, declaration: Declaration | None) -> tuple[Plan, list[str]]:
    """Return what is reviewed, and what its parts are called."""
    from pathlib import Path

    from constructs_lib.errors import InputError
    from constructs_lib.plan import read_plans

    if options.stacks is not None:
        from constructs_lib.plan.stacks import read_stacks

        if options.plan:
            msg = f"{options.plan[0]} is given beside --stacks; give plans, or stacks"
            raise InputError(msg)
        before = None if options.before is None else Path(options.before)
        plan = read_stacks(Path(options.stacks), before)
        return plan, list(dict.fromkeys(plan.documents))
    if options.before is not None:
        msg = "--before goes with --stacks; a plan says itself what was before it"
        raise InputError(msg)
    if not options.plan:
        msg = "nothing to review; give the output of terraform show -json PLANFILE, or --stacks cdktf.out"
        raise InputError(msg)
    sources = _sources(options.plan)
    declared = None if declaration is None else declaration.regions
    plan = read_plans(sources, regions=None if declared is None else (declared.primary, declared.recovery))
    return plan, sorted(sources)


def _outputs(given: Sequence[str], shown: str | None) -> list[tuple[str, str]]:
    import os

    from constructs_lib.errors import InputError

    found: list[tuple[str, str]] = []
    if shown is not None and any(item.endswith(f"={_STANDARD_OUTPUT}") for item in given):
        msg = "standard output is named by --format and by --output, and takes one of them; name a file"
        raise InputError(msg)
    for item in given:
        format, equals, path = item.partition("=")
        if not equals or format not in _FORMATS or not path:
            msg = f"--output {item!r} is not FORMAT=FILE; the formats are {', '.join(_FORMATS)}"
            raise InputError(msg)
        if os.path.realpath(path) in {os.path.realpath(other) for _, other in found}:
            named = "standard output" if path == _STANDARD_OUTPUT else path
            msg = f"{named} is named for two outputs, and the second would replace the first; name another file"
            raise InputError(msg)
        found.append((format, path))
    return found


def declaration_of(file: str | None) -> Declaration | None:
    """Return what *file* declares, or the `recovery.yaml` here; None where there is none."""
    import os

    default = "recovery.yaml"
    if file is None and not os.path.exists(default):
        return None
    from constructs_lib.declaration.declaration import load_declaration

    return load_declaration(file or default)


def _sources(files: Sequence[str]) -> dict[str, Path]:
    """Return what to read by the name of its stack: of the file, and of its directory where files are called alike."""
    from pathlib import Path

    from constructs_lib.errors import InputError

    paths = [Path(file) for file in files]
    names = [_stem(path) for path in paths]
    if len(set(names)) < len(names):
        names = [f"{path.resolve().parent.name}/{name}" for path, name in zip(paths, names, strict=True)]
    if len(set(names)) < len(names):
        names = [path.with_suffix("").as_posix() for path in paths]
    if len(set(names)) < len(names):
        msg = "the same plan is given twice; give each plan once"
        raise InputError(msg)
    return dict(zip(names, paths, strict=True))


def _stem(path: Path) -> str:
    return "stdin" if str(path) == STANDARD_INPUT else path.name.removesuffix(".json") or path.name


def _measured(directory: str | None, review: Review, today: date) -> tuple[BesideReview, ...]:
    if directory is None:
        return ()
    from pathlib import Path

    from constructs_lib.assessment.evidence import read_evidence
    from constructs_lib.review.evidence import beside_review

    found = beside_review(review, [record for record, _ in read_evidence(Path(directory))], today)
    if not found:
        sys.stderr.write(f"drctl: note: no record in {directory} is about what is reviewed\n")
    return found


def rendered(
    review: Review,
    format: str,
    *,
    name: str | None,
    to_terminal: bool = False,
    measured: Sequence[BesideReview] = (),
    beside: Sequence[str] = (),
) -> str:
    """Return *review* in one of the formats.

    What was *measured* stands in the table and in JSON as a whole, and in what else people read where it is worse, as
    does what is wrong *beside* the review.
    """
    if format == "json":
        from constructs_lib.review.renderers.as_json import render_with_measured

        return render_with_measured(review, measured)
    if format == "table":
        from constructs_lib.review.renderers.terminal import render_table

        table = render_table(review, _width(to_terminal), color=to_terminal and _shows_color())
        return table + "".join(f"{line}\n" for item in measured for line in item.lines())
    from constructs_lib.review.renderers import render

    return render(review, format, name=name, beside=[*_worse(measured), *beside])


def _worse(measured: Sequence[BesideReview]) -> list[str]:
    """Return what was measured to be worse than what is estimated, which ends a review with 1."""
    return [line for item in measured if item.is_worse for line in item.lines()]


def _width(to_terminal: bool) -> int:
    from constructs_lib.cli.console import PIPED, Output

    return max(_LEAST_WIDTH, Output().width) if to_terminal else PIPED


def _shows_color() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
