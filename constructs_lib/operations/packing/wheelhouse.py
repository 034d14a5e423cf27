"""The wheelhouse of a kit: this program and all that it needs, in the versions that are installed here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from constructs_lib.errors import EvaluationError
from constructs_lib.files import write_file

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["build_wheelhouse", "pins"]

_DISTRIBUTION: Final = "cdktf-dr"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def pins() -> tuple[str, ...]:
    """Return `name==version` of everything that this program needs and that is installed, without itself.

    What is not installed is needed by another system or another extra only.
    """
    found: dict[str, str] = {}
    waiting = [_DISTRIBUTION]
    while waiting:
        name = waiting.pop()
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        found[key] = installed.version
        for requirement in installed.requires or ():
            marker = requirement.partition(";")[2]
            match = _NAME.match(requirement)
            if match and "extra ==" not in marker:
                waiting.append(match[0])
    return tuple(f"{name}=={number}" for name, number in sorted(found.items()) if name != _DISTRIBUTION)


def build_wheelhouse(directory: Path) -> tuple[Path, ...]:
    """Write `requirements.txt` and the wheels of everything to *directory*, and return the wheels.

    They are for this system and this version of Python: build the kit where it will be used.

    Raises:
        EvaluationError: If pip cannot have one, or the list cannot be written; the text holds the end of what was said.
    """
    own = distribution(_DISTRIBUTION)
    common = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    _pip("wheel", *common, "--wheel-dir", str(directory), *pins())
    _pip("wheel", *common, "--no-build-isolation", "--wheel-dir", str(directory), _source(own.version))
    requirements = directory / "requirements.txt"
    try:
        # Last: until all wheels are there, the list is that of those that were there before.
        write_file(requirements, "\n".join([*pins(), f"{_DISTRIBUTION}=={own.version}"]) + "\n")
    except OSError as error:
        msg = f"{error.filename} cannot be written: {error.strerror}; name another directory, or free this one"
        raise EvaluationError(msg) from error
    return tuple(sorted(directory.glob("*.whl")))


def _source(number: str) -> str:
    """Return where this program was installed from: a directory, or the index."""
    told = distribution(_DISTRIBUTION).read_text("direct_url.json")
    url = json.loads(told).get("url", "") if told else ""
    return url2pathname(urlsplit(url).path) if url.startswith("file:") else f"{_DISTRIBUTION}=={number}"


def _pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        msg = f"pip cannot make the wheelhouse: {' '.join(done.stderr.split())[-500:]}"
        raise EvaluationError(msg)
