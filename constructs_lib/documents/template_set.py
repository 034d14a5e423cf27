"""Documents from templates: the shipped ones, or a user's of the same name in their place."""

from __future__ import annotations

import traceback
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from constructs_lib.documents import markdown
from constructs_lib.documents.wording import downtime, in_words, usd
from constructs_lib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Template

__all__ = ["FORMATS", "Format", "Templates"]

Format = Literal["markdown", "html"]
FORMATS: tuple[Format, ...] = ("markdown", "html")

_SHIPPED = Path(str(files(__package__))) / "templates"
_NAMES = tuple(sorted(path.name for path in _SHIPPED.iterdir() if path.suffix in (".j2", ".css")))


class Templates:
    """The templates of every document.

    Args:
        directory: Templates of the user's own; one with the name of a shipped one takes its place. Default: none.

    Raises:
        InputError: If the directory is not there, holds no template, or one under a name that nothing asks for.
    """

    def __init__(self, directory: Path | None = None) -> None:
        if directory is not None:
            _check(directory)
        self._environments = {
            format_: _shipped(format_) if directory is None else _environment(format_, directory) for format_ in FORMATS
        }

    def sources(self) -> Mapping[str, str]:
        """Return the text of every template in force, by name: what documents are made from."""
        environment = self._environments["markdown"]
        assert environment.loader is not None
        return {name: environment.loader.get_source(environment, name)[0] for name in _NAMES}

    def render(self, name: str, format_: Format, context: Mapping[str, Any], page: Mapping[str, str]) -> str:
        """Return the document *name* with *context*, on its page.

        Raises:
            InputError: If a template is wrong; one line with its file and line.
        """
        environment = self._environments[format_]
        blocks = self._load(environment, f"blocks.{format_}.j2")
        try:
            module = blocks.make_module()
        except Exception as error:
            raise self._wrong(error) from error
        body = self._rendered(environment, f"{name}.j2", {**context, "b": module})
        style = self.sources()["style.css"] if format_ == "html" else ""
        whole = self._rendered(
            environment,
            f"page.{format_}.j2",
            {**page, "body": Markup(body), "style": Markup(style), "kind": name},  # rendered, hence escaped, above
        )
        return markdown.tidy(whole) if format_ == "markdown" else whole.strip() + "\n"

    def _load(self, environment: ImmutableSandboxedEnvironment, name: str) -> Template:
        try:
            return environment.get_template(name)
        except Exception as error:
            raise self._wrong(error) from error

    def _rendered(self, environment: ImmutableSandboxedEnvironment, name: str, context: Mapping[str, Any]) -> str:
        template = self._load(environment, name)
        try:
            return template.render(context)
        except Exception as error:
            raise self._wrong(error) from error

    def _wrong(self, error: Exception) -> InputError:
        """Return what is wrong in one line: a template can raise anything, and its place is what its writer needs."""
        if isinstance(error, TemplateSyntaxError):
            where, what = f"{self._shown(error.filename)}:{error.lineno}", error.message or "cannot be read"
        elif isinstance(error, TemplateNotFound):
            where, what = "templates", f"there is no template {error.name!r}"
        else:
            place = next(
                (
                    frame
                    for frame in reversed(traceback.extract_tb(error.__traceback__))
                    if frame.filename.endswith(".j2")
                ),
                None,
            )
            where = "template" if place is None else f"{self._shown(place.filename)}:{place.lineno}"
            undefined = isinstance(error, UndefinedError)
            what = str(error) if undefined or isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
        return InputError(
            f"{where}: {' '.join(what.split())}; correct the template, or remove it to use the shipped one"
        )

    def _shown(self, filename: str | None) -> str:
        if filename is None:
            return "template"
        path = Path(filename)
        return path.name if path.parent == _SHIPPED else str(path)


@cache
def _shipped(format_: Format) -> ImmutableSandboxedEnvironment:
    """Return the environment whose templates are compiled once a process: a user's own may change in between."""
    return _environment(format_)


def _environment(format_: Format, *directories: Path) -> ImmutableSandboxedEnvironment:
    # For Markdown, too, what a template writes itself is told from what it inserts by Markup: hence autoescape.
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([*directories, _SHIPPED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=markdown.escaped if format_ == "markdown" else None,
    )
    environment.filters.update(
        in_words=lambda seconds, nothing="no bound": in_words(seconds, nothing=nothing),
        downtime=downtime,
        usd=usd,
        one_line=markdown.one_line,
        cell=markdown.cell,
        code_span=markdown.code_span,
        link_target=markdown.link_target,
        verbatim=markdown.verbatim if format_ == "markdown" else _lines,
    )
    return environment


def _lines(lines: Sequence[str], indent: int = 0) -> str:
    return "\n".join(lines)


def _check(directory: Path) -> None:
    if not directory.is_dir():
        msg = f"there is no directory of templates {str(directory)!r}; make it, or leave --templates out"
        raise InputError(msg)
    found = sorted(path.name for path in directory.iterdir() if path.suffix in (".j2", ".css"))
    unknown = [name for name in found if name not in _NAMES]
    if unknown or not found:
        problem = f"holds {unknown[0]!r}, which nothing asks for" if unknown else "holds no template"
        raise InputError(f"{directory} {problem}; there are {', '.join(_NAMES)}")
