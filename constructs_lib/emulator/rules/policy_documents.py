"""Policies that are none: JSON, elements, principals, actions and resources by the grammar of the language.

IAM reads every kind by one grammar, and each service answers with an error of its own.
"""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.loaders import Loader

from constructs_lib.emulator.permissions.conditions import listed
from constructs_lib.emulator.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from constructs_lib.emulator.calls.asked import Asked
    from constructs_lib.emulator.calls.inquiry import Inquiry
    from constructs_lib.emulator.rules.rule import CodeFrom, Rule

    #: What a kind of policy asks of a statement besides the grammar; None where it has nothing against it.
    Further = Callable[[Mapping[str, Any], Asked], str | None]

_GRAMMAR: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
_SEEN: Final = "https://github.com/badmintoncryer/cdk-preflight,"
_SYNTAX: Final = "Syntax errors in policy."
_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_PAIRS: Final = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
_ELEMENTS: Final = frozenset({"Sid", "Effect", "Condition", *(name for pair in _PAIRS for name in pair)})
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_OPERATOR: Final = re.compile(
    r"(For(AnyValue|AllValues):)?(Null|(String(Not)?(Equals(IgnoreCase)?|Like)"
    r"|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?)",
    re.IGNORECASE,
)
_PRINCIPALS: Final = ("AWS", "Service", "Federated", "CanonicalUser")
_SERVICE: Final = re.compile(
    r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|cloud9\.\S+)"
)
_DOMAINS: Final = re.compile(r"\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$")
#: Principals whose name is not that of an API, nor below one.
_OTHER_SERVICES: Final = frozenset(
    {
        "alexa-appkit", "alexa-connectedhome", "cloudwatch-crossaccount", "config-conforms", "config-multiaccountsetup",
        "delivery", "ec2fleet", "ec2scheduled", "ecs-tasks", "edgelambda", "eks-fargate", "eks-fargate-pods",
        "eks-nodegroup", "logger", "macie", "opensearchservice", "ops", "spot", "spotfleet", "sso", "storagegateway",
        "trustedadvisor", "vmie", "vpc-flow-logs", "waf-regional",
    }
)  # fmt: skip
_OF_AWS: Final = re.compile(
    r"\*|\d{12}|A[A-Z0-9]{15,}|arn:aws[a-z-]*:iam::(\d{12}:(root|(user|role|group)/[^*?]+)|cloudfront:user/.+)"
    r"|arn:aws[a-z-]*:sts::\d{12}:(assumed-role|federated-user)/[^*?]+"
)


def _fault(text: str, asked: Asked, further: Further) -> str | None:
    """Return what is wrong with a policy, None where nothing is."""
    try:
        document = json.loads(text)
    except ValueError:
        return f"{_SYNTAX} This policy contains invalid Json"
    if not isinstance(document, dict) or not document.keys() <= {"Version", "Id", "Statement"}:
        return _SYNTAX
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        return "The policy must contain a valid version string"
    statements = listed(document.get("Statement", []))
    if "Statement" not in document or not all(isinstance(one, dict) for one in statements):
        return _SYNTAX
    sids = [one["Sid"] for one in statements if one.get("Sid")]
    if len(set(sids)) < len(sids):
        return "Statement IDs (SID) in a single policy must be unique."
    return next(filter(None, (found for one in statements for found in _of_statement(one, asked, further))), None)


