"""What AWS refuses, takes for something else or writes back differently stands in no pattern."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog.access.key_users import key_policy_statements, load_key_users
from constructs_lib.catalog.databases.class_versions import version_without_class
from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.databases.parameter_names import parameter_names
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.sources import load_sources
from constructs_lib.constructs.database.database import Database
from constructs_lib.constructs.sites.sites import Sites
from constructs_lib.emulator.rules.rds import class_versions, offers, parameters, settings
from constructs_lib.errors import ConfigurationError, InfeasibleError, RecoveryError
from constructs_lib.terraform import engine
from tests.catalog import import_classes
from tests.constructs.every_pattern import every_pattern
from tests.constructs.test_database import ANYTHING, BYOL, NETWORK, build, made, only

if TYPE_CHECKING:
    from collections.abc import Iterator

CONDITIONS_DOCUMENTED = {
    ("cloudfront.amazonaws.com", "aws:SourceArn"),
    # Topic policies: "Amazon SNS access policy" of CloudWatch alarms, "Granting permissions" of RDS events.
    ("cloudwatch.amazonaws.com", "aws:SourceAccount"),
    ("events.rds.amazonaws.com", "aws:SourceAccount"),
    ("dsql.amazonaws.com", "aws:SourceArn"),
    # "Creating an IAM role for Enhanced Monitoring", on confused deputies.
    ("monitoring.rds.amazonaws.com", "aws:SourceAccount"),
    ("logs.{region}.amazonaws.com", "kms:EncryptionContext:aws:logs:arn"),
    # "Task execution IAM role" and "Task IAM role" of ECS.
    ("ecs-tasks.amazonaws.com", "aws:SourceAccount"),
    ("ecs-tasks.amazonaws.com", "aws:SourceArn"),
}
"""Services whose pages have a condition with this key for what a construct allows them."""

KEPT_AS_WRITTEN = {"aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance"}
"""Types of which provider 5.100 keeps `16` in state where AWS says `16.6`, as long as the one starts the other."""


def resources() -> Iterator[tuple[str, dict[str, Any], str, dict[str, Any]]]:
    """Return the case, its stack, the type and the arguments of each resource of every pattern."""
    for case, stacks in every_pattern().items():
        for content in stacks.values():
            for type_, named in content.get("resource", {}).items():
                for arguments in named.values():
                    yield case, content, type_, arguments


def _keys(arguments: object) -> Iterator[tuple[str, str]]:
    """Return what hands a key over, at any depth: the argument's name and the reference."""
    if isinstance(arguments, dict):
        for name, value in arguments.items():
            if isinstance(value, str) and re.search(r"aws_kms_(key|alias)\.", value) and name != "target_key_id":
                yield name, value
            else:
                yield from _keys(value)
    elif isinstance(arguments, list):
        for item in arguments:
            yield from _keys(item)


def _principals(policy: str) -> set[str]:
    found = set()
    for statement in json.loads(policy)["Statement"]:
        services = statement["Principal"].get("Service", [])
        found |= {services} if isinstance(services, str) else set(services)
    return set(map(_anywhere, found))


def _anywhere(service: str) -> str:
    return re.sub(r"^logs\.[a-z0-9-]+\.", "logs.{region}.", service)


def test_whoever_is_handed_a_key_stands_in_its_policy() -> None:
    users = {argument: user for user in load_key_users() for argument in user.arguments}
    used = set()
    for case, content, type_, arguments in resources():
        for name, reference in _keys({key: value for key, value in arguments.items() if key != "policy"}):
            assert f"{type_}.{name}" in users, f"{case}: say in key_users.toml who uses {type_}.{name}"
            user = users[f"{type_}.{name}"]
            used.add(f"{type_}.{name}")
            label = reference.split(".")[1]
            key = content.get("resource", {}).get("aws_kms_key", {}).get(label)
            if key is not None:
                assert set(user.services) <= _principals(key["policy"]), f"{case}: {type_}.{name}"
    # A bucket of documents writes objects, which no pattern does.
    assert users.keys() - used <= {"aws_s3_object.kms_key_id", "aws_rds_cluster_instance.kms_key_id"}


def test_whoever_gives_a_key_is_told_of_all_who_use_it() -> None:
    told = key_policy_statements(region="eu-west-1", account_id="111122223333")
    policy = json.dumps({"Statement": told})
    assert _principals(policy) == {service for user in load_key_users() for service in user.services}
    logs = next(item for item in told if item["Sid"] == "LogsAreEncrypted")
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert "arn:aws:logs:eu-west-1:111122223333:log-group:*" in json.dumps(logs)
    assert not re.search(r"\{[a-z_]+\}", policy)


