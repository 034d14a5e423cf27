"""ECR that replicates to other Regions, which ministack does not: the rules of registries, and what is pushed."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any

from constructs_lib.emulator.data.links import Link
from constructs_lib.emulator.data.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from constructs_lib.emulator.data.links import Links

    Answer = tuple[int, Mapping[str, str], bytes]

_NO_IMAGE = "The image with imageId {} does not exist within the repository with name '{}'"


class ImageReplication:
    """Sends each image that is pushed to where the rules of its registry say; what replicated goes no further.

    A repository that is not there is made with the settings that ECR has by itself, as ECR does:
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html. What was pushed before a rule stays where
    it is, what is deleted is deleted on one side only, and to other accounts nothing goes.
    """

    def __init__(self, links: Links) -> None:
        self._links = links
        #: By account and Region.
        self._rules: dict[tuple[str, str], list[dict[str, Any]]] = {}
        #: By account, Region, repository and digest: the status of each Region.
        self._statuses: dict[tuple[str, str, str, str], dict[str, str]] = {}

    def install(self) -> None:
        """Take our place in ministack's pushes and calls."""
        self._ecr = import_module("ministack.services.ecr")
        self._scope = import_module("ministack.core.responses")
        self._put: Callable[[dict[str, Any]], Answer] = self._ecr._put_image
        self._handle: Callable[..., Awaitable[Answer]] = self._ecr.handle_request
        self._put_manifest: Callable[..., Answer] = self._ecr._v2_put_manifest
        replace(
            self._ecr,
            {
                "_put_image": self._put_image,
                "_v2_put_manifest": self._pushed,
                "_describe_registry": self._describe,
                "handle_request": self._answer,
            },
        )

    async def _answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Answer:
        match headers.get("x-amz-target", "").rpartition(".")[2]:
            case "PutReplicationConfiguration":
                given = json.loads(body)["replicationConfiguration"]
                self._rules[self._place()] = given["rules"]
                return self._shown({"replicationConfiguration": given})
            case "DescribeImageReplicationStatus":
                return self._status(json.loads(body))
        return await self._handle(method, path, headers, body, query)

    def _describe(self, _: dict[str, Any]) -> Answer:
        account, region = self._place()
        rules = self._rules.get((account, region), [])
        return self._shown({"registryId": account, "replicationConfiguration": {"rules": rules}})

    def _status(self, asked: dict[str, Any]) -> Answer:
        name, identity = asked["repositoryName"], asked["imageId"]
        image = self._ecr._find_image(name, identity)
        if image is None:
            refused: Answer = self._ecr.error_response_json(
                "ImageNotFoundException", _NO_IMAGE.format(identity, name), HTTPStatus.BAD_REQUEST
            )
            return refused
        account = self._place()[0]
        known = self._statuses.get((*self._place(), name, image["imageDigest"]), {})
        statuses = [{"region": region, "registryId": account, "status": status} for region, status in known.items()]
        return self._shown({"repositoryName": name, "imageId": identity, "replicationStatuses": statuses})

    def _put_image(self, data: dict[str, Any]) -> Answer:
        answer = self._put(data)
        if answer[0] == HTTPStatus.OK:
            shown = json.loads(answer[2])["image"]
            self._replicate(data["repositoryName"], shown["imageId"]["imageDigest"], data.get("imageTag"))
        return answer

    def _pushed(self, name: str, reference: str, headers: Mapping[str, str], body: bytes | str) -> Answer:
        answer = self._put_manifest(name, reference, headers, body)
        if answer[0] == HTTPStatus.CREATED:
            digest = self._ecr._content_digest(body if isinstance(body, bytes) else body.encode())
            self._replicate(name, digest, None if reference.startswith("sha256:") else reference)
        return answer

    def _replicate(self, name: str, digest: str, tag: str | None) -> None:
        account, region = self._place()
        image = next(image for image in self._ecr._images[name] if image["imageDigest"] == digest)
        pushed = {
            "repositoryName": name,
            "imageManifest": image["imageManifest"],
            "imageManifestMediaType": image["imageManifestMediaType"],
            "imageDigest": digest,
            "imageTag": tag,
        }
        blobs = {store: dict(getattr(self._ecr, store).get(name, {})) for store in ("_layer_blobs", "_manifest_blobs")}
        for destination in self._destinations(name):
            statuses = self._statuses.setdefault((account, region, name, digest), {})
            statuses[destination] = "IN_PROGRESS"
            link = Link(service="ecr", name=name, copy=name, source=region, destination=destination, metrics=False)
            self._links.send(link, partial(self._deliver, account, destination, pushed, blobs, statuses))

    def _destinations(self, name: str) -> list[str]:
        account, region = self._place()
        found = {
            destination["region"]: None
            for rule in self._rules.get((account, region), [])
            if any(name.startswith(one["filter"]) for one in rule.get("repositoryFilters") or [{"filter": ""}])
            for destination in rule["destinations"]
            if destination["registryId"] == account and destination["region"] != region
        }
        return list(found)

    def _deliver(
        self,
        account: str,
        region: str,
        pushed: dict[str, Any],
        blobs: Mapping[str, Mapping[str, bytes]],
        statuses: dict[str, str],
    ) -> None:
        name = pushed["repositoryName"]
        with self._scope.request_scope(account, region):
            if name not in self._ecr._repositories:
                self._ecr._create_repository({"repositoryName": name})
            for store, content in blobs.items():
                getattr(self._ecr, store).setdefault(name, {}).update(content)
            status = self._put(dict(pushed))[0]
        statuses[region] = "COMPLETE" if status == HTTPStatus.OK else "FAILED"

    def _place(self) -> tuple[str, str]:
        return self._scope.get_account_id(), self._scope.get_region()

    def _shown(self, result: Mapping[str, Any]) -> Answer:
        answer: Answer = self._ecr.json_response(result)
        return answer
