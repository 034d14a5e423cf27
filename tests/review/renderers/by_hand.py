"""Reviews made by hand, so that a renderer is tested apart from the judgement it shows."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from msgspec.structs import replace

from constructs_lib.assessment import Verdict, assess
from constructs_lib.catalog.confidence import Confidence
from constructs_lib.catalog.findings import load_findings
from constructs_lib.components import Component, Kind
from constructs_lib.declaration.waiver import Waiver
from constructs_lib.objectives import Disruption, Objective, Target
from constructs_lib.review import (
    ComponentReview,
    DisruptionReview,
    Finding,
    InventoryLine,
    Link,
    PlanInfo,
    Review,
)
from constructs_lib.review.component_review import worst

if TYPE_CHECKING:
    from collections.abc import Sequence

OBJECTIVE = Objective(rto="1h", rpo="15m")

HOSTILE = (
    'aws_s3_bucket.x["a|b``c\n@octocat #12 ](https://evil.example) <img src=x onerror=alert(1)> </script> ]]> --> '
    '%0A::error::x www.evil.example !12 \u202e$1 & \x1b[31m \ud800 \\"]'
)
"""An address whose key holds what could break out of every format."""


def link(title: str = "S3 versioning", **changes: Any) -> Link:
    """Return a protection that is counted on, in the component's own Region."""
    plain = Link(
        mechanism="versioning",
        title=title,
        region=None,
        address="aws_s3_bucket_versioning.x",
        counted=True,
        doubts=(),
        uncertain=False,
        change="kept",
    )
    return replace(plain, **changes)


def disruption_review(
    disruption: Disruption,
    before: Verdict | None = Verdict.MET,
    after: Verdict | None = Verdict.MET,
    **changes: Any,
) -> DisruptionReview:
    """Return one disruption, with figures that go with its verdicts."""
    figures = {Verdict.MET: "5m", Verdict.BREACHED: "no bound", Verdict.UNKNOWN: "unknown", None: "-"}
    plain = DisruptionReview(
        disruption=disruption,
        target=Target(rto="1h", rpo="15m"),
        before_verdict=before,
        after_verdict=after,
        rto_before=figures[before],
        rto_after=figures[after],
        rpo_before=figures[before],
        rpo_after=figures[after],
        confidence=Confidence.DOCUMENTED,
        changed=before != after,
        reason="nothing recovers it" if after is Verdict.BREACHED else "a copy is in eu-central-1",
    )
    return replace(plain, **changes)


def component_review(
    address: str = "aws_s3_bucket.orders",
    *,
    region: tuple[Verdict | None, Verdict | None] = (Verdict.MET, Verdict.MET),
    workload: str = "shop",
    status: Literal["new", "gone", "kept"] = "kept",
    **changes: Any,
) -> ComponentReview:
    """Return a bucket whose promises hold in every disruption but, perhaps, the loss of its Region."""
    before, after = region
    component = Component(name=address, kind=Kind.BUCKET, region="eu-west-1")
    assessed = assess(component, OBJECTIVE)
    gone, new = status == "gone", status == "new"
    others = (None if new else Verdict.MET, None if gone else Verdict.MET)
    disruptions = (
        disruption_review(Disruption.SOFTWARE, *others, target=None),
        disruption_review(Disruption.HARDWARE, *others),
        disruption_review(Disruption.ZONE, *others),
        disruption_review(Disruption.REGION, before, after),
    )
    copied = link("S3 Cross-Region Replication", mechanism="replication", region="eu-central-1")
    lost = before is Verdict.MET and after is not Verdict.MET
    plain = ComponentReview(
        address=address,
        kind=Kind.BUCKET,
        workload=workload,
        name=None,
        engine=None,
        region_before=None if new else "eu-west-1",
        region_after=None if gone else "eu-west-1",
        objective=OBJECTIVE,
        before=None if new else assessed,
        after=None if gone else assessed,
        status=status,
        replaced=False,
        elsewhere=None,
        cheapest_change="add S3 Cross-Region Replication to eu-central-1" if after is Verdict.BREACHED else None,
        disruptions=disruptions,
        links_before=() if new else (link(), replace(copied, change="removed" if lost else "kept")),
        links_after=() if gone else (link(),) if after is Verdict.BREACHED else (link(), copied),
        members=(address,),
    )
    return replace(plain, **changes)


