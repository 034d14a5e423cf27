"""The workload of the game day: storefront, alone in its stacks."""

from __future__ import annotations

from stacks.storefront import storefront

__all__ = ["NAME", "build"]

NAME = "storefront"
build = storefront


if __name__ == "__main__":
    from constructs_lib.terraform.engine import App

    app = App()
    build(app)
    app.synth()
