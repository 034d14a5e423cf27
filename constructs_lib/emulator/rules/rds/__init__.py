"""What RDS and Aurora refuse."""

from __future__ import annotations
