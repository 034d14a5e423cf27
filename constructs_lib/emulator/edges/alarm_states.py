"""What state an alarm has by its data, and by data that is missing.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, whose tables are the tests.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
#: How many periods more than it evaluates an alarm looks back; AWS's tables show two, its text leaves it open.
LOOKS_BACK: Final = 2

_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def is_judged(alarm: Mapping[str, Any]) -> bool:
    """Tell whether an alarm is one we can judge: of one metric, against a fixed threshold."""
    return bool(alarm.get("MetricName")) and alarm["ComparisonOperator"] in _COMPARISONS


def state_of(alarm: Mapping[str, Any], values: Sequence[float | None], current: str) -> str:
    """Return the state of an alarm by the values of its evaluation range, the oldest first, None for a missing one."""
    compare = _COMPARISONS[alarm["ComparisonOperator"]]
    breaching = [None if value is None else compare(value, alarm["Threshold"]) for value in values]
    periods = alarm["EvaluationPeriods"]
    needed = alarm.get("DatapointsToAlarm") or periods
    missing = alarm.get("TreatMissingData") or "missing"
    known = [each for each in breaching if each is not None]
    if not known:
        return {"breaching": ALARM, "notBreaching": OK, "ignore": current}.get(missing, INSUFFICIENT_DATA)
    if len(known) >= periods:
        return ALARM if sum(known[-periods:]) >= needed else OK
    filled = sum(known) + (periods - len(known) if missing == "breaching" else 0)
    if filled >= needed:
        return ALARM
    if missing in ("breaching", "notBreaching") or not all(known):
        return OK
    # All that is there is breaching, and too little. Old enough, it is taken for an alarm, unless missing is ignored.
    oldest = len(breaching) - breaching.index(True)
    return ALARM if missing == "missing" and oldest >= needed else current
