"""A number with its noun, wherever one is told."""

from __future__ import annotations

__all__ = ["plural"]


def plural(number: int, noun: str, more: str | None = None) -> str:
    """Return a number with its noun: `1 task`, `2 tasks`, `1,000 tasks`.

    Args:
        number: How many.
        noun: What there is one of.
        more: What there are several of. Default: *noun* with an s.
    """
    return f"{number:,} {noun if number == 1 else more or f'{noun}s'}"
