"""The one port in front of the emulators: fails what is to fail, refuses what AWS refuses, forwards the rest.

Routing follows the credential scope of a request's signature, as AWS's own front ends do. microburst decides
whether a call fails and renders the failure in the service's protocol; forwarding is ours, since microburst's own
relay drops `Content-Length`, without which GetObject and HeadObject lose the size of the object.
"""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import aiohttp
from aiohttp import web
from microburst.core.pipeline import Microburst
from microburst.detection import detect
from microburst.effects import apply_decision
from microburst.observe import emit_fired
from microburst.rules import FiredEvent, describe
from multidict import CIMultiDict
from yarl import URL

from constructs_lib.emulator.calls.asked import Asked
from constructs_lib.emulator.calls.call import Call, Reply
from constructs_lib.emulator.calls.call_log import FAILED, REFUSED, CallLog, outcome
from constructs_lib.emulator.calls.inquiry import Inquiry
from constructs_lib.emulator.calls.routes import MINISTACK, emulator_of
from constructs_lib.emulator.control import Control
from constructs_lib.emulator.edges.dns_server import DnsServer
from constructs_lib.emulator.edges.edges import Edges
from constructs_lib.emulator.edges.places import Visit
from constructs_lib.emulator.lost_data import needed_region
from constructs_lib.emulator.permissions.callers import CALLER, Callers
from constructs_lib.emulator.permissions.replication_check import ReplicationCheck
from constructs_lib.emulator.rule_switch import CONTROL
from constructs_lib.emulator.rules import Rules, unknown
from constructs_lib.emulator.standins import StandIns
from constructs_lib.emulator.world import World

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Mapping

_BROKEN: Final = "The emulator does not know this call, or broke over it: of AWS that says nothing."
_HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)


