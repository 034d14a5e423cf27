"""What a YAML document may be, before anything is known of what it says; on both loaders of PyYAML."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.declaration import yaml_document
from constructs_lib.declaration.yaml_document import LARGEST_DOCUMENT, YamlField, compose_document
from constructs_lib.errors import DeclarationError
from tests.examples_of_properties import examples


@pytest.fixture(params=["C", "Python"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with libyaml and without it: which of them a machine has must not change an answer."""
    if request.param == "C" and not yaml.__with_libyaml__:
        pytest.skip("needs PyYAML with libyaml")
    monkeypatch.setattr(yaml_document, "_LOADER", yaml.CSafeLoader if request.param == "C" else yaml.SafeLoader)


def compose(text: str) -> YamlField:
    return compose_document(text, file="recovery.yaml")


def value(text: str) -> YamlField:
    """Return the value of the one key of a document."""
    (entry,) = compose(text).entries().values()
    return entry


def refusal(text: str) -> str:
    with pytest.raises(DeclarationError) as caught:
        compose(text)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 400
    return message


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "# nothing\n", "---\n", "---\n...\n", "~", "null\n", "\ufeff", "!!null x"]
)
def test_an_empty_document_is_refused(text: str) -> None:
    assert refusal(text) == 'recovery.yaml: is empty; begin it with "version: 1"'


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("a: 1\nb: [1, 2\n", 2, "check the indentation, quotes and brackets"),
        ("a: 1\nb: 'text\n", 2, "check the indentation, quotes and brackets"),
        ("a: 1\n  b: 2\n", 2, 'put a text that holds ": " in quotes'),
        ("a: rebuilt: from source\n", 1, 'put a text that holds ": " in quotes'),
        ("a:\n  - b: 1\n\t- c: 2\n", 3, "indent with spaces, not with tabs"),
        ("a:\n\tb: 1\n", 2, "indent with spaces, not with tabs"),
        ("a: *.bucket\n", 1, "begins with * in quotes"),
        ("a: *bucket\n", 1, "begins with * in quotes"),
        ("a: %\n", 1, "check the indentation, quotes and brackets"),
        ("a: @x\n", 1, "check the indentation, quotes and brackets"),
        ("%YAML 9.0\n---\na: 1\n", 1, "check the indentation, quotes and brackets"),
    ],
)
def test_what_is_not_yaml_is_refused_with_its_line_and_a_hint(text: str, line: int, hint: str) -> None:
    message = refusal(text)
    assert ": is not YAML: " in message
    assert hint in message
    # The loaders may disagree by one line on where an unclosed bracket is noticed.
    assert message.startswith((f"recovery.yaml:{line}: ", f"recovery.yaml:{line + 1}: "))


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: &x 2", "a: {]}", "a: b\n- c", "- a\nb: c", "a: !<x", '"', "{", "]", "&", "? {[", "--- %"]
)
def test_no_broken_document_ends_in_anything_but_one_line(text: str) -> None:
    assert refusal(text).startswith("recovery.yaml:")


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "a: 1\n---\n", "---\n---\n", "a: 1\n...\n---\nb: [\n"])
def test_a_second_document_is_refused(text: str) -> None:
    assert "begins a second document" in refusal(text)


def test_the_second_document_is_named_by_its_line() -> None:
    assert refusal("a: 1\n\n---\nb: 2\n").startswith("recovery.yaml:3: ")


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000, "[{" * 33 + "}]" * 33])
def test_deep_nesting_is_refused_without_following_it(text: str) -> None:
    assert "is nested more than 32 levels deep" in refusal(text)


def test_thirty_two_levels_are_read() -> None:
    assert compose("[" * 32 + "]" * 32).line == 1


def test_a_document_of_more_than_a_mebibyte_is_refused() -> None:
    assert refusal("#" * (LARGEST_DOCUMENT + 1)).startswith("recovery.yaml: is larger than 1,048,576 bytes")


def test_a_document_of_a_mebibyte_is_read() -> None:
    assert value("a: b #" + "x" * (LARGEST_DOCUMENT - 6)).text() == "b"


