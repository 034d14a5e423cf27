"""The commands of the ready workflow, run as they stand in it, against stand-ins of Terraform and of GitHub."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.ci.steps import COMMENT, REVIEW, ROOT, WORKFLOW, Ran, Runner, loaded, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.programs

PLANS = ROOT / "tests" / "review" / "plans"

TERRAFORM = """#!/bin/bash
set -e
directory=${1#-chdir=}
stack=${directory##*/}
[ -f "$directory/cdk.tf.json" ]
echo "$stack ${*:2}" >> "$CALLS"
case $2 in
  init) cat "$TF_CLI_CONFIG_FILE" >> "$CALLS.rc" ;;
  plan)
    [ "$stack" != "$FAILING" ]
    echo "password = hunter2"
    for argument; do case $argument in -out=*) echo "$stack" > "${argument#-out=}" ;; esac; done
    ;;
  show)
    [ "$(< "$4")" = "$stack" ]
    cat "$RECORDED/$stack.deployed.json"
    ;;
esac
"""

GH = f"""#!{sys.executable}
import json, os, pathlib, sys
with open(os.environ["CALLS"], "a") as calls:
    print(*sys.argv[1:], file=calls)
store = pathlib.Path(os.environ["COMMENTS"])
comments = json.loads(store.read_text())
body = [pathlib.Path(item.removeprefix("body=@")).read_text() for item in sys.argv if item.startswith("body=@")]
if "--method" not in sys.argv:
    # Two pages, as --paginate writes them.
    print(json.dumps(comments[:1]) + json.dumps(comments[1:]))
elif "POST" in sys.argv:
    comments.append(dict(id=100 + len(comments), user=dict(login="github-actions[bot]"), body=body[0]))
elif "PATCH" in sys.argv:
    (path,) = [item for item in sys.argv if item.startswith("repos/")]
    (found,) = [item for item in comments if item["id"] == int(path.rsplit("/", 1)[1])]
    found["body"] = body[0]
store.write_text(json.dumps(comments))
"""

DEFAULTS = {
    "inputs.synthesize || 'python -m stacks'": "python -m stacks",
    "inputs.objectives || 'stacks/recovery.yaml'": "stacks/recovery.yaml",
    "inputs.providers || 'hashicorp/aws'": "hashicorp/aws",
}
"""What the workflow's expressions are on a pull request of this repository."""

JOBS = ("synthesize", "review", "report")

BOT = {"login": "github-actions[bot]"}


@pytest.fixture(scope="module")
def commands() -> None:
    for command in ("bash", "jq"):
        if shutil.which(command) is None:
            pytest.skip(f"needs {command} on PATH")


