"""Writes a repository that works, and never over what is there."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, get_args

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined

from constructs_lib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["ENGINES", "EXAMPLES", "Engine", "Example", "installed_from", "starter_files", "write_starter"]

Engine = Literal["cdktf", "cdktn"]
Example = Literal["data", "service", "site"]
ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)
EXAMPLES: Final[tuple[Example, ...]] = get_args(Example)

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]", re.ASCII)
_FILES: Final = (
    "README.md",
    "cdktf.json",
    "main.py",
    "recovery.yaml",
    "requirements.txt",
    "tests/test_recovery.py",
    ".github/workflows/recovery-review.yml",
    ".gitignore",
)
_COMMANDS: Final[Mapping[Engine, tuple[str, str]]] = {
    "cdktf": ("cdktf-cli@0.21.0", "20 or 22"),
    "cdktn": ("cdktn-cli@0.24.0", "22.19 or later"),
}
"""The command of an engine, and the Node.js that it runs on."""


class _Revision(msgspec.Struct):
    vcs: str
    commit_id: str


class _DirectUrl(msgspec.Struct):
    url: str = ""
    vcs_info: _Revision | None = None


def starter_files(name: str, *, engine: Engine = "cdktf", example: Example = "data") -> Mapping[str, str]:
    """Return the files of a repository, by their path in it.

    Args:
        name: The workload: the start of every physical name.
        engine: The CDK engine. Default `cdktf`.
        example: What is in it: `data` (a bucket and a table), `service` (the same, with traffic that fails over by
            itself) or `site` (a bucket behind CloudFront). Default `data`.

    Raises:
        InputError: If *name* cannot start the name of a bucket.
    """
    if not _NAME.fullmatch(name):
        shown = name if len(name) <= 40 else f"{name[:37]}..."
        msg = (
            f"{shown!r} is no name for a workload; use 3 to 32 lower-case letters, digits and hyphens, from a letter "
            f"to a letter or digit, such as shop"
        )
        raise InputError(msg)
    environment = Environment(
        loader=FunctionLoader(_template),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    values = {
        "name": name,
        "engine": engine,
        "example": example,
        "command": _COMMANDS[engine][0],
        "node": _COMMANDS[engine][1],
        "itself": installed_from(),
        "versions": {package: _version(package) for package in ("cdktf-dr", engine, "constructs", "pytest")},
    }
    return {path: environment.get_template(path).render(values) for path in _FILES}


def installed_from() -> str | None:
    """Return where `pip` can install this library from, as it was here: a repository or an address; else None.

    It is what `pip` wrote down (`direct_url.json`, PEP 610). A file of this machine is of no use to any other.
    """
    try:
        written = distribution("cdktf-dr").read_text("direct_url.json")
    except PackageNotFoundError:
        written = None
    direct = _DirectUrl() if written is None else msgspec.json.decode(written, type=_DirectUrl)
    if direct.vcs_info is not None and not direct.url.startswith("file:"):
        return f"cdktf-dr @ {direct.vcs_info.vcs}+{direct.url}@{direct.vcs_info.commit_id}"
    return f"cdktf-dr @ {direct.url}" if direct.url.startswith("https:") else None


def write_starter(directory: Path, content: Mapping[str, str]) -> tuple[list[Path], list[Path]]:
    """Write what is not there yet; return what was written, and what was left as it is.

    Raises:
        InputError: If *directory* cannot be written to.
    """
    written, left = [], []
    for name, text in content.items():
        path = directory / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            left.append(path)
        except OSError as error:
            if error.filename is None:
                path.unlink()  # the half that was written, which the next run would leave as it is
            msg = f"{path} cannot be written: {(error.strerror or str(error)).lower()}; name another directory"
            raise InputError(msg) from None
        else:
            written.append(path)
    return written, left


def _template(path: str) -> str:
    name = path.replace("/", "__").lstrip(".") + ".j2"
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
