"""Route 53: health checks that follow a CloudWatch alarm, whose settings moto replaces by an endpoint check's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.standins import Forward

_NAMESPACE: Final = "{https://route53.amazonaws.com/doc/2013-04-01/}"
_CONFIGURATION: Final = f"{_NAMESPACE}HealthCheckConfig"
_TYPE: Final = "CLOUDWATCH_METRIC"


class AlarmHealthChecks:
    """Returns the configuration of an alarm's health check as it was given. Health itself is not evaluated."""

    service = "route53"

    def __init__(self) -> None:
        self._configurations: dict[str, dict[str, Element]] = {}

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Restore the configuration wherever a reply shows it; pass on the rest."""
        reply = await forward(call)
        if (
            not reply.succeeded
            or call.segments[1:2] != ("healthcheck",)
            or _TYPE.encode() not in call.body + reply.body
        ):
            return reply
        root = ElementTree.fromstring(reply.body)
        checks = [check for check in root.iter(f"{_NAMESPACE}HealthCheck") if check.find(_CONFIGURATION) is not None]
        if call.method == "POST" and checks:
            self._remember(checks[0].findtext(f"{_NAMESPACE}Id") or "", call.body)
        for check in checks:
            self._restore(check)
        ElementTree.register_namespace("", _NAMESPACE.strip("{}"))
        return reply.with_body(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))

    def _remember(self, identifier: str, body: bytes) -> None:
        given = ElementTree.fromstring(body)
        configuration = given.find(_CONFIGURATION) if given.tag.endswith("CreateHealthCheckRequest") else given
        if configuration is None or (
            identifier not in self._configurations and configuration.findtext(f"{_NAMESPACE}Type") != _TYPE
        ):
            return
        kept = self._configurations.setdefault(identifier, {})
        kept |= {
            setting.tag: setting
            for setting in configuration
            if setting.tag not in (f"{_NAMESPACE}HealthCheckVersion", f"{_NAMESPACE}ResetElements")
        }

    def _restore(self, check: Element) -> None:
        kept = self._configurations.get(check.findtext(f"{_NAMESPACE}Id") or "")
        configuration = check.find(_CONFIGURATION)
        if kept is None or configuration is None:
            return
        for shown in list(configuration):
            configuration.remove(shown)
        configuration.extend(kept.values())
