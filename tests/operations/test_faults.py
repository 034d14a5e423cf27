"""What a fault of any kind leaves: one sentence with what to do and type, exit code 4, and a run that goes on."""

from __future__ import annotations

import re
import time
from threading import Barrier
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ParamValidationError, TokenRetrievalError
from botocore.session import get_session
from msgspec.structs import replace

from constructs_lib.errors import RefusedError, UnfinishedError
from constructs_lib.operations import run as running
from constructs_lib.operations.clients import ASKED, TakesTooLongError
from constructs_lib.operations.journal import Journal, journals
from constructs_lib.operations.needed import unexpected
from constructs_lib.operations.operate import Manner, go_on
from constructs_lib.operations.plan import ComponentPlan, Plan
from constructs_lib.operations.run import Pace
from constructs_lib.operations.trouble import passes, put_right, said_to
from constructs_lib.procedures import PROCEDURES, Call, Part, Procedure, Role, Step
from constructs_lib.procedures.value import names_in
from tests.operations.test_every_procedure import PACE, TROUBLES, Clients, Known, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from constructs_lib.operations.journal_store import Store

(_PITR,) = (item for item in PROCEDURES if (item.kind, item.mechanism) == ("table", "pitr"))
_STEPS = tuple(step for step in _PITR.steps if not step.needs)


def plan_of(procedure: Procedure, steps: tuple[Step, ...]) -> Plan:
    known = {"region", "recovery_region", "working_region"}
    for step in steps:
        texts = (step.title, *(value for call in step.calls() for value in call.parameters.values()))
        known |= {name for text in texts for name in names_in(text)}
    return Plan(
        command="failover",
        workload="shop",
        components=(
            ComponentPlan(
                name="it",
                kind=procedure.kind,
                procedure=procedure,
                steps=steps,
                seconds=dict.fromkeys(range(4), 60),
                names={name: Known().get(name) for name in known},
                declared={},
                loses=None,
            ),
        ),
    )


PLAN = plan_of(_PITR, _STEPS)
MANNER = Manner(pace=PACE, sleep=lambda seconds: None)


@pytest.fixture(autouse=True)
def _simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "search", lambda query, reply: f"found-{len(query)}")
    monkeypatch.setattr(running, "unexpected", lambda step, reply: None)
    monkeypatch.setattr("os.fsync", lambda number: None)


def begun(directory: Path, store: Store | None = None) -> Journal:
    facts = {"command": "failover", "workload": "shop", "by": "ana", "arguments": {}, "lag_seconds": {}}
    return Journal.begin("failover-shop-1", directory, store, design=PLAN.design, facts=facts)


