"""Documents are made anew where a fact, a price or a procedure changes, in whatever folder it lies."""

from __future__ import annotations

from pathlib import Path

import constructs_lib
from constructs_lib.documents.fingerprint import _facts

ROOT = Path(constructs_lib.__file__).parent


def test_no_fact_price_or_procedure_is_left_out() -> None:
    procedures = ROOT / "procedures"
    catalog = [*(ROOT / "catalog").rglob("*.toml"), *(ROOT / "catalog").rglob("*.json")]

    texts = [path.read_text(encoding="utf-8") for path in [*catalog, *procedures.rglob("*.py")]]

    assert _facts() == sorted(texts)
    assert (procedures / "database" / "dsql.py").read_text(encoding="utf-8") in texts
