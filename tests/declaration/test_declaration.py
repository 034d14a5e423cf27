from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from constructs_lib.availability import parse_availability
from constructs_lib.declaration.declaration import (
    ComponentMatch,
    Declaration,
    Dependency,
    Regions,
    Waiver,
    WorkloadDeclaration,
    load_declaration,
    parse_declaration,
)
from constructs_lib.declaration.selector import AddressGlob, TagSelector
from constructs_lib.errors import DeclarationError, ObjectiveError
from constructs_lib.objectives import Assumptions, Objective, Target
from tests.declaration.reading import SAMPLE, TODAY, read, refusal

SHOP = Objective("1h", "15m", "99.9%")
DATABASE = Objective("1h", "15m", "99.9%", region=Target("4h", "5m"), software=Target("4h", "5m"))

TWO_WORKLOADS = """\
workloads:
  shop:
    objective: {rto: 1h, rpo: 15m}
    components:
      - match: "module.shop.*"
      - match: {tags: {team: shop}}
  logs:
    objective: {rto: 1d, rpo: 1d}
    components:
      - match: "*.aws_s3_bucket.logs"
"""


@pytest.fixture
def write(tmp_path: Path) -> Path:
    return tmp_path / "recovery.yaml"


def test_the_sample_of_the_design_is_read() -> None:
    assert parse_declaration(SAMPLE, today=TODAY) == Declaration(
        file="recovery.yaml",
        version=1,
        regions=Regions(primary="eu-west-1", recovery="eu-central-1"),
        assumptions=Assumptions(detection_time="2m", decision_time="15m"),
        workloads={
            "shop": WorkloadDeclaration(
                name="shop",
                objective=SHOP,
                components=(
                    ComponentMatch(selector=AddressGlob("aws_s3_bucket.assets"), line=8),
                    ComponentMatch(selector=TagSelector({"team": "shop"}), line=9),
                    ComponentMatch(selector=AddressGlob("module.db.*"), objective=DATABASE, line=10),
                ),
                line=6,
            )
        },
        dependencies=(Dependency(name="e-mail", availability=parse_availability("99.9%"), critical=False),),
        waivers=(
            Waiver(
                finding="RECOVERY-102",
                address="aws_s3_bucket.logs",
                owner="web team",
                expires=date(2027, 1, 31),
                reason="rebuilt from source",
                line=13,
            ),
        ),
    )


def test_only_the_version_is_needed() -> None:
    assert parse_declaration("version: 1") == Declaration()


def test_workloads_keep_the_order_of_the_file() -> None:
    declared = read("workloads:\n" + "".join(f"  {name}: {{objective: {{tier: critical}}}}\n" for name in "cab"))
    assert list(declared.workloads) == ["c", "a", "b"]


def test_anchors_and_aliases_are_read() -> None:
    declared = read(
        "workloads:\n  a: {objective: &usual {rto: 1h, rpo: 15m}}\n  b: {objective: *usual}\n  c: {objective: *usual}\n"
    )
    assert {declared.objective_for(name) for name in "abc"} == {Objective("1h", "15m")}


def test_a_workload_that_is_its_own_part_is_refused() -> None:
    assert "workloads.shop.shop: is not a key" in refusal("workloads: &all {shop: *all}")


def test_aliases_that_multiply_are_refused() -> None:
    entry = "{match: a}, " * 2_000
    text = f"workloads:\n  w: &w\n    objective: {{tier: critical}}\n    components: [{entry}]\n"
    text += "".join(f"  w{number}: *w\n" for number in range(2_000))
    assert "its aliases make more than 250,000 values" in refusal(text)


