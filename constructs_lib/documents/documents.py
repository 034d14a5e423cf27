"""The documents of workloads, rendered; and whether those on disk are still true."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Literal

import msgspec

from constructs_lib.catalog.prices import load_prices
from constructs_lib.documents.contents import Contents
from constructs_lib.documents.fingerprint import fingerprint_of
from constructs_lib.documents.sla_document import sla_document
from constructs_lib.documents.template_set import FORMATS, Format, Templates
from constructs_lib.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload

__all__ = [
    "DOCUMENT_KINDS",
    "DocumentKind",
    "RenderedDocument",
    "Stale",
    "check_documents",
    "contradicted",
    "index_of",
    "render_documents",
]

DocumentKind = Literal["sla", "runbook", "cost", "summary", "index"]
DOCUMENT_KINDS: tuple[DocumentKind, ...] = ("sla", "runbook", "cost", "summary")

_SUFFIX: dict[Format, str] = {"markdown": "md", "html": "html"}
_MARK = re.compile(r"<!-- drctl document=(\w+) fingerprint=([\w.-]+) -->")
_HEADINGS = {
    "sla": "Service level agreement",
    "runbook": "Runbook",
    "cost": "Cost memo",
    "summary": "Summary",
    "index": "Documents",
}
_LONGEST_NAME = 200
"""Characters of a workload's name in a file's, which may have 255 bytes."""
_INDEX: DocumentKind = "index"
_NOT_KEPT = "RECOVERY-407"


class RenderedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One document: the name of its file, its text, and what it was made from."""

    name: str
    kind: DocumentKind
    workload: str
    format: Format
    text: str
    fingerprint: str


class Stale(msgspec.Struct, frozen=True, kw_only=True):
    """A document on disk that is no longer true, and why."""

    name: str
    because: str

    def __str__(self) -> str:
        return f"{self.name}: {self.because}"


def render_documents(
    workloads: Sequence[DocumentedWorkload],
    kinds: Iterable[DocumentKind] = DOCUMENT_KINDS,
    formats: Iterable[Format] = FORMATS,
    *,
    templates: Path | None = None,
    prices: Path | None = None,
) -> tuple[RenderedDocument, ...]:
    """Return the documents of every workload. The same input gives the same text: no date of making is in it.

    Args:
        workloads: What to write about.
        kinds: Which documents. Default: all four.
        formats: In which forms. Default: Markdown and HTML.
        templates: A directory with templates of the user's own. Default: the shipped ones.
        prices: A file with prices of the user's own. Default: the shipped ones.

    Raises:
        EvaluationError: If there is no workload, or a document other than the agreement has no component to tell of.
        InputError: If a template is wrong; one line with file and line.
    """
    if not workloads:
        msg = "there is no workload to write about; declare one, or name the stacks that hold one"
        raise EvaluationError(msg)
    shelf = Templates(templates)
    sources, table = shelf.sources(), load_prices(prices)
    kinds, formats = tuple(kinds), tuple(formats)
    rendered = []
    for workload in workloads:
        fingerprint = str(fingerprint_of(workload, sources, prices))
        contents = Contents(workload, table)
        for kind in kinds:
            if kind != "sla" and not workload.components:
                msg = f"no component of {workload.name} is known, so it has no {kind}; name --stacks or --plan"
                raise EvaluationError(msg)
            context = contents.page(kind)
            for format_ in formats:
                page = {
                    "heading": f"{_HEADINGS[kind]}: {workload.name}",
                    "made_from": "the declaration, the components, the templates and the catalog",
                    "fingerprint": fingerprint,
                }
                rendered.append(
                    RenderedDocument(
                        name=f"{_file_name(workload.name)}-{kind}.{_SUFFIX[format_]}",
                        kind=kind,
                        workload=workload.name,
                        format=format_,
                        text=shelf.render(kind, format_, context, page),
                        fingerprint=fingerprint,
                    )
                )
    return tuple(rendered)


def index_of(
    rendered: Sequence[RenderedDocument], workloads: Sequence[DocumentedWorkload], *, templates: Path | None = None
) -> tuple[RenderedDocument, ...]:
    """Return a page for each form that leads to the documents of that form.

    Args:
        rendered: The documents.
        workloads: What they are about.
        templates: A directory with templates of the user's own. Default: the shipped ones.
    """
    shelf, found = Templates(templates), []
    for format_ in FORMATS:
        files = [document for document in rendered if document.format == format_]
        if not files:
            continue
        # It changes when any of them does.
        text = "".join(document.text for document in files)
        fingerprint = f"documents-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        context = {"workloads": [_entry(workload, files) for workload in workloads]}
        page = {"heading": _HEADINGS[_INDEX], "made_from": "the documents it leads to", "fingerprint": fingerprint}
        found.append(
            RenderedDocument(
                name=f"{_INDEX}.{_SUFFIX[format_]}",
                kind=_INDEX,
                workload="",
                format=format_,
                text=shelf.render(_INDEX, format_, context, page),
                fingerprint=fingerprint,
            )
        )
    return tuple(found)


