"""DynamoDB tables: keys, indexes, billing, replicas."""

from __future__ import annotations
