"""What a service and its standby bill: tasks all month, and a load balancer in each Region that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalog.prices.usage import assumed_usage
from constructs_lib.plural import plural

if TYPE_CHECKING:
    from constructs_lib.costs.bill import Bill

_CPU_UNITS, _MB = 1024, 1024
"""Units in a vCPU, and MB in a GB, as Fargate counts them."""

_WHOLE = 100


def bill_service(bill: Bill) -> None:
    """Add the tasks and the load balancer of the service's own Region, and what stands by in the other one."""
    revisions = bill.component.protection("revisions")
    tasks = 0 if revisions is None else bill.parameter(revisions, "tasks")
    _bill_region(bill, bill.region, tasks, load_balancers=1, serves=True)
    for standby in bill.component.protections:
        if standby.region is not None:
            share = bill.parameter(standby, "share_percent")
            # What stands by is rounded up to whole tasks.
            balancers = bill.parameter(standby, "load_balancers")
            _bill_region(
                bill, standby.region, -(-tasks * share // 100), load_balancers=balancers, serves=share == _WHOLE
            )


def _bill_region(bill: Bill, region: str, tasks: int, *, load_balancers: int, serves: bool) -> None:
    revisions = bill.component.protection("revisions")
    hours = bill.prices.hours_per_month
    if revisions is not None and tasks:
        arm = ".arm" if revisions.parameters.get("architecture") == "ARM64" else ""
        cpu, memory = (bill.parameter(revisions, name) for name in ("cpu_units", "memory_mb"))
        of = f"of {plural(tasks, 'task')} in {region}"
        bill.add(f"vCPU {of}", f"fargate.vcpu{arm}", hours * tasks * cpu / _CPU_UNITS, region)
        bill.add(f"memory {of}", f"fargate.memory{arm}", hours * tasks * memory / _MB, region)
    if revisions is not None:
        secrets = bill.parameter(revisions, "secrets")
        bill.add(f"{plural(secrets, 'secret')} in {region}", "secretsmanager.secret", secrets, region)
    if load_balancers:
        bill.add(f"load balancer in {region}", "alb.hour", hours * load_balancers, region)
    if serves:
        units = assumed_usage().load_balancer_units * hours
        bill.add(f"capacity of the load balancer in {region}", "alb.lcu", units, region)
    bill.add_key(region)
