"""An option that is on or off."""

from __future__ import annotations

from constructs_lib.errors import ConfigurationError


def check_flag(value: object, what: str) -> None:
    """Check that an option is True or False: any other text would count as True, and None as False.

    Args:
        value: What the user gave.
        what: What the user calls it.

    Raises:
        ConfigurationError: If it is neither.
    """
    if not isinstance(value, bool):
        msg = f"{what} is {value!r}; give True or False"
        raise ConfigurationError(msg)
