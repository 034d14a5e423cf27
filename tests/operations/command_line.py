"""Commands typed into a real bash, whose `aws` is answered in this process: by botocore's models, as the real one does.

The real command line takes a second a command, and a recovery has dozens. What it makes of its words is taken from the
same models: options are members, values are JSON or words, a query is JMESPath over all pages.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import traceback
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import attrs
import jmespath
from botocore import xform_name
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from constructs_lib.emulator import EmulatedAws

_ASKS = """#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as there:
    there.connect({socket!r})
    there.sendall(json.dumps([sys.argv[1:], os.getcwd()]).encode() + b"\\n")
    out, err, code = json.load(there.makefile())
sys.stdout.buffer.write(out.encode()); sys.stderr.write(err); sys.exit(code)
"""


@attrs.define
class CommandLine:
    """A bash with an `aws` of this process.

    Attributes:
        aws: The emulated AWS.
        directory: Where the shell works; the socket is in it.
        typed: What `aws` was called with.
    """

    aws: EmulatedAws
    directory: Path
    typed: list[list[str]] = attrs.field(factory=list)
    _clients: dict[tuple[str, str], Any] = attrs.field(factory=dict)
    _shell: subprocess.Popen[str] | None = None
    _trouble: str = ""

    def type(self, commands: Sequence[str], **variables: str) -> str:
        """Type *commands* one after the other; fail where the shell or a command says that something is wrong."""
        environment = {
            "PATH": f"{self.directory / 'bin'}:{os.environ['PATH']}",
            "ACCOUNT": self.aws.account,
            **variables,
        }
        # Nothing takes long here: what is waited for until the plan's end never comes.
        lines = [re.sub(r"SECONDS\+\d+", "SECONDS+5", line.replace("sleep 15", "sleep 0.05")) for line in commands]
        with subprocess.Popen(
            ["bash", "-uc", "\n".join(lines)],
            env=environment,
            cwd=self.directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as self._shell:
            try:
                out, err = self._shell.communicate(timeout=600)
            except subprocess.TimeoutExpired:
                self._end()
                raise
        assert self._trouble == "", (self._trouble, self.typed[-1])
        assert (self._shell.returncode, err) == (0, ""), err
        assert "before you go on" not in out, (out, lines, self.typed[-1])
        return out

    def answer(self, words: list[str], directory: str) -> tuple[str, str, int]:
        """Return what the command prints, what it complains of, and its exit code; no one goes on after trouble."""
        self.typed.append(words)
        try:
            return self._answered(words, directory), "", 0
        except ClientError as error:
            # The Region is gone, as is expected where something is tried there; or there is nothing left to end in it.
            tried = "--cli-connect-timeout" in words
            if tried or error.response["Error"]["Code"] == "ServiceUnavailable":
                return "", "", 254
            self._trouble = str(error)
        except Exception:
            self._trouble = traceback.format_exc()
        self._end()
        return "", "", 252

    def _end(self) -> None:
        """End the shell and whatever it has begun."""
        assert self._shell is not None
        with suppress(ProcessLookupError):
            os.killpg(self._shell.pid, signal.SIGKILL)

    def _answered(self, words: list[str], directory: str) -> str:
        service, command, *rest = words
        if (service, command) == ("s3", "sync"):
            return self._sync(rest)
        name = {"s3api": "s3"}.get(service, service)
        options = _options(rest)
        for once in ("cli-connect-timeout", "cli-read-timeout"):
            options.pop(once, None)
        region, query, output = (options.pop(key, [""])[0] for key in ("region", "query", "output"))
        client = self._client(name, region or "us-east-1")
        model = client.meta.service_model
        operation = next(item for item in model.operation_names if xform_name(item, "-") == command)
        shape = model.operation_model(operation).input_shape
        members = dict(shape.members) if shape is not None else {}
        parameters = dict(_parameter(option, given, members, directory) for option, given in options.items())
        method = xform_name(operation)
        if client.can_paginate(method):
            replies = list(client.get_paginator(method).paginate(**parameters))
        else:
            replies = [getattr(client, method)(**parameters)]
        # Times are texts in what the command line asks of a reply.
        pages = [json.loads(json.dumps(reply, default=_moment)) for reply in replies]
        if output == "text":
            return "".join(_text(_found(query, page)) for page in pages)
        whole = pages[0] if len(pages) == 1 else _together(pages)
        whole.pop("ResponseMetadata", None)
        found = _found(query, whole)
        return "" if found is None and not query else json.dumps(found, indent=4) + "\n"

    def _sync(self, words: list[str]) -> str:
        source, target = (word.removeprefix("s3://") for word in words[:2])
        options = _options(words[2:])
        there = self._client("s3", options["source-region"][0])
        here = self._client("s3", options["region"][0])
        at_home = {item["Key"]: item["Size"] for item in here.list_objects_v2(Bucket=target).get("Contents", ())}
        for item in there.list_objects_v2(Bucket=source).get("Contents", ()):
            if at_home.get(item["Key"]) != item["Size"]:
                here.copy_object(Bucket=target, Key=item["Key"], CopySource={"Bucket": source, "Key": item["Key"]})
        return ""

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = self.aws.client(service, region)
        return self._clients[service, region]


@contextmanager
def command_line(aws: EmulatedAws, directory: Path) -> Iterator[CommandLine]:
    """Give a bash in *directory* whose `aws` is answered here."""
    line = CommandLine(aws, directory)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            words, place = json.loads(self.rfile.readline())
            answer = json.dumps(line.answer(words, place)).encode()
            with suppress(BrokenPipeError):
                self.wfile.write(answer)

    # A path of a socket is short: that of a test's directory is not.
    with tempfile.TemporaryDirectory() as short:
        path = f"{short}/aws"
        program = directory / "bin" / "aws"
        program.parent.mkdir()
        program.write_text(_ASKS.format(python=sys.executable, socket=path), encoding="utf-8")
        program.chmod(0o755)
        with socketserver.ThreadingUnixStreamServer(path, Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            yield line
            server.shutdown()
            thread.join()


def _options(words: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            found[word[2:]] = given = []
        else:
            given.append(word)
    return found


def _parameter(option: str, given: list[str], members: Mapping[str, Any], directory: str) -> tuple[str, Any]:
    by_option = {xform_name(member, "-"): member for member in members}
    if option not in by_option and option.startswith("no-"):
        member = by_option[option.removeprefix("no-")]
        assert (members[member].type_name, given) == ("boolean", []), option
        return member, False
    member = by_option[option]
    return member, _value(given, members[member], directory)


def _value(given: list[str], shape: Any, directory: str) -> Any:
    match shape.type_name:
        case "boolean" if not given:
            return True
        case "list" if not (len(given) == 1 and given[0].startswith(("[", "{"))):
            return [_value([word], shape.member, directory) for word in given]
        case "structure" if len(given) == 1 and not given[0].startswith(("{", "file://")):
            pairs = dict(pair.split("=", 1) for pair in given[0].split(","))
            return {name: _value([text], shape.members[name], directory) for name, text in pairs.items()}
        case "list" | "structure" | "map":
            (text,) = given
            if text.startswith("file://"):
                with open(f"{directory}/{text.removeprefix('file://')}", encoding="utf-8") as file:
                    text = file.read()
            found = json.loads(text)
            return [found] if shape.type_name == "list" and isinstance(found, dict) else found
    (text,) = given
    return {"integer": int, "long": int, "double": float, "float": float}.get(shape.type_name, str)(text)


def _moment(found: Any) -> str:
    return str(found.isoformat()) if hasattr(found, "isoformat") else str(found)


def _found(query: str, reply: Any) -> Any:
    return jmespath.search(query, reply) if query else reply


def _together(pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for page in pages:
        for name, value in page.items():
            whole[name] = whole[name] + value if isinstance(value, list) and name in whole else value
    return whole


def _text(found: Any) -> str:
    """Return what `--output text` prints: lists by rows and columns."""
    if isinstance(found, list):
        if any(isinstance(item, list) for item in found):
            return "".join("\t".join(map(_word, row)) + "\n" for row in found)
        return "\t".join(map(_word, found)) + "\n"
    return _word(found) + "\n"


def _word(found: Any) -> str:
    assert not isinstance(found, dict | list), found
    return str(found)
