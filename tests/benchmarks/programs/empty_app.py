"""An app of the engine with one empty stack: what every app pays before it has a resource."""

from __future__ import annotations

from cdktf import App, TerraformStack

app = App()
TerraformStack(app, "empty")
app.synth()
