"""What is taken away from the recovery of a reference stack fails the synth, each part by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.constructs.workload.summary import QUIET
from constructs_lib.terraform.engine import App, TerraformStack
from constructs_lib.terraform.written import blocks_of
from stacks.application import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib import Workload


@pytest.fixture(name="built")
def _built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[App, tuple[Workload, ...]]:
    monkeypatch.setenv(QUIET, "1")
    app = App(outdir=str(tmp_path))
    return app, build(app)


def take_away(app: App, path: str) -> None:
    """Take the resource at *path* out of the tree, as a team does that wants to do without it."""
    *scopes, name = path.split("/")
    scope = app.node
    for part in scopes:
        scope = scope.find_child(part).node
    assert scope.try_remove_child(name)


def paths_of(stack: TerraformStack) -> Iterator[str]:
    return (path for path, _, _ in blocks_of(stack))


def test_every_part_of_a_recovery_site_is_missed_by_its_path(built: tuple[App, tuple[Workload, ...]]) -> None:
    """Key, bucket, table, cluster, secret, service, alarm, dashboard, and the links of the global stack."""
    app, workloads = built
    parts = 0
    for workload in workloads:
        sites = workload.sites
        assert sites.recovery is not None
        assert list(sites.recovery.stack.node.validate()) == []
        for stack in (sites.recovery.stack, sites.global_.stack):
            paths = list(paths_of(stack))
            for path in paths:
                take_away(app, path)
            found = [text.partition(":")[0] for text in sites.recovery.stack.node.validate() if "taken away" in text]
            assert set(paths) <= set(found)
            parts += len(paths)

    assert parts > 200
    with pytest.raises(Exception, match="payments-recovery/RecoveryKey: this aws_kms_key was taken away"):
        app.synth()


def test_the_role_that_starts_tasks_there_is_missed_and_one_of_the_primary_region_is_not(
    built: tuple[App, tuple[Workload, ...]],
) -> None:
    app, workloads = built
    (sites,) = [item.sites for item in workloads if item.name == "reporting"]
    assert sites.recovery is not None

    for name in ("ExecutionRole", "RecoveryExecutionRole"):
        take_away(app, f"reporting-primary/viewer/{name}/Default")

    (found,) = sites.recovery.stack.node.validate()
    assert found.startswith("reporting-primary/viewer/RecoveryExecutionRole/Default: this aws_iam_role was taken away")


def test_what_somebody_answers_for_is_left_out_of_the_file(
    built: tuple[App, tuple[Workload, ...]], tmp_path: Path
) -> None:
    """Before, it was written all the same, and without its provider, which made it in another Region."""
    app, workloads = built
    (sites,) = [item.sites for item in workloads if item.name == "payments"]
    assert sites.recovery is not None
    (dashboard,) = [path for path in paths_of(sites.recovery.stack) if "dashboard" in path]
    take_away(app, dashboard)
    sites.external(dashboard, owner="monitoring team")

    app.synth()

    written = (tmp_path / "stacks/payments-recovery/cdk.tf.json").read_text(encoding="utf-8")
    assert "aws_cloudwatch_dashboard" not in written
    assert "aws_kms_key" in written
