"""Whatever a construct refuses leaves nothing behind: no node, no name taken, no output, no decision."""

from __future__ import annotations

import inspect
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.constructs.backup.vault_lock import VaultLock
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.database.database import Database
from constructs_lib.constructs.database.restored_database import RestoredDatabase
from constructs_lib.constructs.distribution.distribution import Distribution
from constructs_lib.constructs.evidence.document_store import DocumentStore
from constructs_lib.constructs.evidence.resiliency_policy import ResiliencyPolicy
from constructs_lib.constructs.filesystem.filesystem import FileSystem
from constructs_lib.constructs.routing.health_check_routing import HealthCheckRouting
from constructs_lib.constructs.sites.network import Network
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.constructs.table.key_attribute import KeyAttribute
from constructs_lib.constructs.table.table import Table
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.errors import ConfigurationError, RecoveryError
from constructs_lib.objectives import Objective, Target
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import TerraformStack

PRIMARY, RECOVERY = "eu-west-1", "eu-central-1"
OBJECTIVE = Objective("1d", "1d", software=Target("1d", "1d"))
ONE_ZONE = Objective(zone=Target("1d", "1d"))
NETWORK = Network(
    subnet_ids=["subnet-0a1", "subnet-0b2"],
    security_group_ids=["sg-0a1"],
    recovery_subnet_ids=["subnet-0c3", "subnet-0d4"],
    recovery_security_group_ids=["sg-0c3"],
)
JUNK: tuple[Any, ...] = (
    object(),
    "",
    "no such thing",
    "${unclosed",
    -1,
    2.5,
    10**30,
    True,
    [],
    [object()],
    {"eu-west-1": object()},
    {"nowhere": "x"},
    Acceptance(owner="web", reason="cheap", software=Target("1s", "0s")),
    Objective("1s", "0s"),
    VaultLock(min_retention_days=36_000),
)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("documents") / "runbook.md"
    file.write_text("# what to do\n")
    return file


class Place:
    """One workload in a stack of its own, with what other constructs are built over."""

    def __init__(self) -> None:
        self.stack = TerraformStack(engine.Testing.app(), "shop")
        sites = Sites.in_one_stack(self.stack, "shop", primary=PRIMARY, recovery=RECOVERY)
        self.workload = Workload(sites, objective=OBJECTIVE)

    def state(self) -> Any:
        """Everything there is: the tree, the stack as it would be synthesized, and the decisions."""
        return self.paths(), json.loads(engine.Testing.synth(self.stack)), self.workload.decisions

    def paths(self) -> list[str]:
        return sorted(node.node.path for node in self.stack.node.find_all())


def needed(kind: type, place: Place, document: Path) -> dict[str, Any]:
    """The options without which nothing is built, valid ones."""
    shop = place.workload
    if kind is Table:
        return {"partition_key": KeyAttribute("id")}
    if kind is Database:
        return {"engine": "postgres", "network": NETWORK}
    if kind is FileSystem:
        return {"network": NETWORK}
    if kind is Distribution:
        return {"bucket": Bucket(shop, "files", pattern="replication")}
    if kind is RestoredDatabase:
        source = Database(shop, "ledger", engine="postgres", network=NETWORK, pattern="read_replica")
        return {"source": source, "identifier": "ledger-restored"}
    return {"files": [document]} if kind is DocumentStore else {}


@cache
def untouched(kind: type, document: Path) -> Any:
    """A place with what is needed, before anything is refused there."""
    place = Place()
    needed(kind, place, document)
    return place.state()


KINDS = (Bucket, Table, Database, FileSystem, Distribution, RestoredDatabase, DocumentStore, ResiliencyPolicy)
OPTIONS = [
    (kind, name)
    for kind in KINDS
    for name in inspect.signature(kind.__init__).parameters
    if name not in ("self", "place", "workload")
]


def named(value: Any) -> str:
    return value.__name__ if isinstance(value, type) else value if isinstance(value, str) else "-".join(value)


def refusal(kind: Any, place: Place, options: dict[str, Any]) -> RecoveryError | None:
    try:
        kind(place.workload, **options)
    except RecoveryError as error:
        return error
    return None


@pytest.mark.parametrize(("kind", "option"), OPTIONS, ids=named)
def test_a_refused_option_leaves_no_trace_and_the_id_free(kind: Any, option: str, document: Path) -> None:
    place = Place()
    options = needed(kind, place, document)
    refused = []
    for value in JUNK:
        if refusal(kind, place, {"id": "thing", **options, option: value}):
            refused.append(value)
        else:
            place = Place()
            options = needed(kind, place, document)
    assert refused

    # Synthesizing costs far more than refusing: it is looked at once, in a place where all that is refused was.
    if len(refused) < len(JUNK):
        place = Place()
        options = needed(kind, place, document)
        for value in refused:
            assert refusal(kind, place, {"id": "thing", **options, option: value})
    before = untouched(kind, document)
    assert place.state() == before
    kind(place.workload, "thing", **options)
    assert place.paths() != before[0]