@pytest.fixture
def runner(commands: None, tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A merge of a pull request that changes nothing, after the job that synthesizes."""
    made = Runner(tmp_path_factory.mktemp("synthesized"))
    shutil.copytree(ROOT / "stacks", made.workspace / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    identity = ["-c", "user.name=octocat", "-c", "user.email=octocat@example.com"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "1"], ["commit", "-qm", "2", "--allow-empty"]):
        subprocess.run(["git", *identity, *arguments], cwd=made.workspace, check=True)
    for name in ("Synthesize", "Synthesize what is compared with"):
        ran = made.run(steps(WORKFLOW, "synthesize")[name], DEFAULTS)
        assert ran.code == 0, ran.output
    return made


def _received(runner: Runner, synthesized: Runner) -> None:
    """Give the job what it downloads."""
    shutil.copytree(synthesized.temporary / "made", runner.workspace / "made")


def _planned(runner: Runner, synthesized: Runner, recorded: Path = PLANS, failing: str = "") -> Ran:
    _received(runner, synthesized)
    runner.stand_in("terraform", TERRAFORM)
    calls = str(runner.directory / "terraform.calls")
    return runner.run(steps(WORKFLOW, "review")["Plan"], DEFAULTS, CALLS=calls, RECORDED=str(recorded), FAILING=failing)


@pytest.fixture(scope="module")
def planned(commands: None, synthesized: Runner, tmp_path_factory: pytest.TempPathFactory) -> tuple[Runner, Ran]:
    """The job that reviews, once every stack is planned, and what planning said."""
    runner = Runner(tmp_path_factory.mktemp("planned"))
    ran = _planned(runner, synthesized)
    assert ran.code == 0, ran.output
    return runner, ran


@pytest.fixture(scope="module")
def report(planned: tuple[Runner, Ran]) -> Path:
    """What the job leaves where every promise is kept."""
    reviewed = _reviewed(planned[0])
    assert reviewed.outputs["exit-code"] == "0", reviewed.output
    return Path(reviewed.outputs["report"])


def _source(runner: Runner, *, fork: bool = False, role: str = "success", failed: str = "") -> dict[str, str]:
    values = {
        "github.event.pull_request.head.repo.full_name != github.repository": str(fork).lower(),
        "steps.role.outcome": role,
        "steps.plan.outputs.failed": failed,
    }
    ran = runner.run(steps(WORKFLOW, "review")["Choose what is reviewed"], values)
    assert ran.code == 0, ran.output
    return dict(ran.outputs)


def _reviewed(runner: Runner, source: dict[str, str] | None = None, **changes: str) -> Ran:
    """Run the action with what the workflow gives it."""
    source = source or _source(runner)
    given = {
        name: re.sub(r"\$\{\{ steps\.source\.outputs\.(\w+) \}\}", lambda found: source.get(found[1], ""), str(text))
        for name, text in steps(WORKFLOW, "review")["Review"]["with"].items()
    }
    given |= {"fail-on": "breached", "name": "", "drctl": "drctl"}
    inputs = {name: str(item.get("default", "")) for name, item in loaded(REVIEW)["inputs"].items()} | given | changes
    return runner.run(steps(REVIEW)["Review"], {f"inputs.{name}": text for name, text in inputs.items()})


def _commented(
    runner: Runner, file: Path, comments: list[dict[str, Any]]
) -> tuple[Ran, list[dict[str, Any]], list[str]]:
    runner.stand_in("gh", GH)
    store, calls = runner.directory / "comments.json", runner.directory / "gh.calls"
    store.write_text(json.dumps(comments), encoding="utf-8")
    calls.write_text("", encoding="utf-8")
    values = {
        "inputs.file": str(file),
        "inputs.pull-request": "7",
        "inputs.author": str(loaded(COMMENT)["inputs"]["author"]["default"]),
        "inputs.token": "not-a-token",
    }
    ran = runner.run(steps(COMMENT)["Comment"], values, CALLS=str(calls), COMMENTS=str(store))
    lines = calls.read_text(encoding="utf-8").splitlines()
    return ran, json.loads(store.read_text(encoding="utf-8")), lines


def _without_replication(directory: Path) -> Path:
    """Return the recorded plans, in which the archive's replication is taken away."""
    found = 0
    for file in sorted(PLANS.glob("*.deployed.json")):
        plan = json.loads(file.read_text(encoding="utf-8"))
        for change in plan.get("resource_changes", []):
            if file.name.startswith("archive-") and change["type"] == "aws_s3_bucket_replication_configuration":
                change["change"] |= {"actions": ["delete"], "after": None, "after_unknown": {}}
                found += 1
        (directory / file.name).write_text(json.dumps(plan), encoding="utf-8")
    assert found, "the archive is replicated"
    return directory


def test_a_pull_request_that_keeps_every_promise_is_quiet(runner: Runner, report: Path) -> None:
    """Synth, plans, review and comment in a row: nothing fails, and nobody is told anything."""
    comment = report / "comment.md"
    ran, comments, _ = _commented(runner, comment, [])

    assert len(comment.read_text(encoding="utf-8").splitlines()) == 2
    assert (ran.code, comments) == (0, [])


def test_a_pull_request_that_breaks_a_promise_fails_and_says_so(
    runner: Runner, synthesized: Runner, tmp_path: Path
) -> None:
    recorded = tmp_path / "recorded"
    recorded.mkdir()
    planned = _planned(runner, synthesized, _without_replication(recorded))
    assert planned.code == 0, planned.output
    reviewed = _reviewed(runner)
    comment = Path(reviewed.outputs["report"]) / "comment.md"
    ran, comments, _ = _commented(runner, comment, [])
    verdict = runner.run(
        steps(WORKFLOW, "report")["Verdict"], {"needs.review.outputs.exit-code": reviewed.outputs["exit-code"]}
    )

    assert "::error title=RECOVERY-101" in reviewed.output
    assert ran.code == 0, ran.output
    assert [item["body"] for item in comments] == [comment.read_text(encoding="utf-8")]
    assert "breached" in comments[0]["body"].splitlines()[1]
    assert verdict.code == 1


def test_the_report_holds_every_format_and_the_summary_is_the_comment(runner: Runner, report: Path) -> None:
    summary = runner.run(steps(REVIEW)["Step summary"], {"steps.review.outputs.report": str(report)}).summary

    assert sorted(path.name for path in report.iterdir()) == [
        "comment.md",
        "problem.txt",
        "review.html",
        "review.json",
        "review.junit.xml",
        "review.sarif",
    ]
    assert summary == (report / "comment.md").read_text(encoding="utf-8")


def test_each_stack_is_planned_once_and_after_those_it_depends_on(planned: tuple[Runner, Ran]) -> None:
    runner, _ = planned
    calls = (runner.directory / "terraform.calls").read_text(encoding="utf-8").splitlines()
    stacks = [line.split()[0] for line in calls if line.split()[1] == "plan"]
    manifest = json.loads((runner.workspace / "made" / "now" / "manifest.json").read_text(encoding="utf-8"))["stacks"]

    assert sorted(stacks) == sorted(manifest)
    for place, stack in enumerate(stacks):
        assert set(manifest[stack]["dependencies"]) <= set(stacks[:place])


def test_no_value_of_a_plan_is_printed_and_no_one_else_may_read_it(planned: tuple[Runner, Ran]) -> None:
    runner, ran = planned
    plans = runner.temporary / "plans"

    assert "hunter2" not in ran.output
    assert plans.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in plans.iterdir())
    assert sorted(path.suffix for path in plans.iterdir() if path.suffix) == [".json"] * 12


