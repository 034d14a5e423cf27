"""DNS over UDP: the answers of the hosted zones in the form any resolver reads (RFC 1035)."""

from __future__ import annotations

import asyncio
import ipaddress
import struct
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from constructs_lib.emulator.edges.records import Answered

_TYPES: Final = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA"}
_HEADER: Final = struct.Struct("!6H")
_RESPONSE, _AUTHORITATIVE, _RECURSION_DESIRED = 0x8000, 0x0400, 0x0100
_NO_SUCH_NAME: Final = 3
_INTERNET: Final = 1


class DnsServer(asyncio.DatagramProtocol):
    """Answers with what `resolve` returns for a name and a type; None is "no such name"."""

    def __init__(self, resolve: Callable[[str, str], Awaitable[list[Answered] | None]]) -> None:
        self._resolve = resolve
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to answer."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a question; what is none is dropped."""
        task = asyncio.get_running_loop().create_task(self._answer(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            identifier, flags, questions, *_ = _HEADER.unpack_from(data)
            name, end = _read_name(data, _HEADER.size)
            kind, _ = struct.unpack_from("!2H", data, end)
        except (struct.error, IndexError, UnicodeDecodeError):
            return
        if questions != 1 or flags & _RESPONSE:
            return
        found = await self._resolve(name, _TYPES.get(kind, ""))
        code = _NO_SUCH_NAME if found is None else 0
        answers = [_record(answer) for answer in found or ()]
        head = _HEADER.pack(
            identifier, _RESPONSE | _AUTHORITATIVE | flags & _RECURSION_DESIRED | code, 1, len(answers), 0, 0
        )
        self._transport.sendto(head + data[_HEADER.size : end + 4] + b"".join(answers), addr)


def _read_name(data: bytes, at: int) -> tuple[str, int]:
    labels = []
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(labels), at + 1


def _name(name: str) -> bytes:
    labels = [label.encode("ascii") for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _record(answer: Answered) -> bytes:
    kind = next(number for number, name in _TYPES.items() if name == answer.type)
    value = _value(answer.type, answer.value)
    return _name(answer.name) + struct.pack("!2HIH", kind, _INTERNET, answer.seconds, len(value)) + value


def _value(kind: str, text: str) -> bytes:
    match kind:
        case "A" | "AAAA":
            return ipaddress.ip_address(text).packed
        case "TXT":
            strings = [part.encode() for part in text.split('"') if part.strip()]
            return b"".join(bytes([len(string)]) + string for string in strings)
        case "MX":
            preference, _, host = text.partition(" ")
            return struct.pack("!H", int(preference)) + _name(host)
        case "SOA":
            primary, *_, mailbox, serial, refresh, retry, expire, least = text.split()
            numbers = map(int, (serial, refresh, retry, expire, least))
            return _name(primary) + _name(mailbox) + struct.pack("!5I", *numbers)
    return _name(text)