def finding(id: str = "RECOVERY-101", address: str = "aws_s3_bucket.orders", **changes: Any) -> Finding:
    """Return a finding of a rule there is."""
    rule = load_findings()[id]
    plain = Finding(
        id=id,
        severity=rule.severity,
        title=rule.title,
        address=address,
        components=(address,),
        workload="shop",
        disruptions=(Disruption.REGION,) if id == "RECOVERY-101" else (),
        message="the promise is broken",
        fix="keep the replication",
        documentation=rule.documentation,
    )
    return replace(plain, **changes)


def waiver(**changes: str) -> Waiver:
    """Return a waiver of the web team."""
    values = {"owner": "web team", "reason": "rebuilt from source", **changes}
    return Waiver(finding="RECOVERY-101", address="aws_s3_bucket.orders", expires=date(2027, 1, 31), line=9, **values)


def plan_info(name: str = "plan.json", **changes: Any) -> PlanInfo:
    """Return a whole plan."""
    plain = PlanInfo(
        name=name,
        kind="plan",
        format_version="1.2",
        terraform_version="1.9.8",
        complete=True,
        errored=False,
        components=1,
    )
    return replace(plain, **changes)


def made(
    components: Sequence[ComponentReview] = (),
    findings: Sequence[Finding] = (),
    *,
    inventory: Sequence[InventoryLine] = (),
    plans: Sequence[PlanInfo] = (),
) -> Review:
    """Return a review of these parts, in the order and with the verdict that they would have."""
    accepted = {
        (address, disruption)
        for item in findings
        if item.waived_by is not None
        for address in item.components
        for disruption in item.disruptions
    }
    verdicts = [
        row.after_verdict
        for item in components
        for row in item.disruptions
        if row.after_verdict is not None and row.target is not None and (item.address, row.disruption) not in accepted
    ]
    return Review(
        verdict=worst(*verdicts, *(item.verdict for item in components if item.after is None)),
        components=tuple(sorted(components, key=lambda item: item.address)),
        findings=tuple(sorted(findings, key=lambda item: item.order)),
        inventory=tuple(inventory),
        plans=tuple(plans) or (plan_info(),),
        changes=len(components),
    )


def broken() -> Review:
    """Return a review in which one promise is broken, one is unknown and one is kept."""
    return made(
        [
            component_review(region=(Verdict.MET, Verdict.BREACHED)),
            component_review("aws_s3_bucket.logs", region=(None, Verdict.UNKNOWN), status="new"),
            component_review("aws_s3_bucket.kept"),
        ],
        [
            finding(),
            finding("RECOVERY-103", "aws_s3_bucket.logs", disruptions=(Disruption.REGION,)),
            finding("RECOVERY-104", "aws_s3_bucket.kept"),
        ],
        inventory=[InventoryLine(subject="aws_vpc", reason="this type is not read", count=2, addresses=("aws_vpc.a",))],
    )


def kept() -> Review:
    """Return a review with nothing to say."""
    return made([component_review()])


def hostile() -> Review:
    """Return a review in which everything that anybody may choose is hostile."""
    component = component_review(
        HOSTILE,
        region=(Verdict.MET, Verdict.BREACHED),
        workload=HOSTILE,
        name=HOSTILE,
        region_before=HOSTILE,
        region_after=HOSTILE,
        cheapest_change=HOSTILE,
        links_after=(link(HOSTILE, region="eu-central-1", address=HOSTILE, doubts=(HOSTILE,), counted=False),),
    )
    texts: dict[str, Any] = {"components": (HOSTILE,), "workload": HOSTILE, "message": HOSTILE, "fix": HOSTILE}
    accepted = {**texts, "waived_by": waiver(owner=HOSTILE, reason=HOSTILE)}
    return made(
        [component],
        [
            finding(address=HOSTILE, **texts),
            finding("RECOVERY-103", HOSTILE, **texts),
            finding("RECOVERY-104", HOSTILE, **texts),
            finding("RECOVERY-114", HOSTILE, **accepted),
        ],
        inventory=[InventoryLine(subject=HOSTILE, reason=HOSTILE, count=1, addresses=(HOSTILE,))],
        plans=[plan_info(HOSTILE, errored=True)],
    )


@cache
def many(number: int, address: str = "aws_s3_bucket.orders") -> Review:
    """Return a review of *number* broken promises, with as many findings of each severity."""
    addresses = [f"{address}[{index}]" for index in range(number)]
    return made(
        [component_review(item, region=(Verdict.MET, Verdict.BREACHED)) for item in addresses],
        [
            finding(id, item, components=(item,))
            for item in addresses
            for id in ("RECOVERY-101", "RECOVERY-103", "RECOVERY-104")
        ],
    )
