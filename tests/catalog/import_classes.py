"""Make `constructs_lib/catalog/databases/classes.json`, what instance classes RDS has where, from cfn-lint's lists.

Run from the repository's root, then commit what changed:

    python -m tests.catalog.import_classes

AWS keeps cfn-lint's lists from its own RDS and price APIs. Regions that the catalog does not know are left out.
"""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import constructs_lib.catalog.databases
from constructs_lib.catalog.databases.engines import load_engines
from constructs_lib.catalog.regions import load_regions

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = Path(constructs_lib.catalog.databases.__file__).with_name("classes.json")
_SOURCE: Final = "cfn-lint-rds"


def written() -> str:
    """Return the text of the file."""
    offered = _offered()
    engines = {
        name: _by_what_lacks(offered, name) for name in sorted({one.sized_as for one in load_engines().values()})
    }
    return json.dumps({"source": _SOURCE, "regions": sorted(offered), "engines": engines}, indent=0) + "\n"


def _offered() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return the classes of each engine in each Region."""
    spec = importlib.util.find_spec("cfnlint")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    path = "data/schemas/extensions/aws_rds_dbinstance/dbinstanceclass_enum.json"
    schema = json.loads(Path(spec.submodule_search_locations[0], path).read_bytes())
    found: dict[str, dict[str, frozenset[str]]] = {}
    for region in schema.keys() & load_regions().keys():
        of_engine: dict[str, set[str]] = defaultdict(set)
        for entry in schema[region]["allOf"]:
            of_engine[_value(entry["if"], "Engine", "const")].update(_value(entry["then"], "DBInstanceClass", "enum"))
        found[region] = {name: frozenset(classes) for name, classes in of_engine.items()}
    return found


def _value(schema: Any, name: str, keyword: str) -> Any:
    return schema["properties"][name][keyword]


def _by_what_lacks(offered: Mapping[str, Mapping[str, frozenset[str]]], engine: str) -> dict[str, str]:
    """Return the classes of *engine* by the Regions that lack them, each several in one text."""
    groups: dict[str, list[str]] = defaultdict(list)
    for instance_class in sorted(frozenset().union(*(of_engine.get(engine, ()) for of_engine in offered.values()))):
        lacking = sorted(region for region in offered if instance_class not in offered[region].get(engine, ()))
        groups[" ".join(lacking)].append(instance_class)
    return {lacking: " ".join(classes) for lacking, classes in sorted(groups.items())}


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
