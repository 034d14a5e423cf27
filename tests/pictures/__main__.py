"""Makes the pictures of the README anew, from what the commands really say: `make pictures`."""

from __future__ import annotations

from tests.pictures.pictures import DIRECTORY, PICTURES

for name, made in PICTURES.items():
    DIRECTORY.mkdir(exist_ok=True)
    (DIRECTORY / f"{name}.svg").write_text(made(), encoding="utf-8")
