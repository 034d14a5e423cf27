"""What IAM, key policies and AWS-managed policies say of the calls that recoveries need."""

from __future__ import annotations
