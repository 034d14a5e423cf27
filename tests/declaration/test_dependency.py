from __future__ import annotations

import pytest

from constructs_lib.availability import parse_availability
from constructs_lib.declaration.dependency import Dependency
from constructs_lib.declaration.selector import AddressGlob
from tests.declaration.reading import read, refusal


def test_a_dependency_is_read() -> None:
    assert read("dependencies: [{name: e-mail, availability: 99.9%, critical: false}]").dependencies == (
        Dependency(name="e-mail", availability=parse_availability("99.9%"), critical=False),
    )


def test_a_dependency_is_critical_unless_it_is_declared_not_to_be() -> None:
    (dependency,) = read("dependencies: [{name: DNS, availability: four nines}]").dependencies
    assert dependency.critical


@pytest.mark.parametrize(
    ("written", "covers"),
    [
        ("", None),
        (", covers: []", ()),
        (
            ", covers: [aws_s3_bucket.*, 'module.db[0].x']",
            (AddressGlob("aws_s3_bucket.*"), AddressGlob("module.db[0].x")),
        ),
    ],
)
def test_a_dependency_says_what_it_covers(written: str, covers: tuple[AddressGlob, ...] | None) -> None:
    (dependency,) = read(f"dependencies: [{{name: AWS, availability: 99.9%{written}}}]").dependencies
    assert dependency.covers == covers


def test_dependencies_keep_their_order() -> None:
    declared = read(
        "dependencies:\n  - {name: b, availability: 99%}\n  - {name: a, availability: 99%}\n"
        "  - {name: B, availability: 99%}\n"
    ).dependencies
    assert [dependency.name for dependency in declared] == ["b", "a", "B"]


@pytest.mark.parametrize("written", ["", "dependencies: []"])
def test_there_may_be_none(written: str) -> None:
    assert read(written).dependencies == ()


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{name: a}", "[0]: has no availability; it needs name and availability"),
        ("{availability: 99%}", "[0]: has no name"),
        ("e-mail", "[0]: is the text 'e-mail'"),
        ("{name: '', availability: 99%}", "[0].name: is empty"),
        ("{name: 365, availability: 99%}", "[0].name: is a number, '365'"),
        ("{name: a, availability: 101%}", "[0].availability: an availability lies between 0% and 100%"),
        ("{name: a, availability: -1%}", "[0].availability: an availability lies between 0% and 100%"),
        ("{name: a, availability: 99.9}", "[0].availability: the availability 99.9 has no unit"),
        ("{name: a, availability: .nan}", "[0].availability: '.nan' is not an availability"),
        ("{name: a, availability: always}", "[0].availability: 'always' is not an availability"),
        ("{name: a, availability: }", "[0].availability: has no value, and an availability is wanted"),
        ("{name: a, availability: [99%]}", "[0].availability: is a list, and an availability is wanted"),
        ("{name: a, availability: 99%, critical: no}", "[0].critical: is a truth value, 'no'; write true or false"),
        ("{name: a, availability: 99%, covers: all}", "[0].covers: is the text 'all', and a list is wanted"),
        ("{name: a, availability: 99%, covers: ['']}", "[0].covers[0]: '' is not an address"),
        (
            "{name: a, availability: 99%, citical: true}",
            "[0].citical: is not a key that is known here; did you mean critical?",
        ),
        (
            "{name: a, availability: 99%}, {name: ' a ', availability: 98%}",
            "[1].name: 'a' is declared twice, first on line 2",
        ),
    ],
)
def test_a_bad_dependency_is_refused(written: str, problem: str) -> None:
    assert refusal(f"dependencies: [{written}]").startswith(f"2: dependencies{problem}")


@pytest.mark.parametrize(("written", "problem"), [("{a: 99%}", "is a mapping, and a list"), ("", "is without a value")])
def test_dependencies_that_are_no_list_are_refused(written: str, problem: str) -> None:
    assert refusal(f"dependencies: {written}").startswith(f"2: dependencies: {problem}")
