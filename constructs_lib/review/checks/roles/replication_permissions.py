"""Whether the role that S3 replicates with may do so: read and decrypt the source, write and encrypt the copy.

S3 takes any role. One that may not replicate shows only in a metric, object by object, so it is proved here from the
policies in the plan. What is not in the plans given is never held against a role; what is, and tells nothing before it
is applied, leaves it open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

import msgspec

from constructs_lib.catalog.regions import partition_of
from constructs_lib.plan.document.arn import parse_arn
from constructs_lib.plan.document.resource import blocks_in
from constructs_lib.review.checks.roles.bucket_encryption import (
    ENCRYPTION,
    KEYS,
    Encryption,
    bucket_arn,
    encryption_of,
    stand_in,
)
from constructs_lib.review.checks.roles.granted import GRANTED_BY, ROLE, assumable, boundary, granted
from constructs_lib.review.checks.roles.iam_policy import EVERYTHING, about_account, allows, matches
from constructs_lib.review.checks.roles.lookups import NotedLookups
from constructs_lib.review.checks.roles.policy_documents import policy_of
from constructs_lib.review.checks.roles.replication_role import POLICY, ReplicationRole
from constructs_lib.review.checks.roles.replication_way import (
    BUCKET,
    OWNERSHIP,
    REPLICATION,
    ReplicationWay,
    bucket_meant,
    places_of_rules,
)
from constructs_lib.review.checks.roles.service_control import CONTROLLED_BY, perhaps_denied
from constructs_lib.review.finding import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from constructs_lib.plan import Plan, Resource
    from constructs_lib.review.checks.roles.iam_policy import Answer
    from constructs_lib.review.checks.roles.lookups import Lookups
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_KEY_POLICY: Final = "aws_kms_key_policy"
_ALIAS: Final = "aws_kms_alias"
PROVED_BY: Final = frozenset(
    {REPLICATION, ENCRYPTION, BUCKET, *KEYS, *GRANTED_BY, *CONTROLLED_BY, POLICY, OWNERSHIP, _KEY_POLICY}
)
"""The types of resources that the proof rests on."""

_OBJECT: Final = "any/object"
_GIVES_AWAY: Final = "s3:ObjectOwnerOverrideToBucketOwner"
_OF_LOCKED: Final = ("s3:GetObjectRetention", "s3:GetObjectLegalHold")
_ANSWERS: Final[tuple[Answer, ...]] = ("allowed", "open", "context", "denied")
"""The better before the worse."""

_S3: Final = "s3.amazonaws.com"


class ReplicationProof(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What is proved of the rules at one place.

    Attributes:
        address: The resource that has the rules.
        place: Where it has them.
        found: What the role of the replication lacks.
        same: Whether all that the proof rests on is the same on both sides of the plan.
    """

    address: str
    place: tuple[str | int, ...]
    found: tuple[Found, ...]
    same: bool


def replication_proofs(
    under_review: PlanUnderReview, known: Iterable[ReplicationProof] = ()
) -> Iterator[ReplicationProof]:
    """Yield what the role of each replication lacks.

    Args:
        under_review: The plan.
        known: Proofs that hold here as well.
    """
    proved = {(item.address, item.place): item for item in known}
    lookups = NotedLookups(under_review)
    for by, place in places_of_rules(under_review):
        concern, reviewed = under_review.concerns(by.address)
        if not concern:
            continue
        proof = proved.get((by.address, place))
        if proof is None:
            lookups.same = True
            lookups.note([by])
            found = tuple(_proved(lookups, by, place, reviewed))
            proof = ReplicationProof(address=by.address, place=place, found=found, same=lookups.same)
        yield proof


def replication_proofs_before(
    was: PlanUnderReview, plan: Plan, proofs: Sequence[ReplicationProof]
) -> Sequence[ReplicationProof]:
    """Return the same of the side before, where each of *proofs* that holds there as well is not made again.

    Args:
        was: What there is before the plan, as if nothing were planned.
        plan: The plan.
        proofs: Those of the side after it.
    """
    if not any(change.type in PROVED_BY and not change.only_tags for change in plan.changes):
        return proofs
    return list(replication_proofs(was, [item for item in proofs if item.same] if _only_adds(plan) else ()))


def _only_adds(plan: Plan) -> bool:
    """Whether the plan does nothing but add to what a proof looks up, each under names that nothing else has.

    A proof that was handed nothing of that is handed the same before the plan: with it gone, each lookup finds what is
    left, and means what it meant. Tags may change: nothing is looked up by them, and no proof reads them.
    """
    tagged = {change.address for change in plan.changes if change.only_tags}
    for type in PROVED_BY:
        for item in plan.of(type, "before"):
            if plan.resources_after.get(item.address) is not item and item.address not in tagged:
                return False
        for item in plan.of(type):
            if item.address not in plan.resources_before and not plan.is_alone(item):
                return False
    return True


