"""Journals: written on condition, here and there; the newer one counts; nobody writes over another."""

from __future__ import annotations

import argparse
import hashlib
import io
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from constructs_lib.cli.recovery.journals import journal_store
from constructs_lib.errors import EvaluationError, InputError, RefusedError
from constructs_lib.operations.clients import AwsClients
from constructs_lib.operations.journal import Journal, NotToldError, journals
from constructs_lib.operations.journal_store import BucketStore
from constructs_lib.operations.planning import plan_again
from tests.operations.workloads import workload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

FACTS: dict[str, Any] = {"command": "restore", "workload": "shop", "by": "ana"}


class Memory:
    """A store in memory that can be out of reach."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.gone = False
        self.deaf = False

    def _mark(self, text: str) -> str:
        return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()

    def read(self, id_: str) -> tuple[str, str] | None:
        self._reach()
        text = self.texts.get(id_)
        return None if text is None else (text, self._mark(text))

    def write(self, id_: str, text: str, mark: str | None) -> str:
        self._reach()
        now = self.read(id_)
        if (now[1] if now else None) != mark:
            raise RefusedError("changed")
        self.texts[id_] = text
        if self.deaf:
            raise EndpointConnectionError(endpoint_url="https://bucket")
        return self._mark(text)

    def ids(self) -> tuple[str, ...]:
        self._reach()
        return tuple(self.texts)

    def _reach(self) -> None:
        if self.gone:
            raise EndpointConnectionError(endpoint_url="https://bucket")


def test_another_machine_goes_on_from_the_bucket(tmp_path: Path) -> None:
    store = Memory()
    first = Journal.begin("one", tmp_path / "here", store, design="d", facts=FACTS)
    first.step("ledger", "restore")["state"] = "begun"
    first.save()

    other = Journal.open("one", tmp_path / "elsewhere", store)

    assert other.step("ledger", "restore") == {"state": "begun"}


def test_two_who_go_on_at_once_are_kept_apart(tmp_path: Path) -> None:
    store = Memory()
    Journal.begin("one", tmp_path / "here", store, design="d", facts=FACTS)
    ana, ben = (Journal.open("one", tmp_path / name, store) for name in ("ana", "ben"))
    ana.save()

    with pytest.raises(RefusedError):
        ben.save()


def test_a_bucket_that_answers_again_is_not_taken_for_somebody_else(tmp_path: Path) -> None:
    """It could not be read when the operation was opened, and is written to a moment later."""
    store = Memory()
    Journal.begin("one", tmp_path, store, design="d", facts=FACTS).step("ledger", "restore")
    store.gone = True
    again = Journal.open("one", tmp_path, store)
    store.gone = False

    again.step("ledger", "restore")["state"] = "begun"
    again.save()

    assert Journal.open("one", tmp_path / "elsewhere", store).step("ledger", "restore") == {"state": "begun"}


def test_a_write_that_was_taken_without_an_answer_is_not_taken_for_somebody_else(tmp_path: Path) -> None:
    store = Memory()
    journal = Journal.begin("one", tmp_path, store, design="d", facts=FACTS)
    store.deaf = True
    journal.save()
    store.deaf = False

    journal.save()

    assert Journal.open("one", tmp_path / "elsewhere", store).content["revision"] == 3


def test_who_could_not_read_what_another_has_written_meanwhile_does_not_write_over_it(tmp_path: Path) -> None:
    store = Memory()
    Journal.begin("one", tmp_path / "ana", store, design="d", facts=FACTS)
    store.gone = True
    ana = Journal.open("one", tmp_path / "ana", store)
    store.gone = False
    Journal.open("one", tmp_path / "ben", store).save()

    with pytest.raises(RefusedError):
        ana.save()


def test_two_who_go_on_at_once_on_one_machine_are_kept_apart(tmp_path: Path) -> None:
    Journal.begin("one", tmp_path, None, design="d", facts=FACTS)
    ana, ben = (Journal.open("one", tmp_path, None) for _ in range(2))
    with ana.held(), pytest.raises(RefusedError, match="another drctl on this machine goes on with one"), ben.held():
        pass

    with ben.held():
        ben.save()


def test_who_was_asked_while_another_has_finished_it_writes_nothing_over_that(tmp_path: Path) -> None:
    """One was asked whether to give it up, and meanwhile the other came to the end: it was written down as given up."""
    Journal.begin("one", tmp_path, None, design="d", facts=FACTS)
    ana, ben = (Journal.open("one", tmp_path, None) for _ in range(2))
    with ben.held():
        ben.close("done", {})

    with pytest.raises(RefusedError, match="somebody has gone on with one meanwhile"), ana.held():
        pass
    assert Journal.open("one", tmp_path, None).content["result"] == "done"


def test_what_the_bucket_refuses_is_not_taken_for_what_is_newest_here(tmp_path: Path) -> None:
    """It was as new as what another had written since, and whoever went on here went on with it, over the other's."""
    store = Memory()
    Journal.begin("one", tmp_path / "ana", store, design="d", facts=FACTS)
    ana, ben = (Journal.open("one", tmp_path / name, store) for name in ("ana", "ben"))
    ben.component("ledger")["kept"]["restore_job"] = "of ben"
    ben.save()
    with pytest.raises(RefusedError):
        ana.save()

    again = Journal.open("one", tmp_path / "ana", store)

    assert again.component("ledger")["kept"] == {"restore_job": "of ben"}


