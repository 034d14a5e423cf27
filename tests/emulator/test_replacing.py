"""Functions inside an emulator that ours replace."""

from __future__ import annotations

from types import ModuleType

import pytest

from constructs_lib.emulator.data.replacing import replace
from constructs_lib.errors import EvaluationError


def test_a_function_that_is_gone_is_refused_and_nothing_is_replaced() -> None:
    module = ModuleType("service")
    kept = module.__dict__["here"] = len

    with pytest.raises(EvaluationError, match="service has no gone any more"):
        replace(module, {"here": print, "gone": print})

    assert module.__dict__["here"] is kept
