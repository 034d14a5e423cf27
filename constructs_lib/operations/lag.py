"""How far behind a copy is, as AWS tells at the moment: what would be lost now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from constructs_lib.errors import RefusedError
from constructs_lib.operations.ask import moment_of
from constructs_lib.operations.facts import Facts
from constructs_lib.procedures.command import search

if TYPE_CHECKING:
    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.plan import ComponentPlan

__all__ = ["lag_of"]

_LATELY: Final = timedelta(minutes=15)


def lag_of(item: ComponentPlan, clients: Clients) -> int | None:
    """Return by how many seconds the copy is behind now; None where AWS does not tell.

    Silence of a metric is no news: nothing may have been written, or nothing may have been measured.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    lag = item.procedure.lag
    if lag is None:
        return None
    moment = datetime.now(UTC)
    times = {"now": moment.isoformat(), "lately": (moment - _LATELY).isoformat()}
    facts = Facts({**item.names, **times}, item.declared, {}, clients)
    try:
        asked = facts.asked(lag.call)
        reply = clients.call(asked.service, asked.operation, asked.region, asked.parameters, changes=False)
        # The account may be in it, which STS tells.
        query = facts.query(lag.query)
    except (BotoCoreError, ClientError, RefusedError):
        return None
    found = search(query, reply)
    if found is None:
        return None
    if lag.unit == "since":
        newest = moment_of(found)
        return None if newest is None else max(0, ceil((moment - newest).total_seconds()))
    seconds = float(found) / (1000 if lag.unit == "milliseconds" else 1)
    # RDS reports -1 where replication has stopped.
    return None if seconds < 0 else ceil(seconds)
