"""AWS Backup: plans, what they back up, and copies in another Region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.resources.backup_type import backup_type
from constructs_lib.catalog.resources.resource_types import types_that
from constructs_lib.components import ENABLED, Kind
from constructs_lib.plan.document.arn import ACCOUNT, account_of_arn, parse_arn, region_of_arn
from constructs_lib.plan.document.policy import acts, principals, statements
from constructs_lib.plan.document.resource import as_number, blocks_in
from constructs_lib.plan.kinds.backup_selection import MAYBE, NO, Selection
from constructs_lib.plan.kinds.bucket import versioning
from constructs_lib.plan.kinds.component_builder import NOT_OFFERED, ComponentBuilder, forever
from constructs_lib.plan.kinds.schedule import DEFAULT, longest_gap, never_runs
from constructs_lib.plan.kinds.vault import GAPPED, INTO, VAULT, Vault, refusals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from constructs_lib.plan.document.resource import Resource
    from constructs_lib.plan.side import Side

_PLAN: Final = "aws_backup_plan"
_SELECTION: Final = "aws_backup_selection"
_SETTINGS: Final = "aws_backup_region_settings"
_ORGANIZATION: Final = "aws_backup_global_settings"
_BUCKET: Final = "aws_s3_bucket"
_KEY: Final = "aws_kms_key"
_KEY_POLICY: Final = "aws_kms_key_policy"
_DSQL: Final = "dsql"
_ROLE: Final = "iam_role_arn"
_RDS: Final = ("aws_db_instance", "aws_rds_cluster")
_TAKEN_OVER: Final = ("snapshot_identifier", "restore_to_point_in_time", "global_cluster_identifier")
"""What an encrypted database takes its key from where it is given none."""
_MINUTE: Final = 60


_TYPES: Final = types_that("backup")
_ONLY_ITS_OWN: Final = "the backup plan is in another Region, and a plan backs up only its own"


def add_backups(side: Side, builders: Sequence[ComponentBuilder]) -> None:
    """Give each component the backups and copies that some plan in this document makes of it."""
    candidates = [builder for builder in builders if builder.main.type in _TYPES]
    for plan, selection, sure in _plans(side):
        selected = 0
        choice = Selection(side, selection)
        for builder in candidates:
            answer, named = choice.takes(builder)
            if answer == NO:
                continue
            elsewhere = plan.same_region(builder.main) is False
            if elsewhere and not named:
                continue
            selected += 1
            builder.join(selection)
            doubts = [_ONLY_ITS_OWN] if elsewhere else []
            if choice.refusal is not None:
                doubts.append(choice.refusal)
            elif answer == MAYBE:
                doubts += choice.undocumented(builder.main)
            if _opted_out(side, plan, builder, choice):
                doubts.append("AWS Backup is switched off for this type of resource in the Region's settings")
            _protect(side, builder, plan, selection, doubts, maybe=answer == MAYBE or not sure)
        if not selected:
            side.notes.add(selection, "it selects nothing that is in this plan")


def _plans(side: Side) -> Iterator[tuple[Resource, Resource, bool]]:
    """Yield each backup plan with each selection that is of it, or may be: then it is not sure."""
    selections = side.parts(_PLAN, _SELECTION, "plan_id")
    for plan in side.of(_PLAN):
        sure, open_ = selections.get(plan.address, []), side.loose_parts(plan, _SELECTION, "plan_id")
        if not sure and not open_:
            side.notes.add(plan, "no selection in this plan belongs to it")
        yield from ((plan, selection, True) for selection in sure)
        yield from ((plan, selection, False) for selection in open_)


def _opted_out(side: Side, plan: Resource, builder: ComponentBuilder, choice: Selection) -> bool:
    """Whether its type is switched off, and that counts: of most types it does not where a plan names what it takes."""
    name = backup_type(builder.kind, builder.engine)
    asked = any(item.backup == name and item.backup_opt_in for item in _TYPES.values())
    return (asked or not choice.names(builder)) and _switched_off(side, plan, "resource_type_opt_in_preference", name)


def _without_advanced_features(side: Side, plan: Resource, builder: ComponentBuilder) -> bool:
    name = "resource_type_management_preference"
    return builder.kind is Kind.TABLE and _switched_off(side, plan, name, backup_type(builder.kind))


def _switched_off(side: Side, plan: Resource, preference: str, name: str | None) -> bool:
    return name is not None and any(
        settings.get(preference, name) is False
        for settings in side.of(_SETTINGS)
        if settings.region is None or plan.region is None or settings.region == plan.region
    )


# ---------------------------------------------------------------- rules


def _protect(
    side: Side, builder: ComponentBuilder, plan: Resource, selection: Resource, doubts: Sequence[str], *, maybe: bool
) -> None:
    rules = plan.blocks("rule")
    if plan.is_unknown("rule"):
        builder.protect(side.notes, "backup_copy", plan, unknown=[ENABLED])
    for index, rule in enumerate(rules):
        unknown = [ENABLED] if maybe else []
        interval = _interval(plan, index, rule)
        if interval is None:
            unknown.append("interval_seconds")
        start = as_number(rule.get("start_window"))
        if start is None and plan.is_unknown("rule", index, "start_window"):
            unknown.append("start_window_seconds")
        timing = {"interval_seconds": interval, "start_window_seconds": None if start is None else start * _MINUTE}
        kept, missing = _kept(plan, rule, ("rule", index))
        cold = _cold_after(side, plan, builder, rule)
        # What the vault refuses there is no copy of either.
        target = _target(side, plan, rule)
        closed, open_ = refusals(side, target, kept)
        if target.resource is not None:
            builder.join(target.resource)
        refused = [*doubts, *needs(side, builder), *closed]
        if never_runs(_schedule(rule)):
            refused.append("its schedule never runs: it names no day that there is")
        if target.resource is None and target.name and side.lacks(VAULT, target.name, plan.region):
            refused.append("the vault that it puts backups into is not there")
        elif target.resource is not None and plan.same_region(target.resource) is False:
            refused.append(f"the vault that it names, {target.resource.address}, is not where the plan is")
        continuous = {"continuous": True} if _continuous(builder, rule) else {}
        builder.protect(
            side.notes,
            "backup",
            plan,
            parameters={**timing, **continuous, "retention_days": kept, "cold_after_days": cold},
            doubts=[*refused, *open_],
            unknown=[*unknown, *missing, *([ENABLED] if open_ and not refused else [])],
        )
        if plan.is_unknown("rule", index, "copy_action"):
            builder.protect(side.notes, "backup_copy", plan, unknown=[ENABLED, *unknown])
        for number, action in enumerate(blocks_in(rule, "copy_action")):
            place = ("rule", index, "copy_action", number)
            region, vault = _destination(side, plan, place, rule, action)
            if vault is not None:
                builder.join(vault)
            own, open_end = _kept(plan, action, place)
            # Left out, or without an end, it is that of what is copied (developer guide, copying a backup).
            copied, open_end = (kept, missing) if own == forever() else (own, open_end)
            warm = _cold_after(side, plan, builder, action) if blocks_in(action, "lifecycle") else cold
            closed, perhaps = refusals(side, _copied_to(vault, action), copied, copies=True)
            perhaps = [*open_, *perhaps]
            voids = [*refused, *closed]
            closed, loose = _in_another_account(side, builder, plan, selection, action, vault)
            voids, perhaps = [*voids, *closed], [*perhaps, *loose]
            if _without_advanced_features(side, plan, builder):
                voids.append("AWS Backup's advanced features for DynamoDB are switched off, and copies need them")
            if vault is not None and region is None and builder.shares_region(vault):
                voids.append("the copies stay in the same Region")
            if _is_multi_az_cluster(builder):
                voids.append(f"{NOT_OFFERED} copies of backups of a Multi-AZ DB cluster")
            builder.protect(
                side.notes,
                "backup_copy",
                plan,
                region=region,
                parameters={**timing, "retention_days": copied, "cold_after_days": warm},
                doubts=[*voids, *perhaps],
                unknown=[*unknown, *open_end, *([ENABLED] if perhaps and not voids else [])],
            )


def needs(side: Side, builder: ComponentBuilder) -> list[str]:
    """Return what AWS Backup lacks to back the component up."""
    if builder.main.type != _BUCKET or versioning(side, builder.main)[0] in ("on", "unknown"):
        return []
    return ["AWS Backup backs up only buckets with versioning enabled"]


def _continuous(builder: ComponentBuilder, rule: Mapping[str, Any]) -> bool:
    """Whether the rule keeps a continuous backup of the component; of other types it makes snapshots all the same."""
    if builder.kind is Kind.DATABASE and (builder.engine == _DSQL or _is_multi_az_cluster(builder)):
        return False
    return rule.get("enable_continuous_backup") is True and builder.kind in (Kind.BUCKET, Kind.DATABASE)


def _is_multi_az_cluster(builder: ComponentBuilder) -> bool:
    """Whether it is a Multi-AZ DB cluster, which AWS Backup neither copies nor keeps each moment of."""
    return builder.main.type == "aws_rds_cluster" and builder.engine in ("mysql", "postgres")


def _target(side: Side, plan: Resource, rule: Mapping[str, Any]) -> Vault:
    """Return the vault a rule puts backups into."""
    name = rule.get("target_vault_name")
    if isinstance(name, str) and name:
        return Vault(side.find(VAULT, name, plan.region, plan.document), name, plan.region)
    blocks = side.matching_blocks(plan, "rule", {"rule_name": rule.get("rule_name")})
    found = [item for item in side.referred_in(plan, blocks, ("target_vault_name",)) if item.type == VAULT]
    return Vault(found[0] if len(found) == 1 else None)


def _copied_to(vault: Resource | None, action: Mapping[str, Any]) -> Vault:
    """Return the vault a copy goes to."""
    arn = parse_arn(action.get("destination_vault_arn"))
    return Vault(vault) if arn is None else Vault(vault, arn.resource.rpartition(":")[2], arn.region)


def _in_another_account(
    side: Side,
    builder: ComponentBuilder,
    plan: Resource,
    selection: Resource,
    action: Mapping[str, Any],
    vault: Resource | None,
) -> tuple[list[str], list[str]]:
    """Return why a vault of another account gets no copy, and why it may get none: that is known at apply only."""
    named = account_of_arn(action.get("destination_vault_arn"))
    theirs = named or (None if vault is None else side.account_of(vault))
    if theirs is None:
        return [], []
    told = {account_of_arn(builder.main.text("arn")), account_of_arn(selection.text(_ROLE)), side.account_of(plan)}
    home = told - {None, ACCOUNT}
    if theirs in home:
        return [], []
    perhaps, closed = [], [*_under_aws_key(builder), *_under_own_key(side, builder, theirs), *_kept_apart(side)]
    if vault is not None and vault.type == VAULT:
        policies = side.parts(VAULT, "aws_backup_vault_policy", "backup_vault_name").get(vault.address, [])
        if not policies:
            perhaps.append("whether the vault lets another account copy into it is not known before apply")
        elif home and not any(_lets_in(policy, home) for policy in policies):
            closed.append(f"the policy of the vault lets another account copy into it than this: {policies[0].address}")
    if home:
        return closed, perhaps
    # A provider that names an account is mostly beside one for another; an ARN that is written out is not.
    if vault is None or vault.account != theirs:
        return [], []
    return [], [
        *perhaps,
        *(f"if the vault is in another account, which is not known before apply, {because}" for because in closed),
    ]


def _kept_apart(side: Side) -> list[str]:
    """Return that the organization lets no backup be copied to another account, where the plan says so."""
    settings = (item.get("global_settings", "isCrossAccountBackupEnabled") for item in side.of(_ORGANIZATION))
    off = any(str(value).lower() == "false" for value in settings)
    return ["copies to other accounts are switched off in AWS Backup's global settings"] if off else []


def _lets_in(policy: Resource, accounts: Collection[str | None]) -> bool:
    """Whether the policy of a vault lets one of the accounts copy into it, as far as it is told."""
    text = policy.text("policy")
    allowed = [item for item in statements(text) if item.get("Effect") == "Allow" and acts(item, INTO)]
    named = {who for item in allowed for who in principals(item, "AWS")}
    return text is None or any(who == "*" or (account_of_arn(who) or who) in accounts for who in named)


def _under_aws_key(builder: ComponentBuilder) -> list[str]:
    """Return why another account gets no copy: nobody can share the key that RDS encrypts with by itself.

    What AWS Backup manages whole is encrypted with the key of its vault instead (AWS knowledge center on cross-account
    copies that fail; AWS architecture blog on backing up a database with KMS encryption).
    """
    main, key = builder.main, "kms_key_id"
    if main.type not in _RDS or main.get("storage_encrypted") is not True:
        return []
    written = main.arguments is None or (key in main.arguments and not main.left_out(key))
    taken = any(main.get(name) or (main.is_unknown(name) and not main.left_out(name)) for name in _TAKEN_OVER)
    if (written or taken) and not (main.text(key) or "").endswith("alias/aws/rds"):
        return []
    return ["it is encrypted with RDS's own key, under which nothing is copied to another account: give it a key"]


def _under_own_key(side: Side, builder: ComponentBuilder, theirs: str) -> list[str]:
    """Return why another account gets no copy: it reads the backup with the database's own key, which lets it not."""
    main, name = builder.main, "kms_key_id"
    if main.type not in _RDS or main.get("storage_encrypted") is not True:
        return []
    key = side.link(main, (name,), _KEY).target
    if key is None or side.loose_parts(key, _KEY_POLICY, "key_id"):
        return []
    owner = next(iter(side.parts(_KEY, _KEY_POLICY, "key_id").get(key.address, [])), key)
    if owner.is_unknown("policy") and not owner.left_out("policy"):
        return []
    allowed = [item for item in statements(owner.text("policy")) if item.get("Effect") == "Allow"]
    named = {who for item in allowed for who in principals(item, "AWS")}
    if any(who == "*" or theirs in (who, account_of_arn(who)) for who in named):
        return []
    return ["the policy of its key does not let the other account use it, which copies what it encrypts"]


