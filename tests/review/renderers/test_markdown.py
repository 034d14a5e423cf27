from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from constructs_lib.assessment import Verdict
from constructs_lib.catalog.findings import Severity
from constructs_lib.objectives import Disruption
from constructs_lib.review import Review
from constructs_lib.review.renderers import render
from constructs_lib.review.renderers.markdown_text import code, code_in_cell, escaped
from constructs_lib.review.renderers.mermaid import topology
from constructs_lib.review.renderers.terminal import render_table
from tests.review.renderers.by_hand import (
    HOSTILE,
    broken,
    component_review,
    finding,
    hostile,
    kept,
    made,
    many,
    plan_info,
    waiver,
)

LIMIT = 65_536
MARKDOWN = MarkdownIt("commonmark").enable("table")

OURS = {
    *("details", "summary", "p", "strong", "br", "code", "pre", "h4", "ul", "li", "sub", "span", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
"""The elements that a comment is made of."""


class _Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _lines(review: Review) -> list[str]:
    return render(review, "markdown").splitlines()


def test_the_marker_comes_first_and_then_the_verdict_with_the_counts() -> None:
    first, second, *_ = _lines(broken())

    assert first == "<!-- cdktf-dr:review -->"
    assert second == "**Recovery: ❌ breached** · an objective is broken · 1 error, 1 warning, 1 note, 3 components"


def test_a_name_tells_two_comments_apart() -> None:
    assert render(kept(), "markdown", name="shop").startswith("<!-- cdktf-dr:review shop -->\n")


def test_a_review_with_nothing_to_say_is_one_line_below_the_marker() -> None:
    assert len(_lines(kept())) == 2


@pytest.mark.parametrize("standing", [True, False])
def test_a_warning_that_was_there_before_is_no_news(standing: bool) -> None:
    """A pull request that touches nothing of it would otherwise have the same comment for ever."""
    warned = made([component_review()], [finding(severity=Severity.WARNING, standing=standing)])

    assert (len(_lines(warned)) == 2) is standing
    assert "1 warning" in _lines(warned)[1]


def test_a_quiet_review_of_half_a_plan_is_not_quiet() -> None:
    text = render(made([component_review()], plans=[plan_info(errored=True)]), "markdown")

    assert "planning of plan.json failed half way" in text


def test_a_row_says_before_and_after() -> None:
    (row,) = [line for line in _lines(broken()) if "breached" in line and line.startswith("|")]

    assert "`aws_s3_bucket.orders`" in row
    assert "| region | 5m → no bound | 5m → no bound | RTO 1h, RPO 15m | met → ❌ breached" in row


def test_something_new_has_no_before() -> None:
    (row,) = [line for line in _lines(broken()) if "aws_s3_bucket.logs" in line and "❔" in line]

    assert "| region | unknown | unknown |" in row
    assert ", new |" in row


def test_what_is_broken_comes_before_what_is_unknown_and_what_is_kept_is_folded() -> None:
    text = render(broken(), "markdown")

    assert text.index("❌ breached<br>") < text.index("❔ unknown<br>") < text.index("<summary>Kept and unchanged: 7<")
    assert text.index("#### Errors") < text.index("#### Warnings") < text.index("<summary>1 note<")


def test_a_promise_that_somebody_waived_is_not_among_what_must_be_looked_at() -> None:
    found = [finding(waived_by=waiver()), finding("RECOVERY-104")]
    text = render(made([component_review(region=(Verdict.MET, Verdict.BREACHED))], found), "markdown")

    assert "every objective is kept, or waived" in text
    assert "#### Errors" not in text
    assert "waived by web team until 2027-01-31: rebuilt from source" in text
    assert "breached, waived" in text


def test_a_breach_that_is_waived_is_not_called_kept() -> None:
    found = [finding("RECOVERY-102", waived_by=waiver(), disruptions=(Disruption.REGION,)), finding("RECOVERY-104")]
    review = made([component_review(region=(Verdict.BREACHED, Verdict.BREACHED))], found)

    for format in ("markdown", "html"):
        assert "Kept or waived, and unchanged" in render(review, format)
        assert "Kept or waived" not in render(kept(), format)


def test_who_accepted_what_is_told_where_nothing_else_is() -> None:
    """As of something new that came with its waiver in one pull request."""
    new = component_review(region=(None, Verdict.BREACHED), status="new")
    review = made([new], [finding(waived_by=waiver())])
    said = "waived by web team until 2027-01-31: rebuilt from source"

    assert review.quiet
    assert render(review, "markdown").count("<details>") == 1
    assert said in render(review, "markdown")
    assert said in render_table(review)
    assert "every objective is kept, or waived" in render_table(review)


def test_what_is_wrong_beside_a_review_stands_on_top() -> None:
    """A drill that took longer than promised ends the run with 1, whatever the estimates say."""
    worse = "aws_s3_bucket.orders: region: with what was measured RTO 9h, RPO 5m: breached (drill-1)"

    assert f"> ⚠️ {worse}".replace("_", "\\_") in render(kept(), "markdown", beside=[worse])
    assert worse in render(kept(), "html", beside=[worse])
    assert render(kept(), "github", beside=[worse]).startswith(f"::error title=drctl review::{worse}\n")


def test_something_destroyed_is_broken() -> None:
    gone = component_review(region=(Verdict.MET, None), status="gone")
    rows = [line for line in _lines(made([gone], [finding("RECOVERY-110")])) if line.startswith("| `")]

    assert len(rows) == 1
    assert ", destroyed |" in rows[0]
    assert "hardware, zone, region" in rows[0]


@pytest.mark.parametrize(
    ("number", "address"),
    [
        (1, "aws_s3_bucket.orders"),
        (300, "aws_s3_bucket.orders"),
        (2_000, "aws_s3_bucket.orders"),
        (3, "x" * 100_000),
        (400, "é`|" * 40),
        (400, "🙂" * 400),
    ],
    ids=["one", "hundreds", "thousands", "huge names", "names that grow", "wide characters"],
)
def test_a_comment_is_never_longer_than_github_takes(number: int, address: str) -> None:
    text = render(many(number, address), "markdown")

    assert len(text.encode("utf-8")) < LIMIT


def test_what_is_cut_is_said_at_the_top_with_its_numbers() -> None:
    lines = _lines(many(2_000))
    (said,) = [line for line in lines[:5] if "Cut to fit" in line]
    shown = {id: sum(line.startswith(f"- **{id}**") for line in lines) for id in ("RECOVERY-101", "RECOVERY-103")}

    assert f"{2_000 - shown['RECOVERY-101']:,} errors" in said
    assert f"{2_000 - shown['RECOVERY-103']:,} warnings" in said
    assert min(shown.values()) > 20


def test_notes_are_cut_before_errors() -> None:
    number = 120
    addresses = [f"aws_s3_bucket.b{index}" for index in range(number)]
    notes = [finding("RECOVERY-104", item, message="x" * 500) for item in addresses]
    text = render(made([component_review()], [*(finding(address=item) for item in addresses), *notes]), "markdown")

    assert text.count("**RECOVERY-101**") == number
    assert 0 < text.count("**RECOVERY-104**") < number


def test_a_comment_that_fits_says_nothing_of_cutting() -> None:
    assert "Cut to fit" not in render(broken(), "markdown")


def test_details_are_closed_also_where_they_are_cut() -> None:
    for review in (broken(), hostile(), many(2_000)):
        text = render(review, "markdown")
        assert text.count("<details>") == text.count("</details>")
        assert text.count("```mermaid") <= 1


def test_nothing_breaks_out_of_a_comment() -> None:
    """Rendered by another implementation: no element but ours, and the names as they are."""
    page = _Page(MARKDOWN.render(render(hostile(), "markdown")))

    assert set(page.tags) <= OURS
    assert "<img src=x onerror=alert(1)>" in "".join(page.text)


@pytest.mark.parametrize("sign", ["@octocat", "#12", "https://", "www.evil", "!12", "%0A"])
def test_nobody_is_mentioned_and_nothing_is_linked(sign: str) -> None:
    """GitHub looks for mentions in the text between elements, except within code."""
    html = MARKDOWN.render(render(hostile(), "markdown"))
    outside = re.sub(r"(?s)<(code|pre)\b.*?</\1>", "", html)

    assert sign[1:] in outside.replace("<!-- -->", "")
    assert sign not in outside


def _cells(markdown: str) -> list[str]:
    html = MARKDOWN.render(f"| a | b |\n| - | - |\n| {markdown} | end |\n")
    return re.findall(r"(?s)<td>(.*?)</td>", html)


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=80))
def test_no_text_ends_the_cell_of_a_table(text: str) -> None:
    for markdown in (escaped(text), code_in_cell(text)):
        cells = _cells(markdown)
        assert len(cells) == 2
        assert cells[1] == "end"


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=80))
def test_text_is_shown_as_it_is(text: str) -> None:
    for markdown in (f"x{escaped(text)}x", f"x{code(text, 1000)}x"):
        shown = "".join(_Page(MARKDOWN.render(markdown)).text)
        assert "".join(shown.split()) == "".join(f"x{text}x".split())


