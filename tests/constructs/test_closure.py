"""What the recovery stack needs of the primary Region fails the synth, by its path."""

from __future__ import annotations

import base64
import importlib
import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from constructs_lib import AwsResource, Bucket, Objective, Secret, ServiceNetwork, Sites, Workload
from constructs_lib.catalog.resources.leading_home import leading_home
from constructs_lib.terraform.engine import ENGINE, App, TerraformResource
from tests.constructs.test_configuration import serve
from tests.constructs.test_service import network

if TYPE_CHECKING:
    from pathlib import Path

HOME = "eu-west-1"
KEY = f"arn:aws:kms:{HOME}:111122223333:key/a"


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ({"kms_key_id": KEY}, ["kms_key_id"]),
        ({"block": [{"secret": f"arn:aws:secretsmanager:{HOME}:111122223333:secret:a-b"}]}, ["block.0.secret"]),
        ({"definitions": f'[{{"image": "111122223333.dkr.ecr.{HOME}.amazonaws.com/a"}}]'}, ["definitions"]),
        ({"endpoint": f"db.abc.{HOME}.rds.amazonaws.com"}, ["endpoint"]),
        ({"endpoints": [f"vpce-1.s3.{HOME}.vpce.amazonaws.com"]}, ["endpoints.0"]),
        ({"kms_key_id": KEY.replace(HOME, "eu-central-1")}, []),
        ({"role": "arn:aws:iam::111122223333:role/a-eu-west-1"}, []),
        ({"availability_zone": f"{HOME}a"}, ["availability_zone"]),
        ({"subnet_mapping": [{"availability_zone_id": "euw1-az2"}]}, ["subnet_mapping.0.availability_zone_id"]),
        ({"placement": f"attribute:ecs.availability-zone in [{HOME}b]"}, ["placement"]),
        ({"availability_zone": f"{HOME}-lhr-1a"}, ["availability_zone"]),
        ({"service_name": f"com.amazonaws.{HOME}.s3"}, ["service_name"]),
        ({"service_name": f"com.amazonaws.vpce.{HOME}.vpce-svc-0123456789abcdef0"}, ["service_name"]),
        ({"user_pool_id": f"{HOME}_AbCdEf123"}, ["user_pool_id"]),
        ({"identity_pool_id": f"{HOME}:11111111-2222-3333-4444-555555555555"}, ["identity_pool_id"]),
        ({"url": f"https://{HOME}.queue.amazonaws.com/111122223333/jobs"}, ["url"]),
        ({"user_data": base64.b64encode(f"get db.abc.{HOME}.rds.amazonaws.com".encode()).decode()}, ["user_data"]),
        ({"description": f"stands by for {HOME}a", "alarm_description": f"{HOME}a", "tags": {"at": "euw1-az1"}}, []),
        ({"availability_zone": "eu-central-1a", "zones": ["euc1-az1"], "name": f"web-{HOME}a"}, []),
        ({"description": f"stands by for {HOME}", "region": HOME, "bucket": f"files-{HOME}"}, []),
    ],
)
def test_what_leads_home_is_an_arn_or_a_host_there(arguments: dict[str, Any], paths: list[str]) -> None:
    assert [found.path for found in leading_home("aws_thing", arguments, HOME)] == paths


@pytest.mark.parametrize(
    ("type", "argument"),
    [
        ("aws_db_instance", "replicate_source_db"),
        ("aws_db_instance_automated_backups_replication", "source_db_instance_arn"),
        ("aws_cloudwatch_event_rule", "event_pattern"),
    ],
)
def test_what_is_copied_from_home_may_be_named(type: str, argument: str) -> None:
    arguments = {argument: f"arn:aws:rds:{HOME}:111122223333:db:a", "kms_key_id": KEY}

    assert [found.path for found in leading_home(type, arguments, HOME)] == ["kms_key_id"]


