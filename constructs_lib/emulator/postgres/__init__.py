"""A real PostgreSQL behind emulated RDS and Aurora PostgreSQL: data, archives, replicas, restores, loss.

The programs come with the extra `postgres`; nothing starts before an instance is created while it is switched on.
"""

from __future__ import annotations
