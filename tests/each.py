"""Thousands of small cases as one test each: pytest takes longer to begin and to report one than most of them run."""

from __future__ import annotations

from inspect import Signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def each(
    names: str | tuple[str, ...], cases: Iterable[Any], *, ids: Callable[[Any], object] = repr
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Have one test try all *cases* and tell of every one that fails.

    It is written as `pytest.mark.parametrize` is, which is for cases that take their time, have fixtures or marks of
    their own, or are run alone.
    """
    arguments = (names,) if isinstance(names, str) else names
    given = [(case,) if isinstance(names, str) else tuple(case) for case in cases]
    assert given, "there are cases"

    def made(check: Callable[..., None]) -> Callable[[], None]:
        def test() -> None:
            failed: dict[str, Exception] = {}
            for number, values in enumerate(given):
                try:
                    check(**dict(zip(arguments, values, strict=True)))
                except Exception as error:
                    name = f"{number} {', '.join(str(ids(value)) for value in values)}"[:80]
                    error.add_note(f"Case: {name}")
                    failed[name] = error
            if failed:
                # pytest shows the first fifteen of a group.
                msg = f"{len(failed)} of {len(given)} cases of {check.__name__}: {'; '.join(failed)}"
                raise ExceptionGroup(msg, list(failed.values()))

        # Found by its own name and line, and without arguments that pytest would look for fixtures of.
        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        test.__wrapped__ = check  # type: ignore[attr-defined]
        test.__signature__ = Signature()  # type: ignore[attr-defined]
        return test

    return made
