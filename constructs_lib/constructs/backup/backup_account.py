"""A vault in an account of its own, which takes copies of the backups of others."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.regions import region as known_region
from constructs_lib.constructs.backup.vault_lock import VaultLock
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.refusal import check_type, refuse
from constructs_lib.terraform.engine import Construct, TerraformStack
from constructs_lib.terraform.placement import build, stack_of
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsResource

_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}", re.ASCII)
_VAULT = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class BackupAccountVault(Construct):
    """A vault with a key of its own, in the account that nobody who runs the workload can reach.

    ```python
    stack = TerraformStack(app, "backups-eu-west-1")
    vault = BackupAccountVault(
        stack, "shop", account_id="999988887777", region="eu-west-1", provider_arguments={"profile": "backups"},
        organization_id="o-a1b2c3d4e5", lock=VaultLock(min_retention_days=35),
    )
    BackupPolicy(shop, "central", further_copies=[vault])
    ```

    Accounts of the organisation may copy into the vault, and that is all that AWS Backup ever lets another account do
    with it. What the loss of a Region leaves is the copy in the recovery Region; this one is left when the account is
    lost, to an intruder or to a mistake. In the workload's primary Region nothing is paid for the way there.

    Before the first copy: cross-account backup is turned on in the organisation's management account
    (`aws_backup_global_settings`). AWS Backup copies databases with the key of what was backed up: the key that is
    built for the site lets this account use it, and one of your own (`key_arns`) has to.

    Args:
        stack: A stack for that account alone.
        id: Construct id, and the vault's name.
        account_id: The account, 12 digits.
        region: Where the vault is, such as the workload's primary Region.
        organization_id: The organisation whose accounts may copy into it, such as `o-a1b2c3d4e5`.
        provider_arguments: How Terraform gets into the account, such as `assume_role` or `profile`.
        lock: A lock on the vault. In compliance mode (`changeable_for_days`) nobody, AWS and you included, can remove
            it once so many days have gone by, three at least: until then, look at what it keeps and what that costs.
            Default: none.
        tags: Extra tags.

    Attributes:
        vault: The `aws_backup_vault`.
        key: The `aws_kms_key`.
        policy: The `aws_backup_vault_policy`.
        locked: The lock as given.
        lock: The `aws_backup_vault_lock_configuration`, or None.

    Raises:
        ConfigurationError: If an option is not what AWS takes.
    """

    def __init__(
        self,
        stack: TerraformStack,
        id: str,
        *,
        account_id: str,
        region: str,
        organization_id: str,
        provider_arguments: Mapping[str, object] | None = None,
        lock: VaultLock | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        if not isinstance(id, str) or not _VAULT.fullmatch(id):
            refuse("the id of a vault of another account", id, "letters, digits, hyphens and underscores")
        limit("backup.vault_name").check_length(id, "the id of a vault of another account")
        if not isinstance(account_id, str) or not _ACCOUNT.fullmatch(account_id):
            refuse(f"account_id of vault {id!r}", account_id, 'text of 12 digits such as "111122223333"')
        if not isinstance(organization_id, str) or not _ORGANIZATION.fullmatch(organization_id):
            refuse(
                f"organization_id of vault {id!r}", organization_id, "the id of an organisation such as o-a1b2c3d4e5"
            )
        known_region(region)
        if lock is not None:
            check_type(lock, VaultLock, f"the lock of vault {id!r}", "VaultLock(min_retention_days=...)")
        own_tags = checked_tags(tags, f"vault {id!r}") or None
        given: object = provider_arguments
        if given is not None and not isinstance(given, Mapping):
            refuse(f"provider_arguments of vault {id!r}", given, 'a mapping such as {"profile": "backups"}')
        stack_of(stack, where=f"vault {id!r}")

        build(self, stack, id)
        self.arn = f"arn:aws:backup:{region}:{account_id}:backup-vault:{id}"
        """The vault's ARN, as other stacks may name it."""
        provider = AwsProvider(stack, "AwsBackupAccount", dict(provider_arguments or {}), region=region)
        self.key = AwsResource(
            self,
            "Key",
            "aws_kms_key",
            {
                "description": f"backups of other accounts in vault {id}",
                "enable_key_rotation": True,
                "deletion_window_in_days": 30,
                "policy": json.dumps(_key_policy(account_id)),
                "tags": own_tags,
            },
            provider=provider,
            lifecycle={"prevent_destroy": True},
        )
        self.vault = AwsResource(
            self,
            "Default",
            "aws_backup_vault",
            {"name": id, "kms_key_arn": self.key.ref("arn"), "tags": own_tags},
            provider=provider,
            lifecycle={"prevent_destroy": True},
        )
        self.policy = AwsResource(
            self,
            "Policy",
            "aws_backup_vault_policy",
            {"backup_vault_name": self.vault.ref("name"), "policy": json.dumps(_vault_policy(organization_id))},
            provider=provider,
        )
        self.locked = lock
        self.lock = None
        if lock is not None:
            self.lock = AwsResource(
                self,
                "Lock",
                "aws_backup_vault_lock_configuration",
                {"backup_vault_name": self.vault.ref("name"), **lock.arguments},
                provider=provider,
                lifecycle={"prevent_destroy": True},
            )


def check_vault_arn(arn: object, *, what: str) -> None:
    """Check that *arn* is that of a vault.

    Raises:
        ConfigurationError: If it is none, or its Region does not exist.
    """
    if not isinstance(arn, str) or not re.fullmatch(r"arn:aws:backup:[a-z0-9-]+:[0-9]{12}:backup-vault:\S+", arn):
        refuse(what, arn, "the ARN of a vault, as BackupAccountVault(...).arn")
    known_region(arn.split(":")[3])


def _vault_policy(organization_id: str) -> dict[str, object]:
    # As AWS gives it (cross-account copies): AWS Backup refuses all else from other accounts, whatever a policy says.
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OrganizationCopiesIntoIt",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "backup:CopyIntoBackupVault",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization_id}},
            }
        ],
    }


def _key_policy(account_id: str) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AccountDecidesWithIAM",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
        ],
    }
