"""What is said on standard error when an app is synthesized: each workload in a few lines, or one where many are."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from constructs_lib.constructs.sites.sites import watched_by_name
from constructs_lib.constructs.workload.former import changed, keys_left_out, stacks_directory_of
from constructs_lib.selection.explanation import explain_all
from constructs_lib.terraform.engine import IValidation, implements
from constructs_lib.terraform.placement import node_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import TerraformStack

__all__ = ["QUIET", "summarize"]

QUIET: Final = "CDKTF_DR_QUIET"
"""The environment variable that turns the summary off, whatever it is set to."""


@implements(IValidation)
class _Summary:
    """Written when the engine validates a stack: once for each synth, when everything is decided."""

    def __init__(self, stack: TerraformStack) -> None:
        self.stack = stack
        self.decisions: dict[str, Decision] = {}
        self.sites: dict[str, Sites] = {}

    def validate(self) -> list[str]:
        most = None if len(_summaries) <= _IN_FULL else 1
        # Whoever reads it may leave, as `head` does: the stacks are written all the same.
        with suppress(BrokenPipeError):
            for item in explain_all(self.decisions.values(), watched_by_name(self.sites.values())):
                sys.stderr.writelines(f"{line}\n" for line in islice(item.lines(), most))
            sys.stderr.writelines(f"{line}\n" for line in self._changes())
        return []

    def _changes(self) -> Iterator[str]:
        directory = stacks_directory_of(self.stack)
        if directory is None:
            return
        yield from changed(self.stack, self.decisions, directory)
        for stack in dict.fromkeys(site.stack for sites in self.sites.values() for site in sites.all):
            yield from keys_left_out(stack, directory)


_IN_FULL: Final = 12
"""Stacks with decisions up to which each workload is said in full; in a larger app a line for each has to do."""

_summaries: WeakKeyDictionary[TerraformStack, _Summary] = WeakKeyDictionary()


def summarize(sites: Sites, decision: Decision) -> None:
    """Have *decision* said when the primary stack is synthesized, the last of its component, unless turned off."""
    stack = sites.primary.stack
    if os.environ.get(QUIET):
        return
    summary = _summaries.get(stack)
    if summary is None:
        summary = _summaries[stack] = _Summary(stack)
        node_of(stack).add_validation(summary)
    summary.decisions[decision.key] = decision
    summary.sites[sites.name] = sites
