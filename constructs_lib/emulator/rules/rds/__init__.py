"""What RDS and Aurora refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import (
    backups,
    class_versions,
    global_clusters,
    groups,
    keys,
    master_users,
    members,
    names,
    offers,
    parameters,
    replicas,
    serverless,
    settings,
    storage,
    write_forwarding,
)

if TYPE_CHECKING:
    from constructs_lib.emulator.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *master_users.RULES,
    *keys.RULES,
    *replicas.RULES,
    *global_clusters.RULES,
    *groups.RULES,
    *serverless.RULES,
    *settings.RULES,
    *parameters.RULES,
    *offers.RULES,
    *class_versions.RULES,
    *backups.RULES,
    *members.RULES,
    *names.RULES,
    *storage.RULES,
    *write_forwarding.RULES,
)
