"""Services: started, scaled, made or served in the recovery Region."""

from __future__ import annotations
