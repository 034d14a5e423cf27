"""Constructs: components that choose their pattern from an objective, then declare its resources.

The public ones are names of `constructs_lib` itself.
"""

from __future__ import annotations
