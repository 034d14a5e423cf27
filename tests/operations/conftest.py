"""One emulated AWS for the tests of this directory; each test has a workload of its own name."""

from __future__ import annotations

import importlib.util
import itertools
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import boto3
import pytest

from constructs_lib.emulator import EmulatedAws, emulated_aws
from constructs_lib.operations import operate
from constructs_lib.operations.clients import AwsClients
from constructs_lib.operations.operate import Manner
from constructs_lib.operations.run import Pace
from tests.operations.seeded import HOME, RECOVERY, back_up, build, place, synthesized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload

_numbers = itertools.count(1)
FAST = Manner(pace=Pace(poll=0.02, grace=0.1))


@pytest.fixture(name="aws", scope="session")
def _aws() -> Iterator[EmulatedAws]:
    for package in ("ministack", "moto", "microburst"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}: pip install 'cdktf-dr[emulator]'")
    # What is seeded here has none of the roles that the stacks have, and no zone that proves its certificates.
    without = {
        "elbv2.certificate-that-is-not-issued",
        "rds.monitoring-role",
        "backup.role-cannot-be-assumed",
        "backup.role-lacks-permission",
        "ecs.fargate-without-execution-role",
    }
    # Each test has workloads of its own: together they are more than a new account may have.
    with emulated_aws(region=HOME, without_rules=without, db_instances=100_000) as aws:
        yield aws


_CALLER = "OPERATOR"
"""The access key of whoever is held to the policy that the operation prints."""


@attrs.define
class Recorded:
    """Clients of the emulated AWS that write down what was called, and do as they are told before and after."""

    inner: AwsClients
    calls: list[tuple[str, str, Mapping[str, Any]]] = attrs.field(factory=list)
    taken: list[tuple[str, str, str]] = attrs.field(factory=list)
    asked: list[tuple[str, str, str, Mapping[str, Any]]] = attrs.field(factory=list)
    before: Callable[[str, str], None] = lambda operation, region: None
    after: Callable[[str, str], None] = lambda operation, region: None
    aws: EmulatedAws | None = None

    @property
    def simulated(self) -> bool:
        return self.inner.simulated

    @contextmanager
    def held_to(self, policy: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """Call as somebody who may do what *policy* allows and nothing else; give what IAM was asked in the end."""
        asked: list[dict[str, Any]] = []
        assert self.aws is not None
        anybody, self.inner = self.inner, clients_of(self.aws.endpoint, _CALLER)
        self.aws.hold(_CALLER, policy)
        try:
            yield asked
        finally:
            self.inner = anybody
            asked += self.aws.asked_of(_CALLER)

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        self.before(operation, region)
        self.calls.append((operation, region, parameters))
        self.asked.append((service, operation, region, parameters))
        reply = self.inner.call(service, operation, region, parameters, changes=changes)
        if changes:
            self.taken.append((operation, region, repr(sorted(parameters.items()))))
        self.after(operation, region)
        return reply

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.before(operation, region)
        self.asked.append((service, operation, region, parameters))
        return self.inner.page(service, operation, region, parameters)

    def call_briefly(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        self.before(operation, region)
        self.calls.append((operation, region, parameters))
        self.asked.append((service, operation, region, parameters))
        return self.inner.call_briefly(service, operation, region, parameters)


@cache
def clients_of(endpoint: str, access_key: str) -> AwsClients:
    """Return clients that are as good for one test as for another: to make them takes as long as what they call."""
    session = boto3.session.Session(
        aws_access_key_id=access_key, aws_secret_access_key="emulated", region_name=RECOVERY
    )
    return AwsClients(session, endpoint)


@pytest.fixture(name="boto", scope="session")
def _boto(aws: EmulatedAws) -> AwsClients:
    return clients_of(aws.endpoint, aws.account)


@pytest.fixture(name="unseen")
def _unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps an operation from its end is there only once it has begun."""
    monkeypatch.setattr(operate, "preflight", lambda *_: ())


@pytest.fixture(name="clients")
def _clients(boto: AwsClients, aws: EmulatedAws) -> Recorded:
    return Recorded(boto, aws=aws)


@pytest.fixture(name="built")
def _built(aws: EmulatedAws, tmp_path: Path) -> Iterator[Callable[..., DocumentedWorkload]]:
    engines: set[object] = set()

    def make(kind: str, **options: Any) -> DocumentedWorkload:
        engines.add(options.get("engine"))
        number = next(_numbers)
        name = f"w{number}"
        here, there = place(aws, HOME, name), place(aws, RECOVERY, name)
        workload = synthesized(tmp_path / f"stacks-{number}", name, here, there, kind, **options)
        build(aws, workload)
        if str(options.get("pattern")).endswith(("backup_copy", "backup", "dsql")):
            back_up(aws, workload)
        return workload

    yield make
    # A cluster of DSQL is found by looking at each: a few hundred of them are more than a test looks through.
    for region in (HOME, RECOVERY) if "dsql" in engines else ():
        dsql = aws.client("dsql", region)
        for item in dsql.list_clusters()["clusters"]:
            if dsql.get_cluster(identifier=item["identifier"])["status"] not in ("DELETING", "DELETED"):
                dsql.update_cluster(identifier=item["identifier"], deletionProtectionEnabled=False)
                dsql.delete_cluster(identifier=item["identifier"])
