"""Text that Terraform fills in later."""

from __future__ import annotations


def is_token(text: str) -> bool:
    """Tell whether *text* holds a reference, whose value is not known yet.

    The engine can tell as well, and each question to it is a round trip to Node.js.
    """
    return "${" in text
