"""Where things are when the provider's Region is not written out: every witness counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.plan import read_plan
from tests.plan.by_hand import expression, hand_made, resource

if TYPE_CHECKING:
    from constructs_lib.plan import Plan

_HOME, _AWAY = "eu-west-1", "eu-central-1"
_BOTH = (_HOME, _AWAY)


_INSTANCE = resource("aws_db_instance.main", "aws", {"engine": "postgres", "identifier": "main"})
_AWAY_INSTANCE = resource("aws_db_instance.other", "aws.away", {"engine": "postgres", "identifier": "other"})


def _region(plan: Plan, address: str = "aws_db_instance.main") -> str | None:
    return plan.resources_after[address].region


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (expression("var.region"), _HOME),
        (expression("var.region.primary", "var.region"), {"primary": _HOME}),
        (expression('var.region["primary"]', "var.region"), {"primary": _HOME}),
        (expression("var.region[1]", "var.region"), ["us-east-1", _HOME]),
        (
            expression("var.region.sites[0].name", "var.region.sites[0]", "var.region.sites", "var.region"),
            {"sites": [{"name": _HOME}]},
        ),
    ],
)
def test_a_region_is_found_within_a_variable(expression: Any, value: Any) -> None:
    plan = hand_made(_INSTANCE, providers={"aws": expression}, variables={"region": {"value": value}})

    assert _region(plan) == _HOME


def test_a_region_comes_through_the_variables_of_modules_and_their_defaults() -> None:
    inner = {"variables": {"area": {}, "other": {"default": {"name": _AWAY}}}}
    call = {"expressions": {"area": expression("var.regions.home", "var.regions")}, "module": inner}
    resources = (
        resource("aws_db_instance.main", "module.shop:aws", {}),
        resource("aws_db_instance.other", "module.shop:aws.away", {}),
    )
    document = {
        "format_version": "1.2",
        "variables": {"regions": {"value": {"home": _HOME}}},
        "resource_changes": [item[0] for item in resources],
        "configuration": {
            "provider_config": {
                "module.shop:aws": {
                    "module_address": "module.shop",
                    "expressions": {"region": expression("var.area")},
                },
                "module.shop:aws.away": {
                    "module_address": "module.shop",
                    "expressions": {"region": expression("var.other.name", "var.other")},
                },
            },
            "root_module": {"resources": [item[1] for item in resources], "module_calls": {"shop": call}},
        },
    }
    plan = read_plan(json.dumps(document).encode())

    assert [_region(plan, name) for name in ("aws_db_instance.main", "aws_db_instance.other")] == [_HOME, _AWAY]


@pytest.mark.parametrize(
    "expression", [expression("var.area", "var.number"), expression("local.region"), {}, expression("var.region")]
)
def test_what_is_put_together_out_of_several_things_is_not_guessed(expression: Any) -> None:
    variables = {"area": {"value": "eu-west"}, "number": {"value": "1"}, "region": {"value": {"name": _HOME}}}

    assert _region(hand_made(_INSTANCE, providers={"aws": expression}, variables=variables)) is None


@pytest.mark.parametrize(
    ("type", "values"),
    [
        ("aws_subnet", {"availability_zone": f"{_HOME}b"}),
        ("aws_rds_cluster", {"availability_zones": [f"{_HOME}a", f"{_HOME}b"]}),
        ("aws_sns_topic", {"arn": f"arn:aws:sns:{_HOME}:123456789012:alarms"}),
        # Of types that nothing else is read of.
        ("aws_ebs_volume", {"availability_zone": f"{_HOME}b"}),
        ("aws_lambda_function", {"arn": f"arn:aws:lambda:{_HOME}:123456789012:function:resize"}),
    ],
)
def test_any_resource_of_the_same_provider_tells_its_region(type: str, values: dict[str, Any]) -> None:
    witness = resource(f"{type}.witness", "aws", values)

    assert _region(hand_made(_INSTANCE, witness, providers={"aws": None})) == _HOME


def test_a_target_tells_nothing_by_what_it_sends_to() -> None:
    """Its `arn` is a bus's, in another Region maybe, and not its own."""
    zone = resource("aws_subnet.witness", "aws", {"availability_zone": f"{_HOME}b"})
    sends = resource(
        "aws_cloudwatch_event_target.it", "aws", {"arn": f"arn:aws:events:{_AWAY}:123456789012:event-bus/a"}
    )

    assert _region(hand_made(_INSTANCE, sends, providers={"aws": None})) is None
    assert _region(hand_made(_INSTANCE, zone, sends, providers={"aws": None})) == _HOME


