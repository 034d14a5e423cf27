"""Writes `docs/findings.md` from the catalog: run `python -m tests.review.findings_page` after a change of findings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.findings import load_findings
from constructs_lib.catalog.sources import load_sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalog.findings import Rule

PAGE: Final = Path(__file__).parents[2] / "docs" / "findings.md"

_HEAD: Final = """\
# What `drctl review`, `drctl sla` and `drctl docs` find

<!-- Written from constructs_lib/catalog/findings.toml by `python -m tests.review.findings_page`. -->

Every finding has an id that keeps its meaning. An error breaks a promise and fails the run; a warning may break one and
fails it with `--fail-on warning`, and `drctl sla` in any case; a note is worth knowing. Only what has an objective
gets findings, from [`recovery.yaml`](recovery-yaml.md) or from the tags `recovery:workload`, `recovery:rto` and
`recovery:rpo`.

Who accepts a finding says so in `recovery.yaml`, with an owner and a date; after that date it counts again:

```yaml
waivers:
  - finding: RECOVERY-117
    address: aws_s3_bucket.logs
    owner: web team
    expires: 2027-01-31
    reason: rebuilt from source
```

What a plan cannot show is not guessed. Where a workload has several states, as our constructs build them, give the
plans of all: `drctl review primary.json recovery.json global.json`. Of one state alone the other Region is called
unknown.
"""

_GROUPS: Final = {
    "1": "The promise, and ways back that the plan takes away",
    "2": "Looks protected, and is not",
    "3": "Terraform accepts it, AWS does not",
    "4": "The agreement: found by `drctl sla` and `drctl docs`",
    "5": "What recovery would depend on",
    "6": "The waivers",
}


def page() -> str:
    """Return the page."""
    return f"{_HEAD}\n{''.join(_sections())}"


def _sections() -> Iterator[str]:
    group = ""
    for item in load_findings().values():
        first = item.id.removeprefix("RECOVERY-")[0]
        if first != group:
            group = first
            yield f"## {_GROUPS[group]}\n\n"
        yield _section(item)


def _section(item: Rule) -> str:
    source = load_sources()[item.source]
    where = f"[{source.title}]({source.url})" if source.url else source.title
    said = "" if item.source == "ours" else f"\nSource: {where}\n"
    return (
        f"### {item.id}\n\n{_sentence(item.title)} *({item.severity})*\n\n{item.why}\n\n"
        f"**Says:** {_placed(item.message)}\n\n**Fix:** {_placed(item.fix)}\n{said}\n"
    )


def _sentence(text: str) -> str:
    return f"**{text[0].upper()}{text[1:]}.**"


def _placed(text: str) -> str:
    return re.sub(r"\{(\w+)\}", r"‹\1›", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
