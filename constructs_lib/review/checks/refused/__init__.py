"""What Terraform plans, and AWS refuses."""

from __future__ import annotations
