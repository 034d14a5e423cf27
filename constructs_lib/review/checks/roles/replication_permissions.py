"""Whether the role that S3 replicates with may do so: read and decrypt the source, write and encrypt the copy.

S3 takes any role. One that may not replicate shows only in a metric, object by object, so it is proved here from the
policies in the plan. What is not in the plans given is never held against a role.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.plan.document.arn import parse_arn
from constructs_lib.plan.document.resource import blocks_in
from constructs_lib.review.checks.roles.granted import GRANTED_BY, ROLE, assumable, granted
from constructs_lib.review.checks.roles.iam_policy import allows, principals
from constructs_lib.review.checks.roles.policy_documents import policy_of
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from constructs_lib.plan import Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_REPLICATION: Final = "aws_s3_bucket_replication_configuration"
_ENCRYPTION: Final = "aws_s3_bucket_server_side_encryption_configuration"
_BUCKET: Final = "aws_s3_bucket"
_POLICY: Final = "aws_s3_bucket_policy"
_KEYS: Final = ("aws_kms_key", "aws_kms_replica_key", "aws_kms_alias")
_KMS: Final = frozenset({"aws:kms", "aws:kms:dsse"})
PROVED_BY: Final = frozenset(
    {
        _REPLICATION,
        _ENCRYPTION,
        _BUCKET,
        *_KEYS,
        *GRANTED_BY,
        _POLICY,
        "aws_kms_key_policy",
    }
)
"""The types of resources that the proof rests on."""

_OBJECT: Final = "any/object"
_S3: Final = "s3.amazonaws.com"


def replication_permissions(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield what the role of each replication lacks."""
    for resource in under_review.after(_REPLICATION):
        concern, reviewed = under_review.concerns(resource.address)
        if not concern:
            continue
        source = _bucket(under_review, resource, "bucket")
        role = under_review.target(resource, "role", ROLE)
        for index, rule in enumerate(resource.blocks("rule")):
            if rule.get("status") != "Enabled":
                continue
            way = _Way(under_review=under_review, by=resource, reviewed=reviewed, index=index, rule=rule, source=source)
            yield from _left_out(way)
            if role is not None and assumable(under_review, role, _S3) is False:
                yield way.found("RECOVERY-218", role=role.address, service=_S3)
            if role is not None and (allowed := granted(under_review, role)) is not None:
                yield from _checked(way, role, allowed)


def broken_replication(found: Iterable[Found]) -> dict[tuple[str | None, ...], str]:
    """Return the replications that *found* proves not to work, by address and the Region they copy to, and why."""
    # What is proved not to work goes before what is open.
    ordered = sorted((item for item in found if item.id in _BROKEN), key=lambda item: item.id != "RECOVERY-219")
    return {(item.address, item.region): _BROKEN[item.id] for item in ordered}


_BROKEN: Final = {
    "RECOVERY-201": "its role may not read the bucket",
    "RECOVERY-202": "its role may not write the copy",
    "RECOVERY-203": "its role may not decrypt the bucket",
    "RECOVERY-204": "its role may not encrypt the copy",
    "RECOVERY-205": "its role may not use a key for the encryption context of a Bucket Key",
    "RECOVERY-216": "it leaves out objects that are encrypted with a KMS key",
    "RECOVERY-218": "S3 may not assume its role",
    "RECOVERY-220": "its role is granted nothing",
    "RECOVERY-219": "whether its role may use a key is not known before apply",
}
"""What is wrong, in words that follow the name of the mechanism."""

PROVED: Final = frozenset(_BROKEN.values())
"""The doubts that come from a proof, for each of which there is a finding as well."""


def _bucket(under_review: PlanUnderReview, resource: Resource, attribute: str) -> Resource | None:
    return under_review.target(resource, attribute, _BUCKET)


# ---------------------------------------------------------------- the buckets


@attrs.frozen(kw_only=True)
class _Encryption:
    """How a bucket encrypts: with a KMS key or not, with which, and with a Bucket Key or not."""

    kms: bool
    key_arn: str | None
    key: Resource | None
    bucket_key: bool
    own: bool
    """Whether the key is one of the customer's, which permissions must name."""


def _encryption(under_review: PlanUnderReview, bucket: Resource | None) -> _Encryption | None:
    """Return how a bucket encrypts what is put into it; None where that is not in the plans."""
    return None if bucket is None else under_review.once(_encryption_of, bucket)