@pytest.mark.parametrize(
    "host",
    [
        f"abc.dsql.{HOME}.on.aws",
        f"x.lambda-url.{HOME}.on.aws",
        f"sqs.{HOME}.api.aws",
        f"files.s3-website-{HOME}.amazonaws.com",
        f"files.s3-{HOME}.amazonaws.com",
        f"x.{HOME}.awsapprunner.com",
        "r.abc.0001.euw1.cache.amazonaws.com",
        f"shop.auth.{HOME}.amazoncognito.com",
        f"shop.{HOME}.elasticbeanstalk.com",
        f"ip-10-0-0-5.{HOME}.compute.internal",
    ],
)
def test_a_host_of_aws_leads_home_whatever_its_domain(host: str) -> None:
    there = host.replace(HOME, "eu-central-1").replace("euw1", "euc1")
    given = {"here": f"redis://{host}:6379/0", "there": there, "alike": host.replace(HOME, f"{HOME}0")}
    given |= {"own": f"api.{HOME}.example.com"}

    found = leading_home("aws_thing", given, HOME)

    assert [(item.path, item.text) for item in found][:1] == [("here", host)]
    assert {item.path for item in found} <= {"here", "alike"} - ({"alike"} if HOME in host else set())


def test_a_host_without_the_name_of_a_region_is_of_the_first_one() -> None:
    given = {"url": "http://ip-10-0-0-5.ec2.internal:8080"}

    assert [found.text for found in leading_home("aws_thing", given, "us-east-1")] == ["ip-10-0-0-5.ec2.internal"]
    assert leading_home("aws_thing", given, HOME) == []


def test_a_page_that_is_one_long_word_is_read_once() -> None:
    """A search from each of its letters would take the rest of the day."""
    host = f"b.rds.{HOME}.amazonaws.com"

    assert [found.text for found in leading_home("aws_thing", {"content": "a" * 3_000_000 + f" at {host}"}, HOME)] == [
        host
    ]


def workload(directory: Path) -> tuple[App, Sites]:
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery="eu-central-1", account_id="111122223333")
    Bucket(Workload(sites, objective=Objective(rto="4h", rpo="4h")), "files")
    assert sites.recovery is not None
    topic = {"name": "team", "kms_master_key_id": KEY}
    AwsResource(sites.recovery.scope, "Topic", "aws_sns_topic", topic, provider=sites.recovery.provider)
    return app, sites


def test_a_key_of_the_primary_region_in_the_recovery_stack_fails_the_synth_with_its_path(tmp_path: Path) -> None:
    app, _ = workload(tmp_path)

    with pytest.raises(Exception, match=rf"shop-recovery/Topic, kms_master_key_id: '{KEY}' lies in {HOME}"):
        app.synth()


_OWN: dict[str, tuple[str, dict[str, Any]]] = {
    "a key": ("aws_sns_topic", {"kms_master_key_id": KEY}),
    "an image": ("aws_lambda_function", {"image_uri": f"111122223333.dkr.ecr.{HOME}.amazonaws.com/a@sha256:0"}),
    "a certificate": ("aws_lb_listener", {"certificate_arn": f"arn:aws:acm:{HOME}:111122223333:certificate/a"}),
    "a target group": (
        "aws_lb_listener",
        {"default_action": [{"target_group_arn": f"arn:aws:elasticloadbalancing:{HOME}:111122223333:targetgroup/a/b"}]},
    ),
    "a log group": ("aws_flow_log", {"log_destination": f"arn:aws:logs:{HOME}:111122223333:log-group:a"}),
    "a topic": ("aws_cloudwatch_metric_alarm", {"alarm_actions": [f"arn:aws:sns:{HOME}:111122223333:t"]}),
    "a log's Region": (
        "aws_ecs_task_definition",
        {"container_definitions": f'[{{"logConfiguration": {{"options": {{"awslogs-region": "{HOME}"}}}}}}]'},
    ),
    "a word of a command": (
        "aws_ecs_task_definition",
        {"container_definitions": f'[{{"command": ["serve", "--region", "{HOME}"]}}]'},
    ),
    "a router's Region": (
        "aws_ecs_task_definition",
        {"container_definitions": f'[{{"logConfiguration": {{"options": {{"Name": "s3", "region": "{HOME}"}}}}}}]'},
    ),
    "a zone": ("aws_subnet", {"availability_zone": f"{HOME}a"}),
    "an endpoint": ("aws_vpc_endpoint", {"service_name": f"com.amazonaws.{HOME}.logs"}),
    "what is made there": ("aws_sqs_queue", {"name": "jobs", "region": HOME}),
    "a function's variable": ("aws_lambda_function", {"environment": [{"variables": {"BUCKET_REGION": HOME}}]}),
    "what a server starts with": (
        "aws_launch_template",
        {"user_data": base64.b64encode(f"aws s3 ls --region {HOME}".encode()).decode()},
    ),
    "a variable that is a Region": (
        "aws_ecs_task_definition",
        {"container_definitions": f'[{{"environment": [{{"name": "AWS_REGION", "value": "{HOME}"}}]}}]'},
    ),
}


