"""Whether copying can really run: who may assume the role, what attached policies grant, and what keys leave to IAM."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.plan import read_plan
from constructs_lib.review import review
from tests.review.made import (
    ACCOUNT,
    AWAY,
    EVERYTHING,
    HOME,
    backup,
    bucket,
    declared,
    found,
    instance,
    plan,
    replica,
    replicated,
    resource,
    table,
    versioned,
)
from tests.review.recorded import TODAY

if TYPE_CHECKING:
    from constructs_lib.review import Review

_REGION = EVERYTHING.replace(", software: {rto: 1d, rpo: 1d}", "")
_S3, _BACKUP = "s3.amazonaws.com", "backup.amazonaws.com"


def _key_arn(region: str) -> str:
    return f"arn:aws:kms:{region}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _trust(service: str, effect: str = "Allow") -> str:
    return _document({"Effect": effect, "Action": "sts:AssumeRole", "Principal": {"Service": service}})


def _role(name: str, trust: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return resource(
        f"aws_iam_role.{name}", {"name": name, "id": name, "arn": arn, "assume_role_policy": trust, **more}, region=None
    )


_AWS = "arn:aws:iam::aws:policy"
_FOR_BACKUP = f"{_AWS}/service-role/AWSBackupServiceRolePolicyForBackup"
_FOR_BUCKETS = f"{_AWS}/AWSBackupServiceRolePolicyForS3Backup"
_FOR_RESTORES = f"{_AWS}/service-role/AWSBackupServiceRolePolicyForRestores"


def _attached(*arns: str, role: str = "backup") -> dict[str, Any]:
    """The policies of a role, by the one resource that names them all."""
    values = {"role_name": role, "policy_arns": list(arns)}
    return resource("aws_iam_role_policy_attachments_exclusive.it", values, region=None)


_COPIES = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
_KEYS = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    values = {"role": "replication", "id": "replication:it", "name": "it", "policy": _document(*statements)}
    return resource("aws_iam_role_policy.replication", values, region=None)


def _verdict(result: Review, address: str = "aws_s3_bucket.data") -> Verdict:
    return {item.address: item.verdict for item in result.components}[address]


def _ids(result: Review) -> set[str]:
    return {item.id for item in result.findings}


@pytest.mark.parametrize(
    ("trust", "works"),
    [
        (_trust(_S3), True),
        (_trust("ec2.amazonaws.com"), False),
        (_trust(_S3, "Deny"), False),
        (_document(), False),
        ("not json", True),
    ],
)
def test_s3_must_be_let_assume_the_role(trust: str, works: bool) -> None:
    result = found(*replicated(), _role("replication", trust), _policy(_COPIES), objectives=_REGION)

    assert ("RECOVERY-218" in _ids(result)) is not works
    assert _verdict(result) is (Verdict.MET if works else Verdict.BREACHED)
    assert "RECOVERY-200" not in _ids(result)


@pytest.mark.parametrize(("service", "verdict"), [(_BACKUP, Verdict.MET), (_S3, Verdict.BREACHED)])
def test_aws_backup_must_be_let_assume_the_role(service: str, verdict: Verdict) -> None:
    plan = backup(iam_role_arn=f"arn:aws:iam::{ACCOUNT}:role/backup")
    resources = [table(replica=[]), *plan, _role("backup", _trust(service)), _attached(_FOR_BACKUP)]
    promised = _REGION.replace("rto: 4h, rpo: 4h", "rto: 12h, rpo: 12h")

    assert _verdict(found(*resources, objectives=promised), "aws_dynamodb_table.orders") is verdict


def _encrypted(policy: str | None = None) -> list[dict[str, Any]]:
    """Replication of encrypted objects; with *policy* the keys are in the plan, and have it."""
    selected = [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}]
    destination = {
        "bucket": "arn:aws:s3:::copy",
        "encryption_configuration": [{"replica_kms_key_id": _key_arn(AWAY)}],
    }
    by = [{"sse_algorithm": "aws:kms", "kms_master_key_id": _key_arn(HOME)}]
    encryption = {"bucket": "data", "rule": [{"apply_server_side_encryption_by_default": by}]}
    keys = [
        resource(f"aws_kms_key.{name}", {"arn": _key_arn(region), "id": name, "policy": policy}, region=region)
        for name, region in (("here", HOME), ("there", AWAY))
        if policy is not None
    ]
    return [
        *replicated(rule={"source_selection_criteria": selected, "destination": [destination]}),
        resource("aws_s3_bucket_server_side_encryption_configuration.data", encryption),
        _role("replication", _trust(_S3)),
        *keys,
    ]


def test_a_key_elsewhere_that_the_role_is_granted_nothing_on_leaves_it_open() -> None:
    result = found(*_encrypted(), _policy(_COPIES), objectives=_REGION)

    assert _verdict(result) is Verdict.UNKNOWN
    assert "RECOVERY-219" in {item.id for item in result.warnings}


def test_a_key_elsewhere_that_the_role_may_use_is_enough() -> None:
    assert _verdict(found(*_encrypted(), _policy(_COPIES, _KEYS), objectives=_REGION)) is Verdict.MET


def _allowed(principal: str) -> str:
    return _document({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"})


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (_allowed(f"arn:aws:iam::{ACCOUNT}:root"), Verdict.MET),
        (_allowed(ACCOUNT), Verdict.MET),
        (_allowed(f"arn:aws:iam::{ACCOUNT}:role/replication"), Verdict.MET),
        (_allowed(f"arn:aws:iam::{ACCOUNT}:role/keeper"), Verdict.BREACHED),
        ("", Verdict.MET),
    ],
)
def test_what_a_key_does_not_leave_to_iam_counts_for_nothing(policy: str, verdict: Verdict) -> None:
    assert _verdict(found(*_encrypted(policy), _policy(_COPIES, _KEYS), objectives=_REGION)) is verdict


# ---------------------------------------------------------------- what AWS manages, and where roles are


def _backed_up(*more: dict[str, Any], data: list[dict[str, Any]] | None = None) -> Review:
    plan = backup(iam_role_arn=f"arn:aws:iam::{ACCOUNT}:role/backup")
    promised = _REGION.replace("rto: 4h, rpo: 4h", "rto: 12h, rpo: 12h")
    return found(*([table(replica=[])] if data is None else data), *plan, *more, objectives=promised)


@pytest.mark.parametrize(
    ("policies", "table_met", "bucket_met"),
    [
        ((_FOR_BACKUP,), True, False),
        ((_FOR_BACKUP, _FOR_BUCKETS), True, True),
        ((_FOR_BUCKETS,), False, False),  # it makes backups of buckets, and copies none
        ((_FOR_RESTORES,), False, False),
        ((), False, False),
        ((f"{_AWS}/AdministratorAccess",), True, True),
        ((f"{_AWS}/job-function/ViewOnlyAccess",), True, True),  # what it holds is not known, and not guessed
    ],
)
def test_a_backup_role_must_be_allowed_to_back_up_each_thing(
    policies: tuple[str, ...], table_met: bool, bucket_met: bool
) -> None:
    data = [table(replica=[]), bucket("data"), versioned("data")]

    result = _backed_up(_role("backup", _trust(_BACKUP)), _attached(*policies), data=data)

    lacking = {item.components for item in result.findings if item.id in ("RECOVERY-221", "RECOVERY-223")}
    assert (("aws_dynamodb_table.orders",) in lacking) is not table_met
    assert (("aws_s3_bucket.data",) in lacking) is not bucket_met
    assert (_verdict(result, "aws_dynamodb_table.orders") is Verdict.MET) is table_met
    assert (_verdict(result) is Verdict.MET) is bucket_met


_BACK_UP = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
_COPY_INTO = {"Effect": "Allow", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
_LETS_IN = {**_COPY_INTO, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/backup"}}
_TO_ACCOUNT = {**_COPY_INTO, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}


def _granted(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    values = {"role": "backup", "id": "backup:own", "name": "own", "policy": _document(*statements)}
    return [_role("backup", _trust(_BACKUP)), resource("aws_iam_role_policy.backup", values, region=None)]


def _vault(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    """The vault that copies go to, with a policy where there are statements."""
    arn = f"arn:aws:backup:{AWAY}:{ACCOUNT}:backup-vault:away"
    policy = {"backup_vault_name": "away", "policy": _document(*statements)}
    vault = resource("aws_backup_vault.away", {"id": "away", "name": "away", "arn": arn}, region=AWAY)
    return [vault, *([resource("aws_backup_vault_policy.away", policy, region=AWAY)] if statements else [])]


@pytest.mark.parametrize(
    ("statements", "vault", "verdict", "id"),
    [
        ([_BACK_UP, _COPY_INTO], _vault(), Verdict.MET, None),
        ([_BACK_UP, {**_COPY_INTO, "Action": "backup:*"}], [], Verdict.MET, None),
        ([_BACK_UP], _vault(), Verdict.BREACHED, "RECOVERY-221"),
        ([_BACK_UP], _vault(_LETS_IN), Verdict.MET, None),
        ([_BACK_UP], _vault(_TO_ACCOUNT), Verdict.BREACHED, "RECOVERY-221"),
        ([_BACK_UP, _COPY_INTO, {**_COPY_INTO, "Effect": "Deny"}], [], Verdict.BREACHED, "RECOVERY-221"),
        # A vault that is elsewhere may have a policy that lets the role in.
        ([_BACK_UP], [], Verdict.UNKNOWN, "RECOVERY-223"),
    ],
)
def test_a_backup_role_must_be_allowed_to_copy_into_the_vault(
    statements: list[dict[str, Any]], vault: list[dict[str, Any]], verdict: Verdict, id: str | None
) -> None:
    result = _backed_up(*_granted(*statements), *vault)

    assert _verdict(result, "aws_dynamodb_table.orders") is verdict
    assert _ids(result) & {"RECOVERY-200", "RECOVERY-221", "RECOVERY-223"} == ({id} if id else set())


def test_a_role_that_makes_no_copies_needs_not_be_allowed_to() -> None:
    plan = backup({"copy_action": []}, iam_role_arn=f"arn:aws:iam::{ACCOUNT}:role/backup")

    result = found(table(), *plan, *_granted(_BACK_UP), objectives=_REGION)

    assert not _ids(result) & {"RECOVERY-221", "RECOVERY-223"}


def test_a_role_that_is_not_in_the_plans_is_not_held_against_a_backup() -> None:
    assert _verdict(_backed_up(), "aws_dynamodb_table.orders") is Verdict.MET


def test_the_one_selection_whose_role_works_is_enough() -> None:
    plan = backup(iam_role_arn=f"arn:aws:iam::{ACCOUNT}:role/backup")
    other = {
        "plan_id": "plan",
        "name": "too",
        "resources": ["*"],
        "iam_role_arn": f"arn:aws:iam::{ACCOUNT}:role/elsewhere",
    }
    promised = _REGION.replace("rto: 4h, rpo: 4h", "rto: 12h, rpo: 12h")

    result = found(
        table(replica=[]),
        *plan,
        resource("aws_backup_selection.too", other),
        _role("backup", _trust("ec2.amazonaws.com")),
        objectives=promised,
    )

    assert "RECOVERY-101" not in _ids(result)
    assert "RECOVERY-218" in _ids(result)


@pytest.mark.parametrize(
    ("policy", "id"),
    [("AmazonS3FullAccess", None), ("AmazonS3ReadOnlyAccess", "RECOVERY-202"), ("AWSBackupFullAccess", "RECOVERY-201")],
)
def test_what_a_policy_of_aws_allows_is_known(policy: str, id: str | None) -> None:
    parts = [_role("replication", _trust(_S3)), _attached(f"{_AWS}/{policy}", role="replication")]

    result = found(*replicated(), *parts, objectives=_REGION)

    assert (id in _ids(result)) if id else _verdict(result) is Verdict.MET


@pytest.mark.parametrize(("path", "judged"), [("/", True), ("/service/", False)])
def test_a_new_role_is_known_by_the_arn_that_it_will_have(path: str, judged: bool) -> None:
    values = {"name": "replication", "path": path, "assume_role_policy": _trust("ec2.amazonaws.com")}
    role = resource("aws_iam_role.replication", values, None, region=None, unknown={"arn": True, "id": True})

    assert ("RECOVERY-218" in _ids(found(*replicated(), role, objectives=_REGION))) is judged


# ---------------------------------------------------------------- documents that are known only at apply


_READ = {"actions": ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:GetObjectVersion*"], "of": "data"}
_WRITE = {"actions": ["s3:ReplicateObject", "s3:ReplicateDelete"], "of": "copy"}
_DENY = {"actions": ["s3:ReplicateObject"], "effect": "Deny", "resources": ["*"]}


def _deferred(*statements: dict[str, Any], service: str = _S3) -> Review:
    """Replication whose policies name what the plan makes: the plan holds their statements, and not their text."""

    def written(name: str, blocks: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
        values = [{**block, "resources": block.get("resources") or [None]} for block in blocks]
        unknown = [{"resources": [not block.get("resources")]} for block in blocks]
        entry = resource(f"aws_iam_policy_document.{name}", {"statement": values}, None, region=None)
        entry |= {"address": f"data.aws_iam_policy_document.{name}", "mode": "data"}
        entry["change"] |= {"actions": ["read"], "after_unknown": {"json": True, "statement": unknown}}
        named = [{"resources": {"references": [f"aws_s3_bucket.{block.get('of')}.arn"]}} for block in blocks]
        return entry, _configured(f"aws_iam_policy_document.{name}", {"statement": named}, "data")

    def naming(address: str, argument: str, document: str, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        arguments = {argument: {"references": [f"data.aws_iam_policy_document.{document}.json"]}}
        entry = resource(address, values, None, region=None, unknown={argument: True})
        return entry, _configured(address, arguments)

    trust = {"actions": ["sts:AssumeRole"], "of": "data", "principals": [{"type": "Service", "identifiers": [service]}]}
    arn = {"name": "replication", "arn": f"arn:aws:iam::{ACCOUNT}:role/replication"}
    parts = (
        written("trust", [trust]),
        written("copying", list(statements)),
        naming("aws_iam_role.replication", "assume_role_policy", "trust", **arn),
        naming("aws_iam_role_policy.replication", "policy", "copying", role="replication"),
    )
    root = {"root_module": {"resources": [configured for _, configured in parts]}}
    document = plan(*replicated(), *(entry for entry, _ in parts), configuration=root)
    return review(read_plan(json.dumps(document).encode()), declared(_REGION), today=TODAY)


def _configured(address: str, expressions: dict[str, Any], mode: str = "managed") -> dict[str, Any]:
    type, _, name = address.partition(".")
    return {"address": address, "mode": mode, "type": type, "name": name, "expressions": expressions}


@pytest.mark.parametrize(
    ("statements", "service", "id"),
    [
        ([_READ, _WRITE], _S3, None),
        ([_READ], _S3, "RECOVERY-202"),
        ([_WRITE], _S3, "RECOVERY-201"),
        ([_READ, {**_WRITE, "of": "data"}], _S3, "RECOVERY-202"),
        ([_READ, _WRITE, _DENY], _S3, "RECOVERY-202"),
        ([_READ, _WRITE], "ec2.amazonaws.com", "RECOVERY-218"),
    ],
)
def test_a_document_that_is_written_only_at_apply_is_read_from_the_plan(
    statements: list[dict[str, Any]], service: str, id: str | None
) -> None:
    result = _deferred(*statements, service=service)

    proved = {item.id for item in result.errors} - {"RECOVERY-101"}
    assert proved == ({id} if id else set())
    assert _verdict(result) is (Verdict.BREACHED if id else Verdict.MET)


@pytest.mark.parametrize(("service", "taken"), [("monitoring.rds.amazonaws.com", True), ("rds.amazonaws.com", False)])
def test_rds_must_be_let_assume_the_role_of_its_monitoring(service: str, taken: bool) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/watch"
    new = instance(before=None, monitoring_role_arn=arn)

    result = found(new, replica(), _role("watch", _trust(service)), objectives=_REGION)

    assert ("RECOVERY-218" in _ids(result)) is not taken
    # What is there already RDS has taken.
    there = found(instance(monitoring_role_arn=arn), replica(), _role("watch", _trust(service)), objectives=_REGION)
    assert "RECOVERY-218" not in _ids(there)


def _bucket_policy(name: str, effect: str, *actions: str, principal: Any = None, region: str = HOME) -> dict[str, Any]:
    statement = {
        "Effect": effect,
        "Principal": principal or {"AWS": f"arn:aws:iam::{ACCOUNT}:role/replication"},
        "Action": list(actions),
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    return resource(f"aws_s3_bucket_policy.{name}", {"bucket": name, "policy": _document(statement)}, region=region)


_OTHER = "210987654321"
_READS = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}


@pytest.mark.parametrize(
    ("policy", "parts", "id"),
    [
        (_READS, [], "RECOVERY-202"),
        (_READS, [_bucket_policy("copy", "Allow", "s3:Replicate*", region=AWAY)], None),
        (_READS, [_bucket_policy("copy", "Allow", "s3:PutObject", region=AWAY)], "RECOVERY-202"),
        (_COPIES, [_bucket_policy("copy", "Deny", "s3:Replicate*", principal="*", region=AWAY)], "RECOVERY-202"),
        (_COPIES, [_bucket_policy("copy", "Deny", "s3:DeleteObject", principal="*", region=AWAY)], None),
        (_COPIES, [_bucket_policy("data", "Deny", "s3:GetObjectVersion*", principal="*")], "RECOVERY-201"),
        (_COPIES, [_bucket_policy("data", "Deny", "s3:GetObjectVersion*", principal={"AWS": ACCOUNT})], "RECOVERY-201"),
    ],
)
def test_what_a_bucket_allows_or_denies_counts(policy: dict[str, Any], parts: Any, id: str | None) -> None:
    result = found(*replicated(), _role("replication", _trust(_S3)), _policy(policy), *parts, objectives=_REGION)

    assert {item.id for item in result.errors} - {"RECOVERY-101", "RECOVERY-102"} == ({id} if id else set())


@pytest.mark.parametrize(
    ("account", "parts", "verdict"),
    [
        (None, [], Verdict.MET),
        (_OTHER, [], Verdict.UNKNOWN),
        (_OTHER, [_bucket_policy("copy", "Allow", "s3:Replicate*", region=AWAY)], Verdict.MET),
        (_OTHER, [_bucket_policy("copy", "Allow", "s3:Get*", region=AWAY)], Verdict.BREACHED),
    ],
)
def test_a_bucket_of_another_account_must_let_the_role_in_itself(
    account: str | None, parts: list[dict[str, Any]], verdict: Verdict
) -> None:
    buckets = replicated(rule={"destination": [{"bucket": "arn:aws:s3:::copy", "account": account}]})

    result = found(*buckets, _role("replication", _trust(_S3)), _policy(_COPIES), *parts, objectives=_REGION)

    assert _verdict(result) is verdict


@pytest.mark.parametrize(
    ("home", "away", "partition"),
    [
        (HOME, AWAY, "aws"),
        ("cn-north-1", "cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "us-gov-east-1", "aws-us-gov"),
    ],
)
@pytest.mark.parametrize("named", ["aws", "aws-cn", "aws-us-gov"])
def test_a_bucket_that_is_to_be_made_has_the_arn_of_its_partition(
    home: str, away: str, partition: str, named: str
) -> None:
    entries = replicated()
    for entry in entries:
        change, region = entry["change"], away if "copy" in entry["address"] else home
        change.update(actions=["create"], before=None, after_unknown={"arn": True})
        change["after"] |= {"region": region, "arn": None}
    policy = {**_COPIES, "Resource": [f"arn:{named}:s3:::data*", f"arn:{named}:s3:::copy*"]}

    result = found(*entries, _role("replication", _trust(_S3)), _policy(policy), objectives=_REGION)

    assert ("RECOVERY-202" in {item.id for item in result.errors}) is (named != partition)


def _provider(**given: Any) -> dict[str, Any]:
    return {"full_name": "registry.terraform.io/hashicorp/aws", "expressions": given}


_DEPLOYS = {"constant_value": f"arn:aws:iam::{_OTHER}:role/deploy"}


@pytest.mark.parametrize(
    ("away", "home", "verdict"),
    [
        ({}, {}, Verdict.MET),
        ({"assume_role": [{"role_arn": _DEPLOYS}]}, {}, Verdict.UNKNOWN),
        ({"assume_role": [{"role_arn": {"references": ["var.account"]}}]}, {}, Verdict.UNKNOWN),
        ({"allowed_account_ids": {"constant_value": [_OTHER]}}, {}, Verdict.UNKNOWN),
        ({"assume_role": [{"role_arn": {"references": ["local.role"]}}]}, {}, Verdict.MET),
        ({"assume_role": [{"role_arn": _DEPLOYS}]}, {"assume_role": [{"role_arn": _DEPLOYS}]}, Verdict.MET),
        # The role of a replication is of the account of the bucket that is copied.
        ({"allowed_account_ids": {"constant_value": [ACCOUNT]}}, {}, Verdict.MET),
    ],
)
def test_a_bucket_whose_provider_is_of_another_account_must_let_the_role_in(
    away: dict[str, Any], home: dict[str, Any], verdict: Verdict
) -> None:
    entries = [*replicated(), _role("replication", _trust(_S3)), _policy(_COPIES)]
    configured = [
        {
            **{name: item[name] for name in ("address", "mode", "type", "name")},
            "provider_config_key": "aws.away" if "copy" in item["address"] else "aws",
        }
        for item in entries
    ]
    configuration = {
        "provider_config": {"aws": _provider(**home), "aws.away": _provider(**away)},
        "root_module": {"resources": configured, "variables": {"account": {}}},
    }
    document = plan(*entries, configuration=configuration, variables={"account": {"value": _OTHER}})

    result = review(read_plan(json.dumps(document).encode()), declared(_REGION), today=TODAY)

    assert _verdict(result) is verdict


@pytest.mark.parametrize(("policy", "verdict"), [(_READS, Verdict.BREACHED), (_COPIES, Verdict.MET)])
def test_a_bucket_of_another_account_lets_in_nobody_whose_own_policies_do_not(
    policy: dict[str, Any], verdict: Verdict
) -> None:
    buckets = replicated(rule={"destination": [{"bucket": "arn:aws:s3:::copy", "account": _OTHER}]})
    lets_in = _bucket_policy("copy", "Allow", "s3:Replicate*", region=AWAY)

    result = found(*buckets, _role("replication", _trust(_S3)), _policy(policy), lets_in, objectives=_REGION)

    assert _verdict(result) is verdict


@pytest.mark.parametrize(
    ("principal", "verdict"),
    [
        (f"arn:aws:iam::{ACCOUNT}:root", Verdict.MET),
        (ACCOUNT, Verdict.MET),
        (f"arn:aws:iam::{ACCOUNT}:role/replication", Verdict.MET),
        ("arn:aws:iam::888888888888:root", Verdict.BREACHED),
        (f"arn:aws:iam::{ACCOUNT}:role/another", Verdict.BREACHED),
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_a_bucket_of_another_account_may_let_in_the_whole_account(principal: str, verdict: Verdict, told: bool) -> None:
    buckets = replicated(rule={"destination": [{"bucket": "arn:aws:s3:::copy", "account": _OTHER}]})
    lets_in = _bucket_policy("copy", "Allow", "s3:Replicate*", principal={"AWS": principal}, region=AWAY)
    role = _role("replication", _trust(_S3))
    if not told:
        # Before the role is there its account is not known, so it may be any.
        role = _role("replication", _trust(_S3), arn=None)
        verdict = Verdict.MET if principal.endswith(":root") else verdict

    assert _verdict(found(*buckets, role, _policy(_COPIES), lets_in, objectives=_REGION)) is verdict


@pytest.mark.parametrize(("account", "verdict"), [(ACCOUNT, Verdict.MET), ("888888888888", Verdict.BREACHED)])
def test_a_new_role_is_in_the_account_of_its_provider(account: str, verdict: Verdict) -> None:
    buckets = replicated(rule={"destination": [{"bucket": "arn:aws:s3:::copy", "account": _OTHER}]})
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    lets_in = _bucket_policy("copy", "Allow", "s3:Replicate*", principal=root, region=AWAY)
    role = _role("replication", _trust(_S3), arn=None)
    at_home = _provider(allowed_account_ids={"constant_value": [ACCOUNT]})
    code = {**_configured("aws_iam_role.replication", {}), "provider_config_key": "aws"}
    configuration = {"provider_config": {"aws": at_home}, "root_module": {"resources": [code]}}
    whole = plan(*buckets, role, _policy(_COPIES), lets_in, configuration=configuration)

    result = review(read_plan(json.dumps(whole).encode()), declared(_REGION), today=TODAY)

    assert _verdict(result) is verdict


@pytest.mark.parametrize(
    ("principals", "verdict"),
    [
        ([f"arn:aws:iam::{_OTHER}:root"], Verdict.BREACHED),
        ([f"arn:aws:iam::{_OTHER}:root", f"arn:aws:iam::{ACCOUNT}:root"], Verdict.MET),
        ([f"arn:aws:iam::{_OTHER}:root", f"arn:aws:iam::{ACCOUNT}:role/replication"], Verdict.MET),
        (None, Verdict.BREACHED),
    ],
)
def test_a_key_of_another_account_must_let_in_the_role_or_its_account(
    principals: list[str] | None, verdict: Verdict
) -> None:
    """The policy that KMS makes leaves a key to the IAM of its own account."""
    arn = f"arn:aws:kms:{AWAY}:{_OTHER}:key/00000000-0000-0000-0000-000000000009"
    allows = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": principals}}
    policy = None if principals is None else _document(allows)
    key = resource("aws_kms_key.away", {"id": "9", "key_id": "9", "arn": arn, "policy": policy}, region=AWAY)
    encryption = [{"replica_kms_key_id": arn}]
    copied = {"bucket": "arn:aws:s3:::copy", "account": _OTHER, "encryption_configuration": encryption}
    lets_in = _bucket_policy("copy", "Allow", "s3:Replicate*", region=AWAY)
    role = [_role("replication", _trust(_S3)), _policy(_COPIES, _KEYS)]

    result = found(*replicated(rule={"destination": [copied]}), *role, lets_in, key, objectives=_REGION)

    assert _verdict(result) is verdict


_TAKES_OVER = "s3:ObjectOwnerOverrideToBucketOwner"


@pytest.mark.parametrize(
    ("role", "policy", "enforced", "verdict"),
    [
        ([_TAKES_OVER], [_TAKES_OVER], False, Verdict.MET),
        ([], [_TAKES_OVER], False, Verdict.UNKNOWN),
        ([_TAKES_OVER], [], False, Verdict.UNKNOWN),
        ([], [], True, Verdict.MET),
    ],
)
def test_copies_that_are_given_away_are_taken_over(
    role: list[str], policy: list[str], enforced: bool, verdict: Verdict
) -> None:
    destination = {
        "bucket": "arn:aws:s3:::copy",
        "account": _OTHER,
        "access_control_translation": [{"owner": "Destination"}],
    }
    copies = {**_READS, "Action": ["s3:Get*", "s3:List*", "s3:Replicate*", *role]}
    lets_in = {"Effect": "Allow", "Action": ["s3:Replicate*", *policy], "Resource": "*", "Principal": {"AWS": "*"}}
    values = {"bucket": "copy", "rule": [{"object_ownership": "BucketOwnerEnforced"}]}
    entries = [
        *replicated(rule={"destination": [destination]}),
        _role("replication", _trust(_S3)),
        _policy(copies),
        resource("aws_s3_bucket_policy.copy", {"bucket": "copy", "policy": _document(lets_in)}, region=AWAY),
        *([resource("aws_s3_bucket_ownership_controls.copy", values, region=AWAY)] if enforced else []),
    ]

    assert _verdict(found(*entries, objectives=_REGION)) is verdict


@pytest.mark.parametrize(
    ("actions", "locked", "ids"),
    [
        ("s3:*", True, set()),
        ("s3:*", False, {"RECOVERY-200"}),
        ("s3:GetObjectVersion*", True, {"RECOVERY-201"}),
    ],
)
def test_locked_objects_are_copied_with_their_locks_into_a_bucket_with_a_lock(
    actions: str, locked: bool, ids: set[str]
) -> None:
    buckets = replicated()
    for entry, lock in ((buckets[0], True), (buckets[2], locked)):
        entry["change"]["before"]["object_lock_enabled"] = entry["change"]["after"]["object_lock_enabled"] = lock
    writes = ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:Replicate*"]
    policy = _policy({"Effect": "Allow", "Action": [actions, *writes], "Resource": "*"})

    result = found(*buckets, _role("replication", _trust(_S3)), policy, objectives=_REGION)

    assert {item.id for item in result.errors} - {"RECOVERY-102"} == ids


def test_what_only_policies_of_aws_lack_is_open_and_a_role_without_any_in_the_plans_is_not_held_against_it() -> None:
    role, orders = _role("backup", _trust(_BACKUP)), "aws_dynamodb_table.orders"

    of_aws, none = _backed_up(role, _attached(_FOR_RESTORES)), _backed_up(role)

    assert (_verdict(of_aws, orders), _verdict(none, orders)) == (Verdict.UNKNOWN, Verdict.MET)
    assert "RECOVERY-223" in {item.id for item in of_aws.warnings} & {item.id for item in none.warnings}


# ---------------------------------------------------------------- conditions, boundaries, and texts made at apply


def _when(effect: str, operator: str, key: str, value: str) -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:*", "Resource": "*", "Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([_COPIES, _when("Deny", "StringNotEquals", "aws:SourceVpce", "vpce-1")], Verdict.UNKNOWN),
        ([_COPIES, _when("Deny", "NotIpAddress", "aws:SourceIp", "203.0.113.0/24")], Verdict.UNKNOWN),
        ([_COPIES, _when("Deny", "Bool", "aws:SecureTransport", "false")], Verdict.MET),
        ([_COPIES, _when("Deny", "Bool", "aws:ViaAWSService", "false")], Verdict.BREACHED),
        ([_COPIES, _when("Deny", "StringNotEquals", "aws:RequestedRegion", HOME)], Verdict.BREACHED),
        ([_COPIES, _when("Deny", "StringNotEquals", "aws:PrincipalOrgID", "o-1")], Verdict.MET),
        ([_COPIES, _when("Deny", "ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::1:role/keeper")], Verdict.BREACHED),
        ([_when("Allow", "IpAddress", "aws:SourceIp", "203.0.113.0/24")], Verdict.UNKNOWN),
        ([_when("Allow", "StringEquals", "aws:ResourceAccount", ACCOUNT)], Verdict.MET),
        ([_when("Allow", "IpAddress", "aws:SourceIp", "203.0.113.0/24"), _COPIES], Verdict.MET),
    ],
)
def test_a_condition_counts_as_far_as_it_can_be_told_of_the_requests_of_a_service(
    statements: list[dict[str, Any]], verdict: Verdict
) -> None:
    result = found(*replicated(), _role("replication", _trust(_S3)), _policy(*statements), objectives=_REGION)

    assert _verdict(result) is verdict
    assert len([item for item in result.findings if item.id == "RECOVERY-224"]) == (verdict is Verdict.UNKNOWN)


@pytest.mark.parametrize(
    ("boundary", "verdict"),
    [
        (f"{_AWS}/AdministratorAccess", Verdict.MET),
        (f"{_AWS}/AWSBackupFullAccess", Verdict.BREACHED),
        (f"arn:aws:iam::{ACCOUNT}:policy/elsewhere", Verdict.UNKNOWN),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_no_role_may_do_more_than_its_boundary(boundary: str, verdict: Verdict, known: bool) -> None:
    role = _role("replication", _trust(_S3), permissions_boundary=boundary)
    granted = _policy(_COPIES) if known else _attached(f"arn:aws:iam::{ACCOUNT}:policy/other", role="replication")

    assert _verdict(found(*replicated(), role, granted, objectives=_REGION)) is verdict


def _control(statement: dict[str, Any], *targets: str, **more: Any) -> list[dict[str, Any]]:
    """A policy of AWS Organizations, and what it is attached to."""
    values = {"id": "p-1", "name": "regions", "content": _document({"Effect": "Deny", "Resource": "*", **statement})}
    attached = [
        resource(
            f"aws_organizations_policy_attachment.a{index}", {"policy_id": "p-1", "target_id": target}, region=None
        )
        for index, target in enumerate(targets)
    ]
    return [resource("aws_organizations_policy.regions", {**values, **more}, region=None), *attached]


def _only_in(*regions: str) -> dict[str, Any]:
    condition = {"StringNotEquals": {"aws:RequestedRegion": list(regions)}}
    return {"NotAction": ["iam:*", "sts:*"], "Condition": condition}


@pytest.mark.parametrize(
    ("control", "verdict"),
    [
        (_control(_only_in(HOME)), Verdict.UNKNOWN),
        (_control(_only_in(HOME), "ou-1", type="SERVICE_CONTROL_POLICY"), Verdict.UNKNOWN),
        (_control(_only_in(HOME, AWAY)), Verdict.MET),
        (_control({"Action": "s3:Replicate*"}, ACCOUNT, type="RESOURCE_CONTROL_POLICY"), Verdict.UNKNOWN),
        (_control({"Action": "s3:Replicate*"}, "999999999999"), Verdict.MET),
        (_control({"Action": "organizations:*"}), Verdict.MET),
        (_control({"Action": "s3:Replicate*"}, type="TAG_POLICY"), Verdict.MET),
        (_control({"Action": "s3:Replicate*"}, content="not JSON"), Verdict.MET),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_what_a_policy_of_the_organization_may_deny_is_open(
    control: list[dict[str, Any]], verdict: Verdict, there: bool
) -> None:
    """To which accounts it applies, and what it excepts, no plan tells; a role in no plan is bound by it as well."""
    role = [_role("replication", _trust(_S3)), _policy(_COPIES, _KEYS)] if there else []

    result = found(*replicated(), *role, *control, objectives=_REGION)

    assert _verdict(result) is verdict
    assert ("RECOVERY-224" in _ids(result)) is (verdict is Verdict.UNKNOWN)


@pytest.mark.parametrize(
    ("control", "verdict"),
    [(_only_in(HOME), Verdict.UNKNOWN), (_only_in(HOME, AWAY), Verdict.MET), (_only_in(AWAY), Verdict.UNKNOWN)],
)
def test_what_a_policy_of_the_organization_may_deny_backups_is_open(control: dict[str, Any], verdict: Verdict) -> None:
    role = _role("backup", _trust(_BACKUP))
    made = backup(iam_role_arn=f"arn:aws:iam::{ACCOUNT}:role/backup")

    result = found(table(replica=[]), *made, role, _attached(_FOR_BACKUP), *_control(control), objectives=_REGION)

    assert _verdict(result, "aws_dynamodb_table.orders") is verdict


@pytest.mark.parametrize(
    ("boundary", "verdict"), [("AmazonS3FullAccess", Verdict.BREACHED), ("PowerUserAccess", Verdict.MET)]
)
def test_no_backup_role_may_do_more_than_its_boundary(boundary: str, verdict: Verdict) -> None:
    role = _role("backup", _trust(_BACKUP), permissions_boundary=f"{_AWS}/{boundary}")
    allowed = resource(
        "aws_iam_role_policy.backup",
        {"role": "backup", "name": "it", "policy": _document({**_COPIES, "Action": ["dynamodb:*", "backup:*"]})},
        region=None,
    )

    assert _verdict(_backed_up(role, allowed), "aws_dynamodb_table.orders") is verdict


@pytest.mark.parametrize(
    ("service", "key", "verdict"),
    [
        (_S3, "sts:ExternalId", Verdict.UNKNOWN),
        (_S3, "aws:SourceAccount", Verdict.UNKNOWN),
        (_BACKUP, "aws:SourceAccount", Verdict.MET),
        (_BACKUP, "sts:ExternalId", Verdict.UNKNOWN),
    ],
)
def test_what_a_service_may_not_say_when_it_assumes_a_role_leaves_it_open(
    service: str, key: str, verdict: Verdict
) -> None:
    statement = json.loads(_trust(service))["Statement"][0]
    trust = _document({**statement, "Condition": {"StringEquals": {key: ACCOUNT}}})

    if service == _S3:
        address = "aws_s3_bucket.data"
        result = found(*replicated(), _role("replication", trust), _policy(_COPIES), objectives=_REGION)
    else:
        address = "aws_dynamodb_table.orders"
        result = _backed_up(_role("backup", trust), _attached(_FOR_BACKUP), data=[table(replica=[])])

    assert _verdict(result, address) is verdict


def test_a_trust_policy_may_deny_as_well() -> None:
    statements = [json.loads(_trust(_S3, effect))["Statement"][0] for effect in ("Allow", "Deny")]

    result = found(*replicated(), _role("replication", _document(*statements)), _policy(_COPIES), objectives=_REGION)

    assert "RECOVERY-218" in _ids(result)


def test_a_policy_that_is_put_together_at_apply_is_open() -> None:
    policy = _policy()
    policy["change"]["after"].pop("policy")
    policy["change"] |= {"actions": ["create"], "before": None, "after_unknown": {"policy": True}}
    parts = [*replicated(), _role("replication", _trust(_S3))]

    assert _verdict(found(*parts, policy, objectives=_REGION)) is Verdict.UNKNOWN
    # What another policy grants is enough.
    values = {"role": "replication", "id": "replication:all", "name": "all", "policy": _document(_COPIES)}
    also = resource("aws_iam_role_policy.all", values, region=None)
    assert _verdict(found(*parts, policy, also, objectives=_REGION)) is Verdict.MET


def _excepting(*names: str) -> dict[str, Any]:
    excepted = [f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in names]
    text = _document({"Effect": "Deny", "NotPrincipal": {"AWS": excepted}, "Action": "s3:*", "Resource": "*"})
    return resource("aws_s3_bucket_policy.copy", {"bucket": "copy", "policy": text}, region=AWAY)


@pytest.mark.parametrize(("names", "works"), [(("keeper",), False), (("keeper", "replication"), True)])
def test_a_bucket_that_denies_all_but_some_denies_the_role(names: tuple[str, ...], works: bool) -> None:
    parts = [_role("replication", _trust(_S3)), _policy(_COPIES), _excepting(*names)]

    assert ("RECOVERY-202" in _ids(found(*replicated(), *parts, objectives=_REGION))) is not works


@pytest.mark.parametrize(("role", "works"), [("replication", False), ("others", True)])
def test_a_new_key_that_denies_the_role_is_no_use_to_it_either(role: str, works: bool) -> None:
    """Its ARN is told only at apply, and that of the role as well."""
    everybody = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}
    denied = {"Effect": "Deny", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{role}"}, "Action": "kms:Decrypt"}
    policy = _document({**everybody, "Resource": "*"}, {**denied, "Resource": "*"})
    entries = [*_encrypted(policy), _policy(_COPIES, _KEYS)]
    sse = "aws_s3_bucket_server_side_encryption_configuration.data"
    for entry in entries:
        change = entry["change"]
        if entry["type"] in ("aws_kms_key", "aws_iam_role"):
            change |= {"actions": ["create"], "before": None, "after_unknown": {"arn": True}}
            del change["after"]["arn"]
        elif entry["address"] == sse:
            by = {"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}
            change |= {"actions": ["create"], "before": None, "after_unknown": {"rule": [by]}}
            del change["after"]["rule"][0]["apply_server_side_encryption_by_default"][0]["kms_master_key_id"]
    key = {"kms_master_key_id": {"references": ["aws_kms_key.here.arn", "aws_kms_key.here"]}}
    code = [_configured(sse, {"rule": [{"apply_server_side_encryption_by_default": [key]}]})]

    document = plan(*entries, configuration={"root_module": {"resources": code}})
    result = review(read_plan(json.dumps(document).encode()), declared(_REGION), today=TODAY)

    assert ("RECOVERY-203" in _ids(result)) is not works


@pytest.mark.parametrize(
    ("principal", "works"),
    [
        ("*", False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/replication"}, False),
        # What denies an account denies all in it.
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, False),
        ({"AWS": ACCOUNT}, False),
        ({"AWS": f"arn:aws:iam::{_OTHER}:root"}, True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}, True),
    ],
)
def test_a_key_that_denies_the_role_is_no_use_to_it(principal: Any, works: bool) -> None:
    whole = json.loads(_allowed(f"arn:aws:iam::{ACCOUNT}:root"))["Statement"][0]
    denied = {"Effect": "Deny", "Principal": principal, "Action": "kms:Encrypt", "Resource": "*"}

    result = found(*_encrypted(_document(whole, denied)), _policy(_COPIES, _KEYS), objectives=_REGION)

    assert {item.id for item in result.errors} == (set() if works else {"RECOVERY-102", "RECOVERY-204"})


# ---------------------------------------------------------------- rules inside the bucket, as they were written once


def _inside(**encryption: Any) -> list[dict[str, Any]]:
    rule = {"id": "all", "status": "Enabled", "destination": [{"bucket": "arn:aws:s3:::copy"}]}
    role = f"arn:aws:iam::{ACCOUNT}:role/replication"
    inside: dict[str, Any] = {
        "versioning": [{"enabled": True}],
        "replication_configuration": [{"role": role, "rules": [rule]}],
    }
    return [bucket("data", **inside, **encryption), bucket("copy", AWAY, versioning=[{"enabled": True}])]


_BY_KMS = {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}


@pytest.mark.parametrize(
    ("service", "encryption", "id"),
    [
        (_S3, {}, None),
        ("ec2.amazonaws.com", {}, "RECOVERY-218"),
        (_S3, {"server_side_encryption_configuration": [{"rule": [_BY_KMS]}]}, "RECOVERY-216"),
    ],
)
def test_the_role_of_rules_inside_a_bucket_is_judged_too(service: str, encryption: Any, id: str | None) -> None:
    result = found(*_inside(**encryption), _role("replication", _trust(service)), _policy(_COPIES), objectives=_REGION)

    assert {item.id for item in result.errors} - {"RECOVERY-102"} == ({id} if id else set())
    assert _verdict(result) is (Verdict.BREACHED if id else Verdict.MET)


@pytest.mark.parametrize("fault", ["may not be assumed", "destroyed", "a window that AWS refuses"])
def test_what_is_wrong_with_the_backups_of_a_table_with_a_replica_is_not_wrong_with_the_replica(fault: str) -> None:
    """It stood in the row of the Region, which the replica keeps: an error at another resource was taken for that."""
    unrestored = table(point_in_time_recovery=[])
    arn = f"arn:aws:iam::{ACCOUNT}:role/backup"
    window = {"start_window": 30} if fault == "a window that AWS refuses" else {}
    plan = backup({"schedule": "cron(0 3 * * ? *)", "copy_action": [], **window}, iam_role_arn=arn)
    role = _role("backup", _trust("ec2.amazonaws.com" if fault == "may not be assumed" else _BACKUP))
    if fault == "destroyed":
        role["change"].update(actions=["delete"], after=None)
    if window:
        plan[0]["change"].update(actions=["create"], before=None)

    result = found(
        unrestored,
        *plan,
        role,
        _attached(_FOR_BACKUP),
        objectives=EVERYTHING.replace("software: {rto: 1d, rpo: 1d}", "software: {rto: 1d, rpo: 2d}"),
    )

    (orders,) = [item for item in result.components if item.address == "aws_dynamodb_table.orders"]
    broken = {row.disruption.value for row in orders.disruptions if row.after_verdict is Verdict.BREACHED}
    assert result.errors
    assert broken == {"software"}


@pytest.mark.parametrize(("made", "verdict"), [(True, Verdict.UNKNOWN), (False, Verdict.MET)])
def test_a_new_role_that_nothing_is_attached_to_is_not_taken_on_trust(made: bool, verdict: Verdict) -> None:
    """One that is there may have its policies in another state, which a warning says; one to come has none yet."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/backup"
    role = _role("backup", _trust(_BACKUP))
    if made:
        role["change"].update(actions=["create"], before=None)

    result = found(
        table(replica=[]),
        *backup({"schedule": "cron(0 * * * ? *)"}, iam_role_arn=arn),
        role,
        objectives=_REGION.replace("rto: 4h, rpo: 4h", "rto: 12h, rpo: 12h"),
    )

    assert "RECOVERY-223" in _ids(result)
    assert _verdict(result, "aws_dynamodb_table.orders") is verdict


def test_what_is_wrong_with_backups_breaks_no_row_that_something_else_answers() -> None:
    """A file system that is in several zones survives one of them, whatever becomes of its backups."""
    arn = f"arn:aws:elasticfilesystem:{HOME}:{ACCOUNT}:file-system/fs-1"
    files = resource("aws_efs_file_system.files", {"id": "fs-1", "arn": arn, "encrypted": True})
    attached = {"role": "backup", "policy_arn": _FOR_BACKUP}
    gone = resource("aws_iam_role_policy_attachment.backup", None, attached, region=None)
    left = resource(
        "aws_iam_role_policy_attachment.other", {"role": "backup", "policy_arn": _FOR_RESTORES}, region=None
    )

    result = _backed_up(_role("backup", _trust(_BACKUP)), gone, left, data=[files])
    rows = {str(item.disruption): item.after_verdict for item in result.components[0].disruptions if item.target}

    assert "RECOVERY-127" in _ids(result)
    assert rows == {"hardware": Verdict.MET, "zone": Verdict.MET, "region": Verdict.BREACHED}
