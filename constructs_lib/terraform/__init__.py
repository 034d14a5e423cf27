"""Writing Terraform: the engine, AWS resources and the provider they belong to.

Importing this package starts no engine; importing a module of it does.
"""

from __future__ import annotations
