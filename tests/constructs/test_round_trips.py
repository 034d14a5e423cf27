"""How often the engine is asked: each time is a message to Node.js and one back, which is what a synth takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsii._kernel.providers.process import _NodeProcess

from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.objectives import Objective, Target
from constructs_lib.terraform.engine import App, Construct, TerraformStack


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the engine is asked from now on."""
    found: list[str] = []
    send = _NodeProcess.send

    def noted(self: Any, request: Any, response: Any) -> Any:
        found.append(type(request).__name__)
        return send(self, request, response)

    monkeypatch.setattr(_NodeProcess, "send", noted)
    return found


def build(outdir: Path, workloads: int) -> None:
    app = App(outdir=str(outdir))
    stack = TerraformStack(app, "team")
    for number in range(workloads):
        name = f"workload-{number}"
        sites = Sites.in_one_stack(Construct(stack, name), name, primary="eu-west-1")
        workload = Workload(sites, objective=Objective(hardware=Target(rto="1h", rpo="1h")))
        Bucket(workload, "files")
        Table(workload, "orders", partition_key=KeyAttribute(name="order_id", type="S"))
    app.synth()


def test_a_further_workload_is_less_than_three_questions_a_resource(asked: list[str], tmp_path: Path) -> None:
    """One makes the resource; the others make constructs and outputs, and look for what is in their place."""
    build(tmp_path, 1)
    few = len(asked)
    build(tmp_path, 3)
    many = len(asked) - few
    resources, workloads = 10, 2

    assert many - few <= 2.75 * resources * workloads
    assert asked.count("CreateRequest") >= resources * workloads
