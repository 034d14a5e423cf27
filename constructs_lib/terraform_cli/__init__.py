"""Terraform's own command line: which providers this machine has."""

from __future__ import annotations
