"""Synthesizing the reference workloads, beside an empty app, the prebuilt bindings and AWS CDK."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.benchmarks.bench import PROGRAMS
from tests.benchmarks.line import Line, Skipped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.bench import Bench

_EMPTY_TIMES = 1.5
_SECONDS_A_RESOURCE = 0.002
_MB = 1_000_000


def synth(bench: Bench) -> list[Line | Skipped]:
    """Measure the app of the reference workloads as a whole process, in an empty directory."""
    ours = bench.ours("our synth", "-m", "stacks")
    empty = bench.ours("an empty app", str(PROGRAMS / "empty_app.py"))
    out = bench.stage.scratch / "ours"
    bench.stage.run(ours, out)
    resources = count(out)
    what = f"synth, {resources} resources"
    if bench.rivals is None:
        mine, nothing = bench.stage.interleaved([ours, empty], bench.repetitions)
        return [
            _beside_empty(what, mine.seconds, nothing.seconds, resources),
            Skipped(what="synth beside prebuilt bindings and AWS CDK", because="no --rivals"),
        ]

    bench.say("finding the arguments for the prebuilt bindings")
    prepared = bench.stage.scratch / "prepared.json"
    driver = str(PROGRAMS / "prebuilt.py")
    bench.stage.run(bench.rival("prepare", driver, "prepare", str(out / "cdktf.out"), str(prepared)))
    prebuilt = bench.rival("prebuilt bindings", driver, "build", str(prepared))
    collector = str(PROGRAMS / "uncollected.py")
    prebuilt_without = bench.rival("prebuilt bindings", collector, driver, "build", str(prepared))
    theirs_out = bench.stage.scratch / "theirs"
    bench.stage.run(prebuilt, theirs_out)
    carried, there = carried_over(out, theirs_out)
    note = (
        f"cdktf-cdktf-provider-aws 21.22.1 makes {count(theirs_out)} of the {resources} resources with {carried} of "
        f"{there} arguments the same; only the modules in use are imported, blocks are plain dictionaries and "
        f"references finished strings, which is the fastest way to use them with garbage collection on"
    )

    like_app = str(PROGRAMS / "aws_cdk_app.py")
    cdk = bench.rival("AWS CDK", like_app)
    cdk_without = bench.rival("AWS CDK", collector, like_app)
    bench.say(f"synth: ours, an empty app, prebuilt bindings, AWS CDK; {bench.repetitions} times in turn")
    mine, nothing, bindings, like = bench.stage.interleaved([ours, empty, prebuilt, cdk], bench.repetitions)
    bench.say("the same of both without Python's garbage collection, as our app asks for itself")
    again, *without = bench.stage.interleaved([ours, prebuilt_without, cdk_without], min(bench.repetitions, 3))
    cdk_note = (
        f"the same workloads written with the constructs of aws-cdk-lib, which come to {like.said('resources'):.0f} "
        f"CloudFormation resources, as CloudFormation folds what belongs to a bucket into one"
    )
    return [
        _beside_empty(what, mine.seconds, nothing.seconds, resources),
        Line(
            what=f"{what}: time",
            unit="s",
            ours=mine.seconds,
            beside=bindings.program.name,
            theirs=bindings.seconds,
            most=bindings.seconds / 12,
            budget="≥ 12 × faster",
            note=note,
        ),
        Line(
            what=f"{what}: memory",
            unit="MB",
            ours=mine.peak_bytes / _MB,
            beside=bindings.program.name,
            theirs=bindings.peak_bytes / _MB,
            most=bindings.peak_bytes / _MB / 5,
            budget="≤ 1/5",
            note=note,
        ),
        Line(
            what=f"{what}: time",
            unit="s",
            ours=mine.seconds,
            beside=like.program.name,
            theirs=like.seconds,
            most=like.seconds / 4,
            budget="≥ 4 × faster",
            note=cdk_note,
        ),
        Line(
            what=f"{what}: memory",
            unit="MB",
            ours=mine.peak_bytes / _MB,
            beside=like.program.name,
            theirs=like.peak_bytes / _MB,
            note=cdk_note,
        ),
        *(
            Line(
                what=f"{what}: time, garbage collection off on both sides",
                unit="s",
                ours=again.seconds,
                beside=other.program.name,
                theirs=other.seconds,
                note="an app of any of them may turn it off, as ours does in the lines above too; few do",
            )
            for other in without
        ),
    ]


def cold_synth(bench: Bench) -> list[Line | Skipped]:
    """Measure the same with an empty package cache, as on a fresh CI runner."""
    if bench.rivals is None:
        return [Skipped(what="synth with a cold package cache", because="no --rivals")]
    out = bench.stage.scratch / "ours"
    ours = bench.ours("our synth", "-m", "stacks")
    bench.stage.run(ours, out)
    driver = str(PROGRAMS / "prebuilt.py")
    prepared = bench.stage.scratch / "prepared.json"
    if not prepared.exists():
        bench.say("finding the arguments for the prebuilt bindings")
        bench.stage.run(bench.rival("prepare", driver, "prepare", str(out / "cdktf.out"), str(prepared)))
    programs = [
        bench.ours("our synth", "-m", "stacks", cold=True),
        bench.rival("prebuilt bindings", driver, "build", str(prepared), cold=True),
        bench.rival("AWS CDK", str(PROGRAMS / "aws_cdk_app.py"), cold=True),
    ]
    repetitions = min(bench.repetitions, 3)
    bench.say(f"synth with a cold package cache: ours, prebuilt bindings, AWS CDK; {repetitions} times in turn")
    mine, *others = bench.stage.interleaved(programs, repetitions)
    note = "jsii unpacks the bindings anew, as on a CI runner without a cache"
    return [
        Line(
            what="synth, cold package cache: time",
            unit="s",
            ours=mine.seconds,
            beside=other.program.name,
            theirs=other.seconds,
            most=other.seconds / times,
            budget=budget,
            note=note,
        )
        for other, times, budget in zip(others, (12, 4), ("≥ 12 × faster", "≥ 4 × faster"), strict=True)
    ]


def _beside_empty(what: str, mine: float, nothing: float, resources: int) -> Line:
    most = _EMPTY_TIMES * nothing + _SECONDS_A_RESOURCE * resources
    return Line(
        what=f"{what}: time",
        unit="s",
        ours=mine,
        beside="an empty app",
        theirs=nothing,
        most=most,
        budget=f"≤ 1.5 × empty + 2 ms each = {most:.2f} s",
    )


def count(out: Path) -> int:
    """Return how many resources the stacks under *out* hold; data sources do not count."""
    return sum(len(named) for document in _documents(out).values() for named in document.get("resource", {}).values())


def carried_over(ours: Path, theirs: Path) -> tuple[int, int]:
    """Return how many arguments of our resources are the same in theirs, and how many there are."""
    same = there = 0
    made = _documents(theirs)
    for stack, document in _documents(ours).items():
        for type_, named in document.get("resource", {}).items():
            for name, block in named.items():
                other = made.get(stack, {}).get("resource", {}).get(type_, {}).get(name, {})
                for key, value in block.items():
                    if key != "//":
                        there += 1
                        same += _plain(value) == _plain(other.get(key))
    return same, there


def _plain(value: Any) -> Any:
    """Return a value in the one of its spellings that Terraform reads alike: a list of one block is the block."""
    if isinstance(value, list):
        inner = [_plain(item) for item in value]
        return inner[0] if len(inner) == 1 else inner
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _documents(out: Path) -> dict[str, Any]:
    return {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((out / "cdktf.out" / "stacks").glob("*/cdk.tf.json"))
    }
