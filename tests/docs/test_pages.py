"""The pages: every link leads somewhere, every sample runs, every command is one that `drctl` takes."""

from __future__ import annotations

import ast
import contextlib
import fnmatch
import io
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

import constructs_lib
from constructs_lib.cli.program import parser_of_all
from constructs_lib.declaration.declaration import load_declaration
from constructs_lib.starter.starter import starter_files
from constructs_lib.testing import explanation_of
from tests.each import each

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "examples" / "README.md", *sorted(DOCS.rglob("*.md"))]

SETTING = """
from constructs_lib import *
sites = Sites.per_region(App(), "team", primary="eu-west-1", recovery="eu-central-1")
shop = Workload(sites, objective=Objective(rto="4h", rpo="4h"))
payments = Workload(
    Sites.per_region(App(), "bank", primary="eu-west-1", recovery="eu-central-1"),
    objective=Objective(rto="5m", rpo=0),
    routing=HealthCheckRouting(
        zone_id="Z0123456789ABC",
        record_name="bank.example.com",
        primary_endpoint="a.example.com",
        recovery_endpoint="b.example.com",
    ),
)
routing = payments.routing
"""
"""What a sample that shows a part leaves to the reader: the app around it."""

DECLARATION = """
version: 1
workloads: {shop: {objective: {rto: 4h, rpo: 1h}, components: [{match: "module.db.*"}]}}
"""

ELSEWHERE = {
    "docs/emulator.md": "starts the emulator; tests/emulator does, and the sample of docs/testing.md",
    "docs/testing.md": "is a test itself: test_the_tests_on_the_page_about_testing_pass",
}
"""Pages whose samples are run elsewhere; here they are only compiled."""


