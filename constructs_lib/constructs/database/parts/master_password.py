"""The master user's password, which nobody knows and no state holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.terraform.engine import Fn, Token
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from constructs_lib.constructs.database.settings import DatabaseSettings
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.terraform.engine import Construct, TerraformProvider

_LENGTH = 30
_VERSION = 1


class MasterPassword:
    """A secret with the password of a database whose password RDS cannot manage.

    RDS refuses a read replica of an instance, and a global database over a cluster, whose password it manages.
    Terraform then makes the password (an ephemeral value), stores it in Secrets Manager and gives it to the database,
    both by write-only arguments, so that neither plan nor state ever holds it. That takes Terraform or OpenTofu 1.11.

    Attributes:
        secret: The `aws_secretsmanager_secret`: JSON with `username` and `password`.
        version: Its `aws_secretsmanager_secret_version`.
        value: The write-only value for the database.
        value_version: What makes Terraform write the value again when it is raised.
    """

    def __init__(
        self, scope: Construct, site: Site, settings: DatabaseSettings, *, name: str, tags: dict[str, str]
    ) -> None:
        self.secret = AwsResource(
            scope,
            "Password",
            "aws_secretsmanager_secret",
            {
                # A name of its own each time: Secrets Manager keeps a deleted one, and its name, for 30 days.
                "name_prefix": f"{name}-master-",
                "description": f"master user of {name}; for emergencies, applications log in as users of their own",
                "kms_key_id": site.key_arn_of(site),
                "recovery_window_in_days": 30,
                "tags": tags,
            },
            provider=site.provider,
            lifecycle={**settings.lifecycle, "ignore_changes": ["name_prefix"]},
        )
        label = self.secret.friendly_unique_id
        made = f"ephemeral.aws_secretsmanager_random_password.{label}.random_password"
        self.version = AwsResource(
            scope,
            "PasswordVersion",
            "aws_secretsmanager_secret_version",
            {
                "secret_id": self.secret.here("id"),
                "secret_string_wo": f'${{jsonencode({{username = "{settings.username}", password = {made}}})}}',
                "secret_string_wo_version": _VERSION,
            },
            provider=site.provider,
        )
        provider = _written(site.provider)
        # The engine has no class for ephemeral blocks.
        site.stack.add_override(
            f"ephemeral.aws_secretsmanager_random_password.{label}",
            {"password_length": _LENGTH, "exclude_punctuation": True, **provider},
        )
        site.stack.add_override(
            f"ephemeral.aws_secretsmanager_secret_version.{label}",
            {"secret_id": self.version.here("secret_id"), **provider},
        )
        # Read back, not taken from the random value: that is another in every run, so also in the one after a failure.
        read = f"ephemeral.aws_secretsmanager_secret_version.{label}.secret_string"
        self.value = f"${{jsondecode({read}).password}}"
        self.value_version = _VERSION

    @property
    def arn(self) -> str:
        """The secret's ARN."""
        return self.secret.ref("arn")


def _written(provider: TerraformProvider) -> dict[str, str]:
    return {} if provider.alias is None else {"provider": provider.fqn}


def managed_secret_arn(database: AwsResource) -> str:
    """Return the ARN of the secret in which RDS keeps the master user's password; null where it keeps none yet.

    So it is of a database that was taken over, and of one whose password was Terraform's, as long as RDS is to get it:
    the plan that hands it over would fail for a secret that is not there.

    Args:
        database: The `aws_db_instance` or `aws_rds_cluster`.
    """
    managed = Token.as_list(database.interpolation_for_attribute("master_user_secret[*].secret_arn"))
    return Token.as_string(Fn.one(managed))


def managed_password(site: Site) -> dict[str, object]:
    """Return the arguments by which RDS makes, keeps and rotates the master user's password."""
    return {"manage_master_user_password": True, "master_user_secret_kms_key_id": site.key_arn_of(site)}
