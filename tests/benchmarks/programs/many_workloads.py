"""An app with many workloads, each a bucket and a table, ten workloads a stack.

many_workloads.py WORKLOADS
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter

from constructs_lib import Bucket, KeyAttribute, Objective, Sites, Table, Target, Workload
from constructs_lib.terraform.engine import App, Construct, TerraformStack

A_STACK = 10

workloads = int(sys.argv[1])
started = perf_counter()
app = App()
objective = Objective(hardware=Target(rto="1h", rpo="1h"))
for first in range(0, workloads, A_STACK):
    stack = TerraformStack(app, f"stack-{first // A_STACK}")
    for number in range(first, min(first + A_STACK, workloads)):
        name = f"workload-{number}"
        sites = Sites.in_one_stack(Construct(stack, name), name, primary="eu-west-1")
        workload = Workload(sites, objective=objective)
        Bucket(workload, "files")
        Table(workload, "orders", partition_key=KeyAttribute(name="order_id", type="S"))
built = perf_counter()
app.synth()
done = perf_counter()
resources = sum(
    len(named)
    for path in Path("cdktf.out/stacks").glob("*/cdk.tf.json")
    for named in json.loads(path.read_text(encoding="utf-8"))["resource"].values()
)
print(json.dumps({"build": built - started, "synth": done - built, "resources": resources}))
