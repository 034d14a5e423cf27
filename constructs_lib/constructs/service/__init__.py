"""A service in each Region: ECS on Fargate behind an Application Load Balancer."""

from __future__ import annotations
