"""RDS and Aurora: what moto gets wrong about databases, a stand-in for each concern."""

from __future__ import annotations
