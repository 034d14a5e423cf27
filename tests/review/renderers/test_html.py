from __future__ import annotations

import re
from html.parser import HTMLParser

from constructs_lib.assessment import Verdict
from constructs_lib.review.renderers import render
from constructs_lib.review.renderers.picture import drawn
from tests.review.renderers.by_hand import HOSTILE, broken, component_review, hostile, kept, link, made, many

VOID = {"meta", "link", "br", "rect", "line", "path"}


class _Page(HTMLParser):
    """A page, read strictly: what is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text.append(data)


def test_the_page_asks_nothing_of_anybody() -> None:
    """No request, no script; and the browser is told so."""
    for review in (broken(), hostile()):
        text = render(review, "html")
        page = _Page(text)
        assert "script" not in page.tags
        assert "img" not in page.tags
        assert not [name for _, name, _ in page.attributes if name.startswith("on")]
        assert [value for _, name, value in page.attributes if name in ("src", "href")] == ["data:,"]
        assert "url(" not in text
        assert "@import" not in text


def test_the_policy_allows_no_source() -> None:
    assert "default-src 'none'" in render(kept(), "html")


def test_a_hostile_name_is_text() -> None:
    page = _Page(render(hostile(), "html"))
    ours = _Page(render(broken(), "html"))

    assert set(page.tags) <= set(ours.tags) | {"footer", "b"}
    assert "<img src=x onerror=alert(1)>" in "".join(page.text)


def test_verdict_counts_rows_and_findings_are_there() -> None:
    text = " ".join("".join(_Page(render(broken(), "html")).text).split())

    assert "Recovery review breached" in text
    assert "An objective is broken." in text
    assert "1error" in text.replace(" ", "")
    assert "5m → no bound" in text
    assert "RECOVERY-101" in text
    assert "Fix: keep the replication" in text
    assert "aws_vpc" in text


def test_every_finding_of_thousands_is_there() -> None:
    assert render(many(1_500), "html").count('class="finding error"') == 1_500


def test_both_sides_of_the_picture_have_the_same_frame() -> None:
    components = broken().components
    before, after = drawn("Before", components, "before"), drawn("After", components, "after")

    assert (before.width, before.height, before.columns) == (after.width, after.height, after.columns)
    assert [column.name for column in before.columns] == ["eu-west-1", "eu-central-1"]


def test_the_picture_shows_what_is_lost_before_and_not_after() -> None:
    components = [component_review(region=(Verdict.MET, Verdict.BREACHED))]
    before, after = drawn("Before", components, "before"), drawn("After", components, "after")

    assert [(arrow.style, arrow.full) for arrow in before.arrows] == [("lost", "− S3 Cross-Region Replication")]
    assert after.arrows == ()
    assert any("breached" in box.style for box in after.boxes)


def test_what_does_not_exist_on_a_side_is_drawn_as_absent() -> None:
    components = [
        component_review("a", region=(None, Verdict.MET), status="new"),
        component_review("b", region=(Verdict.MET, None), status="gone"),
    ]

    for side, text in (("before", "not there yet"), ("after", "destroyed")):
        picture = drawn("", components, side)  # type: ignore[arg-type]
        (absent,) = [box for box in picture.boxes if box.style == "absent"]
        assert absent.lines[-1].text == text


def test_nothing_is_drawn_outside_the_picture_or_over_another_box() -> None:
    links = tuple(link(f"mechanism {number}", region=f"eu-{number % 3}", address=None) for number in range(9))
    components = [component_review("a", links_before=links, links_after=links), component_review("b")]
    picture = drawn("", components, "after")

    assert all(box.x + box.width <= picture.width and box.y + box.height <= picture.height for box in picture.boxes)
    for place, one in enumerate(picture.boxes):
        for other in picture.boxes[place + 1 :]:
            assert (
                one.x + one.width <= other.x
                or other.x + other.width <= one.x
                or one.y + one.height <= other.y
                or other.y + other.height <= one.y
            )


def test_a_protection_in_doubt_is_marked() -> None:
    doubtful = link("S3 Cross-Region Replication", region="eu-central-1", counted=False, doubts=("no role",))
    (arrow,) = drawn("", [component_review(links_after=(doubtful,))], "after").arrows

    assert (arrow.style, arrow.full) == ("doubtful", "? S3 Cross-Region Replication")


def test_a_picture_says_what_it_leaves_out() -> None:
    text = render(made([component_review(f"a{number:02}") for number in range(20)]), "html")

    assert "8 more components not drawn" in text


def test_the_picture_fits_light_dark_paper_and_narrow_screens() -> None:
    text = render(kept(), "html")

    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert re.search(r"@media screen and \(max-width", text)


def test_the_hostile_name_is_hostile() -> None:
    assert "</script>" in HOSTILE
