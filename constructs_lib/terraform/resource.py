"""An AWS resource or data source, written as plain arguments under Terraform's own names.

There are no classes per resource type. Those of the provider bindings take seconds and a gigabyte to import,
while the names they would check are checked by the tests, against the provider's own schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_type
from constructs_lib.terraform.arguments import normalize, normalized_arguments, parse_path
from constructs_lib.terraform.engine import (
    Construct,
    ITerraformDependable,
    TerraformDataSource,
    TerraformElement,
    TerraformProvider,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
    create,
)
from constructs_lib.terraform.owner import BlockOwner
from constructs_lib.terraform.placement import in_python, is_of_the_engine, placed, refuse_other_engine, stack_of
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.written import Block, write_with_stack

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AwsDataSource", "AwsResource"]

_PLACED: Final = ("count", "for_each", "provider")
# With this, synth fails with a helpful text where the stack has no AWS provider at all. Under the engine's own names a
# mapping is a third of what its class is to hand over, for every resource.
_METADATA: Final = {"providerName": "aws"}
_TYPE: Final = re.compile(r"aws_[a-z0-9_]+")
_LIFECYCLE_NAMES: Final = (
    "create_before_destroy",
    "ignore_changes",
    "postcondition",
    "precondition",
    "prevent_destroy",
    "replace_triggered_by",
)
_PLAIN_LIFECYCLE: Final = {
    "create_before_destroy": "createBeforeDestroy",
    "ignore_changes": "ignoreChanges",
    "prevent_destroy": "preventDestroy",
    "replace_triggered_by": "replaceTriggeredBy",
}
"""What the engine calls those that hold no blocks of their own."""


class AwsResource(TerraformResource, BlockOwner):
    """One `resource` block of the provider `hashicorp/aws`.

    Args:
        scope: The stack or construct to build in.
        id: Construct id. It makes the Terraform address together with the scope's path, so a change of it
            replaces the resource; the main resource of a construct is called `Default` and leaves no trace
            in the address.
        type_: Terraform's resource type, for example `"aws_s3_bucket"`.
        arguments: Under Terraform's names. A mapping is one block, a list of mappings several; `None` is
            left out.
        provider: The provider to use: an `AwsProvider`, one of a binding package, or your own. None takes the
            default provider of the stack.
        depends_on: What has to be there first, from the same stack.
        lifecycle: For example `{"prevent_destroy": True, "ignore_changes": ["engine_version"]}`; default
            none.

    Raises:
        ConfigurationError: A value Terraform cannot hold, a provider or dependency of another stack, or an
            id that is taken.
        EngineError: The scope or the provider is made with the engine that is not in use.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        type_: str,
        arguments: Mapping[str, object] | None = None,
        *,
        provider: TerraformProvider | None,
        depends_on: Sequence[ITerraformDependable] = (),
        lifecycle: TerraformResourceLifecycle | Mapping[str, Any] | None = None,
    ) -> None:
        where = _checked_type(type_, id)
        stack = _check_place(scope, provider, depends_on, where=where)
        content = normalized_arguments({} if arguments is None else arguments, where=where)
        region = provider.region_name if isinstance(provider, AwsProvider) else None
        self._block = Block(section="resource", type_=type_, where=where, arguments=content, region=region)
        config = _config(type_, provider, depends_on)
        if lifecycle is not None:
            config["lifecycle"] = _lifecycle(lifecycle, where=where)
        _create(self, scope, id, config, where=where)
        placed(self, scope, id)
        write_with_stack(self._block, self, stack)

    def override(self, path: str | Sequence[str | int], value: object) -> None:
        """Set an argument, or what stands in `lifecycle`, at any depth, until synth; see `BlockOwner.override`."""
        parts = parse_path(path, where=self._block.where)
        if parts[0] == "lifecycle" and len(parts) > 1:
            name = str(parts[1])
            _check_lifecycle_name(name, where=self._block.where)
            self.add_override(
                ".".join(map(str, parts)), normalize(value, where=f"{self._block.where}.lifecycle.{name}")
            )
            return
        super().override(path, value)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse another place for what is of a component, as `override` does."""
        if name in _PLACED:
            self._check_override(name, value)
        super().__setattr__(name, value)

    # These override the engine's, which would write them into its own part of the block only; see `written`.

    @in_python
    def add_override(self, path: str, value: Any) -> None:
        """Set what is written at *path*, whose parts dots divide, in the way of the engine; None removes it."""
        self._check_override(path, value)
        told = self._block.noted_override(path, value)
        if told is not None:
            super().add_override(*told)

    @in_python
    def override_logical_id(self, new_logical_id: str) -> None:
        """Name the block in Terraform, as in every resource of the engine."""
        _keep_name(self, self._block)
        super().override_logical_id(new_logical_id)

    @in_python
    def move_to(self, move_target: str, index: str | float | None = None) -> None:
        """Move this resource to the one that has *move_target*, as in every resource of the engine."""
        super().move_to(move_target, index)
        self._block.moved_away = True

    @in_python
    def move_to_id(self, id: str) -> None:
        """Move this resource to the one with the address *id*, as in every resource of the engine."""
        super().move_to_id(id)
        self._block.moved_away = True


class AwsDataSource(TerraformDataSource, BlockOwner):
    """One `data` block of the provider `hashicorp/aws`.

    Args:
        scope: The stack or construct to build in.
        id: Construct id.
        type_: Terraform's data source type, for example `"aws_caller_identity"`.
        arguments: Under Terraform's names; default none.
        provider: As for `AwsResource`.
        depends_on: What has to be there first, from the same stack.

    Raises:
        ConfigurationError: As for `AwsResource`.
        EngineError: As for `AwsResource`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        type_: str,
        arguments: Mapping[str, object] | None = None,
        *,
        provider: TerraformProvider | None,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        where = f"data.{_checked_type(type_, id)}"
        stack = _check_place(scope, provider, depends_on, where=where)
        content = normalized_arguments({} if arguments is None else arguments, where=where)
        self._block = Block(section="data", type_=type_, where=where, arguments=content)
        _create(self, scope, id, _config(type_, provider, depends_on), where=where)
        placed(self, scope, id)
        write_with_stack(self._block, self, stack)

    @in_python
    def override_logical_id(self, new_logical_id: str) -> None:
        """Name the block in Terraform; see `AwsResource.override_logical_id`."""
        _keep_name(self, self._block)
        super().override_logical_id(new_logical_id)

    @in_python
    def add_override(self, path: str, value: Any) -> None:
        """Set what is written at *path*; see `AwsResource.add_override`."""
        told = self._block.noted_override(path, value)
        if told is not None:
            super().add_override(*told)


