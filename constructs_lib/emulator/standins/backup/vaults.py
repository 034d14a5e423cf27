"""AWS Backup: vault lock and vault access policy, which ministack's vaults lack."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.calls.call import Reply

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.standins import Forward

_SECONDS_PER_DAY: Final = 86_400
_LONGEST_RETENTION_DAYS: Final = 36_500
_SHORTEST_GRACE_DAYS: Final = 3


class BackupVaults:
    """Keeps the lock and the policy of each vault, and shows the lock in DescribeBackupVault.

    A lock that has become final cannot be changed or deleted. Recovery points are not checked against it.
    """

    service = "backup"

    def __init__(self) -> None:
        self._locks: dict[tuple[str, str], dict[str, Any]] = {}
        self._policies: dict[tuple[str, str], str] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer what concerns a vault's lock or policy; pass on the rest."""
        match call.segments:
            case ("backup-vaults", name):
                return await self._vault(call, forward, (call.region, name))
            case ("backup-vaults", name, ("vault-lock" | "access-policy") as part):
                vault = await forward(call.instead(method="GET", path=f"/backup-vaults/{name}", body=b""))
                if not vault.succeeded:
                    return vault
                handle = self._lock if part == "vault-lock" else self._policy
                return handle(call, (call.region, name), vault)
            case _:
                return await forward(call)

    async def _vault(self, call: Call, forward: Forward, key: tuple[str, str]) -> Reply:
        reply = await forward(call)
        if not reply.succeeded:
            return reply
        if call.method == "DELETE":
            self._locks.pop(key, None)
            self._policies.pop(key, None)
        elif call.method == "GET":
            return reply.with_body(
                json.dumps(json.loads(reply.body) | {"Locked": False} | self._locks.get(key, {})).encode()
            )
        return reply

    def _lock(self, call: Call, key: tuple[str, str], vault: Reply) -> Reply:
        if self._locks.get(key, {}).get("LockDate", time.time() + 1) <= time.time():
            return _error("InvalidRequestException", f"the lock of vault {key[1]} can no longer be changed or deleted")
        if call.method == "DELETE":
            self._locks.pop(key, None)
            return _reply({}, vault)
        asked = json.loads(call.body or b"{}")
        shortest, longest = asked.get("MinRetentionDays", 1), asked.get("MaxRetentionDays", _LONGEST_RETENTION_DAYS)
        grace = asked.get("ChangeableForDays")
        if not 1 <= shortest <= longest <= _LONGEST_RETENTION_DAYS:
            return _error("InvalidParameterValueException", f"retention of {shortest} to {longest} days is not allowed")
        if grace is not None and grace < _SHORTEST_GRACE_DAYS:
            return _error(
                "InvalidParameterValueException", f"ChangeableForDays is {grace}; it is at least {_SHORTEST_GRACE_DAYS}"
            )
        lock = {"Locked": True} | {
            name: asked[name] for name in ("MinRetentionDays", "MaxRetentionDays") if name in asked
        }
        if grace is not None:
            lock["LockDate"] = time.time() + grace * _SECONDS_PER_DAY
        self._locks[key] = lock
        return _reply({}, vault)

    def _policy(self, call: Call, key: tuple[str, str], vault: Reply) -> Reply:
        if call.method == "DELETE":
            self._policies.pop(key, None)
            return _reply({}, vault)
        if call.method == "PUT":
            self._policies[key] = json.loads(call.body)["Policy"]
            return _reply({}, vault)
        if key not in self._policies:
            return _error("ResourceNotFoundException", f"vault {key[1]} has no access policy", status=404)
        described = json.loads(vault.body)
        names = {name: described[name] for name in ("BackupVaultName", "BackupVaultArn")}
        return _reply(names | {"Policy": self._policies[key]}, vault)


def _reply(document: dict[str, Any], like: Reply) -> Reply:
    return like.with_body(json.dumps(document).encode())


def _error(code: str, message: str, *, status: int = 400) -> Reply:
    return Reply.of(
        status,
        {"Content-Type": "application/json", "x-amzn-ErrorType": code},
        json.dumps({"Code": code, "Message": message}),
    )
