"""Row, header, JSON and exit code say the same, of what the plan does and of what was so before it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.review import exit_code
from constructs_lib.review.renderers import render
from constructs_lib.review.renderers.as_json import review_as_data
from constructs_lib.review.renderers.terminal import render_table
from tests.review.made import (
    ACCOUNT,
    AWAY,
    EVERYTHING,
    HOME,
    backup,
    bucket,
    found,
    instance,
    replica,
    replicated,
    replication,
    resource,
    table,
    versioned,
)

if TYPE_CHECKING:
    from constructs_lib.review import Review

_KEY = f"arn:aws:kms:{AWAY}:{ACCOUNT}:key/1"


def _changed(entry: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Return the entry with other values after the plan."""
    entry = copy.deepcopy(entry)
    entry["change"]["after"] |= values
    entry["change"]["actions"] = ["update"]
    return entry


def _suspended() -> list[dict[str, Any]]:
    first, second, *others = replicated()
    return [first, _changed(second, versioning_configuration=[{"status": "Suspended"}]), *others]


def _replaced() -> list[dict[str, Any]]:
    old = instance()["change"]["before"]
    return [instance(before={**old, "id": "old"}), replica()]


def _agree(review: Review, address: str) -> None:
    """Row, component, header, JSON and exit code."""
    component = next(item for item in review.components if item.address == address)
    data = review_as_data(review)
    assert review.verdict == component.verdict == data["verdict"] == "breached"
    assert next(item for item in data["components"] if item["address"] == address)["verdict"] == "breached"
    assert "✅" not in render(review, "markdown", name=None).splitlines()[1]
    assert "recovery: breached" in render_table(review)
    assert exit_code(review) == 1


def _row(review: Review, address: str, disruption: str) -> str | None:
    component = next(item for item in review.components if item.address == address)
    return next(item.after_verdict for item in component.disruptions if item.disruption == disruption)


# ---------------------------------------------------------------- errors are doubts


def test_what_is_made_anew_and_empty_keeps_no_promise() -> None:
    entries = _replaced()
    entries[0]["change"] |= {"actions": ["delete", "create"], "replace_paths": [["storage_encrypted"]]}

    result = found(*entries)

    _agree(result, "aws_db_instance.db")
    assert {_row(result, "aws_db_instance.db", name) for name in ("software", "zone", "region")} == {"breached"}


def _vault(before: Any, after: Any) -> list[dict[str, Any]]:
    values = {"id": "away", "name": "away", "arn": f"arn:aws:backup:{AWAY}:{ACCOUNT}:backup-vault:away"}
    key = {"id": "1", "key_id": "1", "arn": _KEY}
    return [
        bucket("data"),
        versioned("data"),
        *backup(),
        resource("aws_backup_vault.away", {**values, "kms_key_arn": _KEY}, region=AWAY),
        resource(
            "aws_kms_key.away", *(None if side is None else {**key, **side} for side in (after, before)), region=AWAY
        ),
    ]


@pytest.mark.parametrize("after", [None, {"is_enabled": False}])
def test_a_copy_whose_key_goes_does_not_count(after: Any) -> None:
    kept, lost = found(*_vault({"is_enabled": True}, {"is_enabled": True})), found(*_vault({"is_enabled": True}, after))

    assert _row(kept, "aws_s3_bucket.data", "region") == "met"
    assert _row(lost, "aws_s3_bucket.data", "region") == "breached"
    _agree(lost, "aws_s3_bucket.data")
    # One cause: that the protection does not count is not said once more.
    assert "RECOVERY-200" not in {item.id for item in lost.findings}


def test_copies_that_expire_before_the_next_is_made_do_not_count() -> None:
    weekly = {"schedule": "cron(0 3 ? * 1 *)", "start_window": 60}
    arn = f"arn:aws:backup:{AWAY}:{ACCOUNT}:backup-vault:away"
    action = [{"destination_vault_arn": arn, "lifecycle": [{"delete_after": 1}]}]
    loose = EVERYTHING.replace("{rto: 4h, rpo: 4h, software: {rto: 1d, rpo: 1d}}", "{rto: 1d, rpo: 30d}")
    entries = [bucket("data"), versioned("data"), *backup({**weekly, "copy_action": action})]

    result = found(*entries, objectives=loose)

    assert _row(result, "aws_s3_bucket.data", "region") == "breached"
    _agree(result, "aws_s3_bucket.data")


