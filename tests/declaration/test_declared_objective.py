from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.availability import parse_availability
from constructs_lib.objectives import TIERS, Assumptions, Disruption, Objective, Target, format_duration, tier
from constructs_lib.objectives.duration import LONGEST
from tests.declaration.reading import read, refusal
from tests.each import each

HOUR = Target("1h", "15m")
DAY = Target("1d", "1h")
TARGETS = st.builds(Target.of_seconds, st.integers(0, LONGEST), st.integers(0, LONGEST))
DECLARED = st.dictionaries(st.sampled_from(["shorthand", *Disruption]), TARGETS)


def workload(written: str) -> Objective:
    return read(f"workloads: {{shop: {{objective: {written}}}}}").objective_for("shop")


def component(written: str, *, over: str = "{rto: 1h, rpo: 15m, uptime: 99.9%}", file: str = "") -> Objective:
    """Return the objective of a component that declares *written*, of a workload that declares *over*."""
    declared = read(
        f"{file}\nworkloads: {{shop: {{objective: {over}, components: [{{match: a.b, objective: {written}}}]}}}}"
    )
    matched = declared.match("a.b")
    assert matched is not None
    return matched[1]


@pytest.mark.parametrize(
    ("written", "objective"),
    [
        ("{rto: 1h, rpo: 15m}", Objective("1h", "15m")),
        ("{rto: 1h, rpo: 15m, uptime: 99.9%}", Objective("1h", "15m", "99.9%")),
        ("{rto: PT1H, rpo: 0}", Objective("1h", "0s")),
        ("{rto: '0', rpo: '0s'}", Objective("0s", "0s")),
        ("{rto: 1 hour, rpo: 15 minutes}", Objective("1h", "15m")),
        ("{uptime: three nines}", Objective(uptime="99.9%")),
        ("{region: {rto: 1h, rpo: 15m}}", Objective(region=HOUR)),
        ("{software: {rto: 1d, rpo: 1h}}", Objective(software=DAY)),
        ("{rto: 1d, rpo: 1h, region: {rto: 1h, rpo: 15m}}", Objective("1d", "1h", region=HOUR)),
        ("{region: {rto: 1h, rpo: 15m}, rto: 1d, rpo: 1h}", Objective("1d", "1h", region=HOUR)),
        ("{rto: 1h, rpo: 15m, software: {rto: 1d, rpo: 1h}}", Objective("1h", "15m", software=DAY)),
        ("{zone: {rto: 1h, rpo: 15m}, hardware: {rto: 1d, rpo: 1h}}", Objective(zone=HOUR, hardware=DAY)),
        ("{tier: critical}", tier("critical")),
        ("{tier: critical, uptime: 99%}", tier("critical").with_uptime(parse_availability("99%"))),
        ("{tier: critical, region: {rto: 1d, rpo: 1h}}", tier("critical").with_targets(region=DAY)),
        (
            "{rto: 1h, rpo: 15m, assumptions: {decision_time: 1m}}",
            Objective("1h", "15m", assumptions=Assumptions(decision_time="1m")),
        ),
        ("{rto: 1h, rpo: 15m, assumptions: {}}", Objective("1h", "15m")),
        (
            "{rto: 1h, rpo: 15m, assumptions: {unnoticed_time: 10d}}",
            Objective("1h", "15m", assumptions=Assumptions(unnoticed_time="10d")),
        ),
        (
            "{rto: 1h, rpo: 15m, assumptions: {detected_by: the web team's monitor}}",
            Objective("1h", "15m", assumptions=Assumptions(detected_by="the web team's monitor")),
        ),
        (
            "{rto: 1h, rpo: 15m, assumptions: {wider_recovery: false}}",
            Objective("1h", "15m", assumptions=Assumptions(wider_recovery=False)),
        ),
    ],
)
def test_an_objective_is_read(written: str, objective: Objective) -> None:
    assert workload(written) == objective


@pytest.mark.parametrize("name", list(TIERS))
def test_every_tier_can_be_declared(name: str) -> None:
    assert workload(f"{{tier: {name}}}") == TIERS[name]


