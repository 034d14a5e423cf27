"""Secrets Manager inside moto's process: a replica that becomes a secret of its own, which moto has no call for."""

from __future__ import annotations

import copy
import json
from importlib import import_module
from typing import Any


def install() -> None:
    """Let moto answer StopReplicationToReplica."""
    import_module("moto.secretsmanager.responses").SecretsManagerResponse.stop_replication_to_replica = _stop


def _stop(response: Any) -> str:
    models = import_module("moto.secretsmanager.models")
    replica = response.backend.describe_secret(response._get_param("SecretId"))
    if not isinstance(replica, models.ReplicaSecret):
        raise models.InvalidRequestException("Operation is only permitted on a replica secret.")
    own = copy.copy(replica.source)
    own.arn, own.region, own.replicas = replica.arn, replica.region, []
    own.versions, own.tags = copy.deepcopy(own.versions), copy.deepcopy(own.tags)
    replica.source.replicas.remove(replica)
    response.backend.secrets[own.arn] = own
    return json.dumps({"ARN": own.arn})
