"""RDS: which parameters of a group were set, how they are applied, and which are the family's again.

A parameter that is given the value it has already stays as it is, its apply method with it. So it was seen of one that
is changed in nothing else (https://github.com/hashicorp/terraform-provider-aws/issues/22857), and of
`rds.force_ssl = 1` in families where 1 is the default (issues 23335 and 39252 there): it is told with
`pending-reboot` whatever was asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.emulator.standins.rds import reply as rds_reply

if TYPE_CHECKING:
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_PENDING: Final = "pending-reboot"
_NAME: Final = re.compile(r"Parameters\.\w+\.\d+\.ParameterName")
_FAMILY: Final = re.compile(r"(?P<engine>[a-z-]+?)(?P<version>\d+)")
#: The major version since which `rds.force_ssl` is 1 by default: PostgreSQL.Concepts.General.SSL of the RDS user guide,
#: AuroraPostgreSQL.Security of Aurora's.
_SSL_SINCE: Final = {"postgres": 15, "aurora-postgresql": 17}


class _Set(msgspec.Struct, frozen=True):
    value: str
    method: str
    source: str = "user"


class RdsParameters:
    """What is set in each parameter group, by Region, kind and name of the group."""

    service = "rds"

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str, str], dict[str, _Set]] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Return the answer to `call`."""
        named = re.fullmatch(r"(Modify|Reset|Describe|Delete)(DBParameter|DBClusterParameter)(Group|s)", call.operation)
        if named is None:
            return await forward(call)
        key = f"{named[2]}GroupName"
        place = call.region, named[2], call.form.get(key, "").lower()
        if named[1] == "Reset":
            return await self._reset(call, key, place, forward)
        reply = await forward(call)
        if not reply.succeeded:
            return reply
        if named[1] == "Modify":
            await self._keep(call, key, place, forward)
        elif named[1] == "Delete":
            self._groups.pop(place, None)
        return self._shown(call, reply, place) if named[1] == "Describe" else reply

    async def _keep(self, call: Call, key: str, place: tuple[str, str, str], forward: Forward) -> None:
        kept = self._groups.setdefault(place, await self._defaults(call, key, place, forward))
        for parameter in (name.removesuffix("Name") for name in call.form if _NAME.fullmatch(name)):
            name, text = call.form[f"{parameter}Name"].lower(), call.form.get(f"{parameter}Value", "")
            if name not in kept or kept[name].value != text.lower():
                method = call.form.get(f"{parameter.removesuffix('Parameter')}ApplyMethod", _PENDING)
                kept[name] = _Set(text.lower(), method)

    async def _defaults(self, call: Call, key: str, place: tuple[str, str, str], forward: Forward) -> dict[str, _Set]:
        asked = rds_reply.asking(call, f"Describe{place[1]}Groups", **{key: place[2]})
        reply = await forward(asked)
        groups = rds_reply.resources(rds_reply.document(reply), f"{place[1]}Group") if reply.succeeded else ()
        family = next((_FAMILY.match(rds_reply.value(group, "DBParameterGroupFamily")) for group in groups), None)
        since = _SSL_SINCE.get(family["engine"]) if family else None
        ssl = family is not None and since is not None and int(family["version"]) >= since
        return {"rds.force_ssl": _Set("1", _PENDING, "system")} if ssl else {}

    async def _reset(self, call: Call, key: str, place: tuple[str, str, str], forward: Forward) -> Reply:
        described = await forward(rds_reply.asking(call, f"Describe{place[1]}Groups", **{key: place[2]}))
        if not described.succeeded:
            return described
        kept = self._groups.get(place, {})
        named = {call.form[name].lower() for name in call.form if _NAME.fullmatch(name)}
        every = call.form.get("ResetAllParameters") == "true"
        left = {name: item for name, item in kept.items() if not every and name not in named}
        self._groups[place] = {**await self._defaults(call, key, place, forward), **left}
        root, result = rds_reply.answered(call.operation)
        rds_reply.put(result, key, place[2])
        return rds_reply.success(root)

    def _shown(self, call: Call, reply: Reply, place: tuple[str, str, str]) -> Reply:
        kept, source = self._groups.get(place, {}), call.form.get("Source")
        root = rds_reply.document(reply)
        for listed in rds_reply.resources(root, "Parameters"):
            for parameter in list(listed):
                known = kept.get(rds_reply.value(parameter, "ParameterName").lower())
                if known is None or source not in (None, known.source):
                    rds_reply.drop(listed, parameter)
                else:
                    rds_reply.filled(parameter, {"ApplyMethod": known.method, "Source": known.source})
        return rds_reply.rewritten(reply, root)
