"""Encryption keys: deleted, disabled or denied to all under what they encrypt, or in another Region than the copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.components import Kind
from constructs_lib.plan.document.arn import as_region, region_of_arn
from constructs_lib.review.checks.lost.found_apart import stays_at_home
from constructs_lib.review.checks.roles.bucket_encryption import ENCRYPTION
from constructs_lib.review.checks.roles.iam_policy import EVERYTHING, allows, principals
from constructs_lib.review.checks.roles.policy_documents import policy_of
from constructs_lib.review.finding import Found
from constructs_lib.review.reviewed_component import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.plan import Change, Resource
    from constructs_lib.review.plan_under_review import PlanUnderReview
    from constructs_lib.review.reviewed_component import ReviewedComponent

_KEYS: Final = tuple(name for name in types_that("read") if name.startswith("aws_kms_") and name.endswith("_key"))
"""Keys and replica keys, whose material KMS made or somebody brought."""
_SWITCHES: Final = ("is_enabled", "enabled")
_PUT_POLICY: Final = "kms:PutKeyPolicy"
_PRIMARY: Final = "aws_kms_key"
_REPLICA: Final = "aws_kms_replica_key"
_ALIAS: Final = "aws_kms_alias"
_KEY_POLICY: Final = "aws_kms_key_policy"
_VAULT: Final = "aws_backup_vault"
_BACKUPS: Final = ("backup", "backup_copy")
_DENY: Final = "Deny"
_GRANT: Final = "kms:CreateGrant"
_USED_BY_A_GRANT: Final = (Kind.DATABASE, Kind.TABLE, Kind.FILESYSTEM)
"""What uses its key by a grant that it gets when it is made; S3 and Secrets Manager use theirs for whoever asks."""
_DEFAULT: Final = ("apply_server_side_encryption_by_default", 0, "kms_master_key_id")
_ELSEWHERE: Final[tuple[tuple[str, tuple[str | int, ...]], ...]] = (
    (ENCRYPTION, ("rule", 0, *_DEFAULT)),
    ("aws_s3_bucket", ("server_side_encryption_configuration", 0, "rule", 0, *_DEFAULT)),
    ("aws_dynamodb_table", ("server_side_encryption", 0, "kms_key_arn")),
    ("aws_secretsmanager_secret", ("kms_key_id",)),
)
"""What names a key in a block, and so has no entry among the types that have one."""


def keys(under_review: PlanUnderReview) -> Iterator[Found]:
    """Yield keys that are deleted or disabled, or that nobody may use, and copies whose key is in another Region."""
    yield from _lost(under_review)
    yield from _misplaced(under_review)


# ---------------------------------------------------------------- deleted, disabled and denied


def _lost(under_review: PlanUnderReview) -> Iterator[Found]:
    gone = {key.address: does for key in under_review.before(*_KEYS) if (does := _does(under_review, key)) is not None}
    made = [key for key in under_review.after(*_KEYS) if key.address not in under_review.plan.resources_before]
    gone |= {key.address: "makes, and leaves disabled," for key in made if _is_disabled(key)}
    denied = {
        key.address: actions
        for key in under_review.after(*_KEYS)
        if key.address not in gone and (actions := _denied(under_review, key))
    }
    refused = {key.address: why for key in under_review.after(*_KEYS) if (why := _refused(under_review, key))}
    if not gone and not denied and not refused:
        return
    users = _users(under_review, {*gone, *denied, *refused})
    for address, does in gone.items():
        yield from _told(under_review, "RECOVERY-120", address, users.get(address, {}), {"does": does})
    for address, actions in denied.items():
        stopped = {
            name: use
            for name, use in users.get(address, {}).items()
            if actions != _GRANT or use[0].kind in _USED_BY_A_GRANT
        }
        if stopped:
            yield from _told(under_review, "RECOVERY-243", address, stopped, {"actions": actions})

    for address, (because, change) in refused.items():
        values = {"because": because, "change": change}
        yield from _told(under_review, "RECOVERY-334", address, users.get(address, {}), values)


_Users = dict[str, "tuple[ReviewedComponent, bool]"]
"""The components that use a key, by their addresses, and whether they do through the vault of their backups alone."""


def _told(
    under_review: PlanUnderReview, id: str, address: str, users: _Users, values: dict[str, str]
) -> Iterator[Found]:
    """Yield what is found of a key for each component that uses it, in the same words: it is one thing."""
    key = under_review.plan.resources_before.get(address) or under_review.plan.resources_after[address]
    found = list(users.values()) or [(item, False) for item in under_review.owners(address)]
    used = f", which {found[0][0].address} uses" if users else ""
    for reviewed, by_vault in found:
        # What encrypts in the component's own Region encrypts what all its copies are made of.
        ruins = users and not by_vault and key.region == reviewed.region
        yield Found(
            id=id,
            address=address,
            reviewed=reviewed,
            values={**values, "used": used},
            region=key.region,
            ruins=(reviewed.address,) if ruins else (),
            by=_BACKUPS if by_vault else (),
        )


def _does(under_review: PlanUnderReview, key: Resource) -> str | None:
    change: Change | None = under_review.changes.get(key.address)
    if change is not None and change.deleted:
        return "schedules the deletion of"
    if change is not None and change.replaced:
        return "replaces, and so schedules the deletion of,"
    after = under_review.plan.resources_after.get(key.address)
    if after is None or not _is_disabled(after):
        return None
    return "leaves disabled" if _is_disabled(key) else "disables"


def _refused(under_review: PlanUnderReview, key: Resource) -> tuple[str, str] | None:
    """Return why KMS does not make a key, and what to change; None where it does, or did."""
    if not key.created:
        return None
    if _locks_out(under_review, key):
        change = "let the root of the account, or whoever applies the plan, do kms:PutKeyPolicy"
        return "its policy lets nobody change it ever again", change
    return _no_replica(under_review, key) if key.type == _REPLICA else None


def _locks_out(under_review: PlanUnderReview, key: Resource) -> bool:
    """Whether the policy of a key is known, and lets nobody write another (KMS API, CreateKey, Policy)."""
    if key.text("policy") is None or key.get("bypass_policy_lockout_safety_check") is True:
        return False
    read = policy_of(under_review, key)
    return read is not None and allows([{**item, "Resource": "*"} for item in read], _PUT_POLICY, "*") == "denied"


def _no_replica(under_review: PlanUnderReview, replica: Resource) -> tuple[str, str] | None:
    key = under_review.target(replica, "primary_key_arn", _PRIMARY)
    if key is None:
        return None
    name = "multi_region"
    if key.get(name) is not True and (key.left_out(name) or not key.is_unknown(name)):
        change = (
            f"set multi_region = true on {key.address} before anything is encrypted with it: a key stays what it is"
        )
        return f"it is to be a replica of {key.address}, which is no multi-Region key", change
    if replica.same_region(key) is True:
        return (
            f"it is to be a replica of {key.address} in the Region of that key",
            "give it the provider of another Region",
        )
    return None


def _is_disabled(key: Resource) -> bool:
    return any(key.get(name) is False for name in _SWITCHES)


def _denied(under_review: PlanUnderReview, key: Resource) -> str:
    """Return what the policy of a key denies everybody, of what whoever reads with it does; nothing for most."""
    owner = next(iter(under_review.parts_of(key.address, _KEY_POLICY, "key_id")), key)
    text = owner.text("policy")
    if text is not None and _DENY not in text:
        return ""
    everybody = [
        item
        for item in policy_of(under_review, owner) or ()
        if item.get("Effect") == _DENY and not item.get("Condition") and "*" in principals(item)
    ]
    if not everybody:
        return ""
    # What services have by a grant already they keep, but for what is denied of everybody.
    asked = ("kms:Decrypt", _GRANT) if key.created else ("kms:Decrypt",)
    return ", ".join(action for action in asked if allows([EVERYTHING, *everybody], action, "*") == "denied")


def _users(under_review: PlanUnderReview, keys: set[str]) -> dict[str, _Users]:
    """Return the components that use each key, by what their resources say before the plan, and after it."""
    names = {
        text: address
        for address in keys
        for name in ("arn", "key_id")
        if (key := under_review.plan.resources_before.get(address)) is not None and (text := key.text(name)) is not None
    }
    found: dict[str, _Users] = {}
    for reviewed in under_review.reviewed_components.values():
        for member in reviewed.members:
            resource = under_review.plan.resources_before.get(member)
            if resource is None or resource.address in keys:
                continue
            for text in _texts(resource.values):
                if text in names:
                    _add(found.setdefault(names[text], {}), resource, reviewed)
    for resource, path, _, _ in (*_placed(under_review), *_encrypting(under_review)):
        named = _key_of(under_review, resource, path)
        for reviewed in under_review.owners(resource.address) if named in keys else ():
            _add(found.setdefault(str(named), {}), resource, reviewed)
    return found


def _add(users: _Users, resource: Resource, reviewed: ReviewedComponent) -> None:
    by_vault = resource.type == _VAULT
    if by_vault and reviewed.kind is Kind.DATABASE and resource.region == reviewed.region:
        # Of a database the backups are encrypted with its own key, and copies alone with that of their vault.
        return
    _, before = users.get(reviewed.address, (reviewed, True))
    users[reviewed.address] = reviewed, by_vault and before


def _key_of(under_review: PlanUnderReview, resource: Resource, path: tuple[str | int, ...]) -> str | None:
    """Return the address of the key that an argument names, itself or by an alias."""
    found = under_review.target(resource, path, *_KEYS, _ALIAS)
    if found is not None and found.type == _ALIAS:
        found = under_review.target(found, "target_key_id", *_KEYS)
    return None if found is None else found.address


def _encrypting(under_review: PlanUnderReview) -> Iterator[tuple[Resource, tuple[str | int, ...], None, None]]:
    """Yield what else names a key that it encrypts with."""
    for type, path in _ELSEWHERE:
        for resource in under_review.after(type):
            yield resource, path, None, None


def _texts(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            yield here
        elif isinstance(here, dict):
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


# ---------------------------------------------------------------- in the wrong Region


_PLACED: Final = types_that("key")
"""Resources that are in the Region their key must be in."""

_REPLICATED: Final = types_that("replica")


def _misplaced(under_review: PlanUnderReview) -> Iterator[Found]:
    for resource, path, expected, what in _placed(under_review):
        found = None if expected is None else _compared(under_review, resource, path, expected, what)
        if found is not None:
            yield found


def _placed(under_review: PlanUnderReview) -> Iterator[tuple[Resource, tuple[str | int, ...], str | None, str]]:
    """Yield each argument that may name a key, the Region that it must be in, and what needs it there."""
    for resource in under_review.after(*_PLACED):
        name = _PLACED[resource.type].key
        assert name is not None, "these are the types that have one"
        if resource.get(name) or resource.is_unknown(name):
            yield resource, (name,), resource.region, f"{name} of"
    for resource in under_review.after(*_REPLICATED):
        replica = _REPLICATED[resource.type].replica
        assert replica is not None, "these are the types that have one"
        for index, block in enumerate(resource.blocks(replica.block)):
            path = (replica.block, index, replica.key)
            yield resource, path, as_region(block.get(replica.region)), "a replica of"
    for resource in under_review.after("aws_s3_bucket_replication_configuration"):
        for index, _ in enumerate(resource.blocks("rule")):
            bucket = ("rule", index, "destination", 0)
            key = (*bucket, "encryption_configuration", 0, "replica_kms_key_id")
            if resource.get(*key) is not None or resource.is_unknown(*key):
                yield resource, key, _bucket_region(under_review, resource, bucket), "a rule of"


def _bucket_region(under_review: PlanUnderReview, resource: Resource, path: tuple[str | int, ...]) -> str | None:
    regions = {
        found.region
        for address in under_review.plan.resolve(resource.address, (*path, "bucket"))
        if (found := under_review.plan.resources_after.get(address)) is not None and found.type == "aws_s3_bucket"
    }
    return regions.pop() if len(regions) == 1 else None


def _compared(
    under_review: PlanUnderReview, resource: Resource, path: tuple[str | int, ...], expected: str, what: str
) -> Found | None:
    """Return that a key is in another Region than *expected*, where it is and that is anybody's concern."""
    region = region_of_arn(resource.get(*path))
    if region is None and resource.is_unknown(*path):
        regions = {
            found.region
            for address in under_review.plan.resolve(resource.address, path)
            if (found := under_review.plan.resources_after.get(address)) is not None and found.type in _KEYS
        }
        region = regions.pop() if len(regions) == 1 else None
    if region is None or region == expected:
        return None
    concern, reviewed = under_review.concerns(resource.address)
    if not concern or _stays_at_home(under_review, resource):
        return None
    values = {"what": f"{what} {resource.address}", "region": region, "expected": expected}
    return Found(id="RECOVERY-206", address=resource.address, reviewed=reviewed, values=values, region=expected)


def _stays_at_home(under_review: PlanUnderReview, resource: Resource) -> bool:
    """Whether it makes a copy in the original's own Region, the only one: that is found, and the key is right then."""
    for owner in under_review.owners(resource.address):
        if owner.after is None or owner.objective.region is None:
            continue
        after = owner.after
        doubts = [doubt for item in after.protections if item.address == resource.address for doubt in item.doubts]
        if any(map(stays_at_home, doubts)) and not any(leaves_region(after, item) for item in counted(after)):
            return True
    return False
