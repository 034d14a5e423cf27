"""Writing Terraform: the engine, AWS resources and the provider they belong to.

The names are loaded on first use, so that importing the package starts no engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.terraform.provider import AwsProvider, provider_constraint_of
    from constructs_lib.terraform.resource import AwsDataSource, AwsResource

__all__ = [
    "AwsDataSource",
    "AwsProvider",
    "AwsResource",
    "provider_constraint_of",
]

_MODULE_OF = {
    "AwsDataSource": "resource",
    "AwsProvider": "provider",
    "AwsResource": "resource",
    "provider_constraint_of": "provider",
}


def __getattr__(name: str) -> object:
    module = _MODULE_OF.get(name)
    if module is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