def _interval(plan: Resource, index: int, rule: Mapping[str, Any]) -> int | None:
    if plan.is_unknown("rule", index, "schedule"):
        return None
    zone = rule.get("schedule_expression_timezone")
    return longest_gap(_schedule(rule), zone if isinstance(zone, str) else None)


def _schedule(rule: Mapping[str, Any]) -> str:
    return str(rule.get("schedule") or DEFAULT)


def _kept(plan: Resource, block: Mapping[str, Any], place: tuple[str | int, ...]) -> tuple[int | None, list[str]]:
    """Return for how many days a recovery point is kept; for good where nothing says otherwise."""
    if plan.is_unknown(*place, "lifecycle", 0, "delete_after"):
        return None, ["retention_days"]
    lifecycle = blocks_in(block, "lifecycle")
    days = as_number(lifecycle[0].get("delete_after")) if lifecycle else None
    return days if days is not None and days > 0 else forever(), []


def _cold_after(side: Side, plan: Resource, builder: ComponentBuilder, block: Mapping[str, Any]) -> int | None:
    """Return after how many days a recovery point moves to cold storage; None where it stays, as of most types."""
    if builder.kind not in (Kind.FILESYSTEM, Kind.TABLE) or _without_advanced_features(side, plan, builder):
        return None
    return next((as_number(item.get("cold_storage_after")) or None for item in blocks_in(block, "lifecycle")), None)


def _destination(
    side: Side, plan: Resource, place: tuple[str | int, ...], rule: Mapping[str, Any], action: Mapping[str, Any]
) -> tuple[str | None, Resource | None]:
    """Return the Region a copy goes to, and the vault if it is in this plan."""
    arn = action.get("destination_vault_arn")
    if isinstance(arn, str) and arn:
        return region_of_arn(arn), side.find(VAULT, arn, document=plan.document) or side.find(
            GAPPED, arn, document=plan.document
        )
    names = side.matching_blocks(plan, "rule", {"rule_name": rule.get("rule_name")})
    found = {item.address: item for item in side.referred_in(plan, names, ("copy_action", "destination_vault_arn"))}
    vaults = [item for item in found.values() if item.type in (VAULT, GAPPED)]
    regions = {item.region for item in vaults}
    # The blocks are a set, so which is which is not told; where all lead to one Region it does not matter.
    return (regions.pop() if len(regions) == 1 else None), (vaults[0] if len(vaults) == 1 else None)
