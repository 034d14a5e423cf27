"""Cleaning up where AWS refuses, is lost, or has forgotten who asks: said at once, and never passed off as done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from botocore.exceptions import ClientError

from constructs_lib.operations.clients import ASKED
from constructs_lib.operations.rehearsing.clean import clean
from tests.operations.seeded import HOME, RECOVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.operations.rehearsing.clean import Cleaned

TABLE = "drctl-drill-0a1b2c3d-items"
_EMPTY: dict[str, Any] = {
    "ListTables": {"TableNames": []},
    "DescribeDBInstances": {"DBInstances": []},
    "DescribeDBClusters": {"DBClusters": []},
    "GetResources": {"ResourceTagMappingList": []},
}


def refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


@attrs.define
class Answering:
    """An AWS that answers as it is told, and has nothing where it is not."""

    told: Callable[[str, str], Mapping[str, Any] | None]
    simulated: bool = True

    def call(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, changes: bool
    ) -> Mapping[str, Any]:
        return self.told(operation, region) or _EMPTY[operation]

    def page(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise NotImplementedError

    def call_briefly(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        raise NotImplementedError


def cleaned(told: Callable[[str, str], Mapping[str, Any] | None]) -> tuple[Cleaned, list[float]]:
    """Return what became of it, and how often it waited."""
    waited: list[float] = []
    found = clean("drctl-drill-0a1b2c3d-", "drill-1", (HOME, RECOVERY), Answering(told), poll=15, sleep=waited.append)
    return found, waited


def test_what_is_refused_for_good_is_not_tried_for_an_hour() -> None:
    def told(operation: str, region: str) -> Mapping[str, Any] | None:
        if operation == "ListTables" and region == HOME:
            return {"TableNames": [TABLE]}
        if operation == "DescribeTable":
            return {"Table": {"TableStatus": "ACTIVE"}}
        if operation == "DeleteTable":
            raise refused("AccessDeniedException", operation)
        return None

    found, waited = cleaned(told)

    assert len(waited) == 4
    assert found.removed == ()
    assert f"table {TABLE} in {HOME} (listed) is not removed (AccessDeniedException: no)" in found.left
    assert found.as_data()["proven_by"] == []


def test_what_may_not_be_asked_is_said_as_soon() -> None:
    def told(operation: str, region: str) -> Mapping[str, Any] | None:
        raise refused("AccessDenied", operation)

    found, waited = cleaned(told)

    assert len(waited) < 5
    assert f"what is left in {HOME} cannot be told (AccessDenied: no)" in found.left


def test_who_is_denied_what_is_said_where_aws_does_not_say_it() -> None:
    def told(operation: str, region: str) -> Mapping[str, Any] | None:
        if operation == "GetCallerIdentity":
            return {"Arn": "arn:ana"}
        error = refused("AccessDenied", operation)
        setattr(error, ASKED, ("dynamodb", operation, region))
        raise error

    found, _ = cleaned(told)

    assert f"(AccessDenied: no (arn:ana is denied dynamodb:ListTables in {HOME}))" in found.left[0]


def test_nobody_waits_with_credentials_that_have_ended() -> None:
    def told(operation: str, region: str) -> Mapping[str, Any] | None:
        raise refused("ExpiredToken", operation)

    found, waited = cleaned(told)

    assert waited == []
    assert len(found.left) == 2
    assert all("ExpiredToken" in text for text in found.left)


def test_what_a_region_no_longer_tells_is_not_called_removed() -> None:
    rounds = iter([True, False])

    def told(operation: str, region: str) -> Mapping[str, Any] | None:
        if operation == "ListTables" and region == HOME:
            if next(rounds, False):
                return {"TableNames": [TABLE]}
            raise refused("ExpiredToken", operation)
        return {"Table": {"TableStatus": "ACTIVE"}} if operation in ("DescribeTable", "DeleteTable") else None

    found, _ = cleaned(told)

    assert found.removed == ()
    assert found.left == (f"what is left in {HOME} cannot be told (ExpiredToken: no)",)


def test_what_went_while_it_was_refused_is_not_waited_for() -> None:
    """Somebody else removed it, or an earlier call did whose answer was lost."""
    there = iter([True])

    def told(operation: str, region: str) -> Mapping[str, Any] | None:
        if operation == "ListTables" and region == HOME:
            return {"TableNames": [TABLE] if next(there, False) else []}
        if operation == "DescribeTable":
            raise refused("ResourceNotFoundException", operation)
        return None

    found, waited = cleaned(told)

    assert len(waited) == 1
    assert found.removed == (f"table {TABLE} in {HOME}",)
    assert found.left == ()
