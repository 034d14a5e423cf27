"""The commands of the design: objectives, the choice and its reasons, facts and prices."""

from __future__ import annotations
