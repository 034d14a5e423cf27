"""Reads plans and states into components."""

from __future__ import annotations

from filecmp import cmp
from typing import TYPE_CHECKING

from constructs_lib.errors import PlanError
from constructs_lib.plan.document.source import decode, held, name_of
from constructs_lib.plan.joined import joined
from constructs_lib.plan.reader import Reader
from constructs_lib.plan.without_collection import without_collection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from constructs_lib.plan.document.format import Document
    from constructs_lib.plan.plan import Plan


def read_plan(source: Path | bytes, *, regions: tuple[str, str] | None = None) -> Plan:
    """Read the output of `terraform show -json`, or `tofu show -json`, for a saved plan or a state.

    Args:
        source: The file, or what is in it.
        regions: The primary and the recovery Region that are declared, for providers whose Region nothing else tells.

    Raises:
        PlanError: If it cannot be read, or is not a plan or a state; the message is one line and holds no value of it.
    """
    return read_plans({"": source}, regions=regions)


def read_plans(sources: Mapping[str, Path | bytes], *, regions: tuple[str, str] | None = None) -> Plan:
    """Read several plans as one, as of an app with one state per Region: a copy in one stack counts for the other.

    A resource is named by its address; where two stacks have the same address, by `<stack>/<address>`. What is in
    different stacks is linked by known values alone: names, ids and ARNs.

    Args:
        sources: The plan of each stack by its name. Plans and states cannot be mixed.
        regions: As for `read_plan`. Of several plans none tells which of the two Regions it is for, so they do not
            count then.

    Raises:
        PlanError: As `read_plan`; also if there is no plan at all.
    """
    with without_collection():
        return _read_plans(sources, regions if len(sources) == 1 else None)


def _read_plans(sources: Mapping[str, Path | bytes], regions: tuple[str, str] | None) -> Plan:
    if not sources:
        msg = "there is no plan to read; give the output of terraform show -json PLANFILE"
        raise PlanError(msg)
    readers = []
    contents: dict[str, Path | bytes] = {}
    for index, (stack, source) in enumerate(sorted(sources.items())):
        name, contents[stack] = name_of(source), held(source)
        try:
            readers.append(Reader(stack, index, name, decode(contents[stack], name), regions))
        except RecursionError:
            raise PlanError(_too_deep(name)) from None
    if len({reader.is_state for reader in readers}) > 1:
        msg = "plans and states cannot be read together; give only plans or only states"
        raise PlanError(msg)
    of_readers = [reader.stack for reader in readers if reader.before or reader.after]
    _check_each_once([(sources[stack], contents[stack]) for stack in of_readers])
    try:
        return joined(readers)
    except RecursionError:
        raise PlanError(_too_deep(", ".join(reader.name for reader in readers))) from None


def _check_each_once(given: Iterable[tuple[Path | bytes, Path | bytes]]) -> None:
    """Refuse one plan under two names: all in it would be there twice, and what names it would mean neither.

    Args:
        given: What each is called by, and where it is, or what is in it.
    """
    of_size: dict[int, list[tuple[Path | bytes, Path | bytes]]] = {}
    for source, content in given:
        try:
            size = len(content) if isinstance(content, bytes) else content.stat().st_size
        except (OSError, ValueError):
            continue  # what cannot be read is told of when it is read
        for other, before in of_size.get(size, ()) if size else ():
            if _same(content, before):
                what = " and ".join(name_of(item) for item in (other, source) if not isinstance(item, bytes))
                msg = f"{what or 'two sources'} are the same plan, and all in it would count twice; give each plan once"
                raise PlanError(msg)
        of_size.setdefault(size, []).append((source, content))


def _same(one: Path | bytes, other: Path | bytes) -> bool:
    try:
        if isinstance(one, bytes) or isinstance(other, bytes):
            return _whole(one) == _whole(other)
        return cmp(one, other, shallow=False)
    except OSError:
        return False


def _whole(content: Path | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def read_documents(documents: Mapping[str, tuple[Document, str]]) -> Plan:
    """Read what was not written by Terraform: a document for each name, and the Region all of it is in."""
    with without_collection():
        readers = []
        for index, (name, (document, region)) in enumerate(sorted(documents.items())):
            reader = Reader(name, index, name, document, None)
            for resource in (*reader.before.values(), *reader.after.values()):
                resource.infer_region(region)
            readers.append(reader)
        return joined(readers)


def _too_deep(name: str) -> str:
    return f"{name} is nested too deeply to be a plan; give the output of terraform show -json PLANFILE"