def test_every_key_is_left_to_the_account_which_can_change_its_policy() -> None:
    policies = [json.loads(arguments["policy"]) for _, _, type_, arguments in resources() if type_ == "aws_kms_key"]
    for policy in policies:
        first = policy["Statement"][0]
        assert first["Principal"]["AWS"].endswith(":root")
        assert (first["Effect"], first["Action"], first["Resource"]) == ("Allow", "kms:*", "*")
    assert policies


def test_each_statement_of_a_keys_policy_has_a_page_of_aws() -> None:
    for user in load_key_users():
        assert load_sources()[user.source].kind == "doc"
        assert bool(user.services) == bool(user.sid) == bool(user.actions)


def test_a_condition_stands_only_where_aws_documents_its_key_for_that_service() -> None:
    seen = set()
    for case, _, type_, arguments in resources():
        for name in ("policy", "assume_role_policy"):
            text = arguments.get(name)
            if not isinstance(text, str) or not text.startswith("{"):
                continue
            for statement in json.loads(text)["Statement"]:
                principal = statement.get("Principal")
                services = principal.get("Service", []) if isinstance(principal, dict) else []
                for operator, tests in statement.get("Condition", {}).items():
                    # StringEquals takes a star for itself: what is allowed so is allowed to nobody.
                    likes = operator.startswith(("Arn", "StringLike"))
                    assert likes or "*" not in json.dumps(list(tests.values())), f"{case}: {type_} {statement}"
                    if operator.endswith("IfExists"):
                        continue
                    for service in [services] if isinstance(services, str) else services:
                        for key in tests:
                            seen.add((_anywhere(service), key))
                            assert (_anywhere(service), key) in CONDITIONS_DOCUMENTED, f"{case}: {type_} {statement}"
    assert seen == CONDITIONS_DOCUMENTED


def test_no_version_is_written_that_aws_makes_more_precise_and_the_next_plan_takes_back() -> None:
    for case, _, type_, arguments in resources():
        if "engine_version" in arguments and type_ not in KEPT_AS_WRITTEN:
            assert "engine_version" in arguments.get("lifecycle", {}).get("ignore_changes", []), f"{case}: {type_}"


def test_an_exact_version_is_not_upgraded_by_aws_for_the_next_plan_to_take_back() -> None:
    for pattern, type_ in (("automated_backups", "aws_db_instance"), ("aurora", "aws_rds_cluster_instance")):
        for version, upgraded in (("16", True), ("16.6", False)):
            stack = made(pattern, engine_version=version)["primary"]
            assert only(stack, type_)["auto_minor_version_upgrade"] is upgraded


def test_minor_upgrades_that_a_global_database_ignores_are_not_promised() -> None:
    for role, stack in made("global_database").items():
        for instance in stack.get("resource", {}).get("aws_rds_cluster_instance", {}).values():
            assert instance["auto_minor_version_upgrade"] is False, role


def test_a_replica_in_another_region_is_given_no_option_group() -> None:
    """RDS makes one for it, and refuses another."""
    for name in ("oracle-ee", "postgres"):
        stacks = made("read_replica", name)
        assert "option_group_name" not in only(stacks["recovery"], "aws_db_instance")
    assert "option_group_name" in only(made("read_replica", "oracle-ee")["primary"], "aws_db_instance")


def test_names_that_outlive_what_is_deleted_are_other_ones_each_time() -> None:
    """A final snapshot stays, and a deleted secret keeps its name for a month: the next would be refused."""
    seen = set()
    for case, _, type_, arguments in resources():
        ignored = arguments.get("lifecycle", {}).get("ignore_changes", [])
        if "final_snapshot_identifier" in arguments:
            assert "plantimestamp()" in arguments["final_snapshot_identifier"], case
            assert "final_snapshot_identifier" in ignored, f"{case}: {type_}"
            seen.add(type_)
        # One that a service is given is looked up by its name in the other Region, and nothing deletes it unasked.
        if type_ == "aws_secretsmanager_secret" and not case.startswith("what services are given"):
            assert "name" not in arguments, case
            assert "name_prefix" in ignored, case
            seen.add(type_)
    assert seen == {"aws_db_instance", "aws_rds_cluster", "aws_secretsmanager_secret"}


@pytest.mark.parametrize(
    ("name", "parameter", "method"),
    [
        ("postgres", "log_statement", "immediate"),
        ("postgres", "max_connections", "pending-reboot"),
        ("aurora-postgresql", "shared_preload_libraries", "pending-reboot"),
        ("mysql", "Innodb-Buffer-Pool-Instances", "pending-reboot"),
        ("mysql", "max_connections", "immediate"),
        ("mariadb", "long_query_time", "immediate"),
        ("oracle-ee", "processes", "pending-reboot"),
        ("postgres", "some_extension.setting", "pending-reboot"),
    ],
)
def test_a_parameter_waits_for_a_restart_unless_a_running_server_is_known_to_take_it(
    name: str, parameter: str, method: str
) -> None:
    pattern = "aurora" if name.startswith("aurora") else "automated_backups"
    stack = made(pattern, name, parameters={parameter: "1"})["primary"]
    type_ = "aws_rds_cluster_parameter_group" if name.startswith("aurora") else "aws_db_parameter_group"
    methods = {item["name"]: item["apply_method"] for item in only(stack, type_)["parameter"]}
    assert methods[parameter] == method


