"""RDS: windows, ports, names, storage, logs and insights of a database, and whom its events are told to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.emulator.rules.rds import databases
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry

_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight, rules/rds"
_WRITTEN: Final = "rds:CreateDBInstance ModifyDBInstance CreateDBCluster ModifyDBCluster"
_INSTANCES: Final = "rds:CreateDBInstance ModifyDBInstance"
_RESTORED: Final = (
    "RestoreDBInstanceToPointInTime RestoreDBInstanceFromDBSnapshot RestoreDBClusterToPointInTime"
    " RestoreDBClusterFromSnapshot"
)
_SHORTEST, _DAY = 30, 24 * 60
_LEAST_PORT, _MOST_PORT = 1150, 65535
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_NAMED: Final = ("postgres", "mysql", "mariadb", "aurora-postgresql", "aurora-mysql")
_STRIPED: Final = ("postgres", "mysql", "mariadb")
_STRIPED_GB: Final = 400
_WITHOUT_CHARACTERS: Final = ("mysql", "mariadb", "postgres", "db2-", "aurora-")
_WITHOUT_TIME_ZONE: Final = ("mysql", "mariadb", "postgres", "oracle-", "aurora-")
_INSIGHTS_DAYS: Final = {7, 731, *(31 * month for month in range(1, 24))}
_WITHOUT_INSIGHTS: Final = re.compile(r"db\.(t2|t3|t4g)\.(micro|small)")
_INTERVALS: Final = (0, 1, 5, 10, 15, 30, 60)
_EVENT_SOURCES: Final = (
    "db-instance", "db-cluster", "db-parameter-group", "db-security-group", "db-snapshot", "db-cluster-snapshot",
    "db-proxy", "zero-etl", "custom-engine-version", "blue-green-deployment", "db-shard-group",
)  # fmt: skip
_CERTIFICATES: Final = ("rds-ca-2019", "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
_LOGIN: Final = "iam-db-auth-error"
_OF_MYSQL: Final = ("audit", "error", "general", "slowquery", _LOGIN)
#: By engine, its name or how that begins.
_LOGS: Final[Mapping[str, Collection[str]]] = {
    "postgres": ("postgresql", "upgrade", _LOGIN),
    "aurora-postgresql": ("postgresql", "instance", _LOGIN),
    "mysql": _OF_MYSQL,
    "aurora-mysql": (*_OF_MYSQL, "instance"),
    "mariadb": _OF_MYSQL,
    "oracle": ("alert", "audit", "listener", "trace", "oemagent"),
    "sqlserver": ("agent", "error"),
    "db2": ("diag.log", "notify.log", _LOGIN),
}
#: By engine, its name or how that begins; Enterprise Edition of Oracle before Oracle.
_LICENSES: Final[Mapping[str, Collection[str]]] = {
    "postgres": ("postgresql-license",),
    "mysql": ("general-public-license",),
    "mariadb": ("general-public-license",),
    "oracle-ee": ("bring-your-own-license",),
    "oracle": ("bring-your-own-license", "license-included"),
    "sqlserver": ("license-included", "bring-your-own-media"),
    "db2": ("bring-your-own-license", "marketplace-license"),
}
#: Of both guides.
_CATEGORIES: Final[Mapping[str, Collection[str]]] = {
    "db-instance": (
        "availability", "backtrack", "backup", "configuration change", "creation", "deletion", "failover", "failure",
        "low storage", "maintenance", "notification", "read replica", "recovery", "restoration", "security",
        "security patching",
    ),
    "db-cluster": (
        "configuration change", "creation", "deletion", "failover", "failure", "global-failover", "maintenance",
        "migration", "notification", "serverless",
    ),
}  # fmt: skip


@rule(
    "rds.backup-window-of-half-an-hour",
    _WRITTEN,
    code="InvalidParameterValue",
    code_from="seen",
    source=f"botocore rds CreateDBInstance.PreferredBackupWindow; the message in {_SEEN}/pf-rds-backup-window-duration,"
    " the code in its probe of the same parameter for Neptune",
)
async def _window(asked: Asked, _: Inquiry) -> str | None:
    found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", asked.parameters.get("PreferredBackupWindow", ""))
    if found is None:
        return None
    start, end = (int(found[hour]) * 60 + int(found[hour + 1]) for hour in (1, 3))
    return "Backup window must be at least 30 minutes." if (end - start) % _DAY < _SHORTEST else None


@rule(
    "rds.port-out-of-range",
    _WRITTEN,
    code="InvalidParameterValue",
    code_from="memory",
    source=f"botocore rds CreateDBInstance.Port; the message in {_SEEN}/pf-rds-port-range",
)
async def _port(asked: Asked, _: Inquiry) -> str | None:
    port = asked.parameters.get("Port") or asked.parameters.get("DBPortNumber") or _LEAST_PORT
    if _LEAST_PORT <= port <= _MOST_PORT:
        return None
    return f"Invalid endpoint port {port}. Valid range is: {_LEAST_PORT}-{_MOST_PORT}"


@rule(
    "rds.database-name",
    "rds:CreateDBInstance CreateDBCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateDBInstance.DBName, of SQL Server null; https://github.com/terraform-aws-modules/terraform-aws-rds/issues/425"
    " and https://github.com/hashicorp/terraform-provider-aws/issues/38528 quote code and message",
)
async def _name(asked: Asked, _: Inquiry) -> str | None:
    what = "DBName" if asked.operation == "CreateDBInstance" else "DatabaseName"
    name = asked.parameters.get(what)
    engine = asked.parameters.get("Engine", "")
    if name and engine.startswith("sqlserver"):
        return f"DBName must be null for engine: {engine}"
    if not name or engine not in _NAMED or _NAME.fullmatch(name):
        return None
    return f"{what} must begin with a letter and contain only alphanumeric characters."


@rule(
    "rds.performance-of-a-small-volume",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html, gp3; the message in"
    f" {_SEEN}/pf-rds-gp3-iops-storage-threshold, the code in"
    " https://github.com/braintrustdata/terraform-aws-braintrust-data-plane/pull/288",
)
async def _small(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    engine, tuned = given.get("Engine"), given.get("Iops") or given.get("StorageThroughput")
    if given.get("StorageType") != "gp3" or engine not in _STRIPED or not tuned:
        return None
    if given.get("AllocatedStorage", 0) >= _STRIPED_GB:
        return None
    return (
        f"You can't specify IOPS or storage throughput for engine {engine} and a storage size less than {_STRIPED_GB}."
    )


@rule(
    "rds.insights-kept",
    _INSTANCES,
    code="InvalidParameterValue",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Enabling.html quotes code and"
    " message",
)
async def _kept(asked: Asked, _: Inquiry) -> str | None:
    days = asked.parameters.get("PerformanceInsightsRetentionPeriod")
    if days is None or days in _INSIGHTS_DAYS:
        return None
    return f"Invalid Performance Insights retention period. Valid values are: {sorted(_INSIGHTS_DAYS)}"


@rule(
    "rds.insights-of-a-small-class",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html: not MySQL"
    " and MariaDB on micro and small classes; code and message in many public reports of db.t3.micro",
)
async def _insights(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    if not given.get("EnablePerformanceInsights") or given.get("Engine") not in ("mysql", "mariadb"):
        return None
    if not _WITHOUT_INSIGHTS.fullmatch(given.get("DBInstanceClass", "")):
        return None
    return "Performance Insights not supported for this configuration."


@rule(
    "rds.logs-of-another-engine",
    _WRITTEN,
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBInstance.EnableCloudwatchLogsExports; code and message in"
    " https://github.com/hashicorp/terraform/issues/22538 and https://github.com/awsdocs/amazon-rds-user-guide/issues/80",
)
async def _logs(asked: Asked, inquiry: Inquiry) -> str | None:
    given = asked.parameters
    wanted = given.get("EnableCloudwatchLogsExports")
    wanted = wanted or given.get("CloudwatchLogsExportConfiguration", {}).get("EnableLogTypes") or ()
    engine = (await databases.engine(asked, inquiry) or "") if wanted else ""
    known = next((logs for of, logs in _LOGS.items() if engine.startswith(of)), wanted)
    unknown = ", ".join(f"'{log}'" for log in wanted if log not in known)
    return f"You cannot use the log types {unknown} with engine version {engine}." if unknown else None


@rule(
    "rds.license-of-another-engine",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBInstance.LicenseModel, and Oracle.Concepts.Licensing.html: license included for"
    " Standard Edition 2 only; https://github.com/ansible/ansible/issues/47405 quotes code and message",
)
async def _license(asked: Asked, _: Inquiry) -> str | None:
    engine, given = asked.parameters.get("Engine", ""), asked.parameters.get("LicenseModel")
    valid = next((models for of, models in _LICENSES.items() if engine.startswith(of)), None)
    if not given or valid is None or given in valid:
        return None
    return f"Invalid license model '{given}' for engine '{engine}'. Valid license models are: {', '.join(valid)}"


@rule(
    "rds.certificate-that-does-not-exist",
    "rds:CreateDBInstance ModifyDBInstance CreateDBCluster ModifyDBCluster",
    code="CertificateNotFound",
    status=404,
    code_from="api",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html, certificate authorities",
)
async def _certificate(asked: Asked, _: Inquiry) -> str | None:
    name = asked.parameters.get("CACertificateIdentifier")
    if name == "rds-ca-default":
        # What moto shows of an instance that was given none: a restore gives what its source shows.
        return None
    return f"Certificate not found: {name}" if name and name not in _CERTIFICATES else None


@rule(
    "rds.security-group-that-does-not-exist",
    f"{_WRITTEN} CreateDBInstanceReadReplica {_RESTORED}",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateDBInstance.VpcSecurityGroupIds; https://github.com/aws/aws-cli/issues/574 quotes code"
    " and message",
)
async def _groups(asked: Asked, inquiry: Inquiry) -> str | None:
    for group in asked.parameters.get("VpcSecurityGroupIds") or ():
        if await inquiry("ec2", "DescribeSecurityGroups", asked.region, GroupIds=[group]) is None:
            return f"Invalid security group , groupId= {group}, groupName=."
    return None


@rule(
    "rds.events-to-a-topic-that-does-not-exist",
    "rds:CreateEventSubscription",
    code="SNSTopicArnNotFound",
    status=404,
    code_from="api",
    source="botocore rds SNSTopicArnNotFoundFault: the SNS topic ARN does not exist",
)
async def _topic(asked: Asked, inquiry: Inquiry) -> str | None:
    topic = asked.parameters["SnsTopicArn"]
    region = databases.region_of(topic, asked.region)
    found = await inquiry("sns", "GetTopicAttributes", region, TopicArn=topic)
    return None if found else f"The SNS topic {topic} does not exist"


@rule(
    "rds.event-category-that-does-not-exist",
    "rds:CreateEventSubscription ModifyEventSubscription",
    code="SubscriptionCategoryNotFound",
    status=404,
    code_from="api",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html; the message in"
    f" {_SEEN}/pf-rds-event-subscription-categories",
)
async def _category(asked: Asked, _: Inquiry) -> str | None:
    source = asked.parameters.get("SourceType", "")
    wanted = asked.parameters.get("EventCategories") or ()
    unknown = next((one for one in wanted if one not in _CATEGORIES.get(source, wanted)), None)
    return f"Category : {unknown} not found for source type {source}." if unknown else None


@rule(
    "rds.monitoring-interval",
    "rds:CreateDBInstance CreateDBInstanceReadReplica ModifyDBInstance CreateDBCluster ModifyDBCluster",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateDBInstance.MonitoringInterval and MonitoringRoleArn; code and message in public reports",
)
async def _monitored(asked: Asked, _: Inquiry) -> str | None:
    interval, role = asked.parameters.get("MonitoringInterval"), asked.parameters.get("MonitoringRoleArn")
    if interval is not None and interval not in _INTERVALS:
        return f"MonitoringInterval {interval} is not one of {', '.join(map(str, _INTERVALS))}."
    if interval and not role and asked.operation.startswith("Create"):
        return "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0."
    return None


@rule(
    "rds.sign-in-by-iam",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="seen",
    source="https://github.com/badmintoncryer/cdk-preflight, rules/rds/pf-rds-iam-auth-engine; botocore rds"
    " CreateDBInstance.EnableIAMDatabaseAuthentication",
)
async def _iam(asked: Asked, _: Inquiry) -> str | None:
    if not asked.parameters.get("EnableIAMDatabaseAuthentication"):
        return None
    if asked.parameters.get("Engine", "").startswith(("postgres", "mysql", "mariadb", "aurora")):
        return None
    return "IAM Database Authentication is not supported for this configuration."


@rule(
    "rds.source-of-events",
    "rds:CreateEventSubscription",
    code="InvalidParameterCombination",
    code_from="seen",
    source="botocore rds CreateEventSubscription.SourceIds: SourceType must be given too;"
    " https://github.com/badmintoncryer/cdk-preflight, rules/rds/pf-rds-event-subscription-source-ids-require-type",
)
async def _source(asked: Asked, _: Inquiry) -> str | None:
    if not asked.parameters.get("SourceIds") or asked.parameters.get("SourceType"):
        return None
    return "SourceType must be specified with SourceIds."


@rule(
    "rds.type-of-events",
    "rds:CreateEventSubscription",
    code="InvalidParameterValue",
    code_from="seen",
    source="botocore rds CreateEventSubscription.SourceType;"
    " https://github.com/badmintoncryer/cdk-preflight, rules/rds/pf-rds-event-subscription-source-type-values",
)
async def _type(asked: Asked, _: Inquiry) -> str | None:
    kind = asked.parameters.get("SourceType")
    return None if kind in (None, *_EVENT_SOURCES) else f"Invalid source type: {kind}"


@rule(
    "rds.engine-mode",
    "rds:CreateDBCluster",
    code="InvalidParameterValue",
    code_from="seen",
    source="https://github.com/badmintoncryer/cdk-preflight, rules/rds/pf-rds-engine-mode-serverless-retired; botocore"
    " rds CreateDBCluster.EngineMode: provisioned or serverless",
)
async def _mode(asked: Asked, _: Inquiry) -> str | None:
    mode = asked.parameters.get("EngineMode", "provisioned")
    return (
        None if mode in ("provisioned", "global") else f"The engine mode {mode} you requested is currently unavailable."
    )


@rule(
    "rds.insights-kept-without-insights",
    "rds:CreateDBInstance CreateDBInstanceReadReplica",
    code="InvalidParameterCombination",
    code_from="seen",
    source=f"the message in {_SEEN}/pf-rds-pi-retention-requires-enable, the code in public reports of it",
)
async def _uninsightful(asked: Asked, _: Inquiry) -> str | None:
    given = asked.parameters
    if "PerformanceInsightsRetentionPeriod" not in given or given.get("EnablePerformanceInsights"):
        return None
    return "To enable Performance Insights, EnablePerformanceInsights must be set to 'true'"


@rule(
    "rds.character-set-of-another-engine",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="memory",
    source="botocore rds CreateDBInstance.CharacterSetName: of RDS for Oracle, and of RDS Custom; the message in"
    f" {_SEEN}/pf-rds-character-set-engine",
)
async def _characters(asked: Asked, _: Inquiry) -> str | None:
    engine = asked.parameters.get("Engine", "")
    if not asked.parameters.get("CharacterSetName") or not engine.startswith(_WITHOUT_CHARACTERS):
        return None
    return f"You tried to modify the character set, which isn't supported when creating an instance of {engine}."


@rule(
    "rds.time-zone-of-another-engine",
    "rds:CreateDBInstance",
    code="InvalidParameterCombination",
    code_from="memory",
    source="botocore rds CreateDBInstance.Timezone: of RDS for Db2 and for SQL Server; the message in"
    f" {_SEEN}/pf-rds-timezone-engine",
)
async def _time_zone(asked: Asked, _: Inquiry) -> str | None:
    engine = asked.parameters.get("Engine", "")
    if not asked.parameters.get("Timezone") or not engine.startswith(_WITHOUT_TIME_ZONE):
        return None
    return f"You can't specify a time zone when you create a DB instance running {engine}."


RULES: Final = (
    _monitored,
    _iam,
    _source,
    _type,
    _mode,
    _window,
    _port,
    _name,
    _small,
    _kept,
    _insights,
    _logs,
    _license,
    _certificate,
    _groups,
    _topic,
    _category,
    _uninsightful,
    _characters,
    _time_zone,
)
