"""Choices checked by hand against the facts; the arithmetic is written out here, and not in the library's words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

import attrs
import pytest
from msgspec.structs import replace

from constructs_lib.assessment import assess
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.regions import load_regions, region_sets
from constructs_lib.components import Kind
from constructs_lib.costs import Usage
from constructs_lib.errors import InfeasibleError
from constructs_lib.objectives import Assumptions, Disruption, Objective, Target
from constructs_lib.selection import Request, choose

MINUTE, HOUR, DAY = 60, 3_600, 86_400

# The objective assumes 2 min until the alarm and 15 min until a human decides; pointing callers elsewhere takes 5 min.
PERSON = 2 * MINUTE + 15 * MINUTE
REPOINT = 5 * MINUTE
BY_HAND = PERSON + REPOINT  # 22 min, before anything is restored
# Route 53: three failures 30 s apart, up to one interval before the first, 10 s to put verdicts together, TTL 60 s.
HEALTH_CHECK = 30 * 3 + 30 + 10 + 60  # 190 s
FAST_HEALTH_CHECK = 10 * 3 + 10 + 10 + 60  # 110 s
# CloudFront over S3: two attempts of 3 s to connect, and 30 s to wait for the answer of a server that did connect.
ORIGIN_GROUP = max(2 * 3, 30)
# Scheduled copies at their worst: the interval, the start window of 1 h, the job (30 min), the copy (1 h and 6 s/GB).
START, JOB = HOUR, 30 * MINUTE


def backup_rpo(interval: int, size_gb: int) -> int:
    return interval + START + JOB + HOUR + 6 * size_gb


def rds_restore(size_gb: int) -> int:
    return 30 * MINUTE + 12 * size_gb


def rds_restore_copy(size_gb: int) -> int:
    return HOUR + 12 * size_gb


class Case(NamedTuple):
    kind: str
    engine: str | None
    rto: str
    rpo: str
    expected: str
    region: tuple[int, int]
    zone: tuple[int, int]
    software: tuple[int, int]
    size_gb: int = 100
    provider: str = ">= 5.100, < 7.0"


# Versions of 100 GB are brought back in place, 1 s per GB and no new endpoint to point at; tables take 6 s per GB.
BUCKET_SOFTWARE = (PERSON + 2 * HOUR + 100, 0)
# A restore goes back to before the damage, so what is written until a person stops the writers is lost as well.
TABLE_SOFTWARE = (PERSON + HOUR + 600 + REPOINT, 5 * MINUTE + PERSON)
SMALL_TABLE_SOFTWARE = (PERSON + HOUR + 6 + REPOINT, 5 * MINUTE + PERSON)
RDS_SOFTWARE = (PERSON + rds_restore(100) + REPOINT, 5 * MINUTE + PERSON)
AURORA_SOFTWARE = (PERSON + HOUR + 15 * MINUTE + 100 + REPOINT, 5 * MINUTE + PERSON)
# A read replica is promoted in 30 min and lags by 5 min at most.
REPLICA = (BY_HAND + 30 * MINUTE, 5 * MINUTE)
# Without a reader Aurora makes a new writer, planned at 15 min; with one it takes 60 s at most.
NEW_WRITER = (15 * MINUTE, 0)
GLOBAL = (PERSON + 5 * MINUTE + REPOINT, 5)

CASES = (
    # Buckets: S3 itself spans three Availability Zones; replication is planned at 2 h, with RTC at 15 min.
    Case("bucket", None, "1d", "2h", "replication", (BY_HAND, 2 * HOUR), (0, 0), BUCKET_SOFTWARE),
    Case("bucket", None, "22m", "2h", "replication", (BY_HAND, 2 * HOUR), (0, 0), BUCKET_SOFTWARE),
    Case("bucket", None, "22m", "119m", "replication_rtc", (BY_HAND, 15 * MINUTE), (0, 0), BUCKET_SOFTWARE),
    Case("bucket", None, "1h", "15m", "replication_rtc", (BY_HAND, 15 * MINUTE), (0, 0), BUCKET_SOFTWARE),
    Case(
        "bucket", None, "21m", "2h",
        "two_way_replication+health_check", (HEALTH_CHECK, 2 * HOUR), (0, 0), BUCKET_SOFTWARE,
    ),
    Case(
        "bucket", None, "190s", "15m",
        "two_way_replication_rtc+health_check", (HEALTH_CHECK, 15 * MINUTE), (0, 0), BUCKET_SOFTWARE,
    ),
    Case(
        "bucket", None, "189s", "15m",
        "two_way_replication_rtc+fast_health_check", (FAST_HEALTH_CHECK, 15 * MINUTE), (0, 0), BUCKET_SOFTWARE,
    ),
    Case(
        "bucket", None, "110s", "15m",
        "two_way_replication_rtc+fast_health_check", (FAST_HEALTH_CHECK, 15 * MINUTE), (0, 0), BUCKET_SOFTWARE,
    ),
    # Distributions hold nothing; each request tries the primary origin first.
    Case("distribution", None, "30s", "0", "origin_group", (ORIGIN_GROUP, 0), (0, 0), (PERSON + 30 * MINUTE, 0)),
    Case("distribution", None, "1h", "1h", "origin_group", (ORIGIN_GROUP, 0), (0, 0), (PERSON + 30 * MINUTE, 0)),
    # Tables. Weekly backups of 1 GB lose 7 d, 2 h 30 min and 6 s at worst.
    Case(
        "table", None, "7d", "8d", "backup_copy",
        (BY_HAND + HOUR + 6, backup_rpo(7 * DAY, 1)), (0, 0), SMALL_TABLE_SOFTWARE, size_gb=1,
    ),
    # Daily ones are 35 full copies on each side, 35 x (0.11 + 0.1224) = 8.13, and 30.4 x 0.02 to move them, 8.74 in all
    # with a key beside them; a replica is 10 x 0.7625 + 10 x 0.02 + 0.306 + 0.2448 = 8.38 and a key.
    Case("table", None, "2h", "26h31m", "global_table", (BY_HAND, 3), (0, 0), SMALL_TABLE_SOFTWARE, size_gb=1),
    Case("table", None, "22m", "3s", "global_table", (BY_HAND, 3), (0, 0), TABLE_SOFTWARE),
    Case("table", None, "5m", "5m", "global_table+health_check", (HEALTH_CHECK, 3), (0, 0), TABLE_SOFTWARE),
    Case("table", None, "2m", "5m", "global_table+fast_health_check", (FAST_HEALTH_CHECK, 3), (0, 0), TABLE_SOFTWARE),
    Case(
        "table", None, "1h", "0", "global_table_strong",
        (BY_HAND, 0), (0, 0), TABLE_SOFTWARE, provider=">= 6.3",
    ),
    Case(
        "table", None, "5m", "2s", "global_table_strong_witness+health_check",
        (HEALTH_CHECK, 0), (0, 0), TABLE_SOFTWARE, provider=">= 6.22, < 7.0",
    ),
    # RDS: restores of 100 GB take 30 min + 20 min in the Region, and 1 h + 20 min in the other.
    Case(
        "database", "postgres", "2h", "30m", "replicated_backups",
        (BY_HAND + rds_restore_copy(100), 30 * MINUTE), (BY_HAND + rds_restore(100), 5 * MINUTE), RDS_SOFTWARE,
    ),
    Case(
        "database", "mysql", "102m", "30m", "replicated_backups",
        (BY_HAND + rds_restore_copy(100), 30 * MINUTE), (BY_HAND + rds_restore(100), 5 * MINUTE), RDS_SOFTWARE,
    ),
    Case(
        "database", "postgres", "101m", "30m", "read_replica",
        (BY_HAND + 30 * MINUTE, 5 * MINUTE), (BY_HAND + rds_restore(100), 5 * MINUTE), RDS_SOFTWARE,
    ),
    Case(
        # A restore in the Region takes 72 min; the failover to the replica answers the loss of a zone as well.
        "database", "postgres", "1h", "5m", "read_replica", REPLICA, REPLICA, RDS_SOFTWARE,
    ),
    Case(
        # Down no longer than a restore in the Region, so that is what answers the loss of a zone.
        "database", "postgres", "72m", "5m", "read_replica",
        REPLICA, (BY_HAND + rds_restore(100), 5 * MINUTE), RDS_SOFTWARE,
    ),
    Case(
        "database", "oracle-se2", "8h", "24h", "replicated_backups",
        (BY_HAND + rds_restore_copy(100), 30 * MINUTE), (BY_HAND + rds_restore(100), 5 * MINUTE), RDS_SOFTWARE,
    ),
    Case(
        "database", "sqlserver-ee", "1h", "5m", "read_replica", REPLICA, REPLICA, RDS_SOFTWARE,
    ),
    Case(
        "database", "db2-se", "2h", "1h", "replicated_backups",
        (BY_HAND + rds_restore_copy(100), 30 * MINUTE), (BY_HAND + rds_restore(100), 5 * MINUTE), RDS_SOFTWARE,
    ),
    # Aurora: backups go to the other Region only by schedule; a daily one loses 26 h 40 min at worst.
    Case(
        "database", "aurora-postgresql", "4h", "27h", "aurora_backup_copy",
        (BY_HAND + rds_restore_copy(100), backup_rpo(DAY, 100)), (15 * MINUTE, 0), AURORA_SOFTWARE,
    ),
    Case(
        "database", "aurora-mysql", "42m", "5s", "global_database_headless",
        (BY_HAND + 15 * MINUTE + 5 * MINUTE, 5), NEW_WRITER, AURORA_SOFTWARE,
    ),
    Case("database", "aurora-mysql", "41m", "5s", "global_database", GLOBAL, NEW_WRITER, AURORA_SOFTWARE),
    Case("database", "aurora-postgresql", "27m", "1m", "global_database", GLOBAL, NEW_WRITER, AURORA_SOFTWARE),
    # DSQL: both Regions serve; what corrupts is undone by scheduled backups alone (no copy to wait for).
    Case(
        "database", "dsql", "5m", "0", "dsql_multi_region+health_check",
        (HEALTH_CHECK, 0), (0, 0), (BY_HAND + rds_restore_copy(100), 7 * DAY + START + JOB + PERSON),
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.engine or case.kind}-{case.rto}-{case.rpo}")
def test_the_expected_pattern_is_chosen_with_the_expected_figures(case: Case) -> None:
    found = choose(
        Request(
            kind=Kind(case.kind),
            engine=case.engine,
            objective=Objective(case.rto, case.rpo),
            region="eu-west-1",
            recovery_region="eu-central-1",
            provider=case.provider,
            usage=Usage(size_gb=case.size_gb),
        )
    )
    estimates = found.chosen.assessment.estimates
    figures = {
        disruption: (estimates[disruption].rto_seconds, estimates[disruption].rpo_seconds) for disruption in Disruption
    }
    assert found.chosen.name == case.expected
    assert figures[Disruption.REGION] == case.region
    assert figures[Disruption.ZONE] == case.zone
    assert figures[Disruption.HARDWARE] == case.zone
    assert figures[Disruption.SOFTWARE] == case.software


def test_a_failover_to_another_region_answers_less_only_where_the_assumptions_allow_it() -> None:
    asked = Request(
        kind=Kind.DATABASE,
        engine="postgres",
        objective=Objective("1h", "5m"),
        region="eu-west-1",
        recovery_region="eu-central-1",
    )
    allowed = choose(asked)
    within = choose(attrs.evolve(asked, objective=Objective("1h", "5m", assumptions=Assumptions(wider_recovery=False))))
    assert allowed.chosen.name == "read_replica"
    zone = allowed.chosen.assessment.estimates[Disruption.ZONE]
    assert zone.wider
    assert "a failback follows" in str(zone.reasons[-1])
    assert any("a failover to eu-central-1, and a failback" in text for text in allowed.cautions)
    assert within.chosen.name == "multi_az_read_replica"
    assert not within.chosen.assessment.estimates[Disruption.ZONE].wider
    assert within.chosen.cost.usd > allowed.chosen.cost.usd


def test_corruption_that_nobody_declared_is_cautioned_against() -> None:
    """DSQL keeps an RPO of 0 for all that is declared, and goes back a week for what is not."""
    asked = Request(
        kind=Kind.DATABASE,
        engine="dsql",
        objective=Objective("5m", "0"),
        region="eu-west-1",
        recovery_region="eu-central-1",
    )
    [caution] = [text for text in choose(asked).cautions if "corruption" in text]
    assert "would lose up to 7d1h47m" in caution
    declared = attrs.evolve(asked, objective=Objective("5m", "0", software=Target("4h", "8d")))
    assert not [text for text in choose(declared).cautions if "corruption" in text]


# 100 GB: 1 h + 30 min + 1 h + 10 min beside the interval.
SCHEDULES = [
    ("604800s", DAY),  # a week is 2 h 40 min short of what a weekly backup loses
    (f"{7 * DAY + 9_600}s", 7 * DAY),
    ("26h40m", DAY),
    ("26h39m", DAY // 2),
    ("24h", DAY // 2),  # a daily backup does not meet an RPO of a day
    ("12h", 8 * HOUR),
    ("8h40m", 6 * HOUR),
    ("5h40m", 3 * HOUR),
]
# RDS takes no job in the hour before its windows, so nothing more often than every three hours counts there.
OFTEN = [("4h", HOUR), ("3h40m", HOUR)]


@pytest.mark.parametrize(
    ("kind", "rpo", "interval"),
    [("database", *schedule) for schedule in SCHEDULES] + [("table", *schedule) for schedule in SCHEDULES + OFTEN],
)
def test_the_longest_schedule_that_keeps_the_rpo_is_chosen(kind: str, rpo: str, interval: int) -> None:
    found = choose(
        Request(
            kind=Kind(kind),
            engine="postgres" if kind == "database" else None,
            objective=Objective(region=Target("4h", rpo)),
            region="eu-west-1",
            recovery_region="eu-central-1",
            pattern="backup_copy",
        )
    )
    protection = found.chosen.component.protection("backup_copy")
    assert protection is not None
    assert protection.parameters["interval_seconds"] == interval
    assert found.chosen.assessment.estimates[Disruption.REGION].rpo_seconds == backup_rpo(interval, 100)


def test_no_schedule_of_rds_runs_more_often_than_every_three_hours() -> None:
    refusal = _refusal(
        kind="database", engine="postgres", objective=Objective(region=Target("4h", "339m")), pattern="backup_copy"
    )
    assert "RPO 5h40m > 5h39m" in str(refusal)


def test_no_schedule_keeps_less_than_the_hourly_one_loses() -> None:
    refusal = _refusal(kind="table", objective=Objective(region=Target("4h", "219m")), pattern="backup_copy")
    assert "RPO 3h40m > 3h39m" in str(refusal)


def _refusal(**options: object) -> InfeasibleError:
    request = {"region": "eu-west-1", "recovery_region": "eu-central-1", **options}
    with pytest.raises(InfeasibleError) as caught:
        choose(Request(**request))  # type: ignore[arg-type]
    return caught.value


def test_no_bucket_loses_less_than_a_quarter_of_an_hour() -> None:
    refusal = _refusal(kind="bucket", objective=Objective("1h", "5m"))
    assert refusal.nearest == Objective("1h", "5m", region=Target("1h", "15m"))


@pytest.mark.parametrize("engine", ["postgres", "mysql", "mariadb", "oracle-ee", "sqlserver-ee"])
def test_no_rds_engine_loses_less_than_its_replica_lags(engine: str) -> None:
    refusal = _refusal(kind="database", engine=engine, objective=Objective("1h", "0"))
    assert refusal.nearest == Objective("1h", "0", region=Target("1h", "5m"))


@pytest.mark.parametrize("engine", ["oracle-se2", "sqlserver-se", "sqlserver-web", "db2-ae"])
def test_engines_without_read_replicas_lose_what_replicated_backups_lose(engine: str) -> None:
    refusal = _refusal(kind="database", engine=engine, objective=Objective("4h", "5m"))
    assert refusal.nearest == Objective("4h", "5m", region=Target("4h", "30m"))


def test_sql_server_express_is_offered_to_nobody() -> None:
    """RDS encrypts no storage of it."""
    refusal = _refusal(kind="database", engine="sqlserver-ex", objective=Objective(software=Target("30d", "30d")))
    assert refusal.nearest is None
    assert "RDS encrypts no storage of it" in str(refusal)


def test_strong_consistency_needs_a_provider_that_can_write_it() -> None:
    refusal = _refusal(kind="table", objective=Objective("1h", "0"))
    reasons = {item.name: item.because for item in refusal.rejected}  # type: ignore[attr-defined]
    assert "provider >= 6.3" in reasons["global_table_strong"]
    assert "provider >= 6.22" in reasons["global_table_strong_witness"]
    assert refusal.nearest == Objective("1h", "0", region=Target("1h", "3s"))


@pytest.mark.parametrize("feature", ["ttl", "local_secondary_index", "transactions"])
def test_strong_consistency_excludes(feature: str) -> None:
    refusal = _refusal(kind="table", objective=Objective("1h", "0"), provider=">= 6.22", features=frozenset({feature}))
    assert refusal.nearest == Objective("1h", "0", region=Target("1h", "3s"))


@pytest.mark.parametrize(
    ("region", "recovery", "third"),
    [
        ("eu-west-1", "us-east-1", None),
        ("eu-north-1", "eu-west-1", None),
        ("us-east-1", "us-west-2", "eu-west-1"),
        ("us-west-1", "us-west-2", None),
        ("ap-southeast-1", "ap-northeast-1", None),
    ],
)
def test_strong_consistency_stays_within_one_region_set(region: str, recovery: str, third: str | None) -> None:
    refusal = _refusal(
        kind="table",
        objective=Objective("1h", "0"),
        provider=">= 6.22",
        region=region,
        recovery_region=recovery,
        third_region=third,
    )
    reasons = {item.name: item.because for item in refusal.rejected}  # type: ignore[attr-defined]
    assert "Region set" in reasons["global_table_strong"]
    assert "Region set" in reasons["global_table_strong_witness"]


@pytest.mark.parametrize(
    ("region", "recovery", "third"),
    [
        ("us-east-1", "us-west-2", "us-east-2"),
        ("eu-west-3", "eu-west-1", "eu-west-2"),
        ("ap-northeast-1", "ap-northeast-3", "ap-northeast-2"),
    ],
)
def test_the_third_region_is_the_first_left_in_the_set(region: str, recovery: str, third: str) -> None:
    found = choose(
        Request(
            kind=Kind.TABLE,
            objective=Objective("1h", "0"),
            region=region,
            recovery_region=recovery,
            provider=">= 6.22",
        )
    )
    assert found.chosen.third_region == third


@pytest.mark.parametrize("engine", ["oracle-ee", "mariadb", "sqlserver-se", "db2-se", "aurora-mysql", "dsql"])
def test_a_multi_az_cluster_is_only_for_mysql_and_postgresql(engine: str) -> None:
    refusal = _refusal(kind="database", engine=engine, objective=Objective("1d", "1d"), pattern="multi_az_cluster")
    assert "exists for postgres, mysql" in str(refusal)
    assert refusal.nearest == Objective("1d", "1d") or isinstance(refusal.nearest, Objective)


def test_a_multi_az_cluster_needs_a_class_with_local_disks() -> None:
    refusal = _refusal(
        kind="database",
        engine="postgres",
        objective=Objective(zone=Target("1h", "1h")),
        pattern="multi_az_cluster",
        usage=Usage(instance_class="db.m6g.large"),
    )
    assert "db.m6g.large is none of c6gd, m5d" in str(refusal)


def _between(region: str, recovery: str, pattern: str | None = None) -> Request:
    objective = Objective("8h", "24h")
    return Request(
        kind=Kind.DATABASE,
        engine="postgres",
        objective=objective,
        region=region,
        recovery_region=recovery,
        pattern=pattern,
    )


def test_backups_are_not_replicated_where_aws_does_not_offer_it() -> None:
    """Between Ireland and Frankfurt it does; Bahrain is in no row of AWS's table."""
    assert choose(_between("eu-west-1", "eu-central-1")).chosen.name == "replicated_backups"
    found = choose(_between("me-south-1", "eu-central-1"))
    assert found.chosen.name == "backup_copy"
    refused = {item.name: item.because for item in found.rejected}
    assert "RDS does not replicate automated backups from me-south-1 to eu-central-1" in refused["replicated_backups"]
    built = assess(choose(_between("eu-west-1", "eu-central-1")).chosen.component)
    moved = assess(replace(built.component, region="me-south-1"))
    assert moved.estimates[Disruption.REGION].lost
    assert "does not replicate" in str(moved.estimates[Disruption.REGION].reasons[0])