def test_witnesses_that_disagree_tell_nothing() -> None:
    witnesses = [
        resource(f"aws_sns_topic.{region}", "aws", {"arn": f"arn:aws:sns:{region}:123456789012:alarms"})
        for region in _BOTH
    ]

    assert _region(hand_made(_INSTANCE, *witnesses, providers={"aws": None})) is None


@pytest.mark.parametrize(
    ("type", "values", "expressions", "region"),
    [
        ("aws_region", {"name": _HOME, "id": _HOME}, {}, _HOME),
        ("aws_region", {"region": _HOME, "id": _HOME}, {}, _HOME),
        ("aws_region", {"name": _HOME, "id": _HOME}, {"name": {"constant_value": _HOME}}, None),
        ("aws_availability_zones", {"names": [f"{_HOME}a", f"{_HOME}b"]}, {}, _HOME),
        ("aws_arn", {"arn": f"arn:aws:sns:{_HOME}:123456789012:alarms"}, {}, None),
    ],
)
def test_data_sources_tell_the_region_they_were_read_in(
    type: str, values: dict[str, Any], expressions: dict[str, Any], region: str | None
) -> None:
    source = {"address": f"data.{type}.here", "mode": "data", "type": type, "name": "here"}
    plan = hand_made(
        _INSTANCE,
        providers={"aws": None},
        root={
            "resources": [_INSTANCE[1], {**source, "provider_config_key": "aws", "expressions": expressions}],
        },
        prior_state={"values": {"root_module": {"resources": [{**source, "values": values}]}}},
        complete=True,
    )

    assert _region(plan) == region


@pytest.mark.parametrize(
    ("providers", "regions"),
    [
        # What is written and not shown may be any Region, and both may be one.
        ({"aws": expression("local.here"), "aws.away": expression("local.away")}, [None, None]),
        ({"aws": expression("var.area"), "aws.away": expression("var.area")}, [None, None]),
        ({"aws": expression("module.places.home"), "aws.away": expression("module.places.home")}, [None, None]),
        ({"aws": {"constant_value": _HOME}, "aws.away": expression("local.away")}, [_HOME, None]),
        ({"aws": {"constant_value": "us-east-1"}, "aws.away": expression("local.away")}, ["us-east-1", None]),
        # What has it from the environment is where the workload runs, or what is left beside a known one.
        ({"aws": None, "aws.away": expression("local.away")}, [_HOME, None]),
        ({"aws": None, "aws.away": {"constant_value": _AWAY}}, [_HOME, _AWAY]),
        ({"aws": {"constant_value": _HOME}, "aws.away": None}, [_HOME, _AWAY]),
        ({"aws": None, "aws.away": {"constant_value": "us-east-1"}}, [_HOME, "us-east-1"]),
        ({"aws": None, "aws.away": None}, [None, None]),
    ],
)
def test_the_declared_regions_tell_what_the_plan_does_not(providers: dict[str, Any], regions: list[str | None]) -> None:
    known = {"area": {"value": "eu"}}
    plan = hand_made(_INSTANCE, _AWAY_INSTANCE, providers=providers, regions=_BOTH, variables=known)

    assert [_region(plan), _region(plan, "aws_db_instance.other")] == regions


def test_a_region_that_is_not_shown_is_said() -> None:
    providers = {"aws": {"constant_value": _HOME}, "aws.away": expression("local.away")}
    plan = hand_made(_INSTANCE, _AWAY_INSTANCE, providers=providers, regions=_BOTH)

    assert [(item.type, item.addresses) for item in plan.inventory] == [("provider", ("aws.away",))]
    assert "local values" in plan.inventory[0].reason


def test_what_was_taken_from_the_declaration_is_said() -> None:
    plan = hand_made(_INSTANCE, providers={"aws": None}, regions=_BOTH)

    assert [(item.type, item.addresses) for item in plan.inventory] == [("provider", ("aws",))]
    assert f"{_HOME} is taken from the declaration" in plan.inventory[0].reason


def test_what_has_one_provider_is_in_one_region_whatever_that_is_called() -> None:
    replica = resource(
        "aws_db_instance.copy", "aws", {"replicate_source_db": "main"}, replicate_source_db={"constant_value": "main"}
    )
    backed = resource("aws_db_instance.main", "aws", {"identifier": "main", "backup_retention_period": 7})
    plan = hand_made(backed, replica, providers={"aws": None})
    (copy,) = (item for item in plan.after[0].protections if item.mechanism == "read_replica")

    assert plan.after[0].region is None
    assert copy.doubts == ("the replica is in the same Region",)