def test_what_an_engine_requires_is_never_written_anew_for_its_apply_method() -> None:
    """AWS keeps `pending-reboot` of what is its default anyway, such as rds.force_ssl since PostgreSQL 15."""
    judged = set()
    for case, _, type_, arguments in resources():
        if type_ in ("aws_db_parameter_group", "aws_rds_cluster_parameter_group"):
            engine_ = load_engines()[arguments["family"].rstrip("0123456789.").removesuffix("-")]
            methods = {item["name"]: item["apply_method"] for item in arguments["parameter"]}
            for item in engine_.parameters:
                assert methods[item.name] == "pending-reboot", f"{case}: {item.name}"
                judged.add(item.name)
    assert {"rds.force_ssl", "require_secure_transport", "db2comm"} <= judged


def test_the_database_of_oracle_is_called_as_aws_shows_it() -> None:
    """It shows it in upper case, and the next plan would make the instance anew for another spelling."""
    for name, shown in (("oracle-ee", "ORDERS"), ("oracle-se2-cdb", "ORDERS"), ("postgres", "orders")):
        stack = made("automated_backups", name, database_name="orders")["primary"]
        assert only(stack, "aws_db_instance")["db_name"] == shown


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("postgres", {"parameters": {"max_conections": "9"}}, "no parameter 'max_conections'; give max_connections"),
        ("aurora-mysql", {"parameters": {"no_such_thing": "9"}}, "no parameter 'no_such_thing'"),
        ("postgres", {"instance_class": "db.nosuch.large"}, "no Region has such a class"),
        ("postgres", {"instance_class": "db.m5.huge"}, "no Region has such a class"),
        ("mysql", {"instance_class": "db.m8g.large", "engine_version": "8.0.28"}, "8.0.28 is older than what has it"),
        ("postgres", {"instance_class": "db.r7g.large", "engine_version": "12"}, "postgres 13.4 and higher, 14.5"),
        ("aurora-mysql", {"instance_class": "db.r8g.large", "engine_version": "8.0.mysql_aurora.3.07.1"}, "3.08.0 and"),
        ("postgres", {"engine_version": "99"}, "AWS has the versions 9, 10, .*18; give one of them"),
        ("aurora-mysql", {"engine_version": "9.9"}, "AWS has the versions 5.7, 8.0, 8.4"),
        ("oracle-ee", {"engine_version": "21"}, "AWS has the versions 19; give one"),
        ("oracle-se2-cdb", {"engine_version": "12"}, "AWS has the versions 19, 21"),
        ("sqlserver-ee", {"engine_version": "3.00"}, "AWS has the versions 11.0"),
    ],
)
def test_names_classes_and_versions_that_do_not_exist_are_refused(
    name: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises((ConfigurationError, InfeasibleError), match=message):
        build(None, name, **options)


def test_the_emulator_judges_parameters_classes_and_versions_as_the_catalog_does() -> None:
    """Both have them from AWS, apart: what the constructs let pass the emulator does not refuse."""
    for name, known in offers.versions().items():
        engine = load_engines().get(name)
        if engine is not None:
            assert {engine.major(version) for version in known} == set(engine.majors), name
    for name in ("postgres", "mysql", "mariadb"):
        names = parameter_names(load_engines()[name])
        table = parameters._table(name)
        assert names is not None
        assert (names.static, names.dynamic) == (table["static"], table["dynamic"]), name


def test_the_emulator_judges_classes_of_each_version_as_the_catalog_does() -> None:
    """Both tables are of AWS's pages, apart."""
    judged = 0
    generations = ["m5", "m7g", "m7i", "m8g", "r5", "r6g", "r6gd", "r7g", "r8g", "r8gd", "t3", "t4g", "serverless"]
    for name, known in offers.versions().items():
        engine_ = load_engines().get(name)
        for generation in generations if engine_ is not None else ():
            assert engine_ is not None
            wanted = f"db.{generation}" if generation == "serverless" else f"db.{generation}.large"
            for version in known:
                because = version_without_class(name, wanted, version, version_parts=engine_.version_parts)
                refused = class_versions._is_older(name, wanted, version)
                assert refused == (because is not None), f"{name} {version} on {wanted}: {because}"
                judged += refused
    assert judged > 50


def test_the_emulator_takes_the_logs_insights_and_certificates_that_the_catalog_gives() -> None:
    for known in load_engines().values():
        logs = next((logs for of, logs in settings._LOGS.items() if known.name.startswith(of)), ())
        assert set(known.logs) <= set(logs), known.name
    assert set(limit("rds.insights_retention_days").values) <= settings._INSIGHTS_DAYS
    assert set(limit("rds.ca_certificate").values) <= set(settings._CERTIFICATES)


@pytest.mark.parametrize(
    ("regions", "name", "pattern", "built"),
    [
        (("eu-west-1", "eu-central-1"), "postgres", "read_replica", "db.m5.large"),
        (("mx-central-1", "us-east-1"), "postgres", "automated_backups", "db.m6i.large"),
        (("us-east-1", "mx-central-1"), "postgres", "automated_backups", "db.m5.large"),
        (("us-east-1", "mx-central-1"), "mysql", "read_replica", "db.m6i.large"),
        (("ap-southeast-5", "ap-southeast-1"), "aurora-mysql", "global_database", "db.r6i.large"),
        (("ca-west-1", "ca-central-1"), "sqlserver-se", "automated_backups", "db.m6i.xlarge"),
        (("me-central-1", "eu-west-1"), "db2-se", "automated_backups", "db.t3.large"),
        (("eu-central-2", "eu-central-1"), "postgres", "multi_az_cluster", "db.m6gd.large"),
    ],
)
def test_what_nobody_named_is_built_of_a_class_that_its_regions_have(
    regions: tuple[str, str], name: str, pattern: str, built: str
) -> None:
    app = engine.Testing.app()
    sites = Sites.per_region(app, "shop", primary=regions[0], recovery=regions[1], account_id="111122223333")
    parameters = BYOL if name.startswith("db2") else None
    options: dict[str, Any] = {"engine": name, "pattern": pattern, "parameters": parameters}
    database = Database(sites, "ledger", network=NETWORK, objective=ANYTHING, **options)
    assert database.settings is not None
    assert database.settings.instance == built


@pytest.mark.parametrize(
    ("name", "pattern", "options", "regions", "message"),
    [
        ("sqlserver-ex", "automated_backups", {}, None, "RDS encrypts no storage of it"),
        ("mysql", "automated_backups", {"instance_class": "db.t2.micro"}, None, "RDS encrypts no storage on it"),
        ("aurora-mysql", "global_database", {"instance_class": "db.t4g.medium"}, None, "db.t4g.medium is none"),
        ("sqlserver-ee", "automated_backups", {"instance_class": "db.m5.large"}, None, "it is a class of mariadb"),
        ("oracle-se2", "automated_backups", {"instance_class": "db.m5.8xlarge"}, None, "it is not there in"),
        ("aurora-postgresql", "aurora", {"instance_class": "db.t3.small"}, None, "it is not there in|class of"),
        ("postgres", "automated_backups", {"instance_class": "db.m5.large"}, ("mx-central-1", "us-east-1"), "mx-cent"),
        ("postgres", "read_replica", {"instance_class": "db.m5.large"}, ("us-east-1", "mx-central-1"), "mx-central-1"),
        ("postgres", "multi_az_cluster", {}, ("us-west-1", "us-west-2"), "no Multi-AZ DB cluster there: us-west-1"),
        ("postgres", "multi_az_cluster", {"engine_version": "12"}, None, "clusters of postgres 13"),
        ("aurora-mysql", "global_database", {}, ("ap-southeast-1", "ap-southeast-7"), "database there: ap-southeast-7"),
        ("mysql", "multi_az_cluster", {"engine_version": "5.7"}, None, "clusters of mysql 8.0, 8.4"),
        ("postgres", "automated_backups", {"license_model": "license-included"}, None, "give postgresql-license"),
        ("oracle-ee", "automated_backups", {"license_model": "license-included"}, None, "give bring-your-own-license"),
    ],
)
def test_what_aws_does_not_offer_there_or_for_it_is_chosen_by_nobody_and_built_by_nobody(
    name: str, pattern: str, options: dict[str, Any], regions: tuple[str, str] | None, message: str
) -> None:
    primary, recovery = regions or ("eu-west-1", "eu-central-1")
    app = engine.Testing.app()
    sites = Sites.per_region(app, "shop", primary=primary, recovery=recovery, account_id="111122223333")
    options = {"engine": name, "pattern": pattern, **options}
    with pytest.raises(RecoveryError, match=message):
        Database(sites, "ledger", network=NETWORK, objective=ANYTHING, **options)
    assert list(app.node.children) == [site.stack for site in sites.all]


def test_the_list_of_instance_classes_is_that_of_its_source() -> None:
    assert import_classes.FILE.read_text(encoding="utf-8") == import_classes.written()