def test_where_pages_of_aws_disagree_the_answer_is_unknown_and_names_the_call_that_tells() -> None:
    found = choose(_between("us-east-2", "us-west-2"))
    assert found.chosen.name == "backup_copy"
    call = "`aws rds describe-source-regions --region us-west-2`"
    assert any(item.name == "replicated_backups" and call in item.because for item in found.rejected)
    with pytest.raises(InfeasibleError, match="region: unknown") as caught:
        choose(_between("us-east-2", "us-west-2", "replicated_backups"))
    assert call in str(caught.value)


def test_two_regions_that_were_lost_together_are_cautioned_against() -> None:
    [caution] = [text for text in choose(_between("me-central-1", "me-south-1")).cautions if "lost together" in text]
    assert "me-central-1 and me-south-1 were lost together on 2026-03" in caution
    assert not [text for text in choose(_between("me-central-1", "eu-central-1")).cautions if "lost together" in text]


@pytest.mark.parametrize(
    ("engine", "usage", "because"),
    [
        ("postgres", Usage(size_gb=200_000), "gp3 storage of postgres holds at most 65,536 GB"),
        ("sqlserver-se", Usage(size_gb=16_385), "gp3 storage of sqlserver-se holds at most 16,384 GB"),
        ("aurora-mysql", Usage(size_gb=200_000), "aurora-mysql (128 TiB; some newer versions take more) holds at most"),
        ("dsql", Usage(size_gb=200_000), "dsql (128 TiB, with an increase of the quota) holds at most 131,072 GB"),
        ("dsql", Usage(instance_class="db.m6g.large"), "dsql has no instances"),
        ("oracle-ee", Usage(instance_class="db.m6g.large"), "AWS has no db.m6g.large for oracle-ee"),
        ("aurora-mysql", Usage(instance_class="db.m6g.large"), "AWS has no db.m6g.large for aurora-mysql"),
        ("postgres", Usage(average_acus=1, most_acus=8), "in Aurora capacity units, which postgres does not have"),
    ],
)
def test_what_no_construct_would_build_is_not_chosen(engine: str, usage: Usage, because: str) -> None:
    refusal = _refusal(kind="database", engine=engine, objective=Objective("30d", "30d"), usage=usage)
    assert because in str(refusal)


