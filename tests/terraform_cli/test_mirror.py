from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib.terraform_cli import mirror

_NAME = "registry.terraform.io"


@pytest.fixture(autouse=True)
def _nothing_but_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home, an environment and a root of their own, so that no provider of the machine is found."""
    for name in ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "TERRAFORM_BINARY_NAME"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(home / "system"))
    search = mirror._search
    root = tmp_path / "root"
    root.mkdir()
    monkeypatch.setattr(mirror, "_search", lambda _top: search(root))
    mirror.find_provider_mirror.cache_clear()
    yield
    mirror.find_provider_mirror.cache_clear()


def _provider(root: Path, *, registry: str = _NAME, platform: str | None = None) -> Path:
    place = root / registry / "hashicorp" / "aws" / "5.100.0" / (platform or mirror._platform())
    place.mkdir(parents=True)
    (place / "terraform-provider-aws_v5.100.0_x5").touch()
    return root


def test_without_a_mirror_none_is_found() -> None:
    assert mirror.find_provider_mirror() is None


def test_a_mirror_anywhere_on_the_machine_is_found(tmp_path: Path) -> None:
    root = _provider(tmp_path / "root" / "software" / "plugins")

    assert root == mirror.find_provider_mirror()


def test_a_packed_mirror_is_found(tmp_path: Path) -> None:
    root = tmp_path / "root" / "plugins"
    place = root / _NAME / "hashicorp" / "aws"
    place.mkdir(parents=True)
    (place / f"terraform-provider-aws_5.100.0_{mirror._platform()}.zip").touch()

    assert root == mirror.find_provider_mirror()


def test_a_mirror_for_another_platform_is_passed_over(tmp_path: Path) -> None:
    _provider(tmp_path / "root" / "plugins", platform="plan9_mips")

    assert mirror.find_provider_mirror() is None


def test_providers_in_a_working_directory_of_terraform_are_passed_over(tmp_path: Path) -> None:
    _provider(tmp_path / "root" / "project" / ".terraform" / "providers")

    assert mirror.find_provider_mirror() is None


@pytest.mark.parametrize(
    "line",
    ['plugin_cache_dir = "{}"', 'provider_installation {{\n filesystem_mirror {{\n path = "{}"\n }}\n}}'],
)
def test_the_users_cli_configuration_is_looked_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    named = _provider(tmp_path / "named")
    _provider(tmp_path / "root" / "plugins")
    configuration = tmp_path / "user.tfrc"
    configuration.write_text(line.format(named), encoding="utf-8")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration))

    assert named == mirror.find_provider_mirror()


def test_a_cli_configuration_that_is_not_there_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "absent.tfrc"))

    assert mirror.find_provider_mirror() is None
    assert "TF_CLI_CONFIG_FILE" not in mirror.terraform_environment(tmp_path)


def test_the_plugin_cache_and_the_implied_mirrors_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    implied = _provider(tmp_path / "home" / ".terraform.d" / "plugins")
    assert implied == mirror.find_provider_mirror()

    cache = _provider(tmp_path / "cache")
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", str(cache))
    mirror.find_provider_mirror.cache_clear()
    assert cache == mirror.find_provider_mirror()


@pytest.mark.parametrize(("seconds", "opened"), [(0, 0), (5, 5), (1000, None)])
def test_the_search_ends_in_time(
    seconds: int, opened: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        (tmp_path / "root" / str(number) / "a").mkdir(parents=True)
    found = _provider(tmp_path / "root" / "a" / "b")
    looked_in: list[Path] = []
    scandir = os.scandir

    def watched(directory: Path) -> Any:
        looked_in.append(directory)
        return scandir(directory)

    # Each look at the clock is a second later than the one before.
    monkeypatch.setattr(mirror, "time", SimpleNamespace(monotonic=itertools.count().__next__))
    monkeypatch.setattr(mirror, "_SEARCH_SECONDS", seconds + 0.5)
    monkeypatch.setattr(os, "scandir", watched)

    assert mirror.find_provider_mirror() == (found if opened is None else None)
    assert opened is None or len(looked_in) == opened


def test_the_cli_configuration_names_the_mirror_and_leaves_the_rest_to_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "terraform_binary", lambda: Path("terraform"))
    root = _provider(tmp_path / "root" / "plugins")

    text = mirror.cli_configuration(tmp_path).read_text(encoding="utf-8")

    assert f'path    = "{root}"' in text
    assert 'exclude = ["registry.terraform.io/hashicorp/aws", "registry.opentofu.org/hashicorp/aws"]' in text


def test_opentofu_finds_a_mirror_made_for_terraform_under_its_own_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "terraform_binary", lambda: Path("tofu"))
    root = _provider(tmp_path / "root" / "plugins")

    text = mirror.cli_configuration(tmp_path).read_text(encoding="utf-8")

    links = tmp_path / "provider-mirror"
    leaf = Path("hashicorp", "aws", "5.100.0", mirror._platform())
    assert f'path    = "{links}"' in text
    assert (root / _NAME / leaf).resolve() == (links / "registry.opentofu.org" / leaf).resolve()


def test_the_environment_points_at_the_mirror(tmp_path: Path) -> None:
    _provider(tmp_path / "root" / "plugins")

    environment = mirror.terraform_environment(tmp_path)

    assert str(tmp_path / "mirror.tfrc") == environment["TF_CLI_CONFIG_FILE"]
    assert environment["CHECKPOINT_DISABLE"] == "1"
    assert os.environ["PATH"] == environment["PATH"]


def test_a_users_own_provider_installation_stays_in_charge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _provider(tmp_path / "root" / "plugins")
    configuration = tmp_path / "user.tfrc"
    configuration.write_text("provider_installation {\n  direct {}\n}\n", encoding="utf-8")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration))

    assert str(configuration) == mirror.terraform_environment(tmp_path)["TF_CLI_CONFIG_FILE"]


def test_without_a_mirror_downloads_are_kept_for_the_next_run(tmp_path: Path) -> None:
    cache = Path(mirror.terraform_environment(tmp_path)["TF_PLUGIN_CACHE_DIR"])

    assert cache.is_dir()
    assert cache.is_relative_to(tmp_path / "home" / "cache")


def test_the_binary_that_is_asked_for_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("terraform", "tofu", "other"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert tmp_path / "terraform" == mirror.terraform_binary()
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "other")
    assert tmp_path / "other" == mirror.terraform_binary()
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "absent")
    assert mirror.terraform_binary() is None
