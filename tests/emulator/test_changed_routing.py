"""A pair of records that changes its routing policy: the real Terraform asks, one record after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.plan import read_plan
from tests.emulator.test_changes_of_pattern import AppliedStack

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

pytestmark = [pytest.mark.emulator(minutes=2)]

_NAME = "app.shop.test"
_PAIR = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}
provider "aws" { region = "us-east-1" }
resource "aws_route53_zone" "shop" { name = "shop.test" }
resource "aws_route53_health_check" "side" {
  for_each      = toset(["primary", "recovery"])
  type          = "HTTPS"
  fqdn          = "${each.key}.shop.test"
  port          = 443
  resource_path = "/"
  # Left out, they are told by AWS, and the next plan would make the checks anew.
  request_interval  = 30
  failure_threshold = 3
}
"""
_RECORD = """
resource "aws_route53_record" "%(side)s" {
  zone_id         = aws_route53_zone.shop.zone_id
  name            = "app.shop.test"
  type            = "CNAME"
  ttl             = 60
  records         = ["%(side)s.shop.test"]
  set_identifier  = "%(side)s"
  health_check_id = aws_route53_health_check.side["%(side)s"].id
  %(policy)s
}
"""


def written(directory: Path, **policies: str) -> None:
    records = "".join(_RECORD % {"side": side, "policy": policy} for side, policy in policies.items())
    (directory / "main.tf").write_text(_PAIR + records, encoding="utf-8")


FAILOVER = {
    "primary": 'failover_routing_policy { type = "PRIMARY" }',
    "recovery": 'failover_routing_policy { type = "SECONDARY" }',
}
WEIGHTED = {"primary": "weighted_routing_policy { weight = 80 }", "recovery": "weighted_routing_policy { weight = 20 }"}


def test_records_change_their_policy_together_or_not_at_all(aws: EmulatedAws, tmp_path: Path) -> None:
    """Terraform asks for one after the other, which Route 53 refuses for good; one call changes both, without a gap."""
    terraform = AppliedStack(tmp_path, aws)
    written(tmp_path, **FAILOVER)
    terraform("init", "-input=false", "-no-color")
    terraform("apply", "-input=false", "-no-color", "-auto-approve")
    route53 = aws.client("route53", "us-east-1")
    (zone,) = route53.list_hosted_zones()["HostedZones"]

    written(tmp_path, **WEIGHTED)
    for _ in range(2):
        refused = terraform("apply", "-input=false", "-no-color", "-auto-approve", codes=(1,))
        assert "InvalidChangeBatch" in refused.stderr
        assert "route53.routed-record-beside-another-kind" in refused.stderr
    terraform("plan", "-input=false", "-no-color", "-out=tf.plan")
    planned = read_plan(terraform("show", "-json", "tf.plan").stdout.encode())
    assert {item.actions for item in planned.changes if item.type == "aws_route53_record"} == {("update",)}

    there = [
        item
        for item in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        if item["Name"].rstrip(".") == _NAME
    ]
    weights = {"primary": 80, "recovery": 20}
    together = [{"Action": "DELETE", "ResourceRecordSet": item} for item in there]
    for item in there:
        kept = {name: value for name, value in item.items() if name != "Failover"}
        weighted = {**kept, "Weight": weights[item["SetIdentifier"]]}
        together.append({"Action": "CREATE", "ResourceRecordSet": weighted})
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": together})

    again = terraform("plan", "-input=false", "-no-color", "-detailed-exitcode", codes=(0, 2))
    assert again.returncode == 0, again.stdout