@pytest.mark.parametrize(
    ("character", "shown"),
    [("\x00", r"'\x00'"), ("\x1b", r"'\x1b'"), ("\x7f", r"'\x7f'"), ("\ud800", r"'\ud800'"), ("\ufffe", r"'\ufffe'")],
)
def test_a_character_that_yaml_forbids_is_refused_with_its_line(character: str, shown: str) -> None:
    assert refusal(f"a: b\r\nc: {character}\r\n") == (
        f"recovery.yaml:2: holds the character {shown}, which YAML does not allow; save it as plain UTF-8 text"
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read_and_counted(line_end: str) -> None:
    entries = compose(line_end.join(["a: 1", "b: text", ""])).entries()
    assert (entries["b"].text(), entries["b"].line) == ("text", 2)


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert list(compose("\ufeffa: 1").entries()) == ["a"]


def test_a_file_name_with_a_line_break_does_not_break_the_line() -> None:
    with pytest.raises(DeclarationError) as caught:
        compose_document("", file="a\nb.yaml")
    assert str(caught.value).startswith(r"'a\nb.yaml': is empty")


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("a: !secret x", "'!secret'"),
        ("a: !!python/object/apply:os.system [ls]", "'!!python/object/apply:os.system'"),
        ("a: !!python/name:os.system", "'!!python/name:os.system'"),
        ("a: !!binary aGk=", "'!!binary'"),
        ("a: !<tag:example.org,2027:x> y", "'tag:example.org,2027:x'"),
    ],
)
def test_a_tag_of_ones_own_is_refused(text: str, tag: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        value(text).text()
    assert str(caught.value) == f"recovery.yaml:1: a: has the tag {tag}; write the plain value without a tag"


@pytest.mark.parametrize("text", ["!x {a: 1}", "!!set {a, b}"])
def test_a_tag_on_a_mapping_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="has the tag"):
        compose(text).entries()


@pytest.mark.parametrize("text", ["!x [a]", "!!omap [a: 1]"])
def test_a_tag_on_a_list_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="has the tag"):
        next(compose(text).items())


def test_an_alias_is_the_value_of_its_anchor() -> None:
    entries = compose("a: &x text\nb: *x").entries()
    assert entries["b"].text() == "text"


def test_merge_keys_are_refused() -> None:
    with pytest.raises(DeclarationError, match=r"^recovery.yaml:2: b: merge keys \(<<\) are not read"):
        compose("a: &x {c: 1}\nb: {<<: *x}").entries()["b"].entries()


def test_aliases_that_multiply_are_refused() -> None:
    laughs = "a0: &a0 [" + "x," * 1_000 + "]\nall: [" + "*a0," * 1_000 + "]"
    lists = compose(laughs).entries()["all"].items()
    with pytest.raises(DeclarationError, match="its aliases make more than 250,000 values"):
        sum(len(list(each.items())) for each in lists)


def test_aliases_of_aliases_cost_nothing_unless_they_are_read() -> None:
    laughs = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 30))
    assert list(compose(laughs).entries())[-1] == "a29"


def test_a_key_given_twice_is_refused_with_both_lines() -> None:
    with pytest.raises(DeclarationError) as caught:
        compose("a: 1\nb: 2\na: 3").entries()
    assert str(caught.value) == "recovery.yaml:3: a: is given twice, first on line 1; keep one of the two"


@pytest.mark.parametrize("text", ["1: x", "no: x", "~: x", "2027-01-31: x", "1.5: x", "1:30: x"])
def test_a_key_that_yaml_takes_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="which is not a text; put it in quotes"):
        compose(text).entries()


@pytest.mark.parametrize(
    "text",
    ["'': x", "' a': x", "'a  b': x", r'"\e[2J": x', r'"a\nb": x', r'"\u202e": x', "?  " + "a" * 1_001 + "\n: x"],
)
def test_a_key_that_cannot_be_shown_as_it_is_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="a key is a text of 1 to 1000 characters") as caught:
        compose(text).entries()
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("text", ["[a]: x", "{a: b}: x", "? [a]\n: x"])
def test_a_key_that_is_no_scalar_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="has a key that is a list or a mapping"):
        compose(text).entries()


def test_the_path_shows_a_key_of_other_characters_in_brackets() -> None:
    (inner,) = value("a: {'b.c d': 1}").entries().values()
    assert inner.path == "a['b.c d']"


def test_the_path_shows_the_index_of_an_entry() -> None:
    assert [item.path for item in value("a: [x, y]").items()] == ["a[0]", "a[1]"]


def test_an_unknown_key_is_refused_with_the_one_that_is_near() -> None:
    with pytest.raises(DeclarationError) as caught:
        compose("regoins: 1").members("version", "regions")
    assert str(caught.value) == (
        "recovery.yaml:1: regoins: is not a key that is known here; did you mean regions? there are version and regions"
    )


