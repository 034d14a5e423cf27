"""Choosing for workloads of four components, each workload with an objective of its own.

    choose_many.py WORKLOADS

Each workload asks the selector once per component: a bucket, a distribution, a table and a database. Some of the
objectives cannot be had for some kind, and then the search for the nearest one is part of what is measured.
"""

from __future__ import annotations

import json
import sys
from statistics import median
from time import perf_counter

from constructs_lib import InfeasibleError, Kind, Objective, Request, Target, choose


def objectives(number: int) -> list[Objective]:
    """Return *number* objectives, no two alike: from 5 minutes to days, some with an uptime or a software target."""
    made = []
    for index in range(number):
        minutes = 5 * 1.006 ** (index % 1000)
        made.append(
            Objective(
                rto=f"{round(minutes * 60)}s",
                rpo=f"{round(minutes * 60 * (1, 0.25, 4)[index % 3])}s",
                uptime=(None, "99.9%", "99.5%")[index % 3],
                software=None if index % 2 else Target(rto="12h", rpo="24h"),
            )
        )
    return made


def workload(objective: Objective) -> int:
    """Choose for one component of each kind, and return how many had no pattern."""
    infeasible = 0
    for kind in (Kind.BUCKET, Kind.DISTRIBUTION, Kind.TABLE, Kind.DATABASE):
        request = Request(kind=kind, objective=objective, region="eu-west-1", recovery_region="eu-central-1")
        try:
            choose(request)
        except InfeasibleError:
            infeasible += 1
    return infeasible


asked = objectives(int(sys.argv[1]))
workload(Objective(rto="1h", rpo="15m"))
single = []
for objective in asked[:: max(1, len(asked) // 50)]:
    started = perf_counter()
    workload(objective)
    single.append(perf_counter() - started)
started = perf_counter()
infeasible = sum(workload(objective) for objective in asked)
print(
    json.dumps(
        {
            "one": median(single),
            "slowest": max(single),
            "all": perf_counter() - started,
            "infeasible": infeasible,
        }
    )
)
