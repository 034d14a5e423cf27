"""Documents are made anew where a fact, a price or a procedure changes, in whatever folder it lies."""

from __future__ import annotations

from pathlib import Path

import attrs
from msgspec.structs import replace

import constructs_lib
from constructs_lib.availability import parse_availability
from constructs_lib.declaration.dependency import Dependency
from constructs_lib.declaration.selector import AddressGlob
from constructs_lib.documents.documented_workload import DocumentedWorkload, Latch
from constructs_lib.documents.fingerprint import _facts, fingerprint_of
from tests.documents.reference import shop

ROOT = Path(constructs_lib.__file__).parent


def test_no_fact_price_or_procedure_is_left_out() -> None:
    procedures = ROOT / "procedures"
    catalog = [*(ROOT / "catalog").rglob("*.toml"), *(ROOT / "catalog").rglob("*.json")]

    texts = [path.read_text(encoding="utf-8") for path in [*catalog, *procedures.rglob("*.py")]]

    assert _facts() == sorted(texts)
    assert (procedures / "database" / "dsql.py").read_text(encoding="utf-8") in texts


def test_whatever_a_document_shows_of_a_workload_is_in_its_fingerprint(tmp_path: Path) -> None:
    """What was not was told to have been edited by hand."""
    workload = shop(tmp_path)
    dns = Dependency(name="DNS", availability=parse_availability("99.99%"), critical=True)
    latch = Latch(record="api", region="eu-central-1", alarm="a", namespace="n", metric="m", dimensions={"k": "v"})
    base = attrs.evolve(workload, dependencies=(dns,))
    changed: dict[str, DocumentedWorkload] = {
        "as it is": base,
        "covers nothing": attrs.evolve(base, dependencies=(replace(dns, covers=()),)),
        "covers": attrs.evolve(base, dependencies=(replace(dns, covers=(AddressGlob("*"),)),)),
        "watched": attrs.evolve(base, watched={"cloudwatch.alarm": {"eu-west-1": 2}}),
        "watched more": attrs.evolve(base, watched={"cloudwatch.alarm": {"eu-west-1": 3}}),
        "holding": attrs.evolve(base, holding=base.components[:1]),
        "latch": attrs.evolve(base, latch=latch),
        "groups": attrs.evolve(base, groups=frozenset({("eu-west-1", "db")})),
        "records": attrs.evolve(base, records=(("api", "a", "b"),)),
        "stored": attrs.evolve(base, stored=(("eu-west-1", "s3://a/b"),)),
        "name": attrs.evolve(base, name="other"),
        "fewer components": attrs.evolve(base, components=base.components[:1]),
    }
    found = {what: str(fingerprint_of(item, {})) for what, item in changed.items()}

    assert len(set(found.values())) == len(found)
