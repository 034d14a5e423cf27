"""Where things are built: sites, and what every resource of a site is named, tagged and watched by."""

from __future__ import annotations
