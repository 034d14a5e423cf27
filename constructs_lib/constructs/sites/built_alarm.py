"""An alarm as what looks at all alarms sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.sites.site import Site


class BuiltAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm as what looks at all alarms sees it: dashboards, and the alarm that joins them.

    Attributes:
        resource: The `aws_cloudwatch_metric_alarm`, or the `aws_cloudwatch_composite_alarm`.
        name: Its name; None where only Terraform knows it.
        site: The site in whose stack it is.
        watched: The site in whose Region it is.
        at_risk: Whether it tells that a recovery would not keep what was promised, rather than that one is due.
    """

    resource: AwsResource
    name: str | None
    site: Site
    watched: Site
    at_risk: bool
