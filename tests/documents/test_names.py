"""What a recovery calls what it makes: no two things of a workload by one name, however long theirs are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import KeyAttribute, Objective, Sites, Table, Workload
from constructs_lib.documents.names import names_of
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.errors import RefusedError
from constructs_lib.objectives import Disruption
from constructs_lib.operations.planning import plan_failback, plan_failover
from constructs_lib.operations.rehearsing.drill_plan import plan_drill
from constructs_lib.terraform.engine import App

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload

LONG = "customer-experience-platform-of-production-in-europe"


def tables(directory: Path, **named: str) -> DocumentedWorkload:
    """Return a workload with a table of each name, restored from backups in the other Region."""
    app = App(outdir=str(directory))
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery="eu-central-1", account_id="123456789012")
    workload = Workload(sites, objective=Objective(rto="30d", rpo="30d"))
    for id_, name in named.items():
        key = KeyAttribute(name="id", type="S")
        Table(workload, id_, partition_key=key, name=name, pattern="backup_copy")
    app.synth()
    (found,) = read_stacks(directory, None)
    return found


def made(workload: DocumentedWorkload, disruption: Disruption) -> list[tuple[Any, Any]]:
    found = [names_of(workload, item, disruption) for item in workload.components]
    return [(names["restored"], names["returned"]) for names in found]


def test_names_that_start_alike_stay_apart_whatever_is_put_after_them(tmp_path: Path) -> None:
    """Both came home as one table: the second was said to be *done*, and had the data of the first."""
    workload = tables(tmp_path, history=f"{LONG}-history", orders=f"{LONG}-orders")

    for disruption in (Disruption.SOFTWARE, Disruption.REGION):
        restored, returned = zip(*made(workload, disruption), strict=True)
        assert len({*restored, *returned}) == 4
    assert made(workload, Disruption.SOFTWARE)[0] == (f"{LONG}-history-restored", f"{LONG}-history-home")


def test_what_two_components_would_make_by_one_name_is_refused(tmp_path: Path) -> None:
    """Both have the tag of the operation: the second took what the first had made for its own."""
    workload = tables(tmp_path, history="history", orders="orders")

    with pytest.raises(RefusedError, match="history and orders would both be 'x': give each its own") as refused:
        plan_failover(workload, "eu-central-1", names={"restored": "x"})
    assert "--name history.restored=NAME --name orders.restored=NAME" in str(refused.value)
    with pytest.raises(RefusedError, match="history and orders would both be 'x'"):
        plan_failback(workload, names={"returned": "x"})
    assert plan_failover(workload, "eu-central-1", names={"restored": "x"}, without=("orders",)).components
    assert plan_failover(workload, "eu-central-1", names={"returned": "x"}).components


def test_a_drill_restores_no_two_components_by_one_name(tmp_path: Path) -> None:
    workload = tables(tmp_path, **{f"{LONG}-{end}": end for end in ("history", "orders")})

    drill = plan_drill(workload, Disruption.REGION, token="abcd1234")

    names = [item.names["restored"] for item in drill.components]
    assert len(set(names)) == 2
    assert max(map(len, names)) <= 60
    anybodys = plan_drill(workload, Disruption.REGION, token="*")
    assert [item.names["restored"] for item in anybodys.components] == [name.replace("abcd1234", "*") for name in names]
