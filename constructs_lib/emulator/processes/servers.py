"""The emulators as child processes: started together, ready when they answer, gone with the block or the parent."""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from constructs_lib.emulator.calls.routes import MINISTACK, MOTO
from constructs_lib.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GATEWAY: Final = "gateway"
_CHILD: Final = "constructs_lib.emulator.processes.child"
_HEALTH: Final = {MINISTACK: "/_ministack/health", MOTO: "/moto-api/", GATEWAY: "/_microburst/health"}
_REQUIRED: Final = ("ministack", "moto", "flask", "flask_cors", "cfnlint", "microburst", "boto3")
_READY_WITHIN_SECONDS: Final = 60.0
_LOG_TAIL: Final = 2000


class _Server(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextlib.contextmanager
def running_servers(account: str, log: Path | None = None) -> Iterator[Mapping[str, str]]:
    """Run ministack, moto and the gateway before them, which writes its calls to `log`; yield the URL of each by name.

    Raises `EvaluationError` where the extra `emulator` is not installed or a server does not come up.
    """
    _require_extra()
    with contextlib.ExitStack() as stack:
        scratch = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="emulated-aws-", ignore_cleanup_errors=True))
        )
        listeners = {name: stack.enter_context(_listening()) for name in (MINISTACK, MOTO, GATEWAY)}
        urls = {name: f"http://127.0.0.1:{listener.getsockname()[1]}" for name, listener in listeners.items()}
        servers = []
        for name, listener in listeners.items():
            server = _start(name, listener, _options(name, urls, log), account=account, scratch=scratch)
            stack.callback(_stop, server)
            listener.close()
            servers.append(server)
        for server in servers:
            _await_ready(server)
        yield urls


def _require_extra() -> None:
    if sys.platform == "win32":
        raise EvaluationError("the emulator needs Linux or macOS, this is Windows; run it in WSL or a container")
    missing = [name for name in _REQUIRED if importlib.util.find_spec(name) is None]
    if missing:
        raise EvaluationError(
            f"the emulator needs {', '.join(missing)}, which is not installed; install it with"
            " pip install 'cdktf-dr[emulator]'"
        )


def _listening() -> socket.socket:
    # Bound here and inherited by the server: nobody can take the port in between, and early callers wait, not fail.
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def _options(name: str, urls: Mapping[str, str], log: Path | None) -> list[str]:
    if name != GATEWAY:
        return []
    emulators = [f"{MINISTACK}={urls[MINISTACK]}", f"{MOTO}={urls[MOTO]}"]
    return [*emulators, *([f"log={log}"] if log else [])]


def _start(name: str, listener: socket.socket, options: list[str], *, account: str, scratch: Path) -> _Server:
    own = scratch / name
    own.mkdir()
    log = own / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "constructs_lib.emulator.processes.child",
                name,
                str(listener.fileno()),
                *options,
            ],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(listener, account=account, scratch=own),
            pass_fds=(listener.fileno(),),
            # A group of its own: Ctrl-C reaches the parent alone, which ends the servers when it is done with them.
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return _Server(name=name, url=url, process=process, log=log)


def _environment(listener: socket.socket, *, account: str, scratch: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    packages = Path(__file__).parents[3]
    return environment | {
        "PYTHONPATH": os.pathsep.join([str(packages), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONWARNINGS": "ignore",
        "TMPDIR": str(scratch),
        "HOME": str(scratch),
        "MINISTACK_ACCOUNT_ID": account,
        "GATEWAY_PORT": str(listener.getsockname()[1]),
        "S3_DATA_DIR": str(scratch / "s3"),
        "STATE_DIR": str(scratch / "state"),
        # Listeners on fixed ports, and containers, that no recovery pattern needs.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{scratch / 'no-docker'}",
        "LOG_LEVEL": "WARNING",
        # A certificate is issued by its records (the stand-in of ACM), not by time.
        "MOTO_ACM_VALIDATION_WAIT": "-1",
        "MOTO_ACCOUNT_ID": account,
    }


def _await_ready(server: _Server) -> None:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise EvaluationError(
                f"the emulator's {server.name} ended with exit code {server.process.returncode} while starting: "
                + _tail(server.log)
            )
        if _answers(server):
            return
        time.sleep(0.02)
    raise EvaluationError(
        f"the emulator's {server.name} did not answer within {_READY_WITHIN_SECONDS:.0f} s: " + _tail(server.log)
    )


def _answers(server: _Server) -> bool:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=1)
    try:
        connection.request("GET", _HEALTH[server.name])
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tail(log: Path) -> str:
    text = log.read_text(errors="replace").strip()[-_LOG_TAIL:]
    return text or "it printed nothing"


def _stop(server: _Server) -> None:
    # There is no state to save. The group, so that nothing the server started outlives it.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
    if server.process.stdin is not None:
        server.process.stdin.close()
