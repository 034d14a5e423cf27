"""How often the engine is asked: each time is a message to Node.js and one back, which is what a synth takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsii._kernel.providers.process import _NodeProcess
from jsii._kernel.types import CreateRequest

from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.objectives import Objective, Target
from constructs_lib.terraform.engine import ENGINE, App, Construct, TerraformStack


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the engine is asked from now on."""
    found: list[Any] = []
    send = _NodeProcess.send

    def noted(self: Any, request: Any, response: Any) -> Any:
        found.append(request)
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


def test_a_further_workload_is_little_more_than_two_questions_a_resource(asked: list[Any], tmp_path: Path) -> None:
    """One makes the resource; the others make constructs and outputs, and look for what is in their place."""
    build(tmp_path, 1)
    few = len(asked)
    build(tmp_path, 3)
    many = len(asked) - few
    resources, workloads = 10, 2

    assert many - few <= 2.2 * resources * workloads
    made = [request for request in asked if isinstance(request, CreateRequest)]
    assert sum(request.fqn.endswith(".TerraformResource") for request in made) >= resources * workloads


def test_no_resource_is_told_what_stands_for_the_engines_methods(asked: list[Any], tmp_path: Path) -> None:
    """Node.js would make each anew for each object, and Python look for them."""
    build(tmp_path, 1)

    made = [request for request in asked if isinstance(request, CreateRequest)]
    assert [request for request in made if request.fqn.endswith((".TerraformResource", ".TerraformOutput"))]
    assert {request.fqn for request in made if request.overrides} <= {
        f"{ENGINE}.TerraformElement",
        f"{ENGINE}.TerraformProvider",
        "Object",
    }
