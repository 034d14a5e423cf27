"""From a path or bytes to a decoded document, or one clear sentence why not."""

from __future__ import annotations

import codecs
import mmap
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import UNSET

from constructs_lib.errors import PlanError
from constructs_lib.plan.document.format import Document, Head

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST: Final = 2 << 30
"""The largest file read, in bytes: a plan of 800,000 resources; more is no plan."""

STANDARD_INPUT: Final = Path("-")
"""What is read from standard input, as from the end of a pipe."""

_MAJOR: Final = "1"
_BLANK: Final = b" \t\r\n"
_HEAD: Final = 65_536
_CHUNK: Final = 1 << 20
_HOW: Final = "give the output of terraform show -json PLANFILE"
_GZIP: Final = b"\x1f\x8b"
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_document = msgspec.json.Decoder(Document)
_head = msgspec.json.Decoder(Head)


def name_of(source: Path | bytes) -> str:
    """What to call *source* in an error: its path as given."""
    if not isinstance(source, Path):
        return "the plan"
    if source == STANDARD_INPUT:
        return "standard input"
    name = str(source)
    return name if name.isprintable() else repr(name)


def held(source: Path | bytes) -> Path | bytes:
    """Return what comes out of a pipe, which gives it once only; a file stays what it is.

    Raises:
        PlanError: If it cannot be read.
    """
    if isinstance(source, Path) and (source == STANDARD_INPUT or _is_pipe(source)):
        content = _content(source, name_of(source))
        return content if isinstance(content, bytes) else source
    return source


def _is_pipe(source: Path) -> bool:
    try:
        return source.is_fifo()
    except OSError:
        return False  # what cannot be read is told of when it is read


def decode(source: Path | bytes, name: str) -> Document:
    """Return the decoded document. Its raw values point into the file, so copy those that are kept.

    Args:
        source: The file, or what is in it.
        name: What to call it in an error.

    Raises:
        PlanError: If it cannot be read, or is not a plan or state in a format known here.
    """
    content = _content(source, name)
    head = bytes(content[:_HEAD])
    start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    _check_head(head[start:], name)
    body = memoryview(content)[start:]
    try:
        document = _document.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanError(_refusal(error, body, name)) from None
    refusal = _wrong_kind(document, name) or _not_utf8(body, name)
    if refusal is not None:
        raise PlanError(refusal)
    return document


def _content(source: Path | bytes, name: str) -> bytes | mmap.mmap:
    """The bytes; a file is mapped rather than read, so that what is skipped never takes memory of its own."""
    if not isinstance(source, Path):
        _check_size(len(source), name)
        return source
    if source == STANDARD_INPUT:
        content = sys.stdin.buffer.read(LARGEST + 1)
        _check_size(len(content), name)
        return content
    try:
        with source.open("rb") as file:
            information = os.fstat(file.fileno())
            if not stat.S_ISREG(information.st_mode):
                # A pipe, as of process substitution.
                content = file.read(LARGEST + 1)
                _check_size(len(content), name)
                return content
            _check_size(information.st_size, name)
            if information.st_size == 0:
                return b""
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except IsADirectoryError:
        msg = f"{name} is a directory; {_HOW}"
    except FileNotFoundError:
        msg = f"{name} does not exist; {_HOW}"
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it cannot be opened"
        msg = f"{name} cannot be read: {reason.lower()}; {_HOW}"
    raise PlanError(msg)


def _check_size(size: int, name: str) -> None:
    if size > LARGEST:
        msg = f"{name} has {size} bytes; at most {LARGEST} are read; {_HOW}"
        raise PlanError(msg)


def _check_head(head: bytes, name: str) -> None:
    first = head.lstrip(_BLANK)
    if not first:
        what = "is empty" if not head else "begins with nothing but white space"
        msg = f"{name} {what}; {_HOW}"
    elif first.startswith(b"PK\x03\x04"):
        msg = f"{name} is a binary plan file; run terraform show -json on it and give the output"
    elif first.startswith(_GZIP):
        msg = f"{name} is compressed; unpack it, and give what is in it"
    elif head.startswith(_UTF16) or (len(first) > 1 and b"\x00" in first[:2]):
        msg = f"{name} is not UTF-8 but looks like UTF-16, which PowerShell writes, or is binary; write it as UTF-8"
    elif not first.startswith(b"{"):
        msg = f"{name} is not a JSON object; {_HOW}"
    elif first.startswith(b'{"@level"'):
        msg = f"{name} is the log of terraform plan -json; save the plan with -out and {_HOW}"
    else:
        return
    raise PlanError(msg)


def _refusal(error: Exception, body: memoryview, name: str) -> str:
    if isinstance(error, RecursionError):
        return f"{name} is nested too deeply to be a plan; {_HOW}"
    if isinstance(error, UnicodeDecodeError) or "utf-8" in str(error).lower():
        return f"{name} is not UTF-8; write it as UTF-8"
    if isinstance(error, msgspec.ValidationError):
        try:
            other = _wrong_head(_head.decode(body), name)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            other = None
        # The text of a validation error names types and places in the document, never values.
        return other or f"{name} is not a plan or state that can be read: {_lower(str(error))}; {_HOW}"
    if "truncated" in str(error).lower():
        return f"{name} ends too early; it was cut off, so write it anew: {_HOW}"
    return f"{name} is not well-formed JSON{_place(error)}; {_HOW}"


def _place(error: Exception) -> str:
    """Where it breaks, without what is there."""
    _, found, place = str(error).partition("(byte ")
    return f" at byte {place.rstrip(')')}" if found else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _not_utf8(body: memoryview, name: str) -> str | None:
    """Text in values that are skipped is not looked at by the decoder, so it is looked at here."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(body):
            if not (chunk.isascii() and decoder.getstate()[0] == b""):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return f"{name} is not UTF-8; write it as UTF-8"
    return None


def _chunks(body: memoryview) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        yield bytes(body[start : start + _CHUNK])


def _wrong_head(head: Head, name: str) -> str | None:
    if head.version is not UNSET and head.serial is not UNSET and head.format_version is UNSET:
        return f"{name} is a state file; run terraform show -json on it and give the output"
    return None


def _wrong_kind(document: Document, name: str) -> str | None:
    version = document.format_version
    if version is UNSET:
        head = Head(version=document.version, serial=document.serial)
        return _wrong_head(head, name) or f"{name} has no format_version, so it is not a plan or state; {_HOW}"
    if document.provider_schemas is not UNSET or document.function_signatures is not UNSET:
        return f"{name} describes providers or functions, not a plan or state; {_HOW}"
    if document.valid is not UNSET:
        return f"{name} is the output of terraform validate, not a plan or state; {_HOW}"
    if str(version).partition(".")[0] != _MAJOR:
        shown = version if len(str(version)) <= 12 and str(version).replace(".", "").isdigit() else "not a version"
        return f"{name} has format version {shown}; {_MAJOR}.x is read, which Terraform 1.1 and OpenTofu write"
    return None
