"""What policy documents say: statements, principals, conditions, and that a denial outdoes all."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.emulator.permissions.conditions import met
from constructs_lib.emulator.permissions.policy import Effect, Request, delegates, effect
from constructs_lib.errors import EvaluationError

ROLE = "arn:aws:iam::123456789012:role/replication"
ALLOW_ALL: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def says(*statements: dict[str, Any], principals: bool = False, **request: Any) -> Effect:
    given = {"action": "s3:GetObject", "resource": "arn:aws:s3:::shop/a/b", "arn": ROLE} | request
    return effect([{"Statement": list(statements)}], Request(**given), principals=principals)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({}, Effect.ALLOWED),
        ({"Action": ["s3:Put*", "S3:get*"]}, Effect.ALLOWED),
        ({"Action": "s3:Get?bject"}, Effect.ALLOWED),
        ({"Action": "s3:GetObjectAcl"}, Effect.SILENT),
        ({"Resource": "arn:aws:s3:::shop/*"}, Effect.ALLOWED),
        ({"Resource": "arn:aws:s3:::SHOP/*"}, Effect.SILENT),
        ({"Resource": "arn:aws:s3:::shop"}, Effect.SILENT),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, Effect.SILENT),
    ],
)
def test_a_statement_allows_what_its_action_resource_and_conditions_match(
    statement: dict[str, Any], expected: Effect
) -> None:
    assert says(ALLOW_ALL | statement) is expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"NotAction": "s3:Delete*", "Resource": "*"}, Effect.ALLOWED),
        ({"NotAction": "s3:Get*", "Resource": "*"}, Effect.SILENT),
        ({"Action": "*", "NotResource": "arn:aws:s3:::other/*"}, Effect.ALLOWED),
        ({"Action": "*", "NotResource": "arn:aws:s3:::shop/*"}, Effect.SILENT),
    ],
)
def test_not_action_and_not_resource_exclude(elements: dict[str, Any], expected: Effect) -> None:
    assert says({"Effect": "Allow", **elements}) is expected


def test_a_denial_outdoes_every_permission_wherever_it_stands() -> None:
    denied = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}

    assert says(ALLOW_ALL, denied) is says(denied, ALLOW_ALL) is Effect.DENIED
    assert says(ALLOW_ALL, denied | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}) is Effect.ALLOWED


@pytest.mark.parametrize(
    ("principal", "service", "arn", "expected"),
    [
        ("*", "", ROLE, Effect.ALLOWED),
        ({"AWS": "*"}, "", ROLE, Effect.ALLOWED),
        ({"AWS": ROLE}, "", ROLE, Effect.ALLOWED),
        ({"AWS": "arn:aws:iam::123456789012:root"}, "", ROLE, Effect.SILENT),
        ({"Service": ["s3.amazonaws.com", "backup.amazonaws.com"]}, "backup.amazonaws.com", "", Effect.ALLOWED),
        ({"Service": "s3.amazonaws.com"}, "backup.amazonaws.com", "", Effect.SILENT),
        ({"AWS": "*"}, "backup.amazonaws.com", "", Effect.SILENT),
    ],
)
def test_a_resource_policy_concerns_those_it_names(principal: Any, service: str, arn: str, expected: Effect) -> None:
    assert says(ALLOW_ALL | {"Principal": principal}, principals=True, service=service, arn=arn) is expected


def test_a_policy_that_names_the_account_leaves_it_to_the_roles_own_policies() -> None:
    request = Request(action="kms:Decrypt", resource="arn:aws:kms:eu-west-1:123456789012:key/1", arn=ROLE)
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }

    assert delegates({"Statement": [root]}, request)
    assert not delegates({"Statement": [root | {"Action": "kms:Encrypt"}]}, request)
    assert not delegates({"Statement": [root | {"Principal": {"AWS": "arn:aws:iam::210987654321:root"}}]}, request)


CONTEXT: dict[str, str | list[str]] = {
    "aws:SourceAccount": "1",
    "aws:SourceArn": "arn:aws:sns:eu-west-1:1:topic",
    "aws:TagKeys": ["a", "b"],
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:SourceAccount": ["2", "1"]}}, True),
        ({"StringEquals": {"AWS:sourceaccount": "1"}}, True),
        ({"StringEquals": {"aws:SourceAccount": "2"}}, False),
        ({"StringEquals": {"aws:Missing": "1"}}, False),
        ({"StringEqualsIfExists": {"aws:Missing": "1"}}, True),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "2"}}, False),
        ({"StringNotEquals": {"aws:SourceAccount": "2"}}, True),
        ({"StringNotEquals": {"aws:Missing": "2"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": ["1", "2"]}}, False),
        ({"StringLike": {"aws:SourceArn": "arn:aws:sns:*"}}, True),
        ({"StringNotLike": {"aws:SourceArn": "arn:aws:sns:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:1:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*"}}, False),
        ({"ArnNotLike": {"aws:SourceArn": "arn:aws:sqs:*:*:*"}}, True),
        ({"Null": {"aws:Missing": "true"}}, True),
        ({"Null": {"aws:SourceAccount": "true"}}, False),
        ({"Null": {"aws:SourceAccount": "false"}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"BoolIfExists": {"aws:SecureTransport": False}}, True),
        ({"NumericEquals": {"aws:SourceAccount": "1.0"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["b", "c"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:Missing": "b"}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["b", "c"]}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:Missing": "b"}}, True),
        ({"StringEquals": {"aws:SourceAccount": "1"}, "Null": {"aws:Missing": "false"}}, False),
    ],
)
def test_conditions_are_met_as_iam_meets_them(condition: dict[str, Any], expected: bool) -> None:
    assert met(condition, CONTEXT) is expected


def test_an_operator_that_is_not_known_is_an_error_rather_than_a_guess() -> None:
    with pytest.raises(EvaluationError, match="DateGreaterThan"):
        met({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}}, {})
