"""Runs another program without garbage collection, as `stacks` asks for itself.

uncollected.py PROGRAM ARGUMENTS...
"""

from __future__ import annotations

import gc
import runpy
import sys

gc.disable()
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
gc.freeze()
