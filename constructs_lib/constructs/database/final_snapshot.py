"""The snapshot that RDS takes of what is deleted, with another name for each database that ever had the identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.constructs.database.settings import DatabaseSettings

_NAME: Final = "final_snapshot_identifier"


def final_snapshot(identifier: str) -> dict[str, object]:
    """Return the arguments: a final snapshot, whose name has the moment at which the database was made.

    With one name for all, RDS would refuse to delete the second database of an identifier: the first one's snapshot is
    there. Give `lifecycle_with_snapshot` as well, or each plan would have another name.
    """
    moment = '${formatdate("YYYYMMDDhhmmss", plantimestamp())}'
    return {"skip_final_snapshot": False, _NAME: f"{identifier}-final-{moment}"}


def lifecycle_with_snapshot(settings: DatabaseSettings, ignored: Iterable[str] = ()) -> dict[str, object]:
    """Return the Terraform lifecycle of what holds data, and keeps the name that its final snapshot was given first.

    Args:
        settings: The database's options.
        ignored: What else AWS and not Terraform decides. Default: nothing.
    """
    return {**settings.lifecycle, "ignore_changes": [_NAME, *ignored]}