def recovered(directory: Path) -> tuple[App, Sites]:
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery="eu-central-1", account_id="111122223333")
    Bucket(Workload(sites, objective=Objective(rto="4h", rpo="4h")), "files")
    return app, sites


@pytest.mark.parametrize("binding", [False, True])
@pytest.mark.parametrize("what", _OWN)
def test_what_a_team_adds_is_looked_at_whoever_wrote_its_class(tmp_path: Path, what: str, binding: bool) -> None:
    """Resources of the engine's bindings are not ours, and stand by in the same stack."""
    app, sites = recovered(tmp_path)
    there, (type_, arguments) = sites.recovery, _OWN[what]
    assert there is not None
    if binding:
        own = TerraformResource(there.scope, "Own", terraform_resource_type=type_)
        for name, value in arguments.items():
            own.add_override(name, value)
    else:
        AwsResource(there.scope, "Own", type_, arguments, provider=there.provider)

    with pytest.raises(Exception, match=rf"shop-recovery/Own, .*{HOME}"):
        app.synth()


@pytest.mark.parametrize(
    "value", ["ours-in-ireland", "https://ours-in-ireland.s3.amazonaws.com/a", "s3://ours-in-ireland/a"]
)
def test_a_bucket_of_the_primary_region_that_a_container_is_told_of_is_named(tmp_path: Path, value: str) -> None:
    """Its name tells no Region, and leads to one only."""
    app = App(outdir=str(tmp_path))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery="eu-central-1", account_id="111122223333")
    shop = Workload(sites, objective=Objective(rto="4h", rpo="4h"))
    Bucket(shop, "files", name={HOME: "ours-in-ireland", "eu-central-1": "ours-in-frankfurt"})
    serve(shop, environment={"FILES": value, "THEIRS": "not-ours-in-ireland"})

    with pytest.raises(Exception, match=r"web/Definition.*environment\.\d\.value names the bucket 'ours-in-ireland'"):
        app.synth()
    sites.external("ours-in-ireland", owner="web team")
    app.synth()


@pytest.mark.parametrize(
    ("type", "arguments", "path"),
    [
        ("aws_flow_log", {"log_destination": "arn:aws:s3:::ours-in-ireland/flows"}, "log_destination"),
        ("aws_lb", {"access_logs": [{"bucket": "ours-in-ireland"}]}, r"access_logs\.0\.bucket"),
        ("aws_lambda_function", {"s3_bucket": "ours-in-ireland", "s3_key": "code.zip"}, "s3_bucket"),
        ("aws_s3_object", {"bucket": "ours-in-ireland", "key": "a"}, "bucket"),
        (
            "aws_ecs_task_definition",
            {"container_definitions": '[{"environmentFiles": [{"value": "arn:aws:s3:::ours-in-ireland/web.env"}]}]'},
            r"container_definitions: environmentFiles\.0\.value",
        ),
    ],
)
def test_a_bucket_of_the_primary_region_is_named_whoever_names_it(
    tmp_path: Path, type: str, arguments: dict[str, Any], path: str
) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery="eu-central-1", account_id="111122223333")
    shop = Workload(sites, objective=Objective(rto="4h", rpo="4h"))
    Bucket(shop, "files", name={HOME: "ours-in-ireland", "eu-central-1": "ours-in-frankfurt"})
    there = sites.recovery
    assert there is not None
    AwsResource(there.scope, "Own", type, arguments, provider=there.provider)
    # What watches the copy, or lets it be read, names the original as well.
    policy = (
        '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ours-in-ireland/*"}]}'
    )
    AwsResource(there.scope, "Policy", "aws_iam_policy", {"policy": policy}, provider=there.provider)

    with pytest.raises(Exception, match=rf"shop-recovery/Own, {path} names the bucket 'ours-in-ireland'") as failed:
        app.synth()
    assert "Policy" not in str(failed.value)
    sites.external("ours-in-ireland", owner="web team")
    app.synth()