def test_an_unknown_key_that_is_near_to_none_is_refused_with_all_that_are_known() -> None:
    with pytest.raises(DeclarationError, match=r"known here; there is only tags$"):
        compose("zzz: 1").members("tags")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a", "a"),
        ("'  a\n\n  b '", "a b"),
        (">\n  a\n  b\n", "a b"),
        ("'007'", "007"),
        ("!!str 7", "7"),
        ("für é", "für é"),
    ],
)
def test_a_text_is_read_with_single_spaces(text: str, read: str) -> None:
    assert value(f"a: {text}").text() == read


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("7", "a number"),
        ("1.5", "a number"),
        ("1:30", "a number"),
        ("0x1f", "a number"),
        (".nan", "a number"),
        ("yes", "a truth value"),
        ("Off", "a truth value"),
        ("2027-01-31", "a date"),
    ],
)
def test_what_yaml_takes_for_something_else_needs_quotes_to_be_a_text(text: str, kind: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        value(f"a: {text}").text()
    assert str(caught.value).endswith(f'a: is {kind}, {text!r}, and a text is wanted; put it in quotes: "{text}"')
    assert value(f'a: "{text}"').text() == text


@pytest.mark.parametrize("text", ["", "~", "null"])
def test_a_missing_text_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="a: has no value, and a text is wanted"):
        value(f"a: {text}").text()


@pytest.mark.parametrize("text", [r'"\e[31mred"', r'"a\0"', r'"\u202eabc"', r'"\x85"', r'"a\rb"', r'"\u2028"'])
def test_a_text_that_could_steer_a_terminal_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="holds the control character") as caught:
        value(f"a: {text}").text()
    assert str(caught.value).isascii()


def test_a_text_of_more_than_1000_characters_is_refused() -> None:
    assert value("a: " + "x" * 1_000).text() == "x" * 1_000
    with pytest.raises(DeclarationError, match="has 1001 characters"):
        value("a: " + "x" * 1_001).text()


@pytest.mark.parametrize(
    ("text", "read"), [("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False)]
)
def test_a_truth_value_is_read(text: str, read: bool) -> None:
    assert value(f"a: {text}").boolean() is read


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "y", "1", "0", "'true'", "maybe", "~", "[]", "{}"])
def test_other_words_for_true_and_false_are_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="true or false"):
        value(f"a: {text}").boolean()


@pytest.mark.parametrize(
    "text", ["'1'", "1.0", "01", "0x1", "0b1", "1_0", "+1", "-1", "true", "~", "[1]", "one", "9" * 10]
)
def test_a_whole_number_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="a whole number is wanted"):
        value(f"a: {text}").whole_number()


@pytest.mark.parametrize(("text", "what"), [("{}", "a mapping"), ("[]", "a list")])
def test_a_list_or_a_mapping_is_no_scalar(text: str, what: str) -> None:
    with pytest.raises(DeclarationError, match=f"a: is {what}, and a duration is wanted"):
        value(f"a: {text}").parsed(len, wanted="a duration")


def test_a_value_longer_than_any_is_not_even_tried() -> None:
    with pytest.raises(DeclarationError, match="has 101 characters, and a number is wanted"):
        value("a: " + "9" * 101).parsed(int, wanted="a number")


@settings(max_examples=examples(300))
@given(st.text(st.sampled_from("ab:-?{}[],&*!|>'\"%@`#\t \n\r~1.<"), max_size=40))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    read_or_refused(text)


@given(st.text())
def test_any_unicode_is_read_or_refused_in_one_line(text: str) -> None:
    read_or_refused(text)


def read_or_refused(text: str) -> None:
    message = ""
    try:
        compose(text).entries()
    except DeclarationError as error:
        message = str(error)
    assert message == "" or (message.startswith("recovery.yaml:") and message.isprintable())


@pytest.mark.parametrize("text", ["0", "0.5", "20.25", "1000000000", "0.000001"])
def test_a_number_is_read_exactly(text: str) -> None:
    assert str(value(f"a: {text}").number()) in (text, "0.000001")


@pytest.mark.parametrize(
    "text", ["'0.5'", "-0.5", "1e3", ".5", "5.", "1_000", "01", ".inf", "1000000000.5", "1000000001"]
)
def test_a_number_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="a number from 0 to 1,000,000,000 is wanted"):
        value(f"a: {text}").number()
