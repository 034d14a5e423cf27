"""What of a resource's arguments leads to a Region: by an ARN, a host, a zone, an id, a bucket, or its name."""

from __future__ import annotations

import base64
import binascii
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.catalog.resources.resource_types import of_both_sites, types_that

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = ["Leading", "buckets_of_home", "leading_home", "names_alone", "told_home"]

_COPIES: Final = types_that("copies_from")
_DOMAINS: Final = "|".join(
    (
        r"[\w.-]*amazonaws\.com",
        r"(?:[\w-]+\.)*(?:on\.aws|api\.aws|awsapprunner\.com)",
        r"(?:amazoncognito|elasticbeanstalk|cs\.amazonlightsail)\.com",
        r"compute\.internal",
    )
)
_FIRST_REGION: Final = "us-east-1"
_HOSTS_OF_THE_FIRST: Final = "ec2.internal"
_FOR_PEOPLE: Final = frozenset({"alarm_description", "comment", "description", "tags", "tags_all"})
_BUCKET: Final = re.compile(r"[\w.-]+", re.ASCII)
_WHERE: Final = ("region", "config.region")
"""Where a resource is made, and where a state lies that is read."""
_VARIABLE: Final = re.compile(r"environment|variables", re.IGNORECASE)
_USER_DATA: Final = re.compile(r"user_data(?:_base64)?")


class Leading(NamedTuple):
    """One argument that leads to the primary Region.

    Attributes:
        path: Its names and positions, joined by dots.
        text: What leads there: an ARN, or the name of a host.
    """

    path: str
    text: str


def leading_home(type_: str, arguments: Mapping[str, Any], home: str, external: Collection[str] = ()) -> list[Leading]:
    """Return what of a resource's arguments leads to the Region *home*: an ARN, one of AWS's hosts, a zone or an id.

    Args:
        type_: Terraform's type. What it copies from there, or listens to, is meant to lead there.
        arguments: The arguments.
        home: The primary Region.
        external: Texts that may lead there, as declared.
    """
    short, pattern = _short(home), _leading_to(home)
    known = _COPIES.get(type_)
    meant = () if known is None else known.copies_from
    return [
        Leading(path, found[0])
        for path, text in _texts(arguments, "")
        # Most texts name no Region, and to look for the pattern in a long one takes longer than all else.
        if home in text or short in text or (home == _FIRST_REGION and _HOSTS_OF_THE_FIRST in text)
        if (argument := path.partition(".")[0]) not in meant
        for found in pattern.finditer(text)
        if not any(item in found[0] for item in external)
        if found.lastgroup != "zone" or argument not in _FOR_PEOPLE
    ]


def buckets_of_home(type_: str, arguments: Mapping[str, Any], names: Collection[str]) -> Iterator[Leading]:
    """Yield what of a resource's arguments names one of the buckets *names* of the primary Region.

    A bucket's ARN tells no Region, and neither does its name; each is in one.
    """
    for path, text in _texts(arguments, "") if names and type_ not in of_both_sites() else ():
        # A host begins with its bucket's name.
        words = {} if path.partition(".")[0] in _FOR_PEOPLE else dict.fromkeys(_BUCKET.findall(text))
        for name in dict.fromkeys(word if word in names else word.partition(".s3")[0] for word in words):
            if name in names:
                yield Leading(path, name)


def told_home(arguments: Mapping[str, Any], home: str) -> Iterator[Leading]:
    """Yield what is led to *home* by the Region's name alone: what is made there, a variable, a server's start."""
    for path, text in _texts(arguments, ""):
        if path.partition(".")[0] in _FOR_PEOPLE:
            continue
        of_a_server = _USER_DATA.fullmatch(path) is not None and names_alone(text, home)
        if of_a_server or (text == home and (path in _WHERE or _VARIABLE.search(path))):
            yield Leading(path, home)


def names_alone(text: str, region: str) -> bool:
    """Tell whether *text* has the name of *region* as a word of its own."""
    return region in text and re.search(rf"(?<![\w.-]){re.escape(region)}(?![\w.-])", text) is not None


@cache
def _leading_to(home: str) -> re.Pattern[str]:
    short, region = re.escape(_short(home)), re.escape(home)
    # A host is looked for where a word begins, and not from each letter of it: a value may be a page of one long word.
    return re.compile(
        rf"arn:aws[a-z-]*:[a-z0-9-]+:{region}:[^\s\"',]*"
        rf"|(?<![\w.-])(?:[\w.-]*[.-])?{region}\.(?:{_DOMAINS})"
        rf"|(?<![\w.-])[\w.-]+\.{short}\.cache\.amazonaws\.com"
        # The service of an endpoint is written from the other end.
        rf"|(?<![\w.-])(?:com|aws)\.(?:amazonaws|api|sagemaker)\.(?:vpce\.)?{region}\.[\w.-]+"
        # A Local Zone or a Wavelength Zone is one of its Region too.
        rf"|(?P<zone>(?<![\w.-])(?:{region}(?:-[a-z0-9]+-[a-z0-9]+)?[a-z]|{short}-az\d)(?![\w-]))"
        # Pools of Cognito: of users, of identities.
        rf"|(?<![\w.-]){region}(?:_[A-Za-z0-9]+|:[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})(?![\w-])"
        + (rf"|(?<![\w.-])[\w-]+\.{re.escape(_HOSTS_OF_THE_FIRST)}" if home == _FIRST_REGION else "")
    )


def _short(region: str) -> str:
    """Return what ElastiCache calls a Region in its hosts, and AWS in the ids of zones: `euw1`, `apne1`."""
    area, *words, number = region.split("-")
    return (
        area
        + "".join(re.sub(r"(north|south|east|west|central)", lambda found: found[0][0], word) for word in words)
        + number
    )


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, _read(value) if _USER_DATA.fullmatch(path) else value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}.{number}")


def _read(text: str) -> str:
    """Return what a server starts with, which may be given in base64."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