def test_where_a_plan_fails_the_stacks_are_reviewed_and_the_comment_says_so(
    runner: Runner, synthesized: Runner
) -> None:
    planned = _planned(runner, synthesized, failing="payments-global")
    assert planned.code == 0, planned.output
    reviewed = _reviewed(runner, _source(runner, failed=planned.outputs["failed"]))
    comment = (Path(reviewed.outputs["report"]) / "comment.md").read_text(encoding="utf-8").splitlines()

    assert planned.outputs["failed"] == "payments-global"
    assert list((runner.temporary / "plans").glob("*.json")) == []
    assert reviewed.outputs["exit-code"] == "0", reviewed.output
    assert comment[0] == "<!-- cdktf-dr:review -->"
    assert "met" in comment[1]
    assert comment[3].startswith("_Terraform could not plan payments-global, so the synthesized stacks were reviewed")


@pytest.mark.parametrize(
    ("fork", "role", "note"), [(True, "skipped", "A fork"), (False, "failure", "The role"), (False, "skipped", "")]
)
def test_without_credentials_the_stacks_are_chosen(
    runner: Runner, synthesized: Runner, fork: bool, role: str, note: str
) -> None:
    """Of a fork, with a role that cannot be assumed, and where no role was set."""
    _received(runner, synthesized)
    source = _source(runner, fork=fork, role=role)

    assert source["before"] == "made/before"
    assert "plans" not in source
    assert source.get("note", "").startswith(note)
    assert bool(source.get("note")) is bool(note)


def test_without_credentials_the_stacks_are_reviewed(runner: Runner, synthesized: Runner) -> None:
    _received(runner, synthesized)
    reviewed = _reviewed(runner, _source(runner, fork=True, role="skipped"))
    review = json.loads((Path(reviewed.outputs["report"]) / "review.json").read_text(encoding="utf-8"))

    assert reviewed.outputs["exit-code"] == "0", reviewed.output
    assert review["verdict"] == "met"
    assert all(component["before"] == component["after"] for component in review["components"])


def test_names_that_a_pull_request_chose_do_not_format_the_comment(runner: Runner) -> None:
    source = _source(runner, failed="shop](https://evil.example) @everyone `x`")

    assert source["note"].startswith("Terraform could not plan shophttpsevil.example everyone x, so")


@pytest.mark.parametrize(
    ("stacks", "said"),
    [
        ({"../../../order": {"workingDirectory": "stacks/../../../order", "dependencies": []}}, "is called '../../../"),
        ({"-chdir=x": {"workingDirectory": "stacks/-chdir=x", "dependencies": []}}, "is called '-chdir=x'"),
        ({"shop\n": {"workingDirectory": "stacks/shop\n", "dependencies": []}}, r"is called 'shop\n'"),
        ({"shop": {"workingDirectory": "../../.drctl", "dependencies": []}}, "stack shop does not lie in stacks/shop"),
        ({"linked": {"workingDirectory": "stacks/linked", "dependencies": []}}, "stack linked does not lie"),
        ({"shop": {"workingDirectory": "stacks/shop", "dependencies": ["../x"]}}, "depends on '../x'"),
        ([], "has no attribute"),
        (None, "manifest.json"),
    ],
)
def test_a_manifest_that_leads_elsewhere_is_refused_before_terraform_runs(
    runner: Runner, stacks: object, said: str
) -> None:
    """The pull request writes it: names become files, directories are where Terraform runs beside the role."""
    made = runner.workspace / "made" / "now"
    (made / "stacks").mkdir(parents=True)
    (made / "stacks" / "linked").symlink_to(runner.directory)
    if stacks is not None:
        (made / "manifest.json").write_text(json.dumps({"stacks": stacks}), encoding="utf-8")
    calls = runner.directory / "terraform.calls"
    runner.stand_in("terraform", TERRAFORM)

    ran = runner.run(steps(WORKFLOW, "review")["Plan"], DEFAULTS, CALLS=str(calls), RECORDED="", FAILING="")

    assert ran.code == 1
    assert ran.output.startswith("::error title=drctl review::The manifest of the stacks is refused: ")
    assert said in ran.output
    assert not calls.exists()


