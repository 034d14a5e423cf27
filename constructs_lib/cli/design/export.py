"""`drctl export`: one objective for other tools."""

from __future__ import annotations

import argparse
import sys

from constructs_lib.cli.arguments import path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from constructs_lib.cli.arguments import Subparsers
    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.objectives.exports.resilience_hub import Exported

_HELP = {
    "resiliencehub": "Terraform (JSON) of aws_resiliencehub_resiliency_policy",
    "resiliencehubv2": "input of CreatePolicy of the next-generation Resilience Hub (JSON)",
    "openslo": "OpenSLO v1 documents for the uptime (YAML)",
}


def add_to(commands: Subparsers) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "export",
        help="an objective for AWS Resilience Hub or OpenSLO",
        description="Write an objective in another tool's form. What is lost or rounded on the way goes to the error "
        "output.",
        allow_abbrev=False,
    )
    targets = ", ".join(f"{name}: {text}" for name, text in _HELP.items())
    command.add_argument("target", choices=tuple(_HELP), metavar="TARGET", help=targets)
    command.add_argument(
        "--objectives", type=path, default="recovery.yaml", metavar="FILE", help="default: recovery.yaml"
    )
    command.add_argument("--workload", metavar="NAME", help="default: all")
    command.add_argument("--tier", help="of resiliencehub: its label; default NotApplicable")
    command.add_argument(
        "--data-location", help="of resiliencehub: AnyLocation (default), SameContinent or SameCountry"
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.declaration.declaration import load_declaration
    from constructs_lib.errors import InputError

    for option, given in (("--tier", options.tier), ("--data-location", options.data_location)):
        if given is not None and options.target != "resiliencehub":
            msg = f"{option} goes with resiliencehub, and {options.target} has no place for it; leave it out"
            raise InputError(msg)
    declaration = load_declaration(options.objectives)
    exported = _all_exported(options, declaration)
    for name, item in exported.items():
        for note in item.notes:
            sys.stderr.write(f"drctl: note: {name}: {note}\n")
    if options.target == "openslo":
        _write_yaml([document for item in exported.values() for document in item.content["documents"]])
    elif options.target == "resiliencehub":
        resources: dict[str, object] = {}
        for name, item in exported.items():
            # Terraform wants no digit first.
            called = f"_{name}" if name[0].isdecimal() else name
            if resources.setdefault(called.replace("-", "_"), item.content) is not item.content:
                msg = f"{name} and another workload would both be called {called.replace('-', '_')}; rename one of them"
                raise InputError(msg)
        _write_json({"resource": {"aws_resiliencehub_resiliency_policy": resources}})
    else:
        contents = [item.content for item in exported.values()]
        _write_json(contents[0] if options.workload is not None else contents)
    return 0


def _all_exported(options: argparse.Namespace, declaration: Declaration) -> dict[str, Exported]:
    """Return the workload that is named; else all that are built and have a place in the other form, the rest noted."""
    from constructs_lib.errors import InputError, ObjectiveError

    if options.workload is not None:
        return {options.workload: _exported(options, declaration, options.workload)}
    found, refused = {}, []
    for name in [name for name, item in declaration.workloads.items() if item.is_built]:
        try:
            found[name] = _exported(options, declaration, name)
        except ObjectiveError as error:
            refused.append(error)
    if not found:
        if refused:
            raise refused[0]
        msg = f"{declaration.file} declares no workload, so there is nothing to export; declare one"
        raise InputError(msg)
    for reason in refused:
        sys.stderr.write(f"drctl: note: not exported: {reason}\n")
    return found


def _exported(options: argparse.Namespace, declaration: Declaration, name: str) -> Exported:
    from constructs_lib.objectives.exports.openslo import openslo_documents
    from constructs_lib.objectives.exports.resilience_hub import policy_arguments, policy_v2

    objective = declaration.objective_for(name)
    match options.target:
        case "resiliencehub":
            labels = {"tier": options.tier, "data_location": options.data_location}
            return policy_arguments(name, objective, **{key: text for key, text in labels.items() if text is not None})
        case "resiliencehubv2":
            return policy_v2(name, objective)
        case _:
            return openslo_documents(name, objective, declaration.sla.period)


def _write_json(content: object) -> None:
    import json

    json.dump(content, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _write_yaml(documents: list[object]) -> None:
    import yaml

    yaml.safe_dump_all(documents, sys.stdout, sort_keys=False, explicit_start=True, allow_unicode=True)
