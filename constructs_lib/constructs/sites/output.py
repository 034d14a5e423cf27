"""An output of a stack, under a name that people can type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.output import Output
from constructs_lib.terraform.placement import find_child

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.constructs.sites.site import Site


def check_outputs(site: Site, names: Iterable[str]) -> None:
    """Check that the site's stack has nothing of these names yet, before anything is built.

    Raises:
        ConfigurationError: If it has, as with components `x` and `x-recovery`.
    """
    for name in names:
        if find_child(site.stack, name) is not None:
            msg = f"the stack cannot have an output {name!r}, as it has something of that name; change a component's id"
            raise ConfigurationError(msg)


def write_output(site: Site, name: str, value: str, description: str) -> None:
    """Write the output *name*, which `check_outputs` let pass, into the site's stack.

    It is a child of the stack itself: deeper down the engine would add a digest of the construct's path to the name.
    """
    Output(site.stack, name, value=value, description=description)
