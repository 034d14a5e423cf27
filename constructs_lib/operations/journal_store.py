"""Where journals are kept beside the machine: texts, written on condition that nobody else has written since."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from constructs_lib.errors import RefusedError

__all__ = ["BucketStore", "Store"]

_CHANGED = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")
_ABSENT = ("NoSuchKey", "404", "NotFound")
_TRIES = 4
"""How often a write is made that meets another which leaves nothing behind."""


class Store(Protocol):
    """A place that keeps texts, each write on condition."""

    def read(self, id_: str) -> tuple[str, str] | None:
        """Return the text and its mark, or None where there is none."""

    def write(self, id_: str, text: str, mark: str | None) -> str:
        """Write the text where the mark is still *mark* (None: where there is none) and return the new mark.

        Raises:
            RefusedError: If somebody else has written.
        """

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all texts."""


class BucketStore:
    """Journals in a bucket.

    Args:
        client: A client of S3 in the bucket's Region.
        bucket: The bucket.
        prefix: What keys begin with. Default `drctl/operations`.
    """

    def __init__(self, client: Any, bucket: str, prefix: str = "drctl/operations") -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix.strip("/")

    def __str__(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}"

    def _key(self, id_: str) -> str:
        return f"{self._prefix}/{id_}.json"

    def read(self, id_: str) -> tuple[str, str] | None:
        """Return the text and its entity tag, or None where there is none; what is not UTF-8 stays, as surrogates."""
        from botocore.exceptions import ClientError

        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._key(id_))
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise
        return found["Body"].read().decode(errors="surrogateescape"), found["ETag"]

    def write(self, id_: str, text: str, mark: str | None) -> str:
        """Write the text where the object is still the one with entity tag *mark*, or somebody has deleted it."""
        from botocore.exceptions import ClientError

        tries = 0
        while True:
            try:
                return self._put(id_, text, mark)
            except ClientError as error:
                if error.response["Error"]["Code"] not in (*_CHANGED, *_ABSENT):
                    raise
                found = self.read(id_)
                # A write that was taken and not answered, tried again, meets itself.
                if found is not None and found[0] == text:
                    return found[1]
                # S3 gives up one of two writes that meet, a retry of the same too; and somebody may have deleted it.
                there = None if found is None else found[1]
                if there not in (mark, None):
                    msg = f"somebody else goes on with operation {id_} ({self} has changed); let one of you do it"
                    raise RefusedError(msg) from error
                tries += 1
                if tries >= _TRIES:
                    raise
                mark = there

    def _put(self, id_: str, text: str, mark: str | None) -> str:
        condition = {"IfNoneMatch": "*"} if mark is None else {"IfMatch": mark}
        written = self._client.put_object(
            Bucket=self._bucket, Key=self._key(id_), Body=text.encode(), ContentType="application/json", **condition
        )
        tag: str = written["ETag"]
        return tag

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all journals in the bucket."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{self._prefix}/")
        keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        return tuple(Path(key).stem for key in keys if key.endswith(".json"))
