"""Extra tags, as a user gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse, shown
from constructs_lib.terraform.token import is_token

_CHARACTERS = re.compile(r"[\w .:/=+\-@]*")
"""What every service takes; some take more. Line ends and tabulators are no spaces to them."""


def checked_tags(
    given: object, where: str, ours: Mapping[str, str] | None = None, *, kept: str = "aws:"
) -> dict[str, str]:
    """Return extra tags as a dictionary; none where *given* is None.

    Args:
        given: What the user gave.
        where: What is tagged, as the user calls it.
        ours: What the construct adds, which the extra tags cannot replace. Default: nothing.
        kept: What no key may start with. Default: what AWS keeps to itself everywhere.

    Raises:
        ConfigurationError: If they are no mapping of text to text, or AWS would not take one.
    """
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        msg = f'the tags of {where} are {shown(given)}; give a mapping such as {{"team": "web"}}'
        raise ConfigurationError(msg)
    tags = {**given, **(ours or {})}
    for key, value in tags.items():
        for text, part in ((key, "key"), (value, "value")):
            what = f"the {part} of a tag of {where}"
            if not isinstance(text, str):
                refuse(what, text, "text")
            if is_token(text):
                continue
            limit(f"tag.{part}").check_length(text, what)
            if not _CHARACTERS.fullmatch(text):
                msg = f"{what} is {text!r}; use letters, digits, spaces and _ . : / = + - @"
                raise ConfigurationError(msg)
        if key.lower().startswith(kept):
            msg = (
                f"the key of a tag of {where} is {key!r}; AWS keeps keys that start with {kept} to itself, name another"
            )
            raise ConfigurationError(msg)
    written = {key.lower(): key for key in tags}
    for key in tags:
        if written[key.lower()] != key:
            msg = (
                f"tags of {where} are {key!r} and {written[key.lower()]!r}; IAM does not tell them apart, and the "
                f"roles have them too, so write both alike"
            )
            raise ConfigurationError(msg)
    limit("tag.count").check(len(tags), f"the number of tags of {where}")
    return tags
