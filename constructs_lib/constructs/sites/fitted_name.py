"""A physical name cut to the length AWS allows."""

from __future__ import annotations

from hashlib import sha256

_DIGEST = 8


def fitted_name(name: str, most: int | None) -> str:
    """Return *name*, or its start and a digest of the whole where it has more than *most* characters.

    The same name always gives the same result, so that another stack can compute it; two long names that start alike
    stay apart.

    Args:
        name: The full name.
        most: How many characters AWS allows; None is as many as there are.
    """
    if most is None or len(name) <= most:
        return name
    digest = sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: most - _DIGEST - 1].rstrip('-_.')}-{digest}"
