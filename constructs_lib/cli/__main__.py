"""`python -m constructs_lib.cli`: `drctl` where no script is installed."""

from __future__ import annotations

import sys

from constructs_lib.cli import main

sys.exit(main())
