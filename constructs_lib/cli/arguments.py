"""Types that the commands share."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def path(text: str) -> Path:
    """Return the path that was typed; `pathlib` is loaded only where there is one, and by no help text."""
    from pathlib import Path

    return Path(text)
