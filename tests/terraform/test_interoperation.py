"""Our resources beside everything else an app of the engine may hold.

Their arguments are written by one element a stack, not by the resource. So each app is made twice, with our resources
and with ones whose arguments the engine itself asks for, as a provider binding has them. Both have to come out alike.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import ConfigurationError
from constructs_lib.terraform import engine
from constructs_lib.terraform.engine import (
    ENGINE,
    App,
    Aspects,
    Construct,
    Fn,
    IAspect,
    TerraformOutput,
    TerraformResource,
    TerraformStack,
    implements,
)
from constructs_lib.terraform.provider import AwsProvider
from constructs_lib.terraform.resource import AwsDataSource, AwsResource
from tests.terraform.child_process import require_engines, run_python

Make = Callable[..., Any]

_all = importlib.import_module(ENGINE)


class Binding(TerraformResource):
    """A resource as the provider bindings generate them, in small."""

    def __init__(
        self, scope: Construct, id: str, type_: str, arguments: dict[str, Any] | None = None, **meta: Any
    ) -> None:
        self._arguments = arguments or {}
        metadata = {"provider_name": "aws"}
        super().__init__(scope, id, terraform_resource_type=type_, terraform_generator_metadata=metadata, **meta)

    def ref(self, attribute: str) -> str:
        return self.get_string_attribute(attribute)

    def _synthesize_attributes(self) -> dict[str, Any]:
        return self._arguments


# What an app may do, given itself, its first stack, and the class to make resources with.


def tokens_of_a_binding(_app: App, stack: TerraformStack, make: Make) -> None:
    bound = Binding(stack, "bound", "aws_db_instance", {"engine": "postgres"})
    make(
        stack,
        "assets",
        "aws_s3_bucket",
        {
            "text": bound.get_string_attribute("arn"),
            "within": f"{bound.get_string_attribute('arn')}/*",
            "number": bound.get_number_attribute("port"),
            "numbers": bound.get_number_list_attribute("ports"),
            "list": bound.get_list_attribute("names"),
            "map": bound.get_string_map_attribute("tags_all"),
            "anything": bound.get_any_map_attribute("settings"),
            "flag": bound.get_boolean_attribute("multi_az"),
            "block": [{"deep": {"er": bound.get_string_attribute("id")}}],
            "tags": {bound.get_string_attribute("key"): "token in a key"},
            "called": Fn.join("-", [bound.get_string_attribute("id"), "x"]),
            "plain": 1.5,
        },
    )


def a_binding_that_takes_ours(_app: App, stack: TerraformStack, make: Make) -> None:
    bucket = make(stack, "assets", "aws_s3_bucket", {"bucket": "assets"})
    number = {"count": bucket.get_number_attribute("size"), "names": bucket.get_list_attribute("names")}
    Binding(stack, "policy", "aws_s3_bucket_policy", {"bucket": bucket.ref("id"), "address": bucket.fqn, **number})
    TerraformOutput(stack, "arn", value=bucket.ref("arn"))


def tokens_of_other_stacks(app: App, stack: TerraformStack, make: Make) -> None:
    other = TerraformStack(app, "other")
    AwsProvider(other, "aws", region="eu-west-1")
    here, there = make(stack, "here", "aws_s3_bucket"), make(other, "there", "aws_s3_bucket")
    reader = make(
        stack,
        "reader",
        "aws_ssm_parameter",
        {
            "value": there.ref("arn"),
            "number": there.get_number_attribute("n"),
            "list": there.get_list_attribute("l"),
            "map": there.get_string_map_attribute("m"),
        },
    )

    reader.add_override("overridden.deep", there.ref("id"))
    third = TerraformStack(app, "third")
    AwsProvider(third, "aws", region="eu-west-1")
    Binding(third, "reader", "aws_ssm_parameter", {"value": here.ref("arn"), "other": there.ref("arn")})


def order(_app: App, stack: TerraformStack, make: Make) -> None:
    first = make(stack, "first", "aws_s3_bucket", {"bucket": "first"})
    bound = Binding(stack, "bound", "aws_s3_bucket", {}, depends_on=[first])
    second = make(stack, "second", "aws_s3_bucket", {"bucket": "second"}, depends_on=[first, bound])
    trigger = {"prevent_destroy": True, "replace_triggered_by": [first, second.fqn], "ignore_changes": ["tags"]}
    make(stack, "third", "aws_s3_bucket", {"bucket": "third"}, lifecycle=trigger)


def imports_and_moves(_app: App, stack: TerraformStack, make: Make) -> None:
    make(stack, "imported", "aws_s3_bucket", {"bucket": "imported"}).import_from("of-old")
    make(stack, "from", "aws_s3_bucket", {"bucket": "from"}).move_to("target")
    make(stack, "to", "aws_s3_bucket", {"bucket": "to"}).add_move_target("target")
    make(stack, "indexed", "aws_s3_bucket", {"bucket": "indexed"}).move_to("target", "a")
    make(stack, "away", "aws_s3_bucket", {"bucket": "away"}).move_to_id("aws_s3_bucket.elsewhere")
    make(stack, "renamed", "aws_s3_bucket", {"bucket": "renamed"}).move_from_id("aws_s3_bucket.former")


def repetition(_app: App, stack: TerraformStack, make: Make) -> None:
    counted = make(stack, "counted", "aws_s3_bucket", {"bucket": "b-${count.index}"})
    counted.count = 3
    count = _all.TerraformCount.of(2)
    by_count = make(stack, "by_count", "aws_s3_bucket", {"number": count.index, "numbers": [count.index]})
    by_count.count = count
    iterator = _all.TerraformIterator.from_list(["a", "b"])
    each = make(stack, "each", "aws_s3_bucket", {"bucket": iterator.value, "rule": iterator.dynamic({"id": "x"})})
    each.for_each = iterator
    TerraformOutput(stack, "all", value=each.ref("arn"))


def logical_ids(_app: App, stack: TerraformStack, make: Make) -> None:
    parent = Construct(stack, "orders")
    make(parent, "Default", "aws_s3_bucket", {"bucket": "main"})
    make(Construct(parent, "nested"), "child", "aws_s3_bucket", {"bucket": "child"})
    late = make(parent, "late", "aws_s3_bucket", {"bucket": "late"})
    late.override_logical_id("pinned")
    undone = make(parent, "undone", "aws_s3_bucket", {"bucket": "undone"})
    undone.override_logical_id("x")
    undone.reset_override_logical_id()
    for ids in (
        ("a/b", "c"),
        ("Resource", "x"),
        ("x-orders", "orders", "Default"),
        ("ü.b", "b"),
        ("l" * 250, "m" * 20),
    ):
        scope = parent
        for id in ids[:-1]:
            scope = Construct(scope, id)
        make(scope, ids[-1], "aws_s3_bucket", {"bucket": "odd"})
    make(stack, "dot.ted/id", "aws_s3_bucket", {"bucket": "alone"})
    make(stack, "l" * 256, "aws_s3_bucket", {"bucket": "long"})
    make(TerraformStack(parent, "inner"), "other", "aws_s3_bucket", {"bucket": "inner"})
    make(stack, "one", "aws_s3_bucket", {"bucket": "one", "rule": ["a"]}).override_logical_id("same")
    make(stack, "two", "aws_s3_bucket", {"acl": "two", "rule": ["b"]}).override_logical_id("same")


class Numbered(TerraformStack):
    """A stack with names of its own."""

    def _allocate_logical_id(self, tf_element: Any) -> str:
        return f"n_{len(tf_element.node.path)}"


class Labelled(Construct):
    """A construct with a text of its own."""

    def to_string(self) -> str:
        return "somewhere/else"


def names_of_your_own(app: App, stack: TerraformStack, make: Make) -> None:
    numbered = Numbered(app, "numbered")
    AwsProvider(numbered, "aws", region="eu-west-1")
    make(numbered, "one", "aws_s3_bucket", {"bucket": "one"})
    make(Labelled(stack, "labelled"), "two", "aws_s3_bucket", {"bucket": "two"})


def overrides(_app: App, stack: TerraformStack, make: Make) -> None:
    arguments = {"bucket": "a", "acl": "b", "tags": {"a": "1", "b": "2"}, "rule": [{"id": "one", "n": 1}], "list": [1]}
    bucket = make(Construct(stack, "early"), "assets", "aws_s3_bucket", arguments, lifecycle={"prevent_destroy": True})
    bucket.add_override("bucket", "other")
    bucket.add_override("acl", None)
    bucket.add_override("tags.a", None)
    bucket.add_override("tags.c", {"deep": bucket.ref("id")})
    bucket.add_override("rule.0.id", "two")
    bucket.add_override("list", [2])
    bucket.add_override("lifecycle.prevent_destroy", False)
    bucket.add_override("lifecycle.ignore_changes", ["tags"])
    bucket.add_override("provisioner", [{"local-exec": {"command": "true"}}])
    bucket.add_override("//.note", "ours")
    bucket.add_override("provider", "aws.other")
    make(stack, "late", "aws_s3_bucket", {"bucket": "late"}).add_override("bucket", bucket.ref("id"))
    Binding(stack, "bound", "aws_s3_bucket", {"bucket": "bound"}).add_override("bucket", "b")


def notes_for_people(_app: App, stack: TerraformStack, make: Make) -> None:
    bucket = make(stack, "assets", "aws_s3_bucket", {"bucket": "a"})
    engine.Annotations.of(bucket).add_warning("mind this")
    stack.add_override("resource.aws_s3_bucket.assets.tags.x", "the stack has the last word")
    stack.add_override("//.recovery.x", {"a": 1})


USES = [
    tokens_of_a_binding,
    a_binding_that_takes_ours,
    tokens_of_other_stacks,
    order,
    imports_and_moves,
    repetition,
    logical_ids,
    names_of_your_own,
    overrides,
    notes_for_people,
]


def _ours(scope: Construct, id: str, type_: str, arguments: dict[str, Any] | None = None, **meta: Any) -> AwsResource:
    return AwsResource(scope, id, type_, arguments, provider=None, **meta)


def _files(directory: Path, build: Callable[[App, TerraformStack, Make], None], make: Make) -> dict[str, Any]:
    app = App(outdir=str(directory), skip_validation=True)
    stack = TerraformStack(app, "shop")
    AwsProvider(stack, "aws", region="eu-west-1")
    build(app, stack, make)
    app.synth()
    return {
        str(path.relative_to(directory)): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(directory.rglob("*.json"))
    }


@pytest.mark.parametrize("build", USES)
def test_an_app_comes_out_as_if_the_engine_had_asked_each_resource(
    tmp_path: Path, build: Callable[[App, TerraformStack, Make], None]
) -> None:
    theirs = _files(tmp_path / "theirs", build, Binding)
    ours = _files(tmp_path / "ours", build, _ours)

    assert "aws_s3_bucket" in ours["stacks/shop/cdk.tf.json"]["resource"]
    assert theirs == ours


_names = st.sampled_from(["a", "b", "list", "blocks", "0", "1"])
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "${var.y}"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_names, inner, max_size=2),
    max_leaves=4,
)
_arguments = {"a": "1", "b": {"a": {"b": 1}, "list": [1]}, "list": ["x"], "blocks": [{"a": "1"}, {"b": {"a": 2}}]}


@given(edits=st.lists(st.tuples(st.lists(_names, min_size=1, max_size=3).map(".".join), _values), max_size=4))
def test_any_override_means_what_it_means_to_the_engine(edits: list[tuple[str, Any]]) -> None:
    blocks = []
    for make in (Binding, _ours):
        stack = TerraformStack(engine.Testing.app(), "shop")
        resource = make(stack, "assets", "aws_s3_bucket", _arguments)
        for path, value in edits:
            resource.add_override(path, value)
        blocks.append(stack.to_terraform())

    assert blocks[0] == blocks[1]


_ids = st.text(st.sampled_from("aB-_./é1"), min_size=1, max_size=4) | st.sampled_from(["Default", "Resource"])


@given(path=st.lists(_ids, min_size=1, max_size=4))
def test_any_resource_is_called_what_the_engine_calls_it(path: list[str]) -> None:
    stack = TerraformStack(engine.Testing.app(), "shop")
    scope: Construct = stack
    for id in path[:-1]:
        scope = Construct(scope, id)
    if set(path) == {"Default"}:
        path = [*path[:-1], "x"]
    resource = _ours(scope, path[-1], "aws_s3_bucket", {"bucket": "a"})
    called = resource.friendly_unique_id

    assert stack.to_terraform()["resource"]["aws_s3_bucket"][called]["bucket"] == "a"


def test_a_data_source_is_overridden_like_a_resource(stack: TerraformStack) -> None:
    key = AwsDataSource(stack, "key", "aws_kms_alias", {"name": "alias/shop"}, provider=None)

    key.add_override("name", "alias/other")
    key.add_override("depends_on", ["aws_kms_key.main"])

    written = stack.to_terraform()["data"]["aws_kms_alias"]["key"]
    assert (written["name"], written["depends_on"]) == ("alias/other", ["aws_kms_key.main"])


def test_an_override_terraform_cannot_hold_is_refused_at_once(stack: TerraformStack) -> None:
    bucket = _ours(stack, "assets", "aws_s3_bucket")

    with pytest.raises(ConfigurationError, match=r"aws_s3_bucket 'assets'\.tags\.a: 1j is a complex"):
        bucket.add_override("tags.a", 1j)


def test_inside_a_token_nothing_can_be_overridden(stack: TerraformStack) -> None:
    bound = Binding(stack, "bound", "aws_db_instance")
    bucket = _ours(stack, "assets", "aws_s3_bucket", {"flag": bound.get_boolean_attribute("multi_az")})
    bucket.add_override("flag.deep", True)

    with pytest.raises(RuntimeError, match="flag is a token, so nothing inside it can be overridden"):
        stack.to_terraform()


def test_an_aspect_sees_each_resource_once_and_may_change_it_and_add_others(stack: TerraformStack) -> None:
    seen = []

    @implements(IAspect)
    class Tagging:
        def visit(self, node: object) -> None:
            if isinstance(node, AwsResource):
                seen.append(node.node.id)
                node.override("tags.owner", "payments")
                node.add_override("tags.cost", "42")
                if node.node.id == "assets":
                    _ours(stack, "added", "aws_s3_bucket_policy", {"bucket": node.ref("id")})

    _ours(Construct(stack, "early"), "logs", "aws_s3_bucket")
    _ours(stack, "assets", "aws_s3_bucket", {"tags": {"owner": "nobody"}})
    Aspects.of(stack).add(Tagging())

    written = json.loads(engine.Testing.synth(stack))["resource"]

    assert sorted(seen) == ["assets", "logs"]
    assert [block["tags"] for block in written["aws_s3_bucket"].values()] == [{"cost": "42", "owner": "payments"}] * 2
    assert written["aws_s3_bucket_policy"]["added"] == {"bucket": "${aws_s3_bucket.assets.id}"}


def test_the_testing_helpers_see_the_arguments(stack: TerraformStack, tmp_path: Path) -> None:
    AwsProvider(stack, "aws", region="eu-west-1")
    _ours(stack, "assets", "aws_s3_bucket", {"bucket": "assets", "tags": {"a": "1"}})
    text = engine.Testing.synth(stack, True)

    assert engine.Testing.to_have_resource_with_properties(text, "aws_s3_bucket", {"tags": {"a": "1"}})
    assert not engine.Testing.to_have_resource_with_properties(text, "aws_s3_bucket", {"bucket": "other"})
    full = Path(engine.Testing.full_synth(stack)) / "stacks" / "shop" / "cdk.tf.json"
    assert json.loads(full.read_text(encoding="utf-8"))["resource"]["aws_s3_bucket"]["assets"]["bucket"] == "assets"


def test_a_stack_can_be_written_again_after_a_change(stack: TerraformStack) -> None:
    bucket = _ours(stack, "assets", "aws_s3_bucket", {"bucket": "a"})
    before = stack.to_terraform()["resource"]["aws_s3_bucket"]["assets"]["bucket"]

    bucket.override("bucket", "b")
    _ours(stack, "more", "aws_s3_bucket")

    after = stack.to_terraform()["resource"]["aws_s3_bucket"]
    assert ("a", "b", {"assets", "more"}) == (before, after["assets"]["bucket"], after.keys())


def test_the_tree_holds_one_element_more_and_every_resource(app: App, stack: TerraformStack) -> None:
    _ours(Construct(stack, "orders"), "Default", "aws_s3_bucket")
    _ours(stack, "assets", "aws_s3_bucket")
    inner = TerraformStack(stack, "inner")
    _ours(inner, "other", "aws_s3_bucket", {"bucket": "inner"})

    paths = [construct.node.path for construct in app.node.find_all()]

    assert paths == [
        "",
        "shop",
        "shop/orders",
        "shop/orders/Default",
        "shop/aws-arguments",
        "shop/assets",
        "shop/inner",
        "shop/inner/other",
        "shop/inner/aws-arguments",
    ]
    assert isinstance(stack.node.find_child("assets"), AwsResource)
    assert inner.to_terraform()["resource"]["aws_s3_bucket"]["other"]["bucket"] == "inner"


def test_the_other_engine_does_the_same() -> None:
    other = "cdktn" if ENGINE == "cdktf" else "cdktf"
    require_engines(other)

    result = run_python(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", f"not {_THIS}", __file__),
        CDKTF_DR_ENGINE=other,
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )

    assert result.returncode == 0, result.stdout


_THIS = test_the_other_engine_does_the_same.__name__
