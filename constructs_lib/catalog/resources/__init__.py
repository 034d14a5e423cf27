"""What the library has to know of Terraform's resource types."""

from __future__ import annotations
