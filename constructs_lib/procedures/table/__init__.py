"""How tables recover: a restore to a moment, AWS Backup, replicas in other Regions."""

from __future__ import annotations
