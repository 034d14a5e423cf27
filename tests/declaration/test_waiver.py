from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from constructs_lib.declaration import declaration
from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.declaration.waiver import Waiver
from constructs_lib.errors import DeclarationError
from tests.declaration.reading import TODAY, read, refusal

GOOD = {
    "finding": "RECOVERY-102",
    "address": "aws_s3_bucket.logs",
    "owner": "web team",
    "expires": "2027-01-31",
    "reason": "rebuilt from source",
}


def waivers(*changes: dict[str, str | None]) -> str:
    """Return the declaration of a good waiver for each of *changes*, which are made to it."""
    lines = ["waivers:"]
    for change in changes:
        members = {key: text for key, text in {**GOOD, **change}.items() if text is not None}
        lines.append("  - {" + ", ".join(f"{key}: {text}" for key, text in members.items()) + "}")
    return "\n".join(lines)


def test_a_waiver_is_read() -> None:
    assert read(waivers({})).waivers == (
        Waiver(
            finding="RECOVERY-102",
            address="aws_s3_bucket.logs",
            owner="web team",
            expires=date(2027, 1, 31),
            reason="rebuilt from source",
            line=3,
        ),
    )


@pytest.mark.parametrize("written", ["", "waivers: []"])
def test_there_may_be_none(written: str) -> None:
    assert read(written).waivers == ()


def test_a_date_may_stand_in_quotes() -> None:
    assert read(waivers({"expires": "'2027-01-31'"})).waivers[0].expires == date(2027, 1, 31)


def test_a_reason_may_run_over_several_lines() -> None:
    text = waivers({"reason": '"rebuilt\n    from\n    source"'})
    assert read(text).waivers[0].reason == "rebuilt from source"


@pytest.mark.parametrize("key", list(GOOD))
def test_a_waiver_needs_each_of_its_keys(key: str) -> None:
    assert refusal(waivers({key: None})) == (
        f"3: waivers[0]: has no {key}; it needs finding, address, owner, expires and reason"
    )


@pytest.mark.parametrize("key", list(GOOD))
def test_each_of_its_keys_needs_a_value(key: str) -> None:
    assert refusal(waivers({key: ""})).startswith(f"3: waivers[0].{key}: has no value")


@pytest.mark.parametrize("key", ["owner", "reason"])
def test_a_blank_says_nothing(key: str) -> None:
    assert refusal(waivers({key: "' '"})) == f"3: waivers[0].{key}: is empty; write a text"


@pytest.mark.parametrize(
    "written",
    [
        "never",
        "2027-02-29",
        "2027-13-01",
        "2027-00-10",
        "2027-1-31",
        "27-01-31",
        "31.01.2027",
        "01/31/2027",
        "20270131",
        "2027-W04-7",
        "2027-01-31T00:00:00Z",
        "2027",
        "0000-01-01",
        "٢٠٢٧-٠١-٣١",
        "true",
    ],
)
def test_what_is_no_date_is_refused(written: str) -> None:
    message = refusal(waivers({"expires": written}))
    assert message.startswith(f"3: waivers[0].expires: {written!r} is not a date of the calendar")


@pytest.mark.parametrize(
    "written", ["RECOVERY", "recovery-102", "102", "RECOVERY-", "RECOVERY-1O2", "RECOVERY-*", "'*'", "RECOVERY-1 "]
)
def test_what_is_no_finding_is_refused(written: str) -> None:
    if written.endswith(" "):
        written = f"'{written}'"
    assert "waivers[0].finding: " in refusal(waivers({"finding": written}))


def test_a_waiver_holds_on_its_last_day() -> None:
    assert read(waivers({"expires": TODAY.isoformat()})).waivers[0].expires == TODAY


def test_an_expired_waiver_is_refused_with_its_owner_and_date() -> None:
    assert refusal(waivers({}, {"address": "a.b", "expires": "2026-11-22"})) == (
        "4: waivers[1].expires: the waiver of RECOVERY-102 at a.b by web team expired on 2026-11-22, and today is "
        "2026-11-23; repair the finding and remove the waiver, or have its owner extend it"
    )


def test_today_is_the_date_in_utc_unless_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock:
        @staticmethod
        def now(zone: object) -> Clock:
            assert zone is UTC
            return Clock()

        @staticmethod
        def date() -> date:
            return TODAY

    monkeypatch.setattr(declaration, "datetime", Clock)
    text = "version: 1\n" + waivers({"expires": TODAY.isoformat()})
    assert parse_declaration(text).waivers[0].expires == TODAY
    with pytest.raises(DeclarationError, match="expired on 2026-11-22"):
        parse_declaration(text.replace(TODAY.isoformat(), (TODAY - timedelta(days=1)).isoformat()))


def test_the_same_finding_at_the_same_address_is_waived_once() -> None:
    assert refusal(waivers({}, {"owner": "another team"})) == (
        "4: waivers[1]: RECOVERY-102 at aws_s3_bucket.logs is waived twice, first on line 3; keep one of the two"
    )


def test_another_finding_or_another_address_is_another_waiver() -> None:
    assert len(read(waivers({}, {"finding": "RECOVERY-103"}, {"address": "aws_s3_bucket.other"})).waivers) == 3


@pytest.mark.parametrize(
    ("finding", "address", "covered"),
    [
        ("RECOVERY-102", "module.db.aws_db_instance.a", True),
        ("RECOVERY-1022", "module.db.aws_db_instance.a", False),
        ("RECOVERY-102", "module.db2.aws_db_instance.a", False),
    ],
)
def test_a_waiver_covers_its_finding_at_its_addresses(finding: str, address: str, covered: bool) -> None:
    declared = read(waivers({"address": "module.db.*"}))
    (waiver,) = declared.waivers
    assert waiver.covers(finding, address) is covered
    assert declared.waiver_for(finding, address) == (waiver if covered else None)


def test_the_first_waiver_that_covers_is_the_one_that_is_told() -> None:
    declared = read(waivers({"address": "aws_s3_bucket.*", "owner": "first"}, {"owner": "second"}))
    waiver = declared.waiver_for("RECOVERY-102", "aws_s3_bucket.logs")
    assert waiver is not None
    assert waiver.owner == "first"


def test_an_unknown_key_is_refused() -> None:
    assert "waivers[0].expiry: is not a key that is known here; did you mean expires?" in refusal(
        waivers({"expiry": "2027-01-31"})
    )


@pytest.mark.parametrize("written", ["RECOVERY-102", "[RECOVERY-102]", "5"])
def test_a_waiver_that_is_no_mapping_is_refused(written: str) -> None:
    assert refusal(f"waivers: [{written}]").startswith("2: waivers[0]: is ")
