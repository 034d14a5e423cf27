"""`drctl docs`: the documents a business signs and engineers follow."""

from __future__ import annotations

import argparse
import sys

from constructs_lib.cli.arguments import path
from constructs_lib.cli.promise.sources import add_sources, read_sources
from constructs_lib.files import write_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.documents.read.gather import Gathered
    from constructs_lib.documents.template_set import Format

_HELP = {
    "sla": "the service level agreement of each workload",
    "runbook": "what is done, by whom and for how long, when something fails",
    "cost": "the ladder of objectives, and what each step costs",
    "summary": "one page for a business reader",
    "all": "all four",
}


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "docs",
        help="write the SLA, runbook, cost memo and summary, or check that they are still true",
        description="Write documents from what is declared and what is built, or check that those on disk are true.",
        allow_abbrev=False,
    )
    kinds = command.add_subparsers(title="documents", metavar="DOCUMENT", required=True, prog=command.prog)
    for kind, text in _HELP.items():
        writer = kinds.add_parser(kind, help=text, description=text.capitalize() + ".", allow_abbrev=False)
        _add_common(writer, "where to write them")
        writer.add_argument("--format", default="markdown,html", help="markdown, html, or both with a comma (default)")
        writer.add_argument(
            "--evidence",
            type=path,
            metavar="DIR",
            help="records of drills: also writes evidence.html, beside estimates",
        )
        writer.set_defaults(run=_write, kind=kind)
    check = kinds.add_parser(
        "check",
        help="fail where a document no longer matches what it was made from",
        description="Exit with 1 where a document no longer matches the declaration, the components, the templates or "
        "the catalog, was edited by hand, or commits to what is known not to be kept.",
        allow_abbrev=False,
    )
    _add_common(check, "where they are")
    check.set_defaults(run=_check)


def _add_common(command: argparse.ArgumentParser, where: str) -> None:
    command.add_argument("--output", type=path, required=True, metavar="DIR", help=where)
    add_sources(command)
    command.add_argument("--templates", type=path, metavar="DIR", help="templates of your own, by the shipped names")
    command.add_argument("--prices", type=path, metavar="FILE", help="prices of your own (TOML)")


def _formats(text: str) -> tuple[Format, ...]:
    from constructs_lib.documents.template_set import FORMATS
    from constructs_lib.errors import InputError

    wanted = [part.strip() for part in text.split(",")]
    for part in wanted:
        if part not in FORMATS:
            msg = f"there is no format {part!r}; there are {' and '.join(FORMATS)}"
            raise InputError(msg)
    return tuple(format_ for format_ in FORMATS if format_ in wanted)


def _write(options: argparse.Namespace) -> int:
    from constructs_lib.documents.documents import DOCUMENT_KINDS, contradicted, index_of, render_documents

    formats = _formats(options.format)
    subjects = read_sources(options)
    documents = render_documents(
        subjects.workloads,
        DOCUMENT_KINDS if options.kind == "all" else (options.kind,),
        formats,
        templates=options.templates,
        prices=options.prices,
    )
    if options.kind == "all":
        documents += index_of(documents, subjects.workloads, templates=options.templates)
    texts = {options.output / document.name: document.text for document in documents}
    if options.evidence is not None:
        texts[options.output / "evidence.html"] = _evidence(options.evidence, subjects)
    options.output.mkdir(parents=True, exist_ok=True)
    # They belong together: half of them, made from something else than the rest, would be signed.
    write_files(texts)
    for written in texts:
        sys.stdout.write(f"{written}\n")
    if options.kind in ("sla", "summary", "all"):
        for item in contradicted(subjects.workloads):
            sys.stderr.write(f"to settle before anybody signs: {item}\n")
    return 0


def _evidence(directory: Path, subjects: Gathered) -> str:
    from datetime import UTC, datetime

    from constructs_lib.assessment.evidence import read_evidence
    from constructs_lib.documents.evidence import evidence_page
    from constructs_lib.documents.fingerprint import design_fingerprint

    return evidence_page(
        read_evidence(directory),
        today=datetime.now(UTC).date(),
        fingerprints={item.name: design_fingerprint(item) for item in subjects.workloads},
        workloads=subjects.workloads,
    )


def _check(options: argparse.Namespace) -> int:
    from constructs_lib.documents.documents import check_documents, contradicted
    from constructs_lib.plural import plural

    subjects = read_sources(options)
    wanted, stale = check_documents(
        options.output, subjects.workloads, templates=options.templates, prices=options.prices
    )
    for item in stale:
        sys.stdout.write(f"{item}\n")
    if stale:
        told = plural(len(stale), "document")
        sys.stdout.write(f"{told} in {options.output} must be made again with `drctl docs`\n")
        return 1
    broken = contradicted(subjects.workloads) if any(document.kind == "sla" for document in wanted) else ()
    for line in broken:
        sys.stdout.write(f"to settle before anybody signs: {line}\n")
    if broken:
        return 1
    are = "is" if len(wanted) == 1 else "are"
    sys.stdout.write(f"{plural(len(wanted), 'document')} in {options.output} {are} true\n")
    return 0