@pytest.mark.parametrize("name", ["shop", "web shop", "a.b", "Zahlungsverkehr für Köln", "<b>", "'1'", "x" * 1_000])
def test_a_workload_may_have_any_name_that_is_a_text(name: str) -> None:
    declared = read(f"workloads:\n  ? {name}\n  : objective: {{tier: critical}}\n")
    assert list(declared.workloads) == [name.strip("'")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ": is empty"),
        ("# a comment\n", ": is empty"),
        ("- version: 1", ":1: is a list, and keys with values are wanted"),
        ("version 1", ":1: is the text 'version 1', and keys with values are wanted"),
        ("1", ":1: is a number, '1', and keys"),
        ("{}", ':1: has no version; begin it with "version: 1"'),
        ("workloads: {}", ":1: has no version"),
        ("Version: 1", ":1: has no version"),
        ("version: 2\nservices: {}", ":1: version: is 2, and this program reads version 1 only"),
        ("version: 0", ":1: version: is 0"),
        ("version: '1'", ":1: version: is the text '1', and a whole number is wanted"),
        ("version: 1.0", ":1: version: is a number, '1.0', and a whole number is wanted"),
        ("version: 1.1", ":1: version: is a number, '1.1'"),
        ("version: v1", ":1: version: is the text 'v1'"),
        ("version: true", ":1: version: is a truth value"),
        ("version:", ":1: version: has no value"),
        ("version: [1]", ":1: version: is a list"),
        ("version: 1\nversion: 1", ":2: version: is given twice, first on line 1"),
        ("version: 1\nworkload: {}", ":2: workload: is not a key that is known here; did you mean workloads?"),
        ("version: 1\nWorkloads: {}", ":2: Workloads: is not a key that is known here; did you mean workloads?"),
        ("version: 1\nx-common: {}", ":2: x-common: is not a key that is known here; there are version, regions"),
        ("version: 1\nassumptions:", ":2: assumptions: is without a value"),
        ("version: 1\nassumptions: 15m", ":2: assumptions: is the text '15m'"),
        ("version: 1\nassumptions: {detection_time: soon}", ":2: assumptions.detection_time: detection_time 'soon' is"),
        ("version: 1\nassumptions: {deciding: 1m}", ":2: assumptions.deciding: is not a key that is known here"),
        ("version: 1\nworkloads:", ":2: workloads: is without a value"),
        ("version: 1\nworkloads: [shop]", ":2: workloads: is a list"),
        ("version: 1\nworkloads: shop", ":2: workloads: is the text 'shop'"),
        ("version: 1\nworkloads:\n  shop:\n", ":3: workloads.shop: is without a value"),
        ("version: 1\nworkloads:\n  shop: {}\n", ":3: workloads.shop: has no objective, which it needs"),
        ("version: 1\nworkloads:\n  shop: 1h\n", ":3: workloads.shop: is the text '1h'"),
        ("version: 1\nworkloads:\n  1: {}\n", ":3: workloads: has the key '1', which is not a text"),
        ("version: 1\nworkloads:\n  no: {}\n", ":3: workloads: has the key 'no', which is not a text"),
        ("version: 1\nworkloads:\n  '': {}\n", ":3: workloads: has the key ''; a key is a text"),
        ("version: 1\nworkloads:\n  a: {}\n  a: {}\n", ":4: workloads.a: is given twice, first on line 3"),
        ("version: 1\nworkloads:\n  a b: {}\n", ":3: workloads['a b']: has no objective"),
        ("version: 1\n---\nversion: 1", ":2: begins a second document"),
        ("version: 1\n\tworkloads: {}", ":2: is not YAML"),
    ],
)
def test_a_bad_document_is_refused_with_its_line_and_field(text: str, problem: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        parse_declaration(text)
    assert str(caught.value).startswith(f"recovery.yaml{problem}")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("components:", ": is without a value"),
        ("components: {match: a}", ": is a mapping, and a list is wanted"),
        ("components: aws_s3_bucket.a", ": is the text 'aws_s3_bucket.a', and a list is wanted"),
        ("components: [aws_s3_bucket.a]", "[0]: is the text 'aws_s3_bucket.a', and keys with values are wanted"),
        ("components: [{}]", "[0]: has no match, which it needs"),
        ("components: [~]", "[0]: is without a value"),
        ("components: [{match: a}, {objective: {tier: critical}}]", "[1]: has no match"),
        (
            "components: [{match: a, objectives: {}}]",
            "[0].objectives: is not a key that is known here; did you mean ob",
        ),
        ("components: [{match: a, match: b}]", "[0].match: is given twice"),
    ],
)
def test_bad_components_are_refused(written: str, problem: str) -> None:
    message = refusal(f"workloads:\n  shop:\n    objective: {{tier: critical}}\n    {written}\n")
    assert message.startswith(f"5: workloads.shop.components{problem}")


@pytest.mark.parametrize(
    ("address", "tags", "objective"),
    [
        ("aws_s3_bucket.assets", {}, SHOP),
        ("aws_sqs_queue.q", {"team": "shop", "Name": "q"}, SHOP),
        ("module.db.aws_db_instance.this[0]", {}, DATABASE),
    ],
)
def test_a_component_belongs_to_the_workload_that_matches_it(
    address: str, tags: dict[str, str], objective: Objective
) -> None:
    assert parse_declaration(SAMPLE, today=TODAY).match(address, tags) == ("shop", objective)


@pytest.mark.parametrize("address", ["aws_s3_bucket.other", "module.dbx.y", "", "module.db"])
def test_a_component_that_nothing_matches_belongs_to_no_workload(address: str) -> None:
    assert parse_declaration(SAMPLE, today=TODAY).match(address, {"team": "other"}) is None


def test_tags_need_not_be_given() -> None:
    assert parse_declaration(SAMPLE, today=TODAY).match("aws_s3_bucket.assets") == ("shop", SHOP)


