"""The construct DocumentStore, the resiliency policy, and the decisions that documents are made from."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import get_session

from constructs_lib import Acceptance, Bucket, InfeasibleError, Objective, Sites, Target, Workload
from constructs_lib.catalog.limits import limit
from constructs_lib.catalog.regions import load_regions
from constructs_lib.constructs.evidence.document_store import DocumentStore
from constructs_lib.constructs.evidence.resiliency_policy import ResiliencyPolicy
from constructs_lib.documents.documents import check_documents, render_documents
from constructs_lib.documents.read.gather import gather
from constructs_lib.errors import ConfigurationError, ObjectiveError
from constructs_lib.terraform.engine import App, TerraformStack
from constructs_lib.terraform.provider import AwsProvider
from tests.provider_schemas.check import unknown_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TEXT = "# Runbook\n\n```sh\naws s3 ls s3://x-${ACCOUNT} %{if}\n```\n"


def workload(
    directory: Path, objective: Objective | None = None, recovery: str | None = "eu-central-1"
) -> tuple[App, Workload]:
    app = App(outdir=str(directory / "cdktf.out"))
    sites = Sites.per_region(app, "shop", primary="eu-west-1", recovery=recovery)
    return app, Workload(sites, objective=objective or Objective(rto="2h", rpo="4h"))


def stacks(app: App, directory: Path) -> Mapping[str, Any]:
    app.synth()
    return {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in (directory / "cdktf.out" / "stacks").glob("*/cdk.tf.json")
    }


@pytest.fixture(name="page")
def _page(tmp_path: Path) -> Path:
    page = tmp_path / "shop-runbook.md"
    page.write_text(TEXT, encoding="utf-8")
    return page


def test_each_regions_stack_writes_its_own_copy(tmp_path: Path, page: Path) -> None:
    app, shop = workload(tmp_path)
    DocumentStore(shop, "runbooks", files=[page])
    found = stacks(app, tmp_path)

    for stack in ("shop-primary", "shop-recovery"):
        (written,) = found[stack]["resource"]["aws_s3_object"].values()
        assert base64.b64decode(written["content_base64"]).decode() == TEXT
        assert written["bucket"] == "${aws_s3_bucket.runbooks.bucket}"
        assert written["key"] == "shop-runbook.md"
        assert written["depends_on"][0].startswith("aws_s3_bucket_versioning.runbooks")
    assert "aws_s3_object" not in found["shop-global"]["resource"]


def test_the_buckets_are_versioned_and_replicated(tmp_path: Path, page: Path) -> None:
    app, shop = workload(tmp_path)
    DocumentStore(shop, "runbooks", files=[page])
    found = stacks(app, tmp_path)

    assert "runbooks" in found["shop-global"]["resource"]["aws_s3_bucket_replication_configuration"]
    for stack in ("shop-primary", "shop-recovery"):
        (versioning,) = found[stack]["resource"]["aws_s3_bucket_versioning"].values()
        assert versioning["versioning_configuration"]["status"] == "Enabled"


@pytest.mark.parametrize(("count", "left_out"), [(8, False), (9, True)])
def test_default_tags_are_left_out_of_objects_that_s3_would_not_take_with_them(
    count: int, left_out: bool, tmp_path: Path, page: Path
) -> None:
    """S3 takes ten tags for an object: two are ours, and the documents' bucket has them all."""
    app = App(outdir=str(tmp_path / "cdktf.out"))
    stack = TerraformStack(app, "shop")
    tags = {f"team-{number}": "x" for number in range(count)}
    providers = {
        region: AwsProvider(stack, region, region=region, alias=alias, default_tags=tags)
        for region, alias in (("eu-west-1", None), ("eu-central-1", "there"), ("us-east-1", "global"))
    }
    sites = Sites.in_one_stack(stack, "shop", primary="eu-west-1", recovery="eu-central-1", providers=providers)
    DocumentStore(Workload(sites, objective=Objective(rto="2h", rpo="4h")), "runbooks", files=[page])
    objects = stacks(app, tmp_path)["shop"]["resource"]["aws_s3_object"].values()

    without: dict[str, Any] = {"default_tags": {"tags": {}}}
    assert [item.get("override_provider") for item in objects] == [without if left_out else None] * 2


@pytest.mark.parametrize("provider", ["5.100.0", "6.25.0"])
def test_every_argument_exists_in_the_providers_schema(provider: str, tmp_path: Path, page: Path) -> None:
    app, shop = workload(tmp_path, Objective(rto="2h", rpo="4h", software=Target("4h", "4h")))
    DocumentStore(shop, "runbooks", files=[page])
    ResiliencyPolicy(shop, "policy")

    assert [item for stack in stacks(app, tmp_path).values() for item in unknown_in(stack, provider)] == []


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("missing.md", "write it with `drctl docs`"),
        ("page.pdf", "neither Markdown nor HTML"),
        ("page (draft).md", r"value of a tag of document 'page \(draft\).md' is 'page \(draft\)'; use letters"),
    ],
)
def test_files_that_cannot_be_kept_are_refused(name: str, problem: str, tmp_path: Path) -> None:
    _, shop = workload(tmp_path)

    with pytest.raises(ConfigurationError, match=problem):
        DocumentStore(shop, "runbooks", files=[tmp_path / name])


