"""The commands that recover, rehearse and put in order afterwards."""

from __future__ import annotations
