"""A workload's routing, applied by the real Terraform: what turns its records, alone and together with what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.objectives import Objective
from constructs_lib.terraform.engine import App
from tests.emulator.edges.endpoint import answered, zone
from tests.emulator.test_changes_of_pattern import PRIMARY, RECOVERY, AppliedStack
from tests.terraform.own_state import stack_with_own_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws
    from tests.emulator.edges.endpoint import Endpoint

pytestmark = [pytest.mark.emulator]

_TURNED = 3 * 30 + 30


class _Routed:
    """A workload of nothing but its routing, whose endpoints answer `/health` and `/data`."""

    def __init__(
        self, aws: EmulatedAws, endpoint: Callable[..., Endpoint], tmp_path: Path, name: str, **changed: Any
    ) -> None:
        self._aws, self._name = aws, name
        self._zone = zone(aws, f"{name}.test")
        self.one, self.two = (endpoint(f"{side}.{name}.test") for side in ("one", "two"))
        app = App(outdir=str(tmp_path / "cdktf.out"))
        stack = stack_with_own_state(app, name, tmp_path)
        routing = HealthCheckRouting(
            zone_id=self._zone.rpartition("/")[2],
            record_name=f"api.{name}.test",
            primary_endpoint=f"one.{name}.test",
            recovery_endpoint=f"two.{name}.test",
            data_path="/data",
            **changed,
        )
        sites = Sites.in_one_stack(stack, name, primary=PRIMARY, recovery=RECOVERY)
        Workload(sites, objective=Objective("1d", "1d"), routing=routing)
        app.synth()
        (tmp_path / "cdk.tf.json").write_bytes((tmp_path / f"cdktf.out/stacks/{name}/cdk.tf.json").read_bytes())
        terraform = AppliedStack(tmp_path, aws)
        terraform("init", "-input=false", "-no-color")
        terraform("apply", "-input=false", "-no-color", "-auto-approve", "-parallelism=40")
        again = terraform("plan", "-input=false", "-no-color", "-detailed-exitcode", codes=(0, 2))
        assert again.returncode == 0, again.stdout

    def latch(self, value: int) -> None:
        data = [{"MetricName": "Latch", "Dimensions": [{"Name": "Workload", "Value": self._name}], "Value": value}]
        self._aws.client("cloudwatch", RECOVERY).put_metric_data(Namespace="Recovery", MetricData=data)

    def answers(self, times: int = 1, *, seconds: int = _TURNED) -> Counter[str]:
        """Return how often which endpoint is answered, once the checkers have had their time."""
        self._aws.let_pass(seconds)
        name = f"api.{self._name}.test"
        asked = (answered(self._aws, self._zone, name, "CNAME") for _ in range(times))
        return Counter(found.partition(".")[0] for (found,) in asked)


def test_the_data_turn_the_record_as_the_service_does(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    routed = _Routed(aws, endpoint, tmp_path, "eitherway")

    assert routed.answers() == {"one": 1}
    routed.one.failing = {"/data"}
    assert routed.answers() == {"two": 1}
    routed.one.failing = {"/health"}
    assert routed.answers() == {"two": 1}
    routed.one.failing = set()
    assert routed.answers() == {"one": 1}


def test_one_of_service_and_data_alone_does_not_turn_what_waits_for_both_and_the_latch_does(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    routed = _Routed(aws, endpoint, tmp_path, "bothofthem", moves_when="all")

    for failing, answered_by in (({"/data"}, "one"), ({"/health"}, "one"), ({"/health", "/data"}, "two")):
        routed.one.failing = failing
        assert routed.answers() == {answered_by: 1}, failing
    routed.one.failing = set()
    assert routed.answers() == {"one": 1}
    routed.latch(1)
    assert routed.answers() == {"two": 1}
    assert routed.answers(seconds=1800) == {"two": 1}
    routed.latch(0)
    assert routed.answers() == {"one": 1}


def test_weighted_records_share_out_and_leave_out_whoever_fails(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    routed = _Routed(aws, endpoint, tmp_path, "shared", recovery_share_percent=40)

    shared = routed.answers(200)
    # 40 % of 200, and the odds of less than 40 or more than 120 are below 1 in 10 million.
    assert 40 < shared["two"] < 120
    routed.two.failing = {"/data"}
    assert routed.answers(20) == {"one": 20}
    routed.two.failing, routed.one.failing = set(), {"/health"}
    assert routed.answers(20) == {"two": 20}
    routed.one.failing = set()
    routed.latch(1)
    assert routed.answers(20) == {"two": 20}
    routed.latch(0)
    assert len(routed.answers(50)) == 2
