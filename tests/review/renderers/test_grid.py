"""Tables that explain themselves: wide where there is room, and no broken word where there is none."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from rich.text import Text

from constructs_lib.review.renderers.grid import fitted

TITLES = ("component", "pattern", "disruption", "RTO", "because")
ADDRESS = "shop-primary/aws_s3_bucket.files"
PATTERN = "two_way_replication_rtc"
BECAUSE = "S3 serves on from the other Availability Zones; how long errors last is not documented"
ROWS = (
    (Text(f"{ADDRESS}\nshop, eu-west-1"), Text(PATTERN), Text("software"), Text("2h18m40s"), Text(BECAUSE)),
    (Text(""), Text(""), Text("region"), Text("22m", style="red"), Text(BECAUSE)),
)


def shown(width: int) -> list[str]:
    """Return the lines of the table on a terminal of *width*."""
    written = StringIO()
    Console(file=written, width=width).print(fitted(TITLES, ROWS, width, names=2))
    return [line.rstrip() for line in written.getvalue().splitlines()]


def test_a_wide_terminal_gets_a_column_for_each_title() -> None:
    lines = shown(200)

    assert lines[0].split() == list(TITLES)
    assert lines[1] == f"{ADDRESS}  {PATTERN}  software    2h18m40s  {BECAUSE}"
    assert lines[3].split()[:2] == ["region", "22m"]


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_terminal_with_little_room_breaks_no_word(width: int) -> None:
    lines = shown(width)
    words = {word for line in lines for word in line.replace(",", " ").split()}

    assert max(map(len, lines)) <= width
    assert {ADDRESS, PATTERN, "software", "2h18m40s", "documented"} <= words
    assert lines[0].split() == ["disruption", "RTO"] or lines[0].split() == list(TITLES)


def test_what_is_explained_stands_above_its_explanation() -> None:
    assert shown(80)[1:5] == [
        f"{ADDRESS}, shop, eu-west-1, {PATTERN}",
        "  software    2h18m40s",
        "    S3 serves on from the other Availability Zones; how long errors last is not",
        "    documented",
    ]
    assert shown(80)[5] == "  region      22m"
