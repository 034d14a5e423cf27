"""ACM inside moto: all certificates that it issues share one pair of RSA keys, which is made and checked once."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any


def install() -> None:
    """Spare each certificate a pair of keys of its own, a quarter of a second's work: nobody asks for them."""
    rsa: Any = import_module("cryptography.hazmat.primitives.asymmetric.rsa")
    models: Any = import_module("moto.acm.models")
    pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    # As moto's module refers to what it makes certificates with.
    making = SimpleNamespace(generate_private_key=lambda **_: pair)
    primitives = SimpleNamespace(asymmetric=SimpleNamespace(rsa=making))
    models.cryptography = SimpleNamespace(x509=models.cryptography.x509, hazmat=SimpleNamespace(primitives=primitives))
    written = models.serialization
    own = pair.private_bytes(written.Encoding.PEM, written.PrivateFormat.TraditionalOpenSSL, written.NoEncryption())
    check = models.CertBundle.validate_pk
    models.CertBundle.validate_pk = lambda bundle: pair if bundle.key == own else check(bundle)
