"""Disaster-recovery patterns on AWS, chosen from a declared RTO and RPO, as CDKTF constructs.

Importing this package loads neither the CDK engine nor boto3: the public names are loaded on first use. They are listed
once, in the stub beside this file, which type checkers and editors read as well.
"""

from __future__ import annotations

_module_of: dict[str, str] = {}


def _modules() -> dict[str, str]:
    """Return the public names and the module each comes from, as the stub imports them."""
    if not _module_of:
        import ast
        from pathlib import Path

        stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
        for node in stub.body:
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                _module_of.update({alias.name: node.module for alias in node.names})
    return _module_of


def __getattr__(name: str) -> object:
    if name == "__all__":
        return sorted(_modules())
    module = None if name.startswith("_") else _modules().get(name)
    if module is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    import importlib

    value: object = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_modules()})
