"""Procedures: one for every way back there is, and every command in them exists in AWS's API."""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore import xform_name

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.catalog.procedures import PLACEHOLDER, Procedure, filled, load_procedures
from constructs_lib.catalog.sources import load_sources
from constructs_lib.objectives import Disruption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalog.procedures import ProcedureStep

GLOBAL_OPTIONS = {"region", "query", "output", "max-items"}
ONLY_IN_THE_COMMAND_LINE = {
    # Made by the command line itself, without a call.
    ("dsql", "generate-db-connect-admin-auth-token"): {"hostname"},
    # High-level commands.
    ("s3", "ls"): {"recursive", "summarize"},
    ("s3", "cp"): set(),
    ("s3", "sync"): {"source-region"},
}
COVERS = [
    (kind, name, disruption, position)
    for (kind, name), mechanism in load_catalog().mechanisms.items()
    if kind != "any"
    for position, cover in enumerate(mechanism.covers)
    for disruption in cover.disruptions
]


def steps(procedure: Procedure) -> Iterator[ProcedureStep]:
    yield from (*procedure.act, *procedure.switch, *procedure.verify, *procedure.failback)


def label(procedure: Procedure) -> str:
    return f"{procedure.kind}-{procedure.mechanism}-{'-'.join(procedure.disruptions)}"


@cache
def service(name: str) -> Any:
    return botocore.session.get_session().get_service_model({"s3api": "s3"}.get(name, name))


@cache
def waiters(name: str) -> set[str]:
    model = botocore.session.get_session().get_waiter_model({"s3api": "s3"}.get(name, name))
    return {xform_name(waiter, "-") for waiter in model.waiter_names}


def calls(command: str) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Yield service, operation, words and options of every `aws` call in a shell command."""
    text = PLACEHOLDER.sub("placeholder", command)
    for piece in re.split(r"[;|]|\$\(|\bdo\b", re.sub(r"\"[^\"]*\"|'[^']*'", "quoted", text)):
        words = shlex.split(piece.replace(")", " "), comments=False)
        if "aws" in words:
            words = words[words.index("aws") + 1 :]
            options = [word[2:] for word in words if word.startswith("--")]
            yield words[0], words[1], words[2:], options


@pytest.mark.parametrize(("kind", "name", "disruption", "position"), COVERS)
def test_every_way_back_has_a_procedure_with_a_step_for_each_part_of_its_time(
    kind: str, name: str, disruption: Disruption, position: int
) -> None:
    mechanism = load_catalog().mechanism(kind, name)
    cover = mechanism.covers[position]
    procedure = load_procedures().find(mechanism, disruption, {**mechanism.defaults, **cover.when}, kind)

    assert procedure is not None
    assert len(procedure.act) == len(cover.act)
    assert bool(procedure.switch) == (cover.routing != "none")
    assert procedure.verify


@pytest.mark.parametrize("procedure", load_procedures().all, ids=label)
def test_every_command_and_option_exists_in_awss_api(procedure: Procedure) -> None:
    for step in steps(procedure):
        for command in step.commands:
            for name, operation, words, options in calls(command):
                if (name, operation) in ONLY_IN_THE_COMMAND_LINE:
                    allowed = ONLY_IN_THE_COMMAND_LINE[name, operation]
                elif operation == "wait":
                    assert words[0] in waiters(name), command
                    continue
                else:
                    model = service(name)
                    operations = {xform_name(item, "-"): item for item in model.operation_names}
                    assert operation in operations, command
                    shape = model.operation_model(operations[operation]).input_shape
                    members = {xform_name(item, "-") for item in shape.members}
                    allowed = members | {f"no-{item}" for item in members}
                assert set(options) <= allowed | GLOBAL_OPTIONS, command


def test_the_check_of_commands_can_fail() -> None:
    """Guards the test above."""
    found = list(calls("X=$(aws rds describe-db-instances --region [[region]] --nonsense 'a;b') | aws s3 ls s3://x"))

    assert [(name, operation, options) for name, operation, _, options in found] == [
        ("rds", "describe-db-instances", ["region", "nonsense"]),
        ("s3", "ls", []),
    ]


@pytest.mark.parametrize(
    "procedure", [item for item in load_procedures().all if Disruption.REGION in item.disruptions], ids=label
)
def test_the_loss_of_a_region_needs_no_other_region_no_global_control_plane_and_no_terraform(
    procedure: Procedure,
) -> None:
    for step in (*procedure.act, *procedure.switch, *procedure.verify):
        for command in (*step.commands, step.console or ""):
            assert "[[region]]" not in command
            assert not re.search(r"us-east-1|terraform|cdktf|aws (iam|route53|cloudfront|organizations) ", command)
            for *_, options in calls(command):
                assert "region" in options, command
    assert not any("put-bucket" in command for step in steps(procedure) for command in step.commands)


@pytest.mark.parametrize("procedure", load_procedures().all, ids=label)
def test_every_procedure_names_a_known_source(procedure: Procedure) -> None:
    assert procedure.source in load_sources()


def test_no_command_runs_another_by_mistake() -> None:
    """In double quotes, a back quote would run what it holds."""
    assert not [step for item in load_procedures().all for step in steps(item) for text in step.commands if "`" in text]


def test_an_unknown_name_becomes_a_shell_variable() -> None:
    assert filled("aws --region [[region]] --x [[some_thing]]", {"region": "eu-west-1"}) == (
        "aws --region eu-west-1 --x $SOME_THING"
    )
