"""The AWS provider: one per Region and account, with the versions the app accepts."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from constructs_lib.catalog.resources.provider_constraint import DEFAULT_PROVIDER_CONSTRAINT, admits
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.arguments import copied, normalized_arguments
from constructs_lib.terraform.engine import (
    Construct,
    TerraformProvider,
    TerraformStack,
    create,
)
from constructs_lib.terraform.placement import in_python, placed, refuse_other_engine, refused_as_hcl, stack_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AwsProvider", "provider_constraint_of"]

_SOURCE: Final = "hashicorp/aws"
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

_constraints: WeakKeyDictionary[TerraformStack, str] = WeakKeyDictionary()


class AwsProvider(TerraformProvider):
    """A configuration of the provider `hashicorp/aws`.

    Args:
        scope: The stack.
        id: Construct id; does not show in Terraform.
        arguments: Further provider arguments under Terraform's names, for example `assume_role`, or what an
            emulator needs: `{"s3_use_path_style": True, "skip_credentials_validation": True}`. A mapping is
            one block, a list of mappings several.
        region: AWS Region, for example `"eu-west-1"`.
        alias: Name to tell apart several providers of one stack; default none, which makes it the stack's
            default provider. A stack has at most one without alias.
        default_tags: Tags for everything that is made through this provider; default none.
        constraint: Provider versions accepted; default `DEFAULT_PROVIDER_CONSTRAINT`. The same for all AWS
            providers of a stack, as Terraform installs one version for all.

    Raises:
        ConfigurationError: An empty Region, an alias that is no identifier, an argument named twice, or a
            constraint that differs from that of another provider in the stack.
        InputError: *constraint* cannot be read.
        EngineError: The scope is made with the engine that is not in use.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        arguments: Mapping[str, object] | None = None,
        *,
        region: str,
        alias: str | None = None,
        default_tags: Mapping[str, str] | None = None,
        constraint: str = DEFAULT_PROVIDER_CONSTRAINT,
    ) -> None:
        where = f"AwsProvider {id!r}"
        if not isinstance(region, str) or not region:
            msg = f'{where}: the Region is {region!r}; give one, for example "eu-west-1"'
            raise ConfigurationError(msg)
        if alias is not None and not (isinstance(alias, str) and _IDENTIFIER.fullmatch(alias)):
            msg = f'{where}: the alias {alias!r} is no Terraform identifier; use letters, digits, "_" and "-"'
            raise ConfigurationError(msg)
        admits(constraint, "0")
        given: dict[str, object] = dict(arguments or {})
        for name in ("region", "alias", "default_tags", "version"):
            if name in given:
                own = "constraint" if name == "version" else name
                msg = f"{where}: {name} is among the arguments; give it as the keyword argument {own}"
                raise ConfigurationError(msg)
        given["region"] = region
        if default_tags:
            given["default_tags"] = [{"tags": dict(default_tags)}]

        # Everything the callbacks answer with is settled before the engine can call back.
        self._arguments = normalized_arguments(given, where=where)
        self._alias = alias
        self._region = region
        self._constraint = constraint
        stack = stack_of(scope, where=where)
        declared = _constraints.setdefault(stack, constraint)
        if declared != constraint:
            msg = (
                f"{where}: the constraint {constraint!r} differs from {declared!r}, which another AWS "
                f"provider of the stack declares; give all of them the same, since Terraform installs one "
                f"version for all"
            )
            raise ConfigurationError(msg)
        # As `AwsResource` does, under the engine's own names.
        config = {
            "terraformResourceType": "aws",
            "terraformProviderSource": _SOURCE,
            "terraformGeneratorMetadata": {"providerName": "aws", "providerVersionConstraint": constraint},
        }
        try:
            create(type(self), self, [scope, id, config])
        except RuntimeError as error:
            msg = f"{where}: {str(error).strip().splitlines()[0]}"
            raise ConfigurationError(msg) from error
        placed(self, scope, id)

    # The engine knows an alias from an overridden property only, and each look at one is a round trip to Node.js: two
    # or three for each provider whenever it is written. So the alias is among the attributes, resources are told of it
    # by `fqn`, and `alias` itself is a cached property, of which jsii tells Node.js nothing.

    @cached_property
    def alias(self) -> str | None:
        """The alias, or None for the default provider of the stack."""
        return self._alias

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse another alias: resources have been given this one."""
        if name == "alias":
            msg = f"the alias of AwsProvider {self.fqn} is set when it is made; make another provider"
            raise AttributeError(msg)
        super().__setattr__(name, value)

    @in_python
    def add_override(self, path: str, value: Any) -> None:
        """Set an argument in the way of the engine; the Region and the alias are those that resources were built by."""
        if path in ("alias", "region"):
            msg = f"the {path} of AwsProvider {self.fqn} is set when it is made; make another provider"
            raise ConfigurationError(msg)
        super().add_override(path, value)

    @property
    def fqn(self) -> str:
        """The provider as resources refer to it: `aws` or `aws.<alias>`."""
        return "aws" if self._alias is None else f"aws.{self._alias}"

    @property
    def region_name(self) -> str:
        """The Region, for example `eu-west-1`."""
        return self._region

    @property
    def constraint(self) -> str:
        """The provider versions accepted."""
        return self._constraint

    @property
    def arguments(self) -> dict[str, Any]:
        """A copy of the arguments as they will be written, without the alias."""
        return copied(self._arguments)  # type: ignore[no-any-return]

    def _synthesize_attributes(self) -> Mapping[str, Any]:
        return self._arguments if self._alias is None else {**self._arguments, "alias": self._alias}

    def _synthesize_hcl_attributes(self) -> Mapping[str, Any]:
        raise refused_as_hcl(f"AwsProvider {self.fqn}")


def provider_constraint_of(provider: TerraformProvider | None) -> str | None:
    """The versions *provider* declares to accept; None where it declares none and any may be installed.

    Args:
        provider: An `AwsProvider`, a provider of a binding package, or one of your own.

    Raises:
        EngineError: *provider* is made with the engine that is not in use.
    """
    if provider is None:
        return None
    if isinstance(provider, AwsProvider):
        return provider.constraint
    refuse_other_engine(provider, where="provider")
    metadata = provider.terraform_generator_metadata
    if metadata is None:
        return None
    # The engine itself writes the version in preference to the constraint.
    return metadata.provider_version or metadata.provider_version_constraint
