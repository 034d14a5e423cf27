"""Services: what stands by in the recovery Region, and that all it needs lies there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib import InEachRegion, Objective, Service, ServiceNetwork, Sites, Target, Workload
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import App

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "sha256:" + "0" * 64
IMAGE = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/web@{DIGEST}"
FOR_CLOUDFRONT = "arn:aws:acm:us-east-1:111122223333:certificate/c"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-AbCdEf"
CERTIFICATES = InEachRegion(
    primary="arn:aws:acm:eu-west-1:111122223333:certificate/a",
    recovery="arn:aws:acm:eu-central-1:111122223333:certificate/b",
)


def network(name: str) -> ServiceNetwork:
    return ServiceNetwork(
        vpc_id=f"vpc-{name}",
        load_balancer_subnet_ids=[f"subnet-{name}1", f"subnet-{name}2"],
        load_balancer_security_group_ids=[f"sg-{name}1"],
        task_subnet_ids=[f"subnet-{name}3"],
        task_security_group_ids=[f"sg-{name}2"],
    )


def build(directory: Path, **given: Any) -> dict[str, dict[str, Any]]:
    """Return the resources of each stack, by type and name."""
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1", account_id="111122223333")
    options: dict[str, Any] = {
        "image": IMAGE,
        "port": 8080,
        "network": network("here"),
        "recovery_network": network("there"),
        "certificate_arn": CERTIFICATES,
        **given,
    }
    objective = options.pop("objective", Objective(rto="4h", rpo="1h"))
    Service(Workload(sites, objective=objective), "web", **options)
    app.synth()
    return {
        role: json.loads((directory / f"stacks/shop-{role}/cdk.tf.json").read_text(encoding="utf-8")).get(
            "resource", {}
        )
        for role in ("primary", "recovery", "global")
    }


def one(stack: dict[str, Any], type: str) -> dict[str, Any]:
    (found,) = stack[type].values()
    return dict(found)


def container(stack: dict[str, Any]) -> dict[str, Any]:
    (found,) = json.loads(one(stack, "aws_ecs_task_definition")["container_definitions"])
    return dict(found)


@pytest.mark.parametrize(
    ("pattern", "tasks", "counts"),
    [("at_zero", 4, (4, 0)), ("at_a_share", 5, (5, 2)), ("in_full", 4, (4, 4))],
)
def test_as_many_tasks_stand_by_as_the_pattern_says(
    tmp_path: Path, pattern: str, tasks: int, counts: tuple[int, int]
) -> None:
    stacks = build(tmp_path, pattern=pattern, tasks=tasks, objective=Objective(rto="30d", rpo="30d"))

    found = [one(stacks[role], "aws_ecs_service")["desired_count"] for role in ("primary", "recovery")]
    least = [one(stacks[role], "aws_appautoscaling_target")["min_capacity"] for role in ("primary", "recovery")]
    assert tuple(found) == tuple(least) == counts


def test_one_region_has_nothing_in_the_other(tmp_path: Path) -> None:
    stacks = build(tmp_path, pattern="one_region", objective=Objective(zone=Target("4h", "1h")), recovery_network=None)

    assert stacks["recovery"] == {}


def test_definitions_stand_by_and_their_cluster_tells_where_the_rest_is_made(tmp_path: Path) -> None:
    """It is what costs least, so a promise of hours is kept with it."""
    stacks = build(
        tmp_path,
        secrets={"TOKEN": SECRET},
        access_log_bucket=InEachRegion(primary="logs-here", recovery="logs-there"),
        objective=Objective(rto="4h", rpo="1h"),
    )
    there = stacks["recovery"]

    made = {type for type in there if type.startswith(("aws_ecs", "aws_lb", "aws_appautoscaling", "aws_cloudwatch"))}
    assert made == {
        "aws_ecs_cluster",
        "aws_ecs_task_definition",
        "aws_lb_target_group",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_metric_alarm",
    }
    ends = one(there, "aws_cloudwatch_metric_alarm")
    assert (ends["metric_name"], ends["dimensions"]) == ("DaysToExpiry", {"CertificateArn": CERTIFICATES.recovery})
    assert ends["alarm_actions"] == ends["insufficient_data_actions"] != []
    assert container(there)["secrets"] == [{"name": "TOKEN", "valueFrom": SECRET.replace("eu-west-1", "eu-central-1")}]
    told = {key: value for key, value in one(there, "aws_ecs_cluster")["tags"].items() if "there" in str(value)}
    assert told | {"recovery:certificate": CERTIFICATES.recovery} == {
        "recovery:load-balancer-subnet-0": "subnet-there1",
        "recovery:load-balancer-subnet-1": "subnet-there2",
        "recovery:load-balancer-group-0": "sg-there1",
        "recovery:task-subnet-0": "subnet-there3",
        "recovery:task-group-0": "sg-there2",
        "recovery:certificate": CERTIFICATES.recovery,
        "recovery:access-log-bucket": "logs-there",
    }
    assert not any("subnet" in key for key in one(stacks["primary"], "aws_ecs_cluster")["tags"])


def test_definitions_are_named_as_the_service_that_they_become(tmp_path: Path) -> None:
    """Another pattern takes over what the day has made, by the same names."""
    names = []
    for pattern in ("definitions", "at_zero"):
        stack = build(tmp_path / pattern, pattern=pattern, objective=Objective(rto="30d", rpo="30d"))["recovery"]
        target, cluster = one(stack, "aws_lb_target_group")["name"], one(stack, "aws_ecs_cluster")["name"]
        names.append((target, cluster, one(stack, "aws_ecs_task_definition")["family"]))
    assert names[0] == names[1] == ("shop-web-8080", "shop-web", "shop-web")


def test_image_and_secret_of_the_recovery_region_lie_there(tmp_path: Path) -> None:
    stacks = build(tmp_path, secrets={"TOKEN": SECRET})

    for role, region in (("primary", "eu-west-1"), ("recovery", "eu-central-1")):
        (other,) = {"eu-west-1", "eu-central-1"} - {region}
        assert other not in json.dumps(container(stacks[role]))
        assert container(stacks[role])["image"] == IMAGE.replace("eu-west-1", region)
        assert container(stacks[role])["secrets"] == [
            {"name": "TOKEN", "valueFrom": SECRET.replace("eu-west-1", region)}
        ]


def test_roles_are_in_the_primary_stack_alone_and_name_one_region_each(tmp_path: Path) -> None:
    stacks = build(tmp_path, secrets={"TOKEN": SECRET})

    policies = {
        json.loads(item["policy"])["Statement"][1]["Resource"].split(":")[3]: item["policy"]
        for item in stacks["primary"]["aws_iam_role_policy"].values()
    }
    assert "aws_iam_role" not in stacks["recovery"]
    assert sorted(policies) == ["eu-central-1", "eu-west-1"]
    assert "eu-west-1" not in policies["eu-central-1"]
    assert one(stacks["recovery"], "aws_ecs_task_definition")["execution_role_arn"] == (
        "arn:aws:iam::111122223333:role/shop-web-execution-eu-central-1"
    )


def test_no_statement_allows_every_action_and_one_names_no_resource_for_want_of_one(tmp_path: Path) -> None:
    stacks = build(tmp_path, secrets={"TOKEN": SECRET})

    for item in stacks["primary"]["aws_iam_role_policy"].values():
        for statement in json.loads(item["policy"])["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert not any("*" in action for action in actions)
            assert statement["Resource"] != "*" or actions == ["ecr:GetAuthorizationToken"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:latest"}, "the image"),
        ({"image": f"public.ecr.aws/web@{DIGEST}"}, "the image"),
        ({"image": InEachRegion(primary=IMAGE, recovery=IMAGE)}, "the image"),
        ({"certificate_arn": CERTIFICATES.primary}, "the certificate_arn"),
        (
            {"certificate_arn": InEachRegion(primary=CERTIFICATES.recovery, recovery=CERTIFICATES.primary)},
            "certificate",
        ),
        ({"environment": {"DB": "db.eu-west-1.rds.amazonaws.com"}}, "DB in the environment"),
        ({"environment": {"DB": "${aws_db_instance.a.endpoint}"}}, "DB in the environment"),
        ({"secrets": {"TOKEN": "${aws_secretsmanager_secret.a.arn}"}}, "TOKEN in the secrets"),
        ({"recovery_network": None}, "no recovery_network"),
        ({"access_log_bucket": "logs"}, "the access_log_bucket of service shop-web is one for two Regions"),
    ],
)
def test_what_the_recovery_region_would_need_of_the_other_is_refused_by_name(
    tmp_path: Path, given: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        build(tmp_path, **given)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"cpu_units": 300}, "cpu_units is 300"),
        ({"cpu_units": 256, "memory_mb": 4096}, "memory_mb with 256 cpu_units is 4096"),
        ({"tasks": 0}, "tasks is 0"),
        ({"tasks": 4, "most_tasks": 3}, "most_tasks is 3"),
        ({"share_percent": 100}, "share_percent is 100"),
        ({"health_path": "health"}, "health_path"),
        ({"health_path": "/" + "a" * 1024}, "1,025 characters long; allowed: 1 to 1024"),
        ({"environment": {"LONG": "x" * 66_000}}, "the size of environment and secrets of service shop-web"),
        ({"secrets": {f"S{number}": SECRET.replace("token", f"t{number}") for number in range(200)}}, "one secret"),
        (
            {"certificate_arn": InEachRegion(primary=FOR_CLOUDFRONT, recovery=CERTIFICATES.recovery)},
            "takes certificates of its own Region only; give one of eu-west-1",
        ),
        ({"environment": {"A": "b"}, "secrets": {"A": SECRET}}, "both have A"),
        ({"port": 0}, "port is 0"),
        ({"log_days": 2}, "log_days is 2"),
    ],
)
def test_what_aws_would_refuse_is_refused(tmp_path: Path, given: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        build(tmp_path, **given)


@pytest.mark.parametrize(("name", "most"), [("task_security_group_ids", 5), ("task_subnet_ids", 16)])
def test_tasks_have_no_more_subnets_and_groups_than_ecs_takes(name: str, most: int) -> None:
    ids = [f"id-{number}" for number in range(most + 1)]
    fitting: dict[str, Any] = {name: ids[1:]}
    too_many: dict[str, Any] = {name: ids}
    assert attrs.evolve(network("here"), **fitting)
    with pytest.raises(ConfigurationError, match=f"the number of {name} is {most + 1}"):
        attrs.evolve(network("here"), **too_many)


def test_sites_are_not_called_as_aws_calls_its_own_load_balancers() -> None:
    sites = Sites.per_region(App(), "internal", primary="eu-west-1", recovery="eu-central-1", account_id="111122223333")
    with pytest.raises(ConfigurationError, match="sites that are not called internal"):
        Service(
            Workload(sites, objective=Objective(rto="4h", rpo="1h")), "web", image=IMAGE, port=8080,
            network=network("here"), recovery_network=network("there"), certificate_arn=CERTIFICATES,
        )  # fmt: skip


def test_a_load_balancer_is_called_by_no_name_that_ends_in_a_hyphen(tmp_path: Path) -> None:
    def called(id_: str) -> Service:
        sites = Sites.per_region(App(outdir=str(tmp_path)), "shop", primary="eu-west-1", account_id="111122223333")
        return Service(
            sites, id_, image=IMAGE, port=8080, network=network("here"), certificate_arn=CERTIFICATES,
            objective=Objective(software=Target("1d", "1d")),
        )  # fmt: skip

    with pytest.raises(ConfigurationError, match="no hyphen last"):
        called("web-")
    # What is cut ends in a digest.
    assert called(f"{'w' * 60}-")


def test_another_port_has_a_target_group_of_its_own_before_the_former_goes(tmp_path: Path) -> None:
    """Terraform makes it anew, AWS deletes none that a listener leads to, and none has the name of another."""
    groups = [one(build(tmp_path, port=port)["primary"], "aws_lb_target_group") for port in (8080, 9090)]
    assert groups[0]["name"] != groups[1]["name"]
    assert all(group["lifecycle"] == {"create_before_destroy": True} for group in groups)


def test_load_balancers_write_their_access_logs_in_their_own_region(tmp_path: Path) -> None:
    logs = InEachRegion(primary="logs-here", recovery="logs-there")
    stacks = build(tmp_path, pattern="at_zero", access_log_bucket=logs)

    found = [one(stacks[role], "aws_lb")["access_logs"]["bucket"] for role in ("primary", "recovery")]
    assert found == ["logs-here", "logs-there"]


def test_the_key_lets_the_logs_of_the_service_be_encrypted_and_no_others(tmp_path: Path) -> None:
    stacks = build(tmp_path)

    policy = json.loads(one(stacks["recovery"], "aws_kms_key")["policy"])
    (statement,) = [item for item in policy["Statement"] if item["Sid"] == "LogsAreEncrypted"]
    assert statement["Condition"]["ArnEquals"] == {
        "kms:EncryptionContext:aws:logs:arn": ["arn:aws:logs:eu-central-1:111122223333:log-group:/ecs/shop-web"]
    }


@pytest.mark.parametrize("role", ["primary", "recovery"])
def test_task_targets_and_listener_fit_together_as_ecs_asks(tmp_path: Path, role: str) -> None:
    stack = build(tmp_path, pattern="at_a_share", tasks=4, objective=Objective(rto="30d", rpo="30d"))[role]
    definition, service = one(stack, "aws_ecs_task_definition"), one(stack, "aws_ecs_service")
    assert (definition["requires_compatibilities"], definition["network_mode"]) == (["FARGATE"], "awsvpc")
    assert definition["execution_role_arn"]
    assert service["network_configuration"]["subnets"]
    joined = service["load_balancer"]
    assert joined["container_name"] == container(stack)["name"]
    assert joined["container_port"] == container(stack)["portMappings"][0]["containerPort"]
    assert one(stack, "aws_lb_target_group")["target_type"] == "ip"
    (listener,) = stack["aws_lb_listener"]
    assert service["depends_on"] == [f"aws_lb_listener.{listener}"]
    assert one(stack, "aws_lb_listener")["certificate_arn"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"recovery_network": network("here")},
            "the vpc_id of the network of service shop-web and that of its recovery_network both have 'vpc-here'",
        ),
        (
            {"recovery_network": attrs.evolve(network("there"), task_security_group_ids=["sg-here2"])},
            "the task_security_group_ids of the network of service shop-web and those of its .* both have 'sg-here2'",
        ),
        (
            {"access_log_bucket": InEachRegion(primary="logs", recovery="logs")},
            "both have 'logs', which is in one Region",
        ),
    ],
)
def test_what_is_in_one_region_is_refused_for_both(tmp_path: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        build(tmp_path, **given)
