"""The CDK engine, `cdktf` or its living fork `cdktn`: chosen once, here, and named nowhere else.

Importing this module starts the engine (about half a second), so nothing above the `terraform` room imports
it before a construct is made.

The two must never meet in one construct tree: a resource of one in a stack of the other fails at synth with a
JavaScript error. Hence the order of choice:

1. the engine the process has imported already, because the app's stacks are made of it;
2. the environment variable `CDKTF_DR_ENGINE`, `cdktf` or `cdktn`;
3. `cdktf` where it is installed;
4. `cdktn`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

from constructs_lib.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # Both engines share the part of the API that is used here; the type checker reads the user's default.
    from cdktf import (
        Annotations,
        App,
        Aspects,
        DefaultTokenResolver,
        Fn,
        IAspect,
        ITerraformDependable,
        LocalBackend,
        S3Backend,
        StringConcat,
        TerraformDataSource,
        TerraformElement,
        TerraformModule,
        TerraformOutput,
        TerraformProvider,
        TerraformProviderGeneratorMetadata,
        TerraformRemoteState,
        TerraformResource,
        TerraformResourceLifecycle,
        TerraformStack,
        TerraformVariable,
        Testing,
        Token,
        Tokenization,
    )
    from constructs import Construct, IValidation, Node
    from jsii import create, implements

__all__ = [
    "ENGINE",
    "ENGINES",
    "ENGINE_VARIABLE",
    "Annotations",
    "App",
    "Aspects",
    "Construct",
    "DefaultTokenResolver",
    "Fn",
    "IAspect",
    "ITerraformDependable",
    "IValidation",
    "LocalBackend",
    "Node",
    "S3Backend",
    "StringConcat",
    "TerraformDataSource",
    "TerraformElement",
    "TerraformModule",
    "TerraformOutput",
    "TerraformProvider",
    "TerraformProviderGeneratorMetadata",
    "TerraformRemoteState",
    "TerraformResource",
    "TerraformResourceLifecycle",
    "TerraformStack",
    "TerraformVariable",
    "Testing",
    "Token",
    "Tokenization",
    "choose_engine",
    "create",
    "implements",
]

ENGINES: Final = ("cdktf", "cdktn")
"""The engines, the default one first."""

ENGINE_VARIABLE: Final = "CDKTF_DR_ENGINE"
"""Name of the environment variable that asks for an engine."""


def _is_installed(engine: str) -> bool:
    try:
        return importlib.util.find_spec(engine) is not None
    except ValueError:
        # A `None` in sys.modules blocks the import, and `find_spec` answers it with a ValueError.
        return False


def choose_engine(
    *,
    loaded: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    is_installed: Callable[[str], bool] = _is_installed,
) -> str:
    """Name the engine to use, without importing it.

    Args:
        loaded: The imported modules; default `sys.modules`.
        environment: The environment; default `os.environ`. An empty `CDKTF_DR_ENGINE` counts as unset.
        is_installed: Whether a package can be imported; default asks the import system.

    Raises:
        EngineError: `CDKTF_DR_ENGINE` names no engine (also where the choice would not have needed it, since
            a misspelt setting should not pass unseen), or the engine asked for, or any, is not installed.
    """
    loaded = sys.modules if loaded is None else loaded
    environment = os.environ if environment is None else environment

    asked = environment.get(ENGINE_VARIABLE, "")
    if asked and asked not in ENGINES:
        msg = (
            f"{ENGINE_VARIABLE} is {asked!r}, which is no engine; set it to {' or '.join(ENGINES)}, or unset "
            f"it to use the engine the app imports"
        )
        raise EngineError(msg)
    for engine in ENGINES:
        if loaded.get(engine) is not None:
            return engine
    if asked:
        if not is_installed(asked):
            msg = f"{ENGINE_VARIABLE} asks for {asked}, which is not installed; run: pip install 'cdktf-dr[{asked}]'"
            raise EngineError(msg)
        return asked
    for engine in ENGINES:
        if is_installed(engine):
            return engine
    msg = "neither cdktf nor cdktn is installed; run: pip install 'cdktf-dr[cdktf]' or pip install 'cdktf-dr[cdktn]'"
    raise EngineError(msg)


ENGINE: Final[str] = choose_engine()
"""The engine in use, `cdktf` or `cdktn`."""

if not TYPE_CHECKING:
    # jsii would say the same in two tracebacks, the last one about something else.
    _node = os.environ.get("JSII_NODE", "node")
    if ENGINE not in sys.modules and shutil.which(_node) is None:
        msg = f"{ENGINE} runs on Node.js, and there is no {_node} on the PATH; install it, or name it in JSII_NODE"
        raise EngineError(msg)
    try:
        _engine = importlib.import_module(ENGINE)
        from constructs import Construct, IValidation, Node
        from jsii import create, implements
    except Exception as error:
        # jsii reports a missing Node.js, or one it cannot talk to, as errors of many classes.
        msg = (
            f"{ENGINE} is installed but cannot be started ({type(error).__name__}: "
            f"{str(error).strip().partition(chr(10))[0]}); put Node.js 20 or 22 on the PATH, and install "
            f"cdktf-dr[{ENGINE}] again where that does not help"
        )
        raise EngineError(msg) from error

    Annotations = _engine.Annotations
    App = _engine.App
    Aspects = _engine.Aspects
    DefaultTokenResolver = _engine.DefaultTokenResolver
    Fn = _engine.Fn
    IAspect = _engine.IAspect
    ITerraformDependable = _engine.ITerraformDependable
    LocalBackend = _engine.LocalBackend
    S3Backend = _engine.S3Backend
    StringConcat = _engine.StringConcat
    TerraformDataSource = _engine.TerraformDataSource
    TerraformElement = _engine.TerraformElement
    TerraformModule = _engine.TerraformModule
    TerraformOutput = _engine.TerraformOutput
    TerraformProvider = _engine.TerraformProvider
    TerraformProviderGeneratorMetadata = _engine.TerraformProviderGeneratorMetadata
    TerraformRemoteState = _engine.TerraformRemoteState
    TerraformResource = _engine.TerraformResource
    TerraformResourceLifecycle = _engine.TerraformResourceLifecycle
    TerraformStack = _engine.TerraformStack
    TerraformVariable = _engine.TerraformVariable
    Testing = _engine.Testing
    Token = _engine.Token
    Tokenization = _engine.Tokenization
