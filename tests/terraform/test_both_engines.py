from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.terraform.child_process import require_engines, run_python

if TYPE_CHECKING:
    from pathlib import Path


def _synthesized(engine: str, directory: Path) -> dict[str, dict[str, Any]]:
    result = run_python("-m", "tests.terraform.sample_app", str(directory), CDKTF_DR_ENGINE=engine)

    assert result.returncode == 0, result.stderr
    assert result.stdout == engine
    stacks = {}
    for path in sorted(directory.glob("stacks/*/cdk.tf.json")):
        stacks[path.parent.name] = json.loads(path.read_text(encoding="utf-8"))
        # The one thing that is meant to differ: the engine writes its own version.
        del stacks[path.parent.name]["//"]["metadata"]["version"]
    return stacks


@pytest.fixture(scope="module")
def by_cdktf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    require_engines("cdktf")
    return _synthesized("cdktf", tmp_path_factory.mktemp("cdktf"))


def test_both_engines_make_the_same_terraform(by_cdktf: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    require_engines("cdktn")

    assert {"primary", "reader"} == by_cdktf.keys()
    assert by_cdktf == _synthesized("cdktn", tmp_path)


def test_a_token_crosses_stacks_through_the_state_of_the_first(by_cdktf: dict[str, dict[str, Any]]) -> None:
    output = by_cdktf["primary"]["output"]["cross-stack-output-aws_s3_bucketordersarn"]
    value = by_cdktf["reader"]["resource"]["aws_ssm_parameter"]["parameter"]["value"]

    assert output == {"sensitive": True, "value": "${aws_s3_bucket.orders.arn}"}
    assert value.startswith("${data.terraform_remote_state.cross-stack-reference-input-primary.outputs.")


def test_an_aspect_edits_tags_with_dots_in_their_names(by_cdktf: dict[str, dict[str, Any]]) -> None:
    buckets = by_cdktf["primary"]["resource"]["aws_s3_bucket"].values()

    assert [bucket["tags"] for bucket in buckets] == [{"recovery:rto": "1h", "team.owner": "payments"}] * 2


def test_an_aliased_provider_is_named_by_its_resources_only(by_cdktf: dict[str, dict[str, Any]]) -> None:
    buckets = by_cdktf["primary"]["resource"]["aws_s3_bucket"]
    (copy,) = (bucket for name, bucket in buckets.items() if name != "orders")

    assert copy["provider"] == "aws.recovery"
    assert "provider" not in buckets["orders"]


def test_the_main_child_leaves_no_trace_in_its_address(by_cdktf: dict[str, dict[str, Any]]) -> None:
    assert "orders" in by_cdktf["primary"]["resource"]["aws_s3_bucket"]


def test_tag_names_of_a_provider_keep_their_case(by_cdktf: dict[str, dict[str, Any]]) -> None:
    provider = by_cdktf["primary"]["provider"]["aws"][0]

    assert provider["default_tags"] == [{"tags": {"CostCenter": "42", "recovery:workload": "shop"}}]
