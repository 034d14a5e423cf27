"""What moto looks up for each request anew, though it stays as it is: nearly half of what a request takes it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any


def install() -> None:
    """Let moto list its own folders, and the calls that a service knows, once; and botocore its models."""
    backends: Any = import_module("moto.backends")
    names = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: names
    responses: Any = import_module("moto.core.responses")
    responses.method_names_from_class = cache(responses.method_names_from_class)
    utilities: Any = import_module("moto.core.utils")
    utilities.create_loader = cache(utilities.create_loader)
