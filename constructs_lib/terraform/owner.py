"""What an AWS resource or data source of ours has that those of the engine have not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.arguments import META_ARGUMENTS, copied, edit, parse_path
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.kept import check_override
from constructs_lib.terraform.placement import path_of, stack_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.terraform.written import Block

__all__ = ["BlockOwner"]

_ATTRIBUTE: Final = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z0-9_]+|\[\d+\])*")


class BlockOwner:
    """The arguments of a block, and what others take from it.

    Its classes name it behind that of the engine: what stands before that one is searched for overrides with each
    object.
    """

    _block: Block

    if TYPE_CHECKING:

        def get_string_attribute(self, terraform_attribute: str) -> str:
            """As in every resource and data source of the engine."""

    @property
    def arguments(self) -> dict[str, Any]:
        """A copy of the arguments as they stand; edit them with `override`."""
        return copied(self._block.arguments)  # type: ignore[no-any-return]

    def ref(self, attribute: str) -> str:
        """A token that becomes `${aws_s3_bucket.orders.arn}` at synth, also from another stack of the app.

        Args:
            attribute: Name of an attribute, or a path into one, as in `endpoint.0.address`.

        Raises:
            ConfigurationError: *attribute* is no such name.
        """
        block = self._block
        token = block.references.get(attribute)
        if token is None:
            _check_attribute(block, attribute)
            token = block.references[attribute] = self.get_string_attribute(attribute)
        return token

    def here(self, attribute: str) -> str:
        """What `ref` becomes, for what is built in the same stack: from another Terraform would find no such resource.

        The engine is not asked, which is what a reference costs most, and does not follow it.
        """
        block = self._block
        if block.name is None:
            return self.ref(attribute)
        _check_attribute(block, attribute)
        block.told = True
        return f"${{{'data.' if block.section == 'data' else ''}{block.type_}.{block.name}.{attribute}}}"

    def override(self, path: str | Sequence[str | int], value: object) -> None:
        """Set an argument, at any depth, until synth; None removes it.

        Args:
            path: As in `"versioning_configuration.status"` or `"rule.0.filter.prefix"`. Where a key holds
                dots, a sequence: `("tags", "recovery.owner")`. A block that stands alone needs no index. A
                path that starts with `lifecycle` edits that of a resource.
            value: As for an argument.

        Raises:
            ConfigurationError: There is no such place, or Terraform cannot hold the value.
        """
        where = self._block.where
        parts = parse_path(path, where=where)
        if parts[0] in META_ARGUMENTS:
            msg = (
                f"{where}: {parts[0]} is not an argument of the resource but of Terraform; "
                f"set it as an attribute of the resource object, or with add_override"
            )
            raise ConfigurationError(msg)
        self._check_override(".".join(map(str, parts)), value)
        edit(self._block.arguments, parts, value, where=where)

    def _check_override(self, path: str, value: object) -> None:
        """Refuse what changes how a component of ours is addressed."""
        block = self._block
        if block.section == "resource" and isinstance(self, Construct):
            stack = stack_of(self, where=block.where)
            check_override(stack, path_of(self), block.type_, block.arguments, path, value, where=block.where)


def _check_attribute(block: Block, attribute: str) -> None:
    if not _ATTRIBUTE.fullmatch(attribute):
        msg = f'{block.where}: {attribute!r} is no attribute; write a name such as "arn", or "endpoint.0.address"'
        raise ConfigurationError(msg)
