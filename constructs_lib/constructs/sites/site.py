"""Where things are built: a scope, a Region and a provider."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from constructs_lib.catalog.access.key_users import key_policy_statements
from constructs_lib.constructs.sites.site_options import name_of_keys
from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform.arguments import normalized_arguments
from constructs_lib.terraform.engine import Construct, TerraformProvider, TerraformStack
from constructs_lib.terraform.placement import path_of
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsDataSource, AwsResource
from constructs_lib.terraform.token import is_token
from constructs_lib.terraform.written import note_with_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


_providers: WeakKeyDictionary[TerraformStack, dict[str, TerraformProvider]] = WeakKeyDictionary()
_accounts: WeakKeyDictionary[TerraformStack, AwsDataSource] = WeakKeyDictionary()


def region_as_id(region: str) -> str:
    """Return *region* as ids of constructs have it: `eu-west-1` is `EuWest1`."""
    return "".join(part.capitalize() for part in region.split("-"))


def providers_of(stack: TerraformStack) -> dict[str, TerraformProvider]:
    """Return the providers made in *stack*, by Region: several sites of one stack share them."""
    return _providers.setdefault(stack, {})


class Site:
    """One place of a workload: `primary`, `recovery` or `global`.

    Made by `Sites`; constructs read it. What several components of a place share (the account id, the KMS key, the
    topic for alarms) is built when first asked for.
    """

    def __init__(
        self,
        *,
        name: str,
        role: str,
        scope: Construct,
        stack: TerraformStack,
        region: str,
        providers: dict[str, TerraformProvider],
        given: Mapping[str, TerraformProvider] | None = None,
        constraint: str,
        provider_arguments: Mapping[str, object],
        account_id: str | None,
        key_arn: str | None,
        tags: Mapping[str, str],
        deletion_protection: bool = True,
        monitoring: bool = True,
    ) -> None:
        self.name = name
        self.role = role
        self.scope = scope
        self.stack = stack
        self.region = region
        self.constraint = constraint
        self.tags = dict(tags)
        self.monitoring = monitoring
        """Whether alarms, dashboards and what tells people are built."""
        self.watched: dict[str, dict[str, int]] = {}
        """How many of what watches the workload, and is billed, are in the site's stack: by dimension and Region."""
        self._noted: list[object] = []
        self._listeners: list[Callable[[Iterable[object]], None]] = []
        self._providers = providers
        self._own: dict[str, TerraformProvider] = dict(given or {})
        self._provider_arguments = dict(provider_arguments)
        self._account_id = account_id
        self._given_key_arn = key_arn
        self._deletion_protection = deletion_protection
        self._key: AwsResource | None = None
        self._topic: AwsResource | None = None
        self._aliases: dict[str, AwsDataSource] = {}
        self._encrypted_logs: list[str] = []
        self._copying_accounts: list[str] = []

    @property
    def provider(self) -> TerraformProvider:
        """The provider of the site's own Region, in the site's stack."""
        return self.provider_in(self.region)

    def provider_in(self, region: str) -> TerraformProvider:
        """Return the provider for *region* in this site's stack, made when first asked for.

        Only the global site's resources should name a Region that is not the site's own: a plan refreshes every
        Region it names.

        Raises:
            ConfigurationError: If the stack has a provider for *region* that was made for sites of other arguments.
        """
        if region not in self._own:
            self._check_provider(region)
            self._own[region] = self._shared_provider(region)
        return self._own[region]

    def check_providers(self, *regions: str) -> None:
        """Check that `provider` and `provider_in` each of *regions* can be had, before anything is built.

        Raises:
            ConfigurationError: As `provider_in` does.
        """
        for region in (self.region, *regions):
            self._check_provider(region)

    def _check_provider(self, region: str) -> None:
        there = self._providers.get(region)
        if region in self._own or there is None:
            return
        meant = {**normalized_arguments(self._provider_arguments, where=f"sites {self.name!r}"), "region": region}
        alike = isinstance(there, AwsProvider) and there.arguments == meant and there.constraint == self.constraint
        if not alike:
            msg = (
                f"the stack of sites {self.name!r} has an AWS provider for {region} with other arguments, and so "
                f"perhaps another account; give the same provider_arguments and constraint as the sites it was made "
                f"for, or say which provider to use with providers={{{region!r}: ...}}"
            )
            raise ConfigurationError(msg)

    def _shared_provider(self, region: str) -> TerraformProvider:
        """Return the stack's provider for *region*, made here where no sites of the stack have made it yet."""
        if region not in self._providers:
            self._providers[region] = AwsProvider(
                self.stack,
                f"Aws{region_as_id(region)}",
                self._provider_arguments,
                region=region,
                alias=region.replace("-", "_") if self._providers else None,
                constraint=self.constraint,
            )
        return self._providers[region]

    @property
    def path(self) -> str:
        """The construct path of the site's scope."""
        return path_of(self.scope)

    @property
    def known_account_id(self) -> str | None:
        """The account's id as given to `Sites`; None where Terraform looks it up."""
        return None if self._account_id is None or is_token(self._account_id) else self._account_id

    @property
    def account_id(self) -> str:
        """The account's id: as given to `Sites`, or a reference to `aws_caller_identity`."""
        if self._account_id is None:
            shared = _accounts.get(self.stack)
            if shared is None:
                shared = _accounts[self.stack] = AwsDataSource(
                    self.stack, "RecoveryAccount", "aws_caller_identity", {}, provider=self.provider
                )
            self._account_id = shared.ref("account_id")
        return self._account_id

    @property
    def key_alias(self) -> str:
        """The alias of the site's KMS key: the same name in each Region, so that the other stacks can find it."""
        return f"alias/{self._own_name}"

    @property
    def _own_name(self) -> str:
        """The site's name. The global site has another one: its Region may be that of the primary site, too."""
        return name_of_keys(self.name, self.role)

    @property
    def key_arn(self) -> str:
        """The ARN of the KMS key that encrypts what the site stores: the caller's own, or one built here."""
        return self._given_key_arn if self._given_key_arn is not None else self.key.ref("arn")

    @property
    def key(self) -> AwsResource:
        """The KMS key built for the site."""
        if self._key is None:
            self._key = AwsResource(
                self.scope,
                "RecoveryKey",
                "aws_kms_key",
                {
                    "description": f"recovery of {self.name}, {self.role} site in {self.region}",
                    "enable_key_rotation": True,
                    "deletion_window_in_days": 30,
                    "policy": json.dumps(self._key_policy()),
                    "tags": {"recovery:workload": self.name, **self.tags},
                },
                provider=self.provider,
                lifecycle={"prevent_destroy": True} if self._deletion_protection else None,
            )
            AwsResource(
                self.scope,
                "RecoveryKeyAlias",
                "aws_kms_alias",
                {"name": self.key_alias, "target_key_id": self._key.here("key_id")},
                provider=self.provider,
            )
        return self._key

    @property
    def given_key_arn(self) -> str | None:
        """The ARN of the caller's own key; None where one is built for the site."""
        return self._given_key_arn

    def let_logs_encrypt(self, log_group: str) -> None:
        """Let CloudWatch Logs encrypt the log group of that name with the key that is built for the site.

        A key of the caller's own must allow that itself.
        """
        if self._given_key_arn is None:
            self._encrypted_logs.append(log_group)
            self.key.override("policy", json.dumps(self._key_policy()))

    def let_account_copy(self, account_id: str) -> None:
        """Let another account decrypt, with the key that is built for the site, what AWS Backup copies to it.

        AWS Backup does not encrypt databases itself: the account that takes a copy uses the key of what was backed up.
        A key of the caller's own must allow that itself.
        """
        if self._given_key_arn is None and account_id not in self._copying_accounts:
            self._copying_accounts.append(account_id)
            self.key.override("policy", json.dumps(self._key_policy()))

    def key_arn_of(self, other: Site) -> str:
        """Return the ARN of *other*'s key as this site's stack may name it.

        Within one stack that is a reference; from another stack the key is looked up by its alias, so that no value
        passes from one Region's state to another's.
        """
        if other._given_key_arn is not None:
            return other._given_key_arn
        if other.stack is self.stack:
            return other.key.here("arn")
        other.key  # noqa: B018 - the key must exist for the look-up to find it
        if other.region not in self._aliases:
            self._aliases[other.region] = AwsDataSource(
                self.scope,
                f"RecoveryKeyIn{region_as_id(other.region)}",
                "aws_kms_alias",
                {"name": other.key_alias},
                provider=self.provider_in(other.region),
            )
        return self._aliases[other.region].here("target_key_arn")

    @property
    def alarm_topic(self) -> AwsResource:
        """The SNS topic of the site's Region that alarms notify, encrypted with the site's key."""
        if self._topic is None:
            self._topic = AwsResource(
                self.scope,
                "RecoveryAlarms",
                "aws_sns_topic",
                {
                    "name": f"{self._own_name}-recovery-alarms",
                    "kms_master_key_id": self.key_arn_of(self),
                    "tags": {"recovery:workload": self.name, **self.tags},
                },
                provider=self.provider,
            )
            AwsResource(
                self.scope,
                "RecoveryAlarmsPolicy",
                "aws_sns_topic_policy",
                {"arn": self._topic.here("arn"), "policy": json.dumps(self._topic_policy(self._topic.here("arn")))},
                provider=self.provider,
            )
        return self._topic

    def count(self, dimension: str, region: str) -> None:
        """Count one more of what watches the workload; the stack holds the count, which the bill is made of."""
        counted = self.watched.setdefault(dimension, {})
        counted[region] = counted.get(region, 0) + 1
        note_with_stack(self.stack, "recovery_watched", f"{self.name}/{self.role}", self.watched)

    def note(self, built: object) -> None:
        """Tell those who listen what was built in the site's stack to be looked at: a `BuiltAlarm` or a `Chart`."""
        self._noted.append(built)
        for listener in self._listeners:
            listener((built,))

    def tell(self, listener: Callable[[Iterable[object]], None]) -> None:
        """Tell *listener* what was built in the site's stack to be looked at: all there is now, and then each."""
        listener(tuple(self._noted))
        self._listeners.append(listener)

    def alarm_topic_arn_of(self, other: Site) -> str:
        """Return the ARN of *other*'s topic as this site's stack may name it: computed, where that is another one."""
        if other.stack is self.stack:
            return other.alarm_topic.here("arn")
        name = other.alarm_topic.arguments["name"]
        return f"arn:aws:sns:{other.region}:{self.account_id}:{name}"

    def _topic_policy(self, topic_arn: str) -> dict[str, object]:
        """Let alarms and RDS events of the account publish; its own IAM policies decide about everyone else."""
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AlarmsAndEventsPublish",
                    "Effect": "Allow",
                    "Principal": {"Service": ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]},
                    "Action": "sns:Publish",
                    "Resource": topic_arn,
                    "Condition": {"StringEquals": {"aws:SourceAccount": self.account_id}},
                },
            ],
        }

    def _key_policy(self) -> dict[str, object]:
        account = self.account_id
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AccountDecidesWithIAM",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                *key_policy_statements(region=self.region, account_id=account, log_groups=self._encrypted_logs),
                *_for_copies(self._copying_accounts),
            ],
        }


def _for_copies(accounts: list[str]) -> list[dict[str, object]]:
    """Return the statements that AWS KMS gives for use by another account: the key, and grants of AWS services."""
    if not accounts:
        return []
    principal = {"AWS": [f"arn:aws:iam::{account}:root" for account in accounts]}
    use = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    return [
        {"Sid": "OtherAccountsCopyBackups", "Effect": "Allow", "Principal": principal, "Action": use, "Resource": "*"},
        {
            "Sid": "OtherAccountsCopyBackupsByGrants",
            "Effect": "Allow",
            "Principal": principal,
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]
