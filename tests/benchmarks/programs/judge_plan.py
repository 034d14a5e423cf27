"""Reviews a plan with an objective for every component in it, and says how long that took.

judge_plan.py PLAN
"""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from time import perf_counter

from constructs_lib.declaration.declaration import load_declaration
from constructs_lib.plan import read_plans
from constructs_lib.review import review

_DECLARED = """\
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
workloads:
  shop:
    objective: {rto: 4h, rpo: 1h}
    components: [{match: 'module.workload*'}]
"""

declared = Path("recovery.yaml")
declared.write_text(_DECLARED, encoding="utf-8")
declaration = load_declaration(declared)
source = Path(sys.argv[1])
started = perf_counter()
plan = read_plans({source.name: source.read_bytes()})
read = perf_counter()
found = review(plan, declaration, today=datetime.date(2026, 11, 26))
done = perf_counter()
print(json.dumps({"read": read - started, "judge": done - read, "components": len(found.components)}))
