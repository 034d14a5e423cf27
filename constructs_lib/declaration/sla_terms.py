"""What a service level agreement says beside the objectives: who signs, over which period, and what is owed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from constructs_lib.availability import MONTH_30D, PERIODS, Availability, Period, parse_availability
from constructs_lib.errors import InputError
from constructs_lib.objectives.duration import format_duration, parse_duration

if TYPE_CHECKING:
    from constructs_lib.declaration.yaml_document import YamlField

__all__ = ["CLAUSES", "CreditStep", "SlaTerms", "read_sla_terms"]

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%", re.ASCII)
CLAUSES = ("error_rate", "remedies", "liability", "force_majeure", "term", "law")
"""What only the parties can say, each a sentence; the agreement has a place for each that has to be filled."""

_KEYS = ("provider", "customer", "period", "measurement", "maintenance", "notice", "claim_within", "credits", *CLAUSES)


class CreditStep(msgspec.Struct, frozen=True, kw_only=True):
    """What is owed where the availability attained is below a figure.

    Args:
        below: The availability attained, below which it is owed.
        credit: In percent of the fee for the period, above 0 to 100.
    """

    below: Availability
    credit: Decimal


class SlaTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What the agreement says that no architecture can know; all of it is optional.

    Args:
        provider: Who promises. Default: "the provider".
        customer: To whom. Default: "the customer".
        period: What the availability is counted over. Default: a month of 30 days.
        measurement: How downtime is measured, in a sentence. Default: not agreed.
        maintenance: Announced maintenance that is excused in a period, in seconds. Default: none.
        notice: How long before it maintenance is announced, in seconds. Default: not agreed.
        claim_within: How long after the period a credit can be claimed, in seconds. Default: not agreed.
        credits: What is owed, from the highest figure to the lowest. Default: nothing.
        error_rate: From which share of failing requests on the service counts as down. Default: not agreed.
        remedies: What is owed for a missed RTO or RPO. Default: not agreed.
        liability: What the parties are liable for, and up to how much. Default: not agreed.
        force_majeure: What excuses both parties. Default: not agreed.
        term: When the agreement begins, how long it lasts, and how it ends. Default: not agreed.
        law: Which law governs it, and which courts decide. Default: not agreed.
    """

    provider: str = "the provider"
    customer: str = "the customer"
    period: Period = MONTH_30D
    measurement: str | None = None
    maintenance: int = 0
    notice: int | None = None
    claim_within: int | None = None
    credits: tuple[CreditStep, ...] = ()
    error_rate: str | None = None
    remedies: str | None = None
    liability: str | None = None
    force_majeure: str | None = None
    term: str | None = None
    law: str | None = None

    @property
    def open(self) -> tuple[str, ...]:
        """The clauses that nobody has filled in."""
        return tuple(name for name in CLAUSES if getattr(self, name) is None)

    def credit(self, attained: Availability) -> Decimal:
        """Return what is owed for what was attained, in percent of the fee: the step of the lowest figure missed."""
        return max((step.credit for step in self.credits if attained < step.below), default=Decimal(0))


def read_sla_terms(field: YamlField) -> SlaTerms:
    """Read `{provider: Example Ltd, period: month, maintenance: 2h, credits: [{below: 99.9%, credit: 10%}]}`."""
    members = field.members(*_KEYS)
    default = SlaTerms()

    def duration(name: str) -> int | None:
        if name not in members:
            return None
        return members[name].parsed(lambda text: parse_duration(text, name=name), wanted="a duration")

    period = members["period"].parsed(_period, wanted="a period") if "period" in members else default.period
    maintenance = duration("maintenance") or 0
    if maintenance >= period.seconds:
        raise members["maintenance"].error(
            f"excuses {format_duration(maintenance)} of a {period.name}, which is no longer than that; give less"
        )
    return SlaTerms(
        provider=members["provider"].text() if "provider" in members else default.provider,
        customer=members["customer"].text() if "customer" in members else default.customer,
        period=period,
        measurement=members["measurement"].text() if "measurement" in members else None,
        maintenance=maintenance,
        notice=duration("notice"),
        claim_within=duration("claim_within"),
        credits=_credits(members["credits"]) if "credits" in members else (),
        **{name: members[name].text() for name in CLAUSES if name in members},
    )


def _credits(field: YamlField) -> tuple[CreditStep, ...]:
    steps: list[CreditStep] = []
    for item in field.items():
        members = item.members("below", "credit", required=("below", "credit"))
        step = CreditStep(
            below=members["below"].parsed(parse_availability, wanted="an availability"),
            credit=members["credit"].parsed(_percent, wanted="a percentage"),
        )
        if steps and (step.below >= steps[-1].below or step.credit <= steps[-1].credit):
            raise item.error(
                f"owes {step.credit} % below {step.below}, after {steps[-1].credit} % below {steps[-1].below}; list "
                "them from the highest figure to the lowest, each owing more than the one before"
            )
        steps.append(step)
    return tuple(steps)


def _period(text: str) -> Period:
    """Read a period that comes again; one month of the calendar is no promise for the next."""
    for period in PERIODS:
        if period.name == text:
            return period
    raise InputError(f"{text!r} is not a period of an agreement; write one of {', '.join(p.name for p in PERIODS)}")


def _percent(text: str) -> Decimal:
    found = _PERCENT.fullmatch(text.strip())
    if found is None or not 0 < Decimal(found[1]) <= 100:
        raise InputError(f"{text!r} is not a percentage above 0 % to 100 %; write one like 10%")
    return Decimal(found[1])