# Ireland: db.r5.large 0.32 an hour, and each size twice the one before; an ACU-hour 0.14. Frankfurt: 0.35 and 0.14.
@pytest.mark.parametrize(
    ("usage", "built_of"),
    [
        (Usage(), None),
        (Usage(average_acus=1, most_acus=8), "db.serverless"),  # no less than 2 x 0.14 = 0.28 < 0.32
        (Usage(average_acus="2.5", most_acus=8), "db.r5.large"),  # 0.35 > 0.32
        (Usage(average_acus=4, most_acus="8.5"), "db.serverless"),  # 8.5 need db.r5.xlarge: 0.56 < 0.64
        (Usage(average_acus=5, most_acus=16), "db.r5.xlarge"),  # 0.70 > 0.64
        (Usage(average_acus=1, most_acus=8, least_acus=3), "db.r5.large"),  # no less than 3 x 0.14 = 0.42
        (Usage(average_acus=1, most_acus=8, instance_class="db.r6g.large"), "db.r6g.large"),
        (Usage(average_acus=5, most_acus=8, instance_class="db.serverless"), "db.serverless"),
    ],
)
def test_aurora_is_serverless_where_the_declared_load_makes_that_cheaper(usage: Usage, built_of: str | None) -> None:
    asked = _aurora(Objective("8h", "1d"), Usage())
    found, before = choose(attrs.evolve(asked, usage=usage)), choose(asked)
    assert (found.chosen.name, found.chosen.rung.usage.instance_class) == (before.chosen.name, built_of)
    if usage == Usage(average_acus=1, most_acus=8):
        assert before.chosen.cost.usd - found.chosen.cost.usd == Decimal("29.20")  # 0.04 x 730
        assert any("2 to 8 capacity units (ACU)" in text for text in found.cautions)


