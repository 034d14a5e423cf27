from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.errors import EngineError
from constructs_lib.terraform.engine import ENGINE, choose_engine
from tests.terraform.child_process import printed, require_engines, run_python

if TYPE_CHECKING:
    from pathlib import Path

_USED = "from constructs_lib.terraform.engine import ENGINE; print(ENGINE)"
_BLOCKED = "import sys; sys.modules['cdktf'] = None; sys.modules['cdktn'] = None\n"


@pytest.mark.parametrize(
    ("loaded", "asked", "installed", "chosen"),
    [
        ({"cdktf"}, "", {"cdktf"}, "cdktf"),
        ({"cdktn"}, "", {"cdktf", "cdktn"}, "cdktn"),
        ({"cdktf", "cdktn"}, "", {"cdktf", "cdktn"}, "cdktf"),
        ({"cdktf"}, "cdktn", {"cdktf", "cdktn"}, "cdktf"),
        ({"cdktn"}, "cdktf", {"cdktf", "cdktn"}, "cdktn"),
        ({"cdktf", "cdktn"}, "cdktn", {"cdktf", "cdktn"}, "cdktf"),
        (set(), "cdktf", {"cdktf", "cdktn"}, "cdktf"),
        (set(), "cdktn", {"cdktf", "cdktn"}, "cdktn"),
        (set(), "", {"cdktf", "cdktn"}, "cdktf"),
        (set(), "", {"cdktf"}, "cdktf"),
        (set(), "", {"cdktn"}, "cdktn"),
    ],
)
def test_what_is_loaded_comes_before_what_is_asked_for_before_what_is_installed(
    loaded: set[str], asked: str, installed: set[str], chosen: str
) -> None:
    assert chosen == choose_engine(
        loaded=dict.fromkeys(loaded, object()),
        environment={"CDKTF_DR_ENGINE": asked},
        is_installed=installed.__contains__,
    )


def test_a_blocked_module_does_not_count_as_loaded() -> None:
    assert (
        choose_engine(loaded={"cdktf": None, "cdktn": object()}, environment={}, is_installed={"cdktn"}.__contains__)
        == "cdktn"
    )


@pytest.mark.parametrize("loaded", [{}, {"cdktf": object()}])
def test_a_misspelt_engine_is_refused_even_where_the_choice_is_made_already(
    loaded: dict[str, object],
) -> None:
    with pytest.raises(EngineError, match="CDKTF_DR_ENGINE is 'cdktx', which is no engine; set it to cdktf or"):
        choose_engine(loaded=loaded, environment={"CDKTF_DR_ENGINE": "cdktx"}, is_installed=lambda _: True)


@pytest.mark.parametrize("asked", ["cdktf", "cdktn"])
def test_asking_for_an_engine_that_is_not_installed_says_how_to_install_that_one(asked: str) -> None:
    other = {"cdktf": "cdktn", "cdktn": "cdktf"}[asked]

    with pytest.raises(EngineError, match=rf"pip install 'cdktf-dr\[{asked}\]'") as refusal:
        choose_engine(loaded={}, environment={"CDKTF_DR_ENGINE": asked}, is_installed={other}.__contains__)

    assert refusal.value.exit_code == 3


def test_with_neither_engine_the_error_names_both_ways_to_install_one() -> None:
    with pytest.raises(EngineError, match=r"'cdktf-dr\[cdktf\]' or pip install 'cdktf-dr\[cdktn\]'"):
        choose_engine(loaded={}, environment={}, is_installed=lambda _: False)


def test_importing_without_any_engine_fails_with_that_error() -> None:
    result = run_python("-c", f"{_BLOCKED}{_USED}")

    assert result.returncode == 1
    assert "EngineError: neither cdktf nor cdktn is installed" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("engine", ["cdktf", "cdktn"])
def test_an_app_gets_the_engine_it_imports_where_both_are_installed(engine: str) -> None:
    require_engines("cdktf", "cdktn")

    assert engine == printed(f"import {engine}\n{_USED}")


@pytest.mark.parametrize("engine", ["cdktf", "cdktn"])
def test_the_environment_decides_where_the_app_imports_none(engine: str) -> None:
    """It alone is loaded."""
    require_engines("cdktf", "cdktn")

    loaded = "import sys; print([engine for engine in ('cdktf', 'cdktn') if engine in sys.modules])"

    assert printed(f"{_USED}; {loaded}", CDKTF_DR_ENGINE=engine).splitlines() == [engine, f"['{engine}']"]


def test_the_package_starts_no_engine_before_a_name_of_it_is_used() -> None:
    loaded = printed(
        "import sys, constructs_lib, constructs_lib.terraform, constructs_lib.terraform_cli.mirror\n"
        "before = 'jsii' in sys.modules\n"
        "constructs_lib.AwsResource\n"
        "print(before, 'jsii' in sys.modules)"
    )

    assert loaded == "False True"


def test_a_missing_node_is_reported_as_an_engine_error() -> None:
    result = run_python("-c", _USED, PATH="", JSII_NODE="node-which-is-not-there")

    assert result.returncode == 1
    assert "EngineError" in result.stderr
    assert "Node.js" in result.stderr


def test_a_stack_of_the_other_engine_is_refused_with_the_way_out() -> None:
    require_engines("cdktf", "cdktn")

    message = printed(
        "from constructs_lib.terraform.provider import AwsProvider\n"
        "from constructs_lib.errors import EngineError\n"
        "import cdktn\n"
        "try:\n"
        "    AwsProvider(cdktn.TerraformStack(cdktn.App(), 'shop'), 'aws', region='eu-west-1')\n"
        "except EngineError as error:\n"
        "    print(error)",
        CDKTF_DR_ENGINE="cdktf",
    )

    assert "TerraformStack is made with cdktn, while cdktf is in use; import cdktn before constructs_lib" in message


def test_the_tests_themselves_run_on_an_engine() -> None:
    assert ENGINE in ("cdktf", "cdktn")


@pytest.mark.parametrize("node", ["node", "/nowhere/node"])
def test_a_missing_node_is_a_sentence_and_the_last_thing_said(tmp_path: Path, node: str) -> None:
    """jsii says it in two tracebacks, of which the last is about something else."""
    result = run_python("-c", _USED, PATH=str(tmp_path), JSII_NODE=node)

    assert result.returncode != 0
    assert (
        f"EngineError: {ENGINE} runs on Node.js, and there is no {node} on the PATH" in result.stderr.splitlines()[-1]
    )
    assert "_NodeProcess" not in result.stderr
