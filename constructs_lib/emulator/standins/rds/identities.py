"""RDS: who an instance is, whatever it is called. AWS never changes its resource id; moto has one for all."""

from __future__ import annotations

import base64
import secrets


class RdsIdentities:
    """The resource id of every instance by Region and identifier, kept through a rename."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], str] = {}

    def of(self, region: str, identifier: str) -> str:
        """Return the resource id of an instance, a new one where it has none yet."""
        return self._ids.setdefault((region, identifier.lower()), _new_id())

    def created(self, region: str, identifier: str) -> None:
        """Give a new instance a resource id of its own, even where another had its name before."""
        self._ids[region, identifier.lower()] = _new_id()

    def renamed(self, region: str, old: str, new: str) -> None:
        """Let an instance keep its resource id under a new name."""
        if (known := self._ids.pop((region, old.lower()), None)) is not None:
            self._ids[region, new.lower()] = known

    def deleted(self, region: str, identifier: str) -> None:
        """Forget an instance."""
        self._ids.pop((region, identifier.lower()), None)

    def place(self, resource_id: str) -> tuple[str, str] | None:
        """Return Region and identifier of the instance with a resource id."""
        return next((place for place, known in self._ids.items() if known == resource_id), None)


def _new_id() -> str:
    return "db-" + base64.b32encode(secrets.token_bytes(17)).decode()[:26]
