"""Every pattern, killed and faulted at random until it is done: the same end as when nobody disturbs it."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from constructs_lib.errors import UnfinishedError
from constructs_lib.operations.journal import journals
from constructs_lib.operations.operate import begin, go_on
from constructs_lib.operations.planning import plan_failback, plan_failover, plan_restore, recovered_by
from tests.operations.conftest import FAST, Recorded
from tests.operations.end_state import assert_same_end, end_state
from tests.operations.seeded import HOME, RECOVERY
from tests.operations.test_interruption import KilledError, assert_taken_once
from tests.operations.test_recovery import MOVED, RESTORED, label

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.emulator import EmulatedAws
    from constructs_lib.operations.clients import AwsClients
    from constructs_lib.operations.plan import Plan

    Built = Callable[..., DocumentedWorkload]

pytestmark = pytest.mark.emulator


def _said(code: str, status: int) -> Callable[[str], BaseException]:
    told = {"Error": {"Code": code, "Message": "made up"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return lambda operation: ClientError(told, operation)


UNANSWERED: tuple[Callable[[str], BaseException], ...] = (
    lambda operation: KilledError(),
    lambda operation: ConnectionClosedError(endpoint_url=operation),
    lambda operation: ReadTimeoutError(endpoint_url=operation),
    _said("InternalFailure", 500),
    _said("ServiceUnavailable", 503),
)
"""What may be met once AWS has taken a call."""
NOT_TAKEN = (
    *UNANSWERED,
    _said("ThrottlingException", 400),
    _said("ExpiredToken", 403),
    _said("RequestTimeTooSkewed", 403),
    _said("AccessDenied", 403),
)


@attrs.define
class Trouble:
    """Trouble of one run there and back, the same for the same seed.

    Attributes:
        chance: What decides.
        likely: How likely it is before a call, and again after it.
        met: What was met.
    """

    chance: random.Random
    likely: float = 0.07
    met: Counter[str] = attrs.field(factory=Counter)

    def clients(self, boto: AwsClients) -> Recorded:
        return Recorded(boto, before=self._of(NOT_TAKEN), after=self._of(UNANSWERED))

    def _of(self, kinds: tuple[Callable[[str], BaseException], ...]) -> Callable[[str, str], None]:
        def disturb(operation: str, region: str) -> None:
            if self.chance.random() < self.likely:
                trouble = self.chance.choice(kinds)(operation)
                self.met[type(trouble).__name__] += 1
                raise trouble

        return disturb


def finished(plan: Plan, boto: AwsClients, directory: Path, trouble: Trouble) -> str:
    """Run *plan*, and resume it until it is done, whatever it meets; return the operation."""
    names = [item.name for item in plan.components]
    given: dict[str, Any] = {"directory": directory, "store": None, "losing": names, "splitting": names}
    runs: list[Recorded] = []
    for _ in range(200):
        runs.append(trouble.clients(boto))
        written = list(journals(directory, None)) if directory.is_dir() else []
        try:
            if written:
                (journal,) = written
                outcome = go_on(plan, journal, runs[-1], FAST)
            else:
                outcome = begin(plan, runs[-1], manner=FAST, **given)
        except (KilledError, UnfinishedError, ClientError, ConnectionClosedError, ReadTimeoutError):
            continue
        assert outcome.result == "done", outcome.differences
        assert_taken_once(*runs)
        return str(outcome.operation)
    pytest.fail("it never comes to its end")


def seeds(cases: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """Return *cases*, each with many seeds; every run of the tests has some of them, with one."""
    return [
        pytest.param(case, seed, id=f"{label(case)}-{seed}", marks=[] if every else pytest.mark.exhaustive)
        for number, case in enumerate(cases)
        for seed in range(10)
        for every in [seed == 0 and number % 8 == 1]
    ]


@pytest.mark.parametrize(("case", "seed"), seeds(RESTORED))
def test_a_restore_disturbed_at_random_ends_as_one_that_is_not(
    case: tuple[str, dict[str, Any]], seed: int, aws: EmulatedAws, built: Built, boto: AwsClients, tmp_path: Path
) -> None:
    calm, stormy = (built(case[0], **case[1]) for _ in range(2))
    trouble = Trouble(random.Random(f"{label(case)} {seed}"))
    plans = [plan_restore(item, item.components[0].name, to_time="latest") for item in (calm, stormy)]

    undisturbed = str(begin(plans[0], Recorded(boto), directory=tmp_path / "calm", store=None, manner=FAST).operation)
    disturbed = finished(plans[1], boto, tmp_path / "stormy", trouble)

    assert_same_end(end_state(aws, stormy, disturbed), end_state(aws, calm, undisturbed))


@pytest.mark.parametrize(("case", "seed"), seeds(MOVED))
def test_a_way_there_and_back_disturbed_at_random_ends_as_one_that_is_not(
    case: tuple[str, dict[str, Any]], seed: int, aws: EmulatedAws, built: Built, boto: AwsClients, tmp_path: Path
) -> None:
    calm, stormy = (built(case[0], **case[1]) for _ in range(2))
    trouble = Trouble(random.Random(f"{label(case)} {seed}"))
    nothing = Trouble(random.Random(0), likely=0)
    operations: dict[str, list[str]] = {}
    for name, workload, disturbance in (("calm", calm, nothing), ("stormy", stormy, trouble)):
        there, back = tmp_path / f"{name}-there", tmp_path / f"{name}-back"
        with aws.fail_region(HOME):
            moved = finished(plan_failover(workload, RECOVERY), boto, there, disturbance)
        (journal,) = journals(there, None)
        plan = plan_failback(workload, recovered=recovered_by(workload.name, [journal.content]))
        operations[name] = [moved, finished(plan, boto, back, disturbance)]

    assert_same_end(end_state(aws, stormy, *operations["stormy"]), end_state(aws, calm, *operations["calm"]))
