"""Certificates of ACM inside moto: issuing one is quick, and one that is brought along keeps its own key."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.emulator.data import certificates

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = {"account_id": "123456789012", "region": "eu-west-1"}


@pytest.fixture(name="models")
def _models(extra: None) -> Iterator[Any]:
    models: Any = import_module("moto.acm.models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "cryptography", models.cryptography)
        patch.setattr(models.CertBundle, "validate_pk", models.CertBundle.validate_pk)
        certificates.install()
        yield models


def test_certificates_share_their_keys_and_nothing_else(models: Any) -> None:
    one, other = (models.CertBundle.generate_cert(f"{name}.example.org", **PLACE) for name in ("one", "other"))

    assert one._key is other._key
    assert one._cert.serial_number != other._cert.serial_number
    assert (one.common_name, other.common_name) == ("one.example.org", "other.example.org")
    numbers = [bundle._cert.public_key().public_numbers() for bundle in (one, other)]
    assert numbers == [one._key.public_key().public_numbers()] * 2
    assert one.describe()["Certificate"]["KeyAlgorithm"] == "RSA_2048"


def test_a_key_that_is_brought_along_is_its_own_and_is_checked(models: Any) -> None:
    issued = models.CertBundle.generate_cert("one.example.org", **PLACE)
    rsa: Any = import_module("cryptography.hazmat.primitives.asymmetric.rsa")
    written: Any = import_module("cryptography.hazmat.primitives.serialization")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(written.Encoding.PEM, written.PrivateFormat.PKCS8, written.NoEncryption())

    brought = models.CertBundle(certificate=issued.cert, private_key=text, **PLACE)

    assert brought._key.private_numbers() == key.private_numbers()
    with pytest.raises(Exception, match="not PEM-encoded"):
        models.CertBundle(certificate=issued.cert, private_key=b"no key", **PLACE)
