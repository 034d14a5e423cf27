"""A synthesized stack (`cdk.tf.json`), as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from constructs_lib.costs.watching import counted_beside
from constructs_lib.errors import PlanError
from constructs_lib.plan.document.resource import text_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["KeptState", "Stack", "blocks", "read_stack"]


class KeptState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a stack keeps its state: a bucket, the key in it, and the bucket's Region."""

    stack: str
    bucket: str
    key: str
    region: str


class Stack(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One stack.

    Attributes:
        name: Its name.
        content: What `cdk.tf.json` holds.
    """

    name: str
    content: Mapping[str, Any]

    def resources(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield type, name and arguments of every resource."""
        for type, named in self.content.get("resource", {}).items():
            for name, arguments in named.items():
                yield type, name, arguments

    def data_sources(self) -> Mapping[str, tuple[str, str | None]]:
        """Return the address of every data source that a construct makes and the name it looks for, by its path."""
        found = {}
        for type, named in self.content.get("data", {}).items():
            for name, arguments in named.items():
                written = arguments.get("//")  # whatever somebody notes there, where no engine wrote it
                metadata = written.get("metadata") if isinstance(written, dict) else None
                path = metadata.get("path") if isinstance(metadata, dict) else None
                if isinstance(path, str):
                    given = [arguments[key] for key in arguments.keys() - {"//", "provider"}]
                    named = given[0] if len(given) == 1 and isinstance(given[0], str) else None
                    found[path] = (f"data.{type}.{name}", named)
        return found

    def noted(self, part: str) -> dict[str, dict[str, Any]]:
        """Return what the constructs noted in it as `//.<part>`, by key; a comment of anybody else is read over."""
        written = self.content.get("//")
        found = written.get(part) if isinstance(written, dict) else None
        return {key: note for key, note in found.items() if isinstance(note, dict)} if isinstance(found, dict) else {}

    def decisions(self) -> list[dict[str, Any]]:
        """Return the decisions written into it, as data."""
        return list(self.noted("recovery").values())

    def watched(self) -> Iterator[tuple[str, Mapping[str, Mapping[str, int]]]]:
        """Yield workloads and how many of what belongs to them, and is billed, it has: by dimension and Region."""
        for name, counts in self.noted("recovery_watched").items():
            yield name.rpartition("/")[0], counts
        yield from counted_beside(
            (type, self.region_of(arguments), arguments) for type, _, arguments in self.resources()
        )

    def region_of(self, arguments: Mapping[str, Any]) -> str | None:
        """Return the Region of the provider that a resource names, or of the default one."""
        wanted = str(arguments.get("provider", "")).partition(".")[2]
        for provider in blocks(self.content.get("provider", {}).get("aws")):
            if provider.get("alias", "") == wanted:
                return text_in(provider, "region")
        return None

    def state_region(self) -> str | None:
        """Return the Region of the bucket its state is kept in; None where it is in none, or that is not told."""
        backends = self.content.get("terraform", {}).get("backend", {})
        region = text_in(backends.get("s3"), "region") if isinstance(backends, dict) else None
        return region if region is not None and "${" not in region else None

    def kept_state(self) -> KeptState | None:
        """Return where its state is kept, where that is a bucket that the file names."""
        backends = self.content.get("terraform", {}).get("backend", {})
        given = backends.get("s3") if isinstance(backends, dict) else None
        bucket, key, region = (text_in(given, name) for name in ("bucket", "key", "region"))
        if bucket is None or key is None or region is None or "${" in f"{bucket}{key}{region}":
            return None
        return KeptState(stack=self.name, bucket=bucket, key=key, region=region)

    def moved(self) -> Mapping[str, str]:
        """Return the address before of what moved, by the address it has now."""
        pairs = [(text_in(item, "to"), text_in(item, "from")) for item in blocks(self.content.get("moved"))]
        return {to: before for to, before in pairs if to is not None and before is not None}

    def forgotten(self) -> frozenset[str]:
        """Return the addresses of what Terraform is to let go of without destroying it."""
        named = [text_in(item, "from") for item in blocks(self.content.get("removed"))]
        return frozenset(address for address in named if address is not None)


def read_stack(path: Path, name: str) -> Stack:
    """Read `cdk.tf.json`.

    Raises:
        PlanError: If it cannot be read, or is no synthesized stack.
    """
    try:
        content = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        msg = f"{path} cannot be read: {(error.strerror or 'it cannot be opened').lower()}; run cdktf synth"
        raise PlanError(msg) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        msg = f"{path} is not well-formed JSON; run cdktf synth again"
        raise PlanError(msg) from None
    if not isinstance(content, dict) or not _is_stack(content):
        msg = f"{path} is no synthesized stack; give the directory that cdktf synth wrote"
        raise PlanError(msg)
    return Stack(name=name, content=content)


def _is_stack(content: Mapping[str, Any]) -> bool:
    """Whether the sections that are read are written as the engine writes them."""
    terraform, providers = content.get("terraform", {}), content.get("provider", {})
    return (
        isinstance(terraform, dict)
        and isinstance(terraform.get("required_providers", {}), dict)
        and isinstance(providers, dict)
        and all(
            isinstance(item, dict)
            for given in providers.values()
            for item in (given if isinstance(given, list) else [given])
        )
        and all(_is_blocks(content.get(section, {})) for section in ("resource", "data"))
        and isinstance(content.get("output", {}), dict)
    )


def _is_blocks(section: object) -> bool:
    """Whether it has blocks by type and by name."""
    return isinstance(section, dict) and all(
        isinstance(named, dict) and all(isinstance(arguments, dict) for arguments in named.values())
        for named in section.values()
    )


def blocks(value: Any) -> list[dict[str, Any]]:
    """Return the blocks that *value* is: one, or a list of them."""
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, dict)]
