"""RDS: global clusters, whose database name and tags moto forgets, and which it cannot find by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from constructs_lib.emulator.standins import rds_reply

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_ARN_PART: Final = ":global-cluster:"


@attrs.frozen(kw_only=True)
class _Kept:
    database: str
    tags: dict[str, str]


class RdsGlobalClusters:
    """Keeps what moto forgets of a global cluster, and describes only the one asked for."""

    service = "rds"

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for tags of a global cluster, and complete its descriptions; pass on the rest."""
        if _ARN_PART in (arn := call.form.get("ResourceName", "")):
            return self._tags(call, arn)
        if "GlobalCluster" not in call.operation:
            return await forward(call)
        reply = await forward(call)
        if not reply.succeeded:
            return reply
        root = rds_reply.document(reply)
        wanted = call.form.get("GlobalClusterIdentifier")
        for listed in rds_reply.resources(root, "GlobalClusters"):
            for cluster in list(listed):
                if wanted not in (None, rds_reply.value(cluster, "GlobalClusterIdentifier")):
                    rds_reply.drop(listed, cluster)
        for cluster in _described(root):
            arn = rds_reply.value(cluster, "GlobalClusterArn")
            if call.operation == "CreateGlobalCluster":
                self._kept[arn] = _Kept(database=call.form.get("DatabaseName", ""), tags=rds_reply.tags(call.form))
            self._complete(cluster, self._kept.get(arn))
            if call.operation == "DeleteGlobalCluster":
                self._kept.pop(arn, None)
        return rds_reply.rewritten(reply, root)

    def _tags(self, call: Call, arn: str) -> Reply:
        if (kept := self._kept.get(arn)) is None:
            return rds_reply.failure("GlobalClusterNotFoundFault", f"there is no global cluster {arn}", status=404)
        root, result = rds_reply.answered(call.operation)
        if call.operation == "AddTagsToResource":
            kept.tags.update(rds_reply.tags(call.form))
        elif call.operation == "RemoveTagsFromResource":
            for name, key in call.form.items():
                if name.startswith("TagKeys."):
                    kept.tags.pop(key, None)
        else:
            rds_reply.replace_tags(result, kept.tags)
        return rds_reply.success(root)

    def _complete(self, cluster: Element, kept: _Kept | None) -> None:
        if kept is None:
            return
        if kept.database:
            rds_reply.put(cluster, "DatabaseName", kept.database)
        rds_reply.replace_tags(cluster, kept.tags)


def _described(root: Element) -> list[Element]:
    # A list of global clusters calls its members as a global cluster calls its own.
    listed = [member for clusters in rds_reply.resources(root, "GlobalClusters") for member in clusters]
    return [*rds_reply.resources(root, "GlobalCluster"), *listed]
