"""What a service is given is there in both Regions, from one declaration, and leads to neither from the other."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import (
    Bucket,
    Certificate,
    Distribution,
    InEachRegion,
    Objective,
    Parameter,
    Registry,
    Repository,
    Secret,
    Service,
    Sites,
    TerraformStack,
    Workload,
)
from constructs_lib.costs import monthly_cost
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.documents.runbook import runbook
from constructs_lib.errors import ConfigurationError
from constructs_lib.plan.stacks import read_stacks as read_stacks_as_plan
from constructs_lib.review import review
from constructs_lib.terraform.engine import App
from tests.constructs.test_service import CERTIFICATES, IMAGE, container, network, one
from tests.provider_schemas.check import PROVIDERS, unknown_in, unknown_references
from tests.review.recorded import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRIMARY, RECOVERY, ACCOUNT = "eu-west-1", "eu-central-1", "111122223333"
KEYS = {region: f"arn:aws:kms:{region}:{ACCOUNT}:key/a" for region in (PRIMARY, RECOVERY)}
Stacks = dict[str, dict[str, Any]]


def synthesized(
    directory: Path, build: Callable[[Workload], None], *, recovery: str | None = RECOVERY, **given: Any
) -> Stacks:
    """Return the stacks by role, each as it is written; they are checked against the provider's schemas."""
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary=PRIMARY, recovery=recovery, account_id=ACCOUNT, **given)
    shop = Workload(sites, objective=Objective(rto="4h", rpo="4h"))
    build(shop)
    app.synth()
    found = {}
    for file in sorted((directory / "stacks").glob("*/cdk.tf.json")):
        found[file.parent.name.rpartition("-")[2]] = stack = json.loads(file.read_text(encoding="utf-8"))
        for provider in PROVIDERS:
            assert unknown_in(stack, provider) == []
            assert unknown_references(stack, provider) == []
    return found


def serve(shop: Workload, **given: Any) -> Service:
    options = {
        "image": IMAGE,
        "port": 8080,
        "network": network("here"),
        "recovery_network": network("there"),
        "certificate_arn": CERTIFICATES,
    }
    return Service(shop, "web", **{**options, **given})


def statements(stack: dict[str, Any], role: str) -> dict[str, dict[str, Any]]:
    (policy,) = (item for item in stack["resource"]["aws_iam_role_policy"].values() if role in json.dumps(item["role"]))
    return {item["Sid"]: item for item in json.loads(policy["policy"])["Statement"]}


# ---------------------------------------------------------------- secrets


