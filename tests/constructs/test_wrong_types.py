"""Whatever is given in place of what an option takes is refused in words, and never by an error of Python's."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

import constructs_lib as lib
from constructs_lib.errors import ConfigurationError, RecoveryError
from constructs_lib.terraform import engine

if TYPE_CHECKING:
    from collections.abc import Callable

PRIMARY, RECOVERY = "eu-west-1", "eu-central-1"
OBJECTIVE = lib.Objective("1d", "1d", software=lib.Target("1d", "1d"))
WRONG: tuple[Any, ...] = (object(), -1, b"x", [[]], {1: 2})
"""What no option takes."""


class Place:
    """One workload of two Regions in a stack, with something that AWS Backup takes."""

    def __init__(self) -> None:
        self.app = engine.Testing.app()
        self.stack = lib.TerraformStack(self.app, "shop")
        self.sites = lib.Sites.in_one_stack(
            self.stack, "shop", primary=PRIMARY, recovery=RECOVERY, account_id="111122223333"
        )
        self.workload = lib.Workload(self.sites, objective=OBJECTIVE)
        self.files = lib.Bucket(self.workload, "files")


def network(letter: str) -> lib.ServiceNetwork:
    return lib.ServiceNetwork(
        vpc_id=f"vpc-0{letter}",
        load_balancer_subnet_ids=[f"subnet-0{letter}1", f"subnet-0{letter}2"],
        load_balancer_security_group_ids=[f"sg-0{letter}1"],
        task_subnet_ids=[f"subnet-0{letter}1"],
        task_security_group_ids=[f"sg-0{letter}2"],
    )


CERTIFICATES = lib.InEachRegion(
    primary=f"arn:aws:acm:{PRIMARY}:111122223333:certificate/a",
    recovery=f"arn:aws:acm:{RECOVERY}:111122223333:certificate/b",
)
IMAGE = f"111122223333.dkr.ecr.{PRIMARY}.amazonaws.com/web@sha256:{'0' * 64}"
SERVICE = {
    "image": IMAGE,
    "port": 80,
    "network": network("a"),
    "recovery_network": network("b"),
    "certificate_arn": CERTIFICATES,
}
EXTERNAL = {
    "rto": "1h",
    "rpo": "1h",
    "owner": "search",
    "evidence": "game day",
    "expires": "2090-01-01",
    "software": lib.Target("1h", "1h"),
}
ELSEWHERE = {"account_id": "999988887777", "region": PRIMARY, "organization_id": "o-a1b2c3d4e5"}
SUBNETS: dict[str, Any] = {"subnet_ids": ["subnet-0a1", "subnet-0b2"], "security_group_ids": ["sg-0a1"]}
VPC: dict[str, Any] = {name: getattr(network("a"), name) for name in inspect.signature(lib.ServiceNetwork).parameters}

CASES: dict[str, tuple[Any, Callable[[Place], Any] | None, dict[str, Any]]] = {
    "Service": (lib.Service, lambda place: place.workload, SERVICE),
    "External": (lib.External, lambda place: place.workload, EXTERNAL),
    "Heartbeat": (lib.Heartbeat, lambda place: place.workload, {}),
    "Secret": (lib.Secret, lambda place: place.workload, {}),
    "Parameter": (lib.Parameter, lambda place: place.workload, {"value": "info"}),
    "Certificate": (lib.Certificate, lambda place: place.workload, {"domain": "shop.example.com"}),
    "Registry": (lib.Registry, lambda place: place.sites, {}),
    "Repository": (lib.Repository, lambda place: place.sites, {"registry": "platform team"}),
    "BackupPolicy": (lib.BackupPolicy, lambda place: place.workload, {}),
    "BackupOptIns": (lib.BackupOptIns, lambda place: place.sites, {"taken": {"S3": True}}),
    "BackupAccountVault": (lib.BackupAccountVault, lambda place: lib.TerraformStack(place.app, "other"), ELSEWHERE),
    "Dashboard": (lib.Dashboard, lambda place: place.workload, {}),
    "RecoveryAtRisk": (lib.RecoveryAtRisk, lambda place: place.workload, {}),
    "Bucket.existing": (
        lib.Bucket.existing,
        lambda place: place.workload,
        {"name": "ours", "versioning": True, "noncurrent_days": 9},
    ),
    "Table.existing": (
        lib.Table.existing,
        lambda place: place.workload,
        {"name": "ours", "recovery_period_days": 35, "stream": True},
    ),
    "Database.existing": (
        lib.Database.existing,
        lambda place: place.workload,
        {"identifier": "ours", "engine": "postgres", "backup_retention_days": 7, "multi_az": False},
    ),
    "Network": (lib.Network, None, SUBNETS),
    "ServiceNetwork": (lib.ServiceNetwork, None, VPC),
    "Request": (lib.Request, None, {"kind": lib.Kind.BUCKET, "objective": OBJECTIVE, "region": PRIMARY}),
    "Database": (lib.Database, lambda place: place.workload, {"engine": "postgres", "network": lib.Network(**SUBNETS)}),
    "FileSystem": (lib.FileSystem, lambda place: place.workload, {"network": lib.Network(**SUBNETS)}),
    "AwsResource": (lib.AwsResource, lambda place: place.stack, {"type_": "aws_sns_topic", "provider": None}),
}


def build(case: str, changed: dict[str, Any]) -> None:
    kind, of, options = CASES[case]
    place = Place()
    given = {**options, **changed}
    if of is None:
        kind(**given)
    else:
        kind(of(place), given.pop("id", "thing"), **given)


OPTIONS = [
    (case, name)
    for case, (kind, of, _) in CASES.items()
    for name in list(inspect.signature(kind.__init__ if of is not None and inspect.isclass(kind) else kind).parameters)[
        (2 if inspect.isclass(kind) else 1) if of is not None else 0 :
    ]
]


@pytest.mark.parametrize("case", CASES)
def test_what_the_options_are_tried_beside_is_built(case: str) -> None:
    build(case, {})


@pytest.mark.parametrize(("case", "option"), OPTIONS)
def test_a_value_of_a_wrong_type_is_refused_in_words(case: str, option: str) -> None:
    for value in WRONG:
        with pytest.raises(RecoveryError) as refusal:
            build(case, {option: value})
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("case", "option", "value", "said"),
    [
        ("Service", "task_role_arn", "shop", "task_role_arn is 'shop'; give an ARN such as arn:aws:iam::"),
        ("Service", "task_role_arn", 0, "task_role_arn is 0; give an ARN"),
        (
            "Service",
            "certificate_arn",
            "cert",
            "the certificate_arn of service shop-thing in eu-west-1 is 'cert'; give",
        ),
        (
            "BackupPolicy",
            "deletion_protection",
            "no",
            "deletion_protection of backup policy 'thing' is 'no'; give True",
        ),
        ("BackupPolicy", "further_copies", None, "further_copies of backup policy 'thing' is None; give a list"),
        ("BackupOptIns", "advanced", "DynamoDB", "advanced of opt-ins 'thing' is 'DynamoDB'; give a list"),
        ("BackupAccountVault", "tags", "team", "the tags of vault 'thing' are 'team'; give a mapping"),
        ("BackupAccountVault", "provider_arguments", "dev", "provider_arguments of vault 'thing' is 'dev'; give a"),
        ("Certificate", "zone_id", "", "the zone_id of certificate 'thing' is ''; give the id of a hosted zone"),
        ("Certificate", "names", None, "the names of certificate 'thing' is None; give a list"),
        ("Heartbeat", "tags", "", "the tags of heartbeat 'thing' are ''; give a mapping"),
        ("Secret", "tags", 0, "the tags of secret 'thing' are 0; give a mapping"),
        ("Secret", "description", "x" * 2049, "2,049 characters long; allowed: 0 to 2048"),
        ("Parameter", "description", "x" * 1025, "1,025 characters long; allowed: 0 to 1024"),
        ("Network", "recovery_subnet_ids", (name for name in ("a", "b")), "a network takes lists of ids, and is given"),
        ("Network", "security_group_ids", {"sg-0a1"}, "a network takes lists of ids, and is given {'sg-0a1'}"),
        ("ServiceNetwork", "task_subnet_ids", {"a": "b"}, "a service network takes lists of ids, and is given {"),
        ("Request", "features", "ttl", "features is 'ttl'; give a set of their names"),
        ("AwsResource", "lifecycle", "keep", "lifecycle of aws_sns_topic 'thing' is 'keep'; give a mapping"),
        ("AwsResource", "arguments", "", "aws_sns_topic 'thing'"),
        ("Database", "adopted_members", [[]], "adopted_members is []; "),
        ("FileSystem", "adopted", "töken", "adopted is 't\\xf6ken'; give the creation token as EFS shows it"),
    ],
)
def test_what_looks_like_a_value_and_is_none_is_refused(case: str, option: str, value: object, said: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        build(case, {option: value})
    assert said in str(refusal.value)


@pytest.mark.parametrize("case", ["Heartbeat", "Secret", "Parameter", "Certificate", "Repository", "RecoveryAtRisk"])
def test_extra_tags_do_not_replace_whose_it_is(case: str) -> None:
    kind, of, options = CASES[case]
    place = Place()
    assert of is not None
    kind(of(place), "thing", **options, tags={"recovery:workload": "another", "team": "web"})
    written = engine.Testing.synth(place.stack)
    assert '"team": "web"' in written
    assert "another" not in written


@pytest.mark.parametrize("text", ["", " ", "red \x1b[31m", "bell \x07", "half of one \ud800", "\x00"])
@pytest.mark.parametrize(
    "given",
    [
        lambda text: lib.Acceptance(owner=text, reason="made anew", region=lib.Target("1d", "1d")),
        lambda text: lib.Acceptance(owner="web", reason=text, region=lib.Target("1d", "1d")),
        lambda text: lib.Assumptions(detected_by=text),
        lambda text: build("External", {"owner": text}),
        lambda text: build("External", {"evidence": text}),
        lambda text: build("Repository", {"registry": text}),
        lambda text: Place().sites.external("arn:aws:s3:::x", owner=text),
    ],
)
def test_words_for_people_hold_no_control_characters(given: Callable[[str], object], text: str) -> None:
    """They are printed on terminals; half of a character ended every later command on these stacks."""
    with pytest.raises(RecoveryError) as refusal:
        given(text)
    assert "\x1b" not in str(refusal.value)


def test_words_for_people_may_have_lines_and_any_script() -> None:
    lib.Acceptance(owner="équipe\u00a0web", reason="two\n\tlines, \u65e5\u672c", region=lib.Target("1d", "1d"))
