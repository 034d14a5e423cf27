from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import (
    App,
    Construct,
    Node,
    TerraformDataSource,
    TerraformProvider,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
    Token,
)
from constructs_lib.terraform.owner import BlockOwner
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsDataSource, AwsResource
from constructs_lib.terraform.written import blocks_of

Written = Callable[[str, str], dict[str, Any]]


class _OwnProvider(TerraformProvider):
    """A provider as users write it, or a binding generates it: no class of this library."""

    def __init__(self, scope: TerraformStack) -> None:
        super().__init__(
            scope,
            "own",
            terraform_resource_type="aws",
            terraform_provider_source="hashicorp/aws",
            terraform_generator_metadata={"provider_name": "aws", "provider_version": "6.25.0"},
        )

    @property
    def alias(self) -> str:
        return "own"

    @alias.setter
    def alias(self, value: str | None) -> None:
        raise AttributeError


def test_arguments_are_written_as_given(stack: TerraformStack, provider: AwsProvider, written: Written) -> None:
    AwsResource(
        stack,
        "assets",
        "aws_s3_bucket",
        {"bucket": "assets", "force_destroy": False, "camelCase": [], "tags": {"a.b": "c"}, "acl": None},
        provider=provider,
    )

    expected = {"bucket": "assets", "force_destroy": False, "camelCase": [], "tags": {"a.b": "c"}}
    assert expected == written("aws_s3_bucket", "assets")


def test_a_reference_becomes_the_terraform_expression(
    stack: TerraformStack, provider: AwsProvider, written: Written
) -> None:
    bucket = AwsResource(stack, "assets", "aws_s3_bucket", provider=provider)
    AwsResource(
        stack,
        "policy",
        "aws_s3_bucket_policy",
        {"bucket": bucket.ref("id"), "policy": f'{{"Resource":"{bucket.ref("arn")}/*"}}'},
        provider=provider,
    )

    expected = {
        "bucket": "${aws_s3_bucket.assets.id}",
        "policy": '{"Resource":"${aws_s3_bucket.assets.arn}/*"}',
    }
    assert expected == written("aws_s3_bucket_policy", "policy")
    assert Token.is_unresolved(bucket.ref("arn"))


def test_a_data_source_is_written_and_referred_to(stack: TerraformStack, provider: AwsProvider) -> None:
    key = AwsDataSource(stack, "key", "aws_kms_alias", {"name": "alias/shop"}, provider=provider)
    AwsResource(stack, "bucket", "aws_s3_bucket", {"bucket": key.ref("target_key_arn")}, provider=provider)

    content = stack.to_terraform()

    assert content["data"]["aws_kms_alias"]["key"]["name"] == "alias/shop"
    assert content["resource"]["aws_s3_bucket"]["bucket"]["bucket"] == "${data.aws_kms_alias.key.target_key_arn}"


@pytest.mark.parametrize("id_", ["assets", "Default", "a/b c", "Resource"])
def test_within_a_stack_the_expression_is_what_a_reference_becomes(
    stack: TerraformStack, provider: AwsProvider, id_: str
) -> None:
    scope = Construct(stack, "shop")
    made: list[AwsResource | AwsDataSource] = [
        AwsResource(scope, id_, "aws_s3_bucket", provider=provider),
        AwsDataSource(scope, f"{id_}-there", "aws_s3_bucket", provider=provider),
    ]
    for item in made:
        assert not Token.is_unresolved(item.here("arn"))
    AwsResource(
        stack,
        "both",
        "aws_s3_bucket_policy",
        {f"ref_{number}": item.ref("arn") for number, item in enumerate(made)}
        | {f"here_{number}": item.here("arn") for number, item in enumerate(made)},
        provider=provider,
    )

    block = stack.to_terraform()["resource"]["aws_s3_bucket_policy"]["both"]

    assert (block["here_0"], block["here_1"]) == (block["ref_0"], block["ref_1"])


@pytest.mark.parametrize("first", [AwsResource.ref, AwsResource.here])
@pytest.mark.parametrize("then", [AwsResource.ref, AwsResource.here])
def test_a_resource_keeps_the_name_that_somebody_was_told(
    stack: TerraformStack, provider: AwsProvider, first: Callable[..., str], then: Callable[..., str]
) -> None:
    bucket = AwsResource(stack, "assets", "aws_s3_bucket", provider=provider)
    early = first(bucket, "id")
    bucket.override_logical_id("renamed")
    AwsResource(stack, "policy", "aws_s3_bucket_policy", {"a": early, "b": then(bucket, "id")}, provider=provider)

    resources = stack.to_terraform()["resource"]

    assert list(resources["aws_s3_bucket"]) == ["assets"]
    assert {resources["aws_s3_bucket_policy"]["policy"][name] for name in "ab"} == {"${aws_s3_bucket.assets.id}"}


