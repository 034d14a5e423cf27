"""Where and how a block is written: in which stack, with the engine in use, as JSON."""

from __future__ import annotations

from functools import partialmethod
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

from constructs_lib.errors import ConfigurationError, EngineError
from constructs_lib.terraform.engine import (
    ENGINE,
    ENGINE_VARIABLE,
    ENGINES,
    App,
    Construct,
    Node,
    TerraformStack,
    create,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import IConstruct

__all__ = [
    "build",
    "find_child",
    "in_python",
    "is_of_the_engine",
    "new_stack",
    "node_of",
    "part",
    "path_of",
    "placed",
    "refuse_other_engine",
    "refused_as_hcl",
    "root_of",
    "stack_of",
]

# Asking the engine costs a round trip to Node.js, and a construct never changes its stack, nor its node.
_stacks: WeakKeyDictionary[Construct, TerraformStack] = WeakKeyDictionary()
_paths: WeakKeyDictionary[Construct, str] = WeakKeyDictionary()
_nodes: WeakKeyDictionary[Construct, Node] = WeakKeyDictionary()
_roots: WeakKeyDictionary[TerraformStack, Construct] = WeakKeyDictionary()

Placed = TypeVar("Placed", bound=Construct)
Method = TypeVar("Method", bound="Callable[..., Any]")


def stack_of(construct: object, *, where: str) -> TerraformStack:
    """The stack *construct* is in.

    Raises:
        ConfigurationError: *construct* is no construct, or in no stack.
        EngineError: The stack is made with the engine that is not in use.
    """
    if not isinstance(construct, Construct):
        msg = f"{where}: the scope is {construct!r}; give the stack or construct to build in"
        raise ConfigurationError(msg)
    known = construct if isinstance(construct, TerraformStack) else _stacks.get(construct)
    if known is not None:
        return known
    try:
        stack: object = TerraformStack.of(construct)
    except RuntimeError as error:
        msg = f"{where}: the scope is in no stack; give a TerraformStack, or a construct inside one"
        raise ConfigurationError(msg) from error
    if not isinstance(stack, TerraformStack):
        refuse_other_engine(stack, where=where)
        msg = f"{where}: the scope is in {stack!r}, which is not a TerraformStack of {ENGINE}"
        raise ConfigurationError(msg)
    _stacks[construct] = stack
    return stack


def placed(construct: Placed, scope: Construct, id: str) -> Placed:
    """Note that *construct*, which is returned, was built in *scope*, so that nobody asks the engine where it is."""
    _stacks[construct] = stack_of(scope, where=id)
    # The engine keeps slashes for its paths, and writes one in an id like this.
    _paths[construct] = f"{path_of(scope)}/{id.replace('/', '--')}"
    return construct


def part(scope: Construct, id: str) -> Construct:
    """Return a new construct *id* in *scope*, for what is built there.

    Raises:
        ConfigurationError: *scope* has something of that id.
    """
    made = Construct.__new__(Construct)
    build(made, scope, id)
    return made


def build(construct: Construct, scope: Construct, id: str) -> None:
    """Make *construct* a child of *scope*: what its constructor does, without looking at the types of both again.

    Raises:
        ConfigurationError: *scope* has something of that id. Then nothing is changed.
    """
    try:
        create(type(construct), construct, [scope, id])
    except RuntimeError as error:
        raise ConfigurationError(str(error).strip().partition("\n")[0]) from error
    placed(construct, scope, id)


def new_stack(app: Construct, id: str) -> TerraformStack:
    """Return a new stack *id* of *app*, whose path nobody has to ask for."""
    stack = TerraformStack(app, id)
    _paths[stack] = id if isinstance(app, App) else f"{path_of(app)}/{id}"
    return stack


def root_of(stack: TerraformStack) -> Construct:
    """The app of *stack*, or what stands at the root in its place."""
    root = _roots.get(stack)
    if root is None:
        root = _roots[stack] = cast("Construct", stack.node.root)
    return root


def path_of(construct: Construct) -> str:
    """The ids on the way from the app to *construct*, as `stack/construct`."""
    path = _paths.get(construct)
    if path is None:
        # A class of yours may have a text of its own, which says something else.
        path = _paths[construct] = (
            construct.to_string() if type(construct).to_string is Construct.to_string else construct.node.path
        )
    return path


def node_of(construct: Construct) -> Node:
    """The node of *construct*, for which the engine is asked once."""
    node = _nodes.get(construct)
    if node is None:
        node = _nodes[construct] = construct.node
    return node


def find_child(scope: Construct, id_: str) -> IConstruct | None:
    """The child of *scope* that has the id, made by whoever."""
    return node_of(scope).try_find_child(id_)


def is_of_the_engine(value: object) -> bool:
    """Whether the engine can be handed *value* as it is: an object of its own, or one of yours that it calls back."""
    return hasattr(value, "__jsii_ref__") or hasattr(type(value), "__jsii_ifaces__")


def refuse_other_engine(value: object, *, where: str) -> None:
    """Raise where *value* is made with the engine that is not in use.

    Raises:
        EngineError: Names the way to use the other one.
    """
    for kind in type(value).__mro__:
        package = kind.__module__.partition(".")[0]
        if package in ENGINES and package != ENGINE:
            msg = (
                f"{where}: {type(value).__name__} is made with {package}, while {ENGINE} is in use; import "
                f"{package} before constructs_lib, or set {ENGINE_VARIABLE}={package}, and use one of the "
                f"two only"
            )
            raise EngineError(msg)


def refused_as_hcl(where: str) -> EngineError:
    """The error for a synth to HCL, where the engine would write every block of ours empty and say nothing.

    HCL sets blocks apart from maps, and plain arguments do not say which they are; JSON needs no difference.
    """
    msg = f"{where}: it can be written as JSON only, which Terraform reads as well; synthesize without --hcl"
    return EngineError(msg)


def in_python(method: Method) -> Method:
    """Have *method* stand for the engine's, for whoever calls it in Python.

    A plain function would stand for it in Node.js as well, and jsii tells it so anew with each resource: 4 % of
    a synth. The engine itself calls none of these.
    """
    return partialmethod(method)  # type: ignore[return-value]
