"""What `cdktf synth` and `cdktf deploy` run: synthesizes the reference workloads."""

from __future__ import annotations

import gc
import sys

from constructs_lib.errors import RecoveryError
from constructs_lib.terraform.engine import App
from stacks.application import build

if __name__ == "__main__":
    # What is made here is in use until the end; looking for what is not takes a thirtieth of the time.
    gc.disable()
    app = App()
    try:
        build(app)
    except RecoveryError as error:
        sys.exit(f"{error}")
    app.synth()
    # Nor is it looked through at the end of the process, which takes 7 % of the time.
    gc.freeze()
