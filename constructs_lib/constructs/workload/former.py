"""What the last synth decided, where its output still lies: what becomes of another pattern, or another Region."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.kinds.pattern_changes import load_key_change, load_region_changes, pattern_changes
from constructs_lib.terraform.engine import App
from constructs_lib.terraform.placement import node_of, root_of
from constructs_lib.terraform.written import addresses_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import TerraformStack

_FILE: Final = "cdk.tf.json"
_KEY: Final = "aws_kms_key"
_OF_A_SITE: Final = re.compile(r"(?:\w+_)?RecoveryKey(?:_[0-9A-F]{8})?")
"""What the engine calls a key that is built for a site: of others it is not known whether they are there no more."""


class _Former(msgspec.Struct, frozen=True):
    kind: str
    pattern: str
    engine: str | None = None
    workload: str | None = None
    region: str | None = None
    recovery_region: str | None = None


class _Notes(msgspec.Struct, frozen=True):
    recovery: dict[str, _Former] = {}


class _Written(msgspec.Struct, frozen=True):
    notes: _Notes = msgspec.field(name="//", default=_Notes())
    resource: dict[str, dict[str, msgspec.Raw]] = {}


def changed(stack: TerraformStack, decisions: Mapping[str, Decision]) -> Iterator[str]:
    """Yield what Terraform does to those of *decisions* that the last synth of *stack* took otherwise, and the step."""
    former = _former(stack).notes.recovery
    yield from dict.fromkeys(
        line for key, decision in decisions.items() if key in former for line in _moved(former[key], decision)
    )
    for key, decision in decisions.items():
        was, kind = former.get(key), decision.component.kind
        if was is None or (was.kind, was.engine) != (kind.value, decision.component.engine):
            continue
        patterns = {pattern.name: pattern for pattern in load_catalog().patterns.get(kind, ())}
        before = patterns.get(was.pattern.partition("+")[0])
        if before is None or before.name == decision.pattern:
            continue
        for change in pattern_changes(before, patterns[decision.pattern]):
            what = f"{change.effect}: {change.because}" + (f"; {change.step}" if change.step else "")
            named = what.replace("<sites>", decision.workload).replace("<id>", decision.name)
            yield f"  {decision.name} runs as {before.name}, if that was deployed: {named}"


def _moved(was: _Former, decision: Decision) -> Iterator[str]:
    """Yield what Terraform does to a workload whose Region is another one."""
    regions = {
        "primary": (was.region, decision.component.region),
        "recovery": (was.recovery_region, decision.recovery_region),
    }
    for change in load_region_changes():
        former, latter = regions[change.place]
        if former is not None and latter is not None and former != latter:
            what = f"{change.because}; {change.step}".format(former=former, latter=latter)
            yield f"  {decision.workload}, if it was deployed: another {change.place} Region: {what}"


def keys_left_out(stack: TerraformStack) -> Iterator[str]:
    """Yield the keys that the last synth of *stack* built for a site, and this one does not: Terraform deletes them."""
    change, built = load_key_change(), addresses_of(stack, _KEY)
    for name in _former(stack).resource.get(_KEY, ()):
        address = f"{_KEY}.{name}"
        if _OF_A_SITE.fullmatch(name) and address not in built:
            step = change.step.format(address=address)
            yield f"  {address} of {node_of(stack).id} is built no more, if it was deployed: {change.because}; {step}"


def _former(stack: TerraformStack) -> _Written:
    root = root_of(stack)
    if not isinstance(root, App):
        return _Written()
    try:
        written = (Path(root.outdir) / "stacks" / node_of(stack).id / _FILE).read_bytes()
        return msgspec.json.decode(written, type=_Written)
    except (OSError, UnicodeDecodeError, RecursionError, msgspec.DecodeError):
        return _Written()  # Not there, or left half-written or damaged: it is written anew.
