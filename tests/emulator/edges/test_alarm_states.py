"""AWS's own tables of how an alarm is judged where data is missing, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.emulator.edges.alarm_states import state_of

KEPT = "kept"
OK, ALARM, NONE = "OK", "ALARM", "INSUFFICIENT_DATA"

#: Data points, the oldest first (0 within the threshold, X beyond it, - missing), then the state for missing, ignore,
#: breaching and notBreaching; https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html.
ALL_OF_THREE = [
    ("0-X-X", OK, OK, OK, OK),
    ("----0", OK, OK, OK, OK),
    ("-----", NONE, KEPT, ALARM, OK),
    ("0XX-X", ALARM, ALARM, ALARM, ALARM),
    ("--X--", ALARM, KEPT, ALARM, OK),
]
TWO_OF_THREE = [
    ("0-X-X", ALARM, ALARM, ALARM, ALARM),
    ("00X0X", ALARM, ALARM, ALARM, ALARM),
    ("0-X--", OK, OK, ALARM, OK),
    ("----0", OK, OK, ALARM, OK),
    ("---X-", ALARM, KEPT, ALARM, OK),
]


@pytest.mark.parametrize(("needed", "points", "states"), [(needed, row[0], row[1:]) for needed, table in
                         ((3, ALL_OF_THREE), (2, TWO_OF_THREE)) for row in table])  # fmt: skip
def test_an_alarm_is_judged_as_the_tables_say(needed: int, points: str, states: tuple[str, ...]) -> None:
    values = [{"0": 0.0, "X": 9.0, "-": None}[point] for point in points]
    alarm: dict[str, Any] = {
        "ComparisonOperator": "GreaterThanThreshold", "Threshold": 5.0, "EvaluationPeriods": 3,
        "DatapointsToAlarm": needed,
    }  # fmt: skip
    meanings = ("missing", "ignore", "breaching", "notBreaching")

    judged = tuple(state_of({**alarm, "TreatMissingData": meaning}, values, KEPT) for meaning in meanings)

    assert judged == states
