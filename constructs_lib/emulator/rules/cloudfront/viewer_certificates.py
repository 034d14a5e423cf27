"""CloudFront: the certificate that a distribution shows for its names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.cloudfront.configurations import GUIDE, OPERATIONS, configuration_of
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_HOME: Final = "us-east-1"
_ISSUED: Final = "ISSUED"


@rule(
    "cloudfront.alias-without-certificate",
    OPERATIONS,
    code="InvalidViewerCertificate",
    code_from="seen",
    source=f"{GUIDE}/cnames-and-https-requirements.html: one that ACM has issued, or was imported, in us-east-1; the"
    " messages in many public reports of CreateDistribution, that of a certificate which waits among them",
)
async def _certificate(asked: Asked, inquiry: Inquiry) -> str | None:
    configuration = configuration_of(asked)
    viewer = configuration.get("ViewerCertificate", {})
    arn = viewer.get("ACMCertificateArn", "")
    if arn and (arn.split(":")[3] != _HOME or (await _certified(arn, inquiry)).get("Status") != _ISSUED):
        return (
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a"
            " valid certificate chain."
        )
    if configuration.get("Aliases", {}).get("Items") and not arn and not viewer.get("IAMCertificateId"):
        return (
            "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted"
            " certificate that validates your authorization to use the domain name."
        )
    return None


async def _certified(arn: str, inquiry: Inquiry) -> dict[str, object]:
    found = await inquiry("acm", "DescribeCertificate", _HOME, CertificateArn=arn)
    certificate: dict[str, object] = (found or {}).get("Certificate", {})
    return certificate


@rule(
    "cloudfront.alias-that-its-certificate-does-not-cover",
    OPERATIONS,
    code="InvalidViewerCertificate",
    code_from="seen",
    source=f"{GUIDE}/CNAMEs.html#alternate-domain-names-requirements; code and message in"
    " https://github.com/hashicorp/terraform-provider-aws/issues/13828",
)
async def _uncovered(asked: Asked, inquiry: Inquiry) -> str | None:
    configuration = configuration_of(asked)
    arn = configuration.get("ViewerCertificate", {}).get("ACMCertificateArn", "")
    names = (await _certified(arn, inquiry)).get("SubjectAlternativeNames", []) if arn else None
    aliases = configuration.get("Aliases", {}).get("Items", [])
    if not isinstance(names, list) or all(_covers(names, alias) for alias in aliases):
        return None
    return (
        "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that"
        " you're trying to add."
    )


def _covers(names: Iterable[str], alias: str) -> bool:
    # A wildcard stands for one label; an alias that is one needs the same.
    wildcard = f"*.{alias.partition('.')[2]}"
    return any(name.lower() in (alias.lower(), wildcard.lower()) for name in names)


RULES: Final = (_certificate, _uncovered)
