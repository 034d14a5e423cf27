"""Which commands there are: name, what it does in a line, and the module that knows the rest."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Command:
    """One command; its module is loaded only where it is asked for."""

    def __init__(self, name: str, help: str, module: str) -> None:
        self.name = name
        self.help = help
        self.module = module


COMMANDS: Final = (
    Command("adopt", "Terraform in order again after a recovery", "recovery.adopt"),
    Command("audit", "what an account keeps now: age and lag of every copy against its objective", "audit"),
    Command("choose", "the cheapest pattern that keeps an RTO and an RPO, and why not the others", "design.choose"),
    Command("docs", "write the SLA, runbook, cost memo and summary, or check that they are still true", "promise.docs"),
    Command("drill", "rehearse a recovery beside the workload, and record what it took", "recovery.drill"),
    Command(
        "evidence",
        "records of drills, failovers and incidents: list, verify the chain, render, add",
        "recovery.evidence",
    ),
    Command(
        "explain",
        "why stacks are built as they are: patterns, RTO and RPO, what sets them, cost",
        "design.explain",
    ),
    Command("export", "an objective for AWS Resilience Hub or OpenSLO", "design.export"),
    Command("facts", "which facts about AWS are old or from memory", "design.facts"),
    Command("failback", "bring a workload home after a failover", "recovery.failback"),
    Command("failover", "move a workload to its recovery Region", "recovery.failover"),
    Command("import", "import blocks for what stacks declare and an account already holds", "imports"),
    Command("init", "a repository to start from: app, recovery.yaml, tests, workflow", "init"),
    Command(
        "kit", "build or check the kit with which recoveries need no repository and no package index", "recovery.kit"
    ),
    Command("objectives", "check recovery.yaml and say what it declares", "design.declaration"),
    Command("operations", "operations that are open, and those that are done", "recovery.operations"),
    Command("prices", "read prices anew from AWS", "design.prices"),
    Command("restore", "restore one component to a moment, beside the original", "recovery.restore"),
    Command("resume", "go on with an operation that was interrupted", "recovery.resume"),
    Command("review", "what a Terraform plan does to recovery: RTO and RPO before and after, and findings", "review"),
    Command("sla", "whether an uptime can be promised on top of AWS and third parties", "promise.sla"),
    Command("state", "which copy of each Terraform state is the newest, and whether it is locked", "recovery.state"),
    Command("uptime", "the downtime that an availability allows, and what is left of it", "promise.uptime"),
    Command("completion", "a script that completes commands and options in bash, zsh or fish", "completion"),
    Command("help", "this list, or what a command says of itself", "main"),
)
"""A new command is a line here, and a module with `add_to(commands)`."""
