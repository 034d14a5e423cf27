"""Whether S3 may replicate, asked before an object is written and told to the bucket's emulator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import attrs
from multidict import CIMultiDict

from constructs_lib.emulator.calls.call import Call
from constructs_lib.emulator.control_client import PATH
from constructs_lib.emulator.permissions import acts
from constructs_lib.emulator.permissions.in_force import InForce
from constructs_lib.emulator.rule_switch import REPLICATION

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.call import Reply
    from constructs_lib.emulator.calls.inquiry import Inquiry

_WRITES: Final = frozenset({"PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject", "DeleteObjects"})
_CHANGING: Final = ("Put", "Delete", "Create", "Attach", "Detach", "Update", "Disable", "Enable", "Schedule", "Cancel")
#: An object like any other; conditions on a part of a bucket's objects are judged by it.
_NAME: Final = "any"


@attrs.define
class ReplicationCheck:
    """Keeps, for each bucket, which of its rules may not replicate, until a policy, a role or a bucket changes."""

    _inquiry: Inquiry
    _tell: Callable[[Call], Awaitable[Reply]]
    _off: Callable[[], frozenset[str]]
    _told: set[str] = attrs.field(factory=set, init=False)

    def forget(self) -> None:
        """Look again before the next write."""
        self._told.clear()

    async def before(self, asked: Asked) -> None:
        """Look at the policies if `asked` writes to a bucket; forget them if it may change one."""
        if asked.service == "s3" and asked.operation in _WRITES:
            bucket = asked.call.segments[0]
            if bucket not in self._told:
                await self._look(bucket)
                self._told.add(bucket)
        elif asked.service in ("s3", "iam", "kms") and asked.operation.startswith(_CHANGING):
            self.forget()

    async def _look(self, bucket: str) -> None:
        found = await self._inquiry("s3", "GetBucketReplication", "us-east-1", Bucket=bucket)
        configuration = {} if REPLICATION in self._off() else (found or {}).get("ReplicationConfiguration", {})
        refused: dict[str, dict[str, str | None]] = {}
        for rule in configuration.get("Rules", []):
            role, source = configuration["Role"], await self._source(bucket, rule)
            destination = await self._destination(rule)
            verdicts = {
                kind: await acts.replication(
                    InForce(self._inquiry),
                    role=role,
                    source=source,
                    destination=destination,
                    name=_NAME,
                    marker=kind == "markers",
                )
                for kind in ("objects", "markers")
            }
            refused[rule.get("ID", "")] = verdicts
        body = json.dumps(refused).encode()
        path = f"{PATH}refused-replications/{bucket}"
        await self._tell(Call(method="PUT", path=path, query="", headers=CIMultiDict(), body=body))

    async def _source(self, bucket: str, rule: Mapping[str, Any]) -> acts.Side:
        encrypted = rule.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects", {}).get("Status") == "Enabled"
        key = await self._default_key(bucket) if encrypted else ""
        return acts.Side(bucket=bucket, region=await self._region(bucket), key=key)

    async def _destination(self, rule: Mapping[str, Any]) -> acts.Side:
        bucket = rule["Destination"]["Bucket"].rpartition(":")[2]
        key = rule["Destination"].get("EncryptionConfiguration", {}).get("ReplicaKmsKeyID", "")
        return acts.Side(bucket=bucket, region=await self._region(bucket), key=key)

    async def _default_key(self, bucket: str) -> str:
        found = await self._inquiry("s3", "GetBucketEncryption", "us-east-1", Bucket=bucket)
        for rule in (found or {}).get("ServerSideEncryptionConfiguration", {}).get("Rules", []):
            key: str = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID", "")
            if key.startswith("arn:"):
                return key
        return ""

    async def _region(self, bucket: str) -> str:
        return await self._inquiry.region_of_bucket(bucket) or "us-east-1"