def test_terraform_runs_no_provider_but_those_that_are_named(
    runner: Runner, synthesized: Runner, planned: tuple[Runner, Ran]
) -> None:
    """A provider is a program, and the pull request names them."""
    configuration = (planned[0].directory / "terraform.calls.rc").read_text(encoding="utf-8")

    assert set(re.findall(r"include = (.*)", configuration)) == {'["hashicorp/aws"]'}
    _received(runner, synthesized)
    runner.stand_in("terraform", TERRAFORM)
    runner.run(
        steps(WORKFLOW, "review")["Plan"],
        {"inputs.providers || 'hashicorp/aws'": "hashicorp/aws hashicorp/random"},
        CALLS=str(runner.directory / "more"),
        RECORDED=str(PLANS),
        FAILING="",
    )
    assert 'include = ["hashicorp/aws", "hashicorp/random"]' in (runner.directory / "more.rc").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(("plans", "code"), [("missing/*.json", "23"), ("broken.json", "2")])
def test_plans_that_cannot_be_read_are_reported_as_not_reviewed(runner: Runner, plans: str, code: str) -> None:
    """Silence would read as approval."""
    (runner.workspace / "broken.json").write_text("{", encoding="utf-8")

    reviewed = _reviewed(runner, stacks="", plans=plans, objectives="", name="shop-production")
    comment = (Path(reviewed.outputs["report"]) / "comment.md").read_text(encoding="utf-8")

    assert reviewed.outputs["exit-code"] in code
    assert comment.splitlines()[0] == "<!-- cdktf-dr:review shop-production -->"
    assert "not reviewed" in comment.splitlines()[1]
    assert "    drctl: " in comment


def test_a_later_review_changes_the_same_comment(runner: Runner, tmp_path: Path) -> None:
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    first.write_text("<!-- cdktf-dr:review -->\none\ntwo\n", encoding="utf-8")
    second.write_text("<!-- cdktf-dr:review -->\nall is well\n", encoding="utf-8")

    _, comments, _ = _commented(runner, first, [{"id": 1, "user": {"login": "octocat"}, "body": "LGTM"}])
    _, comments, calls = _commented(runner, second, comments)

    assert [item["body"] for item in comments] == ["LGTM", second.read_text(encoding="utf-8")]
    assert "PATCH repos/acme/shop/issues/comments/101" in calls[-1]


@pytest.mark.parametrize(
    "other",
    [
        {"id": 1, "user": BOT, "body": "<!-- cdktf-dr:review production -->\nof another review\nx"},
        {"id": 1, "user": {"login": "mallory"}, "body": "<!-- cdktf-dr:review -->\nall is well, trust me\n"},
        {"id": 1, "user": BOT, "body": "see <!-- cdktf-dr:review -->"},
    ],
)
def test_a_comment_that_is_not_ours_is_left_alone(runner: Runner, tmp_path: Path, other: dict[str, Any]) -> None:
    file = tmp_path / "comment.md"
    file.write_text("<!-- cdktf-dr:review -->\none\ntwo\n", encoding="utf-8")

    _, comments, _ = _commented(runner, file, [other])

    assert comments[0] == other
    assert len(comments) == 2


def test_a_file_that_is_no_review_is_not_posted(runner: Runner, tmp_path: Path) -> None:
    file = tmp_path / "comment.md"
    file.write_text("hello\n", encoding="utf-8")

    ran, comments, calls = _commented(runner, file, [])

    assert (ran.code, comments, calls) == (2, [], [])


