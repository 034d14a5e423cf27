"""Documents a business signs and engineers follow, rendered from the declaration that builds the infrastructure."""

from __future__ import annotations