def test_who_answers_for_a_command_names_the_definition_and_a_tag_tells_people_only(tmp_path: Path) -> None:
    app, sites = recovered(tmp_path)
    there = sites.recovery
    assert there is not None
    tags = {"environment": HOME, "variables": HOME}
    AwsResource(there.scope, "Tagged", "aws_sqs_queue", {"name": "jobs", "tags": tags}, provider=there.provider)
    runs = json.dumps([{"command": ["copy", f"--from-region={HOME}"]}])
    AwsResource(there.scope, "Own", "aws_ecs_task_definition", {"container_definitions": runs}, provider=there.provider)

    with pytest.raises(
        Exception, match=rf"shop-recovery/Own, container_definitions: command.1 .*names {HOME}"
    ) as failed:
        app.synth()
    assert "Tagged" not in str(failed.value)
    assert "sites.external('shop-recovery/Own'" in str(failed.value)
    sites.external("shop-recovery/Own", owner="copy team")
    app.synth()


def test_a_state_that_lies_in_the_primary_region_is_not_read(tmp_path: Path) -> None:
    app, sites = recovered(tmp_path)
    there = sites.recovery
    assert there is not None
    read = importlib.import_module(ENGINE).DataTerraformRemoteStateS3
    read(there.scope, "Network", bucket="states", key="network", region=HOME)
    read(there.scope, "Own", bucket="states", key="network", region="eu-central-1")

    with pytest.raises(Exception, match=rf"shop-recovery/Network, config.region names {HOME}") as failed:
        app.synth()
    assert "shop-recovery/Own" not in str(failed.value)
    sites.external("shop-recovery/Network", owner="network team")
    app.synth()


def test_an_id_that_both_stacks_name_is_in_one_region(tmp_path: Path) -> None:
    app, sites = recovered(tmp_path)
    there = sites.recovery
    assert there is not None
    for site, group in ((sites.primary, "sg-0123456789abcdef0"), (there, "sg-0123456789abcdef1")):
        given = {"image_id": "ami-0123456789abcdef0", "vpc_security_group_ids": [group]}
        AwsResource(site.scope, "Own", "aws_launch_template", given, provider=site.provider)
        # What connects the two networks is named in both.
        peering = {"vpc_id": "vpc-0123456789abcdef0", "peer_vpc_id": "vpc-0123456789abcdef1"}
        AwsResource(site.scope, "Peering", "aws_vpc_peering_connection", peering, provider=site.provider)

    with pytest.raises(Exception, match=r"shop-recovery/Own: ami-0123456789abcdef0 is named in the stack of") as failed:
        app.synth()
    assert "sg-" not in str(failed.value)
    assert "vpc-" not in str(failed.value)
    sites.external("ami-0123456789abcdef0", owner="image team")
    app.synth()


def test_a_module_is_looked_at_too(tmp_path: Path) -> None:
    app, sites = recovered(tmp_path)
    assert sites.recovery is not None
    module = importlib.import_module(ENGINE).TerraformHclModule
    module(sites.recovery.scope, "Own", source="acme/mine/aws", variables={"key": KEY})

    with pytest.raises(Exception, match=rf"shop-recovery/Own, key: '{KEY}' lies in {HOME}"):
        app.synth()


def test_what_a_binding_takes_from_the_state_of_the_primary_region_is_named(tmp_path: Path) -> None:
    app, sites = recovered(tmp_path)
    assert sites.recovery is not None
    vpc = TerraformResource(sites.primary.scope, "Vpc", terraform_resource_type="aws_vpc")
    subnet = TerraformResource(sites.recovery.scope, "Own", terraform_resource_type="aws_subnet")
    subnet.add_override("vpc_id", vpc.get_string_attribute("id"))

    with pytest.raises(Exception, match=rf"shop-recovery/Own: shop-primary, .*comes from the state of {HOME}"):
        app.synth()


def test_what_stands_by_is_built_in_its_own_region(tmp_path: Path) -> None:
    """A provider of the other Region in the recovery stack makes its plan ask there."""
    app, sites = recovered(tmp_path)
    there = sites.recovery
    assert there is not None
    AwsResource(there.scope, "Own", "aws_sns_topic", {"name": "t"}, provider=there.provider_in(HOME))

    with pytest.raises(Exception, match=rf"shop-recovery/AwsEuWest1: a plan of the recovery stack asks {HOME}"):
        app.synth()