def test_who_finished_it_once_has_finished_it_then(tmp_path: Path) -> None:
    journal = Journal.begin("one", tmp_path, None, design="d", facts=FACTS)
    journal.close("done", {})
    closed = journal.content["closed"] = "2026-11-01T10:00:00.000+00:00"
    journal.close("done", {})

    assert Journal.open("one", tmp_path, None).content["closed"] == closed


def test_without_the_bucket_it_goes_on_here_and_says_so(tmp_path: Path) -> None:
    store = Memory()
    journal = Journal.begin("one", tmp_path, store, design="d", facts=FACTS)
    store.gone = True
    journal.step("ledger", "restore")["state"] = "begun"
    journal.save()

    assert journal.trouble is not None
    assert "on this machine alone" in journal.trouble
    store.gone = False
    again = Journal.open("one", tmp_path, store)
    assert again.step("ledger", "restore")["state"] == "begun"
    again.save()
    assert '"begun"' in store.texts["one"]


def test_the_operations_of_this_machine_are_known_without_the_bucket(tmp_path: Path) -> None:
    store = Memory()
    Journal.begin("one", tmp_path, store, design="d", facts=FACTS)
    store.gone = True

    (found,) = journals(tmp_path, store)
    assert found.id == "one"
    assert found.trouble is not None
    with pytest.raises(EvaluationError, match="cannot be listed"):
        list(journals(tmp_path / "elsewhere", store))


class Sealed(Memory):
    """A store that is listed, and of which nothing can be read: the key of its bucket is another's."""

    def read(self, id_: str) -> tuple[str, str] | None:
        raise EndpointConnectionError(endpoint_url="https://bucket")


def test_what_the_bucket_lists_and_does_not_tell_is_not_called_unknown(tmp_path: Path) -> None:
    """It ended the failover that looked whether somebody else had begun one, as a mistyped option."""
    store = Sealed()
    store.texts["theirs"] = "{}"
    Journal.begin("theirs", tmp_path / "there", store, design="d", facts=FACTS)
    Journal.begin("mine", tmp_path / "here", store, design="d", facts=FACTS)

    with pytest.raises(NotToldError, match="does not tell theirs"):
        Journal.open("theirs", tmp_path / "here", store)
    (found,) = journals(tmp_path / "here", store)
    assert (found.id, "does not tell theirs" in str(found.trouble)) == ("mine", True)
    with pytest.raises(EvaluationError, match="does not tell"):
        list(journals(tmp_path / "elsewhere", store))


class Hanging(Memory):
    """A store that takes half a minute to answer nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.clock, self.asked = 0.0, 0
        monkeypatch.setattr("constructs_lib.operations.journal.time.monotonic", lambda: self.clock)

    def _reach(self) -> None:
        if self.gone:
            self.asked += 1
            self.clock += 30
        super()._reach()

    def ids(self) -> tuple[str, ...]:
        return tuple(self.texts)


def test_a_bucket_that_hangs_does_not_hold_up_the_recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of a journal waited for it: a restore of six steps took an hour."""
    store = Hanging(monkeypatch)
    journal = Journal.begin("one", tmp_path, store, design="d", facts=FACTS)
    store.gone = True
    for _ in range(50):
        journal.save()
        store.clock += 1

    assert store.asked == 1
    assert "is kept on this machine alone" in str(journal.trouble)
    store.clock += 300
    journal.save()
    assert store.asked == 2
    store.gone = False
    journal.close("done", {})  # whoever looks elsewhere has this alone
    assert '"closed": null' not in store.texts["one"]


