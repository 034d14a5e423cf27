from __future__ import annotations

import pytest

from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT
from constructs_lib.errors import ConfigurationError, InputError
from constructs_lib.terraform.engine import (
    App,
    TerraformProvider,
    TerraformProviderGeneratorMetadata,
    TerraformStack,
)
from constructs_lib.terraform.provider import AwsProvider, provider_constraint_of


def test_a_provider_is_written_with_its_requirement(stack: TerraformStack) -> None:
    AwsProvider(stack, "aws", {"s3_use_path_style": True}, region="eu-west-1", constraint=">= 6.22")

    content = stack.to_terraform()

    assert content["provider"]["aws"] == [{"region": "eu-west-1", "s3_use_path_style": True}]
    assert content["terraform"]["required_providers"]["aws"] == {
        "source": "hashicorp/aws",
        "version": ">= 6.22",
    }


def test_an_alias_shows_in_the_block_and_in_the_reference(stack: TerraformStack) -> None:
    provider = AwsProvider(stack, "aws", region="eu-central-1", alias="recovery")

    assert stack.to_terraform()["provider"]["aws"] == [{"alias": "recovery", "region": "eu-central-1"}]
    assert (provider.alias, provider.fqn) == ("recovery", "aws.recovery")


def test_an_alias_is_set_once(stack: TerraformStack) -> None:
    """Resources name the provider by it; the engine's own setter does nothing, and says nothing."""
    provider = AwsProvider(stack, "aws", region="eu-central-1", alias="recovery")

    with pytest.raises(AttributeError, match=r"the alias of AwsProvider aws\.recovery is set when it is made"):
        provider.alias = "other"
    assert provider.alias == "recovery"


def test_a_class_of_ones_own_may_give_another_alias(stack: TerraformStack) -> None:
    class Own(AwsProvider):
        @property  # type: ignore[misc]  # the engine declares a setter as well
        def alias(self) -> str:
            return "own"

    Own(stack, "aws", region="eu-central-1")

    assert stack.to_terraform()["provider"]["aws"] == [{"alias": "own", "region": "eu-central-1"}]


def test_what_a_provider_was_given_can_be_read_back(stack: TerraformStack) -> None:
    provider = AwsProvider(stack, "aws", {"max_retries": 3}, region="eu-west-1", default_tags={"a": "b"})

    assert (
        provider.alias,
        provider.fqn,
        provider.region_name,
        provider.constraint,
    ) == (None, "aws", "eu-west-1", DEFAULT_PROVIDER_CONSTRAINT)
    assert provider.arguments == {
        "max_retries": 3,
        "region": "eu-west-1",
        "default_tags": [{"tags": {"a": "b"}}],
    }


@pytest.mark.parametrize("name", ["region", "alias", "default_tags", "version"])
def test_an_argument_that_has_a_keyword_is_refused(stack: TerraformStack, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is among the arguments; give it as the keyword"):
        AwsProvider(stack, "aws", {name: "x"}, region="eu-west-1")


@pytest.mark.parametrize("alias", ["", "1st", "eu central", "a.b"])
def test_an_alias_that_is_no_identifier_is_refused(stack: TerraformStack, alias: str) -> None:
    with pytest.raises(ConfigurationError, match="is no Terraform identifier"):
        AwsProvider(stack, "aws", region="eu-west-1", alias=alias)


def test_an_empty_region_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(ConfigurationError, match="the Region is ''"):
        AwsProvider(stack, "aws", region="")


def test_a_constraint_that_cannot_be_read_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(InputError, match="'latest'"):
        AwsProvider(stack, "aws", region="eu-west-1", constraint="latest")


def test_two_constraints_in_one_stack_are_refused(app: App, stack: TerraformStack) -> None:
    """Terraform would be given the last one only, and say nothing."""
    AwsProvider(stack, "aws", region="eu-west-1", constraint=">= 6.22")
    AwsProvider(TerraformStack(app, "other"), "aws", region="eu-west-1", constraint="~> 5.100")

    with pytest.raises(ConfigurationError, match=r"'~> 5.100' differs from '>= 6.22'"):
        AwsProvider(stack, "recovery", region="eu-central-1", alias="recovery", constraint="~> 5.100")


def test_an_id_that_is_taken_is_refused(stack: TerraformStack) -> None:
    AwsProvider(stack, "aws", region="eu-west-1")

    with pytest.raises(ConfigurationError, match="AwsProvider 'aws': There is already a Construct"):
        AwsProvider(stack, "aws", region="eu-central-1", alias="recovery")


@pytest.mark.parametrize(
    ("metadata", "constraint"),
    [
        (TerraformProviderGeneratorMetadata(provider_name="aws", provider_version="6.25.0"), "6.25.0"),
        (
            TerraformProviderGeneratorMetadata(provider_name="aws", provider_version_constraint="~> 6.0"),
            "~> 6.0",
        ),
        (TerraformProviderGeneratorMetadata(provider_name="aws"), None),
        (None, None),
    ],
)
def test_the_constraint_of_any_provider_is_the_one_the_engine_writes(
    stack: TerraformStack, metadata: TerraformProviderGeneratorMetadata | None, constraint: str | None
) -> None:
    class Own(TerraformProvider):
        pass

    provider = Own(
        stack,
        "own",
        terraform_resource_type="aws",
        terraform_provider_source="hashicorp/aws",
        terraform_generator_metadata=metadata,
    )

    assert constraint == provider_constraint_of(provider)
    assert constraint == stack.to_terraform()["terraform"]["required_providers"]["aws"].get("version")


def test_the_constraint_of_no_provider_is_unknown() -> None:
    assert provider_constraint_of(None) is None
