"""The emulated AWS as a caller sees it: one endpoint, credentials that open nothing else, and Regions that can fail."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.emulator import control_client
from constructs_lib.emulator.faults import FailureMode, failing_region
from constructs_lib.emulator.regions import is_region
from constructs_lib.emulator.rule_switch import LEFT_OFF, rules_off, switch
from constructs_lib.emulator.servers import GATEWAY, running_servers
from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

_ACCOUNT: Final = "123456789012"
_ACCOUNT_DIGITS: Final = 12
_SECRET: Final = "emulated"


@attrs.frozen(kw_only=True)
class EmulatedAws:
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
        """Return a boto3 client of `service` in `region` (default: the emulator's), whatever profile the caller has."""
        import boto3
        import botocore.session
        from botocore.config import Config

        nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
        isolated = botocore.session.Session(session_vars={"profile": (None, None, None, None), **nowhere})
        session = boto3.session.Session(
            aws_access_key_id=self.account,
            aws_secret_access_key=_SECRET,
            region_name=region or self.region,
            botocore_session=isolated,
        )
        return session.client(
            service, endpoint_url=self.endpoint, config=Config(proxies={}, retries={"total_max_attempts": 3})
        )

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

    def configure(
        self, *, polls: int | None = None, replication_delay: float | None = None, postgres: bool | None = None
    ) -> None:
        """Change what `emulated_aws` was given, from now on; what is left out stays as it is."""
        if postgres:
            from constructs_lib.emulator.postgres import programs

            programs.require()
        given = {"polls": polls, "replication_delay": replication_delay, "postgres": postgres}
        changes = {name: value for name, value in given.items() if value is not None}
        if negative := [f"{name} is {value}" for name, value in changes.items() if value < 0]:
            raise ConfigurationError(f"{', '.join(negative)}; give 0 or more")
        control_client.send(self.endpoint, "PUT", f"{control_client.PATH}settings", json.dumps(changes).encode())


@contextlib.contextmanager
def emulated_aws(
    *,
    account: str = _ACCOUNT,
    region: str = "us-east-1",
    polls: int = 0,
    replication_delay: float = 0.0,
    postgres: bool = False,
    log: Path | None = None,
    without_rules: Iterable[str] = LEFT_OFF,
) -> Iterator[EmulatedAws]:
    """Run an emulated AWS for the length of the block; it starts empty and leaves nothing behind.

    `account` is the 12-digit account id, `region` the default Region of `environment()` and `client()`. The servers
    end with the block, with an exception, and with this process, however it dies.

    `polls` is how many times a client that waits sees a state such as `creating` before it ends. `replication_delay`
    is how many seconds a write takes to another Region. `postgres` gives every RDS and Aurora PostgreSQL database a
    PostgreSQL behind the endpoint that it shows; it needs the extra `postgres`. Each call is a line of
    JSON in the file `log`. `without_rules` are the refusals that are off; give none for all that AWS refuses.

    Raises `ConfigurationError` for an account that is not 12 digits, an unknown Region or rule, or a negative
    number, `EvaluationError` where the extra `emulator` is not installed or a server does not come up.
    """
    if len(account) != _ACCOUNT_DIGITS or not account.isdecimal():
        raise ConfigurationError(f"the emulated account is {account!r}; give 12 digits, for example {_ACCOUNT}")
    _require_region(region)
    with running_servers(account, log) as endpoints:
        aws = EmulatedAws(endpoints=endpoints, account=account, region=region)
        if polls or replication_delay or postgres:
            aws.configure(polls=polls, replication_delay=replication_delay, postgres=postgres)
        switch(aws.endpoint, "DELETE", sorted(without_rules))
        yield aws


def _require_region(region: str) -> None:
    if not is_region(region):
        raise ConfigurationError(f"there is no Region {region!r}; give one such as eu-west-1")
