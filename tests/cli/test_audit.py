"""`drctl audit`: one verdict, whatever it is shown in."""

from __future__ import annotations

import json

import pytest

from constructs_lib.assessment import Verdict
from constructs_lib.cli.audit import _rendered
from constructs_lib.operations.auditing.audit import Audit
from tests.review.renderers.by_hand import kept, made, plan_info

WHY = "there is no backup of it in another Region's vaults"


@pytest.mark.parametrize("format", ["table", "markdown", "html", "github", "json"])
def test_what_no_finding_is_about_is_in_every_format(format: str) -> None:
    review = made(kept().components, plans=[plan_info(kind="state")])
    found = Audit(review=review, observed={}, unasked=(), unbacked={"aws_s3_bucket.orders": WHY})
    text = _rendered(found, format)

    assert (review.verdict, found.verdict) == (Verdict.MET, Verdict.BREACHED)
    assert WHY in text.replace("&#39;", "'")
    assert "breached" in text or format == "github"
    if format == "json":
        assert json.loads(text)["verdict"] == "breached"
    else:
        assert "every objective is kept" not in text
        assert "this plan" not in text
