"""The kit of the day, and the packages in it."""

from __future__ import annotations
