"""One emulated AWS for the tests of this directory; a test that needs an empty one starts its own."""

from __future__ import annotations

import importlib.util
import time
from typing import TYPE_CHECKING

import pytest

from constructs_lib.emulator import EmulatedAws, emulated_aws
from tests.emulator.regions import HERE, THERE, Region, prepared
from tests.emulator.roles import make_roles

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="extra", scope="session")
def _extra() -> None:
    for package in ("ministack", "moto", "microburst"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}: pip install 'cdktf-dr[emulator]'")


@pytest.fixture(name="aws", scope="session")
def _aws(extra: None) -> Iterator[EmulatedAws]:
    with emulated_aws(region="eu-west-1") as aws:
        make_roles(aws)
        yield aws


@pytest.fixture(name="here", scope="session")
def _here(aws: EmulatedAws) -> Region:
    return prepared(aws, HERE)


@pytest.fixture(name="there", scope="session")
def _there(aws: EmulatedAws) -> Region:
    return prepared(aws, THERE)


@pytest.fixture(name="buckets")
def _buckets(aws: EmulatedAws) -> dict[str, str]:
    """A bucket in each Region, each replicating to the other, by Region."""
    role = "arn:aws:iam::123456789012:role/replication"
    names = {region: f"late-{time.time_ns()}-{region}" for region in (HERE, THERE)}
    for region, name in names.items():
        s3 = aws.client("s3", region)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for region, name in names.items():
        other = names[THERE if region == HERE else HERE]
        rule = {
            "ID": "all",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{other}"},
        }
        aws.client("s3", region).put_bucket_replication(
            Bucket=name, ReplicationConfiguration={"Role": role, "Rules": [rule]}
        )
    return names
