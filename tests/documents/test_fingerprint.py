"""Documents are made anew where a fact, a price or a procedure changes, in whatever folder it lies."""

from __future__ import annotations

from pathlib import Path

import constructs_lib
from constructs_lib.documents.fingerprint import _facts

ROOT = Path(constructs_lib.__file__).parent


def test_no_fact_price_or_procedure_is_left_out() -> None:
    procedures = ROOT / "procedures"
    catalog = [*(ROOT / "catalog").rglob("*.toml"), *(ROOT / "catalog").rglob("*.json")]

    counted = {path.replace("constructs_lib.", "") for path in _facts()}

    assert counted == {path.relative_to(ROOT).as_posix() for path in [*catalog, *procedures.rglob("*.py")]}
    assert "procedures/database/dsql.py" in counted
