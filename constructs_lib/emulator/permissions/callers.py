"""Callers that are held to policies: an access key of their own, and what IAM would say of each of their calls."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.emulator.permissions.needed import needed
from constructs_lib.emulator.permissions.policy import Effect, effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.permissions.policy import Document

#: How a log names what refused.
CALLER: Final = "iam.policies-of-the-caller"
#: Protocols whose errors are 400 whatever they say, and whose code ends otherwise than that of XML.
_JSON: Final = ("json", "smithy-rpc-v2-cbor")


@attrs.define
class Callers:
    """Holds each access key that has policies to them; every other key may do everything."""

    _inquiry: Inquiry
    _policies: dict[str, Sequence[Document]] = attrs.field(factory=dict, init=False)
    _asked: dict[str, dict[tuple[str, str], bool]] = attrs.field(factory=dict, init=False)

    def hold(self, key: str, policies: Sequence[Document]) -> None:
        """Hold `key` to `policies` from now on, with nothing asked yet."""
        self._policies[key], self._asked[key] = policies, {}

    def release(self, key: str) -> None:
        """Let `key` be no caller any more."""
        self._policies.pop(key, None)

    def asked(self, key: str) -> list[dict[str, Any]]:
        """Return each action that was asked of `key`, what it was on, and whether it was allowed."""
        return [
            {"action": action, "resource": resource, "allowed": allowed}
            for (action, resource), allowed in self._asked.get(key, {}).items()
        ]

    def of_account(self, call: Call) -> tuple[str | None, Call]:
        """Return the key that a call is held by, None: by none, and the call as one of the account's own."""
        key = call.access_key
        return (key, call.instead(access_key=self._inquiry.account)) if key in self._policies else (None, call)

    async def refusal(self, key: str, asked: Asked) -> Reply | None:
        """Return what AWS answers where the policies of `key` do not allow a call."""
        caller = f"arn:aws:iam::{self._inquiry.account}:user/{key}"
        async for request in needed(asked, self._inquiry, caller):
            said = effect(self._policies[key], request, principals=False)
            self._asked[key][request.action, request.resource] = said is Effect.ALLOWED
            if said is not Effect.ALLOWED:
                why = (
                    "with an explicit deny in an identity-based policy"
                    if said is Effect.DENIED
                    else f"because no identity-based policy allows the {request.action} action"
                )
                what = f"{request.action} on resource: {request.resource}"
                message = f"User: {caller} is not authorized to perform: {what} {why}"
                json = asked.protocol in _JSON or asked.protocol == "rest-json"
                status = HTTPStatus.BAD_REQUEST if asked.protocol in _JSON else HTTPStatus.FORBIDDEN
                return asked.refused("AccessDeniedException" if json else "AccessDenied", message, status)
        return None
