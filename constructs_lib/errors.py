"""Every error this library raises, in one tree.

RecoveryError
├── InputError (ValueError)             what was given cannot be understood or is not allowed      drctl exit 2
│   ├── DurationError                   not a duration
│   ├── AvailabilityError               not an availability
│   ├── ObjectiveError                  an objective that contradicts itself
│   ├── DeclarationError                recovery.yaml: file, line and field
│   ├── CatalogError                    a catalogue or price file that is not well formed
│   ├── PlanError                       not a Terraform plan or state that can be read
│   └── ConfigurationError              a construct's option, or a combination of options
├── InfeasibleError                     well formed, and not to be had on AWS; carries the nearest  drctl exit 1
├── RefusedError                        an operation that must not begin, or must not go on         drctl exit 1
├── UnfinishedError                     an operation that has begun and is not finished              drctl exit 4
└── EvaluationError                     could not be evaluated: a tool is missing, AWS is silent   drctl exit 3
    └── EngineError                     neither cdktf nor cdktn can be used
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AvailabilityError",
    "CatalogError",
    "ConfigurationError",
    "DeclarationError",
    "DurationError",
    "EngineError",
    "EvaluationError",
    "InfeasibleError",
    "InputError",
    "ObjectiveError",
    "PlanError",
    "RecoveryError",
    "RefusedError",
    "UnfinishedError",
]


class RecoveryError(Exception):
    """Base of every error this library raises on purpose; its text is one sentence a user can act on."""

    exit_code = 3


class InputError(RecoveryError, ValueError):
    """Raised when something given cannot be understood or is not allowed."""

    exit_code = 2


class DurationError(InputError):
    """Raised when a value is not a duration."""


class AvailabilityError(InputError):
    """Raised when a value is not an availability between 0 % and 100 %."""


class ObjectiveError(InputError):
    """Raised when an objective contradicts itself."""


class DeclarationError(InputError):
    """Raised when `recovery.yaml` cannot be read; the text names file, line and field."""


class CatalogError(InputError):
    """Raised when a catalogue or price file is not well formed, or lacks a fact it must hold."""


class PlanError(InputError):
    """Raised when a document is not a Terraform plan or state that can be read."""


class ConfigurationError(InputError):
    """Raised when a construct is given an option, or a combination of options, that AWS or Terraform refuses."""


class InfeasibleError(RecoveryError):
    """Raised when no pattern keeps the objective.

    `nearest` is the nearest objective that can be had (an `Objective`, or None where nothing can), `rejected`
    every candidate with the number that blocked it.
    """

    exit_code = 1

    def __init__(self, message: str, *, nearest: object = None, rejected: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest
        self.rejected = tuple(rejected)


class RefusedError(RecoveryError):
    """Raised when an operation must not begin or go on: something is somebody else's, or needs a word of consent."""

    exit_code = 1


class UnfinishedError(RecoveryError):
    """Raised when an operation has begun and is not finished; the journal says how far it is.

    Args:
        what: What keeps it from its end.
        way: How it goes on; several that have the same way on are said together.
    """

    exit_code = 4

    def __init__(self, what: str, way: str = "") -> None:
        super().__init__(f"{what}; {way}" if way else what)
        self.what, self.way = what, way


class EvaluationError(RecoveryError):
    """Raised when something could not be evaluated: a missing tool, a file that cannot be read, a silent service."""

    exit_code = 3


class EngineError(EvaluationError):
    """Raised when neither `cdktf` nor `cdktn` can be used."""