def _of_statement(one: Mapping[str, Any], asked: Asked, further: Further) -> Iterator[str | None]:
    if not one.keys() <= _ELEMENTS or one.get("Effect") not in ("Allow", "Deny"):
        yield _SYNTAX
    for plain, negated in _PAIRS:
        yield _SYNTAX if plain in one and negated in one else None
    actions = _texts(one, "Action", "NotAction")
    if not actions:
        yield "Policy statement must contain actions."
    for action in actions:
        yield (
            None
            if _ACTION.fullmatch(action)
            else "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        )
    for resource in _texts(one, "Resource", "NotResource"):
        if resource != "*" and not resource.startswith("arn:") and "${" not in resource:
            yield f'Resource {resource} must be in ARN format or "*".'
    for operator in one.get("Condition") or {}:
        yield None if _OPERATOR.fullmatch(operator) else f"{_SYNTAX} Unknown condition operator {operator}"
    yield _principal_fault(one)
    yield further(one, asked)


def _texts(one: Mapping[str, Any], *names: str) -> list[str]:
    return [text for name in names for text in listed(one.get(name, [])) if isinstance(text, str)]


def _principal_fault(one: Mapping[str, Any]) -> str | None:
    principal = one.get("Principal", one.get("NotPrincipal", "*"))
    if principal == "*":
        return None
    if not isinstance(principal, dict) or not principal or not principal.keys() <= set(_PRINCIPALS):
        return "Invalid principal in policy"
    for kind, wanted in (("AWS", _OF_AWS), ("Service", _SERVICE)):
        for name in listed(principal.get(kind, [])):
            if not wanted.fullmatch(str(name)) or (kind == "Service" and not _is_service(str(name))):
                return f'Invalid principal in policy: "{kind.upper()}":"{name}"'
    return None


@cache
def _is_service(name: str) -> bool:
    """Say whether AWS has a service of that name: by its API, below it, or of a Region."""
    return not _services().isdisjoint(_DOMAINS.sub("", name).split("."))


@cache
def _services() -> frozenset[str]:
    return frozenset(_policies()) | frozenset(Loader().list_available_services("service-2")) | _OTHER_SERVICES


def _of_identity(one: Mapping[str, Any], _: Asked) -> str | None:
    if "Principal" in one or "NotPrincipal" in one:
        return "Policy document should not specify a principal."
    if not _texts(one, "Resource", "NotResource"):
        return "Policy statement must contain resources."
    if not re.fullmatch("[A-Za-z0-9]*", one.get("Sid") or ""):
        return "Statement IDs (SID) must be alpha-numeric."
    return None


def _of_trust(one: Mapping[str, Any], _: Asked) -> str | None:
    if "Resource" in one or "NotResource" in one:
        return "Has prohibited field Resource"
    if "Principal" not in one and "NotPrincipal" not in one:
        return "Missing required field Principal"
    if one.get("Principal") == "*":
        return 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'
    if not all(action.lower().startswith("sts:") for action in _texts(one, "Action", "NotAction")):
        return "AssumeRole policy may only specify STS AssumeRole actions."
    return None


def _of_resource(one: Mapping[str, Any], _: Asked) -> str | None:
    if "Principal" not in one and "NotPrincipal" not in one:
        return "Missing required field Principal"
    if "Resource" not in one and "NotResource" not in one:
        return "Missing required field Resource"
    return None


@cache
def _policies() -> Mapping[str, Mapping[str, Any]]:
    spec = importlib.util.find_spec("cfnlint")
    assert spec is not None, "the emulator does not start without cfn-lint"
    assert spec.origin is not None, "cfn-lint has files"
    listed_by_aws = Path(spec.origin).parent / "data" / "AdditionalSpecs" / "Policies.json"
    found: Mapping[str, Mapping[str, Any]] = json.loads(listed_by_aws.read_text(encoding="utf-8"))
    return found


def _actions(service: str) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = _policies()[service]["Actions"]
    return found


def _of_bucket(one: Mapping[str, Any], asked: Asked) -> str | None:
    if fault := _of_resource(one, asked):
        return fault
    known = _actions("s3")
    for action in _texts(one, "Action"):
        vendor, _, name = action.lower().partition(":")
        if action == "*":
            continue
        named = [known[each] for each in known if re.fullmatch(_pattern(name), each)]
        if vendor != "s3" or not named:
            return "Policy has invalid action"
        # An action on objects of a statement that names the bucket alone, or the other way round.
        wanted = {kind for each in named for kind in each.get("Resources", ("bucket", "object"))}
        given = {
            "object" if "/" in resource else "bucket"
            for resource in _texts(one, "Resource")
            if "*" not in resource[:14]
        }
        if "Resource" in one and given and not given & wanted and {"bucket", "object"} & wanted:
            return "Action does not apply to any resource(s) in statement"
    return None


def _pattern(name: str) -> str:
    return re.escape(name).replace(r"\*", ".*").replace(r"\?", ".")


def _of_topic(one: Mapping[str, Any], asked: Asked) -> str | None:
    if fault := _of_resource(one, asked):
        return fault
    known = {*_actions("sns"), "receive", "*"}
    for action in _texts(one, "Action"):
        vendor, _, name = action.lower().partition(":")
        # SNS asks for actions on a topic by name: neither all of its own, nor those on no topic.
        if vendor != "sns" or (name == "*" or not any(re.fullmatch(_pattern(name), each) for each in known)):
            return "Invalid parameter: Policy statement action out of service scope!"
    return None


def _of(
    id: str,
    operations: str,
    member: str,
    further: Further,
    *,
    code: str,
    source: str,
    code_from: CodeFrom = "api",
    prefix: str = "",
) -> Rule:
    @rule(id, operations, code=code, code_from=code_from, source=f"{_GRAMMAR}; {source}")
    async def _none(asked: Asked, _: Inquiry) -> str | None:
        given = asked.parameters
        text = given.get(member) or given.get("Attributes", {}).get(member)
        if member == "AttributeValue" and given.get("AttributeName") != "Policy":
            return None
        found = _fault(text, asked, further) if text else None
        return None if found is None else prefix + found

    return _none


RULES: Final = (
    _of(
        "iam.policy-that-is-none",
        "iam:CreatePolicy CreatePolicyVersion PutRolePolicy",
        "PolicyDocument",
        _of_identity,
        code="MalformedPolicyDocument",
        source=f"the messages in {_SEEN} rules/iam, and in public reports of each",
    ),
    _of(
        "iam.trust-that-is-none",
        "iam:CreateRole",
        "AssumeRolePolicyDocument",
        _of_trust,
        code="MalformedPolicyDocument",
        source=f"the messages in {_SEEN} rules/iam, and in public reports of each",
    ),
    _of(
        "iam.changed-trust-that-is-none",
        "iam:UpdateAssumeRolePolicy",
        "PolicyDocument",
        _of_trust,
        code="MalformedPolicyDocument",
        source="as of CreateRole",
    ),
    _of(
        "kms.policy-that-is-none",
        "kms:CreateKey PutKeyPolicy ReplicateKey",
        "Policy",
        _of_resource,
        code="MalformedPolicyDocumentException",
        source=f"{_SEEN} rules/kms/pf-kms-key-policy-statement",
    ),
    _of(
        "s3.policy-that-is-none",
        "s3:PutBucketPolicy",
        "Policy",
        _of_bucket,
        code="MalformedPolicy",
        code_from="seen",
        source="actions and what they are on by cfn-lint's list, which is AWS's; code and messages in"
        " https://github.com/hashicorp/terraform/issues/23570 and many others",
    ),
    _of(
        "secretsmanager.policy-that-is-none",
        "secretsmanager:PutResourcePolicy",
        "ResourcePolicy",
        _of_resource,
        code="MalformedPolicyDocumentException",
        source="botocore secretsmanager MalformedPolicyDocumentException",
    ),
    _of(
        "backup.policy-that-is-none",
        "backup:PutBackupVaultAccessPolicy",
        "Policy",
        _of_resource,
        code="InvalidParameterValueException",
        source="botocore backup PutBackupVaultAccessPolicy.Policy: a policy in JSON",
    ),
    _of(
        "dynamodb.policy-that-is-none",
        "dynamodb:PutResourcePolicy",
        "Policy",
        _of_resource,
        code="ValidationException",
        code_from="seen",
        prefix="Invalid policy document: ",
        source=f"{_SEEN} rules/dynamodb/pf-dynamodb-resource-policy-principal",
    ),
    _of(
        "sns.policy-that-is-none",
        "sns:SetTopicAttributes",
        "AttributeValue",
        _of_topic,
        code="InvalidParameter",
        prefix="Invalid parameter: Policy Error: ",
        source="botocore sns InvalidParameterException; the messages in public reports of SetTopicAttributes",
    ),
)
