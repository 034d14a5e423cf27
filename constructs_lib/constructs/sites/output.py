"""An output of a stack, under a name that people can type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.engine import TerraformOutput

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site


def write_output(site: Site, name: str, value: str, description: str) -> None:
    """Write the output *name* into the site's stack.

    It is a child of the stack itself: deeper down the engine would add a digest of the construct's path to the name.

    Raises:
        ConfigurationError: If the stack has something of this name already, as with components `x` and `x-recovery`.
    """
    try:
        TerraformOutput(site.stack, name, value=value, description=description)
    except RuntimeError as error:
        # The engine's own checks; looking first would cost a round trip for each output.
        why = str(error).strip().splitlines()[0]
        msg = f"the stack cannot have an output {name!r} ({why}); change a component's id"
        raise ConfigurationError(msg) from error
