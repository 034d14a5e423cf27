"""The hosted zone of Route 53 that a record is written into."""

from __future__ import annotations

import re

from constructs_lib.catalog.limits import limit
from constructs_lib.refusal import refuse
from constructs_lib.terraform.token import is_token

__all__ = ["check_zone_id"]

_ZONE = re.compile(r"[A-Z0-9]+", re.ASCII)


def check_zone_id(value: object, what: str) -> None:
    """Check that *value* is the id of a hosted zone, or something that Terraform fills in later.

    Raises:
        ConfigurationError: If it is neither.
    """
    if not isinstance(value, str) or not (is_token(value) or _ZONE.fullmatch(value)):
        refuse(what, value, "the id of a hosted zone such as Z0123456789ABCDEFGHIJ")
    if not is_token(value):
        limit("route53.zone_id").check_length(value, what)
