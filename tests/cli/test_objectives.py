"""`drctl objectives`: what `recovery.yaml` declares, or what is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.run import assert_one_line_of_trouble, drctl

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {rto: 1h, rpo: 15m, uptime: 99.9%}
"""

WAIVED = "waivers: [{finding: %s, address: a.b, owner: me, expires: 9999-01-31, reason: x}]\n"


def test_it_says_what_is_declared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "recovery.yaml"
    file.write_text(GOOD, encoding="utf-8")
    ran = drctl(capsys, "objectives", str(file))
    assert (ran.code, ran.err) == (0, "")
    assert "shop: hardware, zone, region: RTO 1h, RPO 15m; uptime 99.9%" in ran.out
    assert "detection 2m, a human's decision 15m" in ran.out


def test_it_says_it_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "recovery.yaml"
    file.write_text(GOOD, encoding="utf-8")
    content = json.loads(drctl(capsys, "objectives", str(file), "--format", "json").out)
    assert content["version"] == 1
    assert content["workloads"]["shop"]["region"]["rto_seconds"] == 3_600
    assert content["workloads"]["shop"]["uptime"] == "99.9%"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[",
        "version: 2\n",
        "version: 1\nworkloads: 5\n",
        GOOD + "surprise: 1\n",
        GOOD.replace("1h", "5 parsecs"),
        GOOD.replace("1h", "-1h"),
        GOOD.replace("99.9%", "101%"),
        GOOD.replace("eu-central-1", "eu-west-1"),
        GOOD.replace("eu-central-1", "mars-north-1"),
        GOOD.replace("rpo: 15m, ", ""),
        GOOD.replace("uptime", "downtime"),
        GOOD + "waivers: [{finding: RECOVERY-102, address: a.b, owner: me, expires: 2020-01-31, reason: x}]\n",
        GOOD + WAIVED % "RECOVERY-999",
        GOOD + WAIVED % "RECOVERY-0102",
        GOOD + WAIVED % "RECOVERY-401",
        GOOD + WAIVED % "RECOVERY-603",
        "a: &a [*a]\n",
        "\t\n",
    ],
    ids=range(19),
)
def test_what_is_wrong_is_one_line_that_names_the_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str
) -> None:
    file = tmp_path / "recovery.yaml"
    file.write_text(content, encoding="utf-8")
    ran = drctl(capsys, "objectives", str(file))
    assert_one_line_of_trouble(ran)
    assert "recovery.yaml" in ran.err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"version: 1\n\x00"])
def test_bytes_that_are_no_text(capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "recovery.yaml"
    file.write_bytes(content)
    assert_one_line_of_trouble(drctl(capsys, "objectives", str(file)))


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        assert_one_line_of_trouble(drctl(capsys, "objectives", str(path)))


def test_what_declares_nothing_is_told_as_that(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "recovery.yaml"
    file.write_text("version: 1\n", encoding="utf-8")
    ran = drctl(capsys, "objectives", str(file))

    assert (ran.code, ran.out) == (0, f"{file} declares no workload, so nothing is promised\n")


def test_several_files_are_checked_as_a_hook_gives_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """pre-commit names all that match: with two, the hook failed."""
    files = [tmp_path / name for name in ("a.yaml", "b.yaml")]
    for file in files:
        file.write_text(GOOD, encoding="utf-8")
    ran = drctl(capsys, "objectives", *map(str, files))
    assert ran.code == 0
    assert ran.out.count("shop: hardware") == 2
    assert all(f"{file}\n" in ran.out for file in files)

    assert_one_line_of_trouble(drctl(capsys, "objectives", *map(str, files), "--format", "json"))
    files[1].write_text("version: 2\n", encoding="utf-8")
    assert_one_line_of_trouble(drctl(capsys, "objectives", *map(str, files)))


def test_the_json_has_what_was_waived(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "recovery.yaml"
    file.write_text(GOOD + WAIVED % "RECOVERY-102", encoding="utf-8")
    content = json.loads(drctl(capsys, "objectives", str(file), "--format", "json").out)

    assert [(item["finding"], item["owner"], item["expires"]) for item in content["waivers"]] == [
        ("RECOVERY-102", "me", "9999-01-31")
    ]