def _aurora(objective: Objective, usage: Usage) -> Request:
    return Request(
        kind=Kind.DATABASE,
        objective=objective,
        region="eu-west-1",
        recovery_region="eu-central-1",
        engine="aurora-postgresql",
        usage=usage,
    )


@pytest.mark.parametrize(
    ("rto", "pattern", "here", "serverless", "hourly"),
    [
        # Scaling up is planned at 10 min, on top of a person, the failover and new endpoints: 37 min. The primary
        # cluster of a global database would keep 8 ACU, 1.12 an hour.
        ("37m", "global_database", "db.r5.large", True, ["0.32", "0.28"]),
        ("36m", "global_database", "db.r5.large", False, ["0.32", "0.35"]),
        # Without an instance over there the failover takes 15 min more, and nothing is saved by waiting longer.
        ("42m", "global_database_headless", "db.r5.large", False, ["0.32"]),
    ],
)
def test_a_secondary_is_serverless_where_there_is_time_to_scale_up(
    rto: str, pattern: str, here: str, serverless: bool, hourly: list[str]
) -> None:
    chosen = choose(_aurora(Objective(rto, "1m"), Usage(average_acus=1, most_acus=8))).chosen
    secondary = chosen.component.protection("global_database")
    assert secondary is not None
    assert (chosen.name, chosen.rung.usage.instance_class) == (pattern, here)
    assert (secondary.parameters.get("serverless") is True) == serverless
    instances = [line.usd for line in chosen.cost.lines if re.search("instances? (at|in)", line.what)]
    assert instances == [Decimal(usd) * 730 for usd in hourly]
    rto_seconds = chosen.assessment.estimates[Disruption.REGION].rto_seconds
    headless = 15 * MINUTE if pattern.endswith("headless") else 0
    assert rto_seconds == GLOBAL[0] + headless + (10 * MINUTE if serverless else 0)


