"""The reader of `terraform show -json`: any plan or state to components with protections, before and after.

Synthesized stacks, whose decisions are read as well, are read by `stacks`.
"""

from __future__ import annotations

from constructs_lib.plan.document.change import Change
from constructs_lib.plan.document.resource import Resource
from constructs_lib.plan.kinds.component_builder import assessable
from constructs_lib.plan.notes import Unjudged
from constructs_lib.plan.plan import Plan
from constructs_lib.plan.read import read_plan, read_plans

__all__ = ["Change", "Plan", "Resource", "Unjudged", "assessable", "read_plan", "read_plans"]