def test_within_a_workload_the_first_match_wins() -> None:
    declared = read(
        "workloads:\n  w:\n    objective: {rto: 1h, rpo: 15m}\n    components:\n"
        "      - {match: a.x, objective: {uptime: 99%}}\n"
        "      - {match: {tags: {k: v}}, objective: {uptime: 98%}}\n"
        "      - {match: 'a.*', objective: {uptime: 97%}}\n"
    )

    def uptime(address: str, **tags: str) -> str:
        matched = declared.match(address, tags)
        assert matched is not None
        return str(matched[1].uptime)

    assert uptime("a.x", k="v") == "99%"
    assert uptime("a.y", k="v") == "98%"
    assert uptime("a.y") == "97%"


def test_a_component_of_two_workloads_is_refused_when_it_is_met_with_both_lines() -> None:
    declared = read(TWO_WORKLOADS)
    assert declared.match("module.shop.aws_s3_bucket.assets") == ("shop", Objective("1h", "15m"))
    assert declared.match("module.x.aws_s3_bucket.logs") == ("logs", Objective("1d", "1d"))
    with pytest.raises(DeclarationError) as caught:
        declared.match("module.shop.aws_s3_bucket.logs")
    assert str(caught.value) == (
        "recovery.yaml:11: module.shop.aws_s3_bucket.logs belongs to two workloads, shop on line 6 and logs on line 11"
        "; narrow one of the two matches"
    )


def test_a_tag_and_an_address_of_two_workloads_are_two_claims_as_well() -> None:
    with pytest.raises(DeclarationError, match="shop on line 7 and logs on line 11"):
        read(TWO_WORKLOADS).match("module.x.aws_s3_bucket.logs", {"team": "shop"})


def test_the_objective_of_a_workload_that_is_not_declared_is_refused_with_those_that_are() -> None:
    with pytest.raises(ObjectiveError, match=r"^recovery.yaml declares no workload 'shopp'; declared: shop, logs$"):
        read(TWO_WORKLOADS).objective_for("shopp")


def test_a_declaration_never_changes() -> None:
    declared = read(TWO_WORKLOADS)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        declared.version = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        declared.workloads["x"] = declared.workloads["shop"]  # type: ignore[index]


def test_a_changed_copy_matches_by_its_own_workloads() -> None:
    declared = read(TWO_WORKLOADS)
    one = attrs.evolve(declared, workloads={"logs": declared.workloads["logs"]})
    assert one.match("module.shop.aws_s3_bucket.logs") == ("logs", Objective("1d", "1d"))


def test_a_file_is_read(write: Path) -> None:
    write.write_text(SAMPLE, encoding="utf-8")
    declared = load_declaration(write, today=TODAY)
    assert declared.file == str(write)
    assert attrs.evolve(declared, file="recovery.yaml") == parse_declaration(SAMPLE, today=TODAY)


def test_a_path_may_be_a_text(write: Path) -> None:
    write.write_text("version: 1", encoding="utf-8")
    assert load_declaration(str(write)).version == 1


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_windows_line_ends_are_read(write: Path, mark: bytes, line_end: bytes) -> None:
    write.write_bytes(mark + SAMPLE.encode().replace(b"\n", line_end))
    assert load_declaration(write, today=TODAY).waivers[0].line == 13


def load_refusal(path: Path) -> str:
    """Return the one line with which the file is refused, without its path."""
    with pytest.raises(DeclarationError) as caught:
        load_declaration(path)
    message = str(caught.value)
    assert message.isprintable()
    return message.removeprefix(str(path))


def test_an_error_names_the_file_as_it_was_given(write: Path) -> None:
    write.write_bytes(b"version: 1\nworkloads: []\n")
    assert load_refusal(write).startswith(":2: workloads: is a list")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert load_refusal(tmp_path / "none.yaml") == ": there is no such file; write one, or name another"


def test_a_file_in_a_missing_directory_is_refused(tmp_path: Path) -> None:
    assert load_refusal(tmp_path / "none" / "recovery.yaml").startswith(": there is no such file")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert load_refusal(tmp_path) == ": is a directory; name the file in it"


def test_a_link_to_itself_is_refused(write: Path) -> None:
    write.symlink_to(write)
    assert load_refusal(write).startswith(": cannot be read: ")


def test_a_file_below_a_file_is_refused(write: Path) -> None:
    write.write_bytes(b"version: 1")
    assert load_refusal(write / "recovery.yaml").startswith(": cannot be read: not a directory")


def test_a_file_that_may_not_be_read_is_refused(write: Path) -> None:
    write.write_bytes(b"version: 1")
    write.chmod(0)
    try:
        write.read_bytes()
    except PermissionError:
        assert load_refusal(write) == ": cannot be read: permission denied"
    else:
        pytest.skip("this user may read every file")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5_000])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(DeclarationError, match="cannot be read: ") as caught:
        load_declaration(name)
    assert str(caught.value).isprintable()


