"""The journal of an operation: what was meant, what was done, and what AWS said, so that another can go on.

One object for each operation in a bucket of the recovery Region, each write on condition that nobody else has written
since, and the same text in a file here. Where the bucket does not answer, the operation goes on with the file alone,
and says so. There is no secret in it: no call of a procedure takes one, and no reply is kept but the names that later
steps need.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.errors import EvaluationError, InputError, RefusedError
from constructs_lib.files import write_file
from constructs_lib.operations.journal_form import check_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.operations.journal_store import Store

__all__ = ["Journal", "NotToldError", "default_directory", "journals", "now"]

SCHEMA_VERSION = 1
_LONG: Final = 5.0
"""Seconds that a bucket may be silent for nothing before the recovery goes on without it for a while."""
_RESTS: Final = 10
"""How many times as long as it was silent it is then left alone: it costs a tenth of the time at most."""


class NotToldError(EvaluationError):
    """Raised where a journal is not here, and whether it is in the bucket cannot be told."""


def now() -> str:
    """Return the time in UTC, as it is written down."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def default_directory() -> Path:
    """Return where journals are kept on this machine."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "drctl" / "operations"


class Journal:
    """The journal of one operation.

    Args:
        content: What is written.
        directory: Where the file is kept.
        store: Where the object is kept; None: nowhere.
        mark: The object's mark; None: it is not written yet.

    Attributes:
        trouble: Why it is not where it should be, or not read from there; None: it is.
        typed: The options with which whoever goes on finds the same stacks and journals, each after a space.
    """

    def __init__(
        self, content: dict[str, Any], directory: Path, store: Store | None = None, mark: str | None = None
    ) -> None:
        self.content = content
        self._directory, self._store, self._mark = directory, store, mark
        self._opened: int = content["revision"]
        self._unanswered: list[str] = []
        self._rests_until = 0.0
        self.trouble: str | None = None
        self.typed = ""

    @classmethod
    def begin(cls, id_: str, directory: Path, store: Store | None, *, design: str, facts: Mapping[str, Any]) -> Journal:
        """Return the journal of a new operation, written.

        Args:
            id_: The operation.
            directory: Where the file is kept.
            store: Where the object is kept.
            design: The digest of what the operation is planned from.
            facts: What is to be done, to what, by whom.

        Raises:
            RefusedError: If there is an operation of that id.
            EvaluationError: If it can be written nowhere.
        """
        content = {
            "schema_version": SCHEMA_VERSION,
            "id": id_,
            "revision": 0,
            "design": design,
            "version": version("cdktf-dr"),
            "began": now(),
            "closed": None,
            "result": None,
            **facts,
            "components": {},
        }
        journal = cls(content, directory, store)
        if (directory / f"{id_}.json").exists():
            msg = f"there is an operation {id_} already; go on with `drctl resume {id_}`"
            raise RefusedError(msg)
        journal.save()
        return journal

    @classmethod
    def open(cls, id_: str, directory: Path, store: Store | None) -> Journal:
        """Return the journal of an operation, from wherever it is newer.

        Raises:
            InputError: If there is none.
            NotToldError: If it is not here, and the bucket does not tell.
            EvaluationError: If it cannot be understood, here or there.
        """
        path = directory / f"{id_}.json"
        local = path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else None
        remote, trouble = _read(store, id_)
        # Of two that are as new the one in the bucket counts, to which all have written on condition.
        texts = [text for text in (remote[0] if remote else None, local) if text is not None]
        if trouble and not texts:
            raise NotToldError(trouble)
        if not texts:
            where = f"{directory} or {store}" if store is not None else str(directory)
            msg = f"there is no operation {id_!r} in {where}; `drctl operations` lists what there is"
            raise InputError(msg)
        content, torn = _newest(texts, id_)
        journal = cls(content, directory, store, remote[1] if remote else None)
        journal.trouble = trouble or torn
        return journal

    @property
    def id(self) -> str:
        """The operation."""
        return str(self.content["id"])

    @property
    def is_open(self) -> bool:
        """Whether the operation is not finished."""
        return self.content["closed"] is None

    @property
    def has_begun(self) -> bool:
        """Whether anything may have been changed: no call that changes something is made before its intent is here."""
        parts = self.content["components"].values()
        return any(entry.get("began") for part in parts for entry in part["steps"].values())

    @property
    def given_up(self) -> str | None:
        """When and by whom it was given up; None: it was not."""
        found = self.content.get("given_up")
        return None if found is None else f"given up at {found['at']} by {found['by']}"

    @property
    def other_version(self) -> str | None:
        """The version that began the operation, where it is not this one; None: this one, or it is not written."""
        found = self.content.get("version")
        return None if found in (None, version("cdktf-dr")) else str(found)

    @property
    def resume(self) -> str:
        """The command that goes on with the operation."""
        if self.content["command"] == "drill":
            return f"drctl drill {self.content['workload']} --resume {self.id}{self.typed}"
        return f"drctl resume {self.id}{self.typed}"

    @property
    def giving_up(self) -> str:
        """The command that says that nobody goes on with the operation."""
        if self.content["command"] == "drill":
            return f"{self.resume} --clean"
        return f"drctl operations --give-up {self.id}{self.typed}"

    def component(self, name: str) -> dict[str, Any]:
        """Return what is written about a component, to be changed in place and saved."""
        found: dict[str, Any] = self.content["components"].setdefault(name, {"names": {}, "kept": {}, "steps": {}})
        return found

    def step(self, component: str, step: str) -> dict[str, Any]:
        """Return what is written about a step, to be changed in place and saved."""
        found: dict[str, Any] = self.component(component)["steps"].setdefault(step, {"state": "not begun"})
        return found

    def note_who_answers(self, simulated: bool) -> None:
        """Note whether it was AWS that answered; once something else has, a part of the operation was simulated."""
        self.content["simulated"] = self.content.get("simulated", False) or simulated

    def save(self) -> None:
        """Write it, here and in the bucket.

        Raises:
            RefusedError: If somebody else goes on with the operation.
            EvaluationError: If it can be written nowhere.
        """
        self.content["revision"] += 1
        text = json.dumps(self.content, indent=1, sort_keys=True)
        # There first: what another has refused is not to look newer here than what that one has written since.
        there = self._store is not None and self._save_there(self._store, text)
        here = self._save_here(text)
        if not (here or there):
            msg = f"the journal of {self.id} can be written neither to {self._directory} nor to a bucket"
            raise EvaluationError(msg)

    def leave(self, why: str) -> None:
        """Write why a run has left off before the end; whoever goes on sees it.

        Args:
            why: In words.
        """
        self.content["left"] = {"at": now(), "why": why}
        self._save_once_more()

    def close_unbegun(self, why: str) -> None:
        """Write that the operation is over before it has changed anything.

        Args:
            why: In words.
        """
        self.content["components"].clear()  # what was only looked at
        self.close(f"not begun: {why}", {})

    def give_up(self, by: str) -> None:
        """Write that nobody goes on with the operation; why it was left stays written.

        Args:
            by: Who says so.
        """
        self.content["given_up"] = {"at": now(), "by": by}
        self.content["closed"], self.content["result"] = now(), "given up"
        self._save_once_more()

    def close(self, result: str, differences: Mapping[str, Any]) -> None:
        """Write that the operation is finished, and how.

        Args:
            result: How, in words.
            differences: Settings in which what was restored is not as its source, by component.
        """
        self.content["closed"], self.content["result"] = self.content["closed"] or now(), result
        self.content.pop("left", None)
        self.content["differences"] = {name: [dict(row) for row in rows] for name, rows in differences.items()}
        self._save_once_more()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep others on this machine from going on with the operation; the end of the process lets go of it.

        Raises:
            RefusedError: If somebody else goes on with it, or has since this one was opened.
        """
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (self._directory / f"{self.id}.lock").open("w", encoding="utf-8")
        except OSError:
            # Then the journal is in the bucket alone, each write of it on condition.
            yield
            return
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                msg = f"another drctl on this machine goes on with {self.id}; let it, or end it first"
                raise RefusedError(msg) from None
            self._check_still_newest()
            yield

    def _check_still_newest(self) -> None:
        """Check that nobody here has written it since it was opened, as while somebody was asked whether to give it up.

        Raises:
            RefusedError: If somebody has: what that one has done would be written over.
        """
        try:
            written = int(json.loads((self._directory / f"{self.id}.json").read_bytes())["revision"])
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return
        if written > self.content["revision"]:
            msg = f"somebody has gone on with {self.id} meanwhile; see `drctl operations`, and begin again"
            raise RefusedError(msg)

    def _save_once_more(self) -> None:
        """Write what this run writes last: whoever goes on elsewhere reads the bucket alone."""
        self._rests_until = 0.0
        self.save()

    def _save_here(self, text: str) -> bool:
        path = self._directory / f"{self.id}.json"
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_file(path, text, durable=True)
        except OSError as error:
            self.trouble = f"{path} cannot be written: {error.strerror or error}"
            return False
        return True

    def _save_there(self, store: Store, text: str) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        begun = time.monotonic()
        if begun < self._rests_until:
            return False
        try:
            try:
                self._mark = store.write(self.id, text, self._mark)
            except RefusedError:
                found = store.read(self.id)
                if found is None or not self._is_before(found[0]):
                    raise
                self._mark = store.write(self.id, text, found[1])
            self._unanswered.clear()
        except (BotoCoreError, ClientError) as error:
            self._unanswered.append(text)
            took = time.monotonic() - begun
            if took > _LONG:
                self._rests_until = begun + took * (1 + _RESTS)
            self.trouble = f"the journal is kept on this machine alone: {store} does not take it ({error})"
            return False
        return True

    def _is_before(self, text: str) -> bool:
        """Tell whether what is there is no other's: taken without an answer, or not readable when this was opened."""
        if text in self._unanswered:
            return True
        try:
            return int(json.loads(text)["revision"]) <= self._opened
        except (ValueError, TypeError, KeyError, RecursionError):
            return False


