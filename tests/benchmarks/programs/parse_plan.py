"""Parses a plan with orjson and does nothing with it.

parse_plan.py PLAN
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

importlib.import_module("orjson").loads(Path(sys.argv[1]).read_bytes())
