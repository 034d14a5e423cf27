"""For tests of your own stacks: what a workload keeps, asserted on the decisions it was built from.

```python
from constructs_lib.testing import assert_recovers

def test_the_shop_survives_the_loss_of_a_region(tmp_path):
    shop = build(App(outdir=str(tmp_path)))
    assert_recovers(shop)                              # all that it promises
    assert_recovers(shop, region=("1h", "15m"))        # and these figures, whatever it promises
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.assessment import Verdict
from constructs_lib.objectives import Disruption, format_duration, parse_duration
from constructs_lib.selection.explanation import explain, said

if TYPE_CHECKING:
    from constructs_lib.constructs.workload.workload import Workload
    from constructs_lib.selection.explanation import Explanation

__all__ = ["assert_recovers", "explanation_of"]

Figures = str | tuple[str, str]


def explanation_of(workload: Workload) -> Explanation:
    """Return why *workload* is built as it is: patterns, estimates, what sets them, cost."""
    return explain(workload.name, workload.objective, workload.decisions, workload.sites.watched)


def assert_recovers(
    workload: Workload,
    *,
    software: Figures | None = None,
    hardware: Figures | None = None,
    zone: Figures | None = None,
    region: Figures | None = None,
) -> None:
    """Assert what *workload* keeps as a whole.

    Args:
        workload: What was built.
        software: The longest RTO, or the longest RTO and RPO, such as `"1h"` or `("1h", "15m")`, after corruption.
        hardware: The same after the loss of one component.
        zone: The same after the loss of an Availability Zone.
        region: The same after the loss of a Region. Default of all four: what the workload promises is kept.

    Raises:
        AssertionError: If it does not keep it; the text says what it keeps and which component sets it.
        InputError: If a duration cannot be read.
    """
    found = explanation_of(workload)
    wanted = {
        disruption: given
        for disruption, given in zip(Disruption, (software, hardware, zone, region), strict=True)
        if given is not None
    }
    if not wanted and found.verdict is not Verdict.MET:
        raise AssertionError("\n".join(found.lines()))
    for disruption, given in wanted.items():
        estimate = found.whole.estimates[disruption]
        rto, rpo = (given, None) if isinstance(given, str) else given
        limits = [(estimate.rto_seconds, rto, "RTO")] + ([] if rpo is None else [(estimate.rpo_seconds, rpo, "RPO")])
        for seconds, text, name in limits:
            most = parse_duration(text, name=name)
            if seconds is None or seconds > most:
                msg = (
                    f"{workload.name}, {disruption}: the {name} is not within {format_duration(most)}: {said(estimate)}"
                )
                raise AssertionError(msg)
