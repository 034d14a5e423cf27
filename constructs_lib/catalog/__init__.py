"""Facts about AWS as data: every number with its source, its date and how far it can be trusted."""

from __future__ import annotations
