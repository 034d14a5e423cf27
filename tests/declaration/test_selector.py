from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.declaration.selector import AddressGlob, TagSelector
from tests.declaration.reading import read, refusal

COMPONENT = "workloads: {shop: {objective: {tier: critical}, components: [{match: %s}]}}"


@pytest.mark.parametrize(
    ("glob", "address"),
    [
        ("aws_s3_bucket.assets", "aws_s3_bucket.assets"),
        ("aws_s3_bucket.*", "aws_s3_bucket.assets"),
        ("*", "module.a.module.b.aws_s3_bucket.assets[0]"),
        ("module.db.*", "module.db.aws_db_instance.this"),
        ("module.db.*", "module.db.module.inner.aws_db_instance.this[0]"),
        ("*.aws_s3_bucket.*", "module.a.aws_s3_bucket.b"),
        ("aws_s3_bucket.*logs*", "aws_s3_bucket.logs"),
        ("aws_s3_bucket.log?", "aws_s3_bucket.logs"),
        ('module.db["eu"].aws_db_instance.this[0]', 'module.db["eu"].aws_db_instance.this[0]'),
        ("aws_s3_bucket.b[*]", 'aws_s3_bucket.b["a.b"]'),
        ("module.db[*].*", 'module.db["eu"].aws_db_instance.this'),
        ('aws_s3_bucket.b["x?y"]', 'aws_s3_bucket.b["x?y"]'),
        ('aws_s3_bucket.b["(a|b)+$"]', 'aws_s3_bucket.b["(a|b)+$"]'),
        ('a.b["*"]', 'a.b["two\nlines"]'),
        ("**", ""),
        ("a**b", "ab"),
    ],
)
def test_a_glob_matches(glob: str, address: str) -> None:
    assert AddressGlob(glob).matches(address, {})


@pytest.mark.parametrize(
    ("glob", "address"),
    [
        ("aws_s3_bucket.assets", "aws_s3_bucket.assets[0]"),
        ("aws_s3_bucket.assets", "module.a.aws_s3_bucket.assets"),
        ("aws_s3_bucket.assets", "aws_s3_bucket.assets_old"),
        ("aws_s3_bucket.assets", "aws_s3_bucketXassets"),
        ("aws_s3_bucket.assets", "aws_s3_bucket.assets\n"),
        ("AWS_S3_BUCKET.*", "aws_s3_bucket.assets"),
        ("aws_s3_bucket.log?", "aws_s3_bucket.log"),
        ("aws_s3_bucket.[ab]", "aws_s3_bucket.a"),
        ("aws_s3_bucket.b[!0]", "aws_s3_bucket.b1"),
        ("aws_s3_bucket.b[0-9]", "aws_s3_bucket.b5"),
        ("aws_s3_bucket.b[*]", "aws_s3_bucket.b"),
        ("aws_s3_bucket.b[*]", "aws_s3_bucket.b_old"),
        ("a*a", "a"),
        ("a*b*b", "ab"),
    ],
)
def test_a_glob_does_not_match(glob: str, address: str) -> None:
    assert not AddressGlob(glob).matches(address, {"team": "shop"})


def matches_by_definition(glob: str, address: str) -> bool:
    """The definition itself, a character at a time; slow, and too simple to be wrong."""
    if not glob:
        return not address
    if glob[0] == "*":
        return any(matches_by_definition(glob[1:], address[start:]) for start in range(len(address) + 1))
    return bool(address) and glob[0] in {"?", address[0]} and matches_by_definition(glob[1:], address[1:])


@given(st.text("ab.[]*?", max_size=7), st.text("ab.[]", max_size=9))
def test_every_glob_matches_by_its_definition(glob: str, address: str) -> None:
    assert AddressGlob(glob).matches(address, {}) == matches_by_definition(glob, address)


@given(st.text("ab.[]*?", max_size=7), st.text("ab.[]", max_size=9))
def test_what_a_glob_matches_begins_with_its_literal_prefix(glob: str, address: str) -> None:
    selector = AddressGlob(glob)
    assert address.startswith(selector.literal_prefix) or not selector.matches(address, {})


