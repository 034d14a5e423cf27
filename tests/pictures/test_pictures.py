"""The pictures of the README show what the commands say now."""

from __future__ import annotations

import re

import pytest

from tests.pictures.pictures import DIRECTORY, PICTURES, ROOT


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_is_what_is_said_now(name: str) -> None:
    picture = (DIRECTORY / f"{name}.svg").read_text(encoding="utf-8")

    assert picture == PICTURES[name](), "run make pictures, and look at the difference"
    assert re.search(r"(?:href|src)=|url\(['\"]?http|@import", picture) is None, "a picture loads nothing"


def test_every_picture_is_in_the_readme_and_every_picture_there_is_made() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert {path.stem for path in DIRECTORY.iterdir()} == set(PICTURES)
    assert all(f"(docs/pictures/{name}.svg)" in readme for name in PICTURES)
