"""A part of a workload that is built elsewhere, and that its owner answers for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import attrs

from constructs_lib.components.external import built_elsewhere, held_on
from constructs_lib.constructs.sites.component_name import check_component_name
from constructs_lib.constructs.workload.decide import commit, how_to_accept
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.errors import InfeasibleError
from constructs_lib.objectives import Disruption, Target
from constructs_lib.objectives.acceptance import Acceptance
from constructs_lib.refusal import check_type, is_words, refuse
from constructs_lib.selection.decision import Decision

if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Literal

    from constructs_lib.objectives import Objective

__all__ = ["External"]

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class External:
    """What the workload needs and somebody else builds: a search cluster, a partner's API, another team's service.

    ```python
    External(shop, "search", rto="10m", rpo="1h", owner="search team", evidence="game day 7", expires="2027-03-31")
    ```

    Nothing is built. Its figures count in the verdict of the workload: it recovers beside the workload's own data, and
    what runs code waits for both. Its owner's word is all there is, so there is evidence for it, and once that has
    expired the verdict is unknown until the owner has shown it anew.

    Args:
        workload: What needs it.
        id: What the workload calls it.
        rto: From the disruption until it serves again, detection and decision included; for the loss of hardware, of a
            zone and of the Region.
        rpo: How much of its data may be lost then, as time.
        owner: Who answers for it: a person or a team.
        evidence: What shows it: a drill, an agreement, a test report.
        expires: The last day on which that counts: a `date`, or text such as `2027-03-31`.
        software: What is declared for damage to its data. Default: nothing, so that a workload that promises it is
            refused.
        accept: A looser promise for it, accepted in writing. Default: none.

    Attributes:
        decision: What counts for it.

    Raises:
        InfeasibleError: If less is declared than the workload promises.
        ConfigurationError: If an option is not allowed.
        DurationError: If *rto* or *rpo* is no duration.
    """

    def __init__(
        self,
        workload: Workload,
        id: str,
        *,
        rto: str | timedelta | Literal[0],
        rpo: str | timedelta | Literal[0],
        owner: str,
        evidence: str,
        expires: date | str,
        software: Target | None = None,
        accept: Acceptance | None = None,
    ) -> None:
        what = f"external {id!r}"
        check_type(workload, Workload, f"the workload of {what}", "a Workload")
        sites = workload.sites
        check_component_name(sites, id, "external")
        for name, text in (("owner", owner), ("evidence", evidence)):
            if not is_words(text):
                refuse(f"the {name} of {what}", text, "a text without control characters")
        for value, class_, name, allowed in (
            (software, Target, "software", 'Target("4h", "1h"), or leave it out'),
            (accept, Acceptance, "accept", "Acceptance(owner=..., reason=..., region=Target(...))"),
        ):
            if value is not None:
                check_type(value, class_, f"{name} of {what}", allowed)
        if accept is not None and not sites.promises_region:
            accept = accept.without(Disruption.REGION)
        component = built_elsewhere(
            id,
            Target(rto, rpo),
            software,
            region=sites.primary.region,
            recovery_region=sites.recovery_region,
            owner=owner,
            evidence=evidence,
            expires=_day(expires, what),
        )
        decision = Decision(
            workload=sites.name,
            component=component,
            pattern="declared",
            objective=workload.objective,
            accepted=accept,
            recovery_region=sites.recovery_region,
            provider=sites.constraint,
        )
        _check_kept(decision, workload.objective if accept is None else accept.loosen(workload.objective), what)
        self.decision = attrs.evolve(decision, component=held_on(component, datetime.now(UTC).date()))

        commit(workload, self.decision)


def _day(value: object, what: str) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if not isinstance(value, date) or isinstance(value, datetime):
        refuse(f"expires of {what}", value, 'a date such as "2027-03-31"')
    return value


def _check_kept(decision: Decision, promised: Objective, what: str) -> None:
    """Check that what is declared is what is promised; how long it holds is another matter."""
    looser: dict[str, Target] = {}
    for disruption, target in promised.targets():
        estimate = decision.assessment.estimates[disruption]
        if estimate.rto_seconds is None or estimate.rpo_seconds is None:
            msg = (
                f"{what} of {decision.workload} declares nothing for {disruption}, and {decision.workload} promises "
                f"{target}; give {disruption}=Target(...)"
            )
            raise InfeasibleError(msg)
        if estimate.rto_seconds > target.rto or estimate.rpo_seconds > target.rpo:
            looser[disruption.value] = Target.of_seconds(estimate.rto_seconds, estimate.rpo_seconds)
    if looser:
        nearest = promised.with_targets(**looser)
        declared = "; ".join(f"{name}: {target}" for name, target in looser.items())
        msg = (
            f"{what} of {decision.workload} declares less than is promised ({declared}; promised {promised})"
            f"{how_to_accept(promised, nearest)}"
        )
        raise InfeasibleError(msg, nearest=nearest)