def test_a_serverless_cluster_may_have_a_provisioned_secondary_where_there_is_no_time() -> None:
    """8 ACU are 1.12 an hour, and db.r5.4xlarge, which holds 64, 2.56 in Ireland and 2.80 in Frankfurt."""
    chosen = choose(_aurora(Objective("27m", "1m"), Usage(average_acus=3, most_acus=64))).chosen
    instances = [line.usd for line in chosen.cost.lines if re.search("instances? (at|in)", line.what)]
    assert (chosen.rung.usage.instance_class, instances) == (
        "db.serverless",
        [Decimal("1.12") * 730, Decimal("2.80") * 730],
    )
    slower = choose(_aurora(Objective("37m", "1m"), Usage(average_acus=3, most_acus=64))).chosen
    assert slower.cost.usd == chosen.cost.usd - (Decimal("2.80") - Decimal("0.28")) * 730


def test_without_an_engine_those_that_can_hold_what_is_asked_compete() -> None:
    def chosen(**more: object) -> str | None:
        asked = Request(
            kind=Kind.DATABASE,
            objective=Objective("4h", "8d"),
            region="eu-west-1",
            recovery_region="eu-central-1",
            **more,  # type: ignore[arg-type]
        )
        return choose(asked).chosen.component.engine

    assert chosen(features=frozenset({"backtrack"})) == "aurora-mysql"
    assert chosen(usage=Usage(instance_class="db.m6g.large")) == "postgres"