def _blocks(page: Path, *languages: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"(?ms)^```(?:{'|'.join(languages)})\n(.*?)^```", text)


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _without_code(page: Path) -> str:
    return re.sub(r"(?s)```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"))


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and the site make them."""
    text = re.sub(r"(?s)```.*?```", "", page.read_text(encoding="utf-8"))
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"(?m)^#+ (.*)$", text):
        slug = (
            re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).strip().replace(" ", "-")
        )
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


@each("page", PAGES, ids=_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _without_code(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in _anchors(file)):
            dead.append(target)

    assert dead == []


def test_the_index_and_the_site_list_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    site = (DOCS / "site" / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [page.relative_to(DOCS).as_posix() for page in PAGES if page.is_relative_to(DOCS)]

    assert [page for page in pages if page != "index.md" and f"({page})" not in index] == []
    assert [page for page in pages if page not in site] == []


def test_the_page_about_the_interface_lists_every_public_name() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    stub = ast.parse((ROOT / "constructs_lib" / "__init__.pyi").read_text(encoding="utf-8"))
    public = {
        f"{node.module}.{alias.name}"
        for node in stub.body
        if isinstance(node, ast.ImportFrom) and node.level == 0
        for alias in node.names
    }

    missing = {name for name in public if f"::: {name}\n" not in text and f"`{name.rsplit('.', 1)[1]}`" not in text}
    assert missing == set()
    listed = set(re.findall(r"(?m)^::: constructs_lib\.(\S+)$", text))
    assert {name for name in listed if f"constructs_lib.{name}" not in public} == {
        "emulator.environment.EmulatedAws",
        "emulator.environment.emulated_aws",
        "testing.assert_recovers",
        "testing.explanation_of",
    }


@pytest.mark.parametrize("page", [page for page in PAGES if _blocks(page, "python")], ids=_name)
def test_every_sample_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CDKTF_DR_QUIET", "1")
    for name in ("docs/recovery/shop-runbook.md", "docs/recovery/shop-sla.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# A document\n", encoding="utf-8")
    declared = next((block for block in _blocks(page, "yaml") if block.startswith("version: 1\n")), DECLARATION)
    (tmp_path / "recovery.yaml").write_text(declared, encoding="utf-8")
    namespace: dict[str, Any] = {}
    exec(SETTING, namespace)
    for block in _blocks(page, "python"):
        code = compile(block.replace("HealthCheckRouting(...)", "routing"), _name(page), "exec")
        if _name(page) not in ELSEWHERE:
            # A sample begins with its own app; what it builds stays for the next one on the page.
            namespace["app"] = constructs_lib.App(outdir=str(tmp_path / "cdktf.out"))
            exec(code, namespace)


@pytest.mark.parametrize("page", [page for page in PAGES if _blocks(page, "console", "sh")], ids=_name)
def test_every_command_is_one_that_drctl_takes(page: Path) -> None:
    """Parsed, not run."""
    parser = parser_of_all()
    for block in _blocks(page, "console", "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            command = re.split(r"\s+# ", line.removeprefix("$ "))[0].strip()
            if not command.startswith("drctl ") or "[" in command or "…" in command:
                continue
            words = shlex.split(re.split(r" (?:[>|]|\|\||&&) ", command)[0])[1:]
            said = io.StringIO()
            with contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
                parser.parse_args(words)
            assert said.getvalue() == "", command


def test_the_site_shows_names_in_tables_whole() -> None:
    site = yaml.safe_load((DOCS / "site" / "mkdocs.yml").read_text(encoding="utf-8"))
    (style,) = site["extra_css"]
    left_out = site["exclude_docs"].split()

    assert not any(fnmatch.fnmatch(style, pattern) or style.startswith(pattern) for pattern in left_out)
    assert re.search(
        r"table:not\(\[class\]\) code \{[^}]*word-break: normal", (DOCS / style).read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("page", ["tutorials/first-workload.md", "explain.md"])
def test_what_a_page_shows_of_a_new_repository_is_what_is_said_of_it(page: str, tmp_path: Path) -> None:
    files = starter_files("shop")
    (tmp_path / "recovery.yaml").write_text(files["recovery.yaml"], encoding="utf-8")
    app: dict[str, Any] = {"__name__": "main", "__file__": str(tmp_path / "main.py")}
    exec(compile(files["main.py"], "main.py", "exec"), app)
    workload = app["build"](constructs_lib.App(outdir=str(tmp_path / "cdktf.out")))

    shown = [block for block in _blocks(DOCS / page, "console", "text") if "shop: " in block]

    said = "\n".join(explanation_of(workload).lines()) + "\n"
    assert [block.removeprefix("$ python main.py\n") for block in shown] == [said]


@attrs.frozen
class _Declared:
    page: Path
    text: str


def _declared() -> list[_Declared]:
    # What is refused on purpose is on the page about recovery.yaml, which has a test of its own.
    pages = [page for page in PAGES if page.name != "recovery-yaml.md"]
    found = [_Declared(page, block) for page in pages for block in _blocks(page, "yaml")]
    return [one for one in found if re.search(r"(?m)^version: 1$", one.text) and "workloads:" in one.text]


@pytest.mark.parametrize("declared", _declared(), ids=lambda one: _name(one.page))
def test_every_declaration_on_a_page_can_be_loaded(declared: _Declared, tmp_path: Path) -> None:
    file = tmp_path / "recovery.yaml"
    file.write_text(declared.text, encoding="utf-8")

    assert load_declaration(file).workloads


@each("page", PAGES, ids=_name)
def test_every_yaml_block_can_be_read(page: Path) -> None:
    for block in _blocks(page, "yaml"):
        assert list(yaml.safe_load_all(block))


@pytest.mark.emulator
def test_the_tests_on_the_page_about_testing_pass(tmp_path: Path) -> None:
    blocks = _blocks(DOCS / "testing.md", "python")
    (tmp_path / "test_page.py").write_text("\n".join(blocks), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CDKTF_DR_QUIET": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "4 passed" in ran.stdout
