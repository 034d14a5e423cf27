"""moto with our changes to it, each made when its service is first asked: loading a service takes up to a second."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.emulator.data import certificates, clusters, keys, secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: What changes a service of moto's, by its name in the scope of a signature.
_CHANGES: Final = {
    "acm": certificates.install,
    "kms": keys.install,
    "rds": clusters.install,
    "secretsmanager": secrets.install,
}


class OnDemand:
    """A WSGI application in front of moto's."""

    def __init__(self, moto: Callable[..., Iterable[bytes]]) -> None:
        self._moto = moto
        self._due = dict(_CHANGES)
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Pass a request on, after the change its service is due."""
        scope = environ.get("HTTP_AUTHORIZATION", "")
        if self._due:
            with self._lock:  # requests come in threads, and none may overtake the change that it needs
                for service in [service for service in self._due if f"/{service}/aws4_request" in scope]:
                    self._due.pop(service)()
        return self._moto(environ, start_response)
