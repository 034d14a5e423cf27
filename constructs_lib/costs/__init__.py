"""Costs: protections to a monthly bill."""

from __future__ import annotations

from constructs_lib.costs.cost import Line, MonthlyCost, together
from constructs_lib.costs.monthly_cost import monthly_cost
from constructs_lib.costs.usage import Usage
from constructs_lib.costs.watching import watching_cost

__all__ = ["Line", "MonthlyCost", "Usage", "monthly_cost", "together", "watching_cost"]
