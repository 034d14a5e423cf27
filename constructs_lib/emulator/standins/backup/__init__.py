"""AWS Backup, as far as the emulators do not have it."""

from __future__ import annotations
