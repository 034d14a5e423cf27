"""Workloads of one component, as the synthesized stacks tell them; nothing of them is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib import (
    Bucket,
    Database,
    FileSystem,
    InEachRegion,
    KeyAttribute,
    Network,
    Objective,
    Service,
    ServiceNetwork,
    Sites,
    Table,
    Target,
    Workload,
)
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.terraform.engine import App, TerraformStack
from tests.operations.seeded import HOME, RECOVERY

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.documents.documented_workload import DocumentedWorkload

THREE_ZONES = Network(
    subnet_ids=["subnet-1", "subnet-2", "subnet-3"],
    security_group_ids=["sg-1"],
    recovery_subnet_ids=["subnet-4", "subnet-5", "subnet-6"],
    recovery_security_group_ids=["sg-2"],
)
LOOSE = Objective(software=Target("30d", "30d"))


def workload(directory: Path, kind: str, **options: Any) -> DocumentedWorkload:
    """Return a workload of one component, `it`."""
    app = App(outdir=str(directory))
    keys = {region: f"arn:aws:kms:{region}:123456789012:key/k" for region in (HOME, RECOVERY)}
    stack = TerraformStack(app, "shop")
    shop = Workload(Sites.in_one_stack(stack, "shop", primary=HOME, recovery=RECOVERY, key_arns=keys), objective=LOOSE)
    if kind == "table":
        Table(shop, "it", partition_key=KeyAttribute("id"), **options)
    elif kind == "bucket":
        Bucket(shop, "it", **options)
    elif kind == "filesystem":
        FileSystem(shop, "it", network=THREE_ZONES, **options)
    elif kind == "service":
        here, there = (
            ServiceNetwork(
                vpc_id=f"vpc-{region}",
                load_balancer_subnet_ids=[f"subnet-{region}-1", f"subnet-{region}-2"],
                load_balancer_security_group_ids=[f"sg-{region}-1"],
                task_subnet_ids=[f"subnet-{region}-3"],
                task_security_group_ids=[f"sg-{region}-2"],
            )
            for region in (HOME, RECOVERY)
        )
        arn = "arn:aws:acm:%s:123456789012:certificate/a"
        certificates = InEachRegion(primary=arn % HOME, recovery=arn % RECOVERY)
        Service(
            shop,
            "it",
            image=f"123456789012.dkr.ecr.{HOME}.amazonaws.com/it@sha256:{'0' * 64}",
            port=80,
            network=here,
            recovery_network=there,
            certificate_arn=certificates,
            **options,
        )
    else:
        given: dict[str, Any] = options if options["engine"] == "dsql" else {"network": THREE_ZONES, **options}
        Database(shop, "it", **given)
    app.synth()
    (found,) = read_stacks(directory, None)
    return found
