"""A dump of AWS's price feeds becomes the shipped price files by one command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.catalog.import_prices import import_prices

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "region,dimension,unit,usd,date,source,kind"
FEED = '"v0rts/aws-price-watcher@1 processed/s3.json",price list dump'
PAGE = '"public file or page",third-party page'


def _imported(tmp_path: Path, *rows: str) -> dict[str, object]:
    dump = tmp_path / "dump.csv"
    dump.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    import_prices(dump, tmp_path)
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*.json")}


def test_each_region_gets_a_file_with_the_sheets_of_its_sources(tmp_path: Path) -> None:
    files = _imported(
        tmp_path,
        f"eu-west-1,kms.key,key-month,1,2025-12-02,{FEED}",
        f"eu-west-1,rds.instance.postgres.m6g.large.multi_az,hour,0.352,2025-12-05,{FEED}",
        f"global,route53.zone,zone-month,0.5,2025-12-02,{FEED}",
    )
    assert files["eu-west-1"] == [
        {
            "source": "aws-price-watcher",
            "date": "2025-12-02",
            "confidence": "documented",
            "usd": {"kms.key": "1"},
        },
        {
            "source": "aws-price-watcher",
            "date": "2025-12-05",
            "confidence": "documented",
            "usd": {"rds.instance.postgres.m6g.large.multi_az": "0.352"},
        },
    ]
    assert "global" in files


def test_a_dump_counts_before_a_page_and_the_later_of_two_dumps(tmp_path: Path) -> None:
    files = _imported(
        tmp_path,
        f"eu-west-1,alb.hour,hour,0.0225,2026-09-03,{PAGE}",
        f"eu-west-1,alb.hour,hour,0.0252,2025-11-03,{FEED}",
        f"eu-west-1,alb.hour,hour,0.0250,2024-11-03,{FEED}",
        f"eu-west-1,s3.replication.rtc,GB,0.015,2026,{PAGE}",
    )
    usd = {key: value for sheet in files["eu-west-1"] for key, value in sheet["usd"].items()}  # type: ignore[attr-defined]
    confidences = {sheet["confidence"] for sheet in files["eu-west-1"] if "s3.replication.rtc" in sheet["usd"]}  # type: ignore[attr-defined]
    assert usd == {"alb.hour": "0.0252", "s3.replication.rtc": "0.015"}
    assert confidences == {"planning"}


@pytest.mark.parametrize(
    ("row", "because"),
    [
        (f"eu-west-1,kms.kee,key-month,1,2025,{FEED}", "no dimension 'kms.kee'"),
        (f"eu-west-1,kms.key,key-year,1,2025,{FEED}", "is for 'key-year', not 'key-month'"),
        ("eu-west-1,kms.key,key-month,1,2025,hearsay,price list dump", "source 'hearsay' is not known"),
    ],
)
def test_a_row_that_is_not_understood_writes_nothing(tmp_path: Path, row: str, because: str) -> None:
    with pytest.raises(ValueError, match=because):
        _imported(tmp_path, f"us-east-1,kms.key,key-month,1,2025,{FEED}", row)
    assert not list(tmp_path.glob("*.json"))


def test_prices_of_single_edge_locations_are_left_out(tmp_path: Path) -> None:
    assert not _imported(tmp_path, f"global:EU edges,cloudfront.transfer.origin,GB,0.02,2025,{FEED}")
