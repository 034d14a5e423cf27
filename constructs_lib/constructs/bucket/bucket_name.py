"""The name of a bucket in one Region, as each stack may write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import msgspec

from constructs_lib.catalog.limits import limit
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse
from constructs_lib.terraform.token import is_token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.terraform.engine import Construct

# A dot is legal in a name and breaks TLS with virtual-hosted addresses, which CloudFront uses as well.
_CHARACTERS = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.ASCII)
_RESERVED = re.compile(r"(xn--|sthree-|amzn-s3-demo-).*|.*(-s3alias|--ol-s3|--x-s3|--table-s3)", re.ASCII)
"""What S3 keeps to itself: prefixes and suffixes from its naming rules, written from memory."""

_taken: WeakKeyDictionary[Construct, dict[str, str]] = WeakKeyDictionary()
"""By app: which component has a bucket of this name. S3 has each name once, in whatever account."""

_ACCOUNT = "0" * 12
"""Stands for an account id that Terraform looks up: it is always as long as this."""


class BucketName(msgspec.Struct, frozen=True, kw_only=True):
    """`<sites>-<component>-<region>-<account>`, or a name of the caller's own.

    It can be computed in each stack alone, so that no value passes from one Region's state to another's.

    Args:
        start: `<sites>-<component>`.
        region: The bucket's Region.
        given: A name of the caller's own. Default: none.
    """

    start: str
    region: str
    given: str | None = None

    def in_stack_of(self, site: Site) -> str:
        """Return the name as the stack of *site* may write it."""
        return self.given if self.given is not None else f"{self.start}-{self.region}-{site.account_id}"

    def known(self, site: Site) -> str | None:
        """Return the name as it will be; None where it ends with an account id that Terraform looks up."""
        return self.given if self.given is not None or site.known_account_id is None else self.in_stack_of(site)

    def check(self, site: Site) -> None:
        """Check length and characters, with twelve digits in the place of an account id that is not known yet.

        Raises:
            ConfigurationError: If S3 would not accept the name.
        """
        if self.given is None:
            name = f"{self.start}-{self.region}-{site.known_account_id or _ACCOUNT}"
        elif not isinstance(self.given, str):
            refuse(f"the name of the bucket in {self.region}", self.given, "a string")
        elif is_token(self.given):
            return
        else:
            name = self.given
        what = f"the name of the bucket in {self.region}"
        advice = f"shorten the id or give a name of your own: name={{{self.region!r}: ...}}"
        try:
            limit("s3.bucket_name").check_length(name, what)
        except ConfigurationError as error:
            msg = f"{error}; {advice}"
            raise ConfigurationError(msg) from None
        if not _CHARACTERS.fullmatch(name):
            msg = (
                f"{what} is {name!r}; allowed: lower-case letters, digits and hyphens, with a letter or digit at both "
                f"ends (a dot would break TLS); change the id or give a name of your own: name={{{self.region!r}: ...}}"
            )
            raise ConfigurationError(msg)
        if _RESERVED.fullmatch(name):
            msg = f"{what} is {name!r}, which starts or ends with what S3 keeps to itself; {advice}"
            raise ConfigurationError(msg)


def check_bucket_names(sites: Sites, names: Iterable[str], owner: str) -> None:
    """Check that no other component of the app has a bucket of one of *names*.

    A bucket has one replication configuration, and one policy: the second component would take those of the first away.

    Args:
        sites: Whose app it is.
        names: What the user has called buckets; one that only Terraform knows is nobody's here.
        owner: Who asks for them, as the user calls it.

    Raises:
        ConfigurationError: If another component has one of them.
    """
    taken = _taken.get(sites.root, {})
    for name in names:
        if name in taken and not is_token(name):
            msg = (
                f"{owner} would have the bucket {name!r}, which {taken[name]} has: a bucket has one replication and "
                f"one policy, so let one component keep it, and give that to whatever else uses the bucket"
            )
            raise ConfigurationError(msg)


def claim_bucket_names(sites: Sites, names: Iterable[str], owner: str) -> None:
    """Give *names*, which `check_bucket_names` let pass, to *owner*."""
    _taken.setdefault(sites.root, {}).update(dict.fromkeys(names, owner))
