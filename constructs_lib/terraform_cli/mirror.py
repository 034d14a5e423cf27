"""The Terraform program, and a copy of the AWS provider that already lies on this machine.

The provider weighs hundreds of megabytes. Where a filesystem mirror of it is found, a CLI configuration
written for it saves the download, and everything works offline; elsewhere Terraform downloads, into a shared
cache.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import re
import shutil
import stat
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cli_configuration", "find_provider_mirror", "terraform_binary", "terraform_environment"]

_REGISTRIES: Final = ("registry.terraform.io", "registry.opentofu.org")
_PROVIDER: Final = Path("hashicorp", "aws")
_SEARCH_SECONDS: Final = 5.0
_SEARCH_DEPTH: Final = 6
# System directories that hold no files of their own, package trees too large to search, and working
# directories of Terraform, whose providers go away with them.
_NOT_SEARCHED: Final = frozenset(
    {"proc", "sys", "dev", "run", "boot", "lost+found", "node_modules", "site-packages", "dist-packages"}
    | {".terraform", ".git", ".cache", "__pycache__"}
)
_MIRROR_IN_CONFIGURATION: Final = re.compile(r'filesystem_mirror\s*\{[^}]*?\bpath\s*=\s*"([^"]+)"')
_CACHE_IN_CONFIGURATION: Final = re.compile(r'^\s*plugin_cache_dir\s*=\s*"([^"]+)"', re.MULTILINE)


def terraform_binary() -> Path | None:
    """The `terraform` program, else `tofu`, else None.

    The environment variable `TERRAFORM_BINARY_NAME`, which the engine and its CLI read as well, names
    another.
    """
    asked = os.environ.get("TERRAFORM_BINARY_NAME")
    for name in (asked,) if asked else ("terraform", "tofu"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    return None


@functools.cache
def find_provider_mirror() -> Path | None:
    """The root of a filesystem mirror that holds `hashicorp/aws` for this machine, or None.

    Looks where Terraform would (CLI configuration, its implied mirror directories, plugin cache), then
    through the root file system, breadth first, for at most five seconds. Directories that anybody may write to
    are passed over: a provider is a program, and it will be run. The answer is kept for the life of the process.
    """
    for directory in _usual_places():
        if _holds_provider(directory):
            return directory.resolve()
    return _search(Path(Path(__file__).anchor))


def cli_configuration(directory: Path) -> Path:
    """Write `mirror.tfrc` into *directory*, which makes Terraform take the AWS provider from the mirror.

    Every other provider, and the AWS provider where there is no mirror, is downloaded.

    Returns:
        Its path, for `TF_CLI_CONFIG_FILE`. It has to stay where it is, with all that lies beside it.

    Raises:
        EvaluationError: The file cannot be written.
    """
    mirror = find_provider_mirror()
    target = directory / "mirror.tfrc"
    lines = []
    if mirror is not None:
        # Terraform refuses a wildcard for the registry unless all of the address is one.
        patterns = json.dumps([f"{registry}/{_PROVIDER.as_posix()}" for registry in _REGISTRIES])
        lines = [
            "provider_installation {",
            "  filesystem_mirror {",
            f'    path    = "{_under_registry_of_binary(mirror, directory).as_posix()}"',
            f"    include = {patterns}",
            "  }",
            "  direct {",
            f"    exclude = {patterns}",
            "  }",
            "}",
        ]
    try:
        target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        msg = f"cannot write the Terraform CLI configuration {target}: {error.strerror}; give a writable directory"
        raise EvaluationError(msg) from error
    return target


def terraform_environment(directory: Path) -> dict[str, str]:
    """The environment to run Terraform in: this process's, quiet, with the mirror or a shared plugin cache.

    A CLI configuration the user has is left in charge, as it may hold credentials and a mirror of their own.

    Args:
        directory: Where the CLI configuration may be written; has to outlast the runs of Terraform.

    Raises:
        EvaluationError: The CLI configuration cannot be written.
    """
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
    user_configuration = _user_configuration()
    if user_configuration is not None and "provider_installation" in _text(user_configuration):
        return environment
    if find_provider_mirror() is not None:
        environment["TF_CLI_CONFIG_FILE"] = str(cli_configuration(directory))
        environment.pop("TF_PLUGIN_CACHE_DIR", None)
        return environment
    if user_configuration is None:
        # It may name a file that is not there, which Terraform warns of in every run.
        environment.pop("TF_CLI_CONFIG_FILE", None)
    cache = Path(environment.get("TF_PLUGIN_CACHE_DIR") or _default_cache())
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        environment.pop("TF_PLUGIN_CACHE_DIR", None)
    else:
        environment["TF_PLUGIN_CACHE_DIR"] = str(cache)
    return environment


def _default_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cdktf-dr" / "terraform-plugins"


def _user_configuration() -> Path | None:
    named = os.environ.get("TF_CLI_CONFIG_FILE")
    candidates = [Path(named)] if named else [Path.home() / ".terraformrc", Path.home() / ".tofurc"]
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _usual_places() -> Iterator[Path]:
    configuration = _user_configuration()
    if configuration is not None:
        text = _text(configuration)
        for pattern in (_MIRROR_IN_CONFIGURATION, _CACHE_IN_CONFIGURATION):
            for named in pattern.findall(text):
                yield Path(os.path.expandvars(named)).expanduser()
    cache = os.environ.get("TF_PLUGIN_CACHE_DIR")
    if cache:
        yield Path(cache)
    yield _default_cache()
    # Terraform's implied local mirror directories.
    yield Path.home() / ".terraform.d" / "plugins"
    data_home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    data_directories = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for data in (data_home, *map(Path, data_directories.split(os.pathsep))):
        yield data / "terraform" / "plugins"


def _platform() -> str:
    machine = platform.machine().lower()
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    return f"{platform.system().lower()}_{architecture}"


def _holds_provider(root: Path) -> bool:
    """Whether *root* is a mirror, unpacked or packed, with the AWS provider for this platform."""
    here = _platform()
    for registry in _REGISTRIES:
        provider = root / registry / _PROVIDER
        try:
            if any(provider.glob(f"*/{here}/terraform-provider-aws_*")):
                return True
            if any(provider.glob(f"terraform-provider-aws_*_{here}.zip")):
                return True
        except OSError:
            continue
    return False


def _search(top: Path) -> Path | None:
    """Breadth first, since mirrors lie near the top, on one file system, within a fixed time."""
    deadline = time.monotonic() + _SEARCH_SECONDS
    try:
        device = top.stat().st_dev
    except OSError:
        return None
    waiting = deque([(top, 0)])
    while waiting and time.monotonic() < deadline:
        directory, depth = waiting.popleft()
        try:
            with os.scandir(directory) as entries:
                children = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
            names = {entry.name for entry in children}
            if not names.isdisjoint(_REGISTRIES) and _holds_provider(directory):
                return directory
            if depth < _SEARCH_DEPTH:
                waiting.extend(
                    (Path(entry.path), depth + 1)
                    for entry in sorted(children, key=lambda entry: entry.name)
                    if entry.name not in _NOT_SEARCHED and _is_trusted(entry.stat(follow_symlinks=False), device)
                )
        except OSError:
            continue
    return None


def _is_trusted(found: os.stat_result, device: int) -> bool:
    return found.st_dev == device and not found.st_mode & stat.S_IWOTH


def _under_registry_of_binary(mirror: Path, directory: Path) -> Path:
    """The mirror, or links to it where it was made for the other program, which has a registry of its own."""
    binary = terraform_binary()
    wanted = _REGISTRIES[1] if binary is not None and binary.name.startswith("tofu") else _REGISTRIES[0]
    if (mirror / wanted / _PROVIDER).is_dir():
        return mirror
    other = next(registry for registry in _REGISTRIES if (mirror / registry / _PROVIDER).is_dir())
    links = directory / "provider-mirror"
    source = mirror / other / _PROVIDER
    # Only the last level may be a link; the programs do not follow others.
    for leaf in (*source.glob(f"*/{_platform()}"), *source.glob("terraform-provider-aws_*.zip")):
        link = links / wanted / _PROVIDER / leaf.relative_to(source)
        try:
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.is_symlink():
                link.symlink_to(leaf, target_is_directory=leaf.is_dir())
        except OSError as error:
            msg = f"cannot link the mirror under {links}: {error.strerror}; give a writable directory"
            raise EvaluationError(msg) from error
    return links
