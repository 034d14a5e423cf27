from __future__ import annotations

import pytest

from constructs_lib.live.keys import keys_in

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234"
ALIAS = "arn:aws-cn:kms:cn-north-1:123456789012:alias/orders"


def test_keys_are_found_at_any_depth() -> None:
    values = {"kms_key_id": KEY, "rule": [{"sse": ({"key": ALIAS},)}], "size": 5, "nothing": None}

    assert list(keys_in(values)) == [KEY, ALIAS]


@pytest.mark.parametrize(
    "text", ["arn:", "arn:one", "arn:aws:kms", "arn:aws:kms:eu-west-1", f"see {KEY}", "arn::kms:::"]
)
def test_what_only_looks_like_a_key_is_none(text: str) -> None:
    """Anybody may write it into a tag, and the audit of everything else goes on."""
    assert list(keys_in({"tags_all": {"note": text}})) == []
