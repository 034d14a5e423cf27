"""Who asks AWS: the credentials of the environment."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from constructs_lib.operations.clients import AwsClients


def new_clients() -> AwsClients:
    """Return clients from the environment."""
    from constructs_lib.operations.clients import AwsClients

    return AwsClients()


def check_signed_in(clients: AwsClients) -> None:
    """Refuse to begin without credentials: an operation that cannot make a call is one more thing to clear up.

    Raises:
        EvaluationError: If there are none.
    """
    from constructs_lib.errors import EvaluationError

    if not clients.signed_in:
        msg = "there are no AWS credentials here; sign in, or name a profile in AWS_PROFILE"
        raise EvaluationError(msg)


def note_signed_out(clients: AwsClients) -> None:
    """Say that a plan is shown of which AWS was asked nothing."""
    if not clients.signed_in:
        sys.stderr.write("drctl: note: there are no AWS credentials here, so AWS is not asked how far things are\n")
