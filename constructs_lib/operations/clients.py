"""The AWS clients of an operation: one for each service and Region, each with an end to its patience."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["ASKED", "BRIEF", "AwsClients", "Clients", "TakesTooLongError"]

ASKED: Final = "drctl_asked"
"""The attribute of an error of AWS that tells what was asked: service, operation and Region."""

BRIEF: Final = 10.0
"""Seconds that a call into a Region that may be gone, or to a bucket that can be done without, is given."""

_CONNECT, _READ = 5, 30
_READ_ATTEMPTS = 5
_BRIEF_ATTEMPTS = 2
_AWS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn", ".amazonaws.eu")
"""What the host names of AWS's endpoints end with, in its partitions; those of VPC endpoints, too."""


class TakesTooLongError(Exception):
    """Raised when a call has no answer within its time."""


class Clients(Protocol):
    """What an operation calls AWS with; a test may stand in for it."""

    @property
    def simulated(self) -> bool:
        """Whether something else than AWS answers, or may."""

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        """Make one call and return its reply, all pages of it, times as texts.

        Args:
            service: The service, as boto3 names it.
            operation: The operation, as AWS names it.
            region: The Region's name.
            parameters: The parameters.
            changes: Whether it changes anything; then it is made once, and whoever calls looks before it calls again.

        Raises:
            ClientError: If AWS refuses.
            BotoCoreError: If there is no answer.
        """

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return one page of a listing, times as texts."""

    def call_briefly(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Make one call that may fail, and give it ten seconds in all.

        Raises:
            TakesTooLongError: If there is no answer by then.
        """


class AwsClients:
    """Clients of boto3, from the environment as any AWS tool takes it.

    Args:
        session: A session of boto3. Default: one from the environment.
        endpoint: The URL to use in place of AWS's. Default: that of the environment, or AWS's.
    """

    def __init__(self, session: Any = None, endpoint: str | None = None) -> None:
        import boto3

        self._session = session or boto3.session.Session()
        self._endpoint = endpoint
        self._made: dict[tuple[str, str, bool, bool], Any] = {}
        self._lock = threading.Lock()

    @property
    def simulated(self) -> bool:
        """Whether something else than AWS answers, told from the endpoints in use; before the first one it may."""
        with self._lock:
            urls = [client.meta.endpoint_url for client in self._made.values()]
        return not urls or not all(_is_aws(url) for url in urls)

    @property
    def region(self) -> str | None:
        """The Region of the environment."""
        found: str | None = self._session.region_name
        return found

    @property
    def signed_in(self) -> bool:
        """Whether there are credentials at all; AWS is not asked about them."""
        with _settings_that_can_be():
            return self._session.get_credentials() is not None

    def client(self, service: str, region: str, *, once: bool = False, brief: bool = False) -> Any:
        """Return the client of *service* in *region*.

        Args:
            service: The service.
            region: The Region.
            once: Whether trying again is left to others.
            brief: Whether what is asked can be done without, and is not waited for.
        """
        from botocore.config import Config

        key = (service, region, once, brief)
        with self._lock:
            if key not in self._made:
                retries = {"mode": "standard", "total_max_attempts": 1 if once else _READ_ATTEMPTS}
                if brief:
                    retries["total_max_attempts"] = _BRIEF_ATTEMPTS
                read = BRIEF if brief else _READ
                config = Config(connect_timeout=_CONNECT, read_timeout=read, retries=retries)
                with _settings_that_can_be():
                    self._made[key] = self._session.client(
                        service, region_name=region, endpoint_url=self._endpoint, config=config
                    )
            return self._made[key]

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        """Make one call and return its reply, all pages of it, times as texts."""
        from botocore import xform_name

        client = self.client(service, region, once=changes)
        method, asked = xform_name(operation), (service, operation, region)
        if not changes and client.can_paginate(method):
            return _reply(asked, lambda: client.get_paginator(method).paginate(**parameters).build_full_result())
        return _reply(asked, lambda: getattr(client, method)(**parameters))

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return one page of a listing, times as texts."""
        from botocore import xform_name

        method = getattr(self.client(service, region), xform_name(operation))
        return _reply((service, operation, region), lambda: method(**parameters))

    def call_briefly(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Make one call that may fail, and give it ten seconds in all, names and sockets included."""
        answer: list[Any] = []

        def work() -> None:
            try:
                answer.append(self.call(service, operation, region, parameters, changes=True))
            except Exception as error:
                answer.append(error)

        # A daemon: a socket into a Region that is gone may hang for a quarter of an hour.
        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        worker.join(BRIEF)
        if not answer:
            msg = f"no answer within {BRIEF:.0f} s"
            raise TakesTooLongError(msg)
        if isinstance(answer[0], Exception):
            raise answer[0]
        found: Mapping[str, Any] = answer[0]
        return found


@contextmanager
def _settings_that_can_be() -> Iterator[None]:
    """Have a setting of the environment that is no URL or no number refused as boto3 refuses others."""
    from botocore.exceptions import InvalidConfigError

    try:
        yield
    except ValueError as error:
        raise InvalidConfigError(error_msg=str(error)) from error


def _is_aws(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and (parts.hostname or "").endswith(_AWS)


def _reply(asked: tuple[str, str, str], call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    from botocore.exceptions import ClientError, HTTPClientError
    from botocore.parsers import ResponseParserError

    try:
        value = call()
    except ClientError as error:
        # S3 answers HEAD with a status alone: whoever reads that has to be told what was asked, and where.
        setattr(error, ASKED, asked)
        raise
    except ResponseParserError as error:
        # Cut off on the way, or from something in between: there is no answer, as where a connection breaks.
        raise HTTPClientError(error=f"the reply cannot be read ({error.__class__.__name__})") from error
    return {name: _texts(item) for name, item in value.items()}


def _texts(value: Any) -> Any:
    """Return *value* with times as texts, so that they sort and can be written down."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(item) for item in value]
    return value
