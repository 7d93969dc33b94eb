"""Where encrypted files rest: a folder, or a bucket of S3-compatible storage. Names are opaque and never reused."""

import io
import os
import secrets
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from chatzee.env import env

_CHUNK = 1024 * 1024


class Blobs(Protocol):
    """Whole blobs written once. Reading one that is not there raises FileNotFoundError."""

    def write(self, name: str, chunks: Iterable[bytes]) -> int:
        """Store `chunks`, durably and all or nothing; return how many bytes they were."""

    def head(self, name: str, length: int) -> tuple[bytes, int]:
        """The first `length` bytes (fewer if there are not as many) and the blob's size."""

    def read(self, name: str, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`."""

    def delete(self, name: str) -> None:
        """Remove the blob; one that is gone already is no error."""


@cache
def blobs() -> Blobs:
    """The place that the environment names."""
    if env.files.startswith("s3://"):
        parts = urlsplit(env.files)
        return BucketBlobs(parts.netloc, parts.path.strip("/"))
    return FolderBlobs(env.files_path())


def new_name() -> str:
    """A fresh name that says nothing of the file: 128 random bits, spread over 256 folders."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token}"


class FolderBlobs:
    """Blobs as files under a folder, each written beside its place, flushed to the disk, then renamed into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, chunks: Iterable[bytes]) -> int:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{path.name}.part")
        size = 0
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for chunk in chunks:
                    size += file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return size

    def head(self, name: str, length: int) -> tuple[bytes, int]:
        with self._path(name).open("rb") as file:
            return file.read(length), os.fstat(file.fileno()).st_size

    def read(self, name: str, start: int, stop: int) -> Iterator[bytes]:
        with self._path(name).open("rb") as file:
            file.seek(start)
            left = stop - start
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        path = self._folder / name
        if ".." in path.parts or Path(name).is_absolute():
            raise ValueError("A blob's name stays inside its folder.")
        return path


class BucketBlobs:
    """Blobs as objects under a prefix of a bucket. Credentials and endpoint come from the AWS_* variables."""

    def __init__(self, bucket: str, prefix: str) -> None:
        import boto3  # imported on use: it costs a process 30 MB, and most installations keep files in a folder

        self._client: Any = boto3.client("s3")
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""

    def write(self, name: str, chunks: Iterable[bytes]) -> int:
        reader = _Reader(chunks)
        self._client.upload_fileobj(reader, self._bucket, self._prefix + name)
        return reader.count

    def head(self, name: str, length: int) -> tuple[bytes, int]:
        answer = self._get(name, f"bytes=0-{length - 1}")
        return answer["Body"].read(), int(answer["ContentRange"].rpartition("/")[2])

    def read(self, name: str, start: int, stop: int) -> Iterator[bytes]:
        body = self._get(name, f"bytes={start}-{stop - 1}")["Body"]
        yield from body.iter_chunks(_CHUNK)

    def delete(self, name: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def _get(self, name: str, range_: str) -> Any:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=self._prefix + name, Range=range_)
        except self._client.exceptions.NoSuchKey:
            raise FileNotFoundError(name) from None


class _Reader(io.RawIOBase):
    """An iterator of chunks as the readable file that boto3 uploads from, a few megabytes at a time."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._pending = bytearray()
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._pending) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._pending += chunk
        taken = bytes(self._pending if size < 0 else self._pending[:size])
        del self._pending[: len(taken)]
        self.count += len(taken)
        return taken


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