def test_a_resource_that_was_renamed_is_told_of_by_its_new_name(stack: TerraformStack, provider: AwsProvider) -> None:
    bucket = AwsResource(stack, "assets", "aws_s3_bucket", provider=provider)
    bucket.override_logical_id("renamed")
    AwsResource(stack, "policy", "aws_s3_bucket_policy", {"bucket": bucket.here("id")}, provider=provider)

    policy = stack.to_terraform()["resource"]["aws_s3_bucket_policy"]["policy"]

    assert policy["bucket"] == "${aws_s3_bucket.renamed.id}"


def test_the_same_reference_costs_one_question_to_the_engine(stack: TerraformStack, provider: AwsProvider) -> None:
    bucket = AwsResource(stack, "assets", "aws_s3_bucket", provider=provider)

    assert bucket.ref("arn") is bucket.ref("arn")


@pytest.mark.parametrize("attribute", ["", "Arn", "arn ", "a..b", "arn}"])
def test_what_is_no_attribute_is_refused(stack: TerraformStack, provider: AwsProvider, attribute: str) -> None:
    bucket = AwsResource(stack, "assets", "aws_s3_bucket", provider=provider)

    for tell in (bucket.ref, bucket.here):
        with pytest.raises(ConfigurationError, match="is no attribute"):
            tell(attribute)