def _entry(workload: DocumentedWorkload, files: Sequence[RenderedDocument]) -> dict[str, object]:
    mine = [document for document in files if document.workload == workload.name]
    findings = sla_document(workload).feasibility.findings
    open_ = [f"{item.id} ({item.severity})" for item in findings if item.severity != "note"]
    return {
        "name": workload.name,
        "scope": None if workload.whole.serves else workload.whole.scope,
        "files": [{"title": _HEADINGS[document.kind], "name": document.name} for document in mine],
        "open": ", ".join(dict.fromkeys(open_)),
    }


def contradicted(workloads: Sequence[DocumentedWorkload]) -> tuple[str, ...]:
    """Return the commitments of the agreements of *workloads* that are known not to be kept as things are built."""
    return tuple(
        f"{workload.name}: {item}"
        for workload in workloads
        for item in sla_document(workload).feasibility.findings
        if item.id == _NOT_KEPT
    )


def check_documents(
    directory: Path,
    workloads: Sequence[DocumentedWorkload],
    *,
    templates: Path | None = None,
    prices: Path | None = None,
) -> tuple[tuple[RenderedDocument, ...], tuple[Stale, ...]]:
    """Return the documents that should be in *directory*, and those on disk that are no longer true.

    Which kinds and formats should be there is told by those that are: where one workload has a runbook in Markdown,
    each must. A document whose fingerprint still matches must also be, to the letter, what would be rendered now.

    Raises:
        EvaluationError: If the directory holds no document of ours.
    """
    found = dict(_ours(directory))
    if not found:
        msg = f"{directory} holds no document made by `drctl docs`; make some first"
        raise EvaluationError(msg)
    shapes = {(kind, name.rpartition(".")[2]) for name, (kind, _, _) in found.items()}
    kinds = [kind for kind in DOCUMENT_KINDS if any(kind == shape[0] for shape in shapes)]
    wanted = tuple(
        document
        for document in render_documents(workloads, kinds, FORMATS, templates=templates, prices=prices)
        if (document.kind, _SUFFIX[document.format]) in shapes
    )
    indexes = index_of(wanted, workloads, templates=templates)
    wanted += tuple(item for item in indexes if (item.kind, _SUFFIX[item.format]) in shapes)
    return wanted, tuple(_stale(wanted, found))


def _ours(directory: Path) -> Iterator[tuple[str, tuple[str, str, str]]]:
    if not directory.is_dir():
        return
    for path in sorted(directory.iterdir()):
        if path.suffix in (".md", ".html") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            # The last one is ours: what a page shows is escaped, and cannot hold the mark.
            for mark in list(_MARK.finditer(text))[-1:]:
                yield path.name, (mark[1], mark[2], text)


def _stale(wanted: Sequence[RenderedDocument], found: dict[str, tuple[str, str, str]]) -> Iterator[Stale]:
    for document in wanted:
        if document.name not in found:
            yield Stale(name=document.name, because="is missing")
            continue
        _, fingerprint, text = found[document.name]
        if fingerprint != document.fingerprint:
            changed = _changed(document.fingerprint, fingerprint)
            yield Stale(name=document.name, because=f"was made from other {changed}")
        elif text != document.text:
            yield Stale(name=document.name, because="was edited by hand, or made by another release")
    names = {document.name for document in wanted}
    for name in found:
        if name not in names:
            yield Stale(name=name, because="is about a workload that is no longer there")


def _changed(now: str, then: str) -> str:
    theirs = set(then.split("."))
    parts = [part.rpartition("-")[0] for part in now.split(".") if part not in theirs]
    return " and ".join(parts) or "input"


def _file_name(workload: str) -> str:
    """Return a file name that leaves no directory, and differs where the workloads do."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", workload).strip("-")
    if plain == workload and len(plain) <= _LONGEST_NAME:
        return plain
    return f"{plain[:60] or 'workload'}-{hashlib.sha256(workload.encode()).hexdigest()[:8]}"
