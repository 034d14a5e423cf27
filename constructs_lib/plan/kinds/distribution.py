"""CloudFront distributions and their origin groups."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from constructs_lib.catalog.limits import limit
from constructs_lib.components import ENABLED, Kind
from constructs_lib.plan.document.arn import parse_arn, region_of_host
from constructs_lib.plan.document.policy import acts, listed, principals, statements
from constructs_lib.plan.document.resource import as_number, blocks_in, listed_in
from constructs_lib.plan.kinds.bucket import REPLICATION, replication_rules
from constructs_lib.plan.kinds.component_builder import ComponentBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.components import Protection
    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.kinds.bucket import ReplicationRule
    from constructs_lib.plan.side import Side

_TYPE: Final = "aws_cloudfront_distribution"
_BUCKET: Final = "aws_s3_bucket"
_POLICY: Final = "aws_s3_bucket_policy"
_ACCESS: Final = "aws_s3_bucket_public_access_block"
_RESTRICTS: Final = "restrict_public_buckets"
_ENCRYPTION: Final = "aws_s3_bucket_server_side_encryption_configuration"
_KEYS: Final = ("aws_kms_key", "aws_kms_replica_key")
_KEY_POLICY: Final = "aws_kms_key_policy"
_DEFAULT: Final = ("rule", 0, "apply_server_side_encryption_by_default", 0)
_OF_AWS: Final = "alias/aws/s3"
_MEMBERS: Final = 2
_OPEN: Final = "not known before apply"
_SERVICE: Final = "cloudfront.amazonaws.com"
_DISTRIBUTION: Final = ":distribution/"
_UNREACHABLE: Final = frozenset(limit("cloudfront.unreachable_status_code").values)
_OUTAGES: Final = frozenset(limit("cloudfront.outage_status_code").values)


class _Origin:
    """One origin of a distribution, and where it is."""

    __slots__ = ("block", "index", "region", "resource")

    def __init__(self, side: Side, distribution: Resource, index: int, block: dict[str, Any]) -> None:
        self.index = index
        self.block = block
        self.resource = None
        host = block.get("domain_name")
        if isinstance(host, str) and host:
            # The bucket says it best: the global host name of a bucket names no Region.
            self.resource = _bucket_of(side, host)
            self.region = region_of_host(host) if self.resource is None else self.resource.region
            return
        blocks = side.matching_blocks(distribution, "origin", {"origin_id": block.get("origin_id")})
        found = {item.address: item for item in side.referred_in(distribution, blocks, ("domain_name",))}
        self.resource = next(iter(found.values())) if len(found) == 1 else None
        self.region = None if self.resource is None else self.resource.region

    @property
    def custom(self) -> bool:
        return bool(blocks_in(self.block, "custom_origin_config"))


def read_distributions(side: Side, stateful: Sequence[ComponentBuilder]) -> Iterator[ComponentBuilder]:
    """Yield a builder for each distribution; it counts as being in the Region of its primary origin.

    Args:
        side: Where they are.
        stateful: What holds what they serve; buckets among it.
    """
    buckets = {item.main.address: item for item in stateful if item.kind is Kind.BUCKET} if side.of(_TYPE) else {}
    for distribution in side.of(_TYPE):
        origins = {
            str(block.get("origin_id")): _Origin(side, distribution, index, block)
            for index, block in enumerate(distribution.blocks("origin"))
        }
        groups = {str(block.get("origin_id")): block for block in distribution.blocks("origin_group")}
        default = str(distribution.get("default_cache_behavior", 0, "target_origin_id"))
        others = {str(item.get("target_origin_id")) for item in distribution.blocks("ordered_cache_behavior")}
        group = groups.get(default)
        name = default
        doubts = []
        if group is None:
            name = next((item for item in sorted(others) if item in groups), default)
            group = groups.get(name)
            if group is not None:
                doubts.append("the default behavior does not use it, so only some paths fail over")
        elif any(str(item.get("origin_id")) in others for item in blocks_in(group, "member")[:1]):
            doubts.append("another behavior goes to its first origin alone, so only some paths fail over")
        members = [origins.get(str(item.get("origin_id"))) for item in blocks_in(group or {}, "member")]
        primary = members[0] if members else origins.get(default)
        builder = ComponentBuilder(
            main=distribution,
            kind=Kind.DISTRIBUTION,
            region=None if primary is None else primary.region,
        )
        for origin in origins.values():
            if origin.resource is not None:
                builder.join(origin.resource)
        if primary is not None and any(_is_beside(origins.get(item), primary) for item in others):
            doubts.append("another behavior goes to a bucket in the same Region alone, so only some paths fail over")
        target = ("default_cache_behavior", 0, "target_origin_id")
        if distribution.is_unknown("origin_group") or (groups and distribution.is_unknown(*target)):
            builder.protect(side.notes, "origin_group", distribution, unknown=[ENABLED])
        elif group is not None and primary is not None:
            wrong = _wrong(side, builder, group, members, buckets)
            for other in sorted((others & groups.keys()) - {name}):
                pair = [origins.get(str(item.get("origin_id"))) for item in blocks_in(groups[other], "member")]
                wrong = wrong.also(_wrong(side, builder, groups[other], pair, buckets))
            _origin_group(side, builder, primary, members, _Wrong(doubts + wrong.doubts, wrong.perhaps))
        elif groups:
            side.notes.add(distribution, "no behavior uses its origin group")
        yield builder


class _Wrong(NamedTuple):
    """Why an origin group does not work, and why it may not."""

    doubts: list[str]
    perhaps: list[str]

    def also(self, other: _Wrong) -> _Wrong:
        """Return the same with what is wrong with another group, by which some paths go."""
        first, second = ([f"on some paths, {item}" for item in items] for items in other)
        return _Wrong(self.doubts + first, self.perhaps + second)


def _wrong(
    side: Side,
    builder: ComponentBuilder,
    group: dict[str, Any],
    members: list[_Origin | None],
    buckets: Mapping[str, ComponentBuilder],
) -> _Wrong:
    """Return what is wrong with an origin group."""
    doubts = []
    codes = {
        as_number(code) for item in blocks_in(group, "failover_criteria") for code in listed_in(item, "status_codes")
    }
    if codes and not codes & _OUTAGES:
        doubts.append("it fails over on no status code of an outage")
    elif codes and not codes >= _UNREACHABLE:
        doubts.append("it does not fail over where CloudFront cannot connect to the first origin: it lacks 503")
    perhaps: list[str] = []
    primary, secondary = members if len(members) == _MEMBERS else (None, None)
    if secondary is None:
        doubts.append("it has no second origin")
    elif primary is None:
        perhaps.append(f"whether it has a first origin is {_OPEN}")
    elif secondary is primary or _same_place(primary, secondary):
        doubts.append("both its members are the same origin")
    elif _together(primary, secondary):
        doubts.append("both its origins are in the same Region")
    elif (closed := _closed(side, builder.main, primary, secondary)) is not None:
        doubts.append(closed)
    elif primary.resource is not None and primary.resource.address in buckets:
        empty, perhaps = _copied(side, builder, buckets[primary.resource.address], secondary)
        doubts += empty
    return _Wrong(doubts, perhaps)


def _is_beside(origin: _Origin | None, primary: _Origin) -> bool:
    """Whether an origin that no group stands by is another bucket in the Region of the first."""
    if origin is None or origin is primary or origin.resource is None or origin.resource.type != _BUCKET:
        return False
    return origin.region == primary.region is not None


def _origin_group(
    side: Side, builder: ComponentBuilder, primary: _Origin, members: list[_Origin | None], wrong: _Wrong
) -> None:
    secondary = members[1] if len(members) == _MEMBERS else None
    doubts, perhaps = wrong
    distribution, place = builder.main, ("origin", primary.index)
    parameters: dict[str, object] = {
        "custom_origin": primary.custom,
        "connection_attempts": as_number(primary.block.get("connection_attempts")),
        "connection_timeout_seconds": as_number(primary.block.get("connection_timeout")),
    }
    unknown = [
        parameter
        for parameter, argument in (
            ("connection_attempts", "connection_attempts"),
            ("connection_timeout_seconds", "connection_timeout"),
            ("custom_origin", "custom_origin_config"),
        )
        if distribution.is_unknown(*place, argument)
    ]
    if primary.custom:
        parameters["read_timeout_seconds"] = as_number(
            blocks_in(primary.block, "custom_origin_config")[0].get("origin_read_timeout")
        )
        if distribution.is_unknown(*place, "custom_origin_config", 0, "origin_read_timeout"):
            unknown.append("read_timeout_seconds")
    builder.protect(
        side.notes,
        "origin_group",
        distribution,
        region=None if secondary is None else secondary.region,
        parameters=parameters,
        doubts=doubts or perhaps,
        unknown=unknown if doubts or not perhaps else [*unknown, ENABLED],
    )


def _closed(side: Side, distribution: Resource, primary: _Origin, secondary: _Origin) -> str | None:
    """Return why CloudFront cannot read the bucket that is the second origin; None where nothing says so.

    How it reads the first one tells what the second one needs: who signs, and a policy that lets it. A plan that shows
    neither for the first shows it nowhere.
    """
    bucket = secondary.resource
    if bucket is None or bucket.type != _BUCKET:
        return None
    if secondary.custom:
        # Nobody signs requests to the website of a bucket, or to a bucket as if it were any server.
        hidden = any(
            item.get(_RESTRICTS) is True for item in side.parts(_BUCKET, _ACCESS, "bucket").get(bucket.address, [])
        )
        return f"CloudFront may not read its second origin: {bucket.address} blocks public access" if hidden else None
    signed = [_signs(distribution, origin) for origin in (primary, secondary)]
    if signed[0] and signed[1] is None:
        return "CloudFront may not read its second origin: it has no origin access control, as the first has"
    allowed = [_has_policy(side, origin.resource) for origin in (primary, secondary)]
    if allowed[0] and not allowed[1]:
        return "CloudFront may not read its second origin: the bucket has no policy, as the first has"
    if signed[1] and not _admits(side, bucket, distribution, signed[1]):
        return "CloudFront may not read its second origin: the policy of the bucket does not let it read objects"
    for part in side.parts(_BUCKET, _ENCRYPTION, "bucket").get(bucket.address, []):
        if not str(part.get(*_DEFAULT, "sse_algorithm")).startswith("aws:kms"):
            continue
        if signed[1] == "identity":
            return "CloudFront may not read its second origin: an origin access identity cannot decrypt with a KMS key"
        if signed[1] and not _decrypts(side, part):
            return "CloudFront may not read its second origin: the policy of its KMS key does not let it decrypt"
    return None


def _copied(
    side: Side, builder: ComponentBuilder, first: ComponentBuilder, secondary: _Origin
) -> tuple[list[str], list[str]]:
    """Return why what the second origin answers with is no copy of the first one, and why it may be none.

    Whoever fills both buckets alike needs no replication, and shows in no plan: what nothing copies is open. What was
    meant to be a copy, and is none, is not.
    """
    named = _name_of(secondary)
    if secondary.resource is None and named is None:
        return [], []
    meant = [item for item in replication_rules(side, first.main) if _leads_to(item, secondary.resource, named)]
    if meant:
        builder.join(*(item.by for item in meant))
        by = [item for item in first.protections if item.mechanism == "replication" and _is_by(item, meant)]
        return _proved(by)
    if secondary.resource is not None and _is_written_to(side, secondary.resource, first.main):
        return [], []
    if _leads_anywhere(side, first.main) or (
        secondary.resource is not None and _leads_anywhere(side, secondary.resource)
    ):
        return [], ["whether its first origin is copied to the second is not known before apply"]
    others = {_shown(item) for item in replication_rules(side, first.main) if item.enabled is True}
    if others:
        return [f"nothing copies its first origin to the second: replication leads to {', '.join(sorted(others))}"], []
    was = side.was.resources.get(first.main.address)
    if was is not None and any(
        item.enabled is True and _leads_to(item, secondary.resource, named) for item in replication_rules(side.was, was)
    ):
        return ["nothing copies its first origin to the second any more"], []
    second = named if secondary.resource is None else secondary.resource.address
    return [], [
        f"no plan given copies {first.main.address} to {second}, its second origin, and what else may fill that is not "
        "known before apply"
    ]


def _proved(copies: list[Protection]) -> tuple[list[str], list[str]]:
    """Return why none of the *copies* is one, and why none may be one; the best of them counts."""
    if not copies or any(not item.doubts and ENABLED not in item.unknown for item in copies):
        return [], []
    # A rule for some of the objects may be for all that is served.
    if any(ENABLED in item.unknown or all("prefixes or tags" in doubt for doubt in item.doubts) for item in copies):
        return [], ["whether its first origin is copied to the second is not known before apply"]
    return [f"nothing copies its first origin to the second: {copies[0].doubts[0]}"], []


def _is_by(protection: Protection, rules: list[ReplicationRule]) -> bool:
    return any((protection.address, protection.region) == (rule.by.address, rule.region) for rule in rules)


def _leads_to(rule: ReplicationRule, bucket: Resource | None, name: str | None) -> bool:
    """Whether a rule copies to this bucket, by its address or, where it is in another state, by its name."""
    if rule.destination is not None:
        return bucket is not None and rule.destination.address == bucket.address
    return name is not None and _named(rule) == name


def _named(rule: ReplicationRule) -> str | None:
    arn = parse_arn(rule.text)
    return None if arn is None else arn.resource


def _shown(rule: ReplicationRule) -> str:
    """Return what a rule leads to, as people call it."""
    if rule.destination is None:
        return str(_named(rule))
    return rule.destination.text("bucket") or rule.destination.address


def _is_written_to(side: Side, second: Resource, first: Resource) -> bool:
    """Whether it is the second origin that is written to, and copied to the first."""
    rules = replication_rules(side, second)
    return any(rule.enabled is True and _leads_to(rule, first, first.text("bucket")) for rule in rules)


def _leads_anywhere(side: Side, bucket: Resource) -> bool:
    """Whether a bucket may be replicated to one that a plan does not tell."""
    if side.loose_parts(bucket, REPLICATION, "bucket"):
        return True
    if any(part.is_unknown("rule") for part in side.parts(_BUCKET, REPLICATION, "bucket").get(bucket.address, [])):
        return True
    rules = replication_rules(side, bucket)
    return any(rule.enabled is not False and rule.destination is None and _named(rule) is None for rule in rules)


def _name_of(origin: _Origin) -> str | None:
    """Return the name of the bucket that an origin is; None where it is none, or not known."""
    host = origin.block.get("domain_name")
    if origin.resource is not None and origin.resource.type == _BUCKET:
        return origin.resource.text("bucket")
    return host.partition(".s3")[0] if isinstance(host, str) and ".s3" in host and not origin.custom else None


def _decrypts(side: Side, encryption: Resource) -> bool:
    """Whether the policy of a bucket's key lets CloudFront decrypt, or cannot be read; AWS's own key lets nobody."""
    named = [side.link(encryption, (*_DEFAULT, "kms_master_key_id"), type) for type in _KEYS]
    key = next((link.target for link in named if link.target is not None), None)
    if key is None:
        return not all(link.known and (link.text is None or link.text.endswith(_OF_AWS)) for link in named)
    apart = side.parts(key.type, _KEY_POLICY, "key_id").get(key.address, [])
    loose = side.loose_parts(key, _KEY_POLICY, "key_id")
    owner = apart[0] if apart else key
    if loose or (owner.is_unknown("policy") and not owner.left_out("policy")):
        return True
    # Left out, the policy that KMS makes leaves it to IAM, which grants services nothing.
    return any(
        item.get("Effect") == "Allow" and acts(item, "kms:decrypt") and {"*", _SERVICE} & {*principals(item, "Service")}
        for item in statements(owner.text("policy"))
    )


def _signs(distribution: Resource, origin: _Origin) -> str | None:
    """Return what CloudFront signs its requests to an origin with: a control or an identity; None for nothing."""
    place = ("origin", origin.index)
    if origin.block.get("origin_access_control_id") or distribution.is_unknown(*place, "origin_access_control_id"):
        return "control"
    named = any(item.get("origin_access_identity") for item in blocks_in(origin.block, "s3_origin_config"))
    identity = (*place, "s3_origin_config", 0, "origin_access_identity")
    return "identity" if named or distribution.is_unknown(*identity) else None


def _has_policy(side: Side, bucket: Resource | None) -> bool:
    if bucket is None or bucket.type != _BUCKET:
        return False
    parts = side.parts(_BUCKET, _POLICY, "bucket").get(bucket.address, [])
    return bool(parts or bucket.text("policy") or side.loose_parts(bucket, _POLICY, "bucket"))


def _admits(side: Side, bucket: Resource, distribution: Resource, signed: str) -> bool:
    """Whether a policy of the bucket lets the distribution read its objects and none denies it, or none can be read."""
    parts = side.parts(_BUCKET, _POLICY, "bucket").get(bucket.address, [])
    texts, name = [part.text("policy") for part in parts], bucket.text("bucket")
    if not texts or name is None or None in texts or side.loose_parts(bucket, _POLICY, "bucket"):
        return True
    read = [item for text in texts for item in statements(text) if _reads(item, name, distribution, signed)]
    denied = any(item.get("Effect") == "Deny" and not item.get("Condition") for item in read)
    return not denied and any(item.get("Effect") == "Allow" for item in read)


def _reads(statement: dict[str, Any], bucket: str, distribution: Resource, signed: str) -> bool:
    """Whether a statement is about the distribution and the objects of the bucket."""
    wanted = f":::{bucket}/any"
    place = "NotResource" in statement or any(
        fnmatchcase(wanted, item[item.find(":::") :] if ":::" in item else item)
        for item in listed(statement, "Resource")
    )
    if not place or not acts(statement, "s3:getobject"):
        return False
    if signed == "identity":
        return True  # its user is not always known, nor by one name
    arn = distribution.text("arn")
    conditions = statement.get("Condition")
    asked = [
        text
        for keys in (conditions.values() if isinstance(conditions, dict) else ())
        for key in (keys if isinstance(keys, dict) else ())
        if str(key).lower() == "aws:sourcearn"
        for text in listed(keys, key)
    ]
    # A stack that was only synthesized has no ARN of its own yet, and may name the account by an expression.
    told = arn is not None and _DISTRIBUTION in arn and not any("${" in text for text in asked)
    meant = not told or not asked or any(fnmatchcase(arn or "", text) for text in asked)
    if asked and distribution.created and distribution.is_unknown("arn"):
        # Of one that is to be made nobody can have written the id.
        meant = any(any(mark in text.rpartition("/")[2] for mark in "*?$") for text in asked)
    return meant and bool({"*", _SERVICE} & {*principals(statement, "Service")})


def _same_place(primary: _Origin, secondary: _Origin) -> bool:
    """Whether both origins have one host and path, wherever that is; in a known Region that is said of the Region."""
    both = [(origin.block.get("domain_name"), origin.block.get("origin_path") or "") for origin in (primary, secondary)]
    return primary.region is None and both[0] == both[1] and bool(both[0][0])


def _together(primary: _Origin, secondary: _Origin) -> bool:
    """Whether both origins are known to be in one Region, whatever that is called."""
    if primary.region is not None and secondary.region is not None:
        return primary.region == secondary.region
    both = primary.resource, secondary.resource
    return both[0] is not None and both[1] is not None and both[0].same_region(both[1]) is True


def _bucket_of(side: Side, host: str) -> Resource | None:
    """Return the bucket in this plan that an S3 host name belongs to."""
    name, found, _ = host.partition(".s3")
    return side.find(_BUCKET, name) if found else None
