"""An AWS to rehearse against: ministack and moto behind one loopback port, Region failures through microburst.

    with emulated_aws() as aws:
        subprocess.run(["terraform", "apply"], env=aws.environment(os.environ))
        aws.client("s3", "eu-west-1").list_buckets()
        with aws.fail_region("eu-west-1"):
            ...

The emulators come with the extra `emulator` and run as child processes; nothing in this process is changed.
What is emulated by what, and what differs from AWS, is listed in `docs/emulator.md`.
"""

from __future__ import annotations

from constructs_lib.emulator.environment import EmulatedAws, emulated_aws
from constructs_lib.emulator.faults import FailureMode

__all__ = ["EmulatedAws", "FailureMode", "emulated_aws"]
