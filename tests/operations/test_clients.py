"""What an operation calls AWS with: whatever goes wrong on the way is one of the errors it knows."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import BotoCoreError

from constructs_lib.operations.clients import AwsClients
from constructs_lib.operations.trouble import is_refusal

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="torn")
def _torn() -> Iterator[str]:
    """A server whose XML ends in the middle."""

    class Torn(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b"<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInst"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Torn) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("changes", [True, False])
def test_a_reply_that_is_cut_off_is_no_answer_and_no_traceback(torn: str, changes: bool) -> None:
    session = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")

    with pytest.raises(BotoCoreError, match="the reply cannot be read"):
        AwsClients(session, torn).call("rds", "DescribeDBInstances", "eu-west-1", {}, changes=changes)


def test_an_endpoint_that_is_no_url_is_refused_as_boto3_refuses_other_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of an operation, by the variable of one service: its journal says why it was left."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_RDS", "garbage")
    session = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")

    with pytest.raises(BotoCoreError, match="Invalid endpoint: garbage") as raised:
        AwsClients(session).call("rds", "DescribeDBInstances", "eu-west-1", {}, changes=False)

    assert is_refusal(raised.value)
