"""Databases: RDS instances, Multi-AZ clusters, Aurora, Aurora DSQL, and what each needs beside it."""

from __future__ import annotations
