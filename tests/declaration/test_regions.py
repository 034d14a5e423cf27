from __future__ import annotations

import pytest

from constructs_lib.declaration.region_pair import Regions
from constructs_lib.errors import InputError
from tests.declaration.reading import read, refusal


@pytest.mark.parametrize("name", ["eu-west-1", "us-gov-west-1", "us-iso-east-1", "ap-southeast-7", "eusc-de-east-1"])
def test_the_name_of_a_region_is_read(name: str) -> None:
    regions = read(f"regions: {{primary: {name}, recovery: ca-central-1}}").regions
    assert regions == Regions(primary=name, recovery="ca-central-1")


def test_regions_need_not_be_declared() -> None:
    assert read("").regions is None


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{primary: eu-west-1, recovery: eu-west-1}", ": primary and recovery are both eu-west-1"),
        ("{primary: eu-west-1}", ": has no recovery; it needs primary and recovery"),
        ("{}", ": has no primary"),
        ("eu-west-1", ": is the text 'eu-west-1', and keys with values are wanted"),
        ("[eu-west-1, eu-west-2]", ": is a list"),
        ("", ": is without a value"),
        ("{primary: eu-west-1a, recovery: eu-west-2}", ".primary: 'eu-west-1a' is not the name of a Region"),
        ("{primary: EU-WEST-1, recovery: eu-west-2}", ".primary: 'EU-WEST-1' is not the name of a Region"),
        ("{primary: Ireland, recovery: eu-west-2}", ".primary: 'Ireland' is not the name of a Region"),
        ("{primary: eu-west-2, recovery: ''}", ".recovery: '' is not the name of a Region"),
        ("{primary: eu-west-2, recovery: 1}", ".recovery: '1' is not the name of a Region"),
        ("{primary: eu-west-2, recovery: ~}", ".recovery: has no value, and the name of a Region is wanted"),
        ("{primary: eu-west-2, recovery: [eu-west-1]}", ".recovery: is a list"),
        (
            "{primary: eu-west-2, recover: eu-west-1}",
            ".recover: is not a key that is known here; did you mean recovery?",
        ),
    ],
)
def test_bad_regions_are_refused(written: str, problem: str) -> None:
    assert refusal(f"regions: {written}").startswith(f"2: regions{problem}")


def test_the_same_region_twice_is_refused_in_python_too() -> None:
    with pytest.raises(InputError, match="name two Regions"):
        Regions(primary="eu-west-1", recovery="eu-west-1")


def test_what_is_no_region_is_refused_in_python_too() -> None:
    with pytest.raises(InputError, match="is not the name of a Region"):
        Regions(primary="eu-west-1", recovery="Frankfurt")
