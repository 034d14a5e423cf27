"""The resources of synthesized stacks, made again with the classes of the prebuilt AWS bindings.

    prebuilt.py prepare CDKTF_OUT PREPARED     finds the class, and the shape it takes, of each argument
    prebuilt.py build PREPARED                 is what gets measured: imports the classes and makes the resources

It runs in the rivals' environment, and in the way the bindings are fastest: only the modules of the resources that are
used are imported, nested blocks are plain dictionaries rather than objects, references are finished strings rather
than tokens, and there are no outputs. Finding the shapes by trial is not part of what is measured.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
from itertools import product
from pathlib import Path
from typing import Any

BINDINGS = "cdktf_cdktf_provider_aws"
META = ("//", "provider", "depends_on", "lifecycle")
MAPS = ("tags", "tags_all")
"""Arguments whose keys are the user's own."""


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    if arguments[0] == "prepare":
        prepared = prepare(Path(arguments[1]))
        Path(arguments[2]).write_text(json.dumps(prepared), encoding="utf-8")
    else:
        build(json.loads(Path(arguments[1]).read_text(encoding="utf-8")))


def build(stacks: list[dict[str, Any]]) -> None:
    """Make the stacks and synthesize them."""
    cdktf = importlib.import_module("cdktf")
    app = cdktf.App()
    for described in stacks:
        stack = cdktf.TerraformStack(app, described["name"])
        provider_class = importlib.import_module(f"{BINDINGS}.provider").AwsProvider
        providers = {}
        for index, arguments in enumerate(described["providers"]):
            provider = provider_class(stack, f"provider-{index}", **arguments)
            alias = arguments.get("alias")
            providers["aws" if alias is None else f"aws.{alias}"] = provider
        made: dict[str, Any] = {}
        for block in described["blocks"]:
            block_class = getattr(importlib.import_module(f"{BINDINGS}.{block['module']}"), block["class"])
            meta = {}
            if block["provider"] is not None:
                meta["provider"] = providers[block["provider"]]
            if block["lifecycle"] is not None:
                meta["lifecycle"] = block["lifecycle"]
            if block["depends_on"]:
                meta["depends_on"] = [made[address] for address in block["depends_on"]]
            made[block["address"]] = block_class(stack, block["id"], **block["arguments"], **meta)
    app.synth()


def prepare(out: Path) -> list[dict[str, Any]]:
    """Describe each stack under *out* in the terms of the bindings."""
    cdktf = importlib.import_module("cdktf")
    trial = cdktf.TerraformStack(cdktf.App(), "trial")
    prepared = []
    for path in sorted((out / "stacks").glob("*/cdk.tf.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        blocks = []
        for prefix, section in (("", "resource"), ("data.", "data")):
            for type_, named in document.get(section, {}).items():
                if type_.startswith("aws_"):
                    blocks += [_prepared(trial, prefix, type_, name, block) for name, block in named.items()]
        known = [block for block in blocks if block is not None]
        prepared.append(
            {
                "name": path.parent.name,
                "providers": [
                    {key: value for key, value in provider.items() if key in ("alias", "region")}
                    for provider in document["provider"]["aws"]
                ],
                "blocks": _in_order(known),
            }
        )
    return prepared


def _prepared(trial: Any, prefix: str, type_: str, name: str, block: dict[str, Any]) -> dict[str, Any] | None:
    module = ("data_" if prefix else "") + (type_ if prefix else type_.removeprefix("aws_"))
    found = _class_of(module)
    if found is None:
        return None
    allowed = inspect.signature(found.__init__).parameters
    arguments = {key: value for key, value in block.items() if key not in META and key in allowed}
    lifecycle = block.get("lifecycle")
    return {
        "address": f"{prefix}{type_}.{name}",
        "id": name if not prefix else f"{name}-data",
        "module": module,
        "class": found.__name__,
        "arguments": _accepted(trial, found, arguments),
        "provider": block.get("provider"),
        "depends_on": block.get("depends_on", []),
        "lifecycle": None if lifecycle is None else dict(lifecycle),
    }


def _class_of(module: str) -> Any:
    cdktf = importlib.import_module("cdktf")
    try:
        loaded = importlib.import_module(f"{BINDINGS}.{module}")
    except ModuleNotFoundError:
        return None
    for value in vars(loaded).values():
        if (
            isinstance(value, type)
            and issubclass(value, (cdktf.TerraformResource, cdktf.TerraformDataSource))
            and value.__module__ == loaded.__name__
        ):
            return value
    return None


_trials = iter(range(sys.maxsize))


def _accepted(trial: Any, found: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments in a shape that the class takes, without those it takes in none."""

    def takes(candidate: dict[str, Any]) -> bool:
        try:
            found(trial, f"trial-{next(_trials)}", **candidate)
        except Exception:  # of many classes, and each only says no
            return False
        return True

    signature = inspect.signature(found.__init__).parameters
    shapes = {key: _shapes(key, value) for key, value in arguments.items()}
    accepted = {key: options[0] for key, options in shapes.items()}
    if takes(accepted):
        return accepted
    # The class wants its required arguments together, so these are settled first, then each other one by itself.
    required = [key for key in arguments if signature[key].default is inspect.Parameter.empty]
    for options in product(*(shapes[key] for key in required)):
        accepted = dict(zip(required, options, strict=True))
        if takes(accepted):
            break
    for key in arguments:
        if key not in required:
            accepted.update(next(({key: shape} for shape in shapes[key] if takes({**accepted, key: shape})), {}))
    return accepted


def _shapes(key: str, value: Any) -> list[Any]:
    """Return the ways to write an argument: a block as one, and as a list of one."""
    if key in MAPS:
        return [value]
    if isinstance(value, dict):
        return [_shaped(value), _shaped([value])]
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        return [_shaped(value), _shaped(value[0])]
    return [_shaped(value)]


def _shaped(value: Any, *, listed: bool = False) -> Any:
    """Return a block as the bindings take it in a dictionary.

    Python gives a single block to a class of its own, under names with underscores. What is in a list goes on to
    Node.js as it is, and there the names are in camel case; others are dropped without a word.
    """
    if isinstance(value, list):
        return [_shaped(inner, listed=True) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        (_camel(key) if listed else key): inner if key in MAPS else _shaped(inner, listed=listed)
        for key, inner in value.items()
    }


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match.group(1).upper(), name)


def _in_order(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the blocks with each after those it depends on by name."""
    known = {block["address"] for block in blocks}
    ordered: list[dict[str, Any]] = []
    placed: set[str] = set()
    waiting = [{**block, "depends_on": [name for name in block["depends_on"] if name in known]} for block in blocks]
    while waiting:
        ready = [block for block in waiting if placed.issuperset(block["depends_on"])]
        ordered += ready
        placed.update(block["address"] for block in ready)
        waiting = [block for block in waiting if block["address"] not in placed]
    return ordered


if __name__ == "__main__":
    main(sys.argv[1:])