LATE: list[tuple[Any, dict[str, Any]]] = [
    (Bucket, {"pattern": "versioning", "objective": ONE_ZONE, "backlog_bytes": 5}),
    (Bucket, {"name": {PRIMARY: "Not-A-Bucket"}}),
    (Bucket, {"name": {PRIMARY: "logs"}, "log_bucket": {PRIMARY: "logs"}}),
    (Table, {"pattern": "global_table", "stream": "KEYS_ONLY"}),
    (Table, {"pattern": "pitr", "objective": ONE_ZONE, "backup_lock": VaultLock(min_retention_days=7)}),
    (Table, {"pattern": "backup_copy", "backup_lock": VaultLock(min_retention_days=3000)}),
    (Database, {"pattern": "read_replica", "network": Network(subnet_ids=["a", "b"], security_group_ids=["c"])}),
    (Database, {"pattern": "multi_az_cluster", "objective": ONE_ZONE}),
    (Database, {"pattern": "backup_copy", "backup_window": "02:30-03:30"}),
    (Database, {"pattern": "multi_az_instance", "objective": ONE_ZONE, "backup_lock": VaultLock(min_retention_days=7)}),
    (FileSystem, {"pattern": "replication", "network": Network(subnet_ids=["a", "b"], security_group_ids=["c"])}),
    (FileSystem, {"availability_zone": "eu-west-1a"}),
    (Distribution, {"failover_codes": ()}),
    (RestoredDatabase, {"standby": "yes"}),
]


@pytest.mark.parametrize(("kind", "given"), LATE, ids=named)
def test_what_only_the_pattern_decides_is_refused_before_anything_is_written(
    kind: Any, given: dict[str, Any], document: Path
) -> None:
    place = Place()
    options = needed(kind, place, document)
    before = place.state()
    for _ in range(2):
        with pytest.raises(ConfigurationError) as refusal:
            kind(place.workload, "thing", **{**options, **given})
        assert "already" not in str(refusal.value)
        assert place.state() == before
    kind(place.workload, "thing", **options)


@pytest.mark.parametrize("kind", [Bucket, Table, Database])
def test_an_output_that_is_there_is_found_before_anything_is_built(kind: Any, document: Path) -> None:
    place = Place()
    taken = "shop-thing-name" if kind is not Database else "shop-thing-endpoint"
    engine.TerraformOutput(place.stack, taken, value="mine")
    options = needed(kind, place, document)
    before = place.state()
    with pytest.raises(ConfigurationError, match=f"cannot have an output '{taken}'"):
        kind(place.workload, "thing", **options)
    assert place.state() == before
    kind(place.workload, "other", **options)


@pytest.mark.parametrize("role", ["primary", "recovery"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in (Distribution, RestoredDatabase)], ids=named)
def test_an_id_that_somebody_else_has_taken_in_the_tree_is_refused(kind: Any, role: str, document: Path) -> None:
    place = Place()
    options = needed(kind, place, document)
    site = place.workload.sites.primary if role == "primary" else place.workload.sites.recovery
    assert site is not None
    name = "thing-store" if kind is DocumentStore else "thing"
    engine.Construct(site.scope, name)
    before = place.state()
    with pytest.raises(ConfigurationError, match=f"shop has a '{name}' already; give each component"):
        kind(place.workload, "thing", **options)
    assert place.state() == before
    assert site.scope.node.try_remove_child(name)
    kind(place.workload, "thing", **options)


def test_a_provider_of_other_arguments_is_found_before_anything_is_built(document: Path) -> None:
    stack = TerraformStack(engine.Testing.app(), "team")
    mine = Sites.in_one_stack(stack, "mine", primary=PRIMARY, recovery=RECOVERY)
    role = {"assume_role": [{"role_arn": "arn:aws:iam::111122223333:role/other"}]}
    scope = engine.Construct(stack, "theirs")
    theirs = Workload(
        Sites.in_one_stack(scope, "theirs", primary="eu-west-2", recovery="eu-west-3", provider_arguments=role),
        objective=OBJECTIVE,
    )
    Distribution(Workload(mine, objective=OBJECTIVE), "site", bucket=Bucket(mine, "files", objective=OBJECTIVE))
    before = json.loads(engine.Testing.synth(stack))
    with pytest.raises(ConfigurationError, match="an AWS provider for us-east-1 with other arguments"):
        Bucket(theirs, "files", pattern="replication")
    routing = HealthCheckRouting(
        zone_id="Z0123456789ABCDEFGHIJ",
        record_name="shop.example.com",
        primary_endpoint="one.example.com",
        recovery_endpoint="two.example.com",
    )
    with pytest.raises(ConfigurationError, match="an AWS provider for us-east-1 with other arguments"):
        Workload(theirs.sites, objective=OBJECTIVE, routing=routing)
    assert json.loads(engine.Testing.synth(stack)) == before
    assert theirs.decisions == ()
    Bucket(theirs, "files", pattern="versioning", objective=ONE_ZONE)
