"""What cannot be read is refused in one line, quickly, and without a value of the document."""

from __future__ import annotations

import io
import json
import mmap
import os
import random
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.assessment import assess
from constructs_lib.errors import PlanError
from constructs_lib.plan import Plan, read_plan, read_plans
from constructs_lib.plan.document import source

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRET = "made-up-secret"
_GOOD = (Path(__file__).with_name("fixtures") / "instances" / "plan.json").read_bytes()


def _read_or_refused(content: bytes) -> Plan | None:
    try:
        return read_plan(content)
    except PlanError as error:
        text = str(error)
    assert "\n" not in text
    assert _SECRET not in text
    assert len(text) < 500
    return None


def _refusal(source: bytes | Path) -> str:
    with pytest.raises(PlanError) as raised:
        read_plan(source)
    text = str(raised.value)
    assert "\n" not in text
    assert _SECRET not in text
    assert len(text) < 500
    assert raised.value.__cause__ is None
    return text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n" * 100_000, "nothing but white space"),
        (b"\0" * 4096, "binary"),
        (b"PK\x03\x04plan", "binary plan file; run terraform show -json"),
        (b"\x1f\x8b\x08plan", "is compressed; unpack it"),
        (_GOOD.decode().encode("utf-16"), "UTF-16"),
        (_GOOD.decode().encode("utf-16-le"), "UTF-16"),
        (_GOOD.replace(b"made-up-secret", "geheim-ü".encode("latin-1")), "not UTF-8"),
        (_GOOD[:-20], "cut off"),
        (_GOOD[: len(_GOOD) // 2], "cut off"),
        (_GOOD.replace(b"true", b"NaN", 1), "not well-formed JSON"),
        (_GOOD + b"{}", "not well-formed JSON"),
        (b"[]", "not a JSON object"),
        (b'{"@level":"info","@message":"Terraform 1.11.4"}\n', "log of terraform plan -json"),
        (b'{"version":4,"serial":1,"resources":[]}', "state file; run terraform show -json"),
        (b'{"format_version":"1.0","provider_schemas":{}}', "not a plan or state"),
        (b'{"format_version":"1.0","valid":true}', "terraform validate"),
        (b'{"results":{"failed_checks":[]}}', "no format_version"),
        (b'{"Resources":{"Bucket":{"Type":"AWS::S3::Bucket"}}}', "no format_version"),
        (_GOOD.replace(b'"format_version": "1.2"', b'"format_version": "2.0"'), "format version 2.0"),
        (_GOOD.replace(b'"format_version": "1.2"', b'"format_version": "0.2"'), "format version 0.2"),
        (_GOOD.replace(b'"format_version": "1.2"', b'"format_version": "made-up-secret"'), "not a version"),
        (b'{"format_version":"1.2","resource_changes":' + b"[" * 100_000, "expected `object`, got `array`"),
        (b'{"format_version":"1.2","x":' + b'{"a":' * 100_000, "nested too deeply"),
        (b'{"format_version":"1.2","resource_changes":{"made-up-secret":1}}', "expected `array`"),
        (b'{"format_version":"1.2","variables":{"made-up-secret":1}}', "expected `object`"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_what_is_no_plan_is_refused_in_one_line(content: bytes, said: str, tmp_path: Path) -> None:
    assert said in _refusal(content)
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    assert said in _refusal(path)


def test_a_byte_order_mark_of_utf8_is_read_over() -> None:
    assert read_plan(b"\xef\xbb\xbf" + _GOOD).after == read_plan(_GOOD).after


def test_paths_that_are_no_file_are_refused(tmp_path: Path) -> None:
    assert "is a directory" in _refusal(tmp_path)
    assert "does not exist" in _refusal(tmp_path / "none.json")
    assert "cannot be read" in _refusal(Path("a\0b"))


def test_a_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    try:
        os.mkfifo(path)
    except (AttributeError, OSError):
        pytest.skip("needs a system with named pipes")
    if os.fork() == 0:
        path.write_bytes(_GOOD)
        os._exit(0)
    assert read_plan(path).after == read_plan(_GOOD).after
    os.wait()


@pytest.mark.parametrize("start", [b"", b"{", b'{"format_version":"1.2","a":"'])
def test_two_gigabytes_of_nothing_are_refused_by_their_size_or_their_head(
    start: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[slice] = []

    class Watched(mmap.mmap):
        def __getitem__(self, part: Any) -> Any:
            looked_at.append(part)
            return super().__getitem__(part)

    monkeypatch.setattr(mmap, "mmap", Watched)
    monkeypatch.setattr(source, "_document", None)  # nothing is decoded
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.write(start)
        file.truncate((2 << 30) + (1 if start else 0))
    _refusal(path)
    assert looked_at == ([] if start else [slice(None, source._HEAD)])


def test_two_entries_for_one_address_are_refused(document: Callable[..., dict[str, Any]]) -> None:
    plan = document("tables")
    plan["resource_changes"].append(plan["resource_changes"][0])
    assert "two entries for aws_dynamodb_table.apart" in _refusal(json.dumps(plan).encode())
    state = document("changes", "state.json")
    resources = state["values"]["root_module"]["resources"]
    resources.append(resources[0])
    assert "two entries for" in _refusal(json.dumps(state).encode())


def test_plans_and_states_are_not_mixed() -> None:
    with pytest.raises(PlanError, match="cannot be read together"):
        read_plans({"a": _GOOD, "b": b'{"format_version":"1.0"}'})
    with pytest.raises(PlanError, match="no plan to read"):
        read_plans({})


def test_a_plan_under_two_names_is_refused(tmp_path: Path) -> None:
    one, other, third = (tmp_path / name for name in ("plan.json", "copy.json", "third.json"))
    for path in (one, other):
        path.write_bytes(_GOOD)
    third.write_bytes(b'{"format_version":"1.2","resource_changes":[]}')

    with pytest.raises(PlanError, match=r"copy\.json and .*plan\.json are the same plan"):
        read_plans({"plan": one, "third": third, "copy": other})
    with pytest.raises(PlanError, match="two sources are the same plan"):
        read_plans({"plan": _GOOD, "copy": _GOOD})
    assert read_plans({"plan": one, "other": _GOOD.replace(b"{", b"{ ", 1)}).after
    # Of states with nothing in them all are alike.
    assert read_plans({"a": third, "b": third.read_bytes(), "plan": one}).after


def test_a_plan_that_comes_out_of_a_pipe_too_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, pipe = tmp_path / "plan.json", tmp_path / "pipe"
    plan.write_bytes(_GOOD)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(_GOOD)))

    with pytest.raises(PlanError, match=r"plan\.json and standard input are the same plan"):
        read_plans({"plan": plan, "stdin": Path("-")})
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_bytes, args=(_GOOD,))
    writing.start()
    with pytest.raises(PlanError, match="pipe are the same plan"):
        read_plans({"plan": plan, "there": pipe})
    writing.join()


def test_values_nested_to_the_limit_do_not_break_the_reading(document: Callable[..., dict[str, Any]]) -> None:
    for depth in (100, 300, 900, 990):
        text = json.dumps(document("tables"))
        deep = '{"a":' * depth + "true" + "}" * depth
        for place in ('"after_unknown": {', '"expressions": {', '"after": {'):
            broken = text.replace(place, place + f'"deep":{deep},', 1).encode()
            read = _read_or_refused(broken)
            for item in () if read is None else read.resources_after.values():
                assert item.is_unknown("no_such") in (True, False)


def test_truncated_plans_are_refused_wherever_they_end() -> None:
    for end in range(1, len(_GOOD.rstrip()), 499):
        _refusal(_GOOD[:end])


_JUNK: tuple[object, ...] = (
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "x",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"a": 1},
    ["x"],
    [{"status": []}],
)


