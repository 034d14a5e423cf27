"""A workload as the documents see it, made of decisions written to a directory, without the engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.declaration import parse_declaration
from constructs_lib.documents.read.stacks import read_stacks

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.documents.documented_workload import DocumentedWorkload

PRIMARY, RECOVERY = "eu-west-1", "eu-central-1"

DECLARATION = """\
version: 1
workloads:
  shop:
    objective: {rto: 2h, rpo: 4h, uptime: 99.9%}
dependencies:
  - {name: e-mail, availability: 99.9%}
  - {name: DNS, availability: 99.99%}
  - {name: authentication, availability: 99.9%}
  - {name: AWS, availability: 99.9%}
  - {name: Twitter feed, availability: 99%, critical: false}
sla:
  provider: Example Ltd
  customer: Customer Inc
  maintenance: 2h
  notice: 5d
  credits: [{below: 99.9%, credit: 10%}, {below: 99%, credit: 25%}]
"""

USAGE = {"size_gb": "100", "change_gb": "30", "writes_millions": "10", "reads_millions": "50", "transfer_gb": "1000"}


def declared(text: str = DECLARATION) -> Declaration:
    return parse_declaration(text)


def decision(name: str, kind: str, protections: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    plain = {
        disruption: {"rto": "2h", "rpo": "4h", "rto_seconds": 7200, "rpo_seconds": 14400}
        for disruption in ("hardware", "zone", "region")
    }
    return {
        "workload": "shop",
        "component": name,
        "kind": kind,
        "region": PRIMARY,
        "recovery_region": RECOVERY,
        "pattern": "a",
        "tags": {},
        "protections": protections,
        "usage": USAGE,
        "features": [],
        "provider": ">= 5.100, < 7",
        "objective": {**plain, "uptime": "99.9%", "assumptions": {"detection_time": "2m", "decision_time": "15m"}},
        "own_objective": False,
        "places": {
            "primary": {"path": f"shop-primary/{name}", "region": PRIMARY},
            "recovery": {"path": f"shop-recovery/{name}", "region": RECOVERY},
        },
        **more,
    }


def resource(stack: str, component: str, child: str = "Default", **arguments: Any) -> dict[str, Any]:
    return {"//": {"metadata": {"path": f"{stack}/{component}/{child}"}}, **arguments}


def write_stack(directory: Path, name: str, region: str, resources: dict[str, Any], decisions: Any = ()) -> None:
    folder = directory / "stacks" / name
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "//": {"recovery": {item["component"]: item for item in decisions}},
        "provider": {"aws": [{"region": region}]},
        "resource": resources,
    }
    (folder / "cdk.tf.json").write_text(json.dumps(content), encoding="utf-8")


REPLICATED: list[dict[str, Any]] = [
    {"mechanism": "versioning", "parameters": {}},
    {"mechanism": "replication", "region": RECOVERY},
]
BACKUPS: list[dict[str, Any]] = [
    {"mechanism": "automated_backups"},
    {"mechanism": "replicated_backups", "region": RECOVERY},
]


def write_shop(directory: Path, *, protections: list[dict[str, Any]] = REPLICATED, name: str = "assets") -> Path:
    """Write a shop of a bucket and a database, one stack for each Region."""
    account = "${data.aws_caller_identity.RecoveryAccount.account_id}"
    bucket = decision(name, "bucket", protections)
    database = decision("ledger", "database", BACKUPS, engine="postgres")
    primary = {
        "aws_s3_bucket": {"assets": resource("shop-primary", name, bucket=f"shop-assets-{PRIMARY}-{account}")},
        "aws_db_subnet_group": {"ledger": resource("shop-primary", "ledger", "subnets", name="shop-ledger")},
        "aws_db_instance": {
            "ledger": resource(
                "shop-primary",
                "ledger",
                identifier="shop-ledger",
                vpc_security_group_ids=["${aws_security_group.db.id}"],
            )
        },
        "aws_security_group": {"db": resource("shop-primary", "network", name="shop-db")},
    }
    recovery = {
        "aws_s3_bucket": {"assets": resource("shop-recovery", name, bucket=f"shop-assets-{RECOVERY}-{account}")},
        "aws_db_subnet_group": {"ledger": resource("shop-recovery", "ledger", "subnets", name="shop-ledger-recovery")},
        "aws_security_group": {"db": resource("shop-recovery", "network", name="shop-db")},
    }
    write_stack(directory, "shop-primary", PRIMARY, primary, [bucket, database])
    write_stack(directory, "shop-recovery", RECOVERY, recovery)
    return directory


def shop(directory: Path, text: str = DECLARATION, **more: Any) -> DocumentedWorkload:
    (workload,) = read_stacks(write_shop(directory, **more), declared(text))
    return workload
