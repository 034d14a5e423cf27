"""The documents of a workload, kept where the loss of its Region does not reach."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.catalog.limits import limit
from constructs_lib.constructs.bucket.bucket import Bucket
from constructs_lib.constructs.sites.component_name import build_component, check_component_name, claim_component_name
from constructs_lib.constructs.sites.tags import checked_tags
from constructs_lib.constructs.workload.workload import Workload
from constructs_lib.costs.usage import DOCUMENTS
from constructs_lib.errors import ConfigurationError
from constructs_lib.objectives import Objective, Target
from constructs_lib.objectives.tags import HOLDS
from constructs_lib.refusal import check_type, refuse
from constructs_lib.terraform.engine import Construct
from constructs_lib.terraform.placement import part
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.constructs.bucket.regional_bucket import RegionalBucket
    from constructs_lib.constructs.sites.site import Site
    from constructs_lib.terraform.engine import TerraformProvider

_TYPES: Final = {".md": "text/markdown; charset=utf-8", ".html": "text/html; charset=utf-8"}
"""A gigabyte is more than enough, so that no assumption of ours about other buckets decides the pattern."""

_KIT: Final = "kit/"

_LARGEST: Final = 1_000_000
"""The largest document, in bytes: its text stands in the Terraform state."""


class DocumentStore(Construct):
    """Puts rendered documents into a versioned bucket in each Region, replicated from one to the other.

    "Even your documentation cannot live solely in your primary region" ("AWS : Business Objectives",
    parisamoosavinezhad). Each Region's stack writes its own copy of each document, so that no copy depends on
    replication, and the recovery Region's can be brought up to date while the primary Region is down. Replication
    carries what people add by hand.

    The buckets are not a component of the workload: its documents do not tell of themselves.

    Args:
        workload: Whose documents they are. It needs a recovery Region.
        id: Construct id; also the bucket's.
        files: Documents that `drctl docs` wrote: Markdown and HTML, of at most a megabyte each, no two of one name.
        kit: A directory that `drctl kit build` wrote: its data is written beside the documents, under `kit/`; the
            wheelhouse is too large for a Terraform state, and is copied there by `aws s3 sync`. Default: none.
        tags: Extra tags.

    Attributes:
        bucket: The pair of buckets.
        objects: The objects written, in both Regions.

    Raises:
        ConfigurationError: If there is no recovery Region, no file, a file is missing, too large or of another kind, or
            two have one name.
    """

    def __init__(
        self,
        workload: Workload,
        id: str,
        *,
        files: Iterable[Path | str],
        kit: Path | str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        if not isinstance(workload, Workload):
            msg = f"documents need a Workload, not {workload!r}; give the one they are about"
            raise ConfigurationError(msg)
        sites = workload.sites
        if sites.recovery is None:
            msg = f"{workload.name} has no recovery Region, so its documents would be lost with it; name one in Sites"
            raise ConfigurationError(msg)
        own_tags = checked_tags(tags, f"documents {id!r}")
        check_component_name(sites, id, "documents")
        check_component_name(sites, f"{id}-store", "documents", built_first=False)
        # What each document adds by itself is counted as well.
        count = len({**sites.primary.tags, **own_tags, "recovery:workload": "", "recovery:document": ""})
        limit("s3.object_tag_count").check(count, f"the number of tags of documents {id!r}")
        texts = _read(files, id)
        if kit is not None:
            check_type(kit, (str, Path), f"the kit of documents {id!r}", "a directory that `drctl kit build` wrote")
        data = {} if kit is None else _read_kit(Path(kit), id)
        # A looser promise than any workload's: what counts is that the copies are there, and they are written twice.
        loosest = Target(rto="1d", rpo="1d")
        self.bucket = Bucket(
            sites,
            id,
            objective=Objective(region=loosest, zone=loosest, hardware=loosest),
            usage=DOCUMENTS,
            tags={**own_tags, HOLDS: "documents"},
        )

        build_component(self, sites, f"{id}-store")
        claim_component_name(sites, f"{id}-store")
        recovery = part(sites.recovery.scope, f"{id}-store")
        self.objects = tuple(
            self._object(scope, site, name, text, bucket, {**site.tags, **own_tags}, workload.name)
            for scope, site, bucket in (
                (self, sites.primary, self.bucket.primary),
                (recovery, sites.recovery, self.bucket.recovery),
            )
            for name, text in {**texts, **data}.items()
        )

    @staticmethod
    def _object(
        scope: Construct,
        site: Site,
        name: str,
        text: bytes,
        bucket: RegionalBucket | None,
        tags: Mapping[str, str],
        workload: str,
    ) -> AwsResource:
        assert bucket is not None, "the pattern has a copy in the recovery Region"
        return AwsResource(
            scope,
            _id_of(name),
            "aws_s3_object",
            {
                "bucket": bucket.name_in(site),
                "key": name,
                # Base64, because Terraform would read `${` in a text as a reference.
                "content_base64": base64.b64encode(text).decode(),
                "content_type": _TYPES.get(Path(name).suffix, "application/json"),
                "kms_key_id": site.key_arn_of(site),
                "tags": (own := {**tags, "recovery:workload": workload, **_told(name)}),
                "override_provider": _without_default_tags(site.provider, own),
            },
            provider=site.provider,
            # Written before versioning is on, it would be a version without an id, and could not be replicated.
            depends_on=[bucket.versioning],
        )


def _without_default_tags(provider: TerraformProvider, own: Mapping[str, str]) -> dict[str, object] | None:
    """Return what leaves a provider's default tags out, where S3 takes no object with all of them.

    What a provider of another package adds is not known here.
    """
    if isinstance(provider, AwsProvider):
        added = {key for block in provider.arguments.get("default_tags", []) for key in block["tags"]}
        if len({*own, *added}) <= (limit("s3.object_tag_count").most or 0):
            return None
    return {"default_tags": {"tags": {}}}


def _id_of(name: str) -> str:
    """Return the construct id of a document; the engine writes dots as hyphens in addresses."""
    return name.replace(".", "-").replace("/", "-")


def _told(name: str) -> dict[str, str]:
    """Return the tag that says what an object is; a kit that is built anew does not tell of its own objects."""
    return {"recovery:kit": "data"} if name.startswith(_KIT) else {"recovery:document": Path(name).stem}


def _read_kit(directory: Path, id: str) -> dict[str, bytes]:
    try:
        names = json.loads((directory / "kit.json").read_bytes())["sha256"]
        found = {f"{_KIT}{name}": (directory / name).read_bytes() for name in ("kit.json", *names)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"the kit of {id} in {str(directory)!r} cannot be read ({error}); write it with `drctl kit build`"
        raise ConfigurationError(msg) from error
    for name, content in found.items():
        if len(content) > _LARGEST:
            msg = f"{name} of {id} has {len(content):,} bytes, and at most {_LARGEST:,} are allowed; copy it by hand"
            raise ConfigurationError(msg)
    return found


def _read(files: object, id: str) -> dict[str, bytes]:
    texts: dict[str, bytes] = {}
    if isinstance(files, str) or not isinstance(files, Iterable):
        msg = f"the files of {id} are {files!r}; give a list of paths"
        raise ConfigurationError(msg)
    for given in files:
        if not isinstance(given, str | Path):
            refuse(f"a file of {id}", given, "a path")
        file = Path(given)
        if file.suffix not in _TYPES:
            msg = f"document {file.name!r} is neither Markdown nor HTML; give what `drctl docs` writes"
            raise ConfigurationError(msg)
        # S3 takes no object with another tag.
        checked_tags(_told(file.name), f"document {file.name!r}")
        if _id_of(file.name) in map(_id_of, texts):
            msg = f"two documents of {id} are called {file.name!r}, or so but for dots and hyphens; give each once"
            raise ConfigurationError(msg)
        try:
            text = file.read_bytes()
        except OSError as error:
            msg = (
                f"document {str(file)!r} cannot be read ({error.strerror}); write it with `drctl docs`, then synthesize"
            )
            raise ConfigurationError(msg) from error
        if len(text) > _LARGEST:
            msg = f"document {file.name!r} has {len(text):,} bytes, and at most {_LARGEST:,} are allowed"
            raise ConfigurationError(msg)
        texts[file.name] = text
    if not texts:
        msg = f"{id} holds no document; write some with `drctl docs` and give their files"
        raise ConfigurationError(msg)
    return texts
