"""RDS inside moto's process: a cluster that is renamed keeps its instances, which moto leaves with the old name."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def install() -> None:
    """Let the instances of a cluster follow its name."""
    models = import_module("moto.rds.models")
    modify = models.RDSBackend.modify_db_cluster

    def modify_db_cluster(backend: Any, kwargs: dict[str, Any]) -> Any:
        old, new = kwargs["db_cluster_identifier"], kwargs.get("new_db_cluster_identifier")
        members = backend.clusters[old].members if new and old in backend.clusters else []
        cluster = modify(backend, kwargs)
        for member in members:
            member.db_cluster_identifier = new
        return cluster

    models.RDSBackend.modify_db_cluster = modify_db_cluster
