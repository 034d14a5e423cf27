"""What commands write: whole, or not at all, and with the name of the file where it fails."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from constructs_lib.cli.files import write_file
from constructs_lib.errors import EvaluationError, InputError
from constructs_lib.operations.packing.kit import build_kit
from constructs_lib.starter.starter import write_starter
from tests.cli.run import drctl
from tests.documents.reference import write_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    assert [file for file in out.iterdir() if file.stat().st_size == ROOM] == []


def test_a_kit_that_cannot_be_written_names_the_file(tmp_path: Path) -> None:
    stacks = write_shop(tmp_path / "cdktf.out")

    with little_room(), pytest.raises(EvaluationError, match=r"kit/\S+ cannot be written"):
        build_kit(tmp_path / "kit", stacks, None)


def test_init_goes_on_where_the_disk_was_full(tmp_path: Path) -> None:
    content = {"README.md": "short", "main.py": MUCH, "cdktf.json": "{}"}

    with little_room(), pytest.raises(InputError, match=r"main\.py cannot be written"):
        write_starter(tmp_path, content)
    written, left = write_starter(tmp_path, content)

    assert ([path.name for path in left], [path.name for path in written]) == (["README.md"], ["main.py", "cdktf.json"])
    assert (tmp_path / "main.py").read_text(encoding="utf-8") == MUCH