def test_an_empty_file_is_refused(write: Path) -> None:
    write.touch()
    assert load_refusal(write) == ': is empty; begin it with "version: 1"'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"version: 1\n# caf\xe9\n", ":2: holds the byte 0xe9, which is not UTF-8"),
        ("version: 1".encode("utf-16"), ":1: holds the byte 0xff, which is not UTF-8"),
        (b"version: 1\nx: \xed\xa0\x80", ":2: holds the byte 0xed, which is not UTF-8"),
        (b"\x1f\x8b\x08\x00", ":1: holds the byte 0x8b, which is not UTF-8"),
        (b"version: 1\0", r":1: holds the character '\x00', which YAML does not allow"),
    ],
)
def test_what_is_not_utf_8_text_is_refused(write: Path, content: bytes, problem: str) -> None:
    write.write_bytes(content)
    assert load_refusal(write).startswith(problem)


def test_a_huge_file_is_refused_without_being_read_to_its_end(write: Path) -> None:
    with write.open("wb") as stream:
        stream.truncate(1 << 31)
    assert load_refusal(write).startswith(": is larger than 1,048,576 bytes")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no endless file")
def test_an_endless_file_is_refused() -> None:
    assert load_refusal(Path("/dev/zero")).startswith(": is larger than 1,048,576 bytes")


def test_a_document_of_a_thousand_workloads_is_read() -> None:
    text = "workloads:\n" + "".join(
        f"  workload-{number}:\n    objective: {{rto: 1h, rpo: 15m, uptime: 99.9%}}\n    components:\n"
        + "".join(f"      - match: module.workload_{number}.aws_s3_bucket.b{part}\n" for part in range(10))
        for number in range(1_000)
    )
    declared = read(text)
    assert declared.match("module.workload_999.aws_s3_bucket.b9") == ("workload-999", Objective("1h", "15m", "99.9%"))


def test_accounts_and_owners_are_read() -> None:
    declared = parse_declaration(
        'version: 1\naccounts: ["012345678901"]\n'
        "workloads: {shop: {objective: {tier: critical}, owners: {owner: web, deputy: platform}, "
        "health_checks: [0a1b-22, cd-33]}}"
    )

    assert declared.accounts == ("012345678901",)
    owners = declared.workloads["shop"].owners
    assert owners is not None
    assert (owners.owner, owners.deputy) == ("web", "platform")
    assert declared.workloads["shop"].health_checks == ("0a1b-22", "cd-33")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accounts: [123456789012]", "put it in quotes"),
        ('accounts: ["12345678901"]', "12 digits"),
        ("workloads: {shop: {objective: {tier: critical}, owners: {owner: web}}}", "has no deputy"),
        ("workloads: {shop: {objective: {tier: critical}, owners: {owner: Web, deputy: web}}}", "somebody else"),
        ("workloads: {shop: {objective: {tier: critical}, health_checks: [a b]}}", "no id of a Route 53 health check"),
    ],
)
def test_accounts_and_owners_that_are_none_are_refused(text: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        parse_declaration(f"version: 1\n{text}")


def test_amounts_of_a_part_may_have_fractions_as_those_of_a_component_may() -> None:
    """What is written a hundred thousand times a month could only be said to be written never, or a million times."""
    amounts = "size_gb: 0.5, writes_millions: 0.1"
    text = f"workloads: {{shop: {{objective: {{tier: critical}}, parts: {{files: {{kind: bucket, {amounts}}}}}}}}}"

    found = read(text).workloads["shop"].parts["files"].amounts

    assert dict(found) == {"size_gb": Decimal("0.5"), "writes_millions": Decimal("0.1")}


def test_the_parts_of_a_workload_are_read_with_their_own_objectives() -> None:
    declared = parse_declaration(
        "version: 1\nworkloads: {shop: {objective: {rto: 1h, rpo: 15m}, parts: {"
        "files: {kind: bucket, size_gb: 500, objective: {region: {rto: 4h, rpo: 1h}}}, "
        "search: {external: {rto: 30m, rpo: 0, owner: search team, evidence: game day 7, expires: 2027-03-31}}}}}"
    )
    files, search = declared.workloads["shop"].parts.values()
    assert (files.kind, dict(files.amounts), files.elsewhere) == ("bucket", {"size_gb": Decimal(500)}, None)
    assert str(files.objective) == "hardware, zone: RTO 1h, RPO 15m; region: RTO 4h, RPO 1h"
    assert search.elsewhere is not None
    assert (str(search.elsewhere.target), search.elsewhere.software) == ("RTO 30m, RPO 0s", None)
