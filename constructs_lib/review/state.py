"""Whether Terraform itself can be used in the disaster."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.components import Kind
from constructs_lib.review.finding import Found
from constructs_lib.review.subject import counted, leaves_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.case import Case

_NAMED: Final = re.compile(r"(?:tf|terraform|tofu)[-_.]?(?:remote[-_.]?)?(?:state|backend)s?", re.IGNORECASE)


def state(case: Case) -> Iterator[Found]:
    """Yield states that span Regions, and buckets of states that are in one Region only.

    A plan does not say where its own state is kept, so the bucket is recognized by its name, where it is in a plan.
    """
    yield from _spanning(case)
    for subject in case.subjects.values():
        bucket = case.plan.resources_after.get(subject.address)
        if subject.after is None or bucket is None or bucket.type != "aws_s3_bucket" or subject.copy_of is not None:
            continue
        name = "" if bucket.is_sensitive("bucket") else bucket.text("bucket") or ""
        if not _NAMED.search(name) and not _NAMED.search(subject.local):
            continue
        copied = any(leaves_region(subject.after, item) for item in counted(subject.after))
        if not copied and not any(item.unknown for item in subject.after.protections):
            yield Found(id="RECOVERY-504", address=subject.address, subject=subject)


def _spanning(case: Case) -> Iterator[Found]:
    """A component and a copy of it in one state: one finding for each component."""
    told: set[str] = set()
    for address, original in case.plan.copies_after.items():
        copy, source = (case.plan.resources_after.get(name) for name in (address, original))
        subject = case.subjects.get(original)
        if copy is None or source is None or subject is None or original in told or copy.document != source.document:
            continue
        if subject.kind is Kind.KEY:
            continue  # replica keys never change in a recovery
        if None not in (copy.region, source.region) and copy.region != source.region:
            told.add(original)
            values = {"original": original, "home": str(source.region), "region": str(copy.region)}
            yield Found(id="RECOVERY-503", address=address, subject=subject, values=values)