def _checked_type(type_: str, id_: str) -> str:
    if not isinstance(id_, str) or not id_:
        msg = f'the id of a {type_} is {id_!r}; give text such as "orders"'
        raise ConfigurationError(msg)
    if not isinstance(type_, str) or not _TYPE.fullmatch(type_):
        msg = f'{type_!r} ({id_!r}) is no type of the AWS provider; give one such as "aws_s3_bucket"'
        raise ConfigurationError(msg)
    return f"{type_} {id_!r}"


def _check_place(
    scope: Construct,
    provider: TerraformProvider | None,
    depends_on: Sequence[ITerraformDependable],
    *,
    where: str,
) -> TerraformStack:
    """Return the stack of *scope*.

    Refuses a provider or dependency of another stack, which would synthesize and fail only at plan.
    """
    stack = stack_of(scope, where=where)
    if provider is not None:
        given: object = provider
        if not isinstance(given, TerraformProvider):
            refuse_other_engine(given, where=where)
            msg = f"{where}: the provider is {provider!r}; give an AwsProvider, or None for the stack's default"
            raise ConfigurationError(msg)
        if stack_of(provider, where=where) is not stack:
            msg = (
                f"{where}: the provider is in another stack, and Terraform looks for it in the resource's "
                f"own; give a provider made in that stack"
            )
            raise ConfigurationError(msg)
    check_type(depends_on, (list, tuple), f"depends_on of {where}", "a list of resources, data sources or modules")
    for dependency in depends_on:
        refuse_other_engine(dependency, where=where)
        if not is_of_the_engine(dependency):
            msg = f"{where}: depends_on holds {dependency!r}; give resources, data sources or modules"
            raise ConfigurationError(msg)
        if isinstance(dependency, TerraformElement) and stack_of(dependency, where=where) is not stack:
            msg = (
                f"{where}: depends_on names {type(dependency).__name__} of another stack, which Terraform "
                f"cannot order; make the stacks depend on each other with add_dependency"
            )
            raise ConfigurationError(msg)
    return stack


def _config(
    type_: str, provider: TerraformProvider | None, depends_on: Sequence[ITerraformDependable]
) -> dict[str, Any]:
    """What the engine has to know, under its own names."""
    config: dict[str, Any] = {"terraformResourceType": type_, "terraformGeneratorMetadata": _METADATA}
    # Terraform's default for a resource without `provider` is the one without alias; naming it costs two
    # round trips to Node.js a resource.
    if provider is not None and not (isinstance(provider, AwsProvider) and provider.alias is None):
        config["provider"] = provider
    if depends_on:
        config["dependsOn"] = list(depends_on)
    return config


def _create(
    element: AwsResource | AwsDataSource, scope: Construct, id_: str, config: dict[str, Any], *, where: str
) -> None:
    """Make the engine's object that *element* stands for.

    The constructor of the engine's class does this as well, and before it checks the types of all its arguments
    against annotations that it reads anew each time: as long again as everything else a resource takes to make. They
    have been checked here, in the user's words, and the engine refuses what is left.
    """
    try:
        create(type(element), element, [scope, id_, config])
    except RuntimeError as error:
        msg = f"{where}: {str(error).strip().splitlines()[0]}"
        raise ConfigurationError(msg) from error


def _lifecycle(
    given: TerraformResourceLifecycle | Mapping[str, Any], *, where: str
) -> TerraformResourceLifecycle | dict[str, Any]:
    if isinstance(given, TerraformResourceLifecycle):
        return given
    refuse_other_engine(given, where=where)
    check_type(given, Mapping, f"lifecycle of {where}", 'a mapping such as {"prevent_destroy": True}')
    for name in given:
        _check_lifecycle_name(name, where=where)
    if given.keys() <= _PLAIN_LIFECYCLE.keys():
        return {_PLAIN_LIFECYCLE[name]: value for name, value in given.items() if value is not None}
    return TerraformResourceLifecycle(**given)


def _check_lifecycle_name(name: str, *, where: str) -> None:
    if name not in _LIFECYCLE_NAMES:
        msg = f"{where}: lifecycle has no {name!r}; it has {', '.join(_LIFECYCLE_NAMES)}"
        raise ConfigurationError(msg)


def _keep_name(element: AwsResource | AwsDataSource, block: Block) -> None:
    """Leave the name to the engine, with whom the first that was told keeps it, as after any reference."""
    if block.told:
        element.friendly_unique_id  # noqa: B018 - from now on the engine has it
    block.name = None
