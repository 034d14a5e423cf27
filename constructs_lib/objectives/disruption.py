"""The four disruptions a recovery is judged against."""

from __future__ import annotations

from enum import StrEnum


class Disruption(StrEnum):
    """What goes wrong; the four names AWS Resilience Hub uses (its `AZ` is spelled out as `zone`).

    `SOFTWARE` is corruption, operator error or ransomware; `HARDWARE` the loss of one component; `ZONE` of one
    Availability Zone; `REGION` of one Region.
    """

    SOFTWARE = "software"
    HARDWARE = "hardware"
    ZONE = "zone"
    REGION = "region"


INFRASTRUCTURE = (Disruption.HARDWARE, Disruption.ZONE, Disruption.REGION)
"""The disruptions that the shorthand `Objective(rto=..., rpo=...)` sets."""
