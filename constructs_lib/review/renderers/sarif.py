"""SARIF 2.1.0, within what GitHub's code scanning takes."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from constructs_lib.catalog.findings import Severity, load_findings
from constructs_lib.catalog.sources import load_sources
from constructs_lib.plural import plural
from constructs_lib.review.renderers.documentation import link
from constructs_lib.review.renderers.marker import checked_name
from constructs_lib.review.renderers.plain_text import plain, shortened
from constructs_lib.review.renderers.summary import about, called, warnings_of_plans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.catalog.findings import Rule
    from constructs_lib.review import Finding, Review

__all__ = ["render_sarif"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_PROBLEMS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}

_MOST_RESULTS: Final = 25_000
"""GitHub refuses a run with more, and shows the 5,000 worst; results are written worst first."""

_MOST_BYTES: Final = 9_500_000
"""GitHub takes 10 MB, compressed. Held uncompressed, other readers are safe as well."""

_LONGEST: Final = 1000


def render_sarif(review: Review, *, name: str | None = None) -> str:
    """Return the findings as one SARIF run; waived ones are suppressed notes.

    A plan has no source lines: the location is the plan's file, and the logical location the resource's address.

    Args:
        review: What to show.
        name: The category under which code scanning keeps the results of several reviews apart. Default: none.

    Raises:
        InputError: If *name* has characters that a name may not have.
    """
    rules = list(load_findings().values())
    places = {rule.id: place for place, rule in enumerate(rules)}
    plans = [shortened(called(plan), 200).removesuffix(".json") for plan in review.plans] or ["plan"]
    findings = sorted(review.findings, key=lambda found: found.waived_by is not None)
    results = [_result(found, places, plans) for found in findings[:_MOST_RESULTS]]
    results = _within(results, _MOST_BYTES - 200_000)
    category = "cdktf-dr/review" if name is None else f"cdktf-dr/review/{checked_name(name)}"
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "cdktf-dr", **_version(), "rules": [_rule(rule) for rule in rules]}},
        "automationDetails": {"id": f"{category}/"},
        "invocations": [_invocation(review, len(findings) - len(results))],
        "artifacts": [{"location": {"uri": _uri(plan)}} for plan in plans],
        "columnKind": "utf16CodeUnits",
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _version() -> dict[str, str]:
    try:
        return {"version": version("cdktf-dr")}
    except PackageNotFoundError:
        return {}


def _rule(rule: Rule) -> dict[str, Any]:
    where = link(rule.documentation)
    source = load_sources()[rule.source].url
    see = where or rule.documentation
    return {
        "id": rule.id,
        "name": _pascal(rule.title),
        "shortDescription": {"text": _sentence(rule.title)},
        "fullDescription": {"text": rule.explanation},
        "help": {
            "text": f"{rule.explanation}\n\nSee {see}",
            "markdown": f"{rule.explanation}\n\nSee {see if where is None else f'[{rule.documentation}]({where})'}",
        },
        **({} if where is None and source is None else {"helpUri": where or source}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["aws", "disaster-recovery"], "problem.severity": _PROBLEMS[rule.severity]},
    }


def _pascal(title: str) -> str:
    words = "".join(character if character.isalnum() else " " for character in title).split()
    return "".join(word[:1].upper() + word[1:] for word in words)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _result(finding: Finding, places: dict[str, int], plans: Sequence[str]) -> dict[str, Any]:
    # From the whole key: what is shown may be shortened, and two findings must not fall together for it.
    fingerprint = hashlib.sha256(finding.key.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    plan = _plan_of(finding.address, plans)
    address, said = shortened(finding.address, 500), shortened(finding.message, _LONGEST)
    result: dict[str, Any] = {
        "ruleId": finding.id,
        **({"ruleIndex": places[finding.id]} if finding.id in places else {}),
        "level": _LEVELS[finding.severity] if finding.waived_by is None else "note",
        "message": {"text": _message(f"{address}{about(finding)}: {said}. Fix: {plain(finding.fix)}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(plans[plan]), "index": plan},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"fullyQualifiedName": address, "kind": "resource"}],
            }
        ],
        # GitHub knows a result by the first of the two only.
        "partialFingerprints": {"primaryLocationLineHash": f"{fingerprint}:1", "recoveryFinding/v1": fingerprint},
    }
    if finding.waived_by is not None:
        waiver = finding.waived_by
        why = f"{shortened(waiver.owner, 200)}, until {waiver.expires}: {shortened(waiver.reason, 500)}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result


def _uri(plan: str) -> str:
    return f"{quote(plan)}.json"


def _plan_of(address: str, plans: Sequence[str]) -> int:
    """Return which plan an address is from: where two have the same, the plan's name stands before it."""
    for place, plan in enumerate(plans):
        if address.startswith(f"{plan}/"):
            return place
    return 0


def _message(text: str) -> str:
    """Escape a message: brackets make links in it."""
    text = text if len(text) <= 3 * _LONGEST else shortened(text, 3 * _LONGEST)
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _within(results: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    """Return as many results, from the first, as take *size* bytes; indented, each line is 9 deep at most."""
    taken = 0
    for place, result in enumerate(results):
        lines = json.dumps(result, indent=1)
        taken += len(lines) + 5 * lines.count("\n") + 8
        if taken > size:
            return results[:place]
    return results


def _invocation(review: Review, left_out: int) -> dict[str, Any]:
    notes = [(text, "warning") for text in warnings_of_plans(review)]
    if left_out:
        notes.append((f"{plural(left_out, 'finding')} left out, the least severe, to stay within what is read", "note"))
    return {
        "executionSuccessful": not any(plan.errored for plan in review.plans),
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": _message(plain(text))}} for text, level in notes
        ],
    }
