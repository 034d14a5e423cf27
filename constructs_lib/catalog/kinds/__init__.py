"""What AWS offers for each kind of component: a TOML file a kind, and the records they are read into."""

from __future__ import annotations
