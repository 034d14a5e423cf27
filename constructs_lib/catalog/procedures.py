"""What people do when a component is recovered by a mechanism: `procedures.toml`, typed.

A procedure has no durations. They are the estimate's, so that a runbook cannot promise other times than the assessment.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.catalog.document import read_document
from constructs_lib.catalog.mechanism import Scalar, parameter
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalog.mechanism import Mechanism

__all__ = ["PLACEHOLDER", "Prepared", "Procedure", "ProcedureStep", "Procedures", "filled", "load_procedures"]

PLACEHOLDER: Final = re.compile(r"\[\[([a-z_]+)\]\]")
"""What is filled with a name of the component."""


class ProcedureStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing to do, or to know that AWS does it.

    Attributes:
        title: What is done, in words.
        commands: What to type, one shell command each.
        console: Where to do the same in the AWS console.
        note: What to beware of.
    """

    title: str
    commands: tuple[str, ...] = ()
    console: str | None = None
    note: str | None = None


class Prepared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What must be in the recovery Region before the day."""

    state: tuple[str, ...] = ()
    software: tuple[str, ...] = ()
    configuration: tuple[str, ...] = ()
    documentation: tuple[str, ...] = ()


class Procedure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How one mechanism recovers one kind of component from some disruptions.

    Attributes:
        kind: The kind of component.
        mechanism: The mechanism.
        disruptions: The disruptions it is for.
        source: Where the steps come from (`sources.toml`).
        when: Parameters the protection must have for this one to apply.
        act: One step for each part of the recovery itself.
        switch: How callers get to what was recovered.
        verify: How to see that it works.
        failback: The way home.
        prepared: What must be there beforehand.
    """

    kind: str
    mechanism: str
    disruptions: tuple[Disruption, ...]
    source: str
    act: tuple[ProcedureStep, ...]
    when: dict[str, Scalar] = {}
    switch: tuple[ProcedureStep, ...] = ()
    verify: tuple[ProcedureStep, ...] = ()
    failback: tuple[ProcedureStep, ...] = ()
    prepared: Prepared = Prepared()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    variables: dict[str, str]
    shared: dict[str, ProcedureStep]
    procedure: tuple[Procedure, ...]


class Procedures:
    """All procedures, found by kind, mechanism and disruption. Made by `load_procedures`."""

    def __init__(self, content: _File) -> None:
        self.variables: Mapping[str, str] = MappingProxyType(content.variables)
        self.shared: Mapping[str, ProcedureStep] = MappingProxyType(content.shared)
        self.all = content.procedure

    def find(
        self, mechanism: Mechanism, disruption: Disruption, parameters: Mapping[str, object], kind: str
    ) -> Procedure | None:
        """Return the procedure for *mechanism* with *parameters*, or None where there is none."""
        for procedure in self.all:
            if (procedure.kind, procedure.mechanism) != (kind, mechanism.name):
                continue
            applies = all(parameter(name, parameters, mechanism) == value for name, value in procedure.when.items())
            if applies and disruption in procedure.disruptions:
                return procedure
        return None


@cache
def load_procedures() -> Procedures:
    """Return the shipped procedures; read once.

    Raises:
        CatalogError: If the file is not well formed; the message names the field.
    """
    return Procedures(read_document("procedures.toml", _File))


def filled(text: str, names: Mapping[str, str]) -> str:
    """Return *text* with its placeholders filled; a name that is not known becomes the shell variable `$NAME`."""
    return PLACEHOLDER.sub(lambda found: names.get(found[1]) or f"${found[1].upper()}", text)
