"""What documents are made from: plans, or synthesized stacks with the decisions in them."""

from __future__ import annotations