def _read(store: Store | None, id_: str) -> tuple[tuple[str, str] | None, str | None]:
    from botocore.exceptions import BotoCoreError, ClientError

    if store is None:
        return None, None
    try:
        return store.read(id_), None
    except (BotoCoreError, ClientError) as error:
        return None, f"only journals on this machine are read: {store} does not tell {id_} ({error})"


def _newest(texts: list[str], id_: str) -> tuple[dict[str, Any], str | None]:
    """Return what the newest of *texts* holds, and why another one is not read."""
    found, torn = [], None
    for text in texts:
        try:
            content = json.loads(text.encode(errors="surrogateescape"))
            if content["schema_version"] != SCHEMA_VERSION:
                # It may be the newer one: nobody goes on with the other.
                msg = (
                    f"the journal of {id_} is of schema {content['schema_version']}, and this drctl knows "
                    f"{SCHEMA_VERSION}; use the version that began the operation, which the kit has"
                )
                raise EvaluationError(msg)
            check_form(content)
            # Members without which a journal of before can be read.
            content.setdefault("arguments", {}).setdefault("names", {})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            torn = f"the journal of {id_} cannot be read ({error}); restore it from an older version of the object"
        else:
            found.append(content)
    if not found:
        raise EvaluationError(torn)
    return max(found, key=lambda item: item["revision"]), torn


