"""A workload, and what is decided for each of its components before anything is built.

Every constructor of a component reads in one order, top to bottom:

1. check what needs no decision: types, forms, combinations of options;
2. `decision = decide(place, id, Kind.X, ...)` chooses, and changes nothing (`decide.py`);
3. check what depends on the decision, and every name that will be taken (`check_outputs`, `check_component_name`);
4. `build_component(self, sites, id)` makes the construct, where the engine refuses an id that is taken; it is the last
   check, and changes nothing if it refuses;
5. `commit(place, decision)` takes the id for good and writes the decision down; then build.

The `Decision` (`selection/decision.py`) is handed to all that is built, together with the sites. It answers what they
ask: `uses(mechanism)`, `protection(mechanism)`, `setting(mechanism, name)`, `number(mechanism, name)`,
`lag_alarm_seconds`, `tags`, `full_name`.
"""

from __future__ import annotations
