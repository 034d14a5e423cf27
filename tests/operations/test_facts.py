"""What an operation knows of a component: the name that AWS made up is asked for, and never guessed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from msgspec.structs import replace

from constructs_lib.errors import RefusedError
from constructs_lib.operations.facts import Facts
from constructs_lib.operations.lag import lag_of
from constructs_lib.operations.needed import make_room
from constructs_lib.operations.planning import plan_failover
from constructs_lib.procedures import PROCEDURES
from constructs_lib.procedures.value import Lookup
from tests.operations.workloads import workload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TAGS = {"recovery:workload": "shop", "recovery:component": "ledger"}
CLUSTER = Lookup(
    service="dsql",
    operation="ListClusters",
    region="eu-west-1",
    query="clusters[].identifier",
    tagged=TAGS,
    describe=("GetCluster", "identifier"),
)


class Clusters:
    """Clients of an account with clusters of DSQL, by identifier with their tags."""

    simulated = True

    def __init__(self, clusters: Mapping[str, Mapping[str, str]]) -> None:
        self._clusters = clusters

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        assert not changes
        if operation == "ListClusters":
            return {"clusters": [{"identifier": name} for name in self._clusters]}
        name = parameters["identifier"]
        peers = {"multiRegionProperties": {"clusters": ["arn:peer"]}} if name == "peered" else {}
        return {"tags": self._clusters[name], **peers}

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError(operation)

    call_briefly = page


def asked(clusters: Mapping[str, Mapping[str, str]], **names: Any) -> Any:
    return Facts({"cluster_id": CLUSTER, **names}, {}, {}, Clusters(clusters)).name("cluster_id")


def test_a_cluster_is_the_one_with_the_tags_of_the_component() -> None:
    assert asked({"other": {}, "ours": TAGS}) == "ours"


def test_of_two_with_its_tags_none_is_taken_and_both_are_named() -> None:
    """A restored cluster has the tags of the original, which stays."""
    with pytest.raises(RefusedError, match=r"ours and restored in eu-west-1 .* --name cluster_id=\.\.\."):
        asked({"ours": TAGS, "restored": TAGS})


def test_one_that_is_named_is_not_asked_for() -> None:
    assert asked({"ours": TAGS, "restored": TAGS}, cluster_id="restored") == "restored"


def test_where_none_has_them_it_cannot_be_told() -> None:
    with pytest.raises(RefusedError, match="cannot be told"):
        asked({"other": {}})


def test_what_another_call_tells_is_asked_for_before_the_call() -> None:
    vpc = Lookup(service="rds", operation="DescribeDBSubnetGroups", region="eu-west-1", query="vpc")
    filters = {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}
    groups = Lookup(
        service="ec2", operation="DescribeSecurityGroups", region="eu-west-1", parameters=filters, query="groups"
    )

    class Asked(Clusters):
        def call(
            self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
        ) -> Mapping[str, Any]:
            if service == "rds":
                return {"vpc": "vpc-1"}
            assert parameters == {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]}
            return {"groups": ["sg-1"]}

    assert Facts({"security_groups": groups}, {}, {}, Asked({})).name("security_groups") == ["sg-1"]


def test_of_two_with_its_tags_the_one_that_tells_itself_is_taken() -> None:
    """A cluster restored beside one of two Regions has no peer."""
    cluster = replace(CLUSTER, telling="multiRegionProperties.clusters")

    assert asked({"peered": TAGS, "restored": TAGS}, cluster_id=cluster) == "peered"
    with pytest.raises(RefusedError, match="`aws dsql untag-resource`"):
        asked({"restored": TAGS, "again": TAGS}, cluster_id=cluster)


def test_people_are_told_names_with_the_account_in_them_once_it_is_known() -> None:
    kept: dict[str, Any] = {}
    facts = Facts({"recovery_bucket": "shop-files-$ACCOUNT"}, {}, kept, Clusters({}))

    assert facts.text("use {recovery_bucket}") == "use shop-files-$ACCOUNT"
    facts.keep("account", "123456789012")
    assert facts.text("use {recovery_bucket}") == "use shop-files-123456789012"


def test_a_table_whose_key_nobody_tells_is_restored_with_the_encryption_that_it_has() -> None:
    """It was asked for a key, which a table that DynamoDB encrypts with its own does not have."""
    (restore,) = (
        call
        for procedure in PROCEDURES
        if (procedure.kind, procedure.mechanism) == ("table", "pitr")
        for step in procedure.steps
        for call in step.calls()
        if call.operation == "RestoreTableToPointInTime"
    )
    names = {"region": "eu-west-1", "table": "theirs", "restored": "theirs-restored", "latest": True}

    plain = Facts(names, {}, {}, Clusters({})).asked(restore).parameters
    ours = Facts({**names, "key": "arn:key"}, {}, {}, Clusters({})).asked(restore).parameters

    assert "SSESpecificationOverride" not in plain
    assert ours["SSESpecificationOverride"] == {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "arn:key"}


def test_the_name_that_is_taken_is_the_one_that_another_can_be_given_for() -> None:
    """A new replica in the other Region was to have another `returned`, which is what it is a replica of."""
    steps = {step.id: step for item in PROCEDURES if item.mechanism == "read_replica" for step in item.back}
    facts = Facts({"component": "stock"}, {}, {}, Clusters({}))

    assert "--name stock.replica_again=NAME" in make_room(steps["replica-again"], facts, "failback")
    assert "--name stock.returned=NAME" in make_room(steps["replica-home"], facts, "failback")


def test_a_command_with_a_name_that_nobody_tells_is_one_that_a_shell_takes(tmp_path: Path) -> None:
    """`https://(domain)/` was printed, on which a shell ends with an error of syntax."""
    (procedure,) = [item for item in PROCEDURES if (item.kind, item.mechanism) == ("distribution", "origin_group")]
    (line,) = [line for step in procedure.steps for line in step.shell]
    printed = Facts({"domain": None, "working_region": "eu-central-1"}, {}, {}, Clusters({})).line(line)

    assert printed.startswith("curl --silent --head https://$DOMAIN/  # DOMAIN: domain name of the distribution")
    ran = subprocess.run(
        ["bash", "-c", f'curl() {{ echo "$3"; }}; DOMAIN=d1.cloudfront.net; {printed}'],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert ran.stdout == "https://d1.cloudfront.net/\n"
    assert Facts({"domain": "shop.example.com"}, {}, {}, Clusters({})).line(line).endswith("https://shop.example.com/")


class WithoutSts:
    """Clients of an AWS whose STS does not answer."""

    simulated = True

    def call(self, service: str, operation: str, *_: object, **__: object) -> dict[str, Any]:
        if service == "sts":
            raise EndpointConnectionError(endpoint_url="https://sts")
        return {"DBInstanceAutomatedBackups": []}

    page = call_briefly = call


def test_an_account_that_is_given_is_asked_for_nowhere() -> None:
    """`--name account=...` went into some calls alone, and STS was asked for the ARNs of the others."""
    given = {"role": "arn:aws:iam::$ACCOUNT:role/restore", "account": "123456789012", "working_region": "eu-west-1"}

    assert Facts(given, {}, {}, WithoutSts()).name("role") == "arn:aws:iam::123456789012:role/restore"


def test_nothing_is_kept_from_beginning_by_a_lag_that_nobody_tells(tmp_path: Path) -> None:
    """Without an answer of STS it ended a failover: the account is in the question that is asked of the reply."""
    shop = workload(tmp_path, "database", engine="postgres", pattern="multi_az_replicated_backups")
    (item,) = plan_failover(shop, "eu-central-1").components

    assert lag_of(item, WithoutSts()) is None
