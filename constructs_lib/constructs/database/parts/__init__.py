"""What stands beside a database whatever its engine: network, parameters, password, roles, notices."""

from __future__ import annotations
