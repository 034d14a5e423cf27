"""A repository to start from: an app, its declaration, its tests and the workflow that reviews it."""

from __future__ import annotations
