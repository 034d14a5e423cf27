"""Distributions: CloudFront in front of one bucket or of an origin group."""

from __future__ import annotations
