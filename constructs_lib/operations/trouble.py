"""What an error of AWS means for an operation: whether it passes by itself, and what is to be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalog.access.authorization import load_authorization
from constructs_lib.operations.clients import ASKED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.operations.clients import Clients

__all__ = [
    "code_of",
    "is_of_the_way",
    "is_put_off",
    "is_refusal",
    "may_be_taken",
    "needs_sign_in",
    "passes",
    "put_right",
    "said",
    "said_to",
]

_NOT_NOW: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        # A table that was made or restored a moment ago: its backups are being enabled.
        "ContinuousBackupsUnavailableException",
        "IncorrectFileSystemLifeCycleState",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InvalidDBClusterEndpointStateFault",
        "InvalidDBClusterSnapshotStateFault",
        "InvalidDBClusterStateFault",
        "InvalidDBInstanceAutomatedBackupState",
        "InvalidDBInstanceState",
        "InvalidDBInstanceStateFault",
        "InvalidDBSecurityGroupState",
        "InvalidDBShardGroupState",
        "InvalidDBSnapshotState",
        "InvalidDBSubnetGroupStateFault",
        "InvalidGlobalClusterStateFault",
        "LimitExceededException",
        "OperationAborted",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "ResourceInUseException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "TableInUseException",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_SIGN_IN: Final = frozenset(
    {
        # What S3 says of a token that has expired where it is asked by HEAD, which is answered with the status alone.
        "400",
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
_CLOCK: Final = frozenset(
    {
        "InvalidSignatureException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)
# What is asked for by HEAD is answered with the status alone.
_DENIED: Final = frozenset({"403", "AuthorizationError", "Forbidden", "NotAuthorized", "UnauthorizedOperation"})
_DENIES: Final = "AccessDenied"
"""What the other codes begin with, or hold: `AccessDeniedException`, `KMSAccessDeniedException`."""
_NAMES_IT: Final = "not authorized to perform: "
"""What AWS says of whom it denies what, where it says it."""
_BUSY: Final = ("RequestLimitExceeded", "SlowDown", "Throttl", "TooManyRequests")
"""What the codes hold of what is put off for nothing that it asks."""
_NO_CREDENTIALS: Final = frozenset(
    {
        "CredentialRetrievalError",
        "LoginError",
        "NoAuthTokenError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "RefreshWithMFAUnsupportedError",
        "SSOError",
        "TokenRetrievalError",
    }
)


def passes(error: Exception) -> bool:
    """Tell whether an error is one that passes by itself: AWS was not reached, or is not ready."""
    from botocore.exceptions import ClientError

    if isinstance(error, ClientError):
        return _status_of(error) >= 500 or code_of(error) in _NOT_NOW
    return is_of_the_way(error)


def is_put_off(error: Exception) -> bool:
    """Tell whether a Region has too much to do to answer, or cannot."""
    return _status_of(error) >= 500 or any(word in code_of(error) for word in _BUSY)


def may_be_taken(error: Exception) -> bool:
    """Tell whether AWS may have done what was called although it answered with this, or not at all."""
    return _status_of(error) >= 500 or is_of_the_way(error)


def is_refusal(error: Exception) -> bool:
    """Tell whether it is what was asked that is refused, rather than who asks, or when."""
    return not (passes(error) or needs_sign_in(error) or code_of(error) in _CLOCK or _is_denied(error))


def put_right(error: Exception) -> str:
    """Return what is to be done before the operation can go on."""
    if needs_sign_in(error):
        return "sign in again"
    if code_of(error) in _CLOCK:
        return "sign in again, and see that the clock of this machine is right"
    if _is_denied(error):
        return "once that is allowed (--policy prints all that it takes)"
    return "that passes by itself" if passes(error) else "once that is put right"


def needs_sign_in(error: Exception) -> bool:
    """Tell whether nothing can be asked before somebody signs in again."""
    return _is_of_credentials(error) or code_of(error) in _SIGN_IN


def said(error: Exception) -> str:
    """Return an error as one line, without what a request held."""
    if code_of(error):
        return " ".join(f"{code_of(error)}: {_answer(error)['Error'].get('Message', '')}".split())[:300]
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def said_to(error: Exception, clients: Clients) -> str:
    """Return an error as one line; of what is denied also the action, and to whom, where AWS does not say it.

    Args:
        error: The error.
        clients: Who has asked.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    asked: tuple[str, str, str] | None = getattr(error, ASKED, None)
    if not _is_denied(error) or _NAMES_IT in said(error) or asked is None:
        return said(error)
    service, operation, region = asked
    known = load_authorization()
    service = known.services.get(service, service)
    action = known.operations.get(f"{service}:{operation}", f"{service}:{operation}")
    try:
        # Whoever is signed in may ask that.
        who = str(clients.call("sts", "GetCallerIdentity", region, {}, changes=False)["Arn"])
    except (BotoCoreError, ClientError, KeyError):
        who = "whoever is signed in"
    return f"{said(error)} ({who} is denied {action} in {region})"


def code_of(error: Exception) -> str:
    """Return the code of AWS's answer; empty where there is none."""
    return str(_answer(error).get("Error", {}).get("Code", ""))


def _is_denied(error: Exception) -> bool:
    """Tell whether it is who asks that may not."""
    return code_of(error) in _DENIED or _DENIES in code_of(error)


def _status_of(error: Exception) -> int:
    """Return the HTTP status of AWS's answer; 0 where there is none."""
    return int(_answer(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _answer(error: Exception) -> Mapping[str, Any]:
    """Return what AWS answered; empty where it did not."""
    response: Mapping[str, Any] | None = getattr(error, "response", None)
    return response or {}


def is_of_the_way(error: Exception) -> bool:
    """Tell whether something was lost on the way; boto3 refuses other things before it sends them."""
    from botocore.exceptions import ChecksumError, ConnectionError, HTTPClientError, IncompleteReadError

    return isinstance(error, ChecksumError | ConnectionError | HTTPClientError | IncompleteReadError)


def _is_of_credentials(error: Exception) -> bool:
    """Tell whether no call can be signed: there are no credentials, or they cannot be renewed."""
    # By name: older versions of botocore have not all of them.
    return not _NO_CREDENTIALS.isdisjoint(kind.__name__ for kind in type(error).__mro__)
