"""`drctl restore`, `failover`, `failback`, `resume`, `operations`: what is typed, what is shown, how it leaves."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from constructs_lib.cli.recovery.execution import write_policy
from constructs_lib.cli.recovery.journals import journal_store
from constructs_lib.operations.clients import AwsClients
from constructs_lib.operations.journal import Journal
from tests.cli.run import assert_one_line_of_trouble, drctl, process
from tests.documents.reference import write_shop

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="stacks")
def _stacks(tmp_path: Path) -> str:
    return str(write_shop(tmp_path / "cdktf.out"))


def test_the_policy_holds_the_calls_and_what_they_imply(stacks: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "failover", "shop", "--to", "eu-central-1", "--stacks", stacks, "--policy",
                "--journal", "s3://journals/dr")  # fmt: skip
    statements = json.loads(ran.out)["Statement"]
    listed = [item["Action"] for item in statements]
    actions = {action for one in listed for action in ([one] if isinstance(one, str) else one)}

    assert ran.code == 0
    assert {
        "rds:RestoreDBInstanceToPointInTime",
        "rds:AddTagsToResource",
        "kms:CreateGrant",
        "s3:ListBucket",
    } <= actions
    assert not any("*" in action for action in actions)
    assert not any(action.startswith("iam:") and action != "iam:PassRole" for action in actions)
    assert "arn:aws:s3:::journals/dr/*" in [item["Resource"] for item in statements]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("failover", "nosuch", "--to", "eu-central-1"), "no workload 'nosuch'; they hold shop"),
        (("failover", "shop", "--to", "us-west-2"), "is not recovered in 'us-west-2'"),
        (("failover", "shop", "--to", "eu-west-1"), "'eu-west-1' is where shop is; a failover goes to eu-central-1"),
        (("restore", "nosuch", "--to-time", "latest"), "has a component 'nosuch'; shop has assets, ledger"),
        (("restore", "assets", "--to-time", "yesterday"), "--to-time is 'yesterday'"),
        (("restore", "ledger", "--to-time", "2999-01-01T00:00:00Z"), "which is still to come"),
        (
            ("restore", "ledger", "--to-time", "2026-11-23T10:14:00"),
            "in no time zone; give one such as",
        ),
        (("restore", "ledger", "--to-time", "2026-11-23"), "in no time zone"),
        (("restore", "assets", "--to-time", "latest"), "restored in place, to the moment before the damage"),
        (("failback", "shop", "--name", "x"), "--name is 'x'; give KEY=VALUE"),
        # Passed over, it would restore under the usual name.
        (("failback", "shop", "--name", "restord=x"), "no step asks for 'restord'; did you mean restored?"),
        (("operations", "--journal", "s3:/x"), "s3://BUCKET"),
        (("failback", "shop", "--poll", "nan"), "'nan' is no number of seconds above 0"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    arguments: tuple[str, ...], said: str, stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = drctl(capsys, *arguments, "--stacks", stacks, "--state", str(tmp_path / "state"))

    assert_one_line_of_trouble(ran)
    assert said in ran.err


def test_operations_are_listed_with_what_to_type_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # They are listed as they began: two in one millisecond, or a clock that is put back between them, would not be.
    seconds = itertools.count(10)
    monkeypatch.setattr("constructs_lib.operations.journal.now", lambda: f"2026-11-01T00:00:{next(seconds)}+00:00")
    facts = {"command": "failover", "workload": "shop", "by": "ana", "arguments": {}}
    Journal.begin("failover-shop-1", tmp_path, None, design="d", facts=facts).leave("ledger: ExpiredToken: sign in")
    Journal.begin("failover-shop-2", tmp_path, None, design="d", facts=facts).close("done", {})
    Journal.begin("drill-shop-3", tmp_path, None, design="d", facts={**facts, "command": "drill"})

    shown = drctl(capsys, "operations", "--state", str(tmp_path))
    told = json.loads(drctl(capsys, "operations", "--state", str(tmp_path), "--format", "json").out)["operations"]

    assert "failover-shop-1" in shown.out
    assert f"open: `drctl resume failover-shop-1 --state {tmp_path}`" in shown.out
    assert ": ledger: ExpiredToken: sign in\n" in shown.out
    assert f"open: `drctl drill shop --resume drill-shop-3 --state {tmp_path}`" in shown.out
    assert [item["result"] for item in told] == [None, "done", None]


def test_there_must_be_one_operation_to_go_on_with(
    stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = drctl(capsys, "resume", "--stacks", stacks, "--state", str(tmp_path / "none"))

    assert ran.code == 2
    assert "no operation is open" in ran.err


def test_what_is_open_of_another_workload_is_not_meant(
    stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Several workloads may keep their journals in one place."""
    other = {**SHOP, "workload": "warehouse"}
    Journal.begin("failover-warehouse-1", tmp_path, None, design="d", facts=other)

    nothing = drctl(capsys, "resume", "--stacks", stacks, "--state", str(tmp_path))
    Journal.begin("failover-shop-1", tmp_path, None, design="d", facts=SHOP)
    mine = drctl(capsys, "resume", "--stacks", stacks, "--state", str(tmp_path))

    assert (nothing.code, "no operation is open" in nothing.err) == (2, True)
    # The only one that is meant was begun with other stacks.
    assert (mine.code, "operation failover-shop-1 was begun with other stacks" in mine.err) == (1, True)


