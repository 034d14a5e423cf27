"""Starting and ending: no server outlives the block or the process, and a missing extra says what to install."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from constructs_lib.emulator import emulated_aws
from constructs_lib.errors import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever was started in the background ignores it
from constructs_lib.emulator import emulated_aws
with emulated_aws() as aws:
    print(*aws.endpoints.values(), flush=True)
    time.sleep(60)
"""


def listens(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname, address.port)) == 0


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def ended(endpoints: Mapping[str, str]) -> bool:
    return not any(listens(url) for url in endpoints.values())


def test_servers_end_with_the_block(extra: None) -> None:
    with emulated_aws() as aws:
        assert all(listens(url) for url in aws.endpoints.values())

    assert ended(aws.endpoints)


def test_servers_end_with_an_exception(extra: None) -> None:
    with pytest.raises(ZeroDivisionError), emulated_aws() as aws:
        raise ZeroDivisionError

    assert ended(aws.endpoints)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_servers_end_with_the_process_however_it_dies(extra: None, tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        endpoints = dict(enumerate(process.stdout.readline().split()))
    assert len(endpoints) == 3

    process.send_signal(number)
    process.wait(timeout=20)

    assert eventually(lambda: not any(listens(url) for url in endpoints.values()))
    assert eventually(lambda: not list(tmp_path.iterdir()))


def test_nothing_is_left_on_disk(extra: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)

    with emulated_aws() as aws:
        aws.client("s3").create_bucket(Bucket="some-bucket")

    assert list(tmp_path.iterdir()) == []


def test_two_run_side_by_side(extra: None) -> None:
    with emulated_aws() as one, emulated_aws() as other:
        one.client("s3").create_bucket(Bucket="only-in-one")

        assert other.client("s3").list_buckets()["Buckets"] == []


def test_servers_print_nothing(extra: None) -> None:
    code = (
        "from constructs_lib.emulator import emulated_aws\nwith emulated_aws() as aws: aws.client('s3').list_buckets()"
    )

    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec

    def without_moto(name: str, *rest: Any) -> Any:
        return None if name == "moto" else find(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", without_moto)

    with pytest.raises(EvaluationError, match=r"needs moto.*pip install 'cdktf-dr\[emulator\]'"), emulated_aws():
        pass


def test_a_server_that_cannot_start_says_why(extra: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hypercorn.py").write_text("raise ImportError('broken on purpose')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with (
        pytest.raises(EvaluationError, match=r"(?s)ministack ended with exit code 1 .*broken on purpose"),
        emulated_aws(),
    ):
        pass


def test_importing_the_emulator_loads_neither_boto3_nor_jsii() -> None:
    heavy = ("boto3", "jsii", "moto", "aiohttp")
    code = f"import sys, constructs_lib.emulator; print([name for name in {heavy} if name in sys.modules])"

    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == "[]"
