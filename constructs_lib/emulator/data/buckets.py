"""S3 replication that takes its time, keeps the version's id, and tells in between that it is pending."""

from __future__ import annotations

import copy
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.data.links import Link
from constructs_lib.emulator.data.replacing import replace

if TYPE_CHECKING:
    from constructs_lib.emulator.data.links import Links

    Record = dict[str, Any]

_KEY_HEADER: Final = "x-amz-server-side-encryption-aws-kms-key-id"


class BucketReplication:
    """Sends versions and delete markers to the bucket that the first matching rule names."""

    def __init__(self, links: Links) -> None:
        self._s3 = import_module("ministack.services.s3")
        self._account = import_module("ministack.core.responses").get_account_id
        self._links = links
        #: By bucket and rule: why its objects and markers may not be replicated, as far as the gateway knows.
        self.refused: dict[str, dict[str, dict[str, str | None]]] = {}

    def install(self) -> None:
        """Take the place of ministack's replication, which copies before the source has a version."""
        s3 = self._s3
        self._record = s3._record_object_version
        ours = {
            "_maybe_replicate": self._decide,
            "_record_object_version": self._record_object_version,
            "_maybe_replicate_delete_marker": self._delete_marker,
        }
        replace(s3, ours)

    def region(self, bucket: str) -> str | None:
        """Return the Region of a bucket, None where there is no such bucket."""
        owner = self._s3._bucket_owner_account(bucket)
        return None if owner is None else self._s3._buckets.get_scoped(owner, None, bucket)["region"]

    def _decide(self, bucket: str, key: str, record: Record, _: Any, tags: dict[str, str] | None = None) -> None:
        rule, role = self._s3._replication_rule_for(bucket, key, tags)
        if rule is None:
            return
        if self._refused(bucket, rule, "objects") or self._s3._replication_destination(bucket, key, rule, role) is None:
            record["replication_status"] = "FAILED"
            return
        record["replication_status"] = "PENDING"
        record["_replicate"] = rule, role

    def _refused(self, bucket: str, rule: dict[str, Any], kind: str) -> str | None:
        return self.refused.get(bucket, {}).get(rule.get("ID", ""), {}).get(kind)

    def _record_object_version(
        self, bucket: str, key: str, prior: Record | None, record: Record, data: Any
    ) -> str | None:
        decided = record.pop("_replicate", None)
        version: str | None = self._record(bucket, key, prior, record, data)
        if decided is not None and version is not None:
            rule, role = decided
            deliver = partial(self._deliver, self._account(), bucket, key, record, data, rule, role, version)
            self._links.send(self._link(bucket, key, rule, role), deliver, size=record["size"])
        return version

    def _link(self, bucket: str, key: str, rule: dict[str, Any], role: str) -> Link:
        name, _, destination = self._s3._replication_destination(bucket, key, rule, role)
        return Link(
            service="s3",
            name=bucket,
            copy=name,
            source=self._s3._buckets[bucket]["region"],
            destination=destination["region"],
            rule=rule.get("ID", ""),
            metrics=((rule.get("Destination") or {}).get("Metrics") or {}).get("Status") == "Enabled",
        )

    def _deliver(
        self,
        account: str,
        bucket: str,
        key: str,
        record: Record,
        data: Any,
        rule: dict[str, Any],
        role: str,
        version: str,
    ) -> None:
        s3 = self._s3
        with s3._in_account(account):
            source = next(
                (one for one in s3._object_versions.get((bucket, key), []) if one["version_id"] == version), None
            )
            target = s3._replication_destination(bucket, key, rule, role)
            if source is None:  # deleted for good on the way
                return
            status = "FAILED" if target is None else "COMPLETED"
            source["replication_status"] = record["replication_status"] = status
            if target is None:
                return
            tags = s3._object_tags.get((bucket, key, version))
            name, owner, destination = target
            replica = copy.deepcopy(record) | {"replication_status": "REPLICA"}
            wanted = rule.get("Destination") or {}
            if storage_class := wanted.get("StorageClass"):
                replica["storage_class"] = storage_class
            key_there = (wanted.get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID")
            if key_there and _KEY_HEADER in replica.get("preserved_headers", {}):
                # A key belongs to its Region: a replica has the one that the rule names.
                replica["preserved_headers"][_KEY_HEADER] = key_there
        with s3._in_account(owner):
            prior = destination["objects"].get(key)
            destination["objects"][key] = replica
            self._record(name, key, prior, replica, data)
            replica["version_id"] = s3._object_versions[name, key][-1]["version_id"] = version
            if s3.S3_PERSIST:
                s3._persist_object(name, key, replica)
            if tags is not None:
                s3._object_tags[name, key, version] = dict(tags)
        record["_replica"] = name, version, owner

    def _delete_marker(self, bucket: str, key: str) -> None:
        rule, role = self._rule_for_markers(bucket, key)
        if rule is None or self._refused(bucket, rule, "markers"):
            return
        if self._s3._replication_destination(bucket, key, rule, role) is None:
            return
        marker = self._s3._object_versions[bucket, key][-1]["version_id"]
        deliver = partial(self._deliver_marker, self._account(), bucket, key, rule, role, marker)
        self._links.send(self._link(bucket, key, rule, role), deliver)

    def _rule_for_markers(self, bucket: str, key: str) -> tuple[dict[str, Any] | None, str]:
        rule, role = self._s3._replication_rule_for(bucket, key, {})
        if rule is None or "Filter" not in rule:
            return rule, role
        wanted = (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled"
        return (rule if wanted else None), role

    def _deliver_marker(
        self, account: str, bucket: str, key: str, rule: dict[str, Any], role: str, marker: str
    ) -> None:
        s3 = self._s3
        with s3._in_account(account):
            target = s3._replication_destination(bucket, key, rule, role)
        if target is None:
            return
        name, owner, destination = target
        with s3._in_account(owner):
            s3._record_delete_marker(name, key, destination["objects"].pop(key, None))
            s3._object_versions[name, key][-1]["version_id"] = marker