SHOP = {"command": "failover", "workload": "shop", "by": "ana", "arguments": {"to": "eu-central-1", "names": {}}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"schema_version": 1, "id": "failover-shop-2", "rev', "cannot be read (Unterminated string"),
        ("[]", "cannot be read ("),
        ('{"schema_version": 1, "id": "failover-shop-2"}', "cannot be read (Object missing required field `command`)"),
        (
            '{"schema_version": 2, "id": "failover-shop-2"}',
            "is of schema 2, and this drctl knows 1; use the version that",
        ),
    ],
)
def test_a_journal_that_cannot_be_read_keeps_nobody_from_the_others(
    text: str, said: str, stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    Journal.begin("failover-shop-1", state, None, design="d", facts=SHOP)
    (state / "failover-shop-2.json").write_text(text, encoding="utf-8")
    place = ("--stacks", stacks, "--state", str(state))

    listed = drctl(capsys, "operations", *place)
    wanted = drctl(capsys, "resume", "failover-shop-2", *place)
    adopted = drctl(capsys, "adopt", "failover-shop-2", *place)
    other = drctl(capsys, "resume", *place)

    assert listed.code == 0
    # What is typed next finds the same journals.
    assert f"open: `drctl resume failover-shop-1 --stacks {stacks} --state {state}`" in listed.out
    assert f"drctl: note: the journal of failover-shop-2 {said}" in listed.err
    for ran in (wanted, adopted):
        assert ran.code == 3
        assert ran.err.splitlines()[-1].startswith(f"drctl: the journal of failover-shop-2 {said}")
    # It was begun with other stacks, and that is what is said of it.
    assert other.code == 1
    assert other.err.splitlines()[-1].startswith(
        "drctl: operation failover-shop-1 was begun with other stacks than these; take those of that time, or `drctl"
    )


def test_what_another_version_has_begun_is_said_to_be_its_and_how_to_get_it(
    stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--stacks", stacks, "--state", str(tmp_path))
    journal = Journal.begin("failover-shop-1", tmp_path, None, design="d", facts=SHOP)
    own, journal.content["version"] = journal.content["version"], "0.0.1"
    journal.save()

    ran = drctl(capsys, "resume", *place)

    assert (ran.code, ran.out) == (1, "")
    assert f"failover-shop-1 was begun by version 0.0.1, and this is {own}, which plans it otherwise" in ran.err
    assert "`pip install --no-index --find-links kit/wheelhouse cdktf-dr==0.0.1`" in ran.err
    assert f"or `drctl operations --give-up failover-shop-1 --stacks {stacks} --state {tmp_path}`" in ran.err


def test_what_somebody_has_begun_is_not_begun_again_unless_it_is_meant(
    stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    # Nothing answers there, and nothing is to be asked before it is refused.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    state = tmp_path / "state"
    Journal.begin("failover-shop-1", state, None, design="d", facts=SHOP)
    Journal.begin("failover-shop-0", state, None, design="d", facts=SHOP).close("done", {})
    arguments = ("--stacks", stacks, "--state", str(state), "--execute", "--yes")

    refused = drctl(capsys, "failover", "shop", "--to", "eu-central-1", *arguments)
    meant = drctl(capsys, "failover", "shop", "--to", "eu-central-1", *arguments, "--beside", "failover-shop-1")

    assert refused.code == 1
    assert "drctl: failover-shop-1 does the same, and is open: begun by ana at " in refused.err
    place = f"failover-shop-1 --stacks {stacks} --state {state}"
    assert f"`drctl resume {place}` goes on with it, `drctl operations --give-up {place}` leaves" in refused.err
    assert "and --beside failover-shop-1 begins another" in refused.err
    # It is refused for what it may lose, which is asked next.
    assert (meant.code, "--allow-data-loss" in meant.err) == (1, True)


@pytest.mark.usefixtures("signed_out")
@pytest.mark.parametrize(
    ("is_open", "said"), [(True, "failover-shop-1 does the same, and is open"), (False, "failover-shop-1 has done the")]
)
def test_a_plan_says_what_keeps_it_from_beginning(
    is_open: bool, said: str, stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    facts = {**SHOP, "arguments": {"to": "eu-central-1"}}
    journal = Journal.begin("failover-shop-1", state, None, design="d", facts=facts)
    if not is_open:
        journal.step("ledger", "act").update(state="done")
        journal.close("done", {})
    consent = ("--allow-data-loss", "ledger", "--allow-data-loss", "assets", "--accept-split-brain", "assets")
    planned = ("failover", "shop", "--to", "eu-central-1", "--stacks", stacks, "--state", str(state), *consent)

    kept_from = drctl(capsys, *planned)
    meant = drctl(capsys, *planned, "--beside", "failover-shop-1")

    assert (kept_from.code, said in kept_from.err) == (1, True), kept_from.err
    assert "planned; nothing was changed" in kept_from.out
    assert meant.code == 0, meant.err


def test_an_operation_that_nobody_began_is_said_to_be_unknown(
    stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    Journal.begin("failover-other-1", state, None, design="d", facts={**SHOP, "workload": "other"})
    for command in (("resume",), ("adopt",), ("evidence", "record")):
        ran = drctl(capsys, *command, "failover-shop-9", "--stacks", stacks, "--state", str(state))
        assert (ran.code, "there is no operation 'failover-shop-9' in " in ran.err) == (2, True)
        ran = drctl(capsys, *command, "failover-other-1", "--stacks", stacks, "--state", str(state))
        assert (ran.code, "is of workload 'other', which the stacks do not hold" in ran.err) == (2, True)


def test_where_nothing_was_begun_that_is_said(stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "operations", "--stacks", stacks, "--state", str(tmp_path / "none"))

    assert (ran.code, ran.out) == (0, "")
    assert f"there is no operation in {tmp_path / 'none'}" in ran.err


@pytest.fixture(name="signed_out")
def _signed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without credentials."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.mark.usefixtures("signed_out")
@pytest.mark.parametrize("arguments", [("restore", "ledger", "--to-time", "latest"), ("drill", "shop")])
def test_a_plan_that_aws_was_not_asked_about_says_so(
    arguments: tuple[str, ...], stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = drctl(capsys, *arguments, "--stacks", stacks, "--state", str(tmp_path))

    assert "drctl: note: there are no AWS credentials here, so AWS is not asked how far things are\n" in ran.err


@pytest.mark.usefixtures("signed_out")
def test_a_way_home_of_what_nobody_has_moved_is_said_to_be_one(
    stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    said = "drctl: note: no failover of shop is known here: if it was not moved, nothing is to come home\n"

    before = drctl(capsys, "failback", "shop", "--stacks", stacks, "--state", str(state))
    journal = Journal.begin("failover-shop-1", state, None, design="d", facts=SHOP)
    journal.step("ledger", "act").update(state="done")
    journal.close("done", {})
    after = drctl(capsys, "failback", "shop", "--stacks", stacks, "--state", str(state))

    assert (said in before.err, said in after.err) == (True, False)


@pytest.mark.usefixtures("signed_out")
def test_an_audit_without_credentials_says_that(stacks: str) -> None:
    ran = process("audit", "--stacks", stacks)

    assert_one_line_of_trouble(ran, 3)
    assert "there are no AWS credentials here; sign in" in ran.err


@pytest.mark.usefixtures("signed_out")
@pytest.mark.parametrize(
    "arguments",
    [
        ("restore", "ledger", "--to-time", "latest"),
        ("failover", "shop", "--to", "eu-central-1", "--allow-data-loss", "ledger"),
        ("drill", "shop"),
    ],
)
def test_nothing_is_begun_without_credentials(
    arguments: tuple[str, ...], stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"

    ran = drctl(capsys, *arguments, "--execute", "--stacks", stacks, "--state", str(state))

    assert ran.code == 3, ran
    said = "drctl: there are no AWS credentials here; sign in, or name a profile in AWS_PROFILE\n"
    assert ran.err.endswith(said)
    assert "Traceback" not in ran.err
    assert not state.exists()


def test_what_waits_for_people_is_not_begun_where_nobody_can_answer(
    stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A test has no terminal."""
    state = tmp_path / "state"
    arguments = ("failback", "shop", "--stacks", stacks, "--state", str(state), "--execute")
    ran = drctl(capsys, *arguments, "--allow-data-loss", "ledger", "--allow-data-loss", "assets")

    assert ran.code == 1
    last = ran.err.splitlines()[-1]
    assert last.startswith("drctl: assets, ledger: there are steps for people to do, and no terminal to ask them at")
    assert "--yes" in last
    assert not state.exists()


def test_ctrl_c_is_one_line_even_before_the_command_is_loaded() -> None:
    """What loads it is interrupted, as it may be within the first tenth of a second."""
    program = (
        "import sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'argparse':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from constructs_lib.cli import main\n"
        "sys.exit(main(['uptime', '99.9%']))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)

    assert (ran.returncode, ran.stderr) == (130, "drctl: interrupted\n")


def test_a_second_ctrl_c_says_how_to_go_on() -> None:
    from constructs_lib.cli.recovery.execution import Interruptible
    from constructs_lib.errors import UnfinishedError

    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupted_twice() -> None:
        with Interruptible() as stop:
            assert not stop()
            os.kill(os.getpid(), signal.SIGINT)
            assert stop()
            os.kill(os.getpid(), signal.SIGINT)

    try:
        with pytest.raises(UnfinishedError, match="`drctl operations` says what is open"):
            interrupted_twice()
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(("statements", "said"), [(1, ""), (100, "put its statements into 2 policies or more")])
def test_a_policy_that_iam_does_not_take_in_one_is_said_to_be_too_long(
    statements: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    statement = {"Effect": "Allow", "Action": "rds:DescribeDBInstances", "Resource": "arn:aws:rds:eu-west-1:*:db:*"}
    write_policy({"Version": "2012-10-17", "Statement": [statement] * statements})

    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["Statement"]) == statements
    assert (said in captured.err, bool(captured.err)) == (True, bool(said))


def test_what_is_to_be_taken_over_and_is_not_finished_says_how_to_go_on_from_here(
    stacks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    Journal.begin("failover-shop-1", state, None, design="d", facts=SHOP)
    place = ("--stacks", stacks, "--state", str(state))

    ran = drctl(capsys, "adopt", "failover-shop-1", *place)

    assert ran.code == 1
    assert f"is not finished; `drctl resume failover-shop-1 {' '.join(place)}` goes on" in ran.err


def test_a_journal_that_has_no_bucket_is_told_of_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A way home asks for that of the failover as well, and said it twice."""
    options = argparse.Namespace(journal=None)
    for _ in range(2):
        assert journal_store(options, None, AwsClients(object())) is None

    said = "drctl: note: the journal is kept on this machine alone; name a bucket with --journal\n"
    assert capsys.readouterr().err == said
