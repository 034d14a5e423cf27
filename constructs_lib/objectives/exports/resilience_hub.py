"""An objective as a policy of AWS Resilience Hub, in both of its forms.

Sources: botocore's service models `resiliencehub` and `resiliencehubv2`, the provider's schema of
`aws_resiliencehub_resiliency_policy`, and the user guide's page on resiliency policies: 0 is accepted and always
assessed as breached, since the lowest result is "near zero".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from constructs_lib.errors import ObjectiveError
from constructs_lib.objectives.disruption import Disruption

if TYPE_CHECKING:
    from constructs_lib.objectives.objective import Objective
    from constructs_lib.objectives.target import Target

__all__ = ["Exported", "PolicyTier", "policy_arguments", "policy_v2"]

PolicyTier = Literal["MissionCritical", "Critical", "Important", "CoreServices", "NonCritical", "NotApplicable"]
"""The tiers of Resilience Hub; they are labels, and set no target."""

_TIERS: Final = ("MissionCritical", "Critical", "Important", "CoreServices", "NonCritical", "NotApplicable")
_LOCATIONS: Final = ("AnyLocation", "SameContinent", "SameCountry")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,59}", re.ASCII)
_KEYS: Final = {
    Disruption.SOFTWARE: "software",
    Disruption.HARDWARE: "hardware",
    Disruption.ZONE: "az",
    Disruption.REGION: "region",
}
_REQUIRED: Final = (Disruption.SOFTWARE, Disruption.HARDWARE, Disruption.ZONE)
_MINUTE: Final = 60


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """An objective in another form, and what was lost or changed on the way, one sentence each."""

    content: dict[str, Any]
    notes: tuple[str, ...] = ()


def policy_arguments(
    name: str,
    objective: Objective,
    *,
    tier: PolicyTier = "NotApplicable",
    data_location: str = "AnyLocation",
) -> Exported:
    """Return the arguments of `aws_resiliencehub_resiliency_policy`: durations to the second, none of them zero.

    Args:
        name: 2 to 60 letters, digits, hyphens and underscores.
        objective: What is promised. Software, hardware and zone must be declared; region may be.
        tier: Resilience Hub's label. Default: none applies.
        data_location: `AnyLocation` (the default), `SameContinent` or `SameCountry`.

    Raises:
        ObjectiveError: If a target that Resilience Hub requires is undeclared, or an option is not one of its own.
    """
    _check_name(name)
    if tier not in _TIERS:
        raise ObjectiveError(f"there is no tier {tier!r} in Resilience Hub; there are {', '.join(_TIERS)}")
    if data_location not in _LOCATIONS:
        raise ObjectiveError(f"there is no data location {data_location!r}; there are {', '.join(_LOCATIONS)}")
    missing = [disruption.value for disruption in _REQUIRED if objective.target(disruption) is None]
    if missing:
        raise ObjectiveError(
            f"{name} declares no target for {' and '.join(missing)}, which Resilience Hub requires; declare "
            f"{' and '.join(missing)} in its objective"
        )
    notes: list[str] = []
    policy: dict[str, Any] = {}
    for disruption, target in objective.targets():
        policy[_KEYS[disruption]] = {
            "rto": _go_duration(target.rto, f"{disruption} RTO", notes),
            "rpo": _go_duration(target.rpo, f"{disruption} RPO", notes),
        }
    if objective.uptime is not None:
        notes.append(f"the uptime of {objective.uptime} has no place in this policy and is left out")
    content = {"name": name, "tier": tier, "data_location_constraint": data_location, "policy": policy}
    return Exported(content=content, notes=tuple(notes))


def policy_v2(name: str, objective: Objective) -> Exported:
    """Return the input of `CreatePolicy` of the next-generation Resilience Hub: whole minutes, rounded down.

    Rounded down, so that a policy that is met never stands for a promise that is not. Multi-AZ takes the stricter of
    zone and hardware, which it does not tell apart; data recovery takes the RPO for software.

    Args:
        name: 2 to 60 letters, digits, hyphens and underscores.
        objective: What is promised.

    Raises:
        ObjectiveError: If the name is not allowed.
    """
    _check_name(name)
    notes: list[str] = []
    content: dict[str, Any] = {"name": name}
    if objective.uptime is not None:
        content["availabilitySlo"] = {"target": float(objective.uptime.percent)}
    inside = [target for target in (objective.hardware, objective.zone) if target is not None]
    if inside:
        rto, rpo = min(target.rto for target in inside), min(target.rpo for target in inside)
        content["multiAz"] = _in_minutes(rto, rpo, "multi-AZ", notes)
        if len({(target.rto, target.rpo) for target in inside}) > 1:
            notes.append("hardware and zone differ; multi-AZ has the stricter of the two")
    region: Target | None = objective.region
    if region is not None:
        content["multiRegion"] = _in_minutes(region.rto, region.rpo, "multi-Region", notes)
    if objective.software is not None:
        minutes = _minutes(objective.software.rpo, "software RPO", notes)
        content["dataRecovery"] = {"timeBetweenBackupsInMinutes": minutes}
        notes.append("the RTO for software has no place in this policy and is left out")
    return Exported(content=content, notes=tuple(notes))


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ObjectiveError(
            f"{name!r} cannot be the name of a policy; use 2 to 60 letters, digits, hyphens and underscores, the first "
            "a letter or a digit"
        )


def _go_duration(seconds: int, what: str, notes: list[str]) -> str:
    if seconds == 0:
        notes.append(f"the {what} of 0 became 1 second: Resilience Hub assesses 0 as breached, always")
        seconds = 1
    hours, rest = divmod(seconds, 3600)
    return f"{hours}h{rest // 60}m{rest % 60}s"


def _in_minutes(rto: int, rpo: int, what: str, notes: list[str]) -> dict[str, int]:
    return {
        "rtoInMinutes": _minutes(rto, f"{what} RTO", notes),
        "rpoInMinutes": _minutes(rpo, f"{what} RPO", notes),
    }


def _minutes(seconds: int, what: str, notes: list[str]) -> int:
    minutes = seconds // _MINUTE
    if minutes * _MINUTE != seconds:
        notes.append(f"the {what} of {seconds} s is rounded down to {minutes} min, the policy's unit")
    return minutes
