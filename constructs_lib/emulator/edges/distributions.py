"""CloudFront distributions that serve: a request goes to the origins of its behavior, to the second where it must.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html. Nothing is
cached, so that each request shows what the origins do now.
"""

from __future__ import annotations

import contextlib
import fnmatch
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from msgspec.structs import replace

from constructs_lib.emulator.calls.call import Reply
from constructs_lib.emulator.edges.places import Unreachable, Visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.edges.bucket_origins import BucketOrigins
    from constructs_lib.emulator.edges.places import Places

_HOME: Final = "us-east-1"
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BUCKET: Final = re.compile(r"(?P<bucket>.+)\.s3[.-](?:(?P<region>[a-z0-9-]+)\.)?amazonaws\.com")


class Distributions:
    """Serves for every enabled distribution, by its domain name and its aliases."""

    def __init__(self, inquiry: Inquiry, buckets: BucketOrigins) -> None:
        self.places: Places | None = None
        self._inquiry = inquiry
        self._buckets = buckets
        self._known: dict[str, tuple[str, Mapping[str, Any]]] | None = {}

    def forget(self) -> None:
        """Read the distributions again: they may have changed."""
        self._known = None

    async def known(self) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """Return ARN and configuration of the distributions by each of their names."""
        if self._known is None:
            self._known = {}
            listed = await self._inquiry("cloudfront", "ListDistributions", _HOME) or {}
            for summary in listed.get("DistributionList", {}).get("Items", []):
                found = await self._inquiry("cloudfront", "GetDistribution", _HOME, Id=summary["Id"])
                if found and found["Distribution"]["DistributionConfig"]["Enabled"]:
                    distribution = found["Distribution"]
                    configuration = distribution["DistributionConfig"]
                    for name in (distribution["DomainName"], *configuration.get("Aliases", {}).get("Items", [])):
                        self._known[name.lower()] = (distribution["ARN"], configuration)
        return self._known

    async def serve(self, visit: Visit, at: str) -> Reply | None:
        """Return what the distribution at a name answers; None where there is none."""
        known = await self.known()
        if (found := known.get(at.lower())) is None:
            return None
        arn, configuration = found
        if known.get(visit.host.lower(), ("",))[0] != arn:
            # DNS leads here, and the distribution has no such alias.
            return _failed(HTTPStatus.FORBIDDEN, f"{visit.host} is no alternate domain name of this distribution.")
        if visit.target.partition("?")[0] == "/" and (root := configuration.get("DefaultRootObject")):
            visit = replace(visit, target="/" + root + visit.target[1:])
        behavior = _behavior(configuration, visit.target)
        if visit.method not in behavior["AllowedMethods"]["Items"]:
            return _failed(HTTPStatus.FORBIDDEN, "This distribution is not configured to allow this method.")
        reply = await self._from_origins(arn, configuration, behavior["TargetOriginId"], visit)
        reply = await self._in_place_of_error(arn, configuration, visit, reply)
        headers = reply.headers.copy()
        for name in ("Content-Length", "Transfer-Encoding", "Connection"):
            headers.popall(name, None)
        headers["Via"] = f"1.1 {visit.host} (CloudFront)"
        said = "Miss" if reply.status < HTTPStatus.BAD_REQUEST else "Error"
        headers["X-Cache"] = f"{said} from cloudfront"
        return replace(reply, headers=headers)

    async def _from_origins(self, arn: str, configuration: Mapping[str, Any], target: str, visit: Visit) -> Reply:
        origins = {origin["Id"]: origin for origin in configuration["Origins"]["Items"]}
        groups = {group["Id"]: group for group in configuration.get("OriginGroups", {}).get("Items", [])}
        members, codes = [origins.get(target)], []
        if group := groups.get(target):
            members = [origins[member["OriginId"]] for member in group["Members"]["Items"]]
            codes = group["FailoverCriteria"]["StatusCodes"]["Items"]
        if visit.method not in _READS:
            members = members[:1]
        reply = _failed(HTTPStatus.GATEWAY_TIMEOUT, "CloudFront could not reach the origin.")
        for origin in filter(None, members):
            try:
                reply = await self._from_origin(arn, origin, visit)
            except Unreachable as error:
                reply = _failed(HTTPStatus.GATEWAY_TIMEOUT, f"CloudFront could not reach the origin: {error}")
            else:
                if reply.status not in codes:
                    break
        return reply

    async def _from_origin(self, arn: str, origin: Mapping[str, Any], visit: Visit) -> Reply:
        assert self.places is not None
        target = origin.get("OriginPath", "") + visit.target
        if bucket := _BUCKET.fullmatch(origin["DomainName"]):
            name = unquote(target.partition("?")[0]).lstrip("/")
            return await self._buckets.read(arn, origin, bucket["bucket"], name, visit.method)
        custom = origin.get("CustomOriginConfig", {})
        secure = custom.get("OriginProtocolPolicy") == "https-only"
        asked = replace(
            visit,
            host=origin["DomainName"],
            target=target,
            connect=float(origin.get("ConnectionTimeout", 10)),
            read=float(custom.get("OriginReadTimeout", 30)),
        )
        port = custom.get("HTTPSPort" if secure else "HTTPPort", 443 if secure else 80)
        for _ in range(origin.get("ConnectionAttempts", 3) - 1):
            with contextlib.suppress(Unreachable):
                return await self.places.visit(asked, port=port)
        return await self.places.visit(asked, port=port)

    async def _in_place_of_error(self, arn: str, configuration: Mapping[str, Any], visit: Visit, reply: Reply) -> Reply:
        for rule in configuration.get("CustomErrorResponses", {}).get("Items", []):
            if rule["ErrorCode"] == reply.status and (page := rule.get("ResponsePagePath")):
                asked = replace(visit, target=page)
                origin = _behavior(configuration, page)["TargetOriginId"]
                instead = await self._from_origins(arn, configuration, origin, asked)
                if instead.succeeded:
                    return replace(instead, status=int(rule["ResponseCode"]))
        return reply


def _behavior(configuration: Mapping[str, Any], target: str) -> Mapping[str, Any]:
    path = target.partition("?")[0].lstrip("/")
    behaviors: list[Mapping[str, Any]] = configuration.get("CacheBehaviors", {}).get("Items", [])
    for behavior in behaviors:
        # A pattern has * and ? and no brackets of its own.
        pattern = behavior["PathPattern"].lstrip("/").replace("[", "[[]")
        if fnmatch.fnmatchcase(path, pattern):
            return behavior
    default: Mapping[str, Any] = configuration["DefaultCacheBehavior"]
    return default


def _failed(status: HTTPStatus, text: str) -> Reply:
    return Reply.of(status, {"Content-Type": "text/plain"}, f"{text}\n")