def test_two_providers_may_be_in_one_region_or_in_two() -> None:
    plan = hand_made(_INSTANCE, _AWAY_INSTANCE, providers={"aws": None, "aws.away": None})
    here, there = (plan.resources_after[name] for name in ("aws_db_instance.main", "aws_db_instance.other"))

    assert here.same_region(there) is None


def test_a_region_of_its_own_sets_a_resource_apart_from_its_provider() -> None:
    other = resource("aws_db_instance.other", "aws", {}, region=expression("local.away"))
    plan = hand_made(_INSTANCE, other, providers={"aws": None})
    here, there = (plan.resources_after[name] for name in ("aws_db_instance.main", "aws_db_instance.other"))

    assert here.same_region(there) is None


@pytest.mark.parametrize("given", [expression("var.days"), {"constant_value": None}, None])
def test_a_null_argument_is_one_that_is_left_out(given: Any) -> None:
    entry, configured = _INSTANCE
    change = {**entry["change"], "after_unknown": {"backup_retention_period": True}}
    expressions = {} if given is None else {"backup_retention_period": given}
    plan = hand_made(
        ({**entry, "change": change}, {**configured, "expressions": expressions}),
        providers={"aws": {"constant_value": _HOME}},
        variables={"days": {"value": None}},
    )

    assert plan.resources_after["aws_db_instance.main"].left_out("backup_retention_period")


@pytest.mark.parametrize("given", [expression("local.days"), expression("aws_sns_topic.x.id"), {}])
def test_what_a_plan_cannot_follow_is_not_taken_for_null(given: Any) -> None:
    entry, configured = _INSTANCE
    change = {**entry["change"], "after_unknown": {"backup_retention_period": True}}
    plan = hand_made(
        ({**entry, "change": change}, {**configured, "expressions": {"backup_retention_period": given}}),
        providers={"aws": {"constant_value": _HOME}},
    )

    assert not plan.resources_after["aws_db_instance.main"].left_out("backup_retention_period")


@pytest.mark.parametrize(
    ("told", "region"),
    [
        ({"region": _AWAY}, _AWAY),
        # Since provider 6 the Region of a data source is where it looks.
        ({"region": _HOME, "bucket_region": _AWAY}, _AWAY),
        ({"region": _AWAY, "bucket_region": _HOME}, _HOME),
    ],
)
def test_a_data_source_tells_the_region_of_a_bucket_that_is_copied_to(told: dict[str, str], region: str) -> None:
    rule = {"status": "Enabled", "filter": [{}], "destination": [{"bucket": "arn:aws:s3:::copy"}]}
    values = {"bucket": "data", "role": "arn:aws:iam::123456789012:role/copy", "rule": [rule]}
    read = {
        "address": "data.aws_s3_bucket.copy",
        "mode": "data",
        "type": "aws_s3_bucket",
        "name": "copy",
        "values": {"bucket": "copy", "arn": "arn:aws:s3:::copy", **told},
    }
    plan = hand_made(
        resource("aws_s3_bucket.data", "aws", {"bucket": "data"}),
        resource("aws_s3_bucket_replication_configuration.this", "aws", values),
        providers={"aws": {"constant_value": _HOME}},
        prior_state={"values": {"root_module": {"resources": [read]}}},
    )

    replication = plan.after[0].protection("replication")
    assert replication is not None
    assert replication.region == region


@pytest.mark.parametrize(
    ("arguments", "region"), [({}, _HOME), ({"region": expression("terraform_data.x.output")}, None)]
)
def test_a_region_of_its_own_that_is_told_at_apply_is_not_that_of_its_provider(
    arguments: dict[str, Any], region: str | None
) -> None:
    entry, configured = resource("aws_s3_bucket.data", "aws", {"bucket": "data"}, **arguments)
    entry["change"]["after_unknown"]["region"] = True
    plan = hand_made((entry, configured), providers={"aws": {"constant_value": _HOME}})

    assert plan.after[0].region == region


def test_a_provider_with_a_for_each_is_several_of_which_a_plan_does_not_tell_one() -> None:
    """OpenTofu allows it: `provider "aws" { alias = "in", for_each = ..., region = each.value }`."""
    witness = resource("aws_subnet.witness", "aws", {"availability_zone": f"{_HOME}b"})
    other = resource("aws_db_instance.other", "aws", {"identifier": "other", "engine": "postgres"})
    providers = {"aws": {"references": ["each.value"]}}

    found = hand_made(_INSTANCE, other, witness, providers=providers, regions=_BOTH).resources_after

    assert {item.region for item in found.values() if item.type == "aws_db_instance"} == {None}
    assert found["aws_db_instance.main"].same_region(found["aws_db_instance.other"]) is None
