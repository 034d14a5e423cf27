"""What the last synth decided, where its output still lies: what becomes of another pattern, or another Region."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.kinds.pattern_changes import load_other_changes, pattern_changes
from constructs_lib.components import Kind
from constructs_lib.terraform.engine import App
from constructs_lib.terraform.placement import path_of, root_of
from constructs_lib.terraform.written import addresses_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.selection.decision import Decision
    from constructs_lib.terraform.engine import TerraformStack

_FILE: Final = "cdk.tf.json"
_HOLD_DATA: Final = frozenset({Kind.BUCKET, Kind.TABLE, Kind.DATABASE, Kind.FILESYSTEM})
_KEY: Final = "aws_kms_key"
_OF_A_SITE: Final = re.compile(r"(?:\w+_)?RecoveryKey(?:_[0-9A-F]{8})?")
"""What the engine calls a key that is built for a site: of others it is not known whether they are there no more."""


class _Place(msgspec.Struct, frozen=True):
    path: str


class _Former(msgspec.Struct, frozen=True):
    kind: str
    pattern: str
    engine: str | None = None
    region: str | None = None
    recovery_region: str | None = None
    places: dict[str, _Place] = {}
    features: tuple[str, ...] = ()


class _Notes(msgspec.Struct, frozen=True):
    recovery: dict[str, _Former] = {}


class _Written(msgspec.Struct, frozen=True):
    notes: _Notes = msgspec.field(name="//", default=_Notes())
    resource: dict[str, dict[str, msgspec.Raw]] = {}


def stacks_directory_of(stack: TerraformStack) -> Path | None:
    """Return where the app of *stack* writes its stacks, and the last synth did; None where it is in no app."""
    root = root_of(stack)
    return Path(root.outdir) / "stacks" if isinstance(root, App) else None


def changed(stack: TerraformStack, decisions: Mapping[str, Decision], stacks: Path) -> Iterator[str]:
    """Yield what Terraform does to those of *decisions* that the last synth of *stack* took otherwise, and the step."""
    former = _former(stack, stacks).notes.recovery
    yield from dict.fromkeys(
        line
        for key, decision in decisions.items()
        if key in former
        for line in _moved(former[key], decision, _id_of(stack))
    )
    yield from _taken_out(former, decisions)
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


def _taken_out(former: Mapping[str, _Former], decisions: Mapping[str, Decision]) -> Iterator[str]:
    """Yield what holds data and is built no more; of what exists beside the stacks only its protections go."""
    said = load_other_changes()["component_taken_out"].said()
    for key, was in former.items():
        if key not in decisions and was.kind in _HOLD_DATA and "existing" not in was.features:
            yield f"  {key} ({was.kind}) is built no more, if it was deployed: {said}"


def _moved(was: _Former, decision: Decision, stack: str) -> Iterator[str]:
    """Yield what Terraform does where a Region is another one, or the recovery stack is written no more."""
    found, then, now = load_other_changes(), was.recovery_region, decision.recovery_region
    here = decision.component.region
    what = None
    if was.region is not None and here is not None and was.region != here:
        change = found["another_primary_region"]
        what = f"another primary Region: {change.said(former=was.region, latter=here)}"
    elif then is not None and now is not None and then != now:
        what = f"another recovery Region: {found['another_recovery_region'].said(former=then, latter=now)}"
    elif then is not None and now is None:
        place = was.places.get("recovery")
        there = stack if place is None else place.path.split("/")[0]
        if there != stack:
            what = found["recovery_region_left_out"].said(stack=there, region=then)
    if what is not None:
        yield f"  {decision.workload}, if it was deployed: {what}"


def keys_left_out(stack: TerraformStack, stacks: Path) -> Iterator[str]:
    """Yield the keys that the last synth of *stack* built for a site, and this one does not: Terraform deletes them."""
    change, built = load_other_changes()["key_built_no_more"], addresses_of(stack, _KEY)
    for name in _former(stack, stacks).resource.get(_KEY, ()):
        address = f"{_KEY}.{name}"
        if _OF_A_SITE.fullmatch(name) and address not in built:
            said = change.said(address=address)
            yield f"  {address} of {_id_of(stack)} is built no more, if it was deployed: {said}"


def _former(stack: TerraformStack, stacks: Path) -> _Written:
    try:
        return msgspec.json.decode((stacks / _id_of(stack) / _FILE).read_bytes(), type=_Written)
    except (OSError, UnicodeDecodeError, RecursionError, msgspec.DecodeError):
        return _Written()  # Not there, or left half-written or damaged: it is written anew.


def _id_of(stack: TerraformStack) -> str:
    """Return the id of *stack* from its path, for which nobody has to ask again."""
    return path_of(stack).rpartition("/")[2]
