"""The rights of an operation are named as IAM names them."""

from __future__ import annotations

import botocore.session
import pytest

from constructs_lib.operations.rights import _actions
from constructs_lib.procedures import PROCEDURES

CALLED = sorted({call.service for item in PROCEDURES for step in (*item.steps, *item.back) for call in step.calls()})


@pytest.mark.parametrize("service", CALLED)
def test_a_right_has_the_name_that_the_service_signs_with(service: str) -> None:
    signs = botocore.session.get_session().get_service_model(service).signing_name
    actions = {
        action
        for item in PROCEDURES
        for step in (*item.steps, *item.back)
        if any(call.service == service for call in step.calls()) and step.each is None
        for action in _actions(step)
    }

    assert any(action.startswith(f"{signs}:") for action in actions)
    assert signs == service or not any(action.startswith(f"{service}:") for action in actions)
