"""Which services use a customer managed key, and what its policy must say for them: `key_users.toml`, typed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.catalog.document import read_document

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE = "access/key_users.toml"


class KeyUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One service, or several that need the same, and the arguments that hand a key to it.

    Attributes:
        arguments: What hands the key over, each `type.argument`.
        because: Why it needs a statement of its own, or none.
        source: Its source, an id of `sources.toml`.
        services: The principals of the statement; none where the account's statement is enough.
        sid: The statement's name; empty where there is none.
        actions: What the statement allows.
        condition: The statement's condition, with `{account}` and `{region}` for those of the key, and `{log_group}`.
    """

    arguments: tuple[str, ...]
    because: str
    source: str
    services: tuple[str, ...] = ()
    sid: str = ""
    actions: tuple[str, ...] = ()
    condition: dict[str, dict[str, str]] = {}

    @property
    def of_logs(self) -> bool:
        """Whether the statement names log groups."""
        return any("{log_group}" in value for tests in self.condition.values() for value in tests.values())

    def statement(self, *, region: str, account_id: str, log_groups: Sequence[str] = ("*",)) -> dict[str, object]:
        """Return the statement of a key in *region* of *account_id*."""
        services = [service.replace("{region}", region) for service in self.services]

        def filled(value: str) -> str | list[str]:
            text = value.replace("{region}", region).replace("{account}", account_id)
            return [text.replace("{log_group}", name) for name in log_groups] if "{log_group}" in text else text

        return {
            "Sid": self.sid,
            "Effect": "Allow",
            "Principal": {"Service": services[0] if len(services) == 1 else services},
            "Action": self.actions[0] if len(self.actions) == 1 else list(self.actions),
            "Resource": "*",
            "Condition": {
                operator: {key: filled(value) for key, value in tests.items()}
                for operator, tests in self.condition.items()
            },
        }


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    user: tuple[KeyUser, ...]


@cache
def load_key_users() -> tuple[KeyUser, ...]:
    """Return them all; the file is read once for the process.

    Raises:
        CatalogError: If the file is not well formed.
    """
    return read_document(_FILE, _File).user


def key_policy_statements(
    *, region: str, account_id: str, log_groups: Sequence[str] = ("*",)
) -> list[dict[str, object]]:
    """Return the statements that the policy of a key must have beside the account's own.

    A key that the library makes has them. Add them to the policy of a key that you give with `key_arns`.

    Args:
        region: The Region of the key.
        account_id: The account's id.
        log_groups: The names of the log groups that are encrypted with it. Default: any of the account.
    """
    return [
        user.statement(region=region, account_id=account_id, log_groups=log_groups)
        for user in load_key_users()
        if user.services and (log_groups or not user.of_logs)
    ]
