"""What RDS and Aurora say of engines and their parameters."""

from __future__ import annotations