@pytest.mark.parametrize("name", ["", "shop"])
def test_a_commit_that_was_not_reviewed_takes_the_comment_of_an_earlier_one_away(runner: Runner, name: str) -> None:
    """It stood there, green, beside an app that no longer synthesizes."""
    step = steps(WORKFLOW, "report")["Nothing was reviewed"]
    told = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_RUN_ID": "9"}
    assert runner.run(step, {"inputs.name": name}, **told).code == 0
    file = runner.workspace / "recovery-review" / "comment.md"
    first = file.read_text(encoding="utf-8").splitlines()[0]
    earlier = {"id": 100, "user": BOT, "body": f"{first}\n**Recovery: ✅ met**\n"}

    _, comments, _ = _commented(runner, file, [earlier])

    assert first == f"<!-- cdktf-dr:review{' shop' if name else ''} -->"
    assert [item["id"] for item in comments] == [100]
    assert "not reviewed" in comments[0]["body"]
    assert "https://github.com/acme/shop/actions/runs/9" in comments[0]["body"]


def test_two_calls_end_neither_each_other_nor_name_their_artifacts_alike() -> None:
    content = loaded(WORKFLOW)
    named = [
        step["with"]["name"]
        for job in content["jobs"].values()
        for step in job["steps"]
        if "artifact@" in step.get("uses", "")
    ]

    assert {"${{ github.workflow }}", "${{ inputs.name }}"} <= set(
        content["concurrency"]["group"].split("-", 2)[2].split("-")[:2]
    )
    assert all("inputs.name" in name for name in named)
    assert len(named) == 4


def test_a_failed_review_job_fails_the_verdict(runner: Runner) -> None:
    """Without an exit code nothing was reviewed."""
    assert runner.run(steps(WORKFLOW, "report")["Verdict"], {"needs.review.outputs.exit-code": ""}).code == 3


# ---------------------------------------------------------------- what the YAML says


def _used() -> Iterator[tuple[str, str]]:
    for file in (WORKFLOW, REVIEW, COMMENT):
        for line in file.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"\s*(?:- )?uses: (\S+)\s*(.*)", line):
                yield match[1], match[2]


def test_every_action_of_others_is_pinned_to_a_commit_with_its_version() -> None:
    others = [(name, comment) for name, comment in _used() if not name.startswith("./")]

    assert others
    for name, comment in others:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name), name
        assert re.fullmatch(r"# v\d+\.\d+\.\d+", comment), name


def test_our_actions_are_where_the_workflow_looks_for_them() -> None:
    ours = [name for name, _ in _used() if name.startswith("./")]

    assert ours
    assert all((ROOT / name.removeprefix("./.drctl/") / "action.yml").is_file() for name in ours)


def test_what_a_pull_request_brings_runs_where_there_is_neither_role_nor_right() -> None:
    content = loaded(WORKFLOW)

    assert content["permissions"] == {}
    assert {name: job["permissions"] for name, job in content["jobs"].items()} == {
        "synthesize": {"contents": "read"},
        "review": {"contents": "read", "id-token": "write"},
        "report": {"contents": "read", "pull-requests": "write", "security-events": "write"},
    }
    for name in ("review", "report"):
        checkouts = [step for step in content["jobs"][name]["steps"] if "actions/checkout@" in step.get("uses", "")]
        assert [step["with"]["ref"] for step in checkouts] == [
            "${{ inputs.commit || github.event.pull_request.base.sha }}"
        ]
        assert "inputs.install" not in json.dumps(content["jobs"][name])
        assert "inputs.synthesize" not in json.dumps(content["jobs"][name])


def test_no_script_holds_an_expression() -> None:
    """Its value would become part of the program; a branch can have any name."""
    scripts = [
        step["run"]
        for found in (*(steps(WORKFLOW, job) for job in JOBS), steps(REVIEW), steps(COMMENT))
        for step in found.values()
        if "run" in step
    ]

    assert len(scripts) >= 8
    assert [script for script in scripts if "${{" in script] == []


def test_the_inputs_that_the_workflow_gives_are_inputs_of_the_actions() -> None:
    for job, step, action in (("review", "Review", REVIEW), ("report", "Comment", COMMENT)):
        assert set(steps(WORKFLOW, job)[step]["with"]) <= set(loaded(action)["inputs"])


def test_everything_that_the_workflow_names_in_the_repository_is_there() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")

    assert ".pins/action.txt" in REVIEW.read_text(encoding="utf-8")
    assert (ROOT / ".pins" / "action.txt").is_file()
    for name in (".pins/python.txt", "stacks/recovery.yaml", "docs/ci.md"):
        assert name in text
        assert (ROOT / name).exists()
    assert loaded(ROOT / "cdktf.json")["app"] in text
