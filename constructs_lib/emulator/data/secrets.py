"""Secrets Manager inside moto's process: what replicas answer, and one that becomes a secret of its own."""

from __future__ import annotations

import copy
import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def install() -> None:
    """Let moto answer StopReplicationToReplica, and what it refuses replicas: AWS replicates their policies.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html; Terraform reads the policy of
    whatever secret it looks up.
    """
    responses = import_module("moto.secretsmanager.responses").SecretsManagerResponse
    responses.stop_replication_to_replica = _stop
    backend = import_module("moto.secretsmanager.models").SecretsManagerBackend
    backend.get_resource_policy = _policy_of_any(backend.get_resource_policy)


def _policy_of_any(of_primary: Callable[[Any, str], str]) -> Callable[[Any, str], str]:
    models = import_module("moto.secretsmanager.models")

    def answer(backend: Any, secret_id: str) -> str:
        secret = backend.secrets.get(secret_id)
        if not isinstance(secret, models.ReplicaSecret):
            return of_primary(backend, secret_id)
        policy = {} if secret.source.policy is None else {"ResourcePolicy": secret.source.policy}
        return json.dumps({"ARN": secret.arn, "Name": secret.name, **policy})

    return answer


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
