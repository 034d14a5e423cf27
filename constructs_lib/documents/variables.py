"""What the shell variables of a runbook are, in words."""

from __future__ import annotations

from typing import Final

__all__ = ["hint_of"]

_HINTS: Final = {
    "ACCOUNT": "the account: ACCOUNT=$(aws sts get-caller-identity --region {region} --query Account --output text)",
    "CLUSTER_ID": "identifier of the DSQL cluster in its own Region; write it down when it is deployed",
    "DOMAIN": "domain name of the distribution, or the alias its callers use; write it down when it is deployed",
    "MOMENT": "the last good moment, in UTC, such as 2026-11-23T10:14:00Z",
    "OPERATION": "a name for this recovery, such as the ticket's number, and another one if it is done again: it is "
    "put on whatever is made, and AWS Backup starts no second job under one name",
    "RECORD": "the DNS name callers use",
    "RECOVERED_ARN": "ARN of what was restored in the recovery Region",
    "RECOVERY_CLUSTER_ID": "identifier of the DSQL cluster in the recovery Region; write it down when it is deployed",
    "RECOVERY_SECURITY_GROUPS": "ids of the security groups in the recovery Region; write them down when they are "
    "deployed",
    "REVISION": "the last good revision of the task definition, among those that are listed",
    "SECURITY_GROUP": "id of the security group that lets the application in; write it down when it is deployed",
    "SECURITY_GROUPS": "ids of the security groups; write them down when they are deployed",
    "SINCE": "when the damage began, in UTC, such as 2026-11-23T10:15:00Z",
    "SUBNET": "id of a subnet of the application; write them down when they are deployed",
}


def hint_of(variable: str, region: str) -> str:
    """Return what *variable* is, and how to get it.

    Args:
        variable: Its name.
        region: A Region that can be asked.
    """
    words = variable.lower().replace("_", " ")
    return _HINTS.get(variable, f"the {words}, which the files do not tell: write it down").replace("{region}", region)
