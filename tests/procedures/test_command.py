"""Commands: what is printed is what a shell reads, and nothing that a name holds is ever run."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore import xform_name
from msgspec.structs import replace

from constructs_lib.procedures import PROCEDURES, Call, Part, Procedure, Role, Step
from constructs_lib.procedures.command import Printed
from constructs_lib.procedures.value import Lookup, Metadata, Name
from tests.each import each

if TYPE_CHECKING:
    from pathlib import Path

NAMES: dict[str, Any] = {
    "region": "eu-west-1",
    "recovery_region": "eu-central-1",
    "working_region": "eu-west-1",
    "table": "shop-orders",
    "restored": "shop-orders-restored",
    "returned": "shop-orders-home",
    "bucket": "shop-$ACCOUNT",
    "security_groups": Lookup(
        service="ec2",
        operation="DescribeSecurityGroups",
        region="eu-west-1",
        parameters={"Filters": [{"Name": "group-name", "Values": ["db"]}]},
        query="SecurityGroups[].GroupId",
        many=True,
    ),
}
DECLARED: dict[str, dict[str, Any]] = {
    "main": {"multi_az": True, "deletion_protection": True, "tags": {"team": "it's ours"}, "engine": "postgres"},
    "member": {"instance_class": "db.r6g.large", "engine": "aurora-postgresql"},
}
GLOBAL_OPTIONS = {"region", "query", "output", "source-region"}


def printed(**more: Any) -> Printed:
    return Printed(NAMES | more, DECLARED, asked={"moment"})


def lines(procedure: Procedure) -> list[str]:
    shown = printed()
    return [line for step in (*procedure.steps, *procedure.back) for line in shown.commands(step, 600)]


def run(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run *command* with an `aws` that prints its arguments, one a line."""
    script = f"aws() {{ printf '%s\\n' \"$@\"; }}; ACCOUNT=123; {command}"
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=directory, check=True, timeout=10)


@each("procedure", PROCEDURES, ids=Procedure.called)
def test_every_command_is_one_that_bash_can_read(procedure: Procedure) -> None:
    found = subprocess.run(
        ["bash", "-n", "-c", "\n".join(lines(procedure))], capture_output=True, text=True, check=False
    )
    assert found.stderr == ""


@cache
def options(service: str, operation: str) -> set[str]:
    model = botocore.session.get_session().get_service_model({"s3api": "s3"}.get(service, service))
    by_name = {xform_name(item, "-"): item for item in model.operation_names}
    members = {xform_name(item, "-") for item in model.operation_model(by_name[operation]).input_shape.members}
    return members | {f"no-{item}" for item in members}


@pytest.mark.parametrize("procedure", PROCEDURES, ids=Procedure.called)
def test_every_option_is_one_of_its_operation(procedure: Procedure) -> None:
    shown = printed()
    for step in (*procedure.steps, *procedure.back):
        if step.call is None or step.each is not None or not shown.is_needed(step):
            continue
        command = shown._aws(step.call)
        words = shlex.split(command.replace("$(", "(").replace("`", ""))
        given = {word[2:] for word in words if word.startswith("--")}
        inner = {"filters", "key-id"} if "(aws" in command else set()
        assert given - inner <= options(words[1], words[2]) | GLOBAL_OPTIONS


@pytest.mark.parametrize("mechanism", ["cluster_backups", "backup_copy"])
def test_a_serverless_cluster_is_given_its_capacity_before_its_instances_and_no_other_is(mechanism: str) -> None:
    """Without it RDS makes no serverless instance, and AWS Backup restores a cluster without it."""
    procedure = next(item for item in PROCEDURES if (item.mechanism, item.engines) == (mechanism, ("aurora-*",)))
    ranges = {"serverlessv2_scaling_configuration": {"min_capacity": 2, "max_capacity": 16}}
    for declared, expected in ((ranges, ['{"MinCapacity": 2, "MaxCapacity": 16}']), ({}, [])):
        shown = Printed(NAMES, {**DECLARED, "main": {**DECLARED["main"], **declared}}, asked={"moment"})
        needed = [step for step in procedure.steps if shown.is_needed(step)]
        commands = [shown._aws(step.call) for step in needed if step.call is not None and step.part is Part.ACT]
        before = commands[: next(at for at, command in enumerate(commands) if "create-db-instance" in command)]
        words = [word for command in before for word in shlex.split(command.replace("$(", "("))]
        option = "--serverless-v2-scaling-configuration"
        assert [words[at + 1] for at, word in enumerate(words) if word == option] == expected


def test_nothing_that_a_name_holds_is_run(tmp_path: Path) -> None:
    """Names come from files that others may have written."""
    evil = "x'\"; touch run; $(touch run) `touch run` $HOME \\ \n"
    step = Step(
        id="look",
        title="look",
        call=Call(
            service="dynamodb",
            operation="DescribeTable",
            region=Role.HOME,
            parameters={"TableName": "{table}-{unknown}"},
        ),
    )
    (command,) = printed(table=evil).commands(step, 0)
    found = run(f"UNKNOWN=y; {command}", tmp_path)

    assert f"{evil}-y" in found.stdout
    assert not (tmp_path / "run").exists()


def test_the_account_of_a_stack_is_the_variable(tmp_path: Path) -> None:
    step = Step(
        id="look",
        title="look",
        call=Call(service="s3", operation="HeadBucket", region=Role.HOME, parameters={"Bucket": "{bucket}"}),
    )
    (command,) = printed().commands(step, 0)

    assert run(command, tmp_path).stdout.splitlines()[-1] == "shop-123"