def journals(directory: Path, store: Store | None, *, beginning: str | tuple[str, ...] = "") -> Iterator[Journal]:
    """Yield every journal there is, oldest first; those here where the store does not answer.

    One that cannot be read keeps nobody from the others: it is the trouble of each.

    Args:
        directory: Where they are on this machine.
        store: Where they are in the recovery Region; None: nowhere.
        beginning: What the ids of those that are meant begin with; each of the others would be a read of the store.

    Raises:
        EvaluationError: If the store does not answer, and there is none here; or if none of them can be read.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    ids = {path.stem for path in directory.glob("*.json")}
    trouble = None
    if store is not None:
        try:
            ids |= set(store.ids())
        except (BotoCoreError, ClientError) as error:
            trouble = f"{store} cannot be listed ({error})"
            if not ids:
                raise EvaluationError(trouble) from error
    found, unread = [], []
    for id_ in sorted(item for item in ids if item.startswith(beginning)):
        if store is None and not (directory / f"{id_}.json").is_file():
            continue
        begun = time.monotonic()
        try:
            found.append(Journal.open(id_, directory, store))
            silent = found[-1].trouble
        except EvaluationError as error:
            silent = str(error)
            unread.append(silent)
        if silent and time.monotonic() - begun > _LONG:
            # One is enough to wait for: the day has not the time to ask for each.
            store, trouble = None, silent
    if unread and not found:
        raise EvaluationError(unread[0])
    for journal in found:
        journal.trouble = "; ".join(dict.fromkeys(filter(None, (journal.trouble or trouble, *unread)))) or None
    yield from sorted(found, key=lambda journal: str(journal.content["began"]))