def test_a_database_beyond_the_quota_of_dsql_is_told_to_ask_for_more() -> None:
    asked = Request(kind=Kind.DATABASE, engine="dsql", objective=Objective(zone=Target("1h", "0")), region="eu-west-1")
    large = attrs.evolve(asked, usage=Usage(size_gb=20_000))
    assert any("an increase of the quota" in text for text in choose(large).cautions)
    assert not any("quota" in text for text in choose(asked).cautions)


def test_five_minutes_leave_no_time_for_a_human() -> None:
    """A decision takes 15 min, so an RTO of 5 min leaves what fails over by itself."""
    found = choose(
        Request(kind=Kind.TABLE, objective=Objective("5m", "1m"), region="eu-west-1", recovery_region="eu-central-1")
    )
    assert found.chosen.assessment.estimates[Disruption.REGION].automatic


def test_the_shorthand_leaves_corruption_undeclared_and_the_layer_against_it_stays() -> None:
    found = choose(
        Request(kind=Kind.TABLE, objective=Objective("5m", "1m"), region="eu-west-1", recovery_region="eu-central-1")
    )
    assert found.chosen.component.protection("pitr") is not None
    assert found.chosen.assessment.estimates[Disruption.SOFTWARE].rpo_seconds == 5 * MINUTE + PERSON


