"""Components and protections as plain data."""

from __future__ import annotations

import pytest

from constructs_lib.components import Component, Kind, Protection


def test_parameters_cannot_be_changed_afterwards() -> None:
    given = {"rtc": True}
    protection = Protection(mechanism="replication", parameters=given)
    given["rtc"] = False
    assert protection.parameters["rtc"] is True
    with pytest.raises(TypeError):
        protection.parameters["rtc"] = False  # type: ignore[index]


def test_protections_with_the_same_parameters_are_equal_and_hash_alike() -> None:
    one = Protection(mechanism="pitr", parameters={"retention_days": 35, "kms": "a"})
    other = Protection(mechanism="pitr", parameters={"kms": "a", "retention_days": 35})
    assert one == other
    assert hash(one) == hash(other)
    assert one != Protection(mechanism="pitr", parameters={"retention_days": 7, "kms": "a"})


def test_doubts_and_unknowns_tell_protections_apart() -> None:
    plain = Protection(mechanism="pitr")
    assert plain != Protection(mechanism="pitr", doubts=("off",))
    assert plain != Protection(mechanism="pitr", unknown=frozenset({"retention_days"}))


def test_a_component_gives_the_first_protection_of_a_name() -> None:
    first, second = Protection(mechanism="backup", region="eu-west-1"), Protection(mechanism="backup")
    component = Component(name="it", kind=Kind.TABLE, protections=(first, second))
    assert component.protection("backup") is first
    assert component.protection("pitr") is None


def test_a_protection_names_where_its_copy_goes() -> None:
    assert str(Protection(mechanism="replication", region="eu-central-1")) == "replication to eu-central-1"
    assert str(Protection(mechanism="pitr")) == "pitr"
