"""A bucket rolled back object by object: one that cannot be copied keeps no other back, and none is copied twice."""

from __future__ import annotations

from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.errors import RefusedError
from constructs_lib.operations.facts import Facts
from constructs_lib.operations.journal import Journal
from constructs_lib.operations.objects import for_each_object
from constructs_lib.operations.run import ComponentRun, Pace
from constructs_lib.procedures import PROCEDURES, Each

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STEPS = {step.each: step for item in PROCEDURES for step in (*item.steps, *item.back) if step.each is not None}
SINCE = "2026-11-01T10:00:00+00:00"
NAMES = {
    "region": "eu-west-1",
    "recovery_region": "eu-central-1",
    "bucket": "here",
    "recovery_bucket": "there",
    "since": SINCE,
}


class Bucket:
    """A bucket of S3 whose clock stands, with the versions of each key, the newest first; None is a marker."""

    simulated = True

    def __init__(self, **versions: tuple[tuple[str, str | None], ...]) -> None:
        self.versions = {key: list(held) for key, held in versions.items()}
        self.busy: dict[str, int] = {}
        self.refuses: dict[str, tuple[str, int]] = {}
        self.copied: list[tuple[str, Any]] = []

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == "ListObjectsV2":
            newest = {key: held[0] for key, held in self.versions.items()}
            return {"Contents": [{"Key": key, "LastModified": at, "ETag": "e"} for key, (at, _) in newest.items()]}
        found: dict[str, list[dict[str, Any]]] = {"Versions": [], "DeleteMarkers": []}
        for key, held in sorted(self.versions.items()):
            for number, (at, version) in enumerate(held):
                item = {"Key": key, "LastModified": at, "IsLatest": number == 0, "VersionId": version or "m"}
                more = {"Size": 1, "StorageClass": "STANDARD"} if version else {}
                found["Versions" if version else "DeleteMarkers"].append({**item, **more})
        return found

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        if operation == "HeadBucket":
            return {"ResponseMetadata": {"HTTPHeaders": {"date": "Sun, 01 Nov 2026 12:00:00 GMT"}}}
        if operation == "HeadObject":
            if parameters["Bucket"] == "here":
                raise refused("404", 404)
            return {}
        key = parameters["Key"]
        if self.busy.get(key, 0):
            self.busy[key] -= 1
            raise refused("SlowDown", 503)
        if key in self.refuses:
            raise refused(*self.refuses[key])
        self.copied.append((key, parameters["CopySource"].get("VersionId")))
        self.versions[key].insert(0, ("2026-11-01T12:00:09+00:00", "copy"))
        return {}

    call_briefly = page


def refused(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "CopyObject")


@pytest.fixture(name="slept", autouse=True)
def _slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr("constructs_lib.operations.object_copies.time.sleep", slept.append)
    return slept


def roll_back(bucket: Bucket, kept: dict[str, Any] | None = None, each: Each = Each.OVERWRITTEN_SINCE) -> int:
    facts = Facts(NAMES, {}, {} if kept is None else kept, bucket)
    return sum(for_each_object(STEPS[each], facts, bucket))


GOOD = ("2026-11-01T08:00:00+00:00", "good")
BAD = ("2026-11-01T11:00:00+00:00", "bad")


def test_what_had_been_deleted_before_is_not_brought_back_over_what_was_made_since() -> None:
    bucket = Bucket(
        overwritten=(BAD, GOOD),
        untouched=(GOOD,),
        new=(BAD,),
        anew=(BAD, ("2026-11-01T09:00:00+00:00", None), GOOD),
        gone=(("2026-11-01T11:30:00+00:00", None), BAD, GOOD),
    )

    assert roll_back(bucket) == 1
    assert bucket.copied == [("overwritten", "good")]