def test_blocked_commits_are_built_only_where_they_are_asked_for() -> None:
    request = Request(
        kind=Kind.DATABASE,
        engine="aurora-postgresql",
        objective=Objective("1h", "1m"),
        region="eu-west-1",
        recovery_region="eu-central-1",
        pattern="global_database_enforced_rpo",
    )
    forced = choose(request).chosen.assessment.estimates[Disruption.REGION]
    assert (forced.rpo_seconds, forced.rpo_confidence) == (60, "enforced")
    free = choose(attrs.evolve(request, pattern=None))
    assert free.chosen.pattern.name != "global_database_enforced_rpo"
    because = {item.name: item.because for item in free.rejected}["global_database_enforced_rpo"]
    assert because.startswith("built only where it is named")


def test_dsql_is_offered_where_it_is() -> None:
    """Beside the Regions of its sets there are four more, with clusters of one Region."""
    anything = Objective(software=Target("30d", "30d"))
    offered = {region for group in region_sets("dsql") for region in group.regions} | {
        "ap-southeast-2",
        "ap-southeast-4",
        "ap-east-1",
        "sa-east-1",
    }
    assert not offered & set(limit("dsql.absent").values)
    assert offered | set(limit("dsql.absent").values) == set(load_regions())
    for region in ("ap-southeast-2", "ap-east-1", "sa-east-1"):
        assert choose(Request(kind="database", engine="dsql", objective=anything, region=region))
    with pytest.raises(InfeasibleError, match="Aurora DSQL is not offered there, as of 2026-08: mx-central-1"):
        choose(Request(kind="database", engine="dsql", objective=anything, region="mx-central-1"))


