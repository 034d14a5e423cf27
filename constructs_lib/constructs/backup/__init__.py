"""Scheduled backups: the plan, its vaults, their lock, and the role that AWS Backup takes."""

from __future__ import annotations
