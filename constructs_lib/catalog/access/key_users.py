"""Which services use a customer managed key, and what its policy must say for them: `key_users.toml`, typed."""

from __future__ import annotations

from functools import cache

import msgspec

from constructs_lib.catalog.document import read_document

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
        condition: The statement's condition, with `{account}` and `{region}` for those of the key.
    """

    arguments: tuple[str, ...]
    because: str
    source: str
    services: tuple[str, ...] = ()
    sid: str = ""
    actions: tuple[str, ...] = ()
    condition: dict[str, dict[str, str]] = {}

    def statement(self, *, region: str, account_id: str) -> dict[str, object]:
        """Return the statement of a key in *region* of *account_id*."""
        return {
            "Sid": self.sid,
            "Effect": "Allow",
            "Principal": {"Service": self.services[0] if len(self.services) == 1 else list(self.services)},
            "Action": self.actions[0] if len(self.actions) == 1 else list(self.actions),
            "Resource": "*",
            "Condition": {
                operator: {
                    key: value.replace("{region}", region).replace("{account}", account_id)
                    for key, value in tests.items()
                }
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


def key_policy_statements(*, region: str, account_id: str) -> list[dict[str, object]]:
    """Return the statements that the policy of a key must have beside the account's own.

    A key that the library makes has them. Add them to the policy of a key that you give with `key_arns`.

    Args:
        region: The Region of the key.
        account_id: The account's id.
    """
    return [user.statement(region=region, account_id=account_id) for user in load_key_users() if user.services]
