"""EFS: mount targets in the VPC that moto has, and replications ended from either Region; the rest is ministack's."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode
from xml.etree import ElementTree

from msgspec.structs import replace

from constructs_lib.emulator.calls.call import Reply

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call
    from constructs_lib.emulator.standins import Forward
    from constructs_lib.emulator.world import World

_JSON: Final = {"Content-Type": "application/json"}
_SERVICE: Final = re.compile(r"/elasticfilesystem/aws4_request")


class FileSystems:
    """Keeps mount targets, and sends the end of a replication to the Region of its source.

    ministack would look for subnets in a VPC of its own, and the VPC is moto's here.
    """

    service = "elasticfilesystem"

    def __init__(self, world: World) -> None:
        self._account = world.account
        self._targets: dict[str, dict[str, Any]] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Answer for mount targets and the end of replications; pass on the rest."""
        match call.method, call.segments[1:]:
            case "POST", ("mount-targets",):
                return await self._create(call, forward)
            case "GET", ("mount-targets",):
                return self._describe(call)
            case "DELETE", ("mount-targets", target):
                return _done(204) if self._targets.pop(target, None) else _missing(target)
            case "GET", ("mount-targets", target, "security-groups"):
                found = self._targets.get(target)
                return _missing(target) if found is None else _done(200, {"SecurityGroups": found["SecurityGroups"]})
            case "PUT", ("mount-targets", target, "security-groups"):
                if target not in self._targets:
                    return _missing(target)
                self._targets[target]["SecurityGroups"] = json.loads(call.body)["SecurityGroups"]
                return _done(204)
            case "DELETE", ("file-systems", system) if self._of(system):
                return _refused(409, "FileSystemInUse", f"File system '{system}' has mount targets.")
            case "DELETE", ("file-systems", system, "replication-configuration"):
                return await forward(call.instead(region=await _region_of_source(system, call, forward)))
        return await forward(call)

    def _of(self, system: str) -> list[dict[str, Any]]:
        return [item for item in self._targets.values() if item["FileSystemId"] == system]

    def _describe(self, call: Call) -> Reply:
        asked = parse_qs(call.query)
        if target := asked.get("MountTargetId", [""])[0]:
            found = [self._targets[target]] if target in self._targets else []
            if not found:
                return _missing(target)
        else:
            found = self._of(asked.get("FileSystemId", [""])[0])
        return _done(200, {"MountTargets": [_shown(item) for item in found]})

    async def _create(self, call: Call, forward: Forward) -> Reply:
        asked = json.loads(call.body)
        system = asked["FileSystemId"]
        described = await forward(
            replace(call.instead(method="GET", path=f"/2015-02-01/file-systems/{system}/policy", body=b""), query="")
        )
        if described.status == 404 and b"FileSystemNotFound" in described.body:
            return described
        subnet = await _subnet(asked["SubnetId"], call, forward)
        if subnet is None:
            return _refused(400, "SubnetNotFound", f"The subnet '{asked['SubnetId']}' does not exist.")
        for other in self._of(system):
            if other["VpcId"] != subnet["vpcId"]:
                return _refused(409, "MountTargetConflict", "A file system has mount targets in one VPC only.")
            if other["AvailabilityZoneName"] == subnet["availabilityZone"]:
                return _refused(409, "MountTargetConflict", "There is a mount target in that Availability Zone.")
        target = f"fsmt-{secrets.token_hex(9)[:17]}"
        self._targets[target] = {
            "MountTargetId": target,
            "FileSystemId": system,
            "SubnetId": asked["SubnetId"],
            "VpcId": subnet["vpcId"],
            "AvailabilityZoneName": subnet["availabilityZone"],
            "AvailabilityZoneId": subnet.get("availabilityZoneId"),
            "NetworkInterfaceId": f"eni-{secrets.token_hex(9)[:17]}",
            "IpAddress": subnet["cidrBlock"].rpartition(".")[0] + f".{10 + len(self._targets)}",
            "LifeCycleState": "available",
            "OwnerId": self._account,
            "SecurityGroups": asked.get("SecurityGroups") or [],
        }
        return _done(200, _shown(self._targets[target]))


async def _region_of_source(system: str, call: Call, forward: Forward) -> str:
    """Return the Region of the file system that is replicated; AWS ends a replication from either side."""
    asked = call.instead(method="GET", path="/2015-02-01/file-systems/replication-configurations", body=b"")
    reply = await forward(replace(asked, query=""))
    for item in json.loads(reply.body).get("Replications", []) if reply.succeeded else []:
        if item["SourceFileSystemId"] == system:
            return str(item["SourceFileSystemRegion"])
    return call.region


async def _subnet(subnet: str, call: Call, forward: Forward) -> dict[str, str] | None:
    """Return what EC2 says of a subnet, by the names of its XML."""
    headers = call.headers.copy()
    headers["Authorization"] = _SERVICE.sub("/ec2/aws4_request", headers.get("Authorization", ""))
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    form = urlencode({"Action": "DescribeSubnets", "Version": "2016-11-15", "SubnetId.1": subnet})
    reply = await forward(replace(call, method="POST", path="/", query="", headers=headers, body=form.encode()))
    if not reply.succeeded:
        return None
    root = ElementTree.fromstring(reply.body)
    return {item.tag.rpartition("}")[2]: item.text for item in root.iter() if item.text and item.text.strip()}


def _shown(target: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in target.items() if name != "SecurityGroups" and value is not None}


def _done(status: int, content: dict[str, Any] | None = None) -> Reply:
    return Reply.of(status, _JSON, "" if content is None else json.dumps(content))


def _missing(target: str) -> Reply:
    return _refused(404, "MountTargetNotFound", f"Mount target '{target}' does not exist.")


def _refused(status: int, code: str, message: str) -> Reply:
    content = json.dumps({"ErrorCode": code, "Message": message})
    return Reply.of(status, {**_JSON, "x-amzn-ErrorType": code}, content)