def _places(value: object, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            found.append((value, key))
            _places(inner, found)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found.append((value, index))
            _places(inner, found)
    return found


@pytest.mark.parametrize(
    "fixture",
    [
        "backups",
        "buckets",
        "changes",
        "clusters",
        "distributions",
        "dsql",
        "instances",
        "modules",
        "records",
        "replicated",
    ],
)
def test_junk_in_any_place_is_read_or_refused(fixture: str, document: Callable[..., dict[str, Any]]) -> None:
    """Well-formed JSON with the wrong thing in it, at places chosen by a fixed seed."""
    generator = random.Random(fixture)
    for _ in range(60):
        plan = document(fixture)
        places = _places({"changes": plan["resource_changes"], "configuration": plan["configuration"]}, [])
        for _ in range(generator.randint(1, 40)):
            holder, key = generator.choice(places)
            if isinstance(holder, dict) or key < len(holder):
                holder[key] = generator.choice(_JUNK)
        read = _read_or_refused(json.dumps(plan).encode())
        for component in () if read is None else (*read.before, *read.after):
            assess(component)


def test_flipped_bytes_are_read_or_refused() -> None:
    generator = random.Random(7)
    for _ in range(150):
        content = bytearray(_GOOD)
        for _ in range(generator.randint(1, 20)):
            content[generator.randrange(len(content))] = generator.randrange(256)
        read = _read_or_refused(bytes(content))
        for component in () if read is None else read.after:
            assess(component)


def test_secrets_are_in_no_text_of_what_was_read(document: Callable[..., dict[str, Any]]) -> None:
    plan = read_plan(_GOOD)
    everything = repr((plan.before, plan.after, plan.changes, plan.inventory, plan.copies_after, plan.members_after))
    assert _SECRET in _GOOD.decode()
    assert _SECRET not in everything


def test_a_sensitive_source_is_not_named(document: Callable[..., dict[str, Any]]) -> None:
    plan = document("instances")
    for item in plan["resource_changes"]:
        if item["address"] == "aws_db_instance.replica_of_another_state":
            item["change"]["after_sensitive"]["replicate_source_db"] = True
    read = read_plan(json.dumps(plan).encode())
    assert read.copies_after["aws_db_instance.replica_of_another_state"] == "an instance not known before apply"