def test_what_is_declared_external_does_not(tmp_path: Path) -> None:
    app, sites = workload(tmp_path)
    sites.external(KEY, owner="web team")

    app.synth()


SECRET = f"arn:aws:secretsmanager:{HOME}:111122223333:secret:token-AbCdEf"
PARAMETER = f"arn:aws:ssm:{HOME}:111122223333:parameter/shop/level"


def served(directory: Path, *declared: tuple[str, str, dict[str, Any]]) -> tuple[App, Sites]:
    """Return an app with a service given a secret and a parameter by ARN, and with what the sites declare of them."""
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery="eu-central-1", account_id="111122223333")
    serve(
        Workload(sites, objective=Objective(rto="4h", rpo="4h")),
        secrets={"TOKEN": SECRET, "LEVEL": PARAMETER},
    )
    for role, type_, arguments in declared:
        site = next(item for item in sites.all if item.role == role)
        AwsResource(site.scope, type_, type_, arguments, provider=site.provider)
    return app, sites


@pytest.mark.parametrize(
    ("type", "arguments", "what"),
    [
        ("aws_ssm_parameter", {"name": "/shop/level", "type": "String", "value": "x"}, "parameter '/shop/level'"),
        ("aws_secretsmanager_secret", {"name": "token"}, "secret 'token-AbCdEf'"),
    ],
)
def test_what_is_named_there_and_declared_at_home_alone_fails_the_synth(
    tmp_path: Path, type: str, arguments: dict[str, Any], what: str
) -> None:
    app, sites = served(tmp_path, ("primary", type, arguments))

    with pytest.raises(
        Exception, match=rf"web/Definition.*the {what} is named in eu-central-1, and shop-primary/{type}"
    ):
        app.synth()

    sites.external(what.split("'")[1], owner="platform team")
    app.synth()


def test_what_is_declared_in_both_or_replicated_does_not(tmp_path: Path) -> None:
    parameter = {"name": "/shop/level", "type": "String", "value": "x"}
    app, _ = served(
        tmp_path,
        ("primary", "aws_ssm_parameter", parameter),
        ("recovery", "aws_ssm_parameter", parameter),
        ("primary", "aws_secretsmanager_secret", {"name": "token", "replica": [{"region": "eu-central-1"}]}),
    )

    app.synth()


def test_what_comes_from_the_state_of_the_primary_region_fails_the_synth_with_both_paths(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery="eu-central-1", account_id="111122223333")
    group = AwsResource(
        sites.primary.scope, "callers", "aws_security_group", {"name": "callers"}, provider=sites.primary.provider
    )
    there = attrs.evolve(network("there"), load_balancer_security_group_ids=[group.ref("id")])
    serve(Workload(sites, objective=Objective(rto="4h", rpo="4h")), recovery_network=there)

    with pytest.raises(Exception, match=rf"web/Cluster: shop-primary/callers.id comes from the state of {HOME}"):
        app.synth()

    sites.external("shop-primary/callers", owner="network team")
    app.synth()


WRITER = "shop.global-abc123.global.rds.amazonaws.com"


def test_a_writer_in_a_network_that_nothing_connects_fails_the_synth_with_its_name(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery="eu-central-1", account_id="111122223333")
    serve(Workload(sites, objective=Objective(rto="4h", rpo="4h")), environment={"DATABASE": WRITER})

    with pytest.raises(
        Exception, match=rf"web/Definition.*DATABASE is '{WRITER}', whose writer is in the VPC of {HOME}"
    ):
        app.synth()

    peering = {"vpc_id": "vpc-1", "peer_vpc_id": "vpc-2", "peer_region": "eu-central-1"}
    AwsResource(sites.primary.scope, "Peering", "aws_vpc_peering_connection", peering, provider=sites.primary.provider)
    app.synth()


