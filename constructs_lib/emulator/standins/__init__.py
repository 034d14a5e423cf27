"""What neither emulator does, done over theirs: the calls a recovery pattern needs, each keeping real state.

A stand-in stands between the gateway and the emulator of its service. It asks the emulator first (does the vault, the
instance, the cluster exist?), fails as AWS does, and passes on all it does not know. Each is listed, with what it
leaves out, in `docs/emulator.md`.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.emulator.calls.inquiry import Inquiry
from constructs_lib.emulator.postgres.fleet import Fleet
from constructs_lib.emulator.standins.alarm_health_checks import AlarmHealthChecks
from constructs_lib.emulator.standins.backup.data import BackupData
from constructs_lib.emulator.standins.backup.points import BackupPoints
from constructs_lib.emulator.standins.backup.restore_testing import RestoreTesting
from constructs_lib.emulator.standins.backup.restore_tests import RestoreTests
from constructs_lib.emulator.standins.backup.settings import BackupSettings
from constructs_lib.emulator.standins.backup.vaults import BackupVaults
from constructs_lib.emulator.standins.bucket_metrics import BucketMetrics
from constructs_lib.emulator.standins.composite_alarms import CompositeAlarms
from constructs_lib.emulator.standins.dsql_peering import DsqlPeering
from constructs_lib.emulator.standins.file_system_replicas import FileSystemReplicas
from constructs_lib.emulator.standins.file_systems import FileSystems
from constructs_lib.emulator.standins.issued_certificates import IssuedCertificates
from constructs_lib.emulator.standins.kms_replicas import KmsReplicas
from constructs_lib.emulator.standins.metric_points import MetricPoints
from constructs_lib.emulator.standins.multipart_tags import MultipartTags
from constructs_lib.emulator.standins.origin_identities import OriginIdentities
from constructs_lib.emulator.standins.rds.backups import RdsAutomatedBackups
from constructs_lib.emulator.standins.rds.event_subscriptions import RdsEventSubscriptions
from constructs_lib.emulator.standins.rds.fields import RdsFields
from constructs_lib.emulator.standins.rds.global_clusters import RdsGlobalClusters
from constructs_lib.emulator.standins.rds.identities import RdsIdentities
from constructs_lib.emulator.standins.rds.parameters import RdsParameters
from constructs_lib.emulator.standins.rds.postgres import RdsPostgres
from constructs_lib.emulator.standins.rds.quotas import RdsQuotas
from constructs_lib.emulator.standins.rds.replicas import RdsReplicas
from constructs_lib.emulator.standins.rds.restores import RdsRestores
from constructs_lib.emulator.standins.rds.states import RdsStates
from constructs_lib.emulator.standins.recovery_metrics import RecoveryMetrics
from constructs_lib.emulator.standins.scaling_tags import ScalingTags
from constructs_lib.emulator.standins.secret_replicas import SecretReplicas
from constructs_lib.emulator.standins.service_fields import ServiceFields
from constructs_lib.emulator.standins.table_replicas import TableReplicas
from constructs_lib.emulator.standins.table_states import TableStates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Protocol, TypeAlias

    from constructs_lib.emulator.calls.call import Call, Reply
    from constructs_lib.emulator.world import World

    Forward: TypeAlias = Callable[[Call], Awaitable[Reply]]

    class StandIn(Protocol):
        """Answers calls of one service, or passes them on with `forward`."""

        service: str

        async def answer(self, call: Call, forward: Forward) -> Reply:
            """Return the answer to `call`."""
            ...


class StandIns:
    """Every stand-in, in front of the emulators that `forward` reaches."""

    def __init__(self, forward: Forward, world: World) -> None:
        self._forward = forward
        identities = RdsIdentities()
        backups = RdsAutomatedBackups(world)
        replicas, databases = RdsReplicas(identities, world), RdsGlobalClusters(world)
        fleet = Fleet(world, Path(tempfile.gettempdir()) / "pg")
        inquiry = Inquiry(answer=self.answer, account=world.account)
        points, testing = BackupPoints(world, BackupData(world.account, self.answer)), RestoreTesting(world.account)
        RestoreTests(world, testing, points, inquiry)
        # The first of a service is asked first and sees what the later ones answer.
        self._standins: tuple[StandIn, ...] = (
            RdsStates(world),
            RdsPostgres(world, fleet, forward, identities, backups, replicas, databases),
            RdsRestores(backups),
            backups,
            replicas,
            databases,
            RdsFields(identities),
            RdsEventSubscriptions(),
            RdsParameters(),
            RdsQuotas(world),
            points,
            BackupVaults(),
            BackupSettings(),
            testing,
            BucketMetrics(),
            MultipartTags(),
            DsqlPeering(),
            FileSystems(world),
            IssuedCertificates(inquiry),
            KmsReplicas(),
            SecretReplicas(),
            TableStates(world),
            ScalingTags(),
            ServiceFields(),
            TableReplicas(),
            FileSystemReplicas(world),
            AlarmHealthChecks(),
            CompositeAlarms(world.account),
            RecoveryMetrics(world, identities, replicas, databases),
            MetricPoints(world),
            OriginIdentities(inquiry),
        )

    async def answer(self, call: Call) -> Reply:
        """Return what the stand-ins of the call's service, or else its emulator, answer."""
        forward = self._forward
        for standin in reversed(self._standins):
            if standin.service == call.service:
                forward = partial(standin.answer, forward=forward)
        return await forward(call)
