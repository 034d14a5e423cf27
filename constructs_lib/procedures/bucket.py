"""Buckets: versions brought back, and the recovery bucket taken into use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from constructs_lib.catalog.limits import limit
from constructs_lib.objectives import Disruption
from constructs_lib.procedures.carry_over import CarryOver
from constructs_lib.procedures.fill import DRILL_TAGS
from constructs_lib.procedures.shared import (
    BESIDE,
    UNPROTECTED,
    backup_home,
    by_hand,
    newest_copy,
    newest_point,
    repoint,
    restore_job,
    serves_by_itself,
)
from constructs_lib.procedures.step import Call, Each, Fence, Part, Prepared, Probe, Procedure, Role, Step
from constructs_lib.procedures.value import Name

if TYPE_CHECKING:
    from constructs_lib.procedures.value import Value

__all__ = ["CARRY_OVERS", "PROCEDURES"]

_STAYS = "a copy takes it from its source, or from the bucket's own configuration"

_COPY = CarryOver(
    service="s3",
    operation="CopyObject",
    carried={
        "Bucket": "{to_bucket}",
        "Key": "{key}",
        "CopySource": "{from_bucket}/{key}?versionId={version}",
        # Without it the copy is STANDARD, whatever its source is.
        "StorageClass": "{storage_class}",
        "MetadataDirective": "COPY",
        "TaggingDirective": "COPY",
    },
    left_out={
        _STAYS: (
            "CacheControl",
            "ContentDisposition",
            "ContentEncoding",
            "ContentLanguage",
            "ContentType",
            "Expires",
            "Metadata",
            "Tagging",
            "AnnotationDirective",
            "WebsiteRedirectLocation",
            "ServerSideEncryption",
            "SSEKMSKeyId",
            "SSEKMSEncryptionContext",
            "BucketKeyEnabled",
            "ChecksumAlgorithm",
            "ObjectLockMode",
            "ObjectLockRetainUntilDate",
            "ObjectLockLegalHoldStatus",
            "ObjectLockEventHold",
            "ObjectLockEventHoldDurationDays",
            "ObjectLockEventHoldDurationYears",
        ),
        "the buckets have their owner enforced, so that there are no access control lists": (
            "ACL",
            "GrantFullControl",
            "GrantRead",
            "GrantReadACP",
            "GrantWriteACP",
        ),
        "the version is named, so that there is nothing to match": (
            "CopySourceIfMatch",
            "CopySourceIfModifiedSince",
            "CopySourceIfNoneMatch",
            "CopySourceIfUnmodifiedSince",
            "IfMatch",
            "IfNoneMatch",
        ),
        "keys of the customer's own would be secrets in the journal": (
            "SSECustomerAlgorithm",
            "SSECustomerKey",
            "SSECustomerKeyMD5",
            "CopySourceSSECustomerAlgorithm",
            "CopySourceSSECustomerKey",
            "CopySourceSSECustomerKeyMD5",
        ),
        "one account owns both buckets": ("RequestPayer", "ExpectedBucketOwner", "ExpectedSourceBucketOwner"),
    },
)

CARRY_OVERS = (_COPY,)

_STOP = Step(
    id="stop-writer",
    title="stop the writer that does the damage",
    part=Part.FENCE,
    by_hand=True,
    note="as long as it runs, it damages what is brought back",
)


def _undelete(id_: str, title: str, region: Role, bucket: str, form: str | None = None) -> Step:
    return Step(
        id=id_,
        title=title,
        each=Each.DELETED_SINCE,
        call=Call(
            service="s3",
            operation="DeleteObject",
            region=region,
            parameters={"Bucket": bucket, "Key": "{key}", "VersionId": "{version}"},
        ),
        repeatable="a marker that is gone is not found the second time",
        form=form,
        note="only the newest marker of a key goes, and only where it is as young as the damage",
    )


_BACK_TO = Step(
    id="roll-back",
    title="copy the version from before the damage over each object that was overwritten",
    each=Each.OVERWRITTEN_SINCE,
    call=_COPY.call(Role.HOME),
    repeatable="an object that was rolled back has the same content as the version before it",
    note="the copy is a new version, which replicates. Objects above 5 GB need a copy in parts (aws s3api "
    "upload-part-copy); what had been deleted before the damage and was made anew since gets what it was before. drctl "
    "restore copies the former, and leaves the latter as it is.",
)

_ANSWERS = "HeadBucket"
_MADE_WITHIN = 60
"""Seconds until a bucket that was made must answer."""


def _answers(id_: str, title: str, region: Role, bucket: str, part: Part = Part.VERIFY) -> Step:
    call = Call(service="s3", operation=_ANSWERS, region=region, parameters={"Bucket": bucket})
    return Step(id=id_, title=title, part=part, call=call)


def _sampled(role: Role, part: Part) -> tuple[Step, ...]:
    """Return how a drill reads some of what a bucket holds into a bucket of its own, so that it writes to no other."""
    return (
        Step(
            id="make",
            title="make the drill's bucket {restored}",
            part=part,
            call=Call(
                service="s3",
                operation="CreateBucket",
                region=role,
                parameters={
                    "Bucket": "{restored}",
                    # S3 wants none of it in us-east-1.
                    "CreateBucketConfiguration": {"LocationConstraint": Name("location")},
                },
            ),
            limit=_MADE_WITHIN,
            probe=Probe(
                call=Call(service="s3", operation=_ANSWERS, region=role, parameters={"Bucket": "{restored}"}),
                query="to_string(ResponseMetadata.HTTPStatusCode)",
                done="200",
                absent_errors=("404", "NoSuchBucket", "NotFound"),
            ),
        ),
        Step(
            id="tags",
            title="tag it as the drill's",
            part=part,
            call=Call(
                service="s3",
                operation="PutBucketTagging",
                region=role,
                parameters={"Bucket": "{restored}", "Tagging": {"TagSet": DRILL_TAGS}},
            ),
            repeatable="it sets the same tags again",
        ),
        Step(
            id="sample",
            title="copy a sample of the objects, as they were at {as_of}, into it",
            part=part,
            each=Each.SAMPLED,
            call=Call(
                service="s3",
                operation="CopyObject",
                region=role,
                parameters={
                    "Bucket": "{restored}",
                    "Key": "{key}",
                    "CopySource": "{from_bucket}/{key}?versionId={version}",
                    "ServerSideEncryption": "aws:kms",
                    "SSEKMSKeyId": Name("key" if role is Role.HOME else "recovery_key"),
                },
            ),
            repeatable="the same versions are copied to the same keys",
        ),
        _answers("verify", "the drill's bucket answers", role, "{restored}"),
    )


def _from_backup(mechanism: str, disruption: Disruption) -> Procedure:
    region = disruption is Disruption.REGION
    role = Role.RECOVERY if region else Role.HOME
    # S3 encrypts with keys of the bucket's Region alone, and AWS Backup takes those of the original without a word.
    here: dict[str, Value] = {"EncryptionType": "SSE-KMS", "KMSKey": Name("key")}
    there: dict[str, Value] = {"EncryptionType": "SSE-KMS", "KMSKey": Name("recovery_key")}
    # AWS Backup makes the bucket; an existing one would keep what is in it.
    made: dict[str, Value] = {
        "DestinationBucketName": "{restored}",
        "NewBucket": "true",
        "Encrypted": "true",
        **(there if region else {"EncryptionType": "original"}),
    }
    return Procedure(
        kind="bucket",
        mechanism=mechanism,
        disruptions=(disruption,),
        source="backup-s3-doc",
        fence=Fence.NONE if region else Fence.COMPLETE,
        fence_because="whoever still reaches the bucket in the Region that failed can write to it"
        if region
        else "the writer is stopped by hand",
        steps=(
            *(() if region else (_STOP,)),
            newest_point(role, "{recovery_vault}" if region else "{vault}"),
            restore_job("restore", "restore the last good backup to a new bucket", role, made, "S3"),
            repoint("set the bucket of the application to {restored}"),
            _answers("verify", "the restored bucket answers", role, "{restored}"),
        ),
        back=(
            *(
                backup_home("arn:aws:s3:::{restored}", "S3", {**made, **here, "DestinationBucketName": "{returned}"})
                if region
                else ()
            ),
            by_hand(
                "keep",
                "keep {restored}: declare it with its settings, which a backup does not hold, and import it",
            ),
        ),
        prepared=Prepared(
            state=("vault {recovery_vault} with copies of the backups, encrypted with the key of {recovery_region}",),
            configuration=("role {restore_role}, which AWS Backup may take",),
        )
        if region
        else Prepared(),
        afterwards=f"the bucket has no copy in another Region, {UNPROTECTED}" if region else BESIDE,
        lag=newest_copy() if region else None,
    )


_TAKE_OVER = Step(
    id="take-over",
    title="the recovery bucket is readable and writable all the time: see that it answers",
    call=Call(service="s3", operation=_ANSWERS, region=Role.RECOVERY, parameters={"Bucket": "{recovery_bucket}"}),
    danger="what was written and not yet replicated",
    console="https://{recovery_region}.console.aws.amazon.com/s3/buckets/{recovery_bucket}",
)

_TAKEN_OVER = Procedure(
    kind="bucket",
    mechanism="replication",
    disruptions=(Disruption.REGION,),
    source="s3-replication-api",
    fence=Fence.NONE,
    fence_because="whoever still reaches the bucket in the Region that failed can write to it",
    # The copy serves by itself; that it can be read is what a drill looks at.
    rehearsal=(_TAKE_OVER, *_sampled(Role.RECOVERY, Part.VERIFY)),
    steps=(
        _TAKE_OVER,
        Step(
            id="repoint",
            title="set the bucket of the application to {recovery_bucket} in {recovery_region}",
            part=Part.PROPAGATE,
            by_hand=True,
            note="the application in {recovery_region} reads it from its configuration there, which must exist "
            "beforehand",
        ),
        _answers("verify", "the recovery bucket answers", Role.RECOVERY, "{recovery_bucket}"),
    ),
    back=(
        Step(
            id="stop-recovery-writers",
            title="once {region} is healthy and has been for as long as you agreed, stop the writers in "
            "{recovery_region}",
            part=Part.BACK,
            by_hand=True,
        ),
        Step(
            id="copy-home",
            title="copy what was written in {recovery_region} meanwhile; where replication runs both ways, S3 has "
            "done so itself, and nothing is left to copy",
            part=Part.BACK,
            each=Each.WRITTEN_THERE,
            call=_COPY.call(Role.HOME),
            repeatable="an object that is at home with the same content is passed over",
        ),
        by_hand(
            "delete-home",
            "delete from {bucket} what was deleted from {recovery_bucket} meanwhile and is to stay so: at home it is "
            "still there",
            "no copy tells of a deletion; where replication runs both ways, S3 has done so itself. What went since "
            "{recovery_region} began to serve is last in the list, and a lifecycle rule may have taken some of it",
            (
                "aws s3api list-object-versions --region {recovery_region} --bucket {recovery_bucket} --output text "
                "--query 'DeleteMarkers[?IsLatest].[LastModified,Key]' | sort",
            ),
        ),
        _answers("verify-home", "the bucket answers", Role.HOME, "{bucket}", Part.BACK),
        Step(
            id="repoint-home",
            title="set the bucket of the application back to {bucket}",
            part=Part.BACK,
            by_hand=True,
        ),
    ),
    prepared=Prepared(
        state=(
            "bucket {recovery_bucket} with the replicated objects, versioned and encrypted with the key of "
            "{recovery_region}",
        ),
        configuration=(
            "permission of the application's role in {recovery_region} to read and write {recovery_bucket}, and "
            "its KMS key",
        ),
    ),
)


def _restored_first(storage_class: object) -> Procedure:
    """Return the same for a copy in an archive, whose objects cannot be read before they are restored."""
    first, *others = _TAKEN_OVER.steps
    restored = Step(
        id=first.id,
        title="restore the objects of {recovery_bucket}: one batch job for all, or aws s3api restore-object for each",
        by_hand=True,
        danger=first.danger,
        console="https://{recovery_region}.console.aws.amazon.com/s3/jobs?region={recovery_region}",
        note=f"they are in {storage_class}; what is restored is readable for as many days as the restore says",
    )
    return attrs.evolve(_TAKEN_OVER, when={"archive": storage_class}, steps=(restored, *others), rehearsal=())


PROCEDURES = (
    serves_by_itself(
        "bucket",
        "regional_service",
        (Disruption.HARDWARE, Disruption.ZONE),
        source="s3-durability-doc",
        title="S3 goes on from the other devices and Availability Zones",
        verify=_answers("verify", "the bucket answers", Role.HOME, "{bucket}"),
    ),
    Procedure(
        kind="bucket",
        mechanism="versioning",
        disruptions=(Disruption.SOFTWARE,),
        source="s3-versioning-api",
        fence=Fence.COMPLETE,
        fence_because="the writer is stopped by hand",
        rehearsal=_sampled(Role.HOME, Part.ACT),
        steps=(
            _STOP,
            _undelete("undelete", "remove the delete markers, which brings the objects back", Role.HOME, "{bucket}"),
            _undelete(
                "undelete-copy",
                "the same in the recovery bucket: removing a marker by its version does not replicate",
                Role.RECOVERY,
                "{recovery_bucket}",
                "replication",
            ),
            _BACK_TO,
            _answers("verify", "the bucket answers, and nothing that should be there is hidden", Role.HOME, "{bucket}"),
        ),
        back=(
            Step(
                id="go-on",
                title="none: the objects are back in their own bucket; let the writer run again once it is repaired",
                part=Part.BACK,
                by_hand=True,
            ),
        ),
    ),
    *(_restored_first(storage_class) for storage_class in limit("s3.archive_storage_class").values),
    _TAKEN_OVER,
    _from_backup("backup", Disruption.SOFTWARE),
    _from_backup("backup_copy", Disruption.SOFTWARE),
    _from_backup("backup_copy", Disruption.REGION),
)
