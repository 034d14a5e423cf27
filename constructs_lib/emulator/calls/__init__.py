"""One call of the AWS API: read in its service's words, logged, and asked by the emulator itself."""

from __future__ import annotations
