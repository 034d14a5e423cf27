"""The JSON of `terraform show -json`, as far as it is read; everything else is skipped without being built.

Unknown fields are tolerated, as the format asks of its readers: minor versions add fields, major versions break.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

Key = str | int | None

ModulePath = tuple[tuple[str, Key], ...]
"""The names and keys of a module and of those around it, the outermost first."""
"""The key of an instance: of `for_each` a string, of `count` a number, of neither None."""


class ChangeBody(msgspec.Struct, gc=False):
    """What happens to one resource. The values stay raw until someone asks for them."""

    actions: tuple[str, ...] = ()
    before: Raw = Raw(b"null")
    after: Raw = Raw(b"null")
    after_unknown: Raw = Raw(b"false")
    before_sensitive: Raw = Raw(b"false")
    after_sensitive: Raw = Raw(b"false")
    replace_paths: Raw | UnsetType = UNSET
    importing: Raw = Raw(b"null")


class ResourceChange(msgspec.Struct, gc=False):
    """One entry of `resource_changes` or `resource_drift`."""

    address: str
    change: ChangeBody
    type: str = ""
    name: str = ""
    mode: str = "managed"
    index: Key = None
    module_address: str = ""
    provider_name: str = ""
    previous_address: str | None = None
    deposed: str | None = None
    action_reason: str | None = None


class StateResource(msgspec.Struct, gc=False):
    """One resource of a state, or of a plan's prior state."""

    address: str
    type: str = ""
    name: str = ""
    mode: str = "managed"
    index: Key = None
    provider_name: str = ""
    values: Raw = Raw(b"{}")
    sensitive_values: Raw = Raw(b"{}")
    deposed_key: str | None = None


class StateModule(msgspec.Struct):
    """A module of a state and the modules in it."""

    resources: list[StateResource] = []
    child_modules: list[StateModule] = []
    address: str = ""


class StateValues(msgspec.Struct):
    """The values of a state."""

    root_module: StateModule = msgspec.field(default_factory=StateModule)


class PriorState(msgspec.Struct):
    """The state a plan starts from, refreshed."""

    values: StateValues = msgspec.field(default_factory=StateValues)


class Expression(msgspec.Struct):
    """What the expression of an output is made of."""

    references: list[str] = []


class Output(msgspec.Struct):
    """An output of a module."""

    expression: Expression = msgspec.field(default_factory=Expression)


class ConfiguredResource(msgspec.Struct, gc=False):
    """A resource in the configuration, before `count` and `for_each` multiply it."""

    address: str = ""
    mode: str = "managed"
    type: str = ""
    name: str = ""
    provider_config_key: str = ""
    expressions: Raw = Raw(b"{}")
    for_each_expression: Raw = Raw(b"null")
    count_expression: Raw = Raw(b"null")


class ModuleCall(msgspec.Struct):
    """A call of a module and the module itself."""

    expressions: Raw = Raw(b"{}")
    for_each_expression: Raw = Raw(b"null")
    count_expression: Raw = Raw(b"null")
    module: Module = msgspec.field(default_factory=lambda: Module())


class ConfiguredVariable(msgspec.Struct):
    """A variable of a module; null is its default where it has none."""

    default: Any = None


class Module(msgspec.Struct):
    """A module of the configuration."""

    resources: list[ConfiguredResource] = []
    module_calls: dict[str, ModuleCall] = {}
    outputs: dict[str, Output] = {}
    variables: dict[str, ConfiguredVariable] = {}


class ProviderConfiguration(msgspec.Struct):
    """A provider block; its key says in which module it stands and its alias."""

    full_name: str = ""
    version_constraint: str | None = None
    module_address: str = ""
    expressions: dict[str, Raw] = {}


class Configuration(msgspec.Struct):
    """The configuration a plan was made of."""

    provider_config: dict[str, ProviderConfiguration] = {}
    root_module: Module = msgspec.field(default_factory=Module)


class Variable(msgspec.Struct):
    """The value a root variable was given."""

    value: Any = None


class Document(msgspec.Struct):
    """A plan or a state; `prior_state` stays raw, as it is seldom needed and as large as all else."""

    format_version: str | UnsetType = UNSET
    terraform_version: str = ""
    resource_changes: list[ResourceChange] | UnsetType = UNSET
    resource_drift: list[ResourceChange] = []
    planned_values: Raw | UnsetType = UNSET
    prior_state: Raw | UnsetType = UNSET
    configuration: Configuration | UnsetType = UNSET
    variables: dict[str, Variable] = {}
    relevant_attributes: Raw = Raw(b"null")
    complete: bool | UnsetType = UNSET
    errored: bool = False
    values: StateValues | UnsetType = UNSET
    # What other documents of Terraform, and other tools, have at this place.
    serial: Raw | UnsetType = UNSET
    version: Raw | UnsetType = UNSET
    provider_schemas: Raw | UnsetType = UNSET
    valid: Raw | UnsetType = UNSET
    function_signatures: Raw | UnsetType = UNSET


class Head(msgspec.Struct):
    """What tells a raw state file from the JSON meant here."""

    format_version: Any = UNSET
    version: Any = UNSET
    serial: Any = UNSET
