"""What an operation knows of one component: its names, its settings, and what replies have told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.documents.variables import hint_of
from constructs_lib.errors import RefusedError
from constructs_lib.procedures.command import ACCOUNT, search, variable
from constructs_lib.procedures.fill import as_json, fill, parameters_of
from constructs_lib.procedures.step import Role
from constructs_lib.procedures.value import Lookup, fields_of, filled_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.operations.clients import Clients
    from constructs_lib.procedures import Call, Step
    from constructs_lib.procedures.value import Carried

__all__ = ["Asked", "Facts", "may_be_none"]

_REGIONS = {Role.HOME: "region", Role.RECOVERY: "recovery_region", Role.WORKING: "working_region"}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A call with everything filled in.

    Attributes:
        service: The service, as boto3 names it.
        operation: The operation.
        region: The Region's name.
        parameters: The parameters.
    """

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]


class Facts:
    """Fills the calls of one component.

    Args:
        names: Names by key; a `Lookup` is asked for when it is first needed.
        declared: The Terraform arguments of the component's resources: `main` and `member`.
        kept: What replies have told, written into the journal as it is; changed in place.
        clients: What asks.
    """

    def __init__(
        self,
        names: Mapping[str, Any],
        declared: Mapping[str, Mapping[str, Any]],
        kept: dict[str, Any],
        clients: Clients,
    ) -> None:
        self._names, self._declared, self._kept, self._clients = names, declared, kept, clients

    def name(self, key: str) -> Any:
        """Return the name, or None where nobody knows it."""
        if key in self._kept:
            return self._kept[key]
        if key == "account" and "account" not in self._names:
            return self._account()
        return self._told(self._names.get(key), key)

    def keep(self, key: str, value: Any) -> None:
        """Keep what was found under a name, for later steps and for the record."""
        self._kept[key] = value

    def carried(self, setting: Carried) -> Any:
        """Return the setting as the source has it; where it was not asked, as Terraform declares it."""
        source = self._kept.get(setting.kept) or self.name(setting.kept.replace("source", "described"))
        if isinstance(source, str) and setting.name:
            return source  # it will be told on the way, and is a text until then
        if source is not None:
            return search(setting.path, source)
        arguments = self._declared.get(setting.of)
        if not setting.argument or arguments is None:
            return None
        found = search(setting.argument, _without_lookups(arguments))
        if isinstance(found, _Held):
            return self._told(found.lookup, f"declared {setting.argument}")
        return self._told(found, setting.argument)

    def as_json(self, value: Any) -> str:
        """Return *value* as JSON."""
        return as_json(value)

    def asked(self, call: Call) -> Asked:
        """Return *call* with everything filled in.

        Raises:
            RefusedError: If a name is not known.
        """
        try:
            return Asked(
                service=call.service,
                operation=call.operation,
                region=self.region(call.region),
                parameters=parameters_of(call, self),
            )
        except KeyError as error:
            msg = (
                f"{call.operation} needs {error.args[0]}, which neither the stacks nor AWS tell; give it with "
                f"--name {error.args[0]}=VALUE"
            )
            raise RefusedError(msg) from error

    def is_needed(self, step: Step) -> bool:
        """Tell whether there is anything to do for *step*."""
        return all(fill(value, self) not in (None, False) for value in step.needs)

    def region(self, role: Role) -> str:
        """Return the name of *role*'s Region.

        Raises:
            RefusedError: If there is none.
        """
        found = self.name(_REGIONS[role])
        if found is None:
            msg = f"the component has no {_REGIONS[role].replace('_', ' ')}; name one with --name {_REGIONS[role]}=..."
            raise RefusedError(msg)
        return str(found)

    def text(self, text: str) -> str:
        """Return words for people, with what is known filled in."""
        filled = filled_text(text, self._readable)
        return text if filled is None else filled

    def line(self, text: str) -> str:
        """Return a command for people, with what is known or can be asked filled in.

        What nobody tells is a variable of the shell, as in a runbook, and the comment behind it says what it is.
        """
        unknown = [key for key in fields_of(text) if self._is_unknown(key)]
        filled = filled_text(text, lambda key: f"${variable(key)}" if key in unknown else str(self.name(key))) or text
        hints = (
            f"{variable(key)}: {hint_of(variable(key), str(self._names.get('working_region')))}" for key in unknown
        )
        return f"{filled}  # {'; '.join(hints)}" if unknown else filled

    def _is_unknown(self, key: str) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return self.name(key) is None
        except (BotoCoreError, ClientError, RefusedError):
            return True

    def query(self, query: str) -> str:
        """Return a question with its names filled in."""
        return filled_text(query, lambda key: str(self.name(key))) or query

    def _readable(self, key: str) -> str:
        if key in self._kept or not isinstance(self._names.get(key), Lookup | None):
            text = str(self._kept.get(key) or self._names[key])
            return text.replace(ACCOUNT, str(self._kept.get("account", ACCOUNT)))
        return f"({key.replace('_', ' ')})"

    def _told(self, value: Any, key: str) -> Any:
        if isinstance(value, Lookup):
            asked = self._told(dict(value.parameters), key)
            kept = f"lookup {value.region} {value.service} {as_json(asked)} {value.query}"
            if kept not in self._kept:
                reply = self._clients.call(value.service, value.operation, value.region, asked, changes=False)
                found = search(value.query, reply)
                if value.tagged:
                    found = self._only([name for name in found or () if self._is_tagged(value, name)], value, key)
                if not found and not value.optional:
                    msg = (
                        f"{key.replace('_', ' ')} cannot be told: {value.operation} in {value.region} finds nothing "
                        f"for {as_json(asked)}"
                    )
                    raise RefusedError(msg)
                self._kept[kept] = found
            return self._kept[kept]
        if isinstance(value, str) and ACCOUNT in value:
            return value.replace(ACCOUNT, self._account())
        if isinstance(value, list):
            return [self._told(item, key) for item in value]
        if isinstance(value, dict):
            return {name: self._told(item, key) for name, item in value.items()}
        return value

    def _only(self, names: list[str], lookup: Lookup, key: str) -> str | None:
        """Return the one that has the tags; None where none has.

        Raises:
            RefusedError: If several have, as after a restore beside the original, and nothing tells which is used.
        """
        if len(names) > 1 and lookup.telling is not None:
            telling = lookup.telling
            names = [name for name in names if search(telling, self._described(lookup, name))] or names
        if len(names) > 1:
            msg = (
                f"{' and '.join(names)} in {lookup.region} have the tags of the component; take the tag "
                f"{min(lookup.tagged)} off the one that is not used (`aws {lookup.service} untag-resource`), or begin "
                f"with --name {key}=... of the other"
            )
            raise RefusedError(msg)
        return names[0] if names else None

    def _is_tagged(self, lookup: Lookup, name: str) -> bool:
        tags = self._described(lookup, name).get("tags", {})
        return all(tags.get(key) == value for key, value in lookup.tagged.items())

    def _described(self, lookup: Lookup, name: str) -> Mapping[str, Any]:
        operation, parameter = lookup.describe
        return self._clients.call(lookup.service, operation, lookup.region, {parameter: name}, changes=False)

    def _account(self) -> str:
        given = self._names.get("account")
        if isinstance(given, str):
            return given
        if "account" not in self._kept:
            # The Regional endpoint: a token of the global one is not valid in an opt-in Region.
            region = str(self._names.get("working_region") or self._names.get("region"))
            reply = self._clients.call("sts", "GetCallerIdentity", region, {}, changes=False)
            self._kept["account"] = str(reply["Account"])
        return str(self._kept["account"])


def may_be_none(kept: str) -> bool:
    """Tell whether a step may go on where a reply does not have what is kept under this name."""
    return kept.startswith("source") or kept == "lost_writes"


class _Held(dict[str, Any]):
    """A lookup that JMESPath can pass through."""

    def __init__(self, lookup: Lookup) -> None:
        super().__init__()
        self.lookup = lookup


def _without_lookups(value: Any) -> Any:
    if isinstance(value, Lookup):
        return _Held(value)
    if isinstance(value, dict):
        return {name: _without_lookups(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_lookups(item) for item in value]
    return dict(value) if hasattr(value, "items") else value
