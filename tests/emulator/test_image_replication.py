"""ECR: what is pushed arrives in the other Region, by the rules of the registry, late, and not while it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.regions import HERE, THERE, code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.emulator import EmulatedAws


@pytest.fixture(name="registry")
def _registry(aws: EmulatedAws) -> Iterator[Any]:
    """The registry of one Region, which replicates what starts with `shop/`."""
    ecr = aws.client("ecr", HERE)
    destination = {"region": THERE, "registryId": aws.account}
    filters = [{"filter": "shop/", "filterType": "PREFIX_MATCH"}]
    rules = [{"destinations": [destination], "repositoryFilters": filters}]
    ecr.put_replication_configuration(replicationConfiguration={"rules": rules})
    assert ecr.describe_registry()["replicationConfiguration"]["rules"] == rules
    yield ecr
    ecr.put_replication_configuration(replicationConfiguration={"rules": []})


def push(ecr: Any, name: str, tag: str) -> str:
    """Push an image with a manifest of its own; return its digest."""
    if name not in [one["repositoryName"] for one in ecr.describe_repositories()["repositories"]]:
        ecr.create_repository(repositoryName=name)
    digest: str = ecr.put_image(repositoryName=name, imageManifest=f'{{"tag": "{tag}"}}', imageTag=tag)["image"][
        "imageId"
    ]["imageDigest"]
    return digest


def tags(ecr: Any, name: str) -> list[str]:
    try:
        return [one["imageTag"] for one in ecr.list_images(repositoryName=name)["imageIds"]]
    except ClientError:
        return []


def status(ecr: Any, name: str, digest: str) -> list[str]:
    found = ecr.describe_image_replication_status(repositoryName=name, imageId={"imageDigest": digest})
    return [one["status"] for one in found["replicationStatuses"]]


def test_what_a_rule_names_arrives_and_nothing_else(aws: EmulatedAws, registry: Any) -> None:
    there = aws.client("ecr", THERE)

    digest = push(registry, "shop/web", "1")
    other = push(registry, "bank/web", "1")

    (image,) = there.batch_get_image(repositoryName="shop/web", imageIds=[{"imageTag": "1"}])["images"]
    assert image["imageId"]["imageDigest"] == digest
    assert tags(there, "bank/web") == []
    assert (status(registry, "shop/web", digest), status(registry, "bank/web", other)) == (["COMPLETE"], [])


def test_what_arrived_goes_no_further_and_what_was_there_before_a_rule_stays(aws: EmulatedAws, registry: Any) -> None:
    there = aws.client("ecr", THERE)
    rules = [{"destinations": [{"region": "eu-west-2", "registryId": aws.account}]}]
    push(there, "early/web", "1")
    there.put_replication_configuration(replicationConfiguration={"rules": rules})

    push(registry, "shop/chain", "1")
    push(there, "shop/own", "1")

    third = aws.client("ecr", "eu-west-2")
    assert [tags(third, name) for name in ("early/web", "shop/chain", "shop/own")] == [[], [], ["1"]]
    there.put_replication_configuration(replicationConfiguration={"rules": []})


def test_an_image_is_late_and_waits_for_a_region_that_is_gone(aws: EmulatedAws, registry: Any) -> None:
    there = aws.client("ecr", THERE)
    aws.configure(replication_delay=30)
    try:
        digest = push(registry, "shop/late", "1")
        assert (tags(there, "shop/late"), status(registry, "shop/late", digest)) == ([], ["IN_PROGRESS"])
        aws.let_arrive()
        assert tags(there, "shop/late") == ["1"]
    finally:
        aws.configure(replication_delay=0)

    with aws.fail_region(THERE):
        digest = push(registry, "shop/gone", "1")
        assert status(registry, "shop/gone", digest) == ["IN_PROGRESS"]
    assert tags(there, "shop/gone") == ["1"]
    assert status(registry, "shop/gone", digest) == ["COMPLETE"]


def test_the_status_of_an_image_that_is_not_there_is_refused(registry: Any) -> None:
    push(registry, "shop/known", "1")
    with pytest.raises(ClientError) as failure:
        registry.describe_image_replication_status(repositoryName="shop/known", imageId={"imageTag": "2"})

    assert code(failure) == "ImageNotFoundException"
