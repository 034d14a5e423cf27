"""What IAM looks at is what AWS's service authorization reference says."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

import pytest

from constructs_lib.catalog.access.authorization import load_authorization
from tests.catalog.authorization_reference import REFERENCE
from tests.each import each

KNOWN = load_authorization()
TOLD = json.loads(REFERENCE.read_text(encoding="utf-8"))
OURS = {"rds:tagged"}
"""Types that stand for whatever an ARN is of."""


@each("name", sorted(KNOWN.actions))
def test_an_action_has_the_types_that_the_reference_gives_it(name: str) -> None:
    action, told = KNOWN.actions[name], TOLD["actions"][name]
    service = name.partition(":")[0]
    given = {type_ for type_ in (*action.types, *action.optional) if f"{service}:{type_}" not in OURS}

    assert given <= {*told["required"], *told["optional"]}
    assert set(told["required"]) <= set(action.types)
    # An action that AWS can narrow is never given for everything.
    assert bool(given) == bool(told["required"] or told["optional"])


@each("name", sorted(KNOWN.actions))
def test_what_the_reference_calls_dependent_is_implied_or_left_out_with_a_reason(name: str) -> None:
    implied = {other for others in KNOWN.actions[name].implies.values() for other in others}

    assert set(TOLD["actions"][name]["dependent"]) - implied <= KNOWN.not_needed.keys()
    assert implied <= KNOWN.actions.keys()


@pytest.mark.parametrize("type_", sorted(TOLD["arns"]))
def test_an_arn_has_the_form_of_the_reference(type_: str) -> None:
    service, _, name = type_.partition(":")
    # Secrets that RDS makes are some of all.
    pattern = re.sub(r"\{\w+\}", "*", KNOWN.types[service][name].arn.replace("rds!", ""))

    assert fnmatchcase(re.sub(r"\$\{(\w+)\}", r"\1", TOLD["arns"][type_]).replace("Partition", "aws"), pattern)


def test_every_type_and_every_reason_is_used() -> None:
    named = {
        (name.partition(":")[0], type_)
        for name, action in KNOWN.actions.items()
        for type_ in (*action.types, *action.optional)
    }
    assert named == {(service, type_) for service, types in KNOWN.types.items() for type_ in types}
    dependent = {other for row in TOLD["actions"].values() for other in row["dependent"]}
    assert KNOWN.not_needed.keys() <= dependent
