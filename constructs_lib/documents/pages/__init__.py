"""What each template is given: the document's facts, and its tables as rows of text."""

from __future__ import annotations
