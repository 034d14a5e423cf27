"""Whether the roles that copy and back up may do so."""

from __future__ import annotations