def test_a_schedule_that_no_alarm_can_miss_is_told_of() -> None:
    """A weekly backup is not overdue within the seven days that CloudWatch looks back over; a daily one is."""

    def told(rpo: str) -> list[str]:
        asked = Request(
            kind=Kind.TABLE,
            objective=Objective(region=Target("30d", rpo)),
            region="eu-west-1",
            recovery_region="eu-central-1",
            pattern="backup_copy",
        )
        return [text for text in choose(asked).cautions if "stops altogether" in text]

    (weekly,) = told("30d")
    assert "CloudWatch looks back seven days at most: let drctl audit run" in weekly
    assert told("2d") == []


@pytest.mark.parametrize(
    ("kind", "engine", "pattern"), [("filesystem", None, "backup_copy"), ("database", "dsql", "dsql_backup_copy")]
)
def test_damage_is_undone_from_the_backup_at_home_which_waits_for_no_copy(
    kind: str, engine: str | None, pattern: str
) -> None:
    """A review of the same stacks said so; choosing counted the copy to the other Region as well."""
    found = choose(
        Request(
            kind=kind,
            engine=engine,
            objective=Objective("3d", "2d", software=Target("3d", "2d")),
            region="eu-west-1",
            recovery_region="eu-central-1",
            pattern=pattern,
        )
    )
    (interval,) = {
        one.parameters["interval_seconds"]
        for one in found.chosen.component.protections
        if "interval_seconds" in one.parameters
    }
    estimates = found.chosen.assessment.estimates
    start, job, noticed_and_stopped, copy = 60 * 60, 30 * 60, 17 * 60, 60 * 60 + 100 * 6

    assert isinstance(interval, int)
    assert estimates[Disruption.SOFTWARE].rpo_seconds == interval + start + job + noticed_and_stopped
    assert estimates[Disruption.REGION].rpo_seconds == interval + start + job + copy
