"""The snapshot that RDS takes of what is deleted, with another name for each database that ever had the identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.constructs.database.settings import DatabaseSettings

_NAME: Final = "final_snapshot_identifier"

# An import does not read them, and turning on again what a recovery has turned on may make another secret.
_KEPT: Final = ("manage_master_user_password", "master_user_secret_kms_key_id")


def final_snapshot(identifier: str, *, adopted: str | None = None) -> dict[str, object]:
    """Return the arguments: a final snapshot, whose name has the moment at which the database was made.

    With one name for all, RDS would refuse to delete the second database of an identifier: the first one's snapshot is
    there. Give `lifecycle_with_snapshot` as well, or each plan would have another name.

    Args:
        identifier: The identifier.
        adopted: That of what a recovery made, where that is the database. An import brings no such name, so it has one
            that every plan has.
    """
    if adopted is not None:
        return {"skip_final_snapshot": False, _NAME: f"{adopted}-final"}
    moment = '${formatdate("YYYYMMDDhhmmss", plantimestamp())}'
    return {"skip_final_snapshot": False, _NAME: f"{identifier}-final-{moment}"}


def lifecycle_with_snapshot(
    settings: DatabaseSettings, ignored: Iterable[str] = (), *, adopted: bool = False
) -> dict[str, object]:
    """Return the Terraform lifecycle of what holds data, and keeps the name that its final snapshot was given first.

    Args:
        settings: The database's options.
        ignored: What else AWS and not Terraform decides. Default: nothing.
        adopted: Whether a recovery made it, so that its name is the same in every plan.
    """
    return {**settings.lifecycle, "ignore_changes": [*(_KEPT if adopted else [_NAME]), *ignored]}
