"""Where a finding is explained on the web."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

__all__ = ["link"]


@cache
def _base() -> str | None:
    try:
        urls = metadata("cdktf-dr").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    named = dict(item.split(", ", 1) for item in urls if ", " in item)
    found = named.get("Documentation")
    return found if found is not None and found.startswith("https://") else None


def link(page: str) -> str | None:
    """Return the address of a page of the documentation, such as `docs/findings.md#recovery-101`.

    None where the package does not say where its documentation is published.
    """
    base = _base()
    return None if base is None else f"{base.rstrip('/')}/{page.removeprefix('docs/')}"