@each(
    ("written", "problem"),
    [
        ("", ": is without a value"),
        ("1h", ": is the text '1h', and keys with values are wanted"),
        ("critical", ": is the text 'critical'"),
        ("[1h, 15m]", ": is a list"),
        ("{}", ": is empty; declare something"),
        ("{assumptions: {decision_time: 1m}}", ": promises nothing"),
        ("{rto: 1h}", ".rto: is given without rpo"),
        ("{rpo: 0}", ".rpo: is given without rto"),
        ("{rto: 5 parsecs, rpo: 1m}", ".rto: RTO '5 parsecs' is not a duration"),
        ("{rto: -5m, rpo: 1m}", ".rto: RTO '-5m' is not a duration"),
        ("{rto: 1m, rpo: -5}", ".rpo: RPO -5 has no unit"),
        ("{rto: .nan, rpo: 1m}", ".rto: RTO '.nan' is not a duration"),
        ("{rto: NaN, rpo: 1m}", ".rto: RTO 'NaN' is not a duration"),
        ("{rto: .inf, rpo: 1m}", ".rto: RTO '.inf' is not a duration"),
        ("{rto: 60, rpo: 1m}", ".rto: RTO 60 has no unit"),
        ("{rto: '60', rpo: 1m}", ".rto: RTO 60 has no unit"),
        ("{rto: 1.5, rpo: 1m}", ".rto: RTO 1.5 has no unit"),
        ("{rto: 1:30, rpo: 1m}", ".rto: RTO '1:30' is not a duration"),
        ("{rto: 01:30:00, rpo: 1m}", ".rto: RTO '01:30:00' is not a duration"),
        ("{rto: yes, rpo: 1m}", ".rto: RTO 'yes' is not a duration"),
        ("{rto: 2027-01-31, rpo: 1m}", ".rto: RTO '2027-01-31' is not a duration"),
        ("{rto: 1m, rpo: }", ".rpo: has no value, and a duration is wanted"),
        ("{rto: 1m, rpo: ~}", ".rpo: has no value, and a duration is wanted"),
        ("{rto: 1m, rpo: ''}", ".rpo: RPO '' is not a duration"),
        ("{rto: [1m], rpo: 1m}", ".rto: is a list, and a duration is wanted"),
        ("{rto: {minutes: 1}, rpo: 1m}", ".rto: is a mapping, and a duration is wanted"),
        ("{rto: 30m1h, rpo: 1m}", ".rto: RTO '30m1h' is not a duration"),
        ("{rto: 0.5s, rpo: 1m}", ".rto: RTO '0.5s' is not a whole number of seconds"),
        ("{rto: 11000d, rpo: 1m}", ".rto: RTO '11000d' is longer than ten years"),
        (f"{{rto: {'9' * 200}h, rpo: 1m}}", ".rto: has 201 characters, and a duration is wanted"),
        ("{RTO: 1h, rpo: 1m}", ".RTO: is not a key that is known here; did you mean rto?"),
        ("{rto: 1h, rpo: 1m, rto: 2h}", ".rto: is given twice, first on line 2"),
        ("{uptime: 101%}", ".uptime: an availability lies between 0% and 100%, not 101%"),
        ("{uptime: -1%}", ".uptime: an availability lies between 0% and 100%, not -1%"),
        ("{uptime: 99.9}", ".uptime: the availability 99.9 has no unit"),
        ("{uptime: 0.999}", ".uptime: the availability 0.999 has no unit"),
        ("{uptime: always}", ".uptime: 'always' is not an availability"),
        ("{uptime: three and a half nines}", ".uptime: a part of a nine is ambiguous"),
        ("{uptime: }", ".uptime: has no value, and an availability is wanted"),
        ("{tier: gold}", ".tier: there is no tier 'gold'; there are mission-critical, critical"),
        ("{tier: 1}", ".tier: there is no tier '1'"),
        ("{tier: [critical]}", ".tier: is a list, and a tier is wanted"),
        ("{tier: critical, rto: 1h, rpo: 1m}", ".rto: is given beside a tier"),
        ("{tier: critical, rpo: 1m}", ".rpo: is given beside a tier"),
        ("{region: 1h}", ".region: is the text '1h', and keys with values are wanted"),
        ("{region: }", ".region: is without a value"),
        ("{region: {}}", ".region: has no rto; it needs rto and rpo"),
        ("{region: {rto: 1h}}", ".region: has no rpo"),
        ("{region: {rto: 1h, rpo: 60}}", ".region.rpo: RPO 60 has no unit"),
        ("{region: {rto: 1h, rpo: 1m, uptime: 99%}}", ".region.uptime: is not a key that is known here"),
        ("{regional: {rto: 1h, rpo: 1m}}", ".regional: is not a key that is known here; did you mean region?"),
        ("{az: {rto: 1h, rpo: 1m}}", ".az: is not a key that is known here; there are tier, rto, rpo"),
        ("{rto: 1h, rpo: 1m, assumptions: 15m}", ".assumptions: is the text '15m'"),
        ("{rto: 1h, rpo: 1m, assumptions: {decision_time: 15}}", ".assumptions.decision_time: decision_time 15 has no"),
        (
            "{rto: 1h, rpo: 1m, assumptions: {wider_recovery: no}}",
            ".assumptions.wider_recovery: is a truth value, 'no'",
        ),
        ("{rto: 1h, rpo: 1m, assumptions: {decision: 15m}}", ".assumptions.decision: is not a key that is known here"),
    ],
)
def test_a_bad_objective_is_refused(written: str, problem: str) -> None:
    message = refusal(f"workloads: {{shop: {{objective: {written}}}}}")
    assert message.startswith(f"2: workloads.shop.objective{problem}")


