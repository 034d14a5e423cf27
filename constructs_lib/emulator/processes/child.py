"""Entry point of an emulator's child process.

`python -m constructs_lib.emulator.processes.child NAME FD [OPTION=VALUE...]`
The gateway's options: the URL of each emulator, and `log`.

The listening socket is inherited, so no port is ever guessed. Standard input is a pipe whose other end only the
parent holds: when it closes, by whatever death of the parent, this process and all it started end at once. `TMPDIR`
names its scratch directory, which goes with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> None:
    """Serve one emulator on an inherited socket until the parent is gone."""
    name, descriptor = arguments[0], int(arguments[1])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")  # theirs, not ours: nothing a user could act on
    serve = {"ministack": _ministack, "moto": _moto, "gateway": _gateway}[name]
    serve(descriptor, dict(pair.split("=", 1) for pair in arguments[2:]))


def _end_with_parent() -> None:
    # Not through sys.stdin, whose lock a blocked thread would hold while the interpreter ends on an error.
    while os.read(0, 1):
        pass
    scratch = Path(os.environ["TMPDIR"])
    shutil.rmtree(scratch, ignore_errors=True)
    with contextlib.suppress(OSError):  # the others' scratch directories may still be there; the last one succeeds
        scratch.parent.rmdir()
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _ministack(descriptor: int, _: dict[str, str]) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from constructs_lib.emulator.data.application import Application

    config = Config()
    config.bind = [f"fd://{descriptor}"]
    config.keep_alive_timeout = 75
    config.loglevel = "ERROR"
    asyncio.run(serve(Application(), config))  # type: ignore[arg-type]  # hypercorn names every ASGI message


def _moto(descriptor: int, _: dict[str, str]) -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    from constructs_lib.emulator.data import looked_up_once
    from constructs_lib.emulator.data.on_demand import OnDemand

    looked_up_once.install()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = OnDemand(DomainDispatcherApplication(create_backend_app))
    make_server(
        "127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler, fd=descriptor
    ).serve_forever()


def _gateway(descriptor: int, options: dict[str, str]) -> None:
    from constructs_lib.emulator.calls.call_log import CallLog
    from constructs_lib.emulator.gateway import serve

    log = CallLog(path=Path(options["log"]) if "log" in options else None)
    emulators = {name: url for name, url in options.items() if name != "log"}
    asyncio.run(serve(socket.socket(fileno=descriptor), emulators, os.environ["MOTO_ACCOUNT_ID"], log))


if __name__ == "__main__":
    main(sys.argv[1:])
