"""ECS: the sizes that a task on Fargate can have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_UNITS: Final = 1024
_SIZE: Final = re.compile(r"(?P<number>\d*\.?\d+)\s*(?P<unit>vcpu|gb)?", re.IGNORECASE)
#: By CPU units, the MiB of memory.
_MEMORY: Final[Mapping[int, Collection[int]]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}


def _units(text: str) -> float | None:
    """Return CPU units or MiB, None where the text is neither a number nor a number of vCPU or GB."""
    found = _SIZE.fullmatch(text.strip())
    return float(found["number"]) * (_UNITS if found["unit"] else 1) if found else None


@rule(
    "ecs.fargate-size-that-does-not-exist",
    "ecs:RegisterTaskDefinition",
    code="ClientException",
    code_from="seen",
    source="botocore ecs RegisterTaskDefinition.memory: the values for each value of cpu; code and message in"
    " https://github.com/aws-games/cloud-game-development-toolkit/issues/737",
)
async def _size(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    cpu, memory = _units(given.get("cpu", "")), _units(given.get("memory", ""))
    if "FARGATE" not in given.get("requiresCompatibilities", ()) or cpu is None or memory is None:
        return None
    if memory in _MEMORY.get(int(cpu), ()):
        return None
    return (
        f"No Fargate configuration exists for given values: {cpu:g} CPU, {memory:g} memory. See the Amazon ECS"
        " documentation for the valid values."
    )


RULES: Final = (_size,)
