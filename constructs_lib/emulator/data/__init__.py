"""What happens to data inside the emulators' processes: writes are logged, replicate late, are lost with their Region.

Everything else about the emulated AWS stands in front of the emulators, as stand-ins. This cannot: a write to a bucket
or a table has many forms, and only where it is stored do all of them come together.
"""

from __future__ import annotations
