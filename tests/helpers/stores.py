"""Stores for tests: fsspec's memory, and a local S3 server if moto is installed."""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import subprocess
import sys
import uuid

import pyarrow.parquet as pq
import pytest

SERVER = """
import threading
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
threading.Event().wait()
"""
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIATESTTESTTEST",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-tests",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": "us-east-1",
}
_NUMBERS = itertools.count()


class Store:
    """A store with one bucket of its own.

    Attributes
    ----------
    arrow
        The file system of Arrow.
    bucket
        Name of the bucket in it.
    options
        What follows the path in URLs.
    """

    def __init__(self, scheme, arrow, bucket, options=""):
        self.scheme, self.arrow, self.bucket, self.options = scheme, arrow, bucket, options

    def url(self, path, *, shown=False):
        """Return the URL of a path; as in messages, without options."""
        address = f"{self.scheme}://{self.bucket.lstrip('/')}/{path}"
        return address if shown else address + self.options

    def key(self, path):
        return f"{self.bucket}/{path}"

    def write_table(self, path, table, **options):
        with self.arrow.open_output_stream(self.key(path), compression=None) as file:
            pq.write_table(table, file, **options)
        return self.url(path)

    def write(self, path, content):
        with self.arrow.open_output_stream(self.key(path), compression=None) as file:
            file.write(content)
        return self.url(path)

    def read(self, path):
        with self.arrow.open_input_stream(self.key(path), compression=None) as file:
            return file.read()

    def read_table(self, path):
        with self.arrow.open_input_file(self.key(path)) as file:
            return pq.read_table(file)

    def names(self):
        """Return the names of all files."""
        from pyarrow.fs import FileSelector

        selector = FileSelector(self.bucket, recursive=True, allow_not_found=True)
        found = [info.path for info in self.arrow.get_file_info(selector) if info.is_file]
        return sorted(path[len(self.bucket) + 1 :] for path in found)

    def contents(self):
        return {name: self.read(name) for name in self.names()}


@functools.cache
def s3_port():
    """Start a server that ends with this process; return its port."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **CREDENTIALS},
        text=True,
    )
    atexit.register(server.wait)
    atexit.register(server.kill)
    return int(server.stdout.readline())


def s3_store(monkeypatch):
    pytest.importorskip("moto.server", reason="moto, of the extra test, is not installed")
    from pyarrow.fs import S3FileSystem

    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    endpoint = f"127.0.0.1:{s3_port()}"
    arrow = S3FileSystem(endpoint_override=endpoint, scheme="http", allow_bucket_creation=True)
    bucket = f"bucket-{uuid.uuid4()}"
    arrow.create_dir(bucket)
    return Store("s3", arrow, bucket, f"?endpoint_override={endpoint}&scheme=http")


def memory_store():
    fsspec = pytest.importorskip("fsspec", reason="fsspec, of the extra test, is not installed")
    from pyarrow.fs import FSSpecHandler, PyFileSystem

    arrow = PyFileSystem(FSSpecHandler(fsspec.filesystem("memory")))
    return Store("memory", arrow, f"/box{next(_NUMBERS)}")


def make_store(kind, monkeypatch):
    return s3_store(monkeypatch) if kind == "s3" else memory_store()
