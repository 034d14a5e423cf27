from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from constructs_lib.declaration.declaration import load_declaration, parse_declaration
from constructs_lib.declaration.yaml_document import LARGEST_DOCUMENT
from constructs_lib.errors import DeclarationError
from constructs_lib.objectives import TIERS, Assumptions, Disruption, Objective, Target, format_duration
from tests.declaration.published_schema import EditorLoader, validator
from tests.declaration.reading import SAMPLE, TODAY

PAGE = (Path(__file__).parents[2] / "docs" / "recovery-yaml.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
GOOD = [sample for sample in SAMPLES if not sample.startswith("# refused")]
REFUSED = re.findall(r"```yaml\n# refused\n(.*?)```\n\n```text\n(.*?)\n```", PAGE, re.DOTALL)


def test_the_page_begins_with_the_sample_of_the_design() -> None:
    assert SAMPLES[0] == SAMPLE


@pytest.mark.parametrize("sample", GOOD)
def test_every_sample_is_valid_and_read(sample: str) -> None:
    validator().validate(yaml.load(sample, Loader=EditorLoader))
    parse_declaration(sample, today=TODAY)


def test_every_refused_sample_has_its_message() -> None:
    assert len(REFUSED) == len(SAMPLES) - len(GOOD) >= 3


@pytest.mark.parametrize(("sample", "message"), REFUSED)
def test_every_refused_sample_is_refused_as_the_page_says(sample: str, message: str) -> None:
    # The page's first line, which marks the sample, counts.
    with pytest.raises(DeclarationError) as caught:
        parse_declaration(f"# refused\n{sample}", today=TODAY)
    assert str(caught.value).startswith(message)


def test_what_the_sample_of_objectives_says_of_itself_is_so() -> None:
    declared = parse_declaration(GOOD[1])
    tier = TIERS["mission-critical"]
    assert declared.objective_for("payments") == Objective(
        software=Target("4h", "30m"),
        hardware=tier.hardware,
        zone=tier.zone,
        region=Target("5m", "0s"),
        assumptions=Assumptions(decision_time="3m"),
    )
    assert list(declared.objective_for("newsletter").targets()) == []


@pytest.mark.parametrize(
    ("address", "tags", "region"),
    [
        ('module.db["eu"].aws_db_instance.this[0]', {}, Target("30m", "1m")),
        ('module.db["eu"].aws_db_instance.this[1]', {}, Target("1h", "15m")),
        ("aws_s3_bucket.x", {"team": "ledger", "cost-center": "0042"}, Target("1h", "15m")),
    ],
)
def test_what_the_sample_of_components_says_of_itself_is_so(address: str, tags: dict[str, str], region: Target) -> None:
    matched = parse_declaration(GOOD[2]).match(address, tags)
    assert matched is not None
    assert matched[0] == "ledger"
    assert (matched[1].region, matched[1].zone) == (region, Target("1h", "15m"))


def test_the_page_names_every_key_tier_and_default() -> None:
    for name in [
        *TIERS,
        *Disruption,
        "rto",
        "rpo",
        "tier",
        "uptime",
        "assumptions",
        "detection_time",
        "decision_time",
        "wider_recovery",
    ]:
        assert f"`{name}`" in PAGE
    assert [format_duration(each) for each in (Assumptions().detection_time, Assumptions().decision_time)] == [
        "2m",
        "15m",
    ]
    assert "2 min and 15 min" in PAGE
    assert f"{LARGEST_DOCUMENT:,} bytes" in PAGE


def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    # The waiver of the sample would expire.
    (tmp_path / "recovery.yaml").write_text(SAMPLE.split("waivers:")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(code, names)
    assert names["declaration"] == load_declaration("recovery.yaml")
