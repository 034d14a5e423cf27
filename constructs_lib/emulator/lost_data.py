"""Which Region a call needs, beside the one it was signed for, when Regions are gone with their data."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from constructs_lib.emulator.calls.routes import home_region

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.world import World


async def needed_region(call: Call, world: World, region_of_bucket: Callable[[str], Awaitable[str | None]]) -> str:
    """Return the Region whose failure is the call's: a lost one that its data is in, else its own."""
    own = home_region(call.service, call.region)
    if not world.lost:
        return own
    if call.service in ("s3", ""):
        for bucket in _buckets(call):
            if (region := await region_of_bucket(bucket)) in world.lost:
                return region or own
    return next((region for region in _source_regions(call) if region in world.lost), own)


def _buckets(call: Call) -> Iterator[str]:
    if bucket := call.segments[0]:
        yield bucket
    if source := call.headers.get("x-amz-copy-source"):
        yield unquote(source).lstrip("/").partition("/")[0]


def _source_regions(call: Call) -> Iterator[str]:
    # A copy, a replica and its like are made of what is in the source's Region. To stop one needs nothing from there.
    if call.service == "rds" and not call.operation.startswith("Stop"):
        for name, text in call.form.items():
            if name.startswith("Source") and text.startswith("arn:"):
                yield text.split(":")[3]
