"""What a standby is given lies in its own Region, or the review says what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.made import ACCOUNT, AWAY, HOME, declared, plan, resource
from tests.review.recorded import TODAY

IMAGE = f"{ACCOUNT}.dkr.ecr.{{}}.amazonaws.com/shop/web@sha256:{'0' * 64}"
SECRET = f"arn:aws:secretsmanager:{{}}:{ACCOUNT}:secret:shop/token-AbCdEf"
PARAMETER = f"arn:aws:ssm:{{}}:{ACCOUNT}:parameter/shop/level"


def container(region: str, **changes: Any) -> dict[str, Any]:
    given = {
        "name": "web",
        "image": IMAGE.format(region),
        "environment": [{"name": "DATABASE", "value": f"db.{region}.example.com"}],
        "secrets": [
            {"name": "TOKEN", "valueFrom": SECRET.format(region)},
            {"name": "LEVEL", "valueFrom": PARAMETER.format(region)},
        ],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/web", "awslogs-region": region}},
    }
    return given | changes


def service(region: str, definition: str | None = None, **changes: Any) -> list[dict[str, Any]]:
    name = "home" if region == HOME else "there"
    arn = f"arn:aws:ecs:{region}:{ACCOUNT}:task-definition/web:1"
    text = json.dumps([container(region, **changes)]) if definition is None else definition
    described = {"family": "web", "arn": arn, "id": "web", "container_definitions": text}
    running = {"name": "web", "id": f"web-{name}", "task_definition": arn, "desired_count": 4 if name == "home" else 1}
    return [
        resource(f"aws_ecs_task_definition.{name}", described, region=region),
        resource(f"aws_ecs_service.{name}", running, region=region),
    ]


def given(region: str, *, replica: bool = True) -> list[dict[str, Any]]:
    """What the service of a Region is given, but for secret and image, which are replicated."""
    found = [
        resource(f"aws_ssm_parameter.{region}", {"name": "/shop/level", "id": "/shop/level"}, region=region),
        resource(f"aws_cloudwatch_log_group.{region}", {"name": "/web", "id": "/web"}, region=region),
    ]
    if region == HOME:
        arn = SECRET.format(HOME)
        blocks = [{"region": AWAY}] if replica else []
        rule = {"destination": [{"region": AWAY, "registry_id": ACCOUNT}]}
        found += [
            resource(
                "aws_secretsmanager_secret.token", {"name": "shop/token", "arn": arn, "id": arn, "replica": blocks}
            ),
            resource("aws_ecr_repository.web", {"name": "shop/web", "id": "shop/web"}),
            resource(
                "aws_ecr_replication_configuration.all",
                {"id": ACCOUNT, "replication_configuration": [{"rule": [rule]}]},
            ),
        ]
    return found


def found(*resources: dict[str, Any], **more: Any) -> dict[str, str]:
    """Return the messages about a standby, by the id of the finding."""
    content = json.dumps(plan(*resources, **more)).encode()
    findings = review(read_plan(content), declared(), today=TODAY).findings
    known = {f"RECOVERY-{number}" for number in (231, 232, 233, 235)}
    return {item.id: item.message for item in findings if item.id in known}


EVERYTHING = [*service(HOME), *given(HOME), *given(AWAY)]


def test_a_standby_that_has_its_own_of_everything_is_whole() -> None:
    assert found(*EVERYTHING, *service(AWAY)) == {}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"image": IMAGE.format(HOME)}, "container_definitions.0.image"),
        ({"secrets": [{"name": "A", "valueFrom": SECRET.format(HOME)}]}, "container_definitions.0.secrets.0.valueFrom"),
        (
            {"secrets": [{"name": "A", "valueFrom": PARAMETER.format(HOME)}]},
            "container_definitions.0.secrets.0.valueFrom",
        ),
        (
            {"logConfiguration": {"options": {"awslogs-group": "/web", "awslogs-region": HOME}}},
            "container_definitions.0.logConfiguration.options.awslogs-region",
        ),
    ],
)
def test_what_it_starts_with_may_not_lie_in_the_region_that_failed(changes: dict[str, Any], path: str) -> None:
    messages = found(*EVERYTHING, *service(AWAY, **changes))

    assert list(messages) == ["RECOVERY-231"]
    assert f"{path} of the standby in {AWAY} leads to {HOME}" in messages["RECOVERY-231"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (HOME, f"AWS_REGION is {HOME}"),
        ("ours", "the bucket ours"),
        ("https://ours.s3.amazonaws.com", "the bucket ours"),
    ],
)
def test_what_tells_of_that_region_by_a_name_is_a_warning(value: str, said: str) -> None:
    files = resource("aws_s3_bucket.files", {"id": "ours", "bucket": "ours"})
    messages = found(*EVERYTHING, files, *service(AWAY, environment=[{"name": "AWS_REGION", "value": value}]))

    assert list(messages) == ["RECOVERY-233"]
    assert messages["RECOVERY-233"].endswith(said)


def test_what_it_is_told_of_that_region_is_a_warning() -> None:
    queue = f"https://sqs.{HOME}.amazonaws.com/{ACCOUNT}/orders"
    messages = found(*EVERYTHING, *service(AWAY, environment=[{"name": "QUEUE", "value": queue}]))

    assert list(messages) == ["RECOVERY-233"]
    assert f"sqs.{HOME}.amazonaws.com" in messages["RECOVERY-233"]


@pytest.mark.parametrize(
    ("missing", "what"),
    [
        (f"aws_ssm_parameter.{AWAY}", f"a parameter there, and aws_ssm_parameter.{HOME}"),
        (f"aws_cloudwatch_log_group.{AWAY}", f"a log group there, and aws_cloudwatch_log_group.{HOME}"),
    ],
)
def test_what_it_names_has_to_be_in_its_region(missing: str, what: str) -> None:
    left = [item for item in EVERYTHING if item["address"] != missing]

    messages = found(*left, *service(AWAY))
    assert list(messages) == ["RECOVERY-232"]
    assert f"names {what} is in {HOME} alone" in messages["RECOVERY-232"]


def test_a_secret_without_a_replica_there_is_missed() -> None:
    messages = found(*service(HOME), *given(HOME, replica=False), *given(AWAY), *service(AWAY))

    assert "aws_secretsmanager_secret.token is in" in messages["RECOVERY-232"]


def test_a_replica_of_a_secret_that_failed_is_none() -> None:
    parts = [*service(HOME), *given(HOME), *given(AWAY), *service(AWAY)]
    (secret,) = (item for item in parts if item["type"] == "aws_secretsmanager_secret")
    for side in ("before", "after"):
        secret["change"][side]["replica"] = [{"region": AWAY, "status": "Failed"}]

    assert "aws_secretsmanager_secret.token is in" in found(*parts)["RECOVERY-232"]


def test_an_image_is_missed_where_the_registry_is_known_to_replicate_others() -> None:
    rule = {
        "destination": [{"region": AWAY, "registry_id": ACCOUNT}],
        "repository_filter": [{"filter": "other/", "filter_type": "PREFIX_MATCH"}],
    }
    without = [item for item in EVERYTHING if "replication" not in item["address"]]
    others = resource(
        "aws_ecr_replication_configuration.all", {"id": ACCOUNT, "replication_configuration": [{"rule": [rule]}]}
    )

    assert "aws_ecr_repository.web is in" in found(*without, others, *service(AWAY))["RECOVERY-232"]
    # There is one for each registry, which another state may have.
    assert found(*without, *service(AWAY)) == {}


def test_what_other_states_have_is_not_guessed() -> None:
    assert found(*service(HOME), *service(AWAY)) == {}


def test_a_definition_known_after_apply_tells_by_what_it_is_made_of() -> None:
    there = service(AWAY)
    del there[0]["change"]["after"]["container_definitions"]
    there[0]["change"]["after_unknown"] = {"container_definitions": True}
    references = ["aws_secretsmanager_secret.token.arn", "aws_secretsmanager_secret.token"]
    configured = {
        "address": "aws_ecs_task_definition.there",
        "mode": "managed",
        "type": "aws_ecs_task_definition",
        "name": "there",
        "provider_config_key": "aws",
        "expressions": {"container_definitions": {"references": references}},
        "schema_version": 1,
    }
    messages = found(*EVERYTHING, *there, configuration={"root_module": {"resources": [configured]}})

    assert messages["RECOVERY-231"].endswith(f"leads to {HOME}: aws_secretsmanager_secret.token")


def test_what_is_sensitive_is_not_shown() -> None:
    there = service(AWAY, image=IMAGE.format(HOME))
    there[0]["change"]["after_sensitive"] = {"container_definitions": True}
    messages = found(*EVERYTHING, *there)

    assert ACCOUNT not in messages["RECOVERY-231"]
    assert "it is sensitive" in messages["RECOVERY-231"]


@pytest.mark.parametrize("text", ["", "[", "{}", '["a"]', '[{"secrets": 1, "logConfiguration": [], "image": 2}]'])
def test_a_definition_that_is_none_says_nothing(text: str) -> None:
    assert found(*EVERYTHING, *service(AWAY, definition=text)) == {}


WRITER = "shop.global-abc123.global.rds.amazonaws.com"


def test_a_standby_that_writes_across_regions_needs_networks_that_are_connected() -> None:
    """The endpoint follows the writer, and leads to an address in the VPC where that is."""
    standby = service(AWAY, environment=[{"name": "DATABASE", "value": f"postgresql://{WRITER}:5432/shop"}])
    messages = found(*EVERYTHING, *standby)

    assert list(messages) == ["RECOVERY-235"]
    assert f"DATABASE of the standby in {AWAY} names the writer endpoint" in messages["RECOVERY-235"]
    assert messages["RECOVERY-235"].endswith(WRITER)

    peering = {"vpc_id": "vpc-1", "peer_vpc_id": "vpc-2", "peer_region": AWAY, "id": "pcx-1"}
    assert found(*EVERYTHING, *standby, resource("aws_vpc_peering_connection.both", peering)) == {}


_DATA = {
    "aws_db_instance": {"engine": "postgres"},
    "aws_s3_bucket": {},
}


def _with_data(kind: str, *more: dict[str, Any], away: str = "away") -> Verdict:
    """Services that are each given something that holds data in their Region."""
    made = []
    for name, region in (("home", HOME), ("away", AWAY)):
        arn = f"arn:aws:s3:::{name}" if kind == "aws_s3_bucket" else f"arn:aws:rds:{region}:{ACCOUNT}:db:{name}"
        named = "bucket" if kind == "aws_s3_bucket" else "identifier"
        made.append(resource(f"{kind}.{name}", {"id": name, "arn": arn, named: name, **_DATA[kind]}, region=region))
    given = [
        ("aws_ecs_task_definition", "home", f"{kind}.home.id"),
        ("aws_ecs_task_definition", "there", f"{kind}.{away}.id"),
    ]
    code = [
        {
            "address": f"{type}.{name}",
            "mode": "managed",
            "type": type,
            "name": name,
            "expressions": {"container_definitions": {"references": [reference, reference.rpartition(".")[0]]}},
        }
        for type, name, reference in given
    ]
    whole = plan(*EVERYTHING, *service(AWAY), *made, *more, configuration={"root_module": {"resources": code}})
    objectives = declared(_OF_SERVICE)
    (component,) = review(read_plan(json.dumps(whole).encode()), objectives, today=TODAY).components
    return component.verdict


_OF_SERVICE = """
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {region: {rto: 4h, rpo: 4h}}
    components: [{match: "aws_ecs_service.home"}]