@given(st.text(min_size=1).filter(lambda text: not {"*", "?"} & set(text)))
def test_a_glob_without_wildcards_matches_itself_whatever_it_holds(address: str) -> None:
    assert AddressGlob(address).matches(address, {})


def test_many_stars_do_not_take_exponential_time() -> None:
    """Without atomic groups this never comes back: there are 5,000 over 30 ways to try."""
    assert not AddressGlob("*a" * 30 + "*b").matches("a" * 5_000, {})


@pytest.mark.parametrize("tags", [{"team": "shop"}, {"team": "shop", "Name": "x"}])
def test_tags_match_where_all_are_there(tags: dict[str, str]) -> None:
    assert TagSelector({"team": "shop"}).matches("any", tags)


@pytest.mark.parametrize("tags", [{}, {"team": "Shop"}, {"Team": "shop"}, {"team": "shop2"}, {"other": "shop"}])
def test_tags_do_not_match_where_one_is_missing_or_another(tags: dict[str, str]) -> None:
    assert not TagSelector({"team": "shop"}).matches("any", tags)


def test_all_tags_must_match() -> None:
    selector = TagSelector({"team": "shop", "tier": "1"})
    assert selector.matches("any", {"team": "shop", "tier": "1"})
    assert not selector.matches("any", {"team": "shop", "tier": "2"})


def test_the_tags_of_a_selector_cannot_be_changed() -> None:
    given_tags = {"team": "shop"}
    selector = TagSelector(given_tags)
    given_tags["team"] = "other"
    assert selector.tags == {"team": "shop"}
    with pytest.raises(TypeError):
        selector.tags["team"] = "other"  # type: ignore[index]


def test_selectors_are_equal_by_what_they_select() -> None:
    assert TagSelector({"a": "b"}) == TagSelector({"a": "b"}) != TagSelector({"a": "c"})
    assert AddressGlob("a.*") == AddressGlob("a.*") != AddressGlob("a.b")
    assert hash(TagSelector({"a": "b"})) == hash(TagSelector({"a": "b"}))


def test_selectors_say_what_they_select() -> None:
    assert str(AddressGlob("module.db.*")) == "module.db.*"
    assert str(TagSelector({"team": "shop", "tier": "1"})) == "tags team=shop, tier=1"


@pytest.mark.parametrize(
    ("written", "selector"),
    [
        ("aws_s3_bucket.assets", AddressGlob("aws_s3_bucket.assets")),
        ('"*.x"', AddressGlob("*.x")),
        ("'a.b[\"x  y\"]'", AddressGlob('a.b["x  y"]')),
        ("{tags: {team: shop}}", TagSelector({"team": "shop"})),
        ("{tags: {'cost-center': '0042', empty: ''}}", TagSelector({"cost-center": "0042", "empty": ""})),
    ],
)
def test_a_selector_is_read(written: str, selector: object) -> None:
    (component,) = read(COMPONENT % written).workloads["shop"].components
    assert component.selector == selector


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("''", ".match: '' is not an address"),
        ("' a.b'", ".match: ' a.b' is not an address"),
        ("5", ".match: is a number, '5'"),
        ("~", ".match: has no value"),
        ("[a.b]", ".match: is a list"),
        ("{}", ".match: has no tags, which it needs"),
        ("{tags: {}}", ".match.tags: is empty and would match everything"),
        ("{tags: [team]}", ".match.tags: is a list"),
        ("{tags: {team: 1}}", ".match.tags.team: is a number, '1', and a text is wanted; put it in quotes"),
        ("{tags: {team: yes}}", ".match.tags.team: is a truth value, 'yes'"),
        ("{tags: {team: [a]}}", ".match.tags.team: is a list"),
        ("{tags: {1: a}}", ".match.tags: has the key '1', which is not a text"),
        ("{tag: {team: shop}}", ".match.tag: is not a key that is known here; did you mean tags?"),
        ("{tags: {team: shop}, address: a}", ".match.address: is not a key that is known here"),
        ("{tags: {team: shop, team: shop}}", ".match.tags.team: is given twice"),
    ],
)
def test_a_bad_selector_is_refused(written: str, problem: str) -> None:
    assert refusal(COMPONENT % written).startswith(f"2: workloads.shop.components[0]{problem}")
