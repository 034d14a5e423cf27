"""The emulated AWS as a caller sees it: one endpoint, credentials that open nothing else, and Regions that can fail."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec

from constructs_lib.emulator import control_client
from constructs_lib.emulator.faults import FailureMode, failing_region
from constructs_lib.emulator.processes.servers import GATEWAY, running_servers
from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rule_switch import rules_off, switch
from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import boto3.session

_ACCOUNT: Final = "123456789012"
_ACCOUNT_DIGITS: Final = 12
_SECRET: Final = "emulated"
# A session may make one client at a time.
_ONE_AT_A_TIME: Final = threading.Lock()


class EmulatedAws(msgspec.Struct, frozen=True, kw_only=True):
    """A running emulated AWS.

    `endpoints` are the URLs of the processes by name; `endpoint`, the gateway's, is the one to use. `account` is the
    account everything belongs to, `region` the default Region. Each Region has a state of its own.
    """

    endpoints: Mapping[str, str]
    account: str
    region: str

    @property
    def endpoint(self) -> str:
        """The URL that answers for every service in every Region."""
        return self.endpoints[GATEWAY]

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment variables that point any AWS client here: SDKs, Terraform's provider, the AWS CLI.

        With `base` (usually `os.environ`), return all of it without its own `AWS_` variables, which could lead a
        command to a real account, plus ours; without, ours alone. Nothing in this process is changed.
        """
        given = {} if base is None else {name: value for name, value in base.items() if not name.startswith("AWS_")}
        direct = [*filter(None, [given.get("NO_PROXY") or given.get("no_proxy")]), "127.0.0.1", "localhost"]
        return given | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            # For SDKs and the AWS CLI, so that a failed Region does not look like a hang. Terraform's provider ignores
            # it: there `max_retries` is an argument.
            "AWS_MAX_ATTEMPTS": "3",
            "NO_PROXY": ",".join(direct),
            "no_proxy": ",".join(direct),
        }

    def client(self, service: str, region: str | None = None) -> Any:
        """Return the boto3 client of `service` in `region` (default: the emulator's), whatever profile the caller has.

        It is the same for all who ask, with the connections that it has.
        """
        with _ONE_AT_A_TIME:
            return _client(self.endpoint, self.account, service, region or self.region)

    def fail_region(self, region: str, mode: FailureMode = "error") -> AbstractContextManager[None]:
        """Return a context in which `region` is gone, with its data, and all others work.

        `mode` "error" answers as AWS does, `ServiceUnavailable` with HTTP 503 in the service's protocol; "reset"
        closes the connection; "calls" is "error" without loss: only calls fail, replication goes on. IAM, CloudFront
        and Route 53 fail with us-east-1 alone. What had not left the Region arrives once the block ends.

        Raises `ConfigurationError` for an unknown Region or mode, `EvaluationError` where the emulator no longer
        answers.
        """
        _require_region(region)
        return failing_region(self.endpoint, region, mode)

    def without_rules(self, *rules: str) -> AbstractContextManager[None]:
        """Return a context in which these rules of `docs/emulator.md` refuse nothing (`rds.replica-without-key`).

        Raises `ConfigurationError` for a rule that does not exist.
        """
        return rules_off(self.endpoint, rules)

    def let_arrive(self) -> None:
        """Deliver what is on the way to other Regions as if the delay had passed, except from and to a Region lost."""
        control_client.send(self.endpoint, "PUT", f"{control_client.PATH}arrived")

    def place(self, name: str, address: str, region: str | None = None) -> None:
        """Say what is at a name or IP address, for health checks, distributions and clients of the emulated names.

        `address` is `HOST:PORT` or a URL on this machine, which is asked over plain HTTP unless the URL says
        `https`, or the ARN of an ECS service, which answers 200 while a task runs and 503 otherwise. It is gone
        while `region` is.

        Raises `ConfigurationError` for an address that is not on this machine, or an unknown Region.
        """
        from constructs_lib.emulator.edges.places import placed

        try:
            placed(address, region)
        except ValueError as error:
            raise ConfigurationError(str(error)) from None
        if region is not None:
            _require_region(region)
        self._control("PUT", f"names/{quote(name)}", {"address": address, "region": region})

    def take_away(self, name: str) -> None:
        """Leave nothing at a name that `place` has put something at."""
        self._control("DELETE", f"names/{quote(name)}")

    def let_pass(self, seconds: float) -> None:
        """Put the clock of health checks, alarms and schedules forward; returns when all that falls due is done.

        Raises `ConfigurationError` for a negative number.
        """
        if seconds < 0:
            raise ConfigurationError(f"the clock cannot go back by {-seconds} s; give 0 or more")
        self._control("PUT", "clock", {"seconds": seconds})

    def notices(self) -> list[dict[str, Any]]:
        """Return what alarms told topics, the oldest first: `time`, `region`, `topic`, `message`, and `refused`.

        `refused` is the reason why a notice did not arrive, None where it did.
        """
        told: list[dict[str, Any]] = json.loads(self._control("GET", "notices"))
        return told

    def hold(self, access_key: str, *policies: Mapping[str, Any]) -> None:
        """Let whoever signs with `access_key` do what IAM policies allow, and nothing else; without any, nothing.

        Every other key may do everything. What is not allowed is refused as AWS refuses it.
        """
        self._control("PUT", f"callers/{quote(access_key)}", list(policies))

    def asked_of(self, access_key: str) -> list[dict[str, Any]]:
        """Return what IAM was asked of a key since `hold`: `action`, `resource`, and whether it was `allowed`."""
        told: list[dict[str, Any]] = json.loads(self._control("GET", f"callers/{quote(access_key)}"))
        return told

    def _control(self, method: str, path: str, given: Mapping[str, Any] | Sequence[Any] | None = None) -> bytes:
        body = b"" if given is None else json.dumps(given).encode()
        return control_client.send(self.endpoint, method, control_client.PATH + path, body)

    def configure(
        self,
        *,
        polls: int | None = None,
        replication_delay: float | None = None,
        postgres: bool | None = None,
        clock_speed: float | None = None,
        db_instances: int | None = None,
    ) -> None:
        """Change what `emulated_aws` was given, from now on; what is left out stays as it is."""
        if postgres:
            from constructs_lib.emulator.postgres import programs

            programs.require()
        given = {
            "polls": polls,
            "replication_delay": replication_delay,
            "postgres": postgres,
            "clock_speed": clock_speed,
            "db_instances": db_instances,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        if negative := [f"{name} is {value}" for name, value in changes.items() if value < 0]:
            raise ConfigurationError(f"{', '.join(negative)}; give 0 or more")
        if clock_speed == 0:
            raise ConfigurationError("clock_speed is 0; give more, 1 for real time")
        control_client.send(self.endpoint, "PUT", f"{control_client.PATH}settings", json.dumps(changes).encode())


@contextlib.contextmanager
def emulated_aws(
    *,
    account: str = _ACCOUNT,
    region: str = "us-east-1",
    polls: int = 0,
    replication_delay: float = 0.0,
    postgres: bool = False,
    clock_speed: float = 1.0,
    db_instances: int | None = None,
    log: Path | None = None,
    without_rules: Iterable[str] = (),
) -> Iterator[EmulatedAws]:
    """Run an emulated AWS for the length of the block; it starts empty and leaves nothing behind.

    `account` is the 12-digit account id, `region` the default Region of `environment()` and `client()`. The servers
    end with the block, with an exception, and with this process, however it dies.

    `polls` is how many times a client that waits sees a state such as `creating` before it ends. `replication_delay`
    is how many seconds a write takes to another Region. `postgres` gives every RDS and Aurora PostgreSQL database a
    PostgreSQL behind the endpoint that it shows; it needs the extra `postgres`. `clock_speed` is how many seconds pass
    in one for health checks, alarms, schedules and what is on the way. `db_instances` is how many RDS instances the
    account is said to be allowed in a Region, 40 unless set. Each call is a line of JSON in the file `log`.
    `without_rules` are the refusals that are off.

    Raises `ConfigurationError` for an account that is not 12 digits, an unknown Region or rule, or a negative
    number, `EvaluationError` where the extra `emulator` is not installed or a server does not come up.
    """
    if len(account) != _ACCOUNT_DIGITS or not account.isdecimal():
        raise ConfigurationError(f"the emulated account is {account!r}; give 12 digits, for example {_ACCOUNT}")
    _require_region(region)
    with running_servers(account, log) as endpoints:
        aws = EmulatedAws(endpoints=endpoints, account=account, region=region)
        if polls or replication_delay or postgres or clock_speed != 1 or db_instances is not None:
            aws.configure(
                polls=polls,
                replication_delay=replication_delay,
                postgres=postgres,
                clock_speed=clock_speed,
                db_instances=db_instances,
            )
        switch(aws.endpoint, "DELETE", sorted(without_rules))
        yield aws


@functools.cache
def _session(account: str) -> boto3.session.Session:
    """Return a session of no profile; it keeps the models of services, which take most of the time to make a client."""
    import boto3
    import botocore.session

    nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    isolated = botocore.session.Session(session_vars={"profile": (None, None, None, None), **nowhere})
    return boto3.session.Session(aws_access_key_id=account, aws_secret_access_key=_SECRET, botocore_session=isolated)


@functools.cache
def _client(endpoint: str, account: str, service: str, region: str) -> Any:
    from botocore.config import Config

    config = Config(proxies={}, retries={"total_max_attempts": 3})
    return _session(account).client(service, region_name=region, endpoint_url=endpoint, config=config)


def _require_region(region: str) -> None:
    if not is_region(region):
        raise ConfigurationError(f"there is no Region {region!r}; give one such as eu-west-1")