def test_a_list_that_a_command_tells_is_several_words(tmp_path: Path) -> None:
    call = Call(
        service="rds",
        operation="ModifyDBInstance",
        region=Role.HOME,
        parameters={"DBInstanceIdentifier": "x", "VpcSecurityGroupIds": Name("security_groups")},
    )
    (command,) = printed().commands(Step(id="x", title="x", call=call), 0)
    script = f"aws() {{ if [ $1 = ec2 ]; then printf 'sg-1\\tsg-2'; else printf '%s\\n' \"$@\"; fi; }}; {command}"
    found = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=10)

    assert found.stdout.splitlines()[-2:] == ["sg-1", "sg-2"]


def test_what_another_call_tells_is_asked_for_within_the_call() -> None:
    vpc = Lookup(
        service="rds",
        operation="DescribeDBSubnetGroups",
        region="eu-west-1",
        parameters={"DBSubnetGroupName": "shop-ledger"},
        query="DBSubnetGroups[0].VpcId",
    )
    filters = [{"Name": "group-name", "Values": ["db"]}, {"Name": "vpc-id", "Values": [vpc]}]
    groups = replace(NAMES["security_groups"], parameters={"Filters": filters})
    parameters = {"DBInstanceIdentifier": "x", "VpcSecurityGroupIds": Name("security_groups")}
    call = Call(service="rds", operation="ModifyDBInstance", region=Role.HOME, parameters=parameters)
    (command,) = printed(security_groups=groups).commands(Step(id="x", title="x", call=call), 0)
    asks = 'case "$1 $2" in *groups) [ $1 = ec2 ] && printf \'%s\' "$6" >&2 || echo vpc-1;; esac'
    script = f"aws() {{ {asks}; }}; {command}"
    found = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=10)

    assert json.loads(found.stderr) == [filters[0], {"Name": "vpc-id", "Values": ["vpc-1"]}]


def test_a_list_within_metadata_is_json_within_json(tmp_path: Path) -> None:
    call = Call(
        service="backup",
        operation="StartRestoreJob",
        region=Role.HOME,
        parameters={"Metadata": Metadata({"VpcSecurityGroupIds": Name("security_groups"), "MultiAZ": True})},
    )
    (command,) = printed().commands(Step(id="x", title="x", call=call), 0)
    answer = 'printf \'[\\n    "sg-1",\\n    "sg-2"\\n]\\n\''
    script = f"aws() {{ if [ $1 = ec2 ]; then {answer}; else printf '%s\\n' \"$@\"; fi; }}; {command}"
    found = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=10)

    metadata = json.loads(found.stdout.splitlines()[-1])
    assert json.loads(metadata["VpcSecurityGroupIds"]) == ["sg-1", "sg-2"]
    assert metadata["MultiAZ"] == "true"


def test_what_a_source_lacks_is_not_printed() -> None:
    (pitr,) = [item for item in PROCEDURES if (item.kind, item.mechanism) == ("table", "pitr")]
    text = "\n".join(lines(pitr))

    assert "update-time-to-live" not in text
    assert "stream-specification" not in text


def test_a_fence_may_fail_and_ends_after_ten_seconds() -> None:
    fences = [
        line
        for item in PROCEDURES
        for step in item.steps
        if step.part is Part.FENCE and step.call
        for line in printed().commands(step, 0)
    ]
    assert fences
    ending = "--cli-connect-timeout 5 --cli-read-timeout 5 || echo 'not reached: go on'"
    assert all(line.startswith("AWS_MAX_ATTEMPTS=1 aws ") and line.endswith(ending) for line in fences)


def test_no_command_needs_what_macos_lacks() -> None:
    words = re.compile(r"(?<![\w-])(timeout|date( -u)? (-d|--date)|readlink -f|sed -i|mapfile|xargs -d|base64 -w)\b")
    for item in PROCEDURES:
        assert not [line for line in lines(item) if words.search(line)]


def shell(command: str, directory: Path, aws: str) -> subprocess.CompletedProcess[str]:
    """Run *command* with an `aws` that does as told, and with a `sleep` that takes a minute off the clock."""
    script = f"aws() {{ {aws}; }}; sleep() {{ SECONDS=$((SECONDS+60)); }}; {command}"
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, cwd=directory, check=False, timeout=20
    )


def step_of(mechanism: str, id_: str, way: str = "back") -> Step:
    ways: list[Step] = [step for item in PROCEDURES if item.mechanism == mechanism for step in getattr(item, way)]
    return next(step for step in ways if step.id == id_)


def test_what_is_not_needed_is_neither_done_nor_waited_for(tmp_path: Path) -> None:
    """Aurora made no snapshot where nothing was lost, and none will come however long one waits."""
    commands = list(printed().commands(step_of("global_database", "keep-lost-writes"), 600))
    ran = shell("LOST_WRITES=None; " + "\n".join(commands), tmp_path, "echo called; return 1")

    assert len(commands) == 2
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_wait_that_takes_longer_than_planned_says_so(tmp_path: Path) -> None:
    commands = "\n".join(printed().commands(step_of("read_replica", "promote-home"), 600))
    late = shell(commands, tmp_path, "echo modifying")
    done = shell(commands, tmp_path, "echo available")

    assert "longer than planned: look before you go on" in late.stdout
    assert "longer than planned" not in done.stdout


def test_markers_that_aws_will_not_delete_end_the_loop(tmp_path: Path) -> None:
    (command,) = printed().commands(step_of("versioning", "undelete", "steps"), 600)
    refused = 'echo "VersionId {Errors: [{Code: AccessDenied, Message: no}]}"'
    ran = shell(f"SINCE=2026-11-23T10:15:00Z; {command}; echo ended", tmp_path, refused)

    assert ran.stdout.splitlines()[-1] == "ended"
    assert "AccessDenied" in ran.stdout
