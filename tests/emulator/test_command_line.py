"""`python -m constructs_lib.emulator -- COMMAND`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EMULATOR = [sys.executable, "-m", "constructs_lib.emulator"]

pytestmark = pytest.mark.usefixtures("extra")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*EMULATOR, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_runs_against_the_emulator_and_its_exit_code_comes_back() -> None:
    result = run("--region", "eu-west-1", "--", "sh", "-c", "echo $AWS_REGION $AWS_ENDPOINT_URL; exit 7")

    assert result.returncode == 7
    assert result.stdout.startswith("eu-west-1 http://127.0.0.1:")
    assert result.stderr == ""


def test_a_command_ended_by_a_signal_gives_128_and_the_signal() -> None:
    assert run("--", "sh", "-c", "kill -9 $$").returncode == 128 + signal.SIGKILL


def test_a_command_that_does_not_exist_is_one_line() -> None:
    result = run("--", "there-is-no-such-command")

    assert result.returncode == 127
    assert result.stderr == "error: cannot run there-is-no-such-command: No such file or directory\n"


def test_an_account_that_is_none_is_one_line() -> None:
    result = run("--account", "1", "--", "true")

    assert result.returncode == 2
    assert result.stderr.startswith("error: the emulated account is '1'")
    assert result.stderr.count("\n") == 1


def test_what_a_test_can_set_a_command_can_have_from_the_start() -> None:
    code = """
import boto3
table = boto3.client("dynamodb", region_name="eu-west-1")
table.create_table(
    TableName="orders", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
)
print([table.describe_table(TableName="orders")["Table"]["TableStatus"] for _ in range(3)])
"""

    result = run("--polls", "2", "--replication-delay", "0.5", "--", sys.executable, "-c", code)

    assert result.stdout.strip() == "['CREATING', 'CREATING', 'ACTIVE']", result.stderr


def test_help_explains_itself_and_lists_regions_failure_modes_and_examples() -> None:
    shown = run("--help")

    assert shown.returncode == 0
    for told in ("ap-southeast-2", "us-gov-west-1", "reset", "--log FILE", "docs/emulator.md", "-- terraform apply"):
        assert told in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--region", "mars"], "there is no Region 'mars'; --help lists them"),
        (["--fail", "mars"], "there is no Region 'mars'; --help lists them"),
        (["--fail", "eu-west-1=flood"], "there is no failure mode 'flood'; use error or reset"),
        (["--log", "no/such/directory/calls.jsonl"], "cannot write the log no/such/directory/calls.jsonl"),
        (["--polls", "-1"], "polls is -1; give 0 or more"),
        (["--without-rule", "rds.nosuch"], "there is no rule 'rds.nosuch' of the emulator"),
    ],
)
def test_an_argument_that_is_wrong_is_one_line_and_nothing_runs(arguments: list[str], said: str) -> None:
    result = run(*arguments, "--", "echo", "ran")

    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr.splitlines()[-1]


CALLS = """
import boto3
from botocore.config import Config
s3 = boto3.client("s3")
s3.list_buckets()
for attempt in range(2):
    try:
        boto3.client("rds").create_db_parameter_group(
            DBParameterGroupName="x", DBParameterGroupFamily="postgres99", Description="-"
        )
    except Exception:
        pass
for ask in (
    lambda: s3.head_bucket(Bucket="nowhere"),
    lambda: s3.get_bucket_policy(Bucket="nowhere"),
    lambda: s3.delete_bucket(Bucket="nowhere"),
    lambda: boto3.client("dynamodb").delete_table(TableName="nowhere"),
    lambda: boto3.client("rds").delete_db_subnet_group(DBSubnetGroupName="nowhere"),
    lambda: boto3.client("rds", config=Config(retries={"total_max_attempts": 1})).describe_db_recommendations(),
):
    try:
        ask()
    except Exception:
        pass
try:
    boto3.client("sns", region_name="eu-central-1").list_topics()
except Exception:
    pass
"""


def test_calls_are_logged_and_what_was_refused_is_summed_up(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"

    result = run(
        "--region", "eu-west-1", "--log", str(log), "--fail", "eu-central-1", "--", sys.executable, "-c", CALLS
    )

    calls = [json.loads(line) for line in log.read_text().splitlines()]
    told = [(call["region"], call["service"], call["operation"], call["outcome"]) for call in calls]
    refused = ("eu-west-1", "rds", "CreateDBParameterGroup", "refused")
    assert told[:3] == [("eu-west-1", "s3", "ListBuckets", "ok"), refused, refused]
    by_the_emulators = [(call["service"], call["operation"], call["outcome"], call.get("code")) for call in calls[3:9]]
    assert by_the_emulators == [
        ("s3", "HeadBucket", "refused", None),
        ("s3", "GetBucketPolicy", "refused", "NoSuchBucket"),
        ("s3", "DeleteBucket", "refused", "NoSuchBucket"),
        ("dynamodb", "DeleteTable", "refused", "ResourceNotFoundException"),
        ("rds", "DeleteDBSubnetGroup", "refused", "DBSubnetGroupNotFoundFault"),
        ("rds", "DescribeDBRecommendations", "error", "InternalFailure"),
    ]
    assert set(told[9:]) == {("eu-central-1", "sns", "ListTopics", "failed region")}
    assert calls[1]["rule"] == "rds.family-that-does-not-exist"
    assert datetime.fromisoformat(calls[0]["time"]).tzinfo is not None
    assert result.stderr == (
        "refused by the emulated AWS:\n  2 x rds CreateDBParameterGroup in eu-west-1: rds.family-that-does-not-exist\n"
        "  1 x s3 DeleteBucket in eu-west-1: NoSuchBucket\n"
        "  1 x dynamodb DeleteTable in eu-west-1: ResourceNotFoundException\n"
        "  1 x rds DeleteDBSubnetGroup in eu-west-1: DBSubnetGroupNotFoundFault\n"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_the_command_ends_with_the_emulator(tmp_path: Path, number: signal.Signals) -> None:
    if number is signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux ends a command whose parent was killed")
    started, finished = tmp_path / "started", tmp_path / "finished"
    script = f"trap 'touch {finished}; exit 143' TERM; touch {started}; while :; do sleep 0.1; done"
    with subprocess.Popen([*EMULATOR, "--", "sh", "-c", script], cwd=ROOT) as process:
        wait_for(started)
        process.send_signal(number)
        process.wait(timeout=20)

    wait_for(finished)
    if number is signal.SIGTERM:
        assert process.returncode == 143


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} never happened"
        time.sleep(0.05)
