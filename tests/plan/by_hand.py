"""Plans written by hand with the configuration they were made of, for what no fixture needs a Terraform run."""

from __future__ import annotations

import json
from typing import Any

from constructs_lib.plan import Plan, read_plan


def expression(*references: str) -> dict[str, Any]:
    return {"references": list(references)}


def resource(address: str, provider: str, values: dict[str, Any], **expressions: Any) -> tuple[Any, Any]:
    type, _, name = address.partition(".")
    change = {"actions": ["create"], "before": None, "after": values, "after_unknown": {"id": True, "arn": True}}
    entry = {"address": address, "mode": "managed", "type": type, "name": name, "change": change}
    configured = {
        "address": address,
        "mode": "managed",
        "type": type,
        "name": name,
        "provider_config_key": provider,
        "expressions": expressions,
    }
    return entry, configured


def hand_made(*resources: tuple[Any, Any], providers: dict[str, Any], regions: Any = None, **more: Any) -> Plan:
    root = {"resources": [item[1] for item in resources], **more.pop("root", {})}
    document = {
        "format_version": "1.2",
        "resource_changes": [item[0] for item in resources],
        "configuration": {
            "provider_config": {
                key: {"name": "aws", "expressions": {} if region is None else {"region": region}}
                for key, region in providers.items()
            },
            "root_module": root,
        },
        **more,
    }
    return read_plan(json.dumps(document).encode(), regions=regions)
