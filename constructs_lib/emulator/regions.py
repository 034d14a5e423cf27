"""The Regions there are, as botocore lists them."""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Final

_PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")


@cache
def regions() -> tuple[str, ...]:
    """Return the names of all Regions; empty where botocore, which comes with the extra `emulator`, is missing."""
    found = importlib.util.find_spec("botocore")
    if found is None or found.origin is None:
        return ()
    # botocore's own reader would load all of botocore, which takes ten times as long.
    partitions = json.loads((Path(found.origin).parent / "data" / "endpoints.json").read_bytes())["partitions"]
    return tuple(
        sorted(
            name
            for partition in partitions
            if partition["partition"] in _PARTITIONS
            for name in partition["services"]["ec2"]["endpoints"]
            if re.fullmatch(partition["regionRegex"], name)
        )
    )


def is_region(name: str) -> bool:
    """Tell whether there is such a Region; any name is, where none is known."""
    return not regions() or name in regions()
