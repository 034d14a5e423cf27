"""What AWS Backup calls the type of a component, in its opt-ins, plans and tests of restores."""

from __future__ import annotations

from constructs_lib.catalog.resources.resource_types import load_resource_types, types_that


def backup_type(kind: str, engine: str | None = None) -> str | None:
    """Return the type of a component of *kind*, such as `DynamoDB`; None where AWS Backup takes none.

    A database's depends on its engine: a Multi-AZ DB cluster is `RDS`, as an instance is.
    """
    if kind != "database":
        return next((item.backup for item in types_that("backup").values() if item.kind == kind), None)
    cluster = "aws_rds_cluster" if (engine or "").startswith("aurora") else "aws_db_instance"
    return load_resource_types()["aws_dsql_cluster" if engine == "dsql" else cluster].backup