"""


def _replicating(source: str, destination: str) -> dict[str, Any]:
    rule = {"id": "all", "status": "Enabled", "destination": [{"bucket": f"arn:aws:s3:::{destination}"}]}
    values = {"bucket": source, "role": f"arn:aws:iam::{ACCOUNT}:role/it", "rule": [rule]}
    return resource(f"aws_s3_bucket_replication_configuration.{source}", values)


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ([], Verdict.UNKNOWN),
        ([_replicating("home", "away")], Verdict.MET),
        ([_replicating("away", "home")], Verdict.MET),
        ([_replicating("away", "other")], Verdict.UNKNOWN),
    ],
)
def test_a_standby_over_data_that_nothing_copies_to_is_open(more: list[dict[str, Any]], verdict: Verdict) -> None:
    assert _with_data("aws_s3_bucket", *more) is verdict


def _follower() -> dict[str, Any]:
    values = {"id": "r", "arn": f"arn:aws:rds:{AWAY}:{ACCOUNT}:db:r", "identifier": "r", "engine": "postgres"}
    source = {"replicate_source_db": f"arn:aws:rds:{HOME}:{ACCOUNT}:db:home"}
    return resource("aws_db_instance.follower", {**values, **source}, region=AWAY)


@pytest.mark.parametrize(
    ("given", "verdict"), [("away", Verdict.UNKNOWN), ("home", Verdict.UNKNOWN), ("follower", Verdict.MET)]
)
def test_a_standby_needs_a_database_that_follows_the_one_at_home(given: str, verdict: Verdict) -> None:
    assert _with_data("aws_db_instance", _follower(), away=given) is verdict


def test_a_standby_that_is_to_be_given_the_database_at_home_is_told_of() -> None:
    """On a first plan its definition is not known, and what it names is."""
    database = {"identifier": "home", "engine": "postgres"}
    entries = [*service(HOME), *service(AWAY), *given(HOME), *given(AWAY), resource("aws_db_instance.home", database)]
    definition = next(item for item in entries if item["address"] == "aws_ecs_task_definition.there")
    definition["change"] |= {"actions": ["create"], "before": None, "after_unknown": {"container_definitions": True}}
    del definition["change"]["after"]["container_definitions"]
    named = {"references": ["aws_db_instance.home.address", "aws_db_instance.home"]}
    code = {
        "address": definition["address"],
        "mode": "managed",
        "type": definition["type"],
        "name": definition["name"],
        "expressions": {"container_definitions": named},
    }

    told = found(*entries, configuration={"root_module": {"resources": [code]}})

    assert "aws_db_instance.home" in told["RECOVERY-233"]