def test_no_file_two_of_one_name_and_no_recovery_region_are_refused(tmp_path: Path, page: Path) -> None:
    _, shop = workload(tmp_path)
    _, alone = workload(tmp_path, recovery=None)

    with pytest.raises(ConfigurationError, match="holds no document"):
        DocumentStore(shop, "runbooks", files=[])
    with pytest.raises(ConfigurationError, match="two documents"):
        DocumentStore(shop, "runbooks", files=[page, page])
    with pytest.raises(ConfigurationError, match="no recovery Region"):
        DocumentStore(alone, "runbooks", files=[page])


def test_documents_are_made_of_what_was_decided_and_tell_where_they_are_kept(tmp_path: Path, page: Path) -> None:
    """From code to a page: synthesize, read the files, assess anew."""
    app, shop = workload(tmp_path, Objective(rto="15m", rpo="5m"))
    accepted = Acceptance(owner="web team", reason="built again from source", region=Target("25m", "15m"))
    Bucket(shop, "assets", accept=accepted)
    DocumentStore(shop, "runbooks", files=[page])
    stacks(app, tmp_path)
    (read,) = gather(None, stacks=tmp_path / "cdktf.out").workloads

    (component,) = read.components
    assert component.name == "assets"
    assert component.accepted is not None
    assert component.accepted.owner == "web team"
    assert component.objective.region == Target("25m", "15m")
    assert component.assessment.met
    (decision,) = shop.decisions
    assert component.assessment.estimates == decision.assessment.estimates
    assert dict(read.stored) == {
        "eu-west-1": "s3://shop-runbooks-eu-west-1-$ACCOUNT/shop-runbook.md",
        "eu-central-1": "s3://shop-runbooks-eu-central-1-$ACCOUNT/shop-runbook.md",
    }


def test_kept_documents_stay_true_once_they_are_made_anew(tmp_path: Path) -> None:
    """They say where they are kept, so they are made twice: without, and with the construct."""
    for _ in range(2):
        app, shop = workload(tmp_path)
        Bucket(shop, "assets")
        pages = sorted(tmp_path.glob("*.md"))
        if pages:
            DocumentStore(shop, "runbooks", files=pages)
        stacks(app, tmp_path)
        read = gather(None, stacks=tmp_path / "cdktf.out").workloads
        for item in render_documents(read, ["runbook"], ["markdown"]):
            (tmp_path / item.name).write_text(item.text, encoding="utf-8")

    assert check_documents(tmp_path, read)[1] == ()


def test_a_refused_component_leaves_no_decision(tmp_path: Path) -> None:
    app, shop = workload(tmp_path, Objective(rto="1m", rpo="1m"))
    with pytest.raises(InfeasibleError):
        Bucket(shop, "assets")

    assert "recovery" not in stacks(app, tmp_path)["shop-primary"]["//"]


def test_the_resiliency_policy_states_the_objective_and_tells_what_it_changed(tmp_path: Path) -> None:
    app, shop = workload(tmp_path, Objective(rto="1h", rpo=0, software=Target("4h", "4h")))
    policy = ResiliencyPolicy(shop, "policy", tier="Critical")
    written = stacks(app, tmp_path)["shop-primary"]["resource"]["aws_resiliencehub_resiliency_policy"]["policy"]

    assert written["policy"]["region"] == {"rto": "1h0m0s", "rpo": "0h0m1s"}
    assert written["tier"] == "Critical"
    assert any("became 1 second" in note for note in policy.notes)


def test_a_policy_in_a_region_without_resilience_hub_is_refused(tmp_path: Path) -> None:
    sites = Sites.per_region(App(outdir=str(tmp_path)), "shop", primary="eu-central-2", recovery="eu-central-1")
    shop = Workload(sites, objective=Objective(rto="2h", rpo="4h", software=Target("8h", "1d")))

    with pytest.raises(ConfigurationError, match="eu-central-2, and AWS Resilience Hub has no endpoint there"):
        ResiliencyPolicy(shop, "policy")
    assert "policy" not in sites.names


def test_resilience_hub_is_absent_where_botocore_knows_no_endpoint() -> None:
    known = get_session().get_available_regions("resiliencehub")
    assert set(limit("resiliencehub.absent").values) == load_regions().keys() - set(known)


def test_a_policy_without_a_required_target_is_refused(tmp_path: Path) -> None:
    _, shop = workload(tmp_path)

    with pytest.raises(ObjectiveError, match="declares no target for software"):
        ResiliencyPolicy(shop, "policy")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"files": 5}, "give a list of paths"),
        ({"files": "shop-runbook.md"}, "give a list of paths"),
        ({"files": [5]}, "a file of runbooks is 5; give a path"),
        ({"tags": {f"key-{number}": "" for number in range(9)}}, "allowed: 0 to 10 tags"),
        ({"tags": ["team"]}, "give a mapping"),
    ],
)
def test_what_is_no_list_of_files_or_no_tags_is_refused(
    tmp_path: Path, page: Path, options: dict[str, Any], message: str
) -> None:
    _, shop = workload(tmp_path)

    with pytest.raises(ConfigurationError, match=message):
        DocumentStore(shop, "runbooks", **{"files": [page], **options})


def test_documents_and_policies_take_an_id_like_components(tmp_path: Path, page: Path) -> None:
    _, shop = workload(tmp_path, Objective(rto="2h", rpo="4h", software=Target("8h", "1d")))
    DocumentStore(shop, "runbooks", files=[page])

    for id in ("runbooks", "runbooks-store"):
        with pytest.raises(ConfigurationError, match="already"):
            Bucket(shop, id)
        with pytest.raises(ConfigurationError, match="already"):
            ResiliencyPolicy(shop, id)
