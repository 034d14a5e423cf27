"""Run a command that ends with its parent: `python tether.py COMMAND ARGS...`, standard library only.

On Linux the kernel sends the command SIGTERM when the parent dies, even by SIGKILL; the tie survives `exec`. Elsewhere
the command runs untied.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_COMMAND_NOT_FOUND = 127


def main(command: list[str]) -> None:
    """Become `command`, tied to the parent."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the tie was made
            sys.exit(128 + signal.SIGTERM)
    # What the parent ignores, an exec'd command would ignore too; it must hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.stderr.write(f"error: cannot run {command[0]}: {error.strerror}\n")
        sys.exit(_COMMAND_NOT_FOUND)


if __name__ == "__main__":
    main(sys.argv[1:])
