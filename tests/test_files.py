"""What commands write: whole, or not at all, and with the name of the file where it fails."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from constructs_lib.assessment.evidence import read_evidence
from constructs_lib.errors import EvaluationError, InputError, RefusedError
from constructs_lib.files import write_file
from constructs_lib.operations.packing.kit import build_kit, check_kit
from constructs_lib.operations.rehearsing import chain
from constructs_lib.operations.rehearsing.chain import append, newest
from constructs_lib.starter.starter import write_starter
from tests.assessment.test_evidence import record
from tests.cli.run import drctl
from tests.documents.reference import write_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.assessment.evidence import Evidence

MUCH = "much\n" * 10_000
ROOM = 8_192


@contextmanager
def little_room() -> Iterator[None]:
    """No file may grow beyond `ROOM` bytes meanwhile: what is longer is written half, as on a disk that fills up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_half_a_file_does_not_stay_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "review.html"

    with little_room(), pytest.raises(OSError, match=r"review\.html"):
        write_file(path, MUCH)

    assert not path.exists()
    write_file(path, MUCH)
    assert path.read_text(encoding="utf-8") == MUCH


def test_a_name_may_be_as_long_as_a_file_system_allows(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 250 + ".json")

    write_file(path, MUCH)

    assert path.read_text() == MUCH


def test_what_was_there_stays_where_there_is_no_room_for_the_new(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text("a year's work", encoding="utf-8")
    path.chmod(0o640)

    with little_room(), pytest.raises(OSError, match=r"prices\.toml"):
        write_file(path, MUCH)

    assert path.read_text(encoding="utf-8") == "a year's work"
    write_file(path, MUCH)
    assert (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777) == (MUCH, 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_half_written_stays_where_somebody_interrupts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "prices.toml", MUCH)

    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_one_and_a_directory_is_named(tmp_path: Path) -> None:
    link, target = tmp_path / "latest.md", tmp_path / "of-today.md"
    link.symlink_to(target)

    write_file(link, "text")

    assert (link.is_symlink(), target.read_text(encoding="utf-8")) == (True, "text")
    with pytest.raises(OSError, match=str(tmp_path)):
        write_file(tmp_path, "text")


def test_a_document_that_cannot_be_written_whole_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stacks, out = write_shop(tmp_path / "cdktf.out"), tmp_path / "docs"

    with little_room():
        ran = drctl(capsys, "docs", "all", "--stacks", str(stacks), "--output", str(out))

    assert ran.code == 3
    assert ran.err.startswith(f"drctl: {out / 'shop-'}")
    assert ran.err.rstrip().endswith("name another file, or free this one")
    # Documents belong together: of those that fit none is beside those of another day.
    assert list(out.iterdir()) == []


def test_a_kit_that_cannot_be_written_names_the_file(tmp_path: Path) -> None:
    stacks = write_shop(tmp_path / "cdktf.out")

    with little_room(), pytest.raises(EvaluationError, match=r"kit/\S+ cannot be written"):
        build_kit(tmp_path / "kit", stacks, None)


def test_a_kit_that_cannot_be_written_leaves_the_one_before_as_it_was(tmp_path: Path) -> None:
    """A manifest of the one over files of the other would be a kit that nobody may open on the day."""
    kit, other = tmp_path / "kit", write_shop(tmp_path / "other.out", name="files")
    build_kit(kit, write_shop(tmp_path / "cdktf.out"), None)
    before = {path: path.read_bytes() for path in kit.rglob("*") if path.is_file()}

    with little_room(), pytest.raises(EvaluationError, match="cannot be written"):
        build_kit(kit, other, None)

    assert {path: path.read_bytes() for path in kit.rglob("*") if path.is_file()} == before
    check_kit(kit)


def test_a_record_that_cannot_be_written_whole_breaks_no_chain(tmp_path: Path) -> None:
    append(tmp_path, record(1))
    much = record(2, newest(tmp_path), deviations=[MUCH])

    with little_room(), pytest.raises(EvaluationError, match="cannot be written"):
        append(tmp_path, much)

    assert [item.id for item, _ in read_evidence(tmp_path)] == ["drill-shop-1"]
    append(tmp_path, much)
    assert [item.id for item, _ in read_evidence(tmp_path)] == ["drill-shop-1", "drill-shop-2"]


def test_two_records_written_at_once_do_not_follow_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their files have other names: only one at a time may look which is the newest."""
    append(tmp_path, record(1))
    both = [record(number, newest(tmp_path)) for number in (2, 3)]

    def slowly(directory: Path) -> tuple[tuple[Evidence, str], ...]:
        found = read_evidence(directory)
        time.sleep(0.1)
        return found

    monkeypatch.setattr(chain, "read_evidence", slowly)

    def write(mine: Evidence) -> bool:
        try:
            append(tmp_path, mine)
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(write, both))

    assert sorted(written) == [False, True]
    assert len(read_evidence(tmp_path)) == 2


def test_init_goes_on_where_the_disk_was_full(tmp_path: Path) -> None:
    content = {"README.md": "short", "main.py": MUCH, "cdktf.json": "{}"}

    with little_room(), pytest.raises(InputError, match=r"main\.py cannot be written"):
        write_starter(tmp_path, content)
    written, left = write_starter(tmp_path, content)

    assert ([path.name for path in left], [path.name for path in written]) == (["README.md"], ["main.py", "cdktf.json"])
    assert (tmp_path / "main.py").read_text(encoding="utf-8") == MUCH
