"""How databases recover: RDS instances and their replicas, clusters, global databases, Aurora DSQL."""

from __future__ import annotations
