"""The recovery kit: what `drctl` needs on the day, in one directory that checks itself.

It holds what the stacks tell of the workloads (decisions, names and settings, without contents and secrets), the
procedures as data and as printed runbooks, who answers, and the version that it was made with. With a wheelhouse it
also holds the program itself, so that neither the repository nor an index of packages is needed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.documents.documents import render_documents
from constructs_lib.documents.read.stacks import read_stacks
from constructs_lib.documents.runbook import procedure_for
from constructs_lib.errors import EvaluationError, InputError, RefusedError
from constructs_lib.files import write_files
from constructs_lib.objectives import Disruption
from constructs_lib.plan.stacks import stack_files
from constructs_lib.procedures.routing import LATCH
from constructs_lib.procedures.value import Carried, Json, Metadata, Name, Tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.declaration import Declaration
    from constructs_lib.documents.documented_workload import DocumentedWorkload
    from constructs_lib.procedures import Call, Procedure, Step

__all__ = ["KIT_FILE", "KIT_TAG", "build_kit", "check_kit", "fetch_kit", "kit_files", "open_kit"]

SCHEMA_VERSION: Final = 1
KIT_FILE: Final = "kit.json"
KIT_TAG: Final = "recovery:kit"
"""The tag of the objects that hold a kit; a kit does not hold itself."""
_SECRET: Final = frozenset(
    {"auth_token", "master_password", "master_password_wo", "password", "password_wo", "private_key", "secret_binary",
     "secret_string", "secret_string_wo"}
)  # fmt: skip
"""Arguments that may hold a secret."""
_CONTENT: Final = frozenset({"content", "content_base64", "source", "user_data", "user_data_base64", "inline"})
"""Arguments that hold what is stored or run; nothing is recovered by them."""
_LEFT_OUT: Final = frozenset({"aws_secretsmanager_secret_version", "aws_ssm_parameter"})
_KEPT: Final = ("//", "data", "provider", "resource")


def build_kit(directory: Path, stacks: Path, declaration: Declaration | None) -> tuple[Path, ...]:
    """Write the kit of all workloads that *stacks* hold, and return its files.

    The same stacks give the same kit, to the letter.

    Args:
        directory: Where; what is there under the same names is replaced.
        stacks: What `cdktf synth` wrote.
        declaration: Tells owners and deputies; None: nobody is named.

    Raises:
        EvaluationError: If there are no stacks, or it cannot be written.
    """
    workloads = read_stacks(stacks, None)
    texts = dict(_stacks(stacks))
    for workload in workloads:
        texts[f"procedures/{workload.name}.json"] = _json(_procedures(workload))
    for document in render_documents(workloads, ("runbook",), ("markdown", "html")):
        texts[f"documents/{document.name}"] = document.text
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "cdktf-dr", "version": version("cdktf-dr")},
        "workloads": [
            {
                "name": workload.name,
                "primary": workload.primary,
                "recovery": workload.recovery,
                "owners": _owners(declaration, workload.name),
                "stored": [place for region, place in workload.stored if region == workload.recovery],
            }
            for workload in workloads
        ],
        "sha256": {name: _digest(text.encode()) for name, text in sorted(texts.items())},
    }
    texts[KIT_FILE] = _json(manifest)
    files = {directory / name: text for name, text in sorted(texts.items())}
    try:
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
        # Together: a new manifest over old files would be a kit that nobody may open.
        write_files(files)
    except OSError as error:
        msg = f"{error.filename} cannot be written: {error.strerror}; name another directory, or free this one"
        raise EvaluationError(msg) from error
    return tuple(files)


def open_kit(directory: Path) -> tuple[tuple[DocumentedWorkload, ...], tuple[str, ...]]:
    """Return the workloads of the kit in *directory*, and what to beware of.

    Raises:
        EvaluationError: If it is no kit, or a file of it is missing.
        RefusedError: If a file is not what it was when the kit was made.
    """
    manifest = check_kit(directory)
    made, here = manifest["tool"]["version"], version("cdktf-dr")
    notes = [] if made == here else [f"the kit was made by version {made}, and this is {here}: install the kit's own"]
    for workload in manifest["workloads"]:
        owners = workload["owners"]
        if owners is None:
            notes.append(f"{workload['name']}: nobody is named who answers for it")
        if workload["recovery"] is not None and not workload["stored"]:
            notes.append(
                f"{workload['name']}: its stacks kept no documents in {workload['recovery']} when the kit was made, so "
                f"its journals stay on this machine; name a bucket with --journal, or build the kit after a synth with "
                f"a DocumentStore"
            )
    return read_stacks(directory, None), tuple(notes)


def check_kit(directory: Path) -> dict[str, Any]:
    """Return the manifest of the kit in *directory*, after a look at every file.

    Raises:
        EvaluationError: If it is no kit, or a file of it is missing.
        RefusedError: If a file is not what it was when the kit was made.
    """
    if not directory.is_dir():
        msg = f"there is no directory {str(directory)!r} with a kit; `drctl kit build` makes one"
        raise InputError(msg)
    manifest = _manifest(_read(directory / KIT_FILE), str(directory / KIT_FILE))
    for name, digest in manifest["sha256"].items():
        if _digest(_read(directory / name)) != digest:
            msg = f"{directory / name} is not what it was when the kit was made; fetch or build the kit anew"
            raise RefusedError(msg)
    return manifest


def kit_files(directory: Path) -> tuple[tuple[str, Path], ...]:
    """Return the names and files of the data of the kit in *directory*, the manifest first; no wheelhouse."""
    return tuple((name, directory / name) for name in (KIT_FILE, *check_kit(directory)["sha256"]))


def fetch_kit(client: Any, bucket: str, prefix: str, directory: Path) -> None:
    """Copy the data of a kit from a bucket to *directory*.

    Args:
        client: A client of S3 in the bucket's Region.
        bucket: The bucket.
        prefix: What its keys begin with.
        directory: Where to.

    Raises:
        InputError: If there is none.
        EvaluationError: If it cannot be read.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    start = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def fetch(name: str) -> bytes:
        try:
            content: bytes = client.get_object(Bucket=bucket, Key=start + name)["Body"].read()
        except (client.exceptions.NoSuchKey, client.exceptions.NoSuchBucket) as error:
            if name != KIT_FILE:
                msg = f"the kit's s3://{bucket}/{start}{name} is not there; fetch or build the kit anew"
                raise EvaluationError(msg) from error
            msg = f"there is no kit at s3://{bucket}/{start}; `drctl kit build` makes one"
            raise InputError(msg) from error
        except (BotoCoreError, ClientError) as error:
            msg = f"the kit's s3://{bucket}/{start}{name} cannot be read ({error})"
            raise EvaluationError(msg) from error
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return content

    manifest = _manifest(fetch(KIT_FILE), f"s3://{bucket}/{start}{KIT_FILE}")
    for name in manifest["sha256"]:
        fetch(name)


