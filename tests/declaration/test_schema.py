"""The published schema says what the reader does: what either refuses by form, the other refuses too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from constructs_lib.availability import parse_availability
from constructs_lib.declaration.declaration import load_declaration, parse_declaration
from constructs_lib.errors import AvailabilityError, DeclarationError, DurationError
from constructs_lib.objectives import TIERS, parse_duration
from tests.declaration.published_schema import SCHEMA, EditorLoader, validator
from tests.declaration.reading import SAMPLE, TODAY
from tests.each import each

ROOT = Path(__file__).parents[2]
WORKLOAD = "version: 1\nworkloads: {shop: {objective: %s}}"
COMPONENT = "version: 1\nworkloads: {shop: {objective: {tier: critical}, components: [%s]}}"
ENVIRONMENT = "version: 1\nworkloads: {shop: {objective: {tier: critical}, environments: {dev: %s}}}"
PARTS = "version: 1\nworkloads: {shop: {objective: {tier: critical}, parts: %s}}"
SEARCH = "{search: {external: {rto: 1h, rpo: 0, owner: search team, evidence: game day 7, expires: 2027-03-31}}}"
WAIVER = "{finding: RECOVERY-102, address: a.b, owner: web team, expires: 2027-01-31, reason: rebuilt}"


def valid(text: str) -> bool:
    return bool(validator().is_valid(yaml.load(text, Loader=EditorLoader)))


def read(text: str) -> bool:
    try:
        parse_declaration(text, today=TODAY)
    except DeclarationError:
        return False
    return True


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_of_the_schema_is_described() -> None:
    def described(schema: dict[str, Any], path: str) -> None:
        for name, member in schema.get("properties", {}).items():
            target = SCHEMA["$defs"][member["$ref"].rsplit("/", 1)[1]] if "$ref" in member else member
            assert member.get("description") or target.get("description") or name == "tags", f"{path}.{name}"
            if "objective" in name:
                assert "$ref" in member

    described(SCHEMA, "")
    for name, part in SCHEMA["$defs"].items():
        assert part["description"]
        described(part, name)


def test_every_mapping_refuses_unknown_keys() -> None:
    def closed(schema: object) -> None:
        if isinstance(schema, dict):
            if "properties" in schema:
                assert schema["additionalProperties"] is False
            for member in schema.values():
                closed(member)
        elif isinstance(schema, list):
            for member in schema:
                closed(member)

    closed(SCHEMA)


def test_the_tiers_of_the_schema_are_those_there_are() -> None:
    for part in ("workloadObjective", "componentObjective"):
        assert SCHEMA["$defs"][part]["properties"]["tier"]["enum"] == list(TIERS)


def test_every_example_in_the_schema_is_valid() -> None:
    parts = [part for part in SCHEMA["$defs"] if "examples" in SCHEMA["$defs"][part]]
    assert len(parts) >= 3
    for part in parts:
        for example in SCHEMA["$defs"][part]["examples"]:
            validator(part=part).validate(example)


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE,
        "version: 1",
        "version: 1\nworkloads: {}\ndependencies: []\nwaivers: []\nassumptions: {}",
        WORKLOAD % "{tier: critical, uptime: 99%, region: {rto: 5m, rpo: 0}}",
        WORKLOAD % "{software: {rto: PT4H, rpo: 1 day}, assumptions: {decision_time: 0}}",
        WORKLOAD % "{uptime: three nines}",
        WORKLOAD % "{rto: '0', rpo: 1h30m}",
        COMPONENT % "{match: 'module.db[\"eu\"].*', objective: {assumptions: {detection_time: 1m}}}",
        COMPONENT % "{match: {tags: {a: '1', b: ''}}}, {match: '*'}",
        "version: 1\ndependencies: [{name: DNS, availability: '100 %'}, {name: e-mail, availability: 99.9 percent}]",
        f"version: 1\nwaivers: [{WAIVER}]",
        "version: 1\nworkloads: {a: {objective: &o {tier: critical}}, b: {objective: *o}}",
        ENVIRONMENT % "{}",
        ENVIRONMENT % "{disaster_recovery: false, deletion_protection: true, objective: {uptime: 99%}}",
        ENVIRONMENT % "{health_checks: [0a1b-22]}",
        ENVIRONMENT % "{sizes: {ledger: {instance_class: db.t4g.medium, storage_gb: 20}, api: {tasks: 1}, files: {}}}",
        PARTS % "{}",
        PARTS % "{ledger: {kind: database, engine: dsql, size_gb: 20.5, objective: {region: {rto: 5m, rpo: 0}}}}",
        PARTS
        % "{orders: {kind: table, features: [ttl], pattern: pitr, third_region: eu-west-2}, api: {kind: service}}",
        PARTS % SEARCH,
        PARTS % SEARCH.replace("owner", "software: {rto: 1h, rpo: 1h}, owner"),
    ],
)
def test_a_good_document_is_valid_and_read(text: str) -> None:
    validator().validate(yaml.load(text, Loader=EditorLoader))
    parse_declaration(text, today=TODAY)


@each(
    "text",
    [
        "~",
        "[]",
        "{}",
        "version: 2",
        "version: '1'",
        "version: true",
        "version: [1]",
        "version: ",
        "version: 1\nservices: {}",
        "version: 1\nworkloads: ",
        "version: 1\nworkloads: []",
        "version: 1\nworkloads: {'': {objective: {tier: critical}}}",
        "version: 1\nworkloads: {' a': {objective: {tier: critical}}}",
        "version: 1\nworkloads: {shop: }",
        "version: 1\nworkloads: {shop: {}}",
        "version: 1\nworkloads: {shop: {objective: {tier: critical}, owner: me}}",
        "version: 1\nregions: {primary: eu-west-1}",
        "version: 1\nregions: {primary: eu-west-1a, recovery: eu-west-2}",
        "version: 1\nregions: {primary: 1, recovery: eu-west-2}",
        "version: 1\nassumptions: {decision_time: 15}",
        "version: 1\nassumptions: {decision: 15m}",
        PARTS % "[]",
        PARTS % "{files: {}}",
        PARTS % "{files: {kind: pail}}",
        PARTS % "{files: {kind: bucket, size: 5}}",
        PARTS % "{files: {kind: bucket, size_gb: -0.5}}",
        PARTS % "{files: {kind: bucket, features: ttl}}",
        PARTS % SEARCH.replace("{external", "{kind: bucket, external"),
        PARTS % SEARCH.replace("{external", "{size_gb: 5, external"),
        PARTS % SEARCH.replace("rpo: 0, ", ""),
        PARTS % SEARCH.replace("owner: search team, ", ""),
        PARTS % SEARCH.replace("2027-03-31", "never"),
        ENVIRONMENT % "[]",
        ENVIRONMENT % "{disaster_recovery: 'no'}",
        ENVIRONMENT % "{deletion_protection: 0}",
        ENVIRONMENT % "{region: eu-west-1}",
        ENVIRONMENT % "{health_checks: [a b]}",
        ENVIRONMENT % "{objective: {}}",
        ENVIRONMENT % "{sizes: {ledger: {class: db.t4g.medium}}}",
        ENVIRONMENT % "{sizes: {ledger: {instance_class: 5}}}",
        ENVIRONMENT % "{sizes: {ledger: {storage_gb: 20 GB}}}",
        ENVIRONMENT % "{sizes: {ledger: {storage_gb: -1}}}",
        ENVIRONMENT % "{sizes: {ledger: {storage_gb: 1000000000}}}",
        ENVIRONMENT % "{sizes: [ledger]}",
        WORKLOAD % "1h",
        WORKLOAD % "{}",
        WORKLOAD % "{assumptions: {decision_time: 1m}}",
        WORKLOAD % "{rto: 1h}",
        WORKLOAD % "{rpo: 0}",
        WORKLOAD % "{rto: 60, rpo: 1m}",
        WORKLOAD % "{rto: '60', rpo: 1m}",
        WORKLOAD % "{rto: 1.5, rpo: 1m}",
        WORKLOAD % "{rto: 5 parsecs, rpo: 1m}",
        WORKLOAD % "{rto: -5m, rpo: 1m}",
        WORKLOAD % "{rto: .nan, rpo: 1m}",
        WORKLOAD % "{rto: 1:30, rpo: 1m}",
        WORKLOAD % "{rto: yes, rpo: 1m}",
        WORKLOAD % "{rto: true, rpo: 1m}",
        WORKLOAD % "{rto: , rpo: 1m}",
        WORKLOAD % "{rto: '', rpo: 1m}",
        WORKLOAD % "{rto: [1m], rpo: 1m}",
        WORKLOAD % "{rto: 30m1h, rpo: 1m}",
        WORKLOAD % "{uptime: 101%}",
        WORKLOAD % "{uptime: -1%}",
        WORKLOAD % "{uptime: 99.9}",
        WORKLOAD % "{uptime: always}",
        WORKLOAD % "{tier: gold}",
        WORKLOAD % "{tier: critical, rto: 1h, rpo: 1m}",
        WORKLOAD % "{tier: critical, rpo: 1m}",
        WORKLOAD % "{region: {rto: 1h}}",
        WORKLOAD % "{region: 1h}",
        WORKLOAD % "{az: {rto: 1h, rpo: 1m}}",
        COMPONENT % "a.b",
        COMPONENT % "{}",
        COMPONENT % "{match: ''}",
        COMPONENT % "{match: ' a'}",
        COMPONENT % "{match: 5}",
        COMPONENT % "{match: {}}",
        COMPONENT % "{match: {tags: {}}}",
        COMPONENT % "{match: {tags: {a: 1}}}",
        COMPONENT % "{match: {tags: {a: true}}}",
        COMPONENT % "{match: {tag: {a: b}}}",
        COMPONENT % "{match: a, objective: {}}",
        COMPONENT % "{match: a, objective: {rto: 1h}}",
        COMPONENT % "{match: a, objectives: {tier: critical}}",
        "version: 1\ndependencies: {DNS: 99%}",
        "version: 1\ndependencies: [{name: DNS}]",
        "version: 1\ndependencies: [{name: ' ', availability: 99%}]",
        "version: 1\ndependencies: [{name: 1, availability: 99%}]",
        "version: 1\ndependencies: [{name: DNS, availability: 101%}]",
        "version: 1\ndependencies: [{name: DNS, availability: 99%, critical: no}]",
        "version: 1\ndependencies: [{name: DNS, availability: 99%, critical: 1}]",
        *(
            f"version: 1\nwaivers: [{re.sub(f'{key}: [^,}}]+(, )?', '', WAIVER)}]"
            for key in ("owner", "expires", "reason")
        ),
        f"version: 1\nwaivers: [{WAIVER.replace('RECOVERY-102', 'ANY')}]",
        f"version: 1\nwaivers: [{WAIVER.replace('2027-01-31', 'never')}]",
        f"version: 1\nwaivers: [{WAIVER.replace('2027-01-31', '2027-13-31')}]",
        f"version: 1\nwaivers: [{WAIVER.replace('2027-01-31', '31.01.2027')}]",
        f"version: 1\nwaivers: [{WAIVER.replace('web team', '12')}]",
        f"version: 1\nwaivers: [{WAIVER.replace('reason', 'because')}]",
    ],
)
def test_a_bad_document_is_neither_valid_nor_read(text: str) -> None:
    assert (valid(text), read(text)) == (False, False)


def test_every_declaration_of_the_repository_is_valid_and_read() -> None:
    """Whether a waiver in it has expired is asked where it is used, so that no test fails by the calendar."""
    for path in [*ROOT.glob("stacks/**/recovery.yaml"), *ROOT.glob("examples/**/recovery.yaml")]:
        validator().validate(yaml.load(path.read_text(encoding="utf-8"), Loader=EditorLoader))
        load_declaration(path, today=TODAY.min)


UNITS = [
    "w",
    "week",
    "weeks",
    "d",
    "day",
    "days",
    "h",
    "hour",
    "hours",
    "hr",
    "hrs",
    "m",
    "min",
    "mins",
    "minute",
    "minutes",
    "s",
    "sec",
    "secs",
    "second",
    "seconds",
    "y",
    "ms",
    "W",
    "Min",
]
NUMBERS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,2})?", fullmatch=True)
SHORT = st.lists(st.tuples(NUMBERS, st.sampled_from(UNITS), st.sampled_from(["", " "])), min_size=1, max_size=3).map(
    lambda parts: "".join(f"{number}{space}{unit}{space}" for number, unit, space in parts)
)
ISO = st.from_regex(r"P([0-9]{1,2}W)?([0-9]{1,2}D)?(T([0-9]{1,2}H)?([0-9.]{1,3}M)?([0-9]{1,2}S)?)?", fullmatch=True)
ODD = st.text("0159hms PT.-", max_size=7)


@given(SHORT | ISO | ODD)
def test_the_schema_admits_exactly_the_durations_that_are_well_formed(text: str) -> None:
    try:
        parse_duration(text)
        formed = True
    except DurationError as error:
        # A pattern cannot do sums.
        formed = "whole number of seconds" in str(error) or "longer than ten years" in str(error)
    assert validator(part="duration").is_valid(text) == formed


AVAILABILITIES = st.one_of(
    st.tuples(
        # "-0%" is read as nothing, and not worth a pattern.
        st.from_regex(r"(-[1-9]|[0-9])[0-9]{0,3}([.,][0-9]{0,3})?", fullmatch=True),
        st.sampled_from(["%", " %", " percent", "per cent", "PERCENT", "", "‰"]),
    ).map("".join),
    st.tuples(
        st.sampled_from(["0", "3", "100", "101", "007", "three", "Twelve", "thirteen", "3.5"]),
        st.sampled_from(["", " ", "-"]),
        st.sampled_from(["nines", "nine", "9s", "9's", "NINES", "s", "9"]),
    ).map("".join),
)


@given(AVAILABILITIES)
def test_the_schema_admits_exactly_the_availabilities_that_are_read(text: str) -> None:
    try:
        parse_availability(text)
        readable = True
    except AvailabilityError:
        readable = False
    assert validator(part="availability").is_valid(text) == readable
