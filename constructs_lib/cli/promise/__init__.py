"""The commands of what is promised: documents, agreements, uptime."""

from __future__ import annotations
