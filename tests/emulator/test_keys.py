"""Keys of KMS inside moto: making one is quick, and what it can do is what moto lets it do."""

from __future__ import annotations

import copy

from constructs_lib.emulator.data.keys import on_first_use


class Made:
    def __init__(self, spec: str) -> None:
        self.spec = spec


def test_a_key_that_only_encrypts_gets_its_pair_on_first_use() -> None:
    made: list[str] = []
    generate = on_first_use(lambda spec: made.append(spec) or Made(spec))  # type: ignore[func-returns-value]

    key, other = generate("SYMMETRIC_DEFAULT"), generate("RSA_2048")
    copy.copy(key)

    assert made == ["RSA_2048"]
    assert (key.spec, key.spec, other.spec) == ("SYMMETRIC_DEFAULT", "SYMMETRIC_DEFAULT", "RSA_2048")
    assert made == ["RSA_2048", "SYMMETRIC_DEFAULT"]
