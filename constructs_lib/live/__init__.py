"""Live AWS, read through boto3 into what the reader of plans reads: resources under Terraform's names.

What cannot be asked is unknown, with AWS's error code, and never taken for absent; one answer that fails ends nothing.
"""

from __future__ import annotations
