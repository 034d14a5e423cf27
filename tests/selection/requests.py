"""Requests as Hypothesis draws them: objectives × kinds × engines × Regions × provider constraints × features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from constructs_lib.catalog.catalog import load_catalog
from constructs_lib.components import Kind
from constructs_lib.costs import Usage
from constructs_lib.objectives import Assumptions, Objective, Target
from constructs_lib.selection import Request

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

KINDS = ("bucket", "distribution", "table", "database")
ENGINES = load_catalog().engines()
PAIRS = (
    ("eu-west-1", "eu-central-1"),
    ("us-east-1", "us-west-2"),
    ("us-east-2", "us-west-2"),
    ("eu-west-1", "us-east-1"),
    ("ap-northeast-1", "ap-northeast-3"),
    ("sa-east-1", "us-east-2"),
    # Where usual instance classes, or Multi-AZ DB clusters, are not there.
    ("mx-central-1", "us-east-1"),
    ("ca-west-1", "ca-central-1"),
    ("us-west-1", "us-west-2"),
    ("eu-west-1", None),
)
USAGES = (
    Usage(),
    Usage(size_gb="0.5"),
    Usage(size_gb=5_000, writes_millions=1),
    Usage(average_acus=1, most_acus=8),
    Usage(average_acus=9, most_acus=64, instance_class="db.serverless"),
    Usage(average_acus=3, most_acus=64, least_acus="0.5"),
)
PROVIDERS = (">= 5.100, < 7.0", "~> 5.100", ">= 6.3", ">= 6.22", "= 6.22.0")

# The figures AWS's mechanisms lie around, and what lies between and beyond them.
_SECONDS = st.one_of(
    st.sampled_from((0, 1, 3, 5, 30, 35, 60, 110, 120, 190, 300, 900, 1320, 1800, 3600, 7200, 14_400, 86_400, 604_800)),
    st.integers(0, 14 * 86_400),
)


def targets() -> SearchStrategy[Target]:
    return st.builds(Target.of_seconds, _SECONDS, _SECONDS)


@st.composite
def objectives(draw: DrawFn) -> Objective:
    maybe = st.none() | targets()
    software, hardware, zone = draw(maybe), draw(maybe), draw(maybe)
    region = draw(targets() if software is hardware is zone is None else maybe)
    return Objective(
        uptime=draw(st.sampled_from((None, None, "99%", "99.9%", "99.95%", "99.99%", "99.999%", "99.9999%", "100%"))),
        software=software,
        hardware=hardware,
        zone=zone,
        region=region,
        assumptions=draw(
            st.sampled_from((Assumptions(), Assumptions(detection_time="30s", decision_time="0"), Assumptions()))
        ),
    )


@st.composite
def requests(draw: DrawFn, *, forced: bool = False) -> Request:
    kind = draw(st.sampled_from(KINDS))
    region, recovery = draw(st.sampled_from(PAIRS))
    patterns = [pattern.name for pattern in load_catalog().patterns[kind]]
    features = load_catalog().kinds[kind].features
    return Request(
        kind=Kind(kind),
        objective=draw(objectives()),
        region=region,
        recovery_region=recovery,
        engine=draw(st.none() | st.sampled_from(ENGINES)) if kind == "database" else None,
        usage=draw(st.sampled_from(USAGES if kind == "database" else USAGES[:3])),
        provider=draw(st.sampled_from(PROVIDERS)),
        features=draw(st.frozensets(st.sampled_from(features))) if features else frozenset(),
        routings=draw(st.sampled_from((None, None, ("manual",), ("health_check",), ("manual", "fast_health_check")))),
        pattern=draw(st.sampled_from(patterns)) if forced else None,
    )
