"""KMS inside moto's process: a key that only encrypts has no pair of RSA keys before somebody wants it to sign."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_ONLY_ENCRYPTS: Final = "SYMMETRIC_DEFAULT"


def install() -> None:
    """Let moto make the pair of such a key, a tenth of a second's work, when it is asked for: which is never."""
    models: Any = import_module("moto.kms.models")
    models.generate_private_key = on_first_use(models.generate_private_key)


def on_first_use(generate: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return *generate*, which for a key that only encrypts is called when something of its result is used."""
    return lambda spec: _Pair(generate) if spec == _ONLY_ENCRYPTS else generate(spec)


class _Pair:
    def __init__(self, generate: Callable[[str], Any]) -> None:
        self._generate = generate
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # nothing of moto's, and what copies such an object asks before it is whole
            raise AttributeError(name)
        self._made = self._made or self._generate(_ONLY_ENCRYPTS)
        return getattr(self._made, name)
