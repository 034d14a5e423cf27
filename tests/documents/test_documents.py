"""Rendering and checking: deterministic, escaped, and stale where anything they were made from changes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.documents.documents import DOCUMENT_KINDS, check_documents, render_documents
from constructs_lib.documents.read.gather import gather
from constructs_lib.documents.template_set import FORMATS
from constructs_lib.errors import EvaluationError, InputError, PlanError
from tests.documents.reference import DECLARATION, declared, shop, write_shop

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.documents import RenderedDocument


def rendered(tmp_path: Path, text: str = DECLARATION, **more: Any) -> dict[str, RenderedDocument]:
    return {item.name: item for item in render_documents([shop(tmp_path, text, **more)])}


def written(tmp_path: Path, text: str = DECLARATION) -> Path:
    output = tmp_path / "docs"
    output.mkdir(exist_ok=True)
    for item in rendered(tmp_path, text).values():
        (output / item.name).write_text(item.text, encoding="utf-8")
    return output


def test_every_workload_has_four_documents_in_two_formats(tmp_path: Path) -> None:
    assert sorted(rendered(tmp_path)) == sorted(
        f"shop-{kind}.{suffix}" for kind in DOCUMENT_KINDS for suffix in ("md", "html")
    )


def test_the_same_input_gives_the_same_text(tmp_path: Path) -> None:
    assert rendered(tmp_path) == rendered(tmp_path)


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_a_changed_objective_changes_every_document_that_states_it(kind: str, tmp_path: Path) -> None:
    before = rendered(tmp_path)
    after = rendered(tmp_path, DECLARATION.replace("rto: 2h", "rto: 3h"))

    for suffix in ("md", "html"):
        name = f"shop-{kind}.{suffix}"
        assert _body(before[name].text) != _body(after[name].text)


def test_check_fails_after_a_change_and_passes_once_they_are_made_anew(tmp_path: Path) -> None:
    output = written(tmp_path)
    changed = DECLARATION.replace("rto: 2h", "rto: 3h")

    assert check_documents(output, [shop(tmp_path)])[1] == ()
    assert {str(item).partition(": ")[2] for item in check_documents(output, [shop(tmp_path, changed)])[1]} == {
        "was made from other declaration"
    }
    written(tmp_path, changed)
    assert check_documents(output, [shop(tmp_path, changed)])[1] == ()


def test_check_finds_what_was_edited_or_has_no_workload(tmp_path: Path) -> None:
    output = written(tmp_path)
    edited = output / "shop-sla.md"
    edited.write_text(edited.read_text(encoding="utf-8").replace("99.9%", "99.8%"), encoding="utf-8")
    (output / "gone-sla.md").write_text((output / "shop-sla.md").read_text(encoding="utf-8"), encoding="utf-8")

    assert [str(item) for item in check_documents(output, [shop(tmp_path)])[1]] == [
        "shop-sla.md: was edited by hand, or made by another release",
        "gone-sla.md: is about a workload that is no longer there",
    ]


def test_check_misses_what_one_workload_has_and_another_lacks(tmp_path: Path) -> None:
    file = tmp_path / "recovery.yaml"
    second = "  other:\n    objective: {rto: 1h, rpo: 1h}\ndependencies:"
    file.write_text(DECLARATION.replace("dependencies:", second), encoding="utf-8")
    workloads = gather(file).workloads
    for item in render_documents(workloads, ["sla"], ["markdown"]):
        (tmp_path / item.name).write_text(item.text, encoding="utf-8")
    (tmp_path / "other-sla.md").unlink()

    assert [str(item) for item in check_documents(tmp_path, workloads)[1]] == ["other-sla.md: is missing"]


def test_check_names_components_and_templates_as_what_changed(tmp_path: Path) -> None:
    output = written(tmp_path)
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "style.css").write_text("body { color: red; }", encoding="utf-8")
    fewer = [{"mechanism": "versioning"}]

    because = {item.because for item in check_documents(output, [shop(tmp_path, protections=fewer)])[1]}
    assert because == {"was made from other components"}
    because = {item.because for item in check_documents(output, [shop(tmp_path)], templates=templates)[1]}
    assert because == {"was made from other templates"}


def test_checking_an_empty_directory_cannot_be_done(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="holds no document"):
        check_documents(tmp_path, [shop(tmp_path)])


MARKUP = "<script>alert(1)</script> | `*_[x](javascript:y)_*` {{ 7 * 7 }} ${x}"


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_names_with_markup_are_shown_as_they_are_written(kind: str, tmp_path: Path) -> None:
    text = DECLARATION.replace("name: e-mail", f"name: '{MARKUP}'").replace("Example Ltd", f"'{MARKUP}'")
    found = rendered(tmp_path, text, name=MARKUP)
    html, plain = found[f"shop-{kind}.html"].text, found[f"shop-{kind}.md"].text

    assert "<script" not in html
    assert MARKUP in _text_of(html)
    assert "<script" not in re.sub(r"\\<", "", plain)
    assert "{{ 7" in plain.replace("\\", "")


def test_a_tables_rows_have_as_many_cells_as_its_head(tmp_path: Path) -> None:
    text = DECLARATION.replace("name: e-mail", f"name: '{MARKUP}'")
    for document in rendered(tmp_path, text, name=MARKUP).values():
        if document.format != "markdown":
            continue
        width = None
        for line in document.text.splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else None
            assert width is None or cells is None or cells == width, line
            width = cells


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_the_html_asks_for_nothing_and_is_well_formed(kind: str, tmp_path: Path) -> None:
    parser = _Checker()
    parser.feed(rendered(tmp_path)[f"shop-{kind}.html"].text)
    parser.close()

    assert parser.open == []
    assert parser.requests == ["data:,"]
    assert parser.scripts == 0


def test_every_price_is_shown_with_its_date_and_source(tmp_path: Path) -> None:
    text = rendered(tmp_path)["shop-cost.md"].text
    rows = [line for line in text.partition("## Prices used")[2].splitlines() if line.startswith("|")][2:]

    assert len(rows) > 10
    assert all(re.search(r"\| 20\d\d(-\d\d)* \| \S", row) for row in rows)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{{ wokload.name }}", "'wokload' is undefined"),
        ("{% if %}", "Expected an expression"),
        ("{{ workload.nmae }}", "has no attribute 'nmae'"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{% include 'nothing.j2' %}", "there is no template 'nothing.j2'"),
    ],
)
def test_a_wrong_template_is_told_with_file_and_line(line: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "sla.j2").write_text(f"one\ntwo\n{line}\n", encoding="utf-8")

    with pytest.raises(InputError) as error:
        render_documents([shop(tmp_path)], ["sla"], templates=tmp_path / "mine")
    assert problem in str(error.value)
    assert "\n" not in str(error.value)
    assert "include" in line or f"{tmp_path / 'mine' / 'sla.j2'}:3: " in str(error.value)


def test_a_template_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "sla.j2").write_text("{{ b.title(workload.name) }}{{ sla.own_seconds }}", encoding="utf-8")
    found = render_documents([shop(tmp_path)], ["sla"], ["markdown"], templates=tmp_path / "mine")

    assert found[0].text.startswith("# shop\n2592")


def test_a_template_that_nothing_asks_for_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "slaa.j2").write_text("", encoding="utf-8")

    with pytest.raises(InputError, match=r"slaa\.j2.*nothing asks for"):
        render_documents([shop(tmp_path)], templates=tmp_path / "mine")


def test_an_agreement_can_be_written_of_the_declaration_alone(tmp_path: Path) -> None:
    file = tmp_path / "recovery.yaml"
    file.write_text(DECLARATION, encoding="utf-8")
    (workload,) = gather(file).workloads

    assert render_documents([workload], ["sla"])
    with pytest.raises(EvaluationError, match="no component of shop is known"):
        render_documents([workload], ["runbook"])


def test_stacks_that_cannot_be_read_are_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="run `cdktf synth` first"):
        gather(None, stacks=tmp_path)
    (write_shop(tmp_path) / "stacks" / "shop-primary" / "cdk.tf.json").write_text("{", encoding="utf-8")
    with pytest.raises(PlanError, match="is not well-formed JSON"):
        gather(None, stacks=tmp_path)


def test_workload_names_make_safe_and_distinct_file_names(tmp_path: Path) -> None:
    second = "  ..-..-shop:\n    objective: {rto: 1h, rpo: 1h}\ndependencies:"
    text = DECLARATION.replace("  shop:", "  ../../shop:").replace("dependencies:", second)
    file = tmp_path / "recovery.yaml"
    file.write_text(text, encoding="utf-8")
    names = {item.name for item in render_documents(gather(file).workloads, ["sla"], ["markdown"])}

    assert len(names) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+\.md", name) for name in names)


def test_formats_are_those_the_command_offers() -> None:
    assert FORMATS == ("markdown", "html")
    assert declared().sla.provider == "Example Ltd"


def _body(text: str) -> str:
    return re.sub(r"(declaration|components|templates|facts)-[0-9a-f]+", "", text)


def _text_of(html: str) -> str:
    parser = _Checker()
    parser.feed(html)
    return parser.text


class _Checker(HTMLParser):
    """Collects text, requests and tags left open."""

    _VOID = frozenset({"meta", "link", "br", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.requests: list[str] = []
        self.scripts = 0
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "src" or (name == "href" and tag == "link"):
                self.requests.append(value or "")
            assert not (value or "").startswith("javascript:")
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self._VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert "url(" not in data
        assert "@import" not in data
        self.text += data
