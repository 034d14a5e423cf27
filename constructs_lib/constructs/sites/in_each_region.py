"""What a service is given for the recovery Region where the primary Region's own value will not do there."""

from __future__ import annotations

import re
from typing import Final

import attrs

from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import refuse, shown
from constructs_lib.terraform.token import is_token

_ARN: Final = re.compile(r"(arn:aws[a-z-]*:[a-z0-9-]+:)([a-z]{2}(?:-[a-z]+)+-[0-9])(:.*)", re.ASCII | re.DOTALL)
_IMAGE: Final = re.compile(
    r"([0-9]{12}\.dkr\.ecr\.)([a-z]{2}(?:-[a-z]+)+-[0-9])(\.amazonaws\.com/([a-z0-9][a-z0-9._/-]*)@sha256:[0-9a-f]{64})",
    re.ASCII,
)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        refuse("a value of InEachRegion", value, "a text for each Region")
    return value


@attrs.frozen(kw_only=True)
class InEachRegion:
    """One value for the primary Region and one for the recovery Region.

    Args:
        primary: What holds in the primary Region.
        recovery: What holds in the recovery Region.

    Raises:
        ConfigurationError: If one of them is no text.
    """

    primary: str = attrs.field(converter=_text)
    recovery: str = attrs.field(converter=_text)


def split(value: str | InEachRegion, what: str, primary: str, recovery: str | None) -> InEachRegion:
    """Return what *value* is in each Region: what closes the recovery Region over what it needs.

    The ARN of a replicated secret and the address of a replicated image differ in the Region alone, and are taken
    over; any other text that names the primary Region is refused, since nothing says what stands for it in the other.

    Args:
        value: What the user gave.
        what: What the user calls it.
        primary: The primary Region.
        recovery: The recovery Region; None where nothing is built there.

    Raises:
        ConfigurationError: If it leads to the primary Region, or comes from its stack, and must hold in the other, too;
            or if what is given for a Region lies in the other one.
    """
    if isinstance(value, InEachRegion):
        for text, other in ((value.primary, recovery), (value.recovery, primary)):
            if other is not None and other in text:
                msg = f"{what} is {shown(text)}, which lies in {other}; give what lies in the Region it is for"
                raise ConfigurationError(msg)
        return value
    text = _text(value)
    if recovery is None:
        return InEachRegion(primary=text, recovery=text)
    if is_token(text):
        msg = (
            f"{what} comes from the stack of {primary}, and no value passes from one Region's state to another's; give "
            f"InEachRegion(primary=..., recovery=...)"
        )
        raise ConfigurationError(msg)
    moved = _IMAGE.fullmatch(text) or _secret(text)
    there = f"{moved[1]}{recovery}{moved[3]}" if moved and moved[2] == primary else text
    if primary in there:
        msg = (
            f"{what} is {shown(text)}, which leads to {primary}: in {recovery} it would fail with that Region; give "
            f"InEachRegion(primary=..., recovery=...)"
        )
        raise ConfigurationError(msg)
    return InEachRegion(primary=text, recovery=there)


def _secret(text: str) -> re.Match[str] | None:
    found = _ARN.fullmatch(text)
    return found if found and found[1].endswith((":secretsmanager:", ":ssm:")) else None


def image_parts(image: str, what: str, region: str) -> tuple[str, str]:
    """Return the account and the repository of an image, which lies in the ECR of *region* and has a digest.

    Raises:
        ConfigurationError: If it is no such image.
    """
    found = _IMAGE.fullmatch(image)
    if found is None or found[2] != region:
        allowed = f"an image by digest in its ECR: <account>.dkr.ecr.{region}.amazonaws.com/<name>@sha256:<digest>"
        refuse(what, image, allowed)
    return found[1][:12], found[4]