def _encryption_of(under_review: PlanUnderReview, bucket: Resource) -> _Encryption | None:
    for part in under_review.parts(_ENCRYPTION, "bucket").get(bucket.address, ()):
        return _read_encryption(under_review, part, ("rule", 0))
    inline = ("server_side_encryption_configuration", 0, "rule", 0)
    if bucket.get(*inline) and not bucket.left_out(inline[0]):
        return _read_encryption(under_review, bucket, inline)
    return None


def _read_encryption(under_review: PlanUnderReview, part: Resource, place: tuple[str | int, ...]) -> _Encryption | None:
    default = (*place, "apply_server_side_encryption_by_default", 0)
    algorithm = part.text(*default, "sse_algorithm")
    if algorithm is None:
        return None
    name = (*default, "kms_master_key_id")
    given = part.text(*name)
    dotted = ".".join(map(str, name))
    key = under_review.target(part, dotted, *_KEYS)
    return _Encryption(
        kms=algorithm in _KMS,
        key_arn=_key_arn(given, key),
        key=key,
        bucket_key=part.get(*place, "bucket_key_enabled") is True,
        own=given is not None or (part.is_unknown(*name) and not part.left_out(str(name[0]))),
    )


def _key_arn(given: str | None, key: Resource | None) -> str | None:
    """Return the ARN of the key itself: permissions name keys, not aliases."""
    if key is not None:
        return key.text("target_key_arn" if key.type == "aws_kms_alias" else "arn")
    arn = parse_arn(given)
    return given if arn is not None and arn.resource.startswith("key/") else None


def _arn(bucket: Resource | None) -> str | None:
    if bucket is None:
        return None
    name = bucket.text("bucket") or bucket.text("id")
    return bucket.text("arn") or (f"arn:aws:s3:::{name}" if name is not None else None)


@attrs.frozen(kw_only=True, slots=False, eq=False)
class _Way:
    """One rule: from which bucket to which."""

    under_review: PlanUnderReview
    by: Resource
    reviewed: ReviewedComponent | None
    index: int
    rule: dict[str, Any]
    source: Resource | None

    @cached_property
    def destination(self) -> Resource | None:
        """The bucket it writes to."""
        return _bucket(self.under_review, self.by, f"rule.{self.index}.destination.0.bucket")

    @cached_property
    def destination_arn(self) -> str | None:
        """The ARN of the bucket it writes to."""
        return _arn(self.destination) or self.by.text("rule", self.index, "destination", 0, "bucket")

    @cached_property
    def replica_key(self) -> tuple[bool, str | None, Resource | None]:
        """Whether replicas are encrypted with a key the rule names, its ARN and the key, as far as they are known."""
        path = ("rule", self.index, "destination", 0, "encryption_configuration", 0, "replica_kms_key_id")
        given = self.by.text(*path)
        if given is None and not self.by.is_unknown(*path):
            return False, None, None
        key = self.under_review.target(self.by, ".".join(map(str, path)), *_KEYS)
        return True, _key_arn(given, key), key

    def found(self, id: str, **values: str) -> Found:
        """Return a finding about this rule."""
        region = None if self.destination is None else self.destination.region
        return Found(id=id, address=self.by.address, reviewed=self.reviewed, values=values, region=region)


def _left_out(way: _Way) -> Iterator[Found]:
    """Objects encrypted with a KMS key are replicated only where the rule says so, and with which key."""
    encryption = _encryption(way.under_review, way.source)
    if encryption is None or not encryption.kms or way.source is None:
        return
    place = ("rule", way.index, "source_selection_criteria")
    selected = any(
        item.get("status") == "Enabled"
        for criteria in blocks_in(way.rule, "source_selection_criteria")
        for item in blocks_in(criteria, "sse_kms_encrypted_objects")
    )
    missing = []
    if not selected and not way.by.is_unknown(*place):
        missing.append("its rule does not select objects encrypted with a KMS key")
    if not way.replica_key[0]:
        missing.append("its rule names no key for the replicas")
    if missing:
        yield way.found("RECOVERY-216", bucket=way.source.address, missing=", and ".join(missing))


# ---------------------------------------------------------------- the role


