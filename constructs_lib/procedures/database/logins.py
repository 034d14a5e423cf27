"""Who may log in to what was recovered: what of that does not come along."""

from __future__ import annotations

_POLICIES = "where callers log in with IAM: policies for rds-db:connect in {recovery_region} that name dbuser:*/<user>"
RESTORED = f"{_POLICIES}, since what is restored has another resource id"
STANDING_BY = f"{_POLICIES}, since what stands by has another resource id"
NOTE = (
    "where callers log in with IAM, a policy for rds-db:connect that names the original's resource id does not let "
    "them into this one, which has another"
)
DSQL_RESTORED = "policies for dsql:DbConnect in {recovery_region} that name no cluster: a restored one has another ARN"
DSQL_NOTE = "a policy for dsql:DbConnect that names the original's ARN does not let callers into this one"