def test_the_path_of_a_block_is_the_engines_and_costs_no_question(
    stack: TerraformStack, provider: AwsProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = Construct(stack, "shop/eu")
    resources = [AwsResource(scope, id_, "aws_s3_bucket", provider=provider) for id_ in ("Default", "files/a b")]
    paths = [resource.node.path for resource in resources]

    assert [path for path, _, _ in blocks_of(stack)] == paths
    monkeypatch.setattr(Node, "path", property(lambda _: pytest.fail("the engine was asked")))
    assert [path for path, _, _ in blocks_of(stack)] == paths


def test_the_arguments_read_back_are_a_copy(stack: TerraformStack, provider: AwsProvider) -> None:
    given = {"bucket": "assets", "tags": {"a": "1"}}
    bucket = AwsResource(stack, "assets", "aws_s3_bucket", given, provider=provider)

    bucket.arguments["tags"]["a"] = "2"
    given["bucket"] = "changed"

    assert bucket.arguments == {"bucket": "assets", "tags": {"a": "1"}}


@pytest.mark.parametrize(
    "lifecycle",
    [
        {"prevent_destroy": True, "ignore_changes": ["tags"]},
        TerraformResourceLifecycle(prevent_destroy=True, ignore_changes=["tags"]),
    ],
    ids=["mapping", "object"],
)
def test_a_lifecycle_is_written(
    stack: TerraformStack,
    provider: AwsProvider,
    written: Written,
    lifecycle: TerraformResourceLifecycle | dict[str, object],
) -> None:
    AwsResource(stack, "assets", "aws_s3_bucket", provider=provider, lifecycle=lifecycle)

    expected = {"lifecycle": {"prevent_destroy": True, "ignore_changes": ["tags"]}}
    assert expected == written("aws_s3_bucket", "assets")


def test_a_misspelt_lifecycle_is_refused(stack: TerraformStack, provider: AwsProvider) -> None:
    with pytest.raises(ConfigurationError, match="lifecycle has no 'preventDestroy'; it has create_before"):
        AwsResource(stack, "a", "aws_s3_bucket", provider=provider, lifecycle={"preventDestroy": True})


def test_a_dependency_is_written_by_its_address(stack: TerraformStack, provider: AwsProvider, written: Written) -> None:
    first = AwsResource(stack, "first", "aws_s3_bucket", provider=provider)
    AwsResource(stack, "second", "aws_s3_bucket", provider=provider, depends_on=(first,))

    assert written("aws_s3_bucket", "second") == {"depends_on": ["aws_s3_bucket.first"]}


def test_a_provider_of_the_users_own_is_used(stack: TerraformStack, written: Written) -> None:
    AwsResource(stack, "assets", "aws_s3_bucket", provider=_OwnProvider(stack))

    assert written("aws_s3_bucket", "assets") == {"provider": "aws.own"}


def test_no_provider_means_the_default_one(stack: TerraformStack, provider: AwsProvider, written: Written) -> None:
    AwsResource(stack, "given", "aws_s3_bucket", provider=provider)
    AwsResource(stack, "none", "aws_s3_bucket", provider=None)

    assert {} == written("aws_s3_bucket", "given") == written("aws_s3_bucket", "none")


def test_a_provider_of_another_stack_is_refused(app: App, stack: TerraformStack) -> None:
    elsewhere = AwsProvider(TerraformStack(app, "elsewhere"), "aws", region="eu-central-1")

    with pytest.raises(ConfigurationError, match="the provider is in another stack"):
        AwsResource(stack, "assets", "aws_s3_bucket", provider=elsewhere)


def test_a_dependency_in_another_stack_is_refused(app: App, stack: TerraformStack, provider: AwsProvider) -> None:
    elsewhere = AwsResource(TerraformStack(app, "elsewhere"), "a", "aws_s3_bucket", provider=None)

    with pytest.raises(ConfigurationError, match="depends_on names AwsResource of another stack"):
        AwsResource(stack, "assets", "aws_s3_bucket", provider=provider, depends_on=[elsewhere])


def test_synth_names_the_missing_provider(stack: TerraformStack) -> None:
    AwsResource(stack, "assets", "aws_s3_bucket", provider=None)

    with pytest.raises(RuntimeError, match="without a matching provider"):
        engine.Testing.synth(stack, True)


def test_a_scope_outside_of_any_stack_is_refused(app: App) -> None:
    with pytest.raises(ConfigurationError, match="aws_s3_bucket 'a': the scope is in no stack"):
        AwsResource(app, "a", "aws_s3_bucket", provider=None)


def test_an_id_that_is_taken_is_refused(stack: TerraformStack, provider: AwsProvider) -> None:
    AwsResource(stack, "assets", "aws_s3_bucket", provider=provider)

    with pytest.raises(ConfigurationError, match="aws_s3_bucket 'assets': There is already a Construct"):
        AwsResource(stack, "assets", "aws_s3_bucket", provider=provider)


@pytest.mark.parametrize("id_", ["", 5, None])
def test_an_id_that_is_no_text_is_refused(stack: TerraformStack, id_: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"the id of a aws_s3_bucket is {id_!r}; give text"):
        AwsResource(stack, id_, "aws_s3_bucket", provider=None)


def test_a_dependency_that_is_no_resource_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(ConfigurationError, match=r"depends_on holds 'aws_s3_bucket\.other'; give resources"):
        AwsResource(stack, "assets", "aws_s3_bucket", provider=None, depends_on=["aws_s3_bucket.other"])  # type: ignore[list-item]


@pytest.mark.parametrize("type_", ["", "s3_bucket", "aws_S3", "google_storage_bucket", "aws_s3_bucket.x"])
def test_a_type_of_another_provider_is_refused(stack: TerraformStack, type_: str) -> None:
    with pytest.raises(ConfigurationError, match="is no type of the AWS provider"):
        AwsResource(stack, "assets", type_, provider=None)


@pytest.mark.parametrize("name", ["provider", "depends_on", "lifecycle", "count", "for_each"])
def test_what_belongs_to_terraform_is_no_argument(stack: TerraformStack, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is not an argument of the resource"):
        AwsResource(stack, "assets", "aws_s3_bucket", {name: "x"}, provider=None)


def test_a_resource_can_still_be_overridden_the_engines_way(
    stack: TerraformStack, provider: AwsProvider, written: Written
) -> None:
    bucket = AwsResource(stack, "assets", "aws_s3_bucket", {"bucket": "a"}, provider=provider)

    bucket.add_override("bucket", "b")

    assert written("aws_s3_bucket", "assets") == {"bucket": "b"}


def test_a_synth_to_hcl_is_refused_rather_than_written_empty(stack: TerraformStack, provider: AwsProvider) -> None:
    AwsResource(stack, "assets", "aws_s3_bucket", {"bucket": "a"}, provider=provider)

    with pytest.raises(RuntimeError, match="it can be written as JSON only"):
        stack.to_hcl_terraform()


@pytest.mark.parametrize(
    ("ours", "base", "meant"),
    [
        (AwsResource, TerraformResource, {"add_override", "move_to", "move_to_id", "override_logical_id"}),
        (AwsDataSource, TerraformDataSource, {"add_override", "override_logical_id"}),
        (
            AwsProvider,
            TerraformProvider,
            {"_synthesize_attributes", "_synthesize_hcl_attributes", "add_override", "alias", "fqn"},
        ),
    ],
)
def test_only_what_is_meant_to_stands_for_what_the_engine_has(ours: type, base: type, meant: set[str]) -> None:
    """jsii takes every function and property of the same name for an override, and Node.js calls it."""
    own = {name for name in vars(ours) if not name.startswith(("__", "_abc_"))}

    assert meant == {name for name in own if hasattr(base, name)}


@pytest.mark.parametrize("ours", [AwsResource, AwsDataSource])
def test_the_engine_has_nothing_of_the_names_that_we_add_behind_its_class(ours: type) -> None:
    """Of two bases that have one name the first would answer."""
    added = {name for name in vars(BlockOwner) if not name.startswith("_")}

    assert {"arguments", "here", "override", "ref"} == added
    assert not [
        name for name in added for base in ours.__mro__[1 : ours.__mro__.index(BlockOwner)] if name in vars(base)
    ]


def test_a_class_of_ones_own_may_stand_for_our_methods_too(stack: TerraformStack, provider: AwsProvider) -> None:
    class Bucket(AwsResource):
        def add_override(self, path: str, value: Any) -> None:
            super().add_override(f"tags.{path}", value)

    bucket = Bucket(stack, "assets", "aws_s3_bucket", {"tags": {"team": "web"}}, provider=provider)
    bucket.add_override("owner", "shop")

    assert [content["tags"] for _, _, content in blocks_of(stack)] == [{"owner": "shop", "team": "web"}]
