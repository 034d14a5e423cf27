"""CloudFront: the calls that make or change a distribution, and the parts of what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.emulator.calls.asked import Asked

OPERATIONS: Final = "cloudfront:CreateDistribution CreateDistributionWithTags UpdateDistribution"
GUIDE: Final = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"


def configuration_of(asked: Asked) -> Mapping[str, Any]:
    """Return the configuration of a distribution that is made or changed."""
    tagged = asked.parameters.get("DistributionConfigWithTags", asked.parameters)
    configuration: Mapping[str, Any] = tagged.get("DistributionConfig", {})
    return configuration


def origins_of(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the origins, of groups or not."""
    origins: list[Mapping[str, Any]] = configuration.get("Origins", {}).get("Items", [])
    return origins


def behaviors_of(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the default behavior and the others."""
    others: list[Mapping[str, Any]] = configuration.get("CacheBehaviors", {}).get("Items", [])
    return [configuration.get("DefaultCacheBehavior", {}), *others]


def groups_of(configuration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the origin groups."""
    groups: list[Mapping[str, Any]] = configuration.get("OriginGroups", {}).get("Items", [])
    return groups
