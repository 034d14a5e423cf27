"""A certificate in each Region that needs one of its own, validated by one record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.hosted_zone import check_zone_id
from constructs_lib.constructs.sites.in_each_region import InEachRegion
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.decide import sites_of
from constructs_lib.errors import ConfigurationError
from constructs_lib.refusal import check_flag, refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.constructs.sites.sites import Sites
    from constructs_lib.constructs.workload.workload import Workload

__all__ = ["Certificate"]

_DOMAIN: Final = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9][a-z0-9-]*[a-z0-9]", re.ASCII)
_TTL: Final = 60

_written: WeakKeyDictionary[Construct, dict[tuple[str, str], str]] = WeakKeyDictionary()
"""By app: which certificate writes the record that proves a name, by the name and its hosted zone."""


class Certificate(Construct):
    """A certificate of ACM in the primary and in the recovery Region, and in us-east-1 for CloudFront where asked for.

    ```python
    certificate = Certificate(shop, "certificate", domain="shop.example.com", zone_id="Z0123456789ABC")
    Service(shop, "web", certificate_arn=certificate, ...)
    ```

    A certificate is of one Region and cannot be copied, so each Region's stack asks for its own. ACM wants the same DNS
    record for a name in every Region of an account: the primary stack writes it, once, and the other certificates are
    issued, and renewed, by it. So the recovery stack is deployed after the primary one, and names nothing of DNS.

    Args:
        place: The workload, or its sites.
        id: Construct id.
        domain: The name, in lower case, such as `shop.example.com` or `*.example.com`.
        names: Further names on it. Default: none.
        zone_id: The hosted zone of Route 53 that holds the names. Default: none; the apply then waits, for up to 75
            minutes (the provider's default), until whoever has the zone has written the records that ACM asks for.
        cloudfront: Whether there is one in us-east-1 as well, for `Distribution`. Default False.
        tags: Extra tags.

    Attributes:
        sites: Where it is built.
        primary: The `aws_acm_certificate` of the primary Region.
        recovery: That of the recovery Region, or None.
        global_: That for CloudFront, or None.

    Raises:
        ConfigurationError: If an option is not allowed, or another certificate of the app writes the record for a name.
    """

    def __init__(
        self,
        place: Workload | Sites,
        id: str,
        *,
        domain: str,
        names: list[str] | tuple[str, ...] = (),
        zone_id: str | None = None,
        cloudfront: bool = False,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        what = f"certificate {id!r}"
        sites = sites_of(place, what)
        check_component_name(sites, id, "certificate")
        if not isinstance(names, list | tuple):
            refuse(f"the names of {what}", names, "a list of them")
        for name in (domain, *names):
            _check_name(name, what)
        self._names = tuple(dict.fromkeys((domain, *names)))
        limit("acm.domain").check_length(domain, f"the domain of {what}")
        if zone_id is not None:
            check_zone_id(zone_id, f"the zone_id of {what}")
        check_flag(cloudfront, f"cloudfront of {what}")
        own_tags = checked_tags(tags, what, {"recovery:workload": sites.name})
        self._check_records(sites, zone_id, what)
        sites.primary.check_providers()
        for site in (sites.recovery, sites.global_ if cloudfront else None):
            if site is not None:
                site.check_providers()

        build_component(self, sites, id)
        claim_component_name(sites, id)
        self.sites = sites
        self._tags = own_tags
        self._zone = zone_id
        if zone_id is not None:
            _written.setdefault(sites.root, {}).update(dict.fromkeys(self._proofs(zone_id), f"{id!r} of {sites.name}"))
        self._arns: dict[str, str] = {}
        self.primary = self._build(self, sites.primary)
        there = sites.recovery
        self.recovery = None if there is None else self._build(part(there.scope, id), there)
        self.global_ = self._build(part(sites.global_.scope, id), sites.global_) if cloudfront else None
        if there is not None and zone_id is not None:
            sites.build_recovery_after_primary()

    @property
    def arns(self) -> InEachRegion:
        """The ARN of each Region's certificate; known once it is issued."""
        here = self._arns["primary"]
        return InEachRegion(primary=here, recovery=self._arns.get("recovery", here))

    @property
    def cloudfront_arn(self) -> str:
        """The ARN of the certificate in us-east-1, for `Distribution`.

        Raises:
            ConfigurationError: If there is none.
        """
        if self.global_ is None:
            msg = f"certificate {self.node.id!r} has none in us-east-1, where CloudFront reads it; give cloudfront=True"
            raise ConfigurationError(msg)
        return self._arns["global"]

    def _proofs(self, zone_id: str) -> set[tuple[str, str]]:
        """Return the records that prove its names: a wildcard is proved by that of the name it is under."""
        return {(zone_id, name.removeprefix("*.")) for name in self._names}

    def _check_records(self, sites: Sites, zone_id: str | None, what: str) -> None:
        known = _written.get(sites.root, {})
        for proof in sorted(() if zone_id is None else self._proofs(zone_id) & known.keys()):
            msg = (
                f"{what} needs the record that proves {proof[1]}, which certificate {known[proof]} writes: ACM asks "
                f"for the same one in all of an account, and Route 53 makes none twice; leave zone_id out, or have one "
                f"certificate for all of these names"
            )
            raise ConfigurationError(msg)

    def _build(self, scope: Construct, site: Site) -> AwsResource:
        certificate = AwsResource(
            scope,
            "Default",
            "aws_acm_certificate",
            {
                "domain_name": self._names[0],
                "subject_alternative_names": list(self._names[1:]) or None,
                "validation_method": "DNS",
                "tags": {**site.tags, **self._tags},
            },
            provider=site.provider,
            # A listener goes on with the old one until there is another.
            lifecycle={"create_before_destroy": True},
        )
        records = self._records(scope, site, certificate) if self._zone and site is self.sites.primary else []
        # Neither load balancers nor CloudFront take a certificate before it is issued.
        issued = AwsResource(
            scope,
            "Issued",
            "aws_acm_certificate_validation",
            {
                "certificate_arn": certificate.here("arn"),
                "validation_record_fqdns": [record.here("fqdn") for record in records] or None,
            },
            provider=site.provider,
        )
        self._arns[site.role] = issued.ref("certificate_arn")
        return certificate

    def _records(self, scope: Construct, site: Site, certificate: AwsResource) -> list[AwsResource]:
        # A wildcard is proved by the record of the name that it is under.
        proved = {name.removeprefix("*."): name for name in reversed(self._names)}
        options = f"aws_acm_certificate.{certificate.friendly_unique_id}.domain_validation_options"

        def asked(name: str, attribute: str) -> str:
            return f'${{one([for item in {options} : item.{attribute} if item.domain_name == "{name}"])}}'

        return [
            AwsResource(
                scope,
                f"Record-{name.removeprefix('*.').replace('.', '-')}",
                "aws_route53_record",
                {
                    "zone_id": self._zone,
                    "name": asked(name, "resource_record_name"),
                    "type": "CNAME",
                    "ttl": _TTL,
                    "records": [asked(name, "resource_record_value")],
                },
                provider=site.provider,
            )
            for name in dict.fromkeys(proved[item.removeprefix("*.")] for item in self._names)
        ]


def _check_name(name: object, what: str) -> None:
    if not isinstance(name, str) or not _DOMAIN.fullmatch(name):
        refuse(f"a name of {what}", name, 'a domain in lower case, such as "shop.example.com"')
    limit("acm.domain_name").check_length(name, f"a name of {what}")