class Gateway:
    """Routes every call to the emulator of its service."""

    def __init__(self, emulators: Mapping[str, str], account: str, log: CallLog) -> None:
        self._emulators = emulators
        self._log = log
        self._faults = Microburst(emulators[MINISTACK])
        self._world = World(account)
        self._standins = StandIns(self._forward, self._world)
        self._rules = Rules()
        self._inquiry = Inquiry(answer=self._standins.answer, account=account)
        self._edges = Edges(self._world, self._inquiry, self._forward)
        self._callers = Callers(self._inquiry)
        self._control = Control(self._world, self._edges, self._callers, self._tell)
        self._replication = ReplicationCheck(self._inquiry, self._forward, lambda: self._rules.off)
        self._session: aiohttp.ClientSession | None = None

    def application(self) -> web.Application:
        """Return the application to serve; `/_microburst/...` is microburst's control interface, `/_emulated/` ours."""
        app = web.Application(client_max_size=0)
        app.cleanup_ctx.append(self._client)
        app.cleanup_ctx.append(self._clock)
        app.router.add_route("*", "/_microburst/{tail:.*}", self._faults.handle_control)
        self._control.add_routes(app.router)
        app.router.add_route("*", CONTROL, self._switch_rules)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        return app

    async def _client(self, _: web.Application) -> AsyncIterator[None]:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
        async with aiohttp.ClientSession(auto_decompress=False, timeout=timeout) as session:
            self._session = session
            yield

    async def _clock(self, _: web.Application) -> AsyncIterator[None]:
        running = asyncio.create_task(self._world.clock.run())
        yield
        running.cancel()

    def dns(self) -> DnsServer:
        """Return the server of names to open a UDP port for."""
        return DnsServer(self._edges.records.resolve)

    async def _switch_rules(self, request: web.Request) -> web.StreamResponse:
        named = await request.json()
        if none := unknown(named):
            return web.Response(status=400, text=f"there is no rule {none[0]!r} of the emulator; see docs/emulator.md")
        off = self._rules.off
        self._rules.off = off.union(named) if request.method == "DELETE" else off.difference(named)
        self._replication.forget()
        return web.Response(status=204)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        started = time.time()
        body = await request.read()
        call = Call.received(request.method, request.rel_url.raw_path_qs, request.headers, body)
        host = request.headers.get("Host", "").rpartition(":")[0] or request.headers.get("Host", "")
        if not call.service and await self._edges.serves(host):
            return await self._visited(call, host)
        caller, call = self._callers.of_account(call)
        asked = Asked.of(call)
        if (failure := await self._failure(request, call)) is not None:
            self._log.write(asked, FAILED, failure.status, started=started)
            return failure
        if caller is not None and (denial := await self._callers.refusal(caller, asked)) is not None:
            self._log.write(asked, REFUSED, denial.status, started=started, rule=CALLER)
            reply = denial
        else:
            reply, rule = await self._answered(asked)
            code = "" if reply.succeeded else reply.error_code
            ended = REFUSED if rule else outcome(reply)
            self._log.write(asked, ended, reply.status, started=started, code=code, rule=rule)
        return web.Response(status=reply.status, headers=reply.headers, body=reply.body)

    async def _answered(self, asked: Asked) -> tuple[Reply, str]:
        """Return the answer to a call and the rule that refused it; what breaks is an error of AWS's form."""
        try:
            if refusal := await self._rules.refusal(asked, self._inquiry):
                rule, reply = refusal
                return reply, rule.id
            await self._replication.before(asked)
            reply = await self._edges.answer(asked, self._standins.answer)
        except Exception:
            # A fault of ours: it is in the gateway's log.
            traceback.print_exc()
            return asked.refused("InternalFailure", _BROKEN, HTTPStatus.INTERNAL_SERVER_ERROR), ""
        self._inquiry.markers.note(asked, reply)
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not reply.error_code:
            # A page of HTML, which no SDK can read.
            return asked.refused("InternalFailure", _BROKEN, reply.status), ""
        return reply, ""

    async def _visited(self, call: Call, host: str) -> web.StreamResponse:
        target = f"{call.path}?{call.query}" if call.query else call.path
        headers = _end_to_end(call.headers)
        reply = await self._edges.visit(
            Visit(method=call.method, host=host, target=target, headers=headers, body=call.body)
        )
        return web.Response(status=reply.status, headers=_end_to_end(reply.headers), body=reply.body)

    async def _failure(self, request: web.Request, call: Call) -> web.StreamResponse | None:
        if not self._faults.engine.rules:
            return None
        # microburst looks a dotted host name up in every service model botocore has, which takes seconds;
        # signed calls to a loopback address have nothing to learn from it.
        needed = await needed_region(call, self._world, self._region_of_bucket)
        headers = call.signed_for(needed).headers
        headers.popall("Host", None)
        context = detect(headers, call.method, call.path, request.rel_url.query, call.body)
        decision = self._faults.engine.decide(context)
        if decision is None:
            return None
        fired = FiredEvent(
            ts=time.time(),
            rule_id=decision.rule.id,
            service=context.service,
            operation=context.operation,
            resource=context.resource,
            region=context.region,
            action=describe(decision),
            path=request.rel_url.raw_path_qs,
        )
        emit_fired(self._faults, fired)
        response: web.StreamResponse | None = await apply_decision(request, context, decision)
        return response

    async def _region_of_bucket(self, bucket: str) -> str | None:
        assert self._session is not None
        url = f"{self._emulators[MINISTACK]}/_emulated/buckets/{quote(bucket, safe='')}"
        async with self._session.get(url) as answer:
            region: str | None = await answer.json(content_type=None)
            return region

    async def _tell(self, request: web.Request, body: bytes) -> None:
        assert self._session is not None
        url = self._emulators[MINISTACK] + request.path
        async with self._session.request(request.method, url, data=body) as answer:
            answer.raise_for_status()

    async def _forward(self, call: Call) -> Reply:
        assert self._session is not None
        base = self._emulators[emulator_of(call.service)]
        path = f"{call.path}?{call.query}" if call.query else call.path
        headers = _end_to_end(call.headers)
        headers.popall("Content-Length", None)
        async with self._session.request(
            call.method, URL(base + path, encoded=True), headers=headers, data=call.body or None, allow_redirects=False
        ) as answer:
            return Reply(status=answer.status, headers=_end_to_end(answer.headers), body=await answer.read())


def _end_to_end(headers: Mapping[str, str]) -> CIMultiDict[str]:
    kept: CIMultiDict[str] = CIMultiDict()
    for name, value in headers.items():
        if name.lower() not in _HOP_BY_HOP:
            kept.add(name, value)
    return kept


async def serve(listener: socket.socket, emulators: Mapping[str, str], account: str, log: CallLog) -> None:
    """Serve on `listener` until cancelled."""
    gateway = Gateway(emulators, account, log)
    runner = web.AppRunner(gateway.application(), access_log=None)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    try:
        # Names are asked for on the same port, over UDP.
        await asyncio.get_running_loop().create_datagram_endpoint(gateway.dns, listener.getsockname())
    except OSError as error:
        sys.stderr.write(f"no DNS over UDP: {error}\n")
    await asyncio.Event().wait()