def test_the_diagram_names_regions_components_and_what_is_lost() -> None:
    drawn = topology(broken().components)

    assert drawn.startswith("flowchart LR\n")
    assert 'subgraph g0["eu-central-1"]' in drawn
    assert '"lost: S3 Cross-Region Replication"' in drawn
    assert "class c2r0 lost" in drawn


def test_no_name_ends_a_label_of_the_diagram() -> None:
    """Every quotation mark is one of ours: at the ends of a label."""
    for line in topology(hostile().components).splitlines():
        labels = re.findall(r'"([^"]*)"', line)
        assert line.count('"') == 2 * len(labels)
        assert not any(set(label.replace("<br/>", "")) & set("<>`#;{}|&$\\") for label in labels)


def test_the_diagram_of_thousands_draws_those_that_matter() -> None:
    calm = [component_review(f"aws_s3_bucket.a{index:04}") for index in range(100)]
    text = render(
        made([*calm, component_review("aws_s3_bucket.z", region=(Verdict.MET, Verdict.BREACHED))], [finding()]),
        "markdown",
    )

    assert "30 components, 71 more not drawn" in text
    assert "aws_s3_bucket.z<br/>bucket" in text


def test_a_finding_names_its_disruption_once() -> None:
    said = finding(message="region: RTO 5m -> no bound", disruptions=(Disruption.REGION,))
    text = render(made([component_review()], [said, finding(address="b", message="lost")]), "markdown")

    assert "`aws_s3_bucket.orders`: region: RTO 5m" in text
    assert "`b` (region): lost" in text


def test_the_hostile_name_is_hostile() -> None:
    """The tests above prove nothing on a harmless one."""
    assert {"|", "`", "\n", "<", "@", "]", "$", "\\"} <= set(HOSTILE)