def _checked(way: _Way, role: Resource, granted: list[dict[str, Any]]) -> Iterator[Found]:
    if not any(statement.get("Effect") == "Allow" for statement in granted):
        yield way.found("RECOVERY-220", role=role.address)
        return
    source_arn, destination_arn = _arn(way.source), way.destination_arn
    encryption = _encryption(way.under_review, way.source)
    if source_arn is not None and way.source is not None:
        may_read = _may(way.under_review, role, granted, way.source)
        missing = [
            action for action in ("s3:GetReplicationConfiguration", "s3:ListBucket") if not may_read(action, source_arn)
        ]
        missing += _unreadable(may_read, f"{source_arn}/{_OBJECT}", kms=encryption is not None and encryption.kms)
        if missing:
            yield way.found("RECOVERY-201", role=role.address, bucket=way.source.address, actions=", ".join(missing))
    if destination_arn is not None:
        wanted = ["s3:ReplicateObject"]
        if any(item.get("status") == "Enabled" for item in blocks_in(way.rule, "delete_marker_replication")):
            wanted.append("s3:ReplicateDelete")
        objects = f"{destination_arn}/{_OBJECT}"
        may_write = _may(way.under_review, role, granted, way.destination)
        missing = [action for action in wanted if not may_write(action, objects)]
        if missing:
            yield way.found("RECOVERY-202", role=role.address, bucket=_copy_name(way), actions=", ".join(missing))
    if encryption is not None and encryption.kms and encryption.own and way.source is not None:
        yield from _decrypts(way, role, granted, encryption, source_arn)
    yield from _encrypts(way, role, granted)


def _may(
    under_review: PlanUnderReview, role: Resource, granted: Sequence[dict[str, Any]], bucket: Resource | None
) -> Callable[[str, str], bool]:
    """Return what tells whether the role may do something: its policies or the bucket's allow it, and none denies."""
    parts = () if bucket is None else under_review.parts(_POLICY, "bucket").get(bucket.address, ())
    policies = [_about(policy_of(under_review, part), role) for part in parts]

    def may(action: str, resource: str) -> bool:
        by_role = allows(granted, action, resource) == "allowed"
        for policy in policies:
            if policy is None:
                return True  # what it says is not known, and not held against the role
            denials, mine = policy
            if allows(denials, action, resource) == "allowed":
                return False
            by_role = by_role or allows(mine, action, resource) == "allowed"
        return by_role

    return may


_Statements = list[dict[str, Any]]


def _about(read: _Statements | None, role: Resource) -> tuple[_Statements, _Statements] | None:
    """Return the denials that hold for the role whatever is asked, as permissions, and all that is about it."""
    if read is None:
        return None
    arn = role.text("arn")
    mine = [one for one in read if any(item == "*" or _is_role(item, role, arn) for item in principals(one))]
    denials = [{**one, "Effect": "Allow"} for one in mine if one.get("Effect") == "Deny" and not one.get("Condition")]
    return denials, mine


def _unreadable(may_read: Callable[[str, str], bool], objects: str, *, kms: bool) -> list[str]:
    missing = []
    for_replication = "s3:GetObjectVersionForReplication"
    if not may_read(for_replication, objects) and (kms or not may_read("s3:GetObjectVersion", objects)):
        missing.append(for_replication)
    if not may_read("s3:GetObjectVersionAcl", objects):
        missing.append("s3:GetObjectVersionAcl")
    return missing


def _copy_name(way: _Way) -> str:
    return "the destination bucket" if way.destination is None else way.destination.address


def _decrypts(
    way: _Way, role: Resource, granted: list[dict[str, Any]], encryption: _Encryption, source_arn: str | None
) -> Iterator[Found]:
    assert way.source is not None
    context = None
    if source_arn is not None:
        context = source_arn if encryption.bucket_key else f"{source_arn}/{_OBJECT}"
    answer = _may_use(
        way.under_review, role, granted, "kms:Decrypt", encryption.key_arn, encryption.key, context, way.source.region
    )
    if answer == "denied":
        yield way.found("RECOVERY-203", role=role.address, bucket=way.source.address)
    elif answer == "open":
        yield way.found("RECOVERY-219", role=role.address, action="kms:Decrypt", key=str(encryption.key_arn))
    elif answer == "context":
        id = "RECOVERY-205" if encryption.bucket_key else "RECOVERY-203"
        yield way.found(id, role=role.address, bucket=way.source.address)