def left_off(
    trouble: Callable[[], BaseException], at: int, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[World, Clients, UnfinishedError]:
    """Run until *trouble* at the moment *at*, and return what it left."""
    world = World(_STEPS)
    monkeypatch.setattr(running, "ask", world.ask)
    clients = Clients(world, _STEPS, at, trouble)
    with pytest.raises(UnfinishedError) as raised:
        go_on(PLAN, begun(directory), clients, MANNER)
    assert clients.spent
    return world, clients, raised.value


SIGNED_OUT = [
    *("expired", "expired there", "skewed or expired", "not known"),
    "no credentials",
    "not renewed",
]
MORE: dict[str, Callable[[], BaseException]] = {
    "no credentials": NoCredentialsError,
    "not renewed": lambda: TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
}


@pytest.mark.parametrize("at", range(8))
@pytest.mark.parametrize("trouble", SIGNED_OUT)
def test_credentials_that_end_half_way_are_said_and_another_run_goes_on(
    trouble: str, at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _, error = left_off((TROUBLES | MORE)[trouble], at, tmp_path, monkeypatch)

    assert error.exit_code == 4
    assert "sign in again" in str(error)
    assert str(error).endswith("then `drctl resume failover-shop-1` goes on")
    (journal,) = journals(tmp_path, None)
    assert journal.is_open
    assert journal.content["left"]["why"] == str(error)

    outcome = go_on(PLAN, journal, Clients(world, _STEPS, -1, NoCredentialsError), MANNER)

    assert outcome.result == "done"
    assert "left" not in journal.content
    assert all(world.taken[step.id] == 1 for step in _STEPS if step.changes and not step.repeatable)


@pytest.mark.parametrize("trouble", ["expired", "no credentials"])
def test_what_cannot_be_signed_is_not_tried_again_and_again(
    trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(running, "ask", World(_STEPS).ask)
    clients = Clients(World(_STEPS), _STEPS, 0, (TROUBLES | MORE)[trouble])

    with pytest.raises(UnfinishedError):
        go_on(PLAN, begun(tmp_path), clients, replace(MANNER, sleep=waited.append))

    assert waited == []


def test_a_clock_that_is_wrong_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, error = left_off(TROUBLES["skewed"], 2, tmp_path, monkeypatch)

    assert "RequestTimeTooSkewed" in str(error)
    assert "see that the clock of this machine is right" in str(error)


def test_what_is_denied_half_way_is_said_as_aws_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied() -> ClientError:
        answer: Any = {
            "Error": {"Code": "AccessDenied", "Message": "not authorized to perform: dynamodb:UpdateTable"},
            "ResponseMetadata": {"HTTPStatusCode": 403},
        }
        return ClientError(answer, "UpdateTable")

    _, _, error = left_off(denied, 3, tmp_path, monkeypatch)

    assert "not authorized to perform: dynamodb:UpdateTable" in str(error)
    assert "--policy prints all that it takes), then `drctl resume failover-shop-1` goes on" in str(error)


def denied(message: str, service: str, operation: str) -> ClientError:
    answer: Any = {"Error": {"Code": "403", "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    error = ClientError(answer, operation)
    setattr(error, ASKED, (service, operation, "eu-central-1"))
    return error


class Signed:
    """Clients that know who has signed in."""

    simulated = True

    def call(self, service: str, operation: str, *_: object, **__: object) -> Mapping[str, Any]:
        assert operation == "GetCallerIdentity"
        return {"Arn": "arn:aws:sts::123456789012:assumed-role/operator/ana"}

    page = call_briefly = call


def test_who_is_denied_what_is_said_where_aws_does_not_say_it() -> None:
    """S3 answers HEAD with a status: `403: Forbidden` was all that there was to go by."""
    ana = "arn:aws:sts::123456789012:assumed-role/operator/ana is denied"

    assert said_to(denied("Forbidden", "s3", "HeadBucket"), Signed()) == (
        f"403: Forbidden ({ana} s3:ListBucket in eu-central-1)"
    )
    assert "elasticfilesystem:DescribeFileSystems in" in said_to(denied("no", "efs", "DescribeFileSystems"), Signed())
    told = "User: ana is not authorized to perform: s3:ListBucket"
    assert said_to(denied(told, "s3", "HeadBucket"), Signed()) == f"403: {told}"


def three(steps: tuple[Step, ...] = _STEPS) -> Plan:
    one = plan_of(_PITR, steps)
    return replace(one, components=tuple(replace(one.components[0], name=name) for name in ("one", "two", "three")))


def begun_with(plan: Plan, directory: Path) -> Journal:
    facts = {"command": "failover", "workload": "shop", "by": "ana", "arguments": {}, "lag_seconds": {}}
    return Journal.begin("failover-shop-1", directory, None, design=plan.design, facts=facts)


def test_what_all_wait_for_is_said_once_and_of_each_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each component said how to go on; and while one was under way for hours nobody heard that another is denied."""
    plan, told = three(), list[str]()
    monkeypatch.setattr(running, "ask", World(_STEPS).ask)
    clients = Refused(World(_STEPS), "RestoreTableToPointInTime", TROUBLES["denied"])

    with pytest.raises(UnfinishedError) as raised:
        go_on(plan, begun_with(plan, tmp_path), clients, replace(MANNER, tell=told.append))

    assert str(raised.value).count("drctl resume") == 1
    assert [name for name in ("one", "two", "three") if f"{name}: " in str(raised.value)] == ["one", "two", "three"]
    assert len(told) == 2
    assert all(text.endswith("; the others go on") for text in told)


class Refused(Clients):
    """Refuses an operation for good."""

    def __init__(self, world: World, operation: str, trouble: Callable[[], BaseException]) -> None:
        super().__init__(world, _STEPS, -1, trouble)
        self._operation, self._refusal = operation, trouble

    def call(self, *given: Any, changes: bool) -> Mapping[str, Any]:
        if given[1] == self._operation:
            raise self._refusal()
        return super().call(*given, changes=changes)


@pytest.mark.parametrize("trouble", ["throttled", "broken", "silent", "reset"])
def test_nobody_asks_for_hours_where_nothing_answers(
    trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network that was gone was asked over for the six hours that a copy may take, and nothing was said."""
    waited, told = [0.0], list[str]()
    world, clock = World(_STEPS), SimpleNamespace(monotonic=lambda: sum(waited))
    monkeypatch.setattr(running, "time", clock)
    asked = iter(range(2))

    def ask(*given: Any) -> Any:
        if next(asked, None) is None:
            raise TROUBLES[trouble]()
        return world.ask(*given)

    monkeypatch.setattr(running, "ask", ask)
    manner = Manner(pace=Pace(poll=15, grace=60), sleep=waited.append, tell=told.append)
    (one,) = PLAN.components
    plan = replace(PLAN, components=(replace(one, seconds=dict.fromkeys(range(4), 21_600)),))
    clients = Clients(world, _STEPS, -1, NoCredentialsError)

    with pytest.raises(UnfinishedError, match="that passes by itself, then `drctl resume"):
        go_on(plan, begun_with(plan, tmp_path), clients, manner)

    assert 900 < sum(waited) < 1200
    assert [text for text in told if "it is asked again for a quarter of an hour" in text]


def test_who_is_interrupted_while_nothing_answers_leaves_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: Any) -> Any:
        raise TROUBLES["silent"]()

    monkeypatch.setattr(running, "ask", ask)
    waited: list[float] = []

    with pytest.raises(UnfinishedError, match="then `drctl resume"):
        go_on(
            PLAN,
            begun(tmp_path),
            Clients(World(_STEPS), _STEPS, -1, NoCredentialsError),
            replace(MANNER, stop=lambda: len(waited) > 2, sleep=waited.append),
        )

    assert len(waited) < 6


def test_where_the_bucket_does_not_take_the_journal_whoever_is_left_with_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ask", World(_STEPS).ask)
    clients = Clients(World(_STEPS), _STEPS, 3, TROUBLES["denied"])
    journal = begun(tmp_path, Denied())

    with pytest.raises(UnfinishedError, match=r"the journal is kept on this machine alone: .* \(.*AccessDenied"):
        go_on(PLAN, journal, clients, MANNER)


class Denied:
    """A bucket that nobody may write to."""

    def __str__(self) -> str:
        return "s3://journals/drctl"

    def read(self, id_: str) -> tuple[str, str] | None:
        raise TROUBLES["denied"]()

    def write(self, id_: str, text: str, mark: str | None) -> str:
        raise TROUBLES["denied"]()

    def ids(self) -> tuple[str, ...]:
        raise TROUBLES["denied"]()


class Refusing(Clients):
    """Refuses the first call of an operation that changes something, and takes the next."""

    def __init__(self, world: World, operation: str, trouble: Callable[[], BaseException]) -> None:
        super().__init__(world, _STEPS, -1, trouble)
        self._operation, self._refusal = operation, trouble

    def call(self, *given: Any, changes: bool) -> Mapping[str, Any]:
        if given[1] == self._operation and changes and not self.spent:
            self.spent = True
            raise self._refusal()
        return super().call(*given, changes=changes)


CALLED = sorted({step.call.operation for step in _STEPS if step.call is not None and step.changes})


def waited_for(clients: Clients, world: World, directory: Path, monkeypatch: pytest.MonkeyPatch) -> float:
    """Return how many seconds a run waits that asks as fast as in earnest."""
    waits = [0.0]

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        assert sum(waits) < 3600, "it waits for what AWS has not taken"

    monkeypatch.setattr(running, "ask", world.ask)
    manner = Manner(pace=replace(PACE, poll=15, grace=60), sleep=sleep)
    assert go_on(PLAN, begun(directory), clients, manner).result == "done"
    return sum(waits)


@pytest.mark.parametrize("operation", CALLED)
def test_what_aws_puts_off_is_asked_for_again_at_once(
    operation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was given a minute to show what it had said that it had not taken."""
    one, other = World(_STEPS), World(_STEPS)
    calm = waited_for(Clients(one, _STEPS, -1, NoCredentialsError), one, tmp_path / "calm", monkeypatch)
    busy = Refusing(other, operation, TROUBLES["throttled"])

    assert waited_for(busy, other, tmp_path / "busy", monkeypatch) <= calm + 20
    assert busy.spent


@pytest.mark.parametrize("operation", CALLED)
def test_what_aws_has_refused_is_not_written_down_as_begun(
    operation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(_STEPS)
    monkeypatch.setattr(running, "ask", world.ask)

    with pytest.raises(UnfinishedError, match="sign in again"):
        go_on(PLAN, begun(tmp_path), Refusing(world, operation, TROUBLES["expired"]), MANNER)

    (journal,) = journals(tmp_path, None)
    assert "begun" not in {entry["state"] for entry in journal.component("it")["steps"].values()}


def refused_by_aws() -> ClientError:
    answer: Any = {
        "Error": {"Code": "InvalidRestoreTimeException", "Message": "not between one moment and the other"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return ClientError(answer, "RestoreTableToPointInTime")


@pytest.mark.parametrize(
    "refusal", [refused_by_aws, lambda: ParamValidationError(report="Invalid length for parameter TargetTableName")]
)
def test_what_is_refused_before_anything_was_changed_is_closed_at_once(
    refusal: Callable[[], BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To go on with it could never help, and kept the one with the right moment from beginning."""
    waited: list[float] = []
    world = World(_STEPS)
    monkeypatch.setattr(running, "ask", world.ask)
    clients = Refusing(world, "RestoreTableToPointInTime", refusal)

    with pytest.raises(RefusedError) as raised:
        go_on(PLAN, begun(tmp_path), clients, replace(MANNER, sleep=waited.append))

    (journal,) = journals(tmp_path, None)
    assert (raised.value.exit_code, waited) == (1, [])
    assert "passes by itself" not in str(raised.value)
    assert (journal.is_open, journal.has_begun) == (False, False)
    assert journal.content["result"].startswith("not begun: it: ")


def test_what_is_refused_after_something_was_changed_can_be_gone_on_with_or_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(_STEPS)
    monkeypatch.setattr(running, "ask", world.ask)

    with pytest.raises(UnfinishedError, match=r"`drctl resume .*` goes on, or `drctl operations --give-up"):
        go_on(PLAN, begun(tmp_path), Refusing(world, "UpdateContinuousBackups", refused_by_aws), MANNER)


def test_what_is_refused_after_a_call_without_an_answer_is_not_called_unbegun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles = iter([TROUBLES["silent"], refused_by_aws])
    world = World(_STEPS)
    monkeypatch.setattr(running, "ask", world.ask)

    class Twice(Clients):
        def call(self, *given: Any, changes: bool) -> Mapping[str, Any]:
            if changes:
                raise next(troubles)()
            return super().call(*given, changes=changes)

    with pytest.raises(UnfinishedError):
        go_on(PLAN, begun(tmp_path), Twice(world, _STEPS, -1, NoCredentialsError), MANNER)

    (journal,) = journals(tmp_path, None)
    assert journal.is_open


class Together(Clients):
    """A Region that is gone: whoever calls there has an answer only once as many others wait."""

    def __init__(self, others: int) -> None:
        super().__init__(World(()), (), -1, NoCredentialsError)
        self._all = Barrier(others, timeout=10)

    def call_briefly(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        self._all.wait()
        raise TakesTooLongError


def test_no_component_waits_for_the_fence_of_another(tmp_path: Path) -> None:
    """Ten seconds for each database of a workload, one after the other, before the last of them was begun with."""
    fence = next(step for item in PROCEDURES for step in item.steps if step.best_effort and item.kind == "table")
    one = plan_of(_PITR, (fence,))
    names = ("one", "two", "three")
    plan = replace(one, components=tuple(replace(one.components[0], name=name) for name in names))
    facts = {"command": "failover", "workload": "shop", "by": "ana", "arguments": {}, "lag_seconds": {}}
    journal = Journal.begin("failover-shop-1", tmp_path, None, design=plan.design, facts=facts)

    go_on(plan, journal, Together(len(names)), replace(MANNER, sleep=time.sleep))

    assert [journal.step(name, fence.id)["state"] for name in names] == ["not reached"] * 3


_STAYS = {
    # No backups of the table are kept: nobody enables them meanwhile.
    "PointInTimeRecoveryUnavailableException",
    # The network lacks something.
    "InvalidVPCNetworkStateFault",
    # Something else uses the load balancer.
    "ResourceInUse",
}


@pytest.mark.parametrize(
    "call",
    sorted(
        {
            (step.call.service, step.call.operation)
            for item in PROCEDURES
            for step in (*item.steps, *item.back)
            if step.call is not None and step.changes
        }
    ),
)
def test_what_is_not_ready_yet_is_waited_for(call: tuple[str, str]) -> None:
    """By AWS's models, as far as codes tell: a table that was restored a moment ago takes no backups at first."""
    model = get_session().get_service_model(call[0]).operation_model(call[1])
    codes = {shape.metadata.get("error", {}).get("code") or shape.name for shape in model.error_shapes}
    not_now = {code for code in codes if re.search(r"State(Fault)?$|InUse|Unavailable|Throttl", code)}

    answers: Any = [{"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}} for code in not_now - _STAYS]
    assert {answer["Error"]["Code"] for answer in answers if not passes(ClientError(answer, call[1]))} == set()


def test_what_passes_by_itself_is_not_for_anybody_to_put_right() -> None:
    error = TROUBLES["throttled"]()

    assert isinstance(error, ClientError)
    assert put_right(error) == "that passes by itself"


def looking(
    expects: tuple[str, str] | None,
    *said: str | BaseException,
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
) -> Journal:
    """Return the journal of an operation whose one look is answered with what AWS says in turn."""
    monkeypatch.setattr(running, "unexpected", unexpected)
    call = Call(service="dynamodb", operation="DescribeTable", region=Role.RECOVERY, parameters={"TableName": "t"})
    plan = plan_of(_PITR, (Step(id="look", title="see that it serves", call=call, expects=expects, limit=1),))
    left = iter(said)

    class Saying(Clients):
        def call(self, *given: Any, **more: Any) -> Mapping[str, Any]:
            answer = next(left, said[-1])
            if isinstance(answer, BaseException):
                raise answer
            return {"Status": answer}

    facts = {"command": "failover", "workload": "shop", "by": "ana", "arguments": {}, "lag_seconds": {}}
    journal = Journal.begin("failover-shop-1", directory, None, design=plan.design, facts=facts)
    go_on(plan, journal, Saying(World(()), (), -1, KeyboardInterrupt), MANNER)
    return journal


def test_what_is_to_be_seen_is_looked_for_and_not_only_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replica that cannot be read, a cluster that was deleted and a service without a task were *done*."""
    expects, given = ("Status", "ACTIVE"), {"monkeypatch": monkeypatch}

    done = looking(expects, "CREATING", "CREATING", "ACTIVE", directory=tmp_path / "one", **given)
    assert done.step("it", "look")["state"] == "done"
    with pytest.raises(UnfinishedError, match=r"see that it serves: AWS says DELETING; look why; `drctl resume"):
        looking(expects, "DELETING", directory=tmp_path / "two", **given)
    assert looking(None, "DELETING", directory=tmp_path / "three", **given).step("it", "look")["state"] == "done"


def test_what_only_people_can_see_is_not_said_to_be_done(tmp_path: Path) -> None:
    """That pages are served was *done*, and nobody had asked for one."""
    seen = Step(id="verify", title="pages are served", part=Part.VERIFY, shell=("curl https://shop.example.com/",))
    itself = Step(id="by-itself", title="CloudFront asks the other bucket")
    plan = plan_of(_PITR, (itself, seen))
    journal = begun(tmp_path)
    journal.content["design"] = plan.design

    outcome = go_on(plan, journal, Clients(World(()), (), -1, KeyboardInterrupt), MANNER)

    assert [step["state"] for step in outcome.steps] == ["done", "yours to do"]


class Broken(Clients):
    """Does what is called only with a parameter besides."""

    def __init__(self, world: World, steps: tuple[Step, ...]) -> None:
        super().__init__(world, steps, -1, KeyboardInterrupt)
        self.asked: list[object] = []

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        if operation == "DeleteReplicationConfiguration":
            self.asked.append(parameters.get("DeletionMode"))
            if "DeletionMode" not in parameters:
                raise TROUBLES["broken"]()
        return super().call(service, operation, region, parameters, changes=changes)


def test_a_replication_whose_other_side_is_lost_is_ended_on_this_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was called again and again as before, and the files stayed read-only until somebody read the runbook."""
    (failover,) = (item for item in PROCEDURES if (item.kind, item.mechanism) == ("filesystem", "replication"))
    steps = tuple(step for step in failover.steps if step.call is not None)
    plan, world = plan_of(failover, steps), World(steps)
    monkeypatch.setattr(running, "ask", world.ask)
    journal = begun(tmp_path)
    journal.content["design"] = plan.design
    clients = Broken(world, steps)

    assert go_on(plan, journal, clients, MANNER).result == "done"
    assert [*dict.fromkeys(clients.asked)] == [None, "LOCAL_CONFIGURATION_ONLY"]


@pytest.mark.parametrize("trouble", ["throttled", "broken", "silent", "reset"])
def test_a_look_that_has_no_answer_is_taken_again(
    trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where everybody fails over, AWS puts off questions: the component was left for somebody to resume."""
    one, given = TROUBLES[trouble](), {"monkeypatch": monkeypatch}

    done = looking(("Status", "ACTIVE"), one, one, "ACTIVE", directory=tmp_path / "one", **given)
    assert done.step("it", "look")["state"] == "done"
    with pytest.raises(UnfinishedError, match=r"it: see that it serves: .*that passes by itself, then `drctl resume"):
        looking(None, one, directory=tmp_path / "two", **given)
    with pytest.raises(RefusedError, match="it: see that it serves: NotThere"):
        looking(None, ClientError({"Error": {"Code": "NotThere"}}, "-"), directory=tmp_path / "three", **given)
