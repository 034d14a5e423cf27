"""How tests read a part of a declaration, and see the line with which another is refused."""

from __future__ import annotations

from datetime import date

import pytest

from constructs_lib.declaration.declaration import Declaration, parse_declaration
from constructs_lib.errors import DeclarationError

TODAY = date(2026, 11, 23)

# The sample of the design, section 10.
SAMPLE = """\
version: 1
regions: {primary: eu-west-1, recovery: eu-central-1}
assumptions: {detection_time: 2m, decision_time: 15m}     # defaults of every objective
workloads:
  shop:
    objective: {rto: 1h, rpo: 15m, uptime: 99.9%}          # region, zone, hardware
    components:                                            # for review of any Terraform; constructs need none of this
      - match: aws_s3_bucket.assets                        # address glob
      - match: {tags: {team: shop}}                        # or tag selector
      - match: "module.db.*"
        objective: {region: {rto: 4h, rpo: 5m}, software: {rto: 4h, rpo: 5m}}
dependencies: [{name: e-mail, availability: 99.9%, critical: false}]
waivers: [{finding: RECOVERY-102, address: aws_s3_bucket.logs, owner: web team, expires: 2027-01-31, reason: rebuilt from source}]
"""  # noqa: E501


def read(text: str) -> Declaration:
    """Read the declaration that *text* completes after `version: 1`."""
    return parse_declaration(f"version: 1\n{text}", today=TODAY)


def refusal(text: str) -> str:
    """Return the one line with which the declaration is refused, without the name of its file."""
    with pytest.raises(DeclarationError) as caught:
        read(text)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 500
    assert message.startswith("recovery.yaml:")
    assert caught.value.exit_code == 2
    return message.removeprefix("recovery.yaml:")