def _manifest(content: bytes, where: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        msg = f"{where} is not JSON ({error}); build the kit anew"
        raise InputError(msg) from error
    if not isinstance(found, dict) or found.get("schema_version") != SCHEMA_VERSION or "sha256" not in found:
        msg = f"{where} is no kit that this version reads; use the version in the kit's wheelhouse, or build it anew"
        raise InputError(msg)
    for name in found["sha256"]:
        parts = Path(name).parts
        if Path(name).is_absolute() or ".." in parts:
            msg = f"{where} names {name!r}, which is outside of it; build the kit anew"
            raise InputError(msg)
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}); `drctl kit build` makes a kit"
        raise EvaluationError(msg) from error


def _owners(declaration: Declaration | None, workload: str) -> dict[str, str] | None:
    declared = None if declaration is None else declaration.workloads.get(workload)
    if declared is None or declared.owners is None:
        return None
    return {"owner": declared.owners.owner, "deputy": declared.owners.deputy}


# ---------------------------------------------------------------- what the stacks tell


def _stacks(directory: Path) -> Iterator[tuple[str, str]]:
    for file in stack_files(directory):
        content = json.loads(file.read_text(encoding="utf-8"))
        kept = {key: content[key] for key in _KEPT if key in content}
        kept["provider"] = {
            name: [
                {key: item[key] for key in ("alias", "region") if key in item}
                for item in (given if isinstance(given, list) else [given])
            ]
            for name, given in kept.get("provider", {}).items()
        }
        kept["resource"] = {
            type_: {name: _without_secrets(arguments) for name, arguments in named.items() if not _is_kit(arguments)}
            for type_, named in kept.get("resource", {}).items()
            if type_ not in _LEFT_OUT
        }
        yield f"stacks/{file.parent.name}/cdk.tf.json", _json(kept)


def _is_kit(arguments: Mapping[str, Any]) -> bool:
    return KIT_TAG in (arguments.get("tags") or {})


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_secrets(item) for key, item in value.items() if key not in _SECRET | _CONTENT}
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return value


# ---------------------------------------------------------------- procedures as data


def _procedures(workload: DocumentedWorkload) -> dict[str, Any]:
    found = {
        item.name: {
            disruption.value: _procedure(procedure)
            for disruption in Disruption
            if (procedure := procedure_for(item, disruption)) is not None
        }
        for item in workload.components
    }
    latch = {} if workload.latch is None else {workload.latch.alarm: {Disruption.REGION.value: _procedure(LATCH)}}
    return found | latch


def _procedure(procedure: Procedure) -> dict[str, Any]:
    return {
        "procedure": procedure.called(),
        "source": procedure.source,
        "fence": procedure.fence.value,
        "steps": [_step(step) for step in procedure.steps],
        "back": [_step(step) for step in procedure.back],
    }


def _step(step: Step) -> dict[str, Any]:
    told = {
        "id": step.id,
        "title": step.title,
        "part": step.part.value,
        "by_hand": step.by_hand,
        "call": None if step.call is None else _call(step.call),
        "each": None if step.each is None else step.each.value,
        "probe": None
        if step.probe is None
        else {"call": _call(step.probe.call), "query": step.probe.query, "done": step.probe.done},
        "danger": step.danger,
        "note": step.note,
    }
    return {name: value for name, value in told.items() if value not in (None, False)}


def _call(call: Call) -> dict[str, Any]:
    return {
        "service": call.service,
        "operation": call.operation,
        "region": call.region.value,
        "parameters": {member: _plain(value) for member, value in call.parameters.items()},
    }


def _plain(value: Any) -> Any:
    """Return a parameter as data: what is not a plain value says where it comes from."""
    match value:
        case Name(key=key):
            return {"name": key}
        case Carried(path=path, argument=argument):
            return {"setting": path, "declared": argument}
        case Tags():
            return {"tags": "the source's, and drctl:operation"}
        case Json(content=content) | Metadata(content=content):
            return {"json": _plain(content)}
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
