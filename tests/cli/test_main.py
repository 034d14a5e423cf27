"""The command as a whole: help, versions, exit codes, pipes and terminals."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.cli.commands import COMMANDS as ALL
from constructs_lib.cli.program import main, parser_of_all
from tests.cli.run import assert_one_line_of_trouble, drctl, process
from tests.documents.reference import write_shop

COMMANDS = ("choose", "facts", "objectives", "uptime")
CHOOSE = ("choose", "--kind", "table", "--rto", "1h", "--rpo", "15m")


@pytest.mark.parametrize("arguments", [("--help",), *((command, "--help") for command in COMMANDS)])
def test_everything_explains_itself(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    ran = drctl(capsys, *arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("usage: drctl")
    assert "%(" not in ran.out


def test_the_help_names_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    out = drctl(capsys, "--help").out
    assert all(command in out for command in COMMANDS)
    assert "exit codes: 0 ok; 1 findings" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chooze",), "there is no command 'chooze'; did you mean choose?"),
        (("--bogus",), "unrecognized arguments: --bogus"),
        (
            ("choose", "--kind", "table", "--rto", "1h", "--rp", "5m"),
            "drctl choose: unrecognized arguments: --rp 5m; did",
        ),
        (("uptime", "99.9%", "--formt", "json"), "did you mean --format?"),
        (("docs", "--stacks", "cdktf.out"), "unrecognized arguments: --stacks; name DOCUMENT before its options"),
        (("review", "--stacks", "a", "--stacks=b"), "drctl review: --stacks is given twice, and takes one DIR"),
        (("docs", "all", "--output", "o", "--objectives", "a", "--objectives", "b"), "--objectives is given twice"),
        (("failover", "--executee"), "unrecognized arguments: --executee; did you mean --execute?"),
        (("failover",), "the following arguments are required: WORKLOAD, --to"),
        ((), "no command is named"),
    ],
)
def test_what_is_mistyped_is_named_with_what_may_be_meant(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    ran = drctl(capsys, *arguments)

    assert ran.code == 2
    assert_one_line_of_trouble(ran)
    assert said in ran.err


@pytest.mark.parametrize("command", [command.name for command in ALL])
def test_every_command_names_an_option_that_it_does_not_know(capsys: pytest.CaptureFixture[str], command: str) -> None:
    ran = drctl(capsys, command, "--bogus")

    assert ran.code == 2
    assert_one_line_of_trouble(ran)
    assert "--bogus" in ran.err


def test_help_is_a_command_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert drctl(capsys, "help").out == drctl(capsys, "--help").out
    assert drctl(capsys, "help", "review").out == drctl(capsys, "review", "--help").out


def test_the_help_of_each_command_is_what_the_command_says_itself() -> None:
    lines = " ".join(parser_of_all().format_help().split())

    assert [command.name for command in ALL if f"{command.name} {command.help}" not in lines] == []


def test_a_name_that_is_not_ascii_is_no_trouble_in_the_c_locale(tmp_path: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "constructs_lib.cli", "review", "größe.json"]
    ran = subprocess.run(command, env=environment, capture_output=True, cwd=tmp_path, check=False)

    assert ran.returncode == 2
    assert b"Traceback" not in ran.stderr


def test_the_version_is_the_distribution_s(capsys: pytest.CaptureFixture[str]) -> None:
    ran = drctl(capsys, "--version")
    assert ran.code == 0
    assert re.fullmatch(r"drctl \d+\.\d+\.\d+\n", ran.out)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (CHOOSE, 0),
        (("uptime", "99.9%"), 0),
        (("choose", "--kind", "bucket", "--rto", "1h", "--rpo", "0"), 1),
        (("choose", "--kind", "bucket", "--rto", "5 parsecs", "--rpo", "0"), 2),
        (("choose",), 2),
        (("objectives", "no such file.yaml"), 2),
    ],
)
def test_a_process_leaves_with_the_exit_code(arguments: tuple[str, ...], code: int) -> None:
    ran = process(*arguments)
    assert ran.code == code
    assert "Traceback" not in ran.err
    if code == 2:
        assert_one_line_of_trouble(ran)


def test_a_process_ends_after_all_of_it_is_written() -> None:
    """More than a pipe holds: the interpreter is not taken apart at the end, which would have flushed it."""
    ran = process("facts", "--all", "--format", "json")

    assert ran.code == 0
    assert len(ran.out) > 2**16
    assert json.loads(ran.out)


def test_what_is_piped_has_no_colors_and_no_boxes() -> None:
    ran = process(*CHOOSE)
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 160


def test_no_color_is_heeded_on_a_terminal() -> None:
    shown = _on_a_terminal({"NO_COLOR": "1", "COLUMNS": "120", "TERM": "xterm-256color"})
    assert "chosen" in shown
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown), "NO_COLOR asks for no color"


@pytest.mark.parametrize("columns", ["20", "40", "79"])
def test_a_narrow_terminal_still_shows_the_choice(columns: str) -> None:
    shown = _on_a_terminal({"COLUMNS": columns, "TERM": "xterm"})
    assert "Traceback" not in shown
    assert "replicat" in shown or "global_table" in shown


def _on_a_terminal(extra: dict[str, str]) -> str:
    import pty

    parent, child = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-c", "from constructs_lib.cli import command; command()", *CHOOSE],
        stdout=child,
        stderr=child,
        stdin=child,
        env={**_environment(), **extra},
    )
    os.close(child)
    shown = bytearray()
    try:
        while chunk := os.read(parent, 4096):
            shown += chunk
    except OSError:
        pass  # Linux reports the end of a pseudo-terminal as an input/output error
    finally:
        os.close(parent)
    assert running.wait(timeout=60) == 0, shown.decode()
    return shown.decode()


@pytest.mark.parametrize("columns", ["", "0", "-5", "wide", "1", "20", "９", "9" * 50])
def test_the_help_fits_any_terminal(columns: str) -> None:
    ran = process("choose", "--help", env={**_environment(), "COLUMNS": columns})
    assert ran.code == 0
    assert ran.out.startswith("usage:")
    assert ran.err == ""


@pytest.mark.parametrize("arguments", [("--help",), ("choose", "--help"), CHOOSE, (*CHOOSE, "--format", "json")])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_output_that_cannot_say_every_character_is_no_reason_to_fail(
    arguments: tuple[str, ...], encoding: str
) -> None:
    ran = process(*arguments, env={**_environment(), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
    assert (ran.code, ran.err) == (0, "")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", "from constructs_lib.cli import command; command()", *CHOOSE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait(timeout=60) == 0


@pytest.mark.parametrize("buffered", [True, False])
def test_a_reader_that_leaves_early_ends_nothing_before_it_is_done(buffered: bool, tmp_path: Path) -> None:
    """`drctl docs all | head -1` wrote one document of nine, and `drctl review | head` exited with 0 for a breach."""
    write_shop(tmp_path / "cdktf.out")

    def run(*arguments: str) -> int:
        running = subprocess.Popen(
            [sys.executable, "-c", "from constructs_lib.cli import command; command()", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=_environment() | ({} if buffered else {"PYTHONUNBUFFERED": "1"}),
        )
        for stream in (running.stdout, running.stderr):
            assert stream is not None
            stream.close()
        return running.wait(timeout=60)

    assert run("docs", "all", "--output", "docs") == 0
    assert len(list((tmp_path / "docs").iterdir())) == 10
    assert run("choose", "--kind", "bucket", "--rto", "1h", "--rpo", "1s") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from constructs_lib.cli import command; command()", *CHOOSE],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert done.returncode == 3
    assert done.stderr.decode().count("\n") == 1
    assert "no space left on device" in done.stderr.decode()


@pytest.mark.parametrize(("stream", "arguments"), [(0, ("review", "-")), (1, CHOOSE), (2, ("nosuch",))])
def test_a_closed_stream_is_no_traceback(stream: int, arguments: tuple[str, ...]) -> None:
    code = "from constructs_lib.cli import command; command()"
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {stream}>&-', "sh", sys.executable, "-c", code, *arguments],
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == (0 if stream == 1 else 2), done.stderr
    assert b"Traceback" not in done.stderr


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}


_NOT_FOR_HELP = {
    "jsii",
    "boto3",
    "cdktf",
    "rich",
    "msgspec",
    "yaml",
    "shutil",
    "pathlib",
    "typing",
    "json",
    "textwrap",
    "contextlib",
}


def test_no_help_loads_what_it_does_not_need() -> None:
    helps = [["--help"], *([command.name, "--help"] for command in ALL if command.name != "help")]
    code = (
        "import sys\nfrom constructs_lib.cli import main\n"
        f"for asked in {helps!r}:\n    try:\n        main(asked)\n    except SystemExit:\n        pass\n"
        f"sys.exit(', '.join(sorted({_NOT_FOR_HELP!r} & sys.modules.keys())))"
    )
    # Without `site`, whose path files may load modules of their own.
    bare = f"import sys; sys.path[:0] = {sys.path!r}\n{code}"
    done = subprocess.run([sys.executable, "-S", "-E", "-c", bare], capture_output=True, check=False, timeout=60)
    assert done.stderr.decode() == "\n"
    assert done.stdout.decode().count("usage: drctl") == len(helps)


def test_choosing_loads_neither_the_engine_nor_boto3() -> None:
    code = (
        "import sys\nfrom constructs_lib.cli import main\n"
        f"main({list(CHOOSE)!r})\n"
        "sys.exit(any(name in sys.modules for name in ('jsii', 'boto3', 'cdktf', 'cdktn')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


def test_what_boto3_refuses_is_said_in_one_line(tmp_path: Path) -> None:
    settings = {"AWS_PROFILE": "nosuch", "AWS_CONFIG_FILE": str(tmp_path / "config")}
    ran = process("audit", "--region", "eu-west-1", env={**_environment(), **settings})

    assert_one_line_of_trouble(ran, 3)
    assert ran.err == "drctl: AWS cannot be asked: The config profile (nosuch) could not be found\n"


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_METADATA_SERVICE_TIMEOUT"])
def test_a_setting_that_boto3_makes_nothing_of_is_said_in_one_line(name: str, tmp_path: Path) -> None:
    settings = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    ran = process("audit", "--region", "eu-west-1", env={**_environment(), **settings, name: "garbage"})

    assert_one_line_of_trouble(ran, 3)
    assert ran.err.startswith("drctl: AWS cannot be asked: ")
    assert "garbage" in ran.err


def test_help_breaks_lines_at_spaces_only(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    with pytest.raises(SystemExit):
        main(["choose", "--help"])

    _, _, explained = capsys.readouterr().out.partition("\n\n")
    lines = [line for line in explained.splitlines() if "{" not in line]
    assert len(lines) > 20
    assert not [line for line in lines if line.endswith(("-", " ")) or len(line) > 60]
