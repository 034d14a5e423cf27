"""Operations: a procedure run, with a journal from which it can be resumed."""

from __future__ import annotations
