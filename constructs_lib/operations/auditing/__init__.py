"""What an account keeps now, and the rights to look."""

from __future__ import annotations