@pytest.mark.parametrize(
    ("written", "objective"),
    [
        ("{region: {rto: 1d, rpo: 1h}}", Objective("1h", "15m", "99.9%", region=DAY)),
        ("{software: {rto: 1d, rpo: 1h}}", Objective("1h", "15m", "99.9%", software=DAY)),
        ("{rto: 1d, rpo: 1h}", Objective("1d", "1h", "99.9%")),
        ("{rto: 1d, rpo: 1h, zone: {rto: 1h, rpo: 15m}}", Objective("1d", "1h", "99.9%", zone=HOUR)),
        ("{tier: important}", Objective("4h", "1h", "99.9%")),
        ("{uptime: 99%}", Objective("1h", "15m", "99%")),
        (
            "{assumptions: {detection_time: 0}}",
            Objective("1h", "15m", "99.9%", assumptions=Assumptions(detection_time="0s")),
        ),
    ],
)
def test_a_components_objective_is_merged_over_its_workloads(written: str, objective: Objective) -> None:
    assert component(written) == objective


def test_a_components_shorthand_wins_over_a_disruption_that_its_workload_names() -> None:
    assert component("{rto: 1d, rpo: 1h}", over="{zone: {rto: 1h, rpo: 15m}}") == Objective("1d", "1h")


def test_a_components_shorthand_leaves_its_workloads_software() -> None:
    merged = component("{rto: 1h, rpo: 15m}", over="{tier: critical, software: {rto: 1d, rpo: 1h}}")
    assert merged.software == DAY


def test_an_empty_objective_of_a_component_is_refused() -> None:
    written = "workloads: {shop: {objective: {tier: critical}, components: [{match: a, objective: {}}]}}"
    assert refusal(written).startswith("2: workloads.shop.components[0].objective: is empty")


def test_assumptions_are_merged_from_the_file_over_the_workload_to_the_component() -> None:
    merged = component(
        "{assumptions: {decision_time: 3m}}",
        over="{tier: critical, assumptions: {detection_time: 2s, decision_time: 2m}}",
        file="assumptions: {detection_time: 1s, decision_time: 1m}",
    )
    assert merged.assumptions == Assumptions(detection_time="2s", decision_time="3m")


def test_the_assumptions_of_the_file_are_the_default_of_every_objective() -> None:
    declared = read("assumptions: {decision_time: 1m}\nworkloads: {a: {objective: {tier: critical}}}")
    assert declared.assumptions == Assumptions(decision_time="1m")
    assert declared.objective_for("a").assumptions == Assumptions(decision_time="1m")


def written_as(declared: dict[str, Target]) -> str:
    """Write *declared* as it stands in the file."""
    parts = []
    for name, target in declared.items():
        members = f"rto: {format_duration(target.rto)}, rpo: {format_duration(target.rpo)}"
        parts.append(members if name == "shorthand" else f"{name}: {{{members}}}")
    return "{" + ", ".join(parts) + "}"


def by_precedence(*layers: dict[str, Target]) -> dict[Disruption, Target]:
    """Return the targets that hold: the last layer wins, and in a layer the named disruption."""
    held: dict[Disruption, Target] = {}
    for layer in layers:
        if "shorthand" in layer:
            held |= dict.fromkeys((Disruption.HARDWARE, Disruption.ZONE, Disruption.REGION), layer["shorthand"])
        held |= {disruption: layer[disruption] for disruption in Disruption if disruption in layer}
    return held


@given(DECLARED.filter(bool))
def test_every_objective_is_read_as_it_is_written(declared: dict[str, Target]) -> None:
    assert dict(workload(written_as(declared)).targets()) == by_precedence(declared)


@given(DECLARED.filter(bool), DECLARED.filter(bool))
def test_every_component_is_merged_disruption_by_disruption(own: dict[str, Target], over: dict[str, Target]) -> None:
    assert dict(component(written_as(own), over=written_as(over)).targets()) == by_precedence(over, own)
