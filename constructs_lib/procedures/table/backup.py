"""A table from a backup of AWS Backup: a new one at home, or one in the other Region from the copy there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.objectives import Disruption
from constructs_lib.procedures.shared import (
    BESIDE,
    backup_home,
    by_hand,
    newest_copy,
    newest_point,
    repoint,
    restore_job,
    stop_writer,
    taken_over,
)
from constructs_lib.procedures.step import Call, Fence, Part, Prepared, Procedure, Role, Step
from constructs_lib.procedures.table.settings import (
    CODE,
    LOOK,
    NOT_RESTORED,
    NOT_RESTORED_THERE,
    put_back,
    there,
    verify,
)
from constructs_lib.procedures.value import Json, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

CARRY_OVERS = ()


def _key_metadata(key: str) -> Mapping[str, Value]:
    return {"targetTableName": "{restored}", "encryptionType": "KMS", "kmsMasterKeyArn": Name(key, required=True)}


def _from_backup(mechanism: str, source: str) -> Procedure:
    return Procedure(
        kind="table",
        mechanism=mechanism,
        disruptions=(Disruption.SOFTWARE,),
        source=source,
        fence_because="the writer is stopped by hand",
        steps=(
            stop_writer(),
            newest_point(Role.HOME, "{vault}"),
            *LOOK,
            restore_job(
                "restore",
                "restore the last good backup to a new table",
                Role.HOME,
                _key_metadata("key"),
                "DynamoDB",
                guard=there(Role.HOME, "{restored}"),
            ),
            *put_back(Role.HOME),
            repoint("set the table of the application to {restored}", NOT_RESTORED),
            verify(Role.HOME, "{restored}"),
        ),
        back=(by_hand("keep", CODE),),
        afterwards=BESIDE,
    )


PROCEDURES = (
    _from_backup("backup", "backup-api"),
    _from_backup("backup_copy", "backup-copy-doc"),
    Procedure(
        kind="table",
        mechanism="backup_copy",
        disruptions=(Disruption.REGION,),
        source="backup-copy-doc",
        fence=Fence.BEST_EFFORT,
        fence_because="a policy on the table in the Region that failed refuses writes, where it can still be reached",
        steps=(
            newest_point(Role.RECOVERY, "{recovery_vault}"),
            Step(
                id="fence",
                title="refuse writes to the table in {region}, as far as it can be reached",
                part=Part.FENCE,
                best_effort=True,
                call=Call(
                    service="dynamodb",
                    operation="PutResourcePolicy",
                    region=Role.HOME,
                    parameters={
                        "ResourceArn": "arn:aws:dynamodb:{region}:{account}:table/{table}",
                        "ExpectedRevisionId": "NO_POLICY",
                        "Policy": Json(
                            {
                                "Version": "2012-10-17",
                                "Statement": (
                                    {
                                        "Sid": "FailedOver",
                                        "Effect": "Deny",
                                        "Principal": "*",
                                        "Action": (
                                            "dynamodb:BatchWriteItem",
                                            "dynamodb:DeleteItem",
                                            "dynamodb:PartiQLDelete",
                                            "dynamodb:PartiQLInsert",
                                            "dynamodb:PartiQLUpdate",
                                            "dynamodb:PutItem",
                                            "dynamodb:UpdateItem",
                                        ),
                                        "Resource": "arn:aws:dynamodb:{region}:{account}:table/{table}",
                                    },
                                ),
                            }
                        ),
                    },
                ),
                repeatable="it is refused where there is a policy",
                note="the policy takes effect some seconds later; the way home takes it away",
            ),
            restore_job(
                "restore",
                "restore the newest copy in {recovery_region}, encrypted with the key there",
                Role.RECOVERY,
                _key_metadata("recovery_key"),
                "DynamoDB",
                guard=there(Role.RECOVERY, "{restored}"),
            ),
            *put_back(Role.RECOVERY),
            repoint("let the application in {recovery_region} use table {restored} there", NOT_RESTORED_THERE),
            verify(Role.RECOVERY, "{restored}"),
        ),
        back=(
            *backup_home(
                "arn:aws:dynamodb:{recovery_region}:{account}:table/{restored}",
                "DynamoDB",
                {**_key_metadata("key"), "targetTableName": "{returned}"},
                there(Role.HOME, "{returned}"),
            ),
            *put_back(Role.HOME, "{returned}", Part.BACK),
            Step(
                id="unfence",
                title="take away the policy that refused writes to {table}",
                part=Part.BACK,
                call=Call(
                    service="dynamodb",
                    operation="DeleteResourcePolicy",
                    region=Role.HOME,
                    parameters={"ResourceArn": "arn:aws:dynamodb:{region}:{account}:table/{table}"},
                ),
                repeatable="taking away what is not there changes nothing",
            ),
            by_hand(
                "repoint-home",
                f"set the table of the application to {{returned}} in {{region}}; {taken_over('{returned}')}; "
                f"delete {{restored}} in {{recovery_region}} when nobody needs it",
            ),
        ),
        prepared=Prepared(
            state=("vault {recovery_vault} with copies of the backups, encrypted with the key of {recovery_region}",),
            configuration=(
                "role {restore_role}, which AWS Backup may take",
                "service quotas for restore jobs and table capacity in {recovery_region}",
            ),
        ),
        afterwards="the table has no copy in another Region",
        lag=newest_copy(),
    ),
)