def _proved(
    lookups: Lookups, by: Resource, place: tuple[str | int, ...], reviewed: ReviewedComponent | None
) -> Iterator[Found]:
    inline = by.type == BUCKET
    source = by if inline else bucket_meant(lookups, by, "bucket")
    role = lookups.target(by, (*place[:-1], "role"), ROLE)
    for index, rule in enumerate(by.blocks(*place)):
        if rule.get("status") != "Enabled":
            continue
        at = (*place, index)
        way = ReplicationWay(under_review=lookups, by=by, reviewed=reviewed, place=at, rule=rule, source=source)
        yield from _left_out(way)
        if role is not None:
            yield from _as_one(way, role.address, _role(way, role))
        else:
            yield from _elsewhere(way, (*place[:-1], "role"))


def _elsewhere(way: ReplicationWay, path: tuple[str | int, ...]) -> Iterator[Found]:
    """Yield what buckets and keys in the plans deny a role that is in none of them; what it is granted is not told."""
    text = way.by.text(*path)
    arn = parse_arn(text)
    if text is None or arn is None:
        return
    address = "its role" if way.by.is_sensitive(*path) else text
    name = arn.resource.rpartition("/")[2]
    denied = perhaps_denied(way.under_review, text)
    role = ReplicationRole(
        under_review=way.under_review,
        address=address,
        name=name,
        arn=text,
        granted=[EVERYTHING],
        within=[EVERYTHING, *denied] if denied else None,
    )
    yield from _as_one(way, address, _checked(way, role))


def _as_one(way: ReplicationWay, role: str, found: Iterable[Found]) -> Iterator[Found]:
    """Yield what was found, and all that is open as one."""
    open_ = []
    for item in found:
        if item.id == _OPEN:
            open_.append(item.values["may"])
        else:
            yield item
    if open_:
        yield way.found(_OPEN, role=role, may=", and ".join(open_))


def _role(way: ReplicationWay, role: Resource) -> Iterator[Found]:
    assumed = assumable(way.under_review, role, _S3)
    if assumed == "denied":
        yield way.found("RECOVERY-218", role=role.address, service=_S3)
    elif assumed == "open":
        yield way.found(_OPEN, role=role.address, may=f"may be assumed by {_S3}")
    allowed, within = granted(way.under_review, role), boundary(way.under_review, role)
    if allowed is not None or within is not None:
        # What is not in the plans is not held against it, and its boundary holds all the same.
        known = [EVERYTHING] if allowed is None else allowed
        yield from _checked(
            way,
            ReplicationRole(
                under_review=way.under_review,
                address=role.address,
                name=role.text("name"),
                arn=role.text("arn"),
                granted=known,
                within=within,
                of_provider=role.account,
            ),
        )


def broken_replication(found: Iterable[Found]) -> dict[tuple[str | None, ...], str]:
    """Return the replications that *found* proves not to work, by address and the Region they copy to, and why."""
    # What is proved not to work goes before what is open.
    ordered = sorted((item for item in found if item.id in _BROKEN), key=lambda item: item.id not in _LEFT_OPEN)
    return {(item.address, item.region): _BROKEN[item.id] for item in ordered}


_OPEN: Final = "RECOVERY-224"
_LEFT_OPEN: Final = ("RECOVERY-219", _OPEN)
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
    _OPEN: "whether its role may do all it has to is not known before apply",
}
"""What is wrong, in words that follow the name of the mechanism."""

PROVED: Final = frozenset(_BROKEN.values())
"""The doubts that come from a proof, for each of which there is a finding as well."""


# ---------------------------------------------------------------- the rule


