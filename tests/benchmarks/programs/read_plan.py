"""Reads a plan into components with their protections.

read_plan.py PLAN
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from constructs_lib.plan import read_plan

plan = read_plan(Path(sys.argv[1]))
print(json.dumps({"components": len(plan.after)}))