def test_of_journals_in_a_bucket_that_hangs_one_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Hanging(monkeypatch)
    for number in range(9):
        Journal.begin(f"{number}", tmp_path / str(number % 2), store, design="d", facts=FACTS)
    store.gone = True

    found = list(journals(tmp_path / "1", store))

    assert ([item.id for item in found], store.asked) == (["1", "3", "5", "7"], 1)
    assert all("does not tell" in str(item.trouble) for item in found)


def test_an_unknown_operation_is_said_to_be_unknown(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`drctl operations` lists"):
        Journal.open("none", tmp_path, None)


DAMAGED = pytest.mark.parametrize(
    "content", [b"{", b'{"id": "\xff"}', b"[" * 100_000, b""], ids=["torn", "not UTF-8", "deep", "empty"]
)


@DAMAGED
def test_a_damaged_journal_is_no_traceback(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "one.json").write_bytes(content)

    with pytest.raises(EvaluationError, match="the journal of one cannot be read"):
        list(journals(tmp_path, None))


@DAMAGED
def test_a_journal_damaged_here_is_read_from_the_bucket(tmp_path: Path, content: bytes) -> None:
    store = Memory()
    Journal.begin("one", tmp_path, store, design="d", facts=FACTS)
    (tmp_path / "one.json").write_bytes(content)

    journal = Journal.open("one", tmp_path, store)

    assert journal.content["design"] == "d"
    assert journal.trouble is not None
    assert "the journal of one cannot be read" in journal.trouble


@pytest.mark.parametrize("text", ["{", '{"id": "\udcff"}', "[" * 100_000], ids=["torn", "not UTF-8", "deep"])
def test_a_journal_damaged_in_the_bucket_is_read_here(tmp_path: Path, text: str) -> None:
    store = Memory()
    Journal.begin("one", tmp_path, store, design="d", facts=FACTS)
    store.texts["one"] = text

    journal = Journal.open("one", tmp_path, store)

    assert journal.content["design"] == "d"
    assert journal.trouble is not None
    assert "the journal of one cannot be read" in journal.trouble


def test_a_newer_version_has_the_word_also_where_an_older_text_is_here(tmp_path: Path) -> None:
    store = Memory()
    Journal.begin("one", tmp_path, store, design="d", facts=FACTS)
    store.texts["one"] = '{"schema_version": 2}'

    with pytest.raises(EvaluationError, match="use the version that began the operation"):
        Journal.open("one", tmp_path, store)


@pytest.mark.emulator
def test_s3_takes_each_line_once(aws: EmulatedAws, tmp_path: Path) -> None:
    client = aws.client("s3", "eu-central-1")
    client.create_bucket(Bucket="journals", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    store = BucketStore(client, "journals")
    journal = Journal.begin("one", tmp_path / "here", store, design="d", facts=FACTS)
    journal.save()
    other = Journal.open("one", tmp_path / "there", store)
    other.close("done", {})

    assert store.ids() == ("one",)
    with pytest.raises(RefusedError, match="somebody else goes on with operation one"):
        journal.save()
    with pytest.raises(RefusedError):
        Journal.begin("one", tmp_path / "third", store, design="d", facts=FACTS)
    client.put_object(Bucket="journals", Key="drctl/operations/two.json", Body=b'{"id": "\xff"}')
    with pytest.raises(EvaluationError, match="the journal of two cannot be read"):
        Journal.open("two", tmp_path / "there", store)


@pytest.mark.emulator
def test_a_journal_that_somebody_has_deleted_is_written_anew(aws: EmulatedAws, tmp_path: Path) -> None:
    client = aws.client("s3", "eu-central-1")
    client.create_bucket(Bucket="deleted", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    journal = Journal.begin("one", tmp_path / "here", BucketStore(client, "deleted"), design="d", facts=FACTS)
    client.delete_object(Bucket="deleted", Key="drctl/operations/one.json")

    journal.save()

    assert journal.trouble is None
    assert Journal.open("one", tmp_path / "there", BucketStore(client, "deleted")).content["revision"] == 2


class Meeting:
    """S3, which gives up a write that meets another one; nothing else has written."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.body = b"{}"

    def get_object(self, **_: Any) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.body), "ETag": f'"{hashlib.sha256(self.body).hexdigest()}"'}

    def put_object(self, Body: bytes, IfMatch: str, **_: Any) -> dict[str, Any]:
        assert IfMatch == self.get_object()["ETag"]
        self.times -= 1
        if self.times >= 0:
            told: Any = {"Error": {"Code": "ConditionalRequestConflict", "Message": "a conflicting operation occurred"}}
            raise ClientError(told, "PutObject")
        self.body = Body
        return {"ETag": self.get_object()["ETag"]}


def test_a_write_that_meets_another_which_leaves_nothing_is_made_again() -> None:
    client = Meeting(2)
    store = BucketStore(client, "journals")

    assert store.write("one", "text", client.get_object()["ETag"]) == client.get_object()["ETag"]
    with pytest.raises(ClientError, match="ConditionalRequestConflict"):
        BucketStore(again := Meeting(9), "journals").write("one", "text", again.get_object()["ETag"])


@pytest.mark.parametrize(("given", "asked"), [("eu-central-1", "eu-central-1"), (None, "us-east-1")])
def test_without_stacks_a_bucket_is_asked_in_the_region_of_the_environment(given: str | None, asked: str) -> None:
    """It was us-east-1, which may be the one that is lost, and the operations of others were not known."""
    session = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=given)
    clients = AwsClients(session, "http://127.0.0.1:9")

    journal_store(argparse.Namespace(journal="s3://team/journals"), None, clients)

    assert clients.client("s3", asked, brief=True).meta.region_name == asked
    assert [key[1] for key in clients._made] == [asked]


WHOLE: dict[str, Any] = {
    "command": "failover",
    "workload": "shop",
    "by": "ana",
    "arguments": {"to": "eu-central-1", "names": {}, "without": []},
    "addresses": {"ledger": [["shop", "aws_db_instance.ledger"]]},
    "lag_seconds": {"ledger": 3},
}


@pytest.mark.parametrize(
    "edit",
    [
        lambda content: content.pop("closed"),
        lambda content: content.update(began="some day"),
        lambda content: content.update(arguments=None),
        lambda content: content["arguments"].update(names=["a"]),
        lambda content: content["arguments"].update(to=["eu-central-1"]),
        lambda content: content.update(addresses="x"),
        lambda content: content["addresses"].update(ledger=["x"]),
        lambda content: content["components"].update(ledger=None),
        lambda content: content["components"]["ledger"].pop("steps"),
        lambda content: content["components"]["ledger"].update(kept="x"),
        lambda content: content["components"]["ledger"]["steps"].update(restore=None),
        lambda content: content["components"]["ledger"]["steps"]["restore"].pop("state"),
        lambda content: content["components"]["ledger"]["steps"]["restore"].update(call="rds:Restore"),
        lambda content: content.update(left={"at": "then"}),
        lambda content: content.update(given_up="by ana"),
    ],
)
def test_a_journal_that_somebody_has_edited_is_no_traceback(
    edit: Callable[[dict[str, Any]], Any], tmp_path: Path
) -> None:
    journal = Journal.begin("one", tmp_path, None, design="d", facts=deepcopy(WHOLE))
    journal.step("ledger", "restore")["state"] = "done"
    edit(journal.content)
    journal.save()

    with pytest.raises(EvaluationError, match=r"the journal of one cannot be read .* restore it from an older version"):
        Journal.open("one", tmp_path, None)


def test_what_the_journal_does_not_tell_is_named(tmp_path: Path) -> None:
    shop = workload(tmp_path / "stacks", "table", pattern="global_table")
    journal = Journal.begin("one", tmp_path, None, design="d", facts={**WHOLE, "arguments": {}})

    with pytest.raises(EvaluationError, match="the journal of one does not tell to, which was asked for"):
        plan_again(shop, Journal.open(journal.id, tmp_path, None).content)


class Sts:
    """An STS that answers with an error, or with nobody."""

    region = "eu-central-1"

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble

    def call(self, *_: object, **__: object) -> Any:
        raise self.trouble

    def client(self, *_: object, **__: object) -> None:
        """Be asked for nothing."""


def test_without_an_answer_of_sts_an_operation_goes_on_with_its_journal_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The bucket's name holds the account, so that neither a failover nor a resume got as far as its own journal."""
    silent: Any = Sts(EndpointConnectionError(endpoint_url="https://sts.eu-central-1.amazonaws.com"))
    expired = {"Error": {"Code": "ExpiredToken", "Message": "it is"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    options = argparse.Namespace(journal="s3://journals-$ACCOUNT/drctl", name=[])

    assert journal_store(options, None, silent) is None
    assert journal_store(options, None, silent) is None
    assert capsys.readouterr().err.count("which bucket has them AWS does not tell (EndpointConnectionError") == 1
    with pytest.raises(EvaluationError, match="sign in, or name the bucket with --journal"):
        journal_store(options, None, cast("Any", Sts(ClientError(cast("Any", expired), "GetCallerIdentity"))))
    options.name = ["account=123456789012"]
    assert str(journal_store(options, None, silent)) == "s3://journals-123456789012/drctl"
