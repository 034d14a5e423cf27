"""One refusal of AWS: which calls it concerns, when it says no, with which error, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

    Check: TypeAlias = Callable[[Asked, Inquiry], Awaitable[str | None]]

#: How the error code is known: "seen" in public reports of the error, "api" in the service model's errors of the
#: operation, "memory" where AWS's page says that it refuses and nothing says with which code.
CodeFrom: TypeAlias = Literal["seen", "api", "memory"]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal; `check` returns why a call is refused, None where it is not."""

    id: str
    service: str
    operations: frozenset[str]
    code: str
    status: int
    code_from: CodeFrom
    source: str
    check: Check


def rule(
    id: str,
    operations: str,
    *,
    code: str,
    status: int = 400,
    code_from: CodeFrom,
    source: str,
) -> Callable[[Check], Rule]:
    """Make a rule of a check: `operations` is "service:Operation ...", `source` the page or model that says so."""
    service, _, names = operations.partition(":")

    def made(check: Check) -> Rule:
        return Rule(
            id=id,
            service=service,
            operations=frozenset(names.split()),
            code=code,
            status=status,
            code_from=code_from,
            source=source,
            check=check,
        )

    return made