def test_a_copy_whose_key_is_in_another_region_does_not_count() -> None:
    encryption = [{"replica_kms_key_id": f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1"}]
    destination = {"bucket": "arn:aws:s3:::copy", "encryption_configuration": encryption}
    criteria = [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}]
    entries = replicated(rule={"destination": [destination], "source_selection_criteria": criteria})

    result = found(*entries)

    assert "RECOVERY-206" in {item.id for item in result.errors}
    assert _row(result, "aws_s3_bucket.data", "region") == "breached"


def test_one_cause_is_one_error_beside_the_promises_it_breaks() -> None:
    result = found(*_suspended())

    causes = [item.id for item in result.errors if item.id not in ("RECOVERY-101", "RECOVERY-102")]
    assert causes == ["RECOVERY-115"]


# ---------------------------------------------------------------- the baseline


def test_what_was_so_before_fails_no_run_that_looks_for_what_is_worse() -> None:
    result = found(
        *replicated()[:1], bucket("more", before=None), objectives=EVERYTHING.replace('"*"', "aws_s3_bucket.data")
    )

    assert result.verdict == "breached"
    assert all(item.standing for item in result.errors)
    assert (exit_code(result), exit_code(result, "worse")) == (1, 0)


def test_an_old_error_is_known_again_and_a_new_one_beside_it_fails() -> None:
    short = {"status": "Enabled", "time": [{"minutes": 10}]}
    timed = {"bucket": "arn:aws:s3:::copy", "replication_time": [short], "metrics": [{"status": "Enabled"}]}
    old = replicated(rule={"destination": [timed]})
    touched = [_changed(old[0], tags={"team": "web"}), *old[1:]]

    assert {item.id: item.standing for item in found(*touched).errors} == {"RECOVERY-301": True}
    assert exit_code(found(*touched), "worse") == 0

    values = old[-1]["change"]["after"]
    new = [
        *old[:-1],
        replication(before={**values, "rule": replicated()[-1]["change"]["after"]["rule"]}, destination=[timed]),
    ]
    assert {item.standing for item in found(*new).errors} == {False}
    assert exit_code(found(*new), "worse") == 1


def test_a_breach_that_becomes_worse_fails() -> None:
    tight = EVERYTHING.replace("{rto: 4h, rpo: 4h,", "{rto: 1m, rpo: 1s,")
    gone = copy.deepcopy(replica())
    gone["change"] |= {"after": None, "actions": ["delete"]}

    same, worse = found(instance(), replica(), objectives=tight), found(instance(), gone, objectives=tight)

    assert exit_code(same, "worse") == 0
    assert exit_code(worse, "worse") == 1
    regions = [item for item in worse.errors if item.id == "RECOVERY-102" and "region" in item.disruptions]
    assert [item.standing for item in regions] == [False]


def test_the_comment_leads_with_what_the_plan_does() -> None:
    old = bucket("old")
    entries = [old, *_suspended()]

    text = render(found(*entries), "markdown", name=None)

    before = text.index("So before this plan")
    assert text.index("aws_s3_bucket_versioning.data") < before < text.index("aws_s3_bucket.old")
    assert text.count("<details>") == text.count("</details>")


def test_a_long_review_is_cut_in_the_terminal_and_the_worst_stay() -> None:
    many = [bucket(f"bucket{number:03}") for number in range(200)]

    text = render_table(found(*many, *_suspended()))

    assert len(text.splitlines()) < 700
    assert "aws_s3_bucket_versioning.data" in text
    assert "more rows, the less urgent ones" in text
    assert "more findings, the less urgent ones" in text


def test_a_fix_never_adds_what_is_declared_already() -> None:
    """Suspended on the copy, and the copy alone would be too slow as well: two things are to do."""
    tight = EVERYTHING.replace("{rto: 4h, rpo: 4h,", "{rto: 1h, rpo: 15m,")
    first, second, third, fourth, fifth = replicated()
    suspended = _changed(fourth, versioning_configuration=[{"status": "Suspended"}])

    fixes = [item.fix for item in found(first, second, third, suspended, fifth, objectives=tight).errors]

    [fix] = {
        fix for fix in fixes if "make S3 Cross-Region Replication to eu-central-1 work: it needs versioning" in fix
    }
    assert "; and set it to rtc (" in fix
    assert not any("add S3 Cross-Region Replication to" in fix for fix in fixes)


def test_a_copy_that_does_not_leave_the_region_is_the_one_that_is_wanted_elsewhere() -> None:
    [change] = filter(None, (item.cheapest_change for item in found(*replicated(away=HOME)).components))

    assert change.startswith(
        "make S3 Cross-Region Replication to eu-central-1 work: the bucket it copies to is in the same"
    )


def test_a_cluster_without_an_instance_in_the_other_region_is_to_be_given_one() -> None:
    def cluster(name: str, region: str, **more: Any) -> dict[str, Any]:
        arn = f"arn:aws:rds:{region}:{ACCOUNT}:cluster:{name}"
        values: dict[str, Any] = {"id": name, "cluster_identifier": name, "arn": arn, "engine": "aurora-postgresql"}
        values |= {"global_cluster_identifier": "g", "backup_retention_period": 7, **more}
        return resource(f"aws_rds_cluster.{name}", values, region=region)

    world = resource("aws_rds_global_cluster.g", {"id": "g", "global_cluster_identifier": "g"})
    first = {"id": "i", "cluster_identifier": "here"}
    clusters = [cluster("here", HOME, master_username="root"), cluster("there", AWAY)]
    entries = [world, *clusters, resource("aws_rds_cluster_instance.i", first)]
    tight = EVERYTHING.replace("{rto: 4h, rpo: 4h,", "{region: {rto: 30m, rpo: 1m},")

    [change] = filter(None, (item.cheapest_change for item in found(*entries, objectives=tight).components))

    assert change.startswith("give the cluster in eu-central-1 an instance (")


def test_the_json_says_which_error_breaks_a_row_whose_figures_would_keep_it() -> None:
    before = table()["change"]["after"]
    moved = table(before, replica=[{"region_name": "eu-west-2", "point_in_time_recovery": True}])

    data = review_as_data(found(moved))

    row = data["components"][0]["after"]["region"]
    assert (row["verdict"], row["rto_seconds"]) == ("breached", 1320)
    assert row["reasons"][0].startswith("DynamoDB global table goes from eu-central-1 to eu-west-2")
