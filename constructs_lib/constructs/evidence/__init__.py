"""What is shown to others: the documents of a workload, and its policy in AWS Resilience Hub."""

from __future__ import annotations
