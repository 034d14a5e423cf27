"""What a failover needs in the recovery Region beside its copies: a key, versions that go together, room, an image."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.operations.check import ASSUMED, BEWARE, OK, REFUSED, Check
from constructs_lib.procedures import Call, Part, Role
from constructs_lib.procedures.value import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from constructs_lib.operations.plan import ComponentPlan

__all__ = ["NEEDED", "instances_of", "questions"]

NEEDED: Final = {
    "image": "no task starts before it is there: have the registry replicate it, or push it",
    "certificate": "no listener is made before one is in force: ask ACM for one there, and name it in the tag "
    "recovery:certificate of the cluster",
}
"""What a service cannot be without in the recovery Region, and what to do where it is not there."""
_NEW_INSTANCES: Final = ("CreateDBInstance", "CreateDBInstanceReadReplica", "RestoreDBInstanceToPointInTime")
_BY_BACKUP: Final = "StartRestoreJob"
_ENABLED: Final = "Enabled"
_ISSUED: Final = "ISSUED"

_GLOBAL: Final = Call(
    service="rds",
    operation="DescribeGlobalClusters",
    region=Role.RECOVERY,
    parameters={"GlobalClusterIdentifier": "{global_cluster}"},
)
_SECONDARY: Final = Call(
    service="rds",
    operation="DescribeDBClusters",
    region=Role.RECOVERY,
    parameters={"DBClusterIdentifier": "{recovery_cluster}"},
)
_KEY: Final = Call(service="kms", operation="DescribeKey", region=Role.RECOVERY, parameters={"KeyId": "{recovery_key}"})
_CERTIFICATE: Final = Call(
    service="acm",
    operation="DescribeCertificate",
    region=Role.RECOVERY,
    parameters={"CertificateArn": Name("recovery_certificate", required=True)},
)
_QUOTAS: Final = Call(service="rds", operation="DescribeAccountAttributes", region=Role.RECOVERY)


def questions(item: ComponentPlan, together: int) -> Iterator[tuple[str, tuple[Call, ...], Callable[..., Check]]]:
    """Yield what is asked of a component, by which calls, and who judges the replies.

    Args:
        item: The component.
        together: How many instances all components make, which share one quota.
    """
    if "recovery_key" in item.names:
        yield "key", (_KEY,), _key
    if item.procedure.mechanism == "global_database":
        yield "versions", (_GLOBAL, _SECONDARY), _versions
    if instances_of(item):
        yield "quota", (_QUOTAS,), partial(_quota, together)
    for image in item.names.get("recovery_images", ()):
        asked = Call(service="ecr", operation="DescribeImages", region=Role.RECOVERY, parameters=image)
        yield "image", (asked,), partial(_image, image["repositoryName"])
    if "recovery_certificate" in item.names:
        yield "certificate", (_CERTIFICATE,), _certificate


def instances_of(item: ComponentPlan) -> int:
    """Return how many instances the steps make in the recovery Region."""
    made = 0
    for step in item.steps:
        call = step.call
        if call is None or step.part is not Part.ACT or call.region is not Role.RECOVERY:
            continue
        by_backup = call.operation == _BY_BACKUP and call.parameters.get("ResourceType") == "RDS"
        made += call.operation in _NEW_INSTANCES or by_backup
    return made


def _image(repository: str, item: ComponentPlan, reply: Mapping[str, Any]) -> Check:
    found = f"its image is in repository {repository} of {item.names.get('recovery_region')}"
    if reply.get("imageDetails"):
        return Check(component=item.name, what="image", state=OK, found=found)
    return Check(component=item.name, what="image", state=ASSUMED, found=f"that {found}")


def _certificate(item: ComponentPlan, reply: Mapping[str, Any]) -> Check:
    certificate = reply.get("Certificate", {})
    state, arn = certificate.get("Status"), certificate.get("CertificateArn")
    if state is None:
        return Check(component=item.name, what="certificate", state=ASSUMED, found="that its certificate is in force")
    if state == _ISSUED:
        return Check(component=item.name, what="certificate", state=OK, found=f"certificate {arn} is in force")
    found = f"certificate {arn} is {state}"
    return Check(component=item.name, what="certificate", state=BEWARE, found=found, fix=NEEDED["certificate"])


def _key(item: ComponentPlan, reply: Mapping[str, Any]) -> Check:
    found = reply.get("KeyMetadata", {})
    state = found.get("KeyState")
    arn, region = found.get("Arn"), item.names.get("recovery_region")
    if state is None:
        return Check(component=item.name, what="key", state=ASSUMED, found=f"the state of its key in {region}")
    if state == _ENABLED:
        return Check(component=item.name, what="key", state=OK, found=f"key {arn} is enabled")
    undo = "cancel-key-deletion" if state == "PendingDeletion" else "enable-key"
    return Check(
        component=item.name,
        what="key",
        state=REFUSED,
        found=f"key {arn} is {state}, and nothing encrypted with it can be read",
        fix=f"`aws kms {undo} --region {region} --key-id {arn}`, and enable it",
    )


def _versions(item: ComponentPlan, group: Mapping[str, Any], secondary: Mapping[str, Any]) -> Check:
    groups, clusters = group.get("GlobalClusters"), secondary.get("DBClusters")
    one = groups[0].get("EngineVersion") if groups else None
    other = clusters[0].get("EngineVersion") if clusters else None
    name = item.names.get("recovery_cluster")
    if one is None or other is None:
        return Check(component=item.name, what="versions", state=ASSUMED, found="the engine versions of both sides")
    if one == other:
        return Check(component=item.name, what="versions", state=OK, found=f"both sides run {one}")
    if _minor(one) == _minor(other):
        found = f"the patches {one} and {other} go together: Aurora refuses a failover where they do not"
        return Check(component=item.name, what="versions", state=ASSUMED, found=found)
    return Check(
        component=item.name,
        what="versions",
        state=REFUSED,
        found=f"the global database runs {one} and {name} runs {other}, and Aurora refuses a failover between them",
        fix=f"upgrade {name}; where the primary's Region is lost, take {name} out of the global database with "
        f"`aws rds remove-from-global-cluster`, which makes it stand alone",
    )


def _minor(version: str) -> tuple[str, ...]:
    """Return major and minor version, without the patch: `16.4`, or `8.0` and `3.05` of `8.0.mysql_aurora.3.05.2`."""
    base, _, aurora = version.partition(".mysql_aurora.")
    return (*base.split(".")[:2], *aurora.split(".")[:2])


def _quota(together: int, item: ComponentPlan, reply: Mapping[str, Any]) -> Check:
    quotas = {row.get("AccountQuotaName"): row for row in reply.get("AccountQuotas", ())}
    row, region = quotas.get("DBInstances"), item.names.get("recovery_region")
    if row is None:
        found = f"that the quota of RDS in {region} leaves {together} more"
        return Check(component=item.name, what="quota", state=ASSUMED, found=found)
    used, most = int(row["Used"]), int(row["Max"])
    found = f"{used} of {most} instances in {region} are used, and {together} more are needed by all that moves there"
    if used + together <= most:
        return Check(component=item.name, what="quota", state=OK, found=found)
    return Check(
        component=item.name,
        what="quota",
        state=REFUSED,
        found=found,
        fix=f"delete what {region} does not need, or ask for a higher quota of RDS there (DB instances)",
    )