def with_network(
    directory: Path,
    *endpoints: str,
    pattern: str = "definitions",
    nat: bool = False,
    changed: dict[str, dict[str, Any]] | None = None,
    unwatched: bool = False,
    names: bool = True,
) -> App:
    """Return an app with a service in the recovery Region, in a network that is built beside it.

    With *unwatched* somebody answers for whether its tasks reach what starts them.
    """
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary=HOME, recovery="eu-central-1", account_id="111122223333")
    there = sites.recovery
    assert there is not None

    def build(id: str, type: str, **arguments: Any) -> AwsResource:
        return AwsResource(there.scope, id, type, arguments, provider=there.provider)

    vpc = build("vpc", "aws_vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=names or None).ref("id")
    subnets = [
        build(f"subnet-{zone}", "aws_subnet", vpc_id=vpc, availability_zone=f"eu-central-1{zone}").ref("id")
        for zone in "ab"
    ]
    for service in endpoints:
        name = f"com.amazonaws.eu-central-1.{service}"
        given: dict[str, Any] = {"route_table_ids": ["rtb-1"]}
        if service != "s3":
            given = {"vpc_endpoint_type": "Interface", "private_dns_enabled": True, "subnet_ids": subnets}
        given |= (changed or {}).get(service, {})
        build(f"to-{service}", "aws_vpc_endpoint", **{"vpc_id": vpc, "service_name": name, **given})
    if nat:
        build("way-out", "aws_route", route_table_id="rtb-1", nat_gateway_id="nat-1")
    placed = ServiceNetwork(
        vpc_id=vpc,
        load_balancer_subnet_ids=subnets,
        load_balancer_security_group_ids=["sg-1"],
        task_subnet_ids=subnets,
        task_security_group_ids=["sg-2"],
    )
    shop = Workload(sites, objective=Objective(rto="30d", rpo="30d"))
    serve(shop, recovery_network=placed, pattern=pattern, secrets={"TOKEN": Secret(shop, "token")})
    for started in ("Default", "Cluster") if unwatched else ():
        sites.external(f"shop-recovery/web/{started}", owner="network team")
    return app


ENDPOINTS = ("ecr.api", "ecr.dkr", "s3", "secretsmanager", "logs")


@pytest.mark.parametrize(("pattern", "started"), [("definitions", "web/Cluster"), ("at_zero", "web/Default")])
@pytest.mark.parametrize("missing", [ENDPOINTS, *((name,) for name in ENDPOINTS)], ids=" and ".join)
def test_tasks_that_reach_nothing_that_starts_them_are_named_with_what_they_lack(
    tmp_path: Path, pattern: str, started: str, missing: tuple[str, ...]
) -> None:
    app = with_network(tmp_path, *(name for name in ENDPOINTS if name not in missing), pattern=pattern)

    lacks = ", ".join(name.replace(".", r"\.") for name in missing)
    with pytest.raises(
        Exception, match=rf"shop-recovery/{started}: its tasks in .*vpc have .* no way to {lacks} of eu"
    ):
        app.synth()


@pytest.mark.parametrize(
    ("missing", "changed"),
    [
        ("logs", {"private_dns_enabled": False}),
        ("ecr.api", {"private_dns_enabled": None}),
        ("ecr.dkr", {"subnet_ids": []}),
        ("secretsmanager", {"service_name": f"com.amazonaws.{HOME}.secretsmanager"}),
        ("s3", {"route_table_ids": None}),
        # ECR cannot use an interface of S3.
        ("s3", {"vpc_endpoint_type": "Interface", "private_dns_enabled": True, "subnet_ids": ["subnet-1"]}),
        ("logs", {"vpc_id": "vpc-9"}),
    ],
)
def test_an_endpoint_that_nobody_there_reaches_is_none(tmp_path: Path, missing: str, changed: dict[str, Any]) -> None:
    app = with_network(tmp_path, *ENDPOINTS, changed={missing: changed})

    with pytest.raises(Exception, match=rf"no way to {missing} of eu-central-1"):
        app.synth()


def test_endpoints_in_a_network_that_answers_no_names_are_none(tmp_path: Path) -> None:
    """Terraform's default for a VPC is `enable_dns_hostnames = false`, with which AWS takes no private names."""
    app = with_network(tmp_path, *ENDPOINTS, names=False)

    with pytest.raises(Exception, match=r"no way to ecr\.api, ecr\.dkr, secretsmanager, logs of eu-central-1"):
        app.synth()


@pytest.mark.parametrize("nat", [True, False])
def test_tasks_with_a_way_out_are_started(tmp_path: Path, nat: bool) -> None:
    with_network(tmp_path, *(() if nat else ENDPOINTS), nat=nat).synth()
