"""The rules in the catalog, and the page about them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import constructs_lib.review
from constructs_lib.catalog.findings import Rule, load_findings, rule
from constructs_lib.errors import CatalogError
from constructs_lib.review import rules
from tests.each import each
from tests.review.findings_page import PAGE, page

_LIBRARY = Path(constructs_lib.review.__file__).parents[1]
SOURCES = [*sorted((_LIBRARY / "review").rglob("*.py")), _LIBRARY / "assessment" / "sla_findings.py"]


def test_the_page_is_what_the_catalog_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.review.findings_page"


@each("item", rules(), ids=lambda item: str(item.id))
def test_the_documentation_of_a_finding_is_there(item: Rule) -> None:
    file, _, anchor = item.documentation.partition("#")

    assert file == "docs/findings.md"
    assert f"### {anchor.upper()}\n" in PAGE.read_text(encoding="utf-8")


def test_what_the_code_finds_is_in_the_catalog_and_what_is_there_is_found() -> None:
    written = {id for path in SOURCES for id in re.findall(r"RECOVERY-[0-9]+", path.read_text(encoding="utf-8"))}

    assert written - {"RECOVERY-101"} == load_findings().keys() - {"RECOVERY-101"}


@each("item", rules(), ids=lambda item: str(item.id))
def test_texts_are_lower_case_and_without_a_full_stop(item: Rule) -> None:
    for text in (item.title, item.message, item.fix):
        assert not text.endswith(".")
    assert item.why.endswith(".")


def test_there_is_no_rule_by_another_name() -> None:
    with pytest.raises(CatalogError, match="RECOVERY-999"):
        rule("RECOVERY-999")