def _encrypts(way: _Way, role: Resource, granted: list[dict[str, Any]]) -> Iterator[Found]:
    named, key_arn, key = way.replica_key
    if not named:
        return
    destination = way.destination
    copy = _encryption(way.under_review, destination)
    arn, region = way.destination_arn, None if destination is None else destination.region
    contexts: list[str | None] = [None]
    if copy is not None and arn is not None:
        contexts = [arn if copy.bucket_key else f"{arn}/{_OBJECT}"]
    missing, wrong_context = [], False
    for action in ("kms:Encrypt",):
        answer = _may_use(way.under_review, role, granted, action, key_arn, key, contexts[0], region)
        if answer == "context" and copy is not None and copy.bucket_key:
            wrong_context = True
        elif answer == "open":
            yield way.found("RECOVERY-219", role=role.address, action=action, key=str(key_arn))
        elif answer not in ("allowed", None):
            missing.append(action)
    if missing:
        yield way.found("RECOVERY-204", role=role.address, bucket=_copy_name(way), actions=", ".join(missing))
    elif wrong_context:
        yield way.found("RECOVERY-205", role=role.address, bucket=_copy_name(way))


def _may_use(
    under_review: PlanUnderReview,
    role: Resource,
    granted: Sequence[dict[str, Any]],
    action: str,
    key_arn: str | None,
    key: Resource | None,
    context: str | None,
    region: str | None,
) -> str | None:
    """Return whether the role may use a key; None where that cannot be told."""
    via = None if region is None else f"s3.{region}.amazonaws.com"
    if key_arn is None:
        # The key is known only after apply, or by an alias: only what allows every key, or none at all, can be told.
        everywhere = allows(granted, action, "arn:aws:kms:::key/", context=context, via=via)
        if _ignored(under_review, role, action, key):
            return "denied"
        named = any(
            allows([{**item, "Resource": "*"}], action, "*", context=context, via=via) != "denied" for item in granted
        )
        return (
            "allowed"
            if everywhere == "allowed"
            else None
            if named or _by_key_policy(under_review, role, action, key) is not False
            else "denied"
        )
    answer = allows(granted, action, key_arn, context=context, via=via)
    if _ignored(under_review, role, action, key):
        return "denied"
    if answer == "allowed":
        return answer
    by_key = _by_key_policy(under_review, role, action, key)
    if by_key is True:
        return "allowed"
    return "open" if by_key is None and answer == "denied" else answer


def _ignored(under_review: PlanUnderReview, role: Resource, action: str, key: Resource | None) -> bool:
    """Whether the key's policy neither names the role nor leaves it to IAM, so that the role's policies are nothing."""
    if _leaves_to_iam(under_review, key, action) is not False:
        return False
    return _by_key_policy(under_review, role, action, key) is False


def _is_role(principal: str, role: Resource, arn: str | None) -> bool:
    """Whether a principal is the role; before its ARN is known, by its name."""
    if arn is not None:
        return principal == arn
    name = role.text("name")
    return ":role/" in principal and (name is None or principal.rpartition("/")[2] == name)


def _key_statements(under_review: PlanUnderReview, key: Resource | None) -> list[dict[str, Any]] | None:
    """Return the statements of a key's policy; None where they are not in the plans."""
    if key is None or key.type == "aws_kms_alias":
        return None
    owner = next(iter(under_review.parts("aws_kms_key_policy", "key_id").get(key.address, ())), key)
    if owner.get("policy") in (None, "") and (owner.left_out("policy") or not owner.is_unknown("policy")):
        # Left out, AWS's own policy leaves it to IAM.
        return [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam:::root"}, "Action": "kms:*", "Resource": "*"}]
    return policy_of(under_review, owner)


def _leaves_to_iam(under_review: PlanUnderReview, key: Resource | None, action: str) -> bool | None:
    """Return whether the key's policy lets IAM policies decide; None where the policy is not in the plans.

    It does so where it allows the account.
    """
    read = _key_statements(under_review, key)
    if key is None or read is None:
        return None
    for statement in read:
        whole = any(item == "*" or item.endswith(":root") or item.isdigit() for item in principals(statement))
        if whole and allows([statement], action, key.text("arn") or "*") == "allowed":
            return True
    return False


def _by_key_policy(under_review: PlanUnderReview, role: Resource, action: str, key: Resource | None) -> bool | None:
    """Return whether the key's own policy lets the role use it; None where the policy is not in the plans."""
    read = _key_statements(under_review, key)
    if key is None or read is None:
        return None
    arn = role.text("arn")
    for statement in read:
        named = principals(statement)
        direct = "*" in named or any(_is_role(item, role, arn) for item in named)
        if direct and allows([statement], action, key.text("arn") or "*") == "allowed":
            return True
    return False