def test_a_secret_is_replicated_and_each_regions_service_reads_its_own(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        serve(shop, secrets={"TOKEN": Secret(shop, "token")})

    stacks = synthesized(tmp_path, build)

    secret = one(stacks["primary"]["resource"], "aws_secretsmanager_secret")
    assert (secret["name"], secret["replica"]) == ("shop-token", [{"region": RECOVERY}])
    assert secret["kms_key_id"] == "${aws_kms_key.RecoveryKey.arn}"
    assert secret["lifecycle"]["prevent_destroy"] is True
    assert "aws_secretsmanager_secret" not in stacks["recovery"]["resource"]
    (found,) = stacks["recovery"]["data"]["aws_secretsmanager_secret"].values()
    assert found["name"] == "shop-token"
    # The first plan makes what the lookup waits for, so it comes before the primary stack is deployed.
    (waited,) = stacks["recovery"]["resource"]["terraform_data"]
    assert found["depends_on"] == [f"terraform_data.{waited}"]
    read = {role: container(stacks[role]["resource"])["secrets"] for role in ("primary", "recovery")}
    assert read["primary"] == [{"name": "TOKEN", "valueFrom": "${aws_secretsmanager_secret.token.arn}"}]
    assert read["recovery"] == [{"name": "TOKEN", "valueFrom": "${data.aws_secretsmanager_secret.token.arn}"}]


def test_the_role_of_each_region_reads_that_secret_and_decrypts_where_aws_does_not_let_it_in(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        serve(shop, secrets={"TOKEN": Secret(shop, "token")})

    stacks = synthesized(tmp_path, build)

    here, there = (statements(stacks["primary"], f"web_{role}") for role in ("ExecutionRole", "RecoveryExecutionRole"))
    assert here["ReadSecrets"]["Resource"] == ["${aws_secretsmanager_secret.token.arn}"]
    assert here["DecryptThem"]["Condition"]["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": "alias/shop"}
    assert there["ReadSecrets"]["Resource"] == [f"arn:aws:secretsmanager:{RECOVERY}:{ACCOUNT}:secret:shop-token-??????"]
    # The replica has the key aws/secretsmanager of its Region, whose policy lets in all of the account who may read.
    assert "DecryptThem" not in there


def test_the_replica_has_the_key_that_is_given_for_its_region(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        serve(shop, secrets={"TOKEN": Secret(shop, "token")})

    stacks = synthesized(tmp_path, build, key_arns=KEYS)

    secret = one(stacks["primary"]["resource"], "aws_secretsmanager_secret")
    assert secret["kms_key_id"] == KEYS[PRIMARY]
    assert secret["replica"] == [{"region": RECOVERY, "kms_key_id": KEYS[RECOVERY]}]
    decrypt = statements(stacks["primary"], "web_RecoveryExecutionRole")["DecryptThem"]
    assert decrypt["Resource"] == KEYS[RECOVERY]
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": [f"secretsmanager.{RECOVERY}.amazonaws.com"]}}


def test_what_leads_to_one_region_is_a_secret_in_each(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        serve(shop, secrets={"DATABASE": Secret(shop, "database", replicated=False)})

    stacks = synthesized(tmp_path, build)

    for role in ("primary", "recovery"):
        secret = one(stacks[role]["resource"], "aws_secretsmanager_secret")
        assert (secret["name"], secret.get("replica", [])) == ("shop-database", [])
        assert secret["kms_key_id"] == "${aws_kms_key.RecoveryKey.arn}"
        (read,) = container(stacks[role]["resource"])["secrets"]
        assert read["valueFrom"] == "${aws_secretsmanager_secret.database.arn}"
    assert "DecryptThem" in statements(stacks["primary"], "web_RecoveryExecutionRole")


def test_one_stack_has_the_key_of_its_other_site_and_reads_the_replica_after_it_is_made(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    sites = Sites.in_one_stack(
        TerraformStack(app, "shop"), "shop", primary=PRIMARY, recovery=RECOVERY, account_id=ACCOUNT
    )
    shop = Workload(sites, objective=Objective(rto="4h", rpo="4h"))
    serve(shop, secrets={"TOKEN": Secret(shop, "token")})
    app.synth()
    stack = json.loads((tmp_path / "stacks/shop/cdk.tf.json").read_text(encoding="utf-8"))

    (replica,) = one(stack["resource"], "aws_secretsmanager_secret")["replica"]
    assert replica["kms_key_id"].startswith("${aws_kms_key.Recovery_RecoveryKey")
    (read,) = stack["data"]["aws_secretsmanager_secret"].values()
    assert read["depends_on"] == ["aws_secretsmanager_secret.token"]


def test_secrets_are_in_the_bill_of_the_service_in_each_region() -> None:
    sites = Sites.per_region(App(), "shop", primary=PRIMARY, recovery=RECOVERY)
    shop = Workload(sites, objective=Objective(rto="4h", rpo="4h"))
    token, other = Secret(shop, "token"), Secret(shop, "other")
    service = serve(shop, secrets={"TOKEN": token, "AGAIN": token, "OTHER": other})

    lines = {item.what: item for item in monthly_cost(service.decision.component, service.decision.usage).lines}
    for region in (PRIMARY, RECOVERY):
        line = lines[f"2 secrets in {region}"]
        assert (line.price.dimension, line.amount) == ("secretsmanager.secret", Decimal(2))


# ---------------------------------------------------------------- parameters


def test_a_parameter_is_written_in_both_regions_with_the_key_of_each(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        serve(shop, secrets={"LEVEL": Parameter(shop, "log-level", value="info")})

    stacks = synthesized(tmp_path, build)

    for role in ("primary", "recovery"):
        written = one(stacks[role]["resource"], "aws_ssm_parameter")
        assert (written["name"], written["type"], written["value"]) == ("/shop/log-level", "SecureString", "info")
        assert written["key_id"] == "${aws_kms_key.RecoveryKey.arn}"
        (read,) = container(stacks[role]["resource"])["secrets"]
        assert read["valueFrom"] == "${aws_ssm_parameter.log-level.arn}"
    for role, region in (("ExecutionRole", PRIMARY), ("RecoveryExecutionRole", RECOVERY)):
        allowed = statements(stacks["primary"], f"web_{role}")
        assert allowed["ReadParameters"]["Resource"] == [f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/shop/log-level"]
        via = allowed["DecryptThem"]["Condition"]["StringEquals"]["kms:ViaService"]
        assert via == [f"ssm.{region}.amazonaws.com"]


def test_a_value_that_leads_to_the_primary_region_says_what_stands_for_it(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        with pytest.raises(ConfigurationError, match=r"the value of parameter 'search'.*InEachRegion"):
            Parameter(shop, "search", value=f"https://search.{PRIMARY}.example.com")
        each = {"primary": f"https://search.{PRIMARY}.example.com", "recovery": "https://search.example.com"}
        Parameter(shop, "search", value=InEachRegion(**each))

    stacks = synthesized(tmp_path, build)

    values = [one(stacks[role]["resource"], "aws_ssm_parameter")["value"] for role in ("primary", "recovery")]
    assert values == [f"https://search.{PRIMARY}.example.com", "https://search.example.com"]


def test_without_a_recovery_region_there_is_one_of_each(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        Secret(shop, "token")
        Parameter(shop, "log-level", value=f"from {PRIMARY}")

    app = App(outdir=str(tmp_path))
    sites = Sites.single_region(app, "shop", region=PRIMARY, account_id=ACCOUNT)
    build(Workload(sites, objective=Objective(rto="4h", rpo="4h")))
    app.synth()
    stack = json.loads((tmp_path / "stacks/shop-primary/cdk.tf.json").read_text(encoding="utf-8"))["resource"]

    assert one(stack, "aws_secretsmanager_secret").get("replica", []) == []
    assert one(stack, "aws_ssm_parameter")["value"] == f"from {PRIMARY}"


# ---------------------------------------------------------------- certificates

ZONE = "Z0123456789ABC"


def test_one_record_proves_the_certificate_of_each_region(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        names = ["*.shop.example.com", "shop.example.org"]
        certificate = Certificate(shop, "cert", domain="shop.example.com", names=names, zone_id=ZONE)
        serve(shop, pattern="at_zero", certificate_arn=certificate)

    stacks = synthesized(tmp_path, build)

    primary, recovery = stacks["primary"]["resource"], stacks["recovery"]["resource"]
    for stack in (primary, recovery):
        asked = one(stack, "aws_acm_certificate")
        assert (asked["domain_name"], asked["validation_method"]) == ("shop.example.com", "DNS")
        assert asked["subject_alternative_names"] == ["*.shop.example.com", "shop.example.org"]
        assert one(stack, "aws_lb_listener")["certificate_arn"] == (
            "${aws_acm_certificate_validation.cert_Issued_" + _suffix(stack) + ".certificate_arn}"
        )
    records = sorted(primary["aws_route53_record"].values(), key=lambda item: str(item["name"]))
    assert [(item["zone_id"], item["type"]) for item in records] == [(ZONE, "CNAME")] * 2
    assert 'item.domain_name == "shop.example.com"' in records[0]["name"]
    assert 'item.domain_name == "shop.example.org"' in records[1]["records"][0]
    assert len(one(primary, "aws_acm_certificate_validation")["validation_record_fqdns"]) == 2
    # A plan of the recovery stack asks nothing of Route 53, whose control plane is in one Region.
    assert "aws_route53_record" not in recovery
    assert "validation_record_fqdns" not in one(recovery, "aws_acm_certificate_validation")


def _suffix(stack: dict[str, Any]) -> str:
    (name,) = stack["aws_acm_certificate_validation"]
    return str(name.rpartition("_")[2])


def test_cloudfront_reads_one_in_us_east_1(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        certificate = Certificate(shop, "cert", domain="shop.example.com", zone_id=ZONE, cloudfront=True)
        assets = Bucket(shop, "assets")
        aliases = ["shop.example.com"]
        Distribution(shop, "site", bucket=assets, aliases=aliases, certificate_arn=certificate.cloudfront_arn)

    stacks = synthesized(tmp_path, build)

    asked = one(stacks["global"]["resource"], "aws_acm_certificate")
    (default,) = (item for item in stacks["global"]["provider"]["aws"] if "alias" not in item)
    assert (default["region"], asked.get("provider", "aws")) == ("us-east-1", "aws")
    viewer = one(stacks["global"]["resource"], "aws_cloudfront_distribution")["viewer_certificate"]
    assert "aws_acm_certificate_validation." in viewer["acm_certificate_arn"]


def test_a_record_is_written_by_one_certificate_of_the_app() -> None:
    app = App()
    shop, bank = (
        Sites.per_region(app, name, primary="eu-west-1", recovery="eu-central-1", account_id="111122223333")
        for name in ("shop", "bank")
    )
    Certificate(shop, "cert", domain="*.example.com", zone_id=ZONE)
    with pytest.raises(ConfigurationError, match=r"proves example\.com, which certificate 'cert' of shop writes"):
        Certificate(bank, "cert", domain="bank.example.com", names=["example.com"], zone_id=ZONE)
    # It is issued by the record that is there, and in another zone the name is another one.
    Certificate(bank, "cert", domain="example.com")
    Certificate(bank, "inside", domain="example.com", zone_id="Z0987654321ABC")


def test_a_certificate_is_waited_for_whoever_writes_its_record(tmp_path: Path) -> None:
    def build(shop: Workload) -> None:
        certificate = Certificate(shop, "cert", domain="*.example.com")
        serve(shop, pattern="at_zero", certificate_arn=certificate)
        with pytest.raises(ConfigurationError, match="give cloudfront=True"):
            _ = certificate.cloudfront_arn

    stacks = synthesized(tmp_path, build)

    for role in ("primary", "recovery"):
        stack = stacks[role]["resource"]
        assert one(stack, "aws_lb_listener")["certificate_arn"] == (
            "${aws_acm_certificate_validation.cert_Issued_" + _suffix(stack) + ".certificate_arn}"
        )
        assert "validation_record_fqdns" not in one(stack, "aws_acm_certificate_validation")
        assert "aws_route53_record" not in stack


# ---------------------------------------------------------------- repositories and their registry


def filters(stack: dict[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return where a registry replicates to, and what."""
    (rule,) = one(stack["resource"], "aws_ecr_replication_configuration")["replication_configuration"]["rule"]
    (destination,) = rule["destination"]
    return destination, [item["filter"] for item in rule["repository_filter"]]


def test_a_repository_is_built_in_each_region_and_its_images_are_replicated_both_ways(tmp_path: Path) -> None:
    digest = f"sha256:{'a' * 64}"

    def build(shop: Workload) -> None:
        web = Repository(shop, "front", registry=Registry(shop, "registry", prefixes=["bank/"]))
        serve(shop, image=web.image(digest))

    stacks = synthesized(tmp_path, build)

    for role, region, other in (("primary", PRIMARY, RECOVERY), ("recovery", RECOVERY, PRIMARY)):
        repository = one(stacks[role]["resource"], "aws_ecr_repository")
        assert (repository["name"], repository["image_tag_mutability"]) == ("shop/front", "IMMUTABLE")
        assert repository["encryption_configuration"]["kms_key"] == "${aws_kms_key.RecoveryKey.arn}"
        assert repository["lifecycle"]["prevent_destroy"] is True
        assert filters(stacks[role]) == ({"region": other, "registry_id": ACCOUNT}, ["bank/", "shop/"])
        image = container(stacks[role]["resource"])["image"]
        assert image == f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/shop/front@{digest}"
        arn = f"arn:aws:ecr:{region}:{ACCOUNT}:repository/shop/front"
        role_name = "web_ExecutionRole" if role == "primary" else "web_RecoveryExecutionRole"
        assert statements(stacks["primary"], role_name)["PullTheImage"]["Resource"] == arn


def two_workloads(directory: Path | None = None) -> tuple[App, Workload, Workload]:
    app = App() if directory is None else App(outdir=str(directory))
    shop, bank = (
        Workload(
            Sites.per_region(app, name, primary=PRIMARY, recovery=RECOVERY, account_id=ACCOUNT),
            objective=Objective(rto="4h", rpo="4h"),
        )
        for name in ("shop", "bank")
    )
    return app, shop, bank


def test_two_workloads_share_the_one_registry_and_neither_overwrites_the_other(tmp_path: Path) -> None:
    app, shop, bank = two_workloads(tmp_path)
    registry = Registry(shop, "registry")
    Repository(shop, "web", registry=registry)
    Repository(bank, "ledger", registry=registry)
    app.synth()

    for role in ("primary", "recovery"):
        written = {
            name: json.loads((tmp_path / f"stacks/{name}-{role}/cdk.tf.json").read_text(encoding="utf-8"))
            for name in ("shop", "bank")
        }
        assert filters(written["shop"])[1] == ["bank/", "shop/"]
        assert "aws_ecr_replication_configuration" not in written["bank"]["resource"]


def test_a_second_registry_of_a_region_is_refused() -> None:
    _, shop, bank = two_workloads()
    Registry(shop, "registry")

    with pytest.raises(ConfigurationError, match=f"registry of {PRIMARY} is replicated by 'registry' of shop already"):
        Registry(bank, "registry")


def test_a_repository_says_who_replicates_it() -> None:
    app, shop, _ = two_workloads()
    with pytest.raises(ConfigurationError, match="the registry of repository 'web' is None"):
        Repository(shop, "web")
    Repository(shop, "web", registry="platform team")

    other = Sites.per_region(app, "other", primary="eu-west-3", recovery=RECOVERY, account_id=ACCOUNT)
    with pytest.raises(ConfigurationError, match="replicates other Regions"):
        Repository(other, "web", registry=Registry(shop, "registry"))

    alone = Sites.single_region(app, "alone", region=PRIMARY, account_id=ACCOUNT)
    with pytest.raises(ConfigurationError, match="has no recovery Region that repository 'web' could be replicated to"):
        Repository(alone, "web", registry="platform team")
    image = Repository(alone, "web").image(f"sha256:{'a' * 64}")
    assert image.primary == image.recovery


def test_an_image_is_named_by_its_digest_and_its_account() -> None:
    sites = Sites.per_region(App(), "shop", primary=PRIMARY, recovery=RECOVERY)
    web = Repository(sites, "web", registry="platform team")

    with pytest.raises(ConfigurationError, match="the digest of an image of shop/web is 'latest'"):
        web.image("latest")
    with pytest.raises(ConfigurationError, match="give account_id to sites 'shop'"):
        web.image(f"sha256:{'a' * 64}")


def test_the_runbook_says_which_image_has_to_be_there(tmp_path: Path) -> None:
    digest = f"sha256:{'a' * 64}"

    def build(shop: Workload) -> None:
        secrets = {"TOKEN": Secret(shop, "token"), "LEVEL": Parameter(shop, "level", value="info")}
        serve(shop, image=Repository(shop, "front", registry="platform team").image(digest), secrets=secrets)

    synthesized(tmp_path, build)

    (read,) = read_stacks(tmp_path, None)
    (said,) = runbook(read).preparation.software
    assert f"--region {RECOVERY} --repository-name shop/front --image-ids imageDigest={digest}" in said


def test_the_review_of_the_stacks_misses_what_is_taken_from_the_recovery_region(tmp_path: Path) -> None:
    """Each part by itself; what is whole gives no finding."""

    def build(shop: Workload) -> None:
        secrets = {
            "TOKEN": Secret(shop, "token"),
            "DATABASE": Secret(shop, "database", replicated=False),
            "LEVEL": Parameter(shop, "level", value="info"),
        }
        serve(shop, secrets=secrets)

    stacks = synthesized(tmp_path, build)
    assert missed(tmp_path) == []

    def without(role: str, type_: str, change: Callable[[dict[str, Any]], None]) -> list[str]:
        file = tmp_path / f"stacks/shop-{role}/cdk.tf.json"
        content = copy.deepcopy(stacks[role])
        for name in [name for name, item in content["resource"][type_].items() if item.get("name") != "shop-database"]:
            change(content["resource"][type_][name])
        file.write_text(json.dumps(content), encoding="utf-8")
        found = missed(tmp_path)
        file.write_text(json.dumps(stacks[role]), encoding="utf-8")
        return found

    assert "names a secret there" in "".join(
        without("primary", "aws_secretsmanager_secret", lambda item: item.update(replica=[]))
    )
    assert "names a log group there" in "".join(
        without("recovery", "aws_cloudwatch_log_group", lambda item: item.update(name="/ecs/other"))
    )


def missed(directory: Path) -> list[str]:
    """Return what a review of the stacks says of the standby."""
    findings = review(read_stacks_as_plan(directory), None, today=TODAY).findings
    return [item.message for item in findings if item.id in ("RECOVERY-231", "RECOVERY-232", "RECOVERY-233")]


def to_validate(directory: Path) -> dict[str, Any]:
    def build(shop: Workload) -> None:
        names = ["*.shop.example.com", "shop.example.org"]
        certificate = Certificate(
            shop, "cert", domain="shop.example.com", names=names, zone_id=ZONE, cloudfront=True, tags={"team": "shop"}
        )
        secrets = {
            "TOKEN": Secret(shop, "token"),
            "DATABASE": Secret(shop, "database", replicated=False),
            "LEVEL": Parameter(shop, "log-level", value="info"),
        }
        web = Repository(shop, "front", registry=Registry(shop, "registry"))
        serve(shop, secrets=secrets, certificate_arn=certificate, image=web.image(f"sha256:{'a' * 64}"))

    return synthesized(directory, build, key_arns=KEYS)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda shop: Secret(shop, "to ken"), "the id of a secret"),
        (lambda shop: Secret(shop, "token", replicated="no"), "replicated of secret 'token'"),  # type: ignore[arg-type]
        (lambda shop: Secret(shop, "token", description=" "), "the description of secret 'token'"),
        (lambda shop: Secret(shop, "t" * 512), "the name of secret"),
        (lambda shop: Certificate(shop, "token", domain="Shop.example.com"), "a name of certificate 'token'"),
        (
            lambda shop: Certificate(shop, "token", domain=f"{'a' * 60}.example.com"),
            "72 characters long; allowed: 1 to 64",
        ),
        (lambda shop: Certificate(shop, "token", domain="a.b", names="c.d"), "the names of certificate 'token'"),  # type: ignore[arg-type]
        (lambda shop: Certificate(shop, "token", domain=f"{'a.' * 126}com"), "a name of certificate 'token'"),
        (lambda shop: Registry(shop, "token", prefixes="bank/"), "the prefixes of registry 'token'"),  # type: ignore[arg-type]
        (lambda shop: Registry(shop, "token", prefixes=["Bank/"]), "a prefix of registry 'token'"),
        (lambda shop: Registry(shop, "token", prefixes=["b" * 257]), "a prefix of registry 'token'"),
        (
            lambda shop: Registry(shop, "token", prefixes=[f"bank{number}/" for number in range(100)]),
            "the prefixes of registry 'token'",
        ),
        (lambda shop: Repository(shop, "Token", registry="us"), "the id of repository 'Token'"),
        (lambda shop: Repository(shop, "t" * 252, registry="us"), "the name of repository"),
        (lambda shop: Parameter(shop, "level", value=""), "a value of InEachRegion"),
        (lambda shop: Parameter(shop, "level", value="{{ssm:other}}"), "without double braces"),
        (lambda shop: Parameter(shop, "level", value="x" * 4097), "the value of parameter 'level'"),
        (lambda shop: Parameter(shop, "level", value="x", tags={"aws:a": "b"}), "a tag of parameter 'level'"),
    ],
)
def test_what_aws_does_not_take_is_refused_and_leaves_nothing(build: Callable[[Workload], object], said: str) -> None:
    sites = Sites.per_region(App(), "shop", primary=PRIMARY, recovery=RECOVERY)
    shop = Workload(sites, objective=Objective(rto="4h", rpo="4h"))

    with pytest.raises(ConfigurationError, match=said):
        build(shop)

    for name in ("token", "level"):
        Bucket(shop, name)


def test_a_name_that_aws_keeps_is_refused() -> None:
    sites = Sites.per_region(App(), "aws-shop", primary=PRIMARY, recovery=RECOVERY)
    with pytest.raises(ConfigurationError, match="AWS keeps names that start with aws or ssm to itself"):
        Parameter(sites, "level", value="info")


def test_another_workloads_secret_is_given_by_its_arn() -> None:
    app = App()
    objective = Objective(rto="4h", rpo="4h")
    shop, other = (
        Workload(Sites.per_region(app, name, primary=PRIMARY, recovery=RECOVERY), objective=objective)
        for name in ("shop", "other")
    )
    with pytest.raises(ConfigurationError, match="TOKEN in the secrets of service shop-web is built for other"):
        serve(shop, secrets={"TOKEN": Secret(other, "token")})
    with pytest.raises(ConfigurationError, match="the certificate_arn of service shop-web is built for other"):
        serve(shop, certificate_arn=Certificate(other, "cert", domain="shop.example.com"))
