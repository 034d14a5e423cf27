"""Where things are built: stacks, Regions, providers, keys and topics."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.constructs.configuration.secret import Secret
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import App, Construct, TerraformStack
from constructs_lib.terraform.provider import AwsProvider


@pytest.fixture(name="app")
def _app() -> App:
    return App()


def _terraform(stack: TerraformStack) -> dict[str, Any]:
    stack.prepare_stack()
    content: dict[str, Any] = stack.to_terraform()
    return content


def _regions(stack: TerraformStack) -> list[str]:
    return [provider["region"] for provider in _terraform(stack)["provider"]["aws"]]


def test_per_region_makes_a_stack_for_each_site_and_one_for_what_names_both(app: App) -> None:
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
    assert sites.recovery is not None

    assert [site.stack.node.id for site in (sites.primary, sites.recovery, sites.global_)] == [
        "shop-primary",
        "shop-recovery",
        "shop-global",
    ]
    assert _regions(sites.primary.stack) == ["eu-west-1"]
    assert _regions(sites.recovery.stack) == ["eu-central-1"]
    assert _regions(sites.global_.stack) == ["us-east-1", "eu-west-1", "eu-central-1"]


def test_the_global_stack_is_deployed_last(app: App) -> None:
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
    assert sites.recovery is not None

    assert sites.global_.stack.depends_on(sites.primary.stack)
    assert sites.global_.stack.depends_on(sites.recovery.stack)
    assert not sites.recovery.stack.depends_on(sites.primary.stack)


def test_one_region_has_no_recovery_site(app: App) -> None:
    sites = Sites.per_region(app, "shop", primary="eu-west-1")

    assert sites.recovery is None
    assert sites.recovery_region is None


def test_a_stack_has_a_provider_for_each_region_whether_something_names_it_or_not(app: App) -> None:
    """What a looser pattern no longer builds is taken away with the provider that made it."""
    stack = TerraformStack(app, "shop")
    Sites.in_one_stack(stack, "shop", primary="eu-west-1", recovery="eu-central-1")
    apart = Sites.per_region(app, "apart", primary="eu-west-1", recovery="eu-central-1").global_.stack

    for of, default in ((stack, "eu-west-1"), (apart, "us-east-1")):
        found = {item["region"]: item.get("alias") for item in _terraform(of)["provider"]["aws"]}
        aliases = {region: region.replace("-", "_") for region in ("eu-west-1", "eu-central-1", "us-east-1")}
        assert found == aliases | {default: None}


def test_two_workloads_share_a_stack_and_its_providers(app: App) -> None:
    stack = TerraformStack(app, "team")
    for name in ("shop", "blog"):
        sites = Sites.in_one_stack(Construct(stack, name), name, primary="eu-west-1", recovery="eu-central-1")
        sites.primary.key  # noqa: B018

    content = _terraform(stack)
    assert len(content["provider"]["aws"]) == 3
    assert len(content["resource"]["aws_kms_key"]) == 2


def test_a_provider_of_the_teams_own_is_used(app: App) -> None:
    stack = TerraformStack(app, "team")
    own = AwsProvider(stack, "own", region="eu-west-1", default_tags={"team": "shop"})
    sites = Sites.in_one_stack(stack, "shop", primary="eu-west-1", providers={"eu-west-1": own})

    assert sites.primary.provider is own
    assert [item["region"] for item in _terraform(stack)["provider"]["aws"]] == ["eu-west-1", "us-east-1"]


def test_a_key_is_built_once_with_rotation_an_alias_and_protection(app: App) -> None:
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
    assert sites.primary.key is sites.primary.key

    resources = _terraform(sites.primary.stack)["resource"]
    (key,) = resources["aws_kms_key"].values()
    (alias,) = resources["aws_kms_alias"].values()
    assert key["enable_key_rotation"] is True
    assert key["lifecycle"] == {"prevent_destroy": True}
    assert alias["name"] == "alias/shop"


def test_the_keys_policy_leaves_the_account_in_charge_and_lets_nobody_else_in(app: App) -> None:
    sites = Sites.per_region(app, "shop", primary="eu-west-1", account_id="111122223333")
    policy = json.loads(sites.primary.key.arguments["policy"])

    first, *services = policy["Statement"]
    assert first["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    for statement in services:
        assert set(statement["Principal"]) == {"Service"}
        assert "111122223333" in json.dumps(statement["Condition"])
        assert "kms:*" not in statement["Action"]


def test_the_global_stack_finds_a_regions_key_by_its_alias(app: App) -> None:
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
    assert sites.recovery is not None
    sites.global_.key_arn_of(sites.recovery)

    content = _terraform(sites.global_.stack)
    (found,) = content["data"]["aws_kms_alias"].values()
    assert (found["name"], found["provider"]) == ("alias/shop", "aws.eu_central_1")
    assert "terraform_remote_state" not in content["data"]


def test_a_key_of_the_teams_own_is_used_everywhere(app: App) -> None:
    arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd"
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1", key_arns={"eu-central-1": arn})
    assert sites.recovery is not None

    assert sites.recovery.key_arn == arn
    assert sites.global_.key_arn_of(sites.recovery) == arn
    assert "aws_kms_key" not in _terraform(sites.recovery.stack).get("resource", {})


def test_the_topic_for_alarms_is_encrypted_with_the_sites_key(app: App) -> None:
    sites = Sites.per_region(app, "shop", primary="eu-west-1")

    topic = sites.primary.alarm_topic
    assert topic is sites.primary.alarm_topic
    assert topic.arguments["kms_master_key_id"] == sites.primary.key.here("arn")


OTHER: list[dict[str, Any]] = [
    {"provider_arguments": {"profile": "other"}},
    {"provider_arguments": {"assume_role": {"role_arn": "arn:aws:iam::111122223333:role/other"}}},
    {"constraint": ">= 6.0"},
]


@pytest.mark.parametrize("other", OTHER)
def test_a_provider_made_for_other_sites_of_the_stack_is_not_taken_silently(app: App, other: dict[str, Any]) -> None:
    stack = TerraformStack(app, "team")
    Sites.in_one_stack(Construct(stack, "a"), "shop", primary="eu-west-1", recovery="eu-central-1")

    with pytest.raises(ConfigurationError, match=r"has an AWS provider for eu-west-1 with other .*providers=\{"):
        Sites.in_one_stack(Construct(stack, "b"), "blog", primary="eu-west-1", recovery="eu-central-1", **other)


def test_each_workload_of_a_stack_keeps_the_provider_it_names(app: App) -> None:
    stack = TerraformStack(app, "team")
    own = AwsProvider(stack, "own", {"profile": "shop"}, region="eu-west-1")
    other = AwsProvider(stack, "other", {"profile": "blog"}, region="eu-west-1", alias="blog")
    sites = [
        Sites.in_one_stack(Construct(stack, name), name, primary="eu-west-1", providers={"eu-west-1": provider})
        for name, provider in (("shop", own), ("blog", other))
    ]

    assert [one.primary.provider for one in sites] == [own, other]
    with pytest.raises(ConfigurationError, match="say which provider to use"):
        Sites.in_one_stack(Construct(stack, "news"), "news", primary="eu-west-1")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"primary": None}, "not a string"),
        ({"primary": 5}, "not a string"),
        ({"key_arns": 5}, "give a mapping from Regions to ARNs"),
        ({"key_arns": {"eu-west-1": "1234abcd"}}, "give arn:aws:kms:eu-west-1:"),
        ({"key_arns": {"eu-west-1": None}}, "give arn:aws:kms:eu-west-1:"),
        ({"key_arns": {"eu-west-1": "arn:aws:kms:eu-central-1:111122223333:key/a"}}, "give arn:aws:kms:eu-west-1:"),
        (
            {"key_arns": {"eu-south-1": "arn:aws:kms:eu-south-1:111122223333:key/a"}},
            "the sites use eu-west-1, eu-central-1, us-east-1",
        ),
        ({"account_id": "12"}, "12 digits"),
        ({"account_id": 111122223333}, "12 digits"),
        ({"account_id": ""}, "12 digits"),
        ({"provider_arguments": 5}, "give a mapping"),
        ({"constraint": "~> 4.0"}, "admits AWS providers before 5.100"),
        ({"constraint": ">= 5.0, < 7.0"}, "admits AWS providers before 5.100"),
        ({"tags": 5}, "give a mapping"),
        ({"tags": "team"}, "give a mapping"),
        ({"tags": {"team": "web\ncards"}}, "use letters, digits, spaces and"),
        ({"tags": {"Team": "web", "team": "web"}}, "'Team' and 'team'; IAM does not tell them apart"),
        ({"tags": {"aws:team": "web"}}, "AWS keeps keys that start with aws: to itself"),
    ],
)
def test_an_option_of_sites_that_cannot_be_is_refused(app: App, options: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"primary": "eu-west-1", "recovery": "eu-central-1", **options}
    with pytest.raises(ConfigurationError, match=message):
        Sites.per_region(app, "shop", **given)
    with pytest.raises(ConfigurationError, match=message):
        Sites.in_one_stack(TerraformStack(app, "team"), "shop", **given)


@pytest.mark.parametrize("providers", [5, {"eu-west-1": "aws"}, {"eu-wset-1": None}])
def test_providers_that_are_none_are_refused(app: App, providers: Any) -> None:
    with pytest.raises(ConfigurationError):
        Sites.in_one_stack(TerraformStack(app, "team"), "shop", primary="eu-west-1", providers=providers)


def test_a_provider_of_another_region_is_refused(app: App) -> None:
    stack = TerraformStack(app, "team")
    own = AwsProvider(stack, "own", region="eu-west-2")
    with pytest.raises(ConfigurationError, match="is one for eu-west-2"):
        Sites.in_one_stack(stack, "shop", primary="eu-west-1", providers={"eu-west-1": own})


def test_sites_of_one_name_are_refused(app: App) -> None:
    Sites.per_region(app, "shop", primary="eu-west-1")
    stack = TerraformStack(app, "team")
    Sites.in_one_stack(stack, "blog", primary="eu-west-1")

    with pytest.raises(ConfigurationError, match="has a stack shop-primary already"):
        Sites.per_region(app, "shop", primary="eu-west-1")
    with pytest.raises(ConfigurationError, match="has sites 'blog' already"):
        Sites.in_one_stack(Construct(stack, "second"), "blog", primary="eu-west-1")
    with pytest.raises(ConfigurationError, match="holds sites already"):
        Sites.in_one_stack(stack, "news", primary="eu-west-1")


def test_sites_whose_keys_would_have_one_alias_are_refused(app: App) -> None:
    Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1")
    with pytest.raises(ConfigurationError, match=r"alias/shop-global in us-east-1, as sites 'shop' have"):
        Sites.per_region(app, "shop-global", primary="us-east-1", recovery="us-west-2")
    assert app.node.try_find_child("shop-global-primary") is None
    Sites.per_region(app, "blog-global", primary="us-west-2", recovery="us-east-1", account_id="111122223333")
    with pytest.raises(ConfigurationError, match=r"alias/blog-global in us-east-1, as sites 'blog-global' have"):
        Sites.per_region(app, "blog", primary="eu-west-1", account_id="111122223333")

    stack = TerraformStack(app, "team")
    Sites.in_one_stack(Construct(stack, "a"), "news", primary="eu-west-1")
    scope = Construct(stack, "b")
    with pytest.raises(ConfigurationError, match=r"alias/news-global in us-east-1"):
        Sites.in_one_stack(scope, "news-global", primary="us-east-1")
    assert scope.node.children == []


def test_sites_whose_keys_are_in_other_regions_or_accounts_are_not_refused(app: App) -> None:
    Sites.per_region(app, "shop", primary="eu-west-1", account_id="111122223333")
    Sites.per_region(app, "shop-global", primary="us-east-1", account_id="444455556666")
    Sites.per_region(app, "blog", primary="eu-west-1")
    Sites.per_region(app, "blog-global", primary="eu-west-1")
    Sites.per_region(app, "news", primary="eu-west-1", provider_arguments={"profile": "a"})
    Sites.per_region(app, "news-global", primary="us-east-1", provider_arguments={"profile": "b"})


@pytest.mark.parametrize("name", ["", "S", "a", "Shop", "shöp", "-shop", "shop-", "a" * 33, "shop_1", 7, None])
def test_a_name_that_cannot_start_the_name_of_a_bucket_is_refused(app: App, name: Any) -> None:
    with pytest.raises(ConfigurationError, match="lower-case letters, digits and hyphens"):
        Sites.per_region(app, name, primary="eu-west-1", recovery="eu-central-1")


def test_a_region_cannot_stand_in_for_itself(app: App) -> None:
    with pytest.raises(ConfigurationError, match="cannot stand in for itself"):
        Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-west-1")


@pytest.mark.parametrize("region", ["eu-wset-1", "", "EU", "cn-north-1"])
def test_a_region_that_does_not_exist_is_refused(app: App, region: str) -> None:
    with pytest.raises(ConfigurationError):
        Sites.per_region(app, "shop", primary=region, recovery="eu-central-1")


def test_what_is_called_like_a_place_of_the_sites_is_found_before_the_name_is_taken(app: App) -> None:
    stack = TerraformStack(app, "team")
    scope = Construct(stack, "shop")
    mine = Construct(scope, "Global")

    with pytest.raises(ConfigurationError, match="already a Construct with name 'Global'"):
        Sites.in_one_stack(scope, "shop", primary="eu-west-1", recovery="eu-central-1")
    assert scope.node.children == [mine]
    Sites.in_one_stack(Construct(stack, "other"), "shop", primary="eu-west-1", recovery="eu-central-1")


def test_two_components_differ_in_more_than_the_case_of_their_names(app: App) -> None:
    """Roles are called after them, and IAM does not tell one case from another."""
    shop, other = (
        Sites.per_region(app, name, primary="eu-west-1", recovery="eu-west-3") for name in ("shop", "shop-eu")
    )
    Secret(shop, "Token")
    with pytest.raises(ConfigurationError, match="'shop-token', as a component of shop is, but for the case"):
        Secret(shop, "token")
    Secret(other, "token")
    with pytest.raises(ConfigurationError, match="'shop-eu-Token', as a component of shop-eu is, but for the case"):
        Secret(shop, "eu-Token")
