"""RDS inside moto's process: clusters, where moto does otherwise than AWS.

One that is renamed keeps its instances, which moto leaves with the old name. A Multi-AZ DB cluster takes IAM
authentication, which moto refuses, and which is not among what they lack by
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.Limitations.html
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def install() -> None:
    """Let the instances of a cluster follow its name, and let every cluster have IAM authentication."""
    models = import_module("moto.rds.models")
    begin, modify = models.DBCluster.__init__, models.RDSBackend.modify_db_cluster

    def modify_db_cluster(backend: Any, kwargs: dict[str, Any]) -> Any:
        old, new = kwargs["db_cluster_identifier"], kwargs.get("new_db_cluster_identifier")
        members = backend.clusters[old].members if new and old in backend.clusters else []
        cluster = modify(backend, kwargs)
        for member in members:
            member.db_cluster_identifier = new
        return cluster

    def with_iam(cluster: Any, *given: Any, enable_iam_database_authentication: bool = False, **more: Any) -> None:
        begin(cluster, *given, **more)
        cluster.iam_auth = enable_iam_database_authentication

    models.DBCluster.__init__ = with_iam
    models.RDSBackend.modify_db_cluster = modify_db_cluster
