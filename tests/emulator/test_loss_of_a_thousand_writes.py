"""A thousand writes, 30 s on the way, and their Region gone: the other side lacks those of the last 30 s, no more.

The clock makes 30 s of one and a half. When a write was under way is known only between asking and being answered, so
that the few that span the limit are judged by neither side; all others are.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.emulator.regions import HERE, THERE
from tests.emulator.test_late_replication import listed, table_in_both
from tests.emulator.test_table_recovery import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.emulator import EmulatedAws

WRITES: Final = 1000
DELAY: Final = 30
SPEED: Final = 20
#: How long the writes take at least: twice the delay.
LONG: Final = 2 * DELAY / SPEED

Write = tuple[float, float]


@pytest.fixture(autouse=True)
def _delayed(aws: EmulatedAws) -> Iterator[None]:
    aws.configure(replication_delay=DELAY, clock_speed=SPEED)
    yield
    aws.configure(replication_delay=0, clock_speed=1)


def written(write: Callable[[str], object]) -> dict[str, Write]:
    """Make the writes; return when each was asked for and when it was answered."""
    begun, done = time.time(), {}
    for number in range(WRITES):
        time.sleep(max(0.0, begun + number * LONG / WRITES - time.time()))
        asked = time.time()
        write(f"{number:04}")
        done[f"{number:04}"] = asked, time.time()
    return done


def judge(aws: EmulatedAws, done: dict[str, Write], read: Callable[[], list[str]]) -> None:
    """Take the Region away and see what is there, and that nothing more comes; then bring it back."""
    before = time.time()
    with aws.fail_region(HERE):
        after = time.time()
        there = read()
        aws.let_arrive()
        assert read() == there
    must_be = [name for name, (_, answered) in done.items() if answered < before - DELAY / SPEED]
    may_be = [name for name, (asked, _) in done.items() if asked <= after - DELAY / SPEED]

    assert set(must_be) <= set(there) <= set(may_be)
    assert there == list(done)[: len(there)]
    assert len(there) > WRITES / 4
    # A machine that has no time for the call which takes the Region away lets the last writes arrive meanwhile.
    if after - before < DELAY / SPEED / 10:
        assert len(there) < WRITES
        assert len(may_be) - len(must_be) < WRITES / 10
    assert read() == list(done)


def test_a_table_loses_the_items_of_the_last_30_seconds_and_no_more(aws: EmulatedAws) -> None:
    here, there = table_in_both(aws, "thousand")

    done = written(lambda name: here.put_item(TableName="thousand", Item={"pk": {"S": name}}))

    judge(aws, done, lambda: keys(there, "thousand"))


def test_a_bucket_loses_the_objects_of_the_last_30_seconds_and_no_more(aws: EmulatedAws, buckets: Any) -> None:
    here, there = aws.client("s3", HERE), aws.client("s3", THERE)

    done = written(lambda name: here.put_object(Bucket=buckets[HERE], Key=name, Body=b"-"))

    judge(aws, done, lambda: listed(there, buckets[THERE]))
