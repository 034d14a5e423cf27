"""What a team declares in `recovery.yaml`, version 1: workloads, objectives, dependencies and waivers.

The file is described in `docs/recovery-yaml.md`, and for editors in `docs/recovery.schema.json`.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from constructs_lib.declaration.account import read_accounts
from constructs_lib.declaration.dependency import Dependency, read_dependencies
from constructs_lib.declaration.objective_field import read_assumptions
from constructs_lib.declaration.region_pair import Regions, read_regions
from constructs_lib.declaration.selector_index import SelectorIndex
from constructs_lib.declaration.sla_terms import SlaTerms, read_sla_terms
from constructs_lib.declaration.waiver import Waiver, read_waivers
from constructs_lib.declaration.workload import ComponentMatch, WorkloadDeclaration, read_workload
from constructs_lib.declaration.yaml_document import (
    LARGEST_DOCUMENT,
    compose_document,
    declaration_error,
    too_large,
)
from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives.assumptions import Assumptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.declaration.environment import Environment
    from constructs_lib.declaration.yaml_document import YamlField
    from constructs_lib.objectives.objective import Objective

__all__ = [
    "ComponentMatch",
    "Declaration",
    "Dependency",
    "Regions",
    "Waiver",
    "WorkloadDeclaration",
    "load_declaration",
    "parse_declaration",
]

VERSION = 1
_STANDARD_INPUT = "-"
_KEYS = ("version", "regions", "accounts", "assumptions", "workloads", "dependencies", "waivers", "sla")


def _frozen(workloads: Mapping[str, WorkloadDeclaration]) -> Mapping[str, WorkloadDeclaration]:
    return MappingProxyType(dict(workloads))


def _components(declaration: Declaration) -> tuple[tuple[WorkloadDeclaration, ComponentMatch], ...]:
    return tuple(
        (workload, component) for workload in declaration.workloads.values() for component in workload.components
    )


def _index(declaration: Declaration) -> SelectorIndex:
    return SelectorIndex(component.selector for _, component in declaration._components)


@attrs.frozen(kw_only=True)
class Declaration:
    """What a `recovery.yaml` says.

    Args:
        file: Its name, for errors.
        version: The version of its format. Default and only one: 1.
        regions: The primary and the recovery Region. Default: None, not declared.
        accounts: The AWS accounts in which drills may be made. Default: none.
        assumptions: The defaults of every objective. Default: 2 min to detect, 15 min to decide.
        workloads: By name, in the order of the file; an environment of one is `<workload>-<environment>`.
        dependencies: Services of third parties.
        waivers: Findings that are accepted for a time; none has expired.
        sla: What the service level agreement says beside the objectives. Default: nothing is agreed.
    """

    file: str = "recovery.yaml"
    version: int = VERSION
    regions: Regions | None = None
    accounts: tuple[str, ...] = ()
    assumptions: Assumptions = attrs.field(factory=Assumptions)
    workloads: Mapping[str, WorkloadDeclaration] = attrs.field(factory=dict, converter=_frozen, hash=False)
    dependencies: tuple[Dependency, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    sla: SlaTerms = attrs.field(factory=SlaTerms)
    _components: tuple[tuple[WorkloadDeclaration, ComponentMatch], ...] = attrs.field(
        init=False, eq=False, repr=False, default=attrs.Factory(_components, takes_self=True)
    )
    _index: SelectorIndex = attrs.field(
        init=False, eq=False, repr=False, default=attrs.Factory(_index, takes_self=True)
    )

    def objective_for(self, workload: str) -> Objective:
        """Return the objective of the workload named *workload*.

        Raises:
            ObjectiveError: If no such workload is declared.
        """
        try:
            return self.workloads[workload].objective
        except KeyError:
            declared = ", ".join(self.workloads) or "none"
            msg = f"{self.file} declares no workload {workload!r}; declared: {declared}"
            raise ObjectiveError(msg) from None

    def environment(self, workload: str, name: str) -> Environment:
        """Return the environment *name* of the workload named *workload*.

        Raises:
            ObjectiveError: If no such workload, or environment of it, is declared.
        """
        self.objective_for(workload)
        declared = self.workloads[workload].environments
        if name not in declared:
            msg = (
                f"{self.file} declares no environment {name!r} of {workload}; declared: {', '.join(declared) or 'none'}"
            )
            raise ObjectiveError(msg)
        return declared[name]

    def match(
        self, address: str, tags: Mapping[str, str] | None = None, *, matched: set[int] | None = None
    ) -> tuple[str, Objective] | None:
        """Return the workload that a resource belongs to, and the objective that holds for it; None if to none.

        Within a workload the component listed first wins.

        Args:
            address: Its Terraform address.
            tags: Those of its tags that are known. Default: none.
            matched: Gets the positions of all components that match, for `unmatched`.

        Raises:
            DeclarationError: If two workloads claim it.
        """
        positions = self._index.find(address, tags or {})
        if matched is not None:
            matched.update(positions)
        if not positions:
            return None
        workload, component = self._components[positions[0]]
        for position in positions[1:]:
            other, claim = self._components[position]
            if other.name != workload.name:
                problem = (
                    f"{address} belongs to two workloads, {workload.name} on line {component.line} and {other.name} on "
                    f"line {claim.line}; narrow one of the two matches"
                )
                raise declaration_error(problem, file=self.file, line=claim.line)
        return workload.name, component.objective or workload.objective

    def unmatched(self, matched: set[int]) -> tuple[tuple[WorkloadDeclaration, ComponentMatch], ...]:
        """Return the components, with their workloads, whose positions are not in *matched*."""
        return tuple(item for position, item in enumerate(self._components) if position not in matched)

    def waiver_for(self, finding: str, address: str) -> Waiver | None:
        """Return the first waiver of the finding with the id *finding* for the resource at *address*, or None."""
        return next((waiver for waiver in self.waivers if waiver.covers(finding, address)), None)


def load_declaration(path: str | os.PathLike[str], *, today: date | None = None) -> Declaration:
    """Read the `recovery.yaml` at *path*; *today* (default: the date in UTC) decides which waivers have expired.

    `-` is standard input.

    Raises:
        DeclarationError: If it cannot be read, or says something wrong. One line with file, line and field; the first
            error only.
    """
    file = os.fspath(path)
    try:
        if file == _STANDARD_INPUT:
            file = "standard input"
            content = sys.stdin.buffer.read(LARGEST_DOCUMENT + 1)
        else:
            with open(file, "rb") as stream:
                content = stream.read(LARGEST_DOCUMENT + 1)
    except FileNotFoundError:
        raise declaration_error("there is no such file; write one, or name another", file=file) from None
    except IsADirectoryError:
        raise declaration_error("is a directory; name the file in it", file=file) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise declaration_error(f"cannot be read: {reason.lower()}", file=file) from None
    if len(content) > LARGEST_DOCUMENT:
        raise too_large(file)
    return parse_declaration(_decoded(content, file), file=file, today=today)


def parse_declaration(text: str, *, file: str = "recovery.yaml", today: date | None = None) -> Declaration:
    """Read a declaration from the *text* of a `recovery.yaml`; *file* is its name in errors.

    *today* (default: the date in UTC) decides which waivers have expired.

    Raises:
        DeclarationError: If it says something wrong. One line with file, line and field; the first error only.
    """
    document = compose_document(text, file=file)
    _check_version(document)
    members = document.members(*_KEYS)
    assumptions = Assumptions()
    if "assumptions" in members:
        assumptions = read_assumptions(members["assumptions"], over=assumptions)
    regions = read_regions(members["regions"]) if "regions" in members else None
    return Declaration(
        file=file,
        regions=regions,
        accounts=read_accounts(members["accounts"]) if "accounts" in members else (),
        assumptions=assumptions,
        workloads=_workloads(members["workloads"], assumptions, regions) if "workloads" in members else {},
        dependencies=read_dependencies(members["dependencies"]) if "dependencies" in members else (),
        waivers=(
            read_waivers(members["waivers"], today=today or datetime.now(UTC).date()) if "waivers" in members else ()
        ),
        sla=read_sla_terms(members["sla"]) if "sla" in members else SlaTerms(),
    )


def _workloads(field: YamlField, assumptions: Assumptions, regions: Regions | None) -> dict[str, WorkloadDeclaration]:
    found: dict[str, WorkloadDeclaration] = {}
    for name, item in field.entries().items():
        for workload in read_workload(item, name=name, assumptions=assumptions, regions=regions):
            # Documents are called after it, and not every file system tells capitals from small letters.
            other = found.setdefault(workload.name.casefold(), workload)
            if other is not workload:
                alike = "" if other.name == workload.name else f" ({other.name}), but for the case"
                what = f"is called {workload.name} like what begins on line {other.line}{alike}"
                raise item.error(f"{what}; rename one of them")
    return {workload.name: workload for workload in found.values()}


def _check_version(document: YamlField) -> None:
    """Refuse other versions before their keys, which this one need not know."""
    version = document.entries().get("version")
    if version is None:
        raise document.error(f'has no version; begin it with "version: {VERSION}"')
    if version.whole_number() != VERSION:
        raise version.error(f"is {version.whole_number()}, and this program reads version {VERSION} only; update it")


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"holds the byte 0x{content[error.start]:02x}, which is not UTF-8; save it as UTF-8"
        raise declaration_error(problem, file=file, line=line) from None
