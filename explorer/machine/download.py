"""Fetch a file once, whole and verified, or say in one sentence why not."""

import errno
import hashlib
import http.client
import os
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from explorer.errors import BadInput
from explorer.machine.disk import free_bytes, is_full

CHUNK = 256 * 1024
STALE_SECONDS = 3600.0  # a part nobody has written to for so long belongs to a process that was killed

Progress = Callable[[int, int | None], None]


class DownloadError(BadInput):
    """A file that could not be fetched; the message says why, and what to do."""


def download(
    url: str,
    path: Path,
    *,
    sha256: str | None = None,
    md5: str | None = None,
    progress: Progress | None = None,
    timeout: float = 15,
) -> Path:
    """Fetch an http(s) address into a file, which appears only when it is complete and its checksum right.

    A file already there is kept if its checksum is right (or none is given). `sha256` may be a prefix, as in the
    names of torchvision's weights. `progress(received, total)` is called for every chunk, sizes in bytes, total None
    where the server does not say it. `timeout` is in seconds without a byte. Raises DownloadError.
    """
    path = Path(path)
    host = _host(url)
    if path.is_file() and _mismatch(path, sha256, md5) is None:
        return path
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale_parts(path)
        handle, part = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
        with open(handle, "wb") as file:
            _fetch(url, host, file, path, progress, timeout)
        if problem := _mismatch(Path(part), sha256, md5):
            raise DownloadError(f"{url} is not the file that was expected ({problem}); try again, or from another network.")
        os.chmod(part, 0o644)
        os.replace(part, path)
    except OSError as error:
        raise DownloadError(_write_problem(path, error)) from error
    finally:
        if part:
            with suppress(OSError):
                os.unlink(part)
    return path


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise DownloadError(f"{url} is not an address that can be downloaded.") from None
    if parts.scheme not in ("http", "https"):
        raise DownloadError(f"Only http and https addresses can be downloaded, not {url}.")
    return parts.netloc


def _fetch(url: str, host: str, file: BinaryIO, path: Path, progress: Progress | None, timeout: float) -> None:
    """Copy the body. Raises DownloadError for the network's faults and OSError for the disk's."""
    name = path.name
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "residual-explorer"})
        response = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        raise DownloadError(f"{host} answers {error.code} ({error.reason}) for {url}: {name} is not there, or not now.") from error
    except (OSError, ValueError) as error:
        raise DownloadError(_unreachable(name, host, error)) from error
    except http.client.HTTPException as error:
        raise DownloadError(f"{name} could not be downloaded: {host} gave an answer that is not HTTP.") from error
    with response:
        length = response.headers.get("Content-Length", "")
        total = int(length) if length.isdecimal() else None
        if total is not None and total > free_bytes(path.parent):
            raise OSError(errno.ENOSPC, "no room")
        received = 0
        while chunk := _read(response, name, host):
            file.write(chunk)
            received += len(chunk)
            if progress:
                progress(received, total)
    if total is not None and received != total:
        raise DownloadError(f"The connection to {host} broke off after {received:,} of {total:,} bytes of {name}; try again.")


def _read(response: http.client.HTTPResponse, name: str, host: str) -> bytes:
    try:
        return response.read(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(f"The connection to {host} broke off while {name} came in; try again.") from error


def _unreachable(name: str, host: str, error: Exception) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return f"{name} could not be downloaded: {host} does not answer; try again later."
    return f"{name} could not be downloaded: {host} cannot be reached ({cause}); is this machine online?"


def _write_problem(path: Path, error: OSError) -> str:
    if is_full(error):
        return f"The disk is full: {path.name} could not be kept in {path.parent}; free some space and try again."
    return f"{path.name} could not be written in {path.parent}: {error.strerror or error}."


def _mismatch(path: Path, sha256: str | None, md5: str | None) -> str | None:
    """What is wrong with the file's checksum, or None."""
    for kind, wanted in (("sha256", sha256), ("md5", md5)):
        if wanted:
            with open(path, "rb") as file:
                found = hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
            if not found.startswith(wanted.lower()):
                return f"its {kind} begins with {found[:8]}, not {wanted[:8]}"
    return None


def _remove_stale_parts(path: Path) -> None:
    for part in path.parent.glob(f"{path.name}.*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE_SECONDS:
                part.unlink()
