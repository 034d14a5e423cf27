"""Functions of an emulator replaced by ours, which are not its interface: a version that lacks one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType


def replace(module: ModuleType, functions: Mapping[str, object]) -> None:
    """Put our functions in the place of those of `module` with the same names."""
    if missing := [name for name in functions if not hasattr(module, name)]:
        raise EvaluationError(
            f"{module.__name__} has no {', '.join(missing)} any more, which the emulator replaces;"
            " install the version that cdktf-dr[emulator] asks for"
        )
    for name, function in functions.items():
        setattr(module, name, function)