def _left_out(way: ReplicationWay) -> Iterator[Found]:
    """Objects encrypted with a KMS key are replicated only where the rule says so, and with which key."""
    encryption = encryption_of(way.under_review, way.source)
    if encryption is None or not encryption.kms or way.source is None:
        return
    place = (*way.place, "source_selection_criteria")
    selected = any(
        item.get("status") == "Enabled" or item.get("enabled") is True
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


def _checked(way: ReplicationWay, role: ReplicationRole) -> Iterator[Found]:
    if not any(statement.get("Effect") == "Allow" for statement in role.granted):
        yield way.found("RECOVERY-220", role=role.address)
        return
    source_arn, destination_arn = bucket_arn(way.source), way.destination_arn
    encryption = encryption_of(way.under_review, way.source)
    if source_arn is not None and way.source is not None:
        may_read = role.with_policy_of(way.source)
        answers = {
            action: may_read(action, source_arn) for action in ("s3:GetReplicationConfiguration", "s3:ListBucket")
        }
        answers |= _unreadable(may_read, f"{source_arn}/{_OBJECT}", kms=encryption is not None and encryption.kms)
        if way.source.get("object_lock_enabled") is True:
            answers |= {action: may_read(action, f"{source_arn}/{_OBJECT}") for action in _OF_LOCKED}
        yield from _told(way, role, "RECOVERY-201", way.source.address, answers)
    if destination_arn is not None:
        wanted = ["s3:ReplicateObject"]
        if way.deletes:
            wanted.append("s3:ReplicateDelete")
        if way.gives_away:
            wanted.append(_GIVES_AWAY)
        may_write = role.with_policy_of(way.destination)
        answers = {action: may_write(action, f"{destination_arn}/{_OBJECT}") for action in wanted}
        if way.crosses and way.destination is not None:
            # What another account's bucket allows the role its own policies have to allow as well.
            let_in, objects, region = role.by_policy_of(way.destination), f"{destination_arn}/{_OBJECT}", way.region
            answers = {
                action: _both(answer, role.may(action, objects, region=region), let_in(action, objects))
                for action, answer in answers.items()
            }
        if answers.get(_GIVES_AWAY, "allowed") != "allowed":
            # A bucket that enforces its owner takes it over without, and new ones do so unless they are told otherwise.
            answers[_GIVES_AWAY] = "open"
        yield from _told(way, role, "RECOVERY-202", _copy_name(way), answers)
    if encryption is not None and encryption.kms and encryption.own and way.source is not None:
        yield from _decrypts(way, role, encryption, source_arn)
    yield from _encrypts(way, role)


def _both(*answers: Answer) -> Answer:
    """Return the worse answer of two, of which both must be yes."""
    return max(answers, key=_ANSWERS.index)


def _unreadable(may_read: Callable[[str, str], Answer], objects: str, *, kms: bool) -> dict[str, Answer]:
    answers = {"s3:GetObjectVersionAcl": may_read("s3:GetObjectVersionAcl", objects)}
    for_replication = "s3:GetObjectVersionForReplication"
    answer = may_read(for_replication, objects)
    if answer != "allowed" and (kms or may_read("s3:GetObjectVersion", objects) != "allowed"):
        answers[for_replication] = answer
    return dict(sorted(answers.items(), reverse=True))


def _told(
    way: ReplicationWay, role: ReplicationRole, id: str, bucket: str, answers: dict[str, Answer]
) -> Iterator[Found]:
    """Yield what a role may not do with a bucket, and what is open."""
    missing = [action for action, answer in answers.items() if answer not in ("allowed", "open")]
    open_ = [action for action, answer in answers.items() if answer == "open"]
    if missing:
        yield way.found(id, role=role.address, bucket=bucket, actions=", ".join(missing))
    elif open_:
        yield way.found(_OPEN, role=role.address, may=f"may do {', '.join(open_)} on {bucket}")


def _copy_name(way: ReplicationWay) -> str:
    return "the destination bucket" if way.destination is None else way.destination.address


def _decrypts(
    way: ReplicationWay, role: ReplicationRole, encryption: Encryption, source_arn: str | None
) -> Iterator[Found]:
    assert way.source is not None
    context = None
    if source_arn is not None:
        context = source_arn if encryption.bucket_key else f"{source_arn}/{_OBJECT}"
    answer = _may_use(role, "kms:Decrypt", encryption.key_arn, encryption.key, context, way.source.region)
    if answer == "denied":
        yield way.found("RECOVERY-203", role=role.address, bucket=way.source.address)
    elif answer == "elsewhere":
        yield way.found("RECOVERY-219", role=role.address, action="kms:Decrypt", key=str(encryption.key_arn))
    elif answer == "open":
        yield way.found(_OPEN, role=role.address, may=f"may decrypt {way.source.address}")
    elif answer == "context":
        id = "RECOVERY-205" if encryption.bucket_key else "RECOVERY-203"
        yield way.found(id, role=role.address, bucket=way.source.address)


def _encrypts(way: ReplicationWay, role: ReplicationRole) -> Iterator[Found]:
    named, key_arn, key = way.replica_key
    if not named:
        return
    destination = way.destination
    copy = encryption_of(way.under_review, destination)
    arn, region = way.destination_arn, None if destination is None else destination.region
    contexts: list[str | None] = [None]
    if copy is not None and arn is not None:
        contexts = [arn if copy.bucket_key else f"{arn}/{_OBJECT}"]
    action = "kms:Encrypt"
    answer = _may_use(role, action, key_arn, key, contexts[0], region)
    if answer == "context" and copy is not None and copy.bucket_key:
        yield way.found("RECOVERY-205", role=role.address, bucket=_copy_name(way))
    elif answer == "elsewhere":
        yield way.found("RECOVERY-219", role=role.address, action=action, key=str(key_arn))
    elif answer == "open":
        yield way.found(_OPEN, role=role.address, may=f"may encrypt the copies in {_copy_name(way)}")
    elif answer in ("context", "denied"):
        yield way.found("RECOVERY-204", role=role.address, bucket=_copy_name(way), actions=action)


class _Request(TypedDict):
    """What is told of a request to use a key."""

    context: str | None
    via: str | None
    region: str | None


def _may_use(
    role: ReplicationRole,
    action: str,
    key_arn: str | None,
    key: Resource | None,
    context: str | None,
    region: str | None,
) -> Answer | Literal["elsewhere"] | None:
    """Return whether the role may use a key, `elsewhere` where the key's policy would tell; None for not known."""
    if key is not None and role.under_review.open_parts(_KEY_POLICY, "key_id", key):
        return "open"
    read = _key_statements(role.under_review, key)
    if read is None and key is not None and key.type != _ALIAS:
        return "open"  # the policy is put together at apply, and no role may use a key that its policy does not let it
    china = ".cn" if partition_of(region) == "aws-cn" else ""
    via = None if region is None else f"s3.{region}.amazonaws.com{china}"
    request = _Request(context=context, via=via, region=region)
    heard = "allowed" if read is None else _heard(role, read, action, key, request)
    if heard == "denied":
        return "denied"
    answer = _answered(role, action, key_arn, key, read, request)
    return heard if answer == "allowed" and heard == "open" else answer


def _answered(
    role: ReplicationRole,
    action: str,
    key_arn: str | None,
    key: Resource | None,
    read: list[dict[str, Any]] | None,
    request: _Request,
) -> Answer | Literal["elsewhere"] | None:
    """Return what the role's policies and the key's, which hears them, come to."""
    more = [] if read is None else role.named_by(read)
    if key_arn is not None:
        answer = role.may(action, key_arn, more, **request)
        return "elsewhere" if read is None and answer == "denied" else answer
    # The key is known only after apply, or by an alias: only what allows every key, or none at all, can be told, and
    # what its own policy denies.
    left = allows([EVERYTHING, *more], action, "*", **request, principal=role.arn)
    if left in ("denied", "open"):
        return left
    everywhere = role.may(action, "arn:aws:kms:::key/", more, **request)
    if everywhere in ("allowed", "open"):
        return everywhere
    new = None if key is None else stand_in(key)
    granted = [item for item in role.granted if item.get("Effect") == "Allow"]
    if new is not None and role.within is None:
        answer = role.may(action, new, more, **request)
        if answer != "denied":
            return answer
        # No text names a key that is to be made, but one with a star in it may.
        granted = [item for item in granted if _is_wide(item)]
    anywhere = [{**item, "Resource": "*"} for item in granted]
    named = allows(anywhere, action, "*", **request)
    return None if named != "denied" or read is None else "denied"


def _is_wide(statement: dict[str, Any]) -> bool:
    found = statement.get("Resource")
    texts = [text for text in (found if isinstance(found, list) else [found]) if isinstance(text, str)]
    wide = [text for text in texts if "*" in text or "?" in text]
    services = ["*" if arn is None else arn.service for arn in map(parse_arn, wide)]
    return "NotResource" in statement or any(matches(service, "kms") for service in services)


def _heard(
    role: ReplicationRole,
    read: list[dict[str, Any]],
    action: str,
    key: Resource | None,
    request: _Request,
) -> Answer:
    """Return whether the key's policy names the role or leaves it to IAM: else the role's policies are nothing."""
    arn = "*" if key is None else key.text("arn") or "*"
    trusting = [one for one in read if about_account(one, role.account)]
    answers = [allows([one], action, arn, **request) for one in (*trusting, *role.named_by(read))]
    return min(answers, key=_ANSWERS.index, default="denied")


def _key_statements(under_review: Lookups, key: Resource | None) -> list[dict[str, Any]] | None:
    """Return the statements of a key's policy; None where they are not in the plans."""
    if key is None or key.type == _ALIAS:
        return None
    owner = next(iter(under_review.parts_of(key.address, _KEY_POLICY, "key_id")), key)
    if owner.get("policy") in (None, "") and (owner.left_out("policy") or not owner.is_unknown("policy")):
        # Left out, AWS's own policy leaves it to IAM, in the account of the key.
        arn = parse_arn(key.text("arn"))
        root = f"arn:aws:iam::{'' if arn is None else arn.account}:root"
        return [{"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}]
    return policy_of(under_review, owner)
