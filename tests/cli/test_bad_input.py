"""Bad input by the dozen: exit code 2, one line, nothing on standard output, no traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.run import assert_one_line_of_trouble, drctl

if TYPE_CHECKING:
    from pathlib import Path

BUCKET = ("choose", "--kind", "bucket")
TABLE = ("choose", "--kind", "table", "--rto", "1h", "--rpo", "15m")
DATABASE = ("choose", "--kind", "database", "--rto", "1h", "--rpo", "15m")

SHEET = b"""\
[[sheet]]
regions = ["%s"]
source = "ours"
date = "2026"
confidence = "planning"
[sheet.usd]
"""
DURATIONS = [
    "-5m", "nan", "NaN", "inf", "Infinity", "-inf", "5 parsecs", "", " ", "5", "1.5", "5m5h", "5mm", "１５m", "٣m",
    "15 м", "1e3s", "0x5m", "1y", "1mo", "PT", "P", "PT15", "P1Y", "pt15m", "999999999d", "0.0000001s", "1h 30",
    "--rto", "m15", "15m;", "15\nm5", "1_000s", "+5m", "∞", "9" * 5000 + "s",
]  # fmt: skip
NUMBERS = [
    "-1", "nan", "inf", "-inf", "sNaN", "", " ", "1_000", "1,000", "5 GB", "１００", "1e99", "9" * 5000, "0x10", "½",
]  # fmt: skip
UPTIMES = ["101%", "-1%", "nan%", "inf", "", "%", "９９%", "99.9 % %", "2", "very high", "1e400%"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [(("review", ""), "PLAN"), (("objectives", ""), "FILE"), (("sla", "--plan", ""), "--plan")],
)
def test_the_name_of_nothing_is_said_by_what_takes_it(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], what: str
) -> None:
    ran = drctl(capsys, *arguments)

    assert_one_line_of_trouble(ran)
    assert f"drctl {arguments[0]}: argument {what}: nothing is given" in ran.err


@pytest.mark.parametrize("option", ["--rto", "--rpo"])
@pytest.mark.parametrize("value", DURATIONS)
def test_what_is_no_duration(capsys: pytest.CaptureFixture[str], option: str, value: str) -> None:
    other = "--rpo" if option == "--rto" else "--rto"
    ran = drctl(capsys, *BUCKET, f"{option}={value}", f"{other}=1h")
    assert_one_line_of_trouble(ran)
    assert option.strip("-").upper() in ran.err


@pytest.mark.parametrize("option", ["--software", "--hardware", "--zone", "--region"])
def test_half_a_target(capsys: pytest.CaptureFixture[str], option: str) -> None:
    for half in ("rto", "rpo"):
        assert_one_line_of_trouble(drctl(capsys, *BUCKET, f"{option}-{half}", "1h"))


@pytest.mark.parametrize("option", ["--detection-time", "--decision-time"])
@pytest.mark.parametrize("value", ["", "-1m", "soon", "15"])
def test_what_is_no_assumption(capsys: pytest.CaptureFixture[str], option: str, value: str) -> None:
    assert_one_line_of_trouble(drctl(capsys, *TABLE, f"{option}={value}"))


@pytest.mark.parametrize("option", ["--size-gb", "--change-gb", "--writes-millions", "--reads-millions"])
@pytest.mark.parametrize("value", NUMBERS)
def test_what_is_no_amount(capsys: pytest.CaptureFixture[str], option: str, value: str) -> None:
    ran = drctl(capsys, *DATABASE, f"{option}={value}")
    assert_one_line_of_trouble(ran)
    assert option.strip("-").replace("-", "_") in ran.err


@pytest.mark.parametrize("value", ["0", "-0", "0.0", "0e5"])
def test_a_size_of_nothing(capsys: pytest.CaptureFixture[str], value: str) -> None:
    assert_one_line_of_trouble(drctl(capsys, *DATABASE, f"--size-gb={value}"))


@pytest.mark.parametrize("value", UPTIMES)
def test_what_is_no_uptime(capsys: pytest.CaptureFixture[str], value: str) -> None:
    assert_one_line_of_trouble(drctl(capsys, *TABLE, f"--uptime={value}"))
    assert_one_line_of_trouble(drctl(capsys, "uptime", "--", value))


@pytest.mark.parametrize(
    "arguments",
    [
        (*TABLE, "--region", "eu-west-1", "--recovery-region", "eu-west-1"),
        (*TABLE, "--third-region", "eu-west-1"),
        (*TABLE, "--region", "mars-north-1"),
        (*TABLE, "--region", ""),
        (*TABLE, "--recovery-region", ""),
        (*TABLE, "--third-region", " "),
        ("choose", "--workload", ""),
        ("choose", "--workload", "shop", "--objectives", ""),
        (*TABLE, "--region", "EU-WEST-1"),
        (*TABLE, "--region", "eu-west-1 "),
        (*TABLE, "--region", "cn-north-1"),
        (*TABLE, "--recovery-region", "us-gov-west-1"),
        (*TABLE, "--recovery-region", "eu-west-99"),
        (*TABLE, "--single-region", "--recovery-region", "eu-central-1"),
        (*TABLE, "--engine", "postgres"),
        (*TABLE, "--instance-class", "db.m6g.large"),
        (*TABLE, "--feature", "backtrack"),
        (*TABLE, "--feature", ""),
        (*TABLE, "--feature", "TTL"),
        (*BUCKET, "--rto", "1h", "--rpo", "1h", "--feature", "ttl"),
        (*BUCKET, "--rto", "1h", "--rpo", "1h", "--engine", "s3"),
        (*DATABASE, "--engine", "nosuchsql"),
        (*DATABASE, "--engine", ""),
        (*DATABASE, "--engine", "oracle-"),
        (*DATABASE, "--engine", "oracle-banana"),
        (*DATABASE, "--engine", "sqlserver-*"),
        (*DATABASE, "--engine", "aurora"),
        (*DATABASE, "--engine", "postgresql"),
        (*DATABASE, "--engine", "Postgres"),
        (*DATABASE, "--engine", "postgres\nmysql"),
        (*DATABASE, "--instance-class", "enormous"),
        (*DATABASE, "--pattern", "raid"),
        (*DATABASE, "--pattern", "versioning"),
        (*DATABASE, "--pattern", ""),
        (*TABLE, "--routing", "carrier_pigeon"),
        (*TABLE, "--provider", "latest"),
        (*TABLE, "--provider", ""),
        (*TABLE, "--provider", ">= 6, < 5"),
        (*TABLE, "--provider", ">= ６"),
        (*TABLE, "--provider", "= 5.１００"),
        (*TABLE, "--provider", ">= " + "9" * 5000),
        (*BUCKET, "--rto", "1h", "--rpo", "1h", "--provider", "banana"),
        (*BUCKET, "--rto", "1h"),
        (*BUCKET, "--rpo", "1h"),
        BUCKET,
        (*BUCKET, "--rto", "1h", "--rpo"),
        (*BUCKET, "--tier", "critical", "--rto", "1h", "--rpo", "1h"),
        (*BUCKET, "--tier", "critical", "--rto", "1h"),
        (*BUCKET, "--tier", "best"),
        (*BUCKET, "--tier", ""),
        ("choose", "--rto", "1h", "--rpo", "1h"),
        ("choose", "--kind", "queue", "--rto", "1h", "--rpo", "1h"),
        ("choose", "--kind", "", "--rto", "1h", "--rpo", "1h"),
        ("choose", "--kind", "secret", "--rto", "1h", "--rpo", "1h"),
        (*TABLE, "--format", "xml"),
        (*TABLE, "--nosuch"),
        (*TABLE, "--siz", "5"),
        (*TABLE, "left\nover"),
        (),
        ("",),
        ("destroy",),
        ("uptime",),
        ("uptime", "99.9%", "99.99%"),
    ],
    ids=lambda arguments: " ".join(arguments)[-60:] or "nothing",
)
def test_what_cannot_be_asked(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    assert_one_line_of_trouble(drctl(capsys, *arguments))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"sheet = 1",
        b"not toml at all [",
        b"\xff\xfe",
        b"[[sheet]]",
        SHEET % b"mars-north-1",
        SHEET % b"eu-west-1" + b'"s3.storage.standard" = 0.02\n',
        SHEET % b"eu-west-1" + b'"s3.storage.standard" = "-1"\n',
        SHEET % b"eu-west-1" + b'"s3.storage.gold" = "1"\n',
        b"a = " + b"[" * 5_000,
    ],
    ids=range(10),
)
def test_a_price_file_that_is_none(capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "prices.toml"
    file.write_bytes(content)
    ran = drctl(capsys, *TABLE, "--prices", str(file))
    assert_one_line_of_trouble(ran)
    assert "prices.toml" in ran.err


@pytest.mark.parametrize(
    "line",
    [
        "explain nope",
        "review --stacks nope",
        "import nope",
        "audit --stacks nope",
        "docs all --stacks nope --output out",
        "docs all --output out",
        "kit build out --stacks nope --no-wheelhouse",
        "kit check nope",
        "drill shop",
        "drill shop --kit nope",
        "failover shop --to eu-central-1",
        "failover shop --to eu-central-1 --kit nope",
        "failover shop --to eu-central-1 --kit s3://",
        "failover shop --to eu-central-1 --kit s3:///prefix",
        "failback shop --stacks nope",
        "restore files --to-time latest",
        "adopt some --stacks nope",
        "resume",
        "resume some --kit nope",
        "operations --stacks nope",
        "evidence record some",
        "evidence jobs shop",
        "evidence list",
        "evidence verify",
        "evidence page --output out.html",
        "docs all --output out --templates nope",
    ],
)
def test_what_is_read_and_is_not_there(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """Whatever the command: it was typed wrongly, or somewhere else. 3 is for what is there and cannot be told."""
    monkeypatch.chdir(tmp_path)
    assert_one_line_of_trouble(drctl(capsys, *line.split()))


def test_a_price_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / ("x" * 300)):
        assert_one_line_of_trouble(drctl(capsys, *TABLE, "--prices", str(path)))
    assert_one_line_of_trouble(drctl(capsys, *TABLE, "--prices", ""))


_OPTIONS = (
    "--rto", "--rpo", "--uptime", "--size-gb", "--provider", "--region", "--recovery-region", "--engine", "--feature",
    "--pattern", "--third-region", "--tier", "--instance-class", "--software-rto", "--detection-time",
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(("bucket", "distribution", "table", "database")),
    st.dictionaries(
        st.sampled_from(_OPTIONS),
        st.text(max_size=12).filter(lambda text: "\0" not in text)
        | st.sampled_from(("1h", "15m", "0", "99.9%", "eu-west-1", "postgres", "ttl", ">= 6.22", "100")),
        max_size=4,
    ),
)
def test_nothing_that_is_typed_makes_a_traceback(
    capsys: pytest.CaptureFixture[str], kind: str, options: dict[str, str]
) -> None:
    ran = drctl(capsys, "choose", "--kind", kind, *(f"{name}={value}" for name, value in options.items()))
    assert ran.code in (0, 1, 2)
    if ran.code == 2:
        assert_one_line_of_trouble(ran)


@pytest.mark.parametrize(
    "arguments",
    [
        ("docs", "all", "--output", ""),
        ("docs", "all", "--output", " "),
        ("docs", "all", "--output", "o", "--evidence", ""),
        ("docs", "all", "--output", "o", "--plan="),
        ("explain", ""),
        ("explain", "--workload", ""),
        ("review", ""),
        ("review", "--stacks", ""),
        ("review", "--stacks", "cdktf.out", "--before", ""),
        ("review", "plan.json", "--evidence", ""),
        ("review", "plan.json", "--objectives", ""),
        ("kit", "check", ""),
        ("kit", "build", ""),
        ("evidence", "list", "--evidence", ""),
        ("evidence", "page", "--output", ""),
        ("init", "shop", "--directory", ""),
        ("failover", "shop", "--to", ""),
        ("failover", "", "--to", "eu-central-1"),
        ("audit", "--region", ""),
        ("state", "--stacks", ""),
        ("drill", "shop", "--lasts", ""),
        ("drill", "shop", "--lasts", "0"),
        ("drill", "shop", "--lasts", "1h"),
        ("drill", "shop", "--lasts", "soon"),
        ("evidence", "jobs", "shop", "--lasts", "0"),
        ("evidence", "record", "failover-shop-1", "--lasts", "0"),
        ("sla", "--period", "2026-10"),
        ("export", "openslo", "--tier", "Critical"),
        ("export", "resiliencehubv2", "--data-location", "SameCountry"),
        ("review", "plan.json", "--output", "json=-", "--format", "table"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_nothing_given_is_no_directory_and_what_goes_nowhere_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """A shell makes nothing of a variable that is not set: it was the directory here, which got all documents."""
    monkeypatch.chdir(tmp_path)

    assert_one_line_of_trouble(drctl(capsys, *arguments))
    assert list(tmp_path.iterdir()) == []
