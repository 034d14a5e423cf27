"""A distribution serves from its origins: by policy, by status code, and from the second while the first is no use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edges.endpoint import certificate, put, visit, zone
from tests.emulator.regions import HERE, THERE
from tests.emulator.roles import document

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.emulator import EmulatedAws
    from tests.emulator.edges.endpoint import Endpoint

READS = {"Quantity": 2, "Items": ["GET", "HEAD"], "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}
FAILOVER = [403, 404, 500, 502, 503, 504]


def bucket(aws: EmulatedAws, name: str, region: str) -> dict[str, Any]:
    """Make a bucket with an object that names it, and return it as an origin."""
    s3 = aws.client("s3", region)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_object(Bucket=name, Key="index.html", Body=name.encode(), ContentType="text/html")
    return {
        "Id": name,
        "DomainName": f"{name}.s3.{region}.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def custom(name: str, **timeouts: int) -> dict[str, Any]:
    return {
        "Id": name,
        "DomainName": name,
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only", **timeouts},
        "ConnectionAttempts": 1,
        "ConnectionTimeout": 1,
    }


def distribution(
    aws: EmulatedAws, *origins: dict[str, Any], codes: list[int] | None = None, control: bool = True, **given: Any
) -> dict[str, Any]:
    """Make a distribution with an origin group of two origins, or with one origin."""
    cloudfront = aws.client("cloudfront")
    name = origins[0]["Id"]
    identifier = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={"Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always",
                                   "OriginAccessControlOriginType": "s3"}
    )["OriginAccessControl"]["Id"]  # fmt: skip
    signed = [
        {**origin, **({"OriginAccessControlId": identifier} if control and "S3OriginConfig" in origin else {})}
        for origin in origins
    ]
    codes = codes or FAILOVER
    members = [{"OriginId": origin["Id"]} for origin in origins]
    group = {
        "Id": "group",
        "FailoverCriteria": {"StatusCodes": {"Quantity": len(codes), "Items": codes}},
        "Members": {"Quantity": 2, "Items": members},
    }
    grouped = len(origins) > 1
    made = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": name,
            "Comment": "",
            "Enabled": True,
            "DefaultRootObject": "index.html",
            "Origins": {"Quantity": len(signed), "Items": signed},
            **({"OriginGroups": {"Quantity": 1, "Items": [group]}} if grouped else {}),
            "DefaultCacheBehavior": {
                "TargetOriginId": "group" if grouped else name,
                "ViewerProtocolPolicy": "allow-all",
                "AllowedMethods": READS,
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
            **given,
        }
    )
    found: dict[str, Any] = made["Distribution"]
    return found


def let_in(aws: EmulatedAws, name: str, arn: str, *actions: str) -> None:
    statement = {
        "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": list(actions),
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
    }  # fmt: skip
    aws.client("s3", HERE).put_bucket_policy(
        Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def test_the_second_bucket_serves_while_the_first_refuses_or_is_gone(aws: EmulatedAws) -> None:
    first, second = bucket(aws, "site-first", HERE), bucket(aws, "site-second", THERE)
    made = distribution(aws, first, second)
    name = made["DomainName"]
    assert visit(aws, name)[0] == 403

    let_in(aws, "site-second", made["ARN"], "s3:GetObject")
    assert visit(aws, name) == (200, "site-second")
    let_in(aws, "site-first", made["ARN"], "s3:GetObject")
    assert visit(aws, name) == (200, "site-first")

    with aws.fail_region(HERE):
        assert visit(aws, name) == (200, "site-second")
    assert visit(aws, name) == (200, "site-first")
    # CloudFront serves on without its control plane.
    with aws.fail_region("us-east-1"):
        assert visit(aws, name) == (200, "site-first")

    aws.client("s3", HERE).delete_bucket_policy(Bucket="site-first")
    assert visit(aws, name) == (200, "site-second")


def test_only_the_status_codes_of_the_group_lead_to_the_second(aws: EmulatedAws) -> None:
    first, second = bucket(aws, "codes-first", HERE), bucket(aws, "codes-second", THERE)
    made = distribution(aws, first, second, codes=[500, 503])
    let_in(aws, "codes-second", made["ARN"], "s3:GetObject")
    assert visit(aws, made["DomainName"])[0] == 403
    with aws.fail_region(HERE):
        assert visit(aws, made["DomainName"]) == (200, "codes-second")


def test_what_is_missing_is_told_only_to_who_may_list(aws: EmulatedAws) -> None:
    made = distribution(aws, bucket(aws, "listed", HERE))
    let_in(aws, "listed", made["ARN"], "s3:GetObject")
    assert visit(aws, made["DomainName"], "/none")[0] == 403
    let_in(aws, "listed", made["ARN"], "s3:GetObject", "s3:ListBucket")
    assert visit(aws, made["DomainName"], "/none")[0] == 404


def test_a_bucket_lets_in_no_other_distribution_and_none_without_access_control(aws: EmulatedAws) -> None:
    mine = distribution(aws, bucket(aws, "mine", HERE))
    open_ = distribution(aws, bucket(aws, "unsigned", HERE), control=False)
    let_in(aws, "mine", open_["ARN"], "s3:GetObject")
    let_in(aws, "unsigned", open_["ARN"], "s3:GetObject")

    assert visit(aws, mine["DomainName"])[0] == 403
    assert visit(aws, open_["DomainName"])[0] == 403


def identity(aws: EmulatedAws) -> dict[str, str]:
    """Make an origin access identity; return its id and its canonical user id at S3."""
    made = aws.client("cloudfront").create_cloud_front_origin_access_identity(
        CloudFrontOriginAccessIdentityConfig={"CallerReference": str(uuid4()), "Comment": "shop"}
    )["CloudFrontOriginAccessIdentity"]
    return {"id": made["Id"], "canonical": made["S3CanonicalUserId"]}


def as_identity(aws: EmulatedAws, name: str, identifier: str) -> str:
    """Serve a bucket as an origin access identity; return the domain name."""
    named = {"OriginAccessIdentity": f"origin-access-identity/cloudfront/{identifier}"}
    made = distribution(aws, bucket(aws, name, HERE) | {"S3OriginConfig": named}, control=False)
    domain: str = made["DomainName"]
    return domain


def let_principal(aws: EmulatedAws, name: str, principal: dict[str, str], *actions: str) -> None:
    resources = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    statement = {"Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": resources}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("s3", HERE).put_bucket_policy(Bucket=name, Policy=policy)


@pytest.mark.parametrize("by", ["canonical", "arn"])
def test_an_origin_access_identity_reads_what_the_bucket_lets_it_read(aws: EmulatedAws, by: str) -> None:
    mine, other, name = identity(aws), identity(aws), f"identified-{by}"
    domain = as_identity(aws, name, mine["id"])
    assert visit(aws, domain)[0] == 403

    for one, answer in ((other, 403), (mine, 200)):
        arn = f"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {one['id']}"
        let_principal(aws, name, {"AWS": arn} if by == "arn" else {"CanonicalUser": one["canonical"]}, "s3:GetObject")
        assert visit(aws, domain)[0] == answer
    assert visit(aws, domain, "/none")[0] == 403
    # What lets CloudFront's service in lets no identity in.
    let_principal(aws, name, {"Service": "cloudfront.amazonaws.com"}, "s3:GetObject")
    assert visit(aws, domain)[0] == 403


def test_an_origin_access_identity_that_may_list_is_told_what_is_missing_and_reads_nothing_encrypted_with_a_key(
    aws: EmulatedAws,
) -> None:
    mine = identity(aws)
    domain = as_identity(aws, "identified-keys", mine["id"])
    let_principal(aws, "identified-keys", {"CanonicalUser": mine["canonical"]}, "s3:GetObject", "s3:ListBucket")
    assert visit(aws, domain, "/none")[0] == 404
    assert visit(aws, domain)[0] == 200

    key = aws.client("kms", HERE).create_key()["KeyMetadata"]["Arn"]
    aws.client("s3", HERE).put_object(
        Bucket="identified-keys", Key="index.html", Body=b"-", ServerSideEncryption="aws:kms", SSEKMSKeyId=key
    )
    assert visit(aws, domain)[0] == 403


def test_an_origin_access_identity_is_kept_by_its_version_and_while_a_distribution_uses_it(aws: EmulatedAws) -> None:
    cloudfront, used, free = aws.client("cloudfront"), identity(aws)["id"], identity(aws)["id"]
    as_identity(aws, "identified-use", used)
    shown = cloudfront.get_cloud_front_origin_access_identity(Id=free)
    named = {"CallerReference": "renamed", "Comment": "renamed"}
    listed = cloudfront.list_cloud_front_origin_access_identities()["CloudFrontOriginAccessIdentityList"]["Items"]
    assert {used, free} <= {one["Id"] for one in listed}

    for identifier, tag, code in (
        (
            used,
            cloudfront.get_cloud_front_origin_access_identity(Id=used)["ETag"],
            "CloudFrontOriginAccessIdentityInUse",
        ),
        (free, "E0", "PreconditionFailed"),
        ("E0", shown["ETag"], "NoSuchCloudFrontOriginAccessIdentity"),
    ):
        with pytest.raises(ClientError, match=code):
            cloudfront.delete_cloud_front_origin_access_identity(Id=identifier, IfMatch=tag)
    changed = cloudfront.update_cloud_front_origin_access_identity(
        Id=free, IfMatch=shown["ETag"], CloudFrontOriginAccessIdentityConfig=named
    )
    configured = cloudfront.get_cloud_front_origin_access_identity_config(Id=free)
    assert configured["CloudFrontOriginAccessIdentityConfig"] == named
    cloudfront.delete_cloud_front_origin_access_identity(Id=free, IfMatch=changed["ETag"])
    with pytest.raises(ClientError, match="NoSuchCloudFrontOriginAccessIdentity"):
        cloudfront.get_cloud_front_origin_access_identity(Id=free)


@pytest.mark.parametrize("lets", [True, False])
def test_an_encrypted_object_needs_its_key_as_well(aws: EmulatedAws, lets: bool) -> None:
    name = f"encrypted-{lets}".lower()
    made = distribution(aws, bucket(aws, name, HERE))
    statement = {
        "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "kms:Decrypt" if lets else "kms:Encrypt", "Resource": "*",
    }  # fmt: skip
    key = aws.client("kms", HERE).create_key(
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}), BypassPolicyLockoutSafetyCheck=True
    )
    aws.client("s3", HERE).put_object(
        Bucket=name, Key="index.html", Body=b"secret", ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key["KeyMetadata"]["Arn"],
    )  # fmt: skip
    let_in(aws, name, made["ARN"], "s3:GetObject")

    assert visit(aws, made["DomainName"])[0] == (200 if lets else 403)


def test_custom_origins_are_what_is_at_their_name(aws: EmulatedAws, endpoint: Callable[..., Endpoint]) -> None:
    first = endpoint("first.origin.test", HERE)
    endpoint("second.origin.test", THERE)
    made = distribution(aws, custom("first.origin.test"), custom("second.origin.test"), codes=[500, 503])
    name = made["DomainName"]
    assert visit(aws, name, "/a?b=c") == (200, "first.origin.test")
    assert first.asked == [("first.origin.test", "/a?b=c")]

    first.status = 500
    assert visit(aws, name) == (200, "second.origin.test")
    first.status = 502
    assert visit(aws, name)[0] == 502
    first.status = 200
    with aws.fail_region(HERE):
        assert visit(aws, name) == (200, "second.origin.test")
    assert visit(aws, name) == (200, "first.origin.test")


def test_an_origin_that_takes_too_long_gives_way_whatever_the_codes(
    aws: EmulatedAws, endpoint: Callable[..., Endpoint]
) -> None:
    endpoint("slow.origin.test").seconds = 1.5
    endpoint("quick.origin.test")
    slow = {**custom("slow.origin.test", OriginReadTimeout=1)}
    made = distribution(aws, slow, custom("quick.origin.test"), codes=[500])
    assert visit(aws, made["DomainName"]) == (200, "quick.origin.test")


def test_a_name_that_is_an_alias_leads_to_the_distribution(aws: EmulatedAws) -> None:
    names, identifier = ["www.site.example", "site.example"], zone(aws, "site.example")
    aliases = {"Quantity": 2, "Items": names}
    viewer = {"ACMCertificateArn": certificate(aws, identifier, *names), "SSLSupportMethod": "sni-only"}
    made = distribution(aws, bucket(aws, "aliased", HERE), Aliases=aliases, ViewerCertificate=viewer)
    let_in(aws, "aliased", made["ARN"], "s3:GetObject")
    put(
        aws, identifier,
        *({"Name": name, "Type": "A",
         "AliasTarget": {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": made["DomainName"],
                           "EvaluateTargetHealth": False}}
          for name in ("site.example", "other.site.example")),
    )  # fmt: skip

    assert visit(aws, "www.site.example") == (200, "aliased")
    assert visit(aws, "site.example") == (200, "aliased")
    assert visit(aws, "other.site.example")[0] == 403


def test_methods_that_are_not_allowed_are_refused_and_errors_have_their_page(aws: EmulatedAws) -> None:
    page = {"ErrorCode": 404, "ResponsePagePath": "/index.html", "ResponseCode": "200", "ErrorCachingMinTTL": 1}
    made = distribution(aws, bucket(aws, "paged", HERE), CustomErrorResponses={"Quantity": 1, "Items": [page]})
    let_in(aws, "paged", made["ARN"], "s3:GetObject", "s3:ListBucket")

    assert visit(aws, made["DomainName"], "/none") == (200, "paged")
    assert visit(aws, made["DomainName"], method="POST")[0] == 403


@pytest.mark.parametrize(
    ("principal", "action", "answer"),
    [
        ("ecs-tasks.amazonaws.com", ["ecr:*", "logs:*"], 200),
        ("ecs-tasks.amazonaws.com", "ecr:*", 503),
        ("ecs-tasks.amazonaws.com", "logs:*", 503),
        ("ecs.amazonaws.com", ["ecr:*", "logs:*"], 503),
    ],
)
def test_no_task_runs_that_its_role_may_not_start(
    aws: EmulatedAws, principal: str, action: str | list[str], answer: int
) -> None:
    assert started(aws, action, principal)[0] == answer


_STARTS = ["ecr:*", "logs:*"]


@pytest.mark.parametrize(
    ("kind", "actions", "lacks"),
    [
        ("secret", ["secretsmanager:GetSecretValue", "kms:Decrypt"], ""),
        ("secret", ["secretsmanager:GetSecretValue"], "is not authorized to perform: kms:Decrypt"),
        ("secret", ["kms:Decrypt"], "is not authorized to perform: secretsmanager:GetSecretValue"),
        ("parameter", ["ssm:GetParameters"], ""),
        ("parameter", ["ssm:GetParameter"], "is not authorized to perform: ssm:GetParameters"),
        ("nothing", ["ssm:*"], "cannot be found"),
    ],
)
def test_no_task_runs_whose_role_may_not_read_what_it_is_given(
    aws: EmulatedAws, kind: str, actions: list[str], lacks: str
) -> None:
    name = f"given-{uuid4()}"
    if kind == "secret":
        key = aws.client("kms", HERE).create_key()["KeyMetadata"]["Arn"]
        made = aws.client("secretsmanager", HERE).create_secret(Name=name, SecretString="{}", KmsKeyId=key)
        given = f"{made['ARN']}:password::"
    else:
        given = f"arn:aws:ssm:{HERE}:123456789012:parameter/{name}"
    if kind == "parameter":
        aws.client("ssm", HERE).put_parameter(Name=f"/{name}", Value="v", Type="String")

    answer, events = started(aws, [*_STARTS, *actions], secrets=[{"name": "PASSWORD", "valueFrom": given}])

    assert answer == (503 if lacks else 200)
    assert [lacks in event["message"] for event in events if "ResourceInitializationError" in event["message"]] == [
        True
    ] * bool(lacks)


def started(
    aws: EmulatedAws, action: str | list[str], principal: str = "ecs-tasks.amazonaws.com", **given: Any
) -> tuple[int, list[dict[str, Any]]]:
    """Run a service with a role that may do `action`; return its answer and its events."""
    name = f"started-{uuid4()}"
    trust = document(Action="sts:AssumeRole", Principal={"Service": principal})
    role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    aws.client("iam").put_role_policy(
        RoleName=name, PolicyName="start", PolicyDocument=document(Action=action, Resource="*")
    )
    ecs = aws.client("ecs", HERE)
    logs = {"awslogs-group": "/ecs/web", "awslogs-region": HERE, "awslogs-stream-prefix": "web"}
    container = {
        "name": "web",
        "image": f"123456789012.dkr.ecr.{HERE}.amazonaws.com/shop/web@sha256:{'0' * 64}",
        "logConfiguration": {"logDriver": "awslogs", "options": logs},
        **given,
    }
    ecs.register_task_definition(family=name, executionRoleArn=role, containerDefinitions=[container | {"memory": 64}])
    cluster = ecs.create_cluster(clusterName=name)["cluster"]["clusterArn"]
    service = ecs.create_service(cluster=cluster, serviceName=name, taskDefinition=name, desiredCount=1)["service"]
    aws.place(f"{name}.test", service["serviceArn"])

    (shown,) = ecs.describe_services(cluster=cluster, services=[name])["services"]
    answer = visit(aws, f"{name}.test")[0]
    assert shown["runningCount"] == (answer == 200)
    return answer, shown["events"]


def test_a_service_answers_while_its_tasks_run(aws: EmulatedAws) -> None:
    ecs = aws.client("ecs", HERE)
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "web", "image": "web", "memory": 64}])
    service = ecs.create_service(cluster="shop", serviceName="web", taskDefinition="web", desiredCount=0)["service"]
    aws.place("web.test", service["serviceArn"])
    assert visit(aws, "web.test")[0] == 503

    ecs.update_service(cluster="shop", service="web", desiredCount=2)

    assert visit(aws, "web.test")[0] == 200
    with aws.fail_region(HERE):
        assert visit(aws, "web.test")[0] == 502
    aws.take_away("web.test")
