"""A real S3 server in a process of its own, moto's, with an empty bucket in it for each test."""

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
RUNNING = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


@contextmanager
def serve_s3() -> Iterator[str]:
    """Start the server at a free port; give its URL."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    # It asks nobody for keys, and must not go looking for any.
    environ = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if found := RUNNING.search(line):
                    yield found[1]
                    break
            else:
                raise RuntimeError("the S3 server has not started")
        finally:
            process.kill()


def new_bucket(url: str) -> str:
    """Make a bucket; return where it is, as TERTULIA_BLOB_URL says it."""
    name = f"b{uuid.uuid4().hex[:16]}"
    with urlopen(Request(f"{url}/{name}", method="PUT"), timeout=60) as answer:
        assert answer.status == 200
    return f"s3://{name}/some/prefix?endpoint={url}&region=us-east-1"