@pytest.mark.parametrize("each", [Each.OVERWRITTEN_SINCE, Each.WRITTEN_THERE])
def test_an_object_that_cannot_be_copied_is_named_and_the_others_are(each: Each) -> None:
    """The first one that lay in an archive, or had more than 5 GB, ended it, and so it did whenever it was resumed."""
    bucket = Bucket(a=(BAD, GOOD), b=(BAD, GOOD), c=(BAD, GOOD))
    bucket.refuses = {"a": ("InvalidObjectState", 403), "b": ("InvalidRequest", 400)}

    with pytest.raises(RefusedError, match=r"^2 objects cannot be copied.*: a \(InvalidObjectState.*b \(InvalidReq"):
        roll_back(bucket, each=each)
    assert [key for key, _ in bucket.copied] == ["c"]


class Abroad(Bucket):
    """A bucket that answers once two ask."""

    together = Barrier(2, timeout=10)

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        if operation == "CopyObject":
            self.together.wait()
        return super().call(service, operation, region, parameters, changes=changes)


def test_objects_are_brought_home_side_by_side() -> None:
    """One after the other, each with two questions across the world, a million took a day."""
    assert roll_back(Abroad(a=(BAD,), b=(BAD,)), each=Each.WRITTEN_THERE) == 2


@pytest.mark.parametrize("each", [Each.OVERWRITTEN_SINCE, Each.WRITTEN_THERE])
def test_the_other_components_have_their_turn_after_each_page(
    each: Each, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten million objects take hours, and a database that is to be promoted meanwhile would wait for them."""
    monkeypatch.setattr("constructs_lib.operations.objects._BATCH", 2)
    objects: Any = dict.fromkeys("abcd", (BAD, GOOD))
    bucket = Bucket(**objects) if each is Each.OVERWRITTEN_SINCE else Abroad(**objects)
    monkeypatch.setattr("constructs_lib.operations.run.search", lambda query, reply: None)
    journal = Journal.begin("one", tmp_path, None, design="d", facts={"command": "failback", "workload": "shop"})
    run = ComponentRun(
        name="it",
        steps=(STEPS[each],),
        seconds={},
        facts=Facts(NAMES, {}, journal.component("it")["kept"], bucket),
        clients=bucket,
        journal=journal,
        pace=Pace(),
    ).go()

    assert next(run) == 0
    assert journal.step("it", STEPS[each].id)["state"] == "in progress"
    assert set(run) <= {0}
    entry = journal.step("it", STEPS[each].id)
    assert (entry["state"], entry["objects"]) == ("done", 4)


@pytest.mark.parametrize("code", ["AccessDenied", "ExpiredToken", "SlowDown"])
def test_what_keeps_all_from_being_copied_ends_it(code: str) -> None:
    bucket = Bucket(a=(BAD, GOOD), b=(BAD, GOOD))
    bucket.refuses = {"a": (code, 403)}

    with pytest.raises(ClientError, match=code):
        roll_back(bucket)


def test_an_object_that_is_put_off_is_tried_again(slept: list[float]) -> None:
    """S3 says `SlowDown` of some of many, and each time the whole restore was left unfinished."""
    bucket = Bucket(a=(BAD, GOOD), b=(BAD, GOOD))
    bucket.busy = {"a": 3}

    assert roll_back(bucket) == 2
    assert slept == [1, 2, 4]


def test_what_was_copied_is_passed_over_by_whoever_goes_on() -> None:
    """Its copy is younger than the damage as well: each resumption copied all of it once more."""
    bucket, kept = Bucket(a=(BAD, GOOD), b=(BAD, GOOD)), dict[str, Any]()
    bucket.refuses = {"b": ("SlowDown", 503)}
    with pytest.raises(ClientError):
        roll_back(bucket, kept)
    bucket.refuses = {}

    assert roll_back(bucket, kept) == 1
    assert bucket.copied == [("a", "good"), ("b", "good")]


def test_a_key_may_hold_what_looks_like_a_version() -> None:
    bucket = Bucket(**{"a?versionId=b": (BAD, GOOD)})

    roll_back(bucket)

    assert bucket.copied == [("a?versionId=b", "good")]
