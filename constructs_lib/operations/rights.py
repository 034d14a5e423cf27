"""The IAM policy that an operation needs: the calls of its procedures, on what they name, and what these imply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from constructs_lib.catalog.access.authorization import load_authorization
from constructs_lib.errors import RefusedError
from constructs_lib.operations.facts import Facts
from constructs_lib.operations.preflight import preflight_calls
from constructs_lib.procedures import Call, Each, Role
from constructs_lib.procedures.command import ACCOUNT
from constructs_lib.procedures.fill import fill
from constructs_lib.procedures.value import Carried, Json, Lookup, Metadata, Name, names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.operations.clients import Clients
    from constructs_lib.operations.plan import ComponentPlan, Plan
    from constructs_lib.procedures import Step

__all__ = ["policy_of"]

_ANY: Final = "*"
_READ: Final = ("s3:ListBucket", "s3:GetObject", "s3:GetObjectTagging", "kms:Decrypt")
_WRITE: Final = ("s3:PutObject", "s3:PutObjectTagging", "kms:GenerateDataKey")
_EACH: Final[dict[Each, dict[Role | None, tuple[str, ...]]]] = {
    Each.DELETED_SINCE: {None: ("s3:ListBucketVersions", "s3:DeleteObjectVersion")},
    Each.OVERWRITTEN_SINCE: {
        None: (
            "s3:ListBucketVersions",
            "s3:GetObjectVersion",
            "s3:GetObjectVersionTagging",
            "kms:Decrypt",
            *_WRITE,
        )
    },
    # What is at home is looked at, too: without the right to list, S3 does not say that an object is missing. Parts are
    # decrypted when they are put together.
    Each.WRITTEN_THERE: {Role.HOME: ("s3:ListBucket", "s3:GetObject", "kms:Decrypt", *_WRITE), Role.RECOVERY: _READ},
}
"""What is done for each object, by the side it is done on; None: that of the call."""
_SAMPLED: Final = ("s3:ListBucketVersions", "s3:GetObjectVersion", "s3:GetObjectVersionTagging", "kms:Decrypt")
"""What is done to the bucket that a drill reads a sample of."""


class _Condition(msgspec.Struct, frozen=True, order=True):
    """Narrows a statement where no ARN can."""

    operator: str
    key: str
    value: str


_Grant = tuple[str, str, "_Condition | None"]
"""An action, an ARN, and what narrows it."""


def policy_of(
    plan: Plan, journal: str | None = None, *, beside_documents: bool = False, kit: str | None = None
) -> dict[str, Any]:
    """Return the IAM policy document that running *plan* needs.

    Args:
        plan: What is to be done.
        journal: Where the journal is kept, as `s3://BUCKET/PREFIX`; None: on the machine alone.
        beside_documents: Whether that is the bucket of the workload's documents, whose key the stacks tell.
        kit: Where the kit is read from, as `s3://BUCKET/PREFIX`; None: from no bucket.

    Resources are named by what the stacks tell and by the names that the procedures will give. Where AWS makes a name
    up, all of the type in that Region are meant; where AWS knows no resource for an action, `*` is.
    """
    grants = [grant for stage in plan.stages for item in stage for grant in _grants(plan, item)]
    if journal is not None:
        grants += _keys_of_bucket(plan, ("kms:Decrypt", "kms:GenerateDataKey"), beside_documents=beside_documents)
    if kit is not None:
        grants += _keys_of_bucket(plan, ("kms:Decrypt",), beside_documents=_is_of(kit, journal) and beside_documents)
    statements = list(_statements(grants))
    if journal is not None:
        bucket, _, prefix = _without_account(journal).removeprefix("s3://").partition("/")
        statements.append(
            {
                "Sid": "Journal",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"arn:aws:s3:::{bucket}/{prefix}/*",
            }
        )
        statements.append(
            {"Sid": "Journals", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}
        )
    if kit is not None:
        read = f"arn:aws:s3:::{_without_account(kit).removeprefix('s3://').strip('/')}/*"
        statements.append({"Sid": "Kit", "Effect": "Allow", "Action": "s3:GetObject", "Resource": read})
    return {"Version": "2012-10-17", "Statement": statements}


def _is_of(kit: str, journal: str | None) -> bool:
    """Tell whether a kit is in the bucket of the journal."""
    return journal is not None and fnmatchcase(kit.split("/")[2], _without_account(journal).split("/")[2])


def _keys_of_bucket(plan: Plan, actions: Iterable[str], *, beside_documents: bool) -> Iterator[_Grant]:
    """Yield the use of the key that a bucket of ours is encrypted with: a read or write without it is refused."""
    found = [item for item in plan.components if item.names.get("recovery_key") and item.names.get("recovery_region")]
    for action in actions:
        if beside_documents and found:
            # All buckets of a site have the key of the site.
            for arn, condition in _Granting(found[0]).keys(found[0].names["recovery_region"], {}):
                yield action, arn, condition
        else:
            # The key of somebody's own bucket is told nowhere: any that S3 uses for us.
            yield action, "arn:aws:kms:*:*:key/*", _Condition("StringLike", "kms:ViaService", "s3.*.amazonaws.com")


def _statements(grants: Iterable[_Grant]) -> Iterator[dict[str, Any]]:
    """Yield a statement for each set of resources that actions share."""
    arns: dict[tuple[_Condition | None, str], set[str]] = defaultdict(set)
    for action, arn, condition in grants:
        arns[condition, action].add(arn)
    actions: dict[tuple[_Condition | None, tuple[str, ...]], list[str]] = defaultdict(list)
    for (condition, action), named in sorted(arns.items(), key=lambda item: item[0][1]):
        actions[condition, tuple(sorted(_widest(named)))].append(action)
    count: dict[str, int] = defaultdict(int)
    for (condition, resources), shared in actions.items():
        service = shared[0].partition(":")[0]
        count[service] += 1
        yield {
            "Sid": f"{service.capitalize()}{count[service]}",
            "Effect": "Allow",
            "Action": sorted(set(shared)),
            "Resource": list(resources) if len(resources) > 1 else resources[0],
            **({"Condition": {condition.operator: {condition.key: condition.value}}} if condition else {}),
        }


def _widest(arns: Iterable[str]) -> Iterator[str]:
    """Yield those of *arns* that no other one covers."""
    found = set(arns)
    return (arn for arn in found if not any(other != arn and fnmatchcase(arn, other) for other in found))


def _grants(plan: Plan, item: ComponentPlan) -> Iterator[_Grant]:
    granting = _Granting(item)
    steps = [step for step in item.steps if granting.may_be_needed(step)]
    for step in steps:
        yield from granting.step(step)
    calls = [call for step in steps for call in step.calls()]
    others = list(preflight_calls(replace(plan, components=(item,))))
    if item.procedure.lag is not None and item.is_dangerous:
        others.append(item.procedure.lag.call)
    for call in others:
        yield from granting.call(call)
    used = {name for call in (*calls, *others) for value in call.parameters.values() for name in names_in(value)}
    for value in ({name: item.names.get(name) for name in used}, item.declared):
        for lookup in _lookups(value):
            yield from granting.lookup(lookup)


def _lookups(value: Any) -> Iterator[Lookup]:
    """Yield what AWS is asked for in the arguments of Terraform."""
    if isinstance(value, Lookup):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _lookups(item)
    elif isinstance(value, list):
        for item in value:
            yield from _lookups(item)


class _Unasked:
    """Stands for AWS, which is not asked."""

    simulated = False

    def call(self, service: str, operation: str, *_: object, **__: object) -> Mapping[str, Any]:
        """Tell nothing."""
        msg = f"{service}:{operation} is not asked"
        raise RefusedError(msg)

    page = call_briefly = call


class _Granting:
    """Names what one component's calls need."""

    def __init__(self, item: ComponentPlan) -> None:
        clients: Clients = _Unasked()
        self._names = item.names
        self._facts = Facts(item.names, item.declared, {"account": item.names.get("account", _ANY)}, clients)
        self._known = load_authorization()

    def may_be_needed(self, step: Step) -> bool:
        """Tell whether the step may have anything to do; where only the stacks tell that, they have."""
        told = [value for value in step.needs if isinstance(value, Carried) and not value.path]
        return all(self._facts.carried(value) is not None for value in told)

    def step(self, step: Step) -> Iterator[_Grant]:
        """Yield what a step needs."""
        if step.each is None:
            for call in step.calls():
                yield from self.call(call)
            return
        assert step.call is not None
        if step.each is Each.SAMPLED:
            read = "{bucket}" if step.call.region is Role.HOME else "{recovery_bucket}"
            region = self._facts.region(step.call.region)
            for action in _SAMPLED:
                yield from self._on(action, region, {"Bucket": self._filled(read)})
            for action in _WRITE:
                yield from self._on(action, region, {"Bucket": self._filled("{restored}")})
            return
        for role, actions in _EACH[step.each].items():
            side = role or step.call.region
            bucket = self._filled("{bucket}" if side is Role.HOME else "{recovery_bucket}")
            for action in actions:
                yield from self._on(action, self._facts.region(side), {"Bucket": bucket})

    def call(self, call: Call) -> Iterator[_Grant]:
        """Yield what a call needs."""
        given = {
            member: self._filled(value)
            for member, value in _members(call.parameters)
            # What nobody settled is not given; what AWS will tell is, and is not known yet.
            if not isinstance(value, Name) or value.required or self._names.get(value.key)
        }
        yield from self._asked(call.service, call.operation, self._facts.region(call.region), given)

    def lookup(self, lookup: Lookup) -> Iterator[_Grant]:
        """Yield what it takes to ask for a name that AWS makes up."""
        for asked in _lookups(dict(lookup.parameters)):
            yield from self.lookup(asked)
        yield from self._asked(lookup.service, lookup.operation, lookup.region, lookup.parameters)
        if lookup.tagged:
            yield from self._asked(lookup.service, lookup.describe[0], lookup.region, {lookup.describe[1]: None})

    def _asked(self, service: str, operation: str, region: str, given: Mapping[str, Any]) -> Iterator[_Grant]:
        service = self._known.services.get(service, service)
        action = self._known.operations.get(f"{service}:{operation}", f"{service}:{operation}")
        yield from self._on(action, region, given)
        # An instance is made in a cluster, which stays what it is.
        not_made = ("Source", "DBCluster") if operation == "CreateDBInstance" else ("Source",)
        made = {member: value for member, value in given.items() if not member.startswith(not_made)}
        for member, implied in self._known.actions[action].implies.items():
            if member in ("*", *given):
                for other in implied:
                    # What RDS does besides is done to what is made; a restored table is read as well.
                    yield from self._on(other, region, made if other.startswith("rds:") else given)

    def _on(self, action: str, region: str, given: Mapping[str, Any]) -> Iterator[_Grant]:
        """Yield *action* on each resource that the call's members name."""
        service, known = action.partition(":")[0], self._known.actions[action]
        if service == "kms":
            yield from ((action, arn, condition) for arn, condition in self.keys(region, given))
            return
        if action == "iam:PassRole":
            for member, to in self._known.passed_to.items():
                if member in given:
                    condition = _Condition("StringEquals", "iam:PassedToService", to)
                    yield from ((action, arn, condition) for arn in self._named(service, "role", region, given))
            return
        if action == "cloudwatch:PutMetricData":
            yield action, _ANY, _Condition("StringEquals", "cloudwatch:namespace", str(given["Namespace"]))
            return
        types = self._known.types.get(service, {})
        named = [type_ for type_ in known.optional if not given.keys().isdisjoint(types[type_].named_by)]
        arns = {arn for type_ in (*known.types, *named) for arn in self._named(service, type_, region, given)}
        yield from ((action, arn, None) for arn in arns or {_ANY})

    def _named(self, service: str, type_: str, region: str, given: Mapping[str, Any]) -> Iterator[str]:
        """Yield the ARNs of a type that the members name; all of the type where they name none."""
        known = self._known.types[service][type_]
        values = [given[member] for member in known.named_by if member in given]
        values = [value for found in values for value in (found if isinstance(found, list) else [found])]
        if not values and known.members_of is not None:
            parents = self._known.types[service][known.members_of].named_by
            values = [f"{given[member]}-*" for member in parents if given.get(member)]
        if known.called is not None and None in (values or [None]):
            values = [self._names.get(known.called)]
        place = {"region": region, "account": self._facts.name("account")}
        place["within"] = str(given.get(str(known.within)) or _ANY)
        for value in values or [None]:
            text = _without_account(str(value or _ANY))
            yield text if text.startswith("arn:") else known.arn.format(name=text, **place)

    def keys(self, region: str, given: Mapping[str, Any]) -> Iterator[tuple[str, _Condition | None]]:
        """Yield the keys of the component in a Region: by ARN, or any key with the alias that the stacks name."""
        known = self._known.types["kms"]["key"]
        named = [given[member] for member in known.named_by if given.get(member)]
        own = self._names.get("key" if region == self._names.get("region") else "recovery_key")
        place = {"region": region, "account": self._facts.name("account")}
        for value in [*named, own] if own is not None else named or [_ANY]:
            asked = value.parameters.get("KeyId", _ANY) if isinstance(value, Lookup) else value
            text = _without_account(str(asked))
            if text.startswith("alias/"):
                every = known.arn.format(name=_ANY, **place)
                yield every, _Condition("ForAnyValue:StringEquals", "kms:ResourceAliases", text)
            else:
                yield text if text.startswith("arn:") else known.arn.format(name=text, **place), None

    def _filled(self, value: Any) -> Any:
        try:
            return fill(value, self._facts)
        except (KeyError, RefusedError):
            return None


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every member of a call's parameters, those within others as well."""
    if isinstance(value, Json | Metadata):
        value = value.content
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield name, item
            yield from _members(item)


def _without_account(text: str) -> str:
    return text.replace(ACCOUNT, _ANY)
