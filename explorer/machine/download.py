"""Fetch a file once, whole and verified, going on where a broken download stopped, or say in one sentence why not."""

import errno
import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from explorer.errors import BadInput
from explorer.machine.disk import free_bytes, is_full
from explorer.machine.partial import Partial

CHUNK = 256 * 1024
WAIT_SECONDS = 0.5

Progress = Callable[[int, int | None], None]


class DownloadError(BadInput):
    """A file that could not be fetched; the message says why, and what to do."""


class BrokenOff(DownloadError):
    """The connection ended before the file did; what has come is kept."""


def download(
    urls: str | Sequence[str],
    path: Path,
    *,
    sha256: str | None = None,
    md5: str | None = None,
    progress: Progress | None = None,
    timeout: float = 15,
) -> Path:
    """Fetch an http(s) address into a file, which appears only when it is complete and its checksum right.

    Of several addresses (mirrors of one file) the next is tried where one fails. What a broken or killed download has
    left is taken up, as far as the server says that the file is still the same. A file already there is kept if its
    checksum is right (or none is given). `sha256` may be a prefix, as in the names of torchvision's weights.
    `progress(received, total)` is called for every chunk, and while another process fetches the same file, sizes in
    bytes, total None where the server does not say it; what it raises ends the download, and what has come is kept.
    `timeout` is in seconds without a byte. Raises DownloadError.
    """
    path = Path(path)
    urls = [urls] if isinstance(urls, str) else list(urls)
    for url in urls:
        _host(url)
    if _is_right(path, sha256, md5):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = Partial(path)
        with _alone(path, part, progress):
            if not _is_right(path, sha256, md5):
                _fetch_any(urls, part, sha256, md5, progress, timeout)
                part.become_whole()
    except OSError as error:
        if is_full(error):
            part.discard()
        raise DownloadError(_write_problem(path, error)) from error
    return path


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise DownloadError(f"{url} is not an address that can be downloaded.") from None
    if parts.scheme not in ("http", "https"):
        raise DownloadError(f"Only http and https addresses can be downloaded, not {url}.")
    return parts.netloc


@contextmanager
def _alone(path: Path, part: Partial, progress: Progress | None):
    """One process, and one thread of it, fetches a file at a time; the others wait, and find it there."""
    lock = FileLock(path.with_name(f".{path.name}.lock"), thread_local=False)
    while True:
        try:
            lock.acquire(timeout=WAIT_SECONDS)
            break
        except Timeout:
            if progress:
                progress(part.size, part.total)
    try:
        yield
    finally:
        lock.release()


def _fetch_any(urls: list[str], part: Partial, sha256: str | None, md5: str | None, progress: Progress | None, timeout: float) -> None:
    """The whole and right file in the part, from the first address that has it. Raises the first address's DownloadError."""
    problems = []
    for url in urls:
        try:
            checked = bool(sha256 or md5)
            if checked and part.size == part.total and _is_right(part.path, sha256, md5):  # killed when all had come
                return
            _fetch_all(url, part, checked, progress, timeout)
            problem = _mismatch(part.path, sha256, md5)
            if problem and part.pieced:  # maybe of two different files
                part.discard()
                _fetch_all(url, part, checked, progress, timeout)
                problem = _mismatch(part.path, sha256, md5)
            if not problem:
                return
            part.discard()
            raise DownloadError(f"{url} is not the file that was expected ({problem}); try again, or from another network.")
        except DownloadError as error:
            problems.append(error)
    others = f" So did {len(problems) - 1} other address{'es' * (len(problems) > 2)} of it fail." if len(problems) > 1 else ""
    raise DownloadError(f"{problems[0]}{others}") from problems[0]


def _fetch_all(url: str, part: Partial, checked: bool, progress: Progress | None, timeout: float) -> None:
    """Ask again where the connection breaks off, for as long as each time brings more than was there before."""
    while True:
        before = part.size
        try:
            return _fetch(url, part, checked, progress, timeout)
        except BrokenOff:
            if part.size <= before:
                raise


def _fetch(url: str, part: Partial, checked: bool, progress: Progress | None, timeout: float) -> None:
    """Copy the body, or what is missing of it. Raises DownloadError for the network's faults and OSError for the disk's."""
    name, host = part.target.name, _host(url)
    with _answer(url, part, checked, name, host, timeout) as response:
        length = response.headers.get("Content-Length", "")
        remaining = int(length) if length.isdecimal() else None
        if response.status != http.client.PARTIAL_CONTENT:
            part.begin(url, response.headers, remaining)
        elif not part.continues(response.headers.get("Content-Range", "")):
            asked = part.size > 0
            part.discard()
            if asked:
                return _fetch(url, part, checked, progress, timeout)
            raise DownloadError(f"{host} sent another piece of {name} than was asked for; try again.")
        total = part.total
        if remaining is not None and remaining > free_bytes(part.target.parent):
            raise OSError(errno.ENOSPC, "no room")
        received = part.size
        with part.open() as file:
            while chunk := _read(response, name, host):
                file.write(chunk)
                received += len(chunk)
                if progress:
                    progress(received, total)
    if total is not None and received != total:
        raise BrokenOff(f"The connection to {host} broke off after {received:,} of {total:,} bytes of {name}; "
                        "try again, and it goes on from there.")


def _answer(url: str, part: Partial, checked: bool, name: str, host: str, timeout: float) -> http.client.HTTPResponse:
    """The server's answer to the request for what is missing, or for all if the part cannot be continued."""
    wanted = part.request(url, checked)
    request = urllib.request.Request(url, headers={"User-Agent": "residual-explorer", "Accept-Encoding": "identity"} | wanted)
    try:
        return urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and wanted:
            part.discard()
            return _answer(url, part, checked, name, host, timeout)
        raise DownloadError(f"{host} answers {error.code} ({error.reason}) for {url}: {name} is not there, or not now.") from error
    except (OSError, ValueError) as error:
        raise DownloadError(_unreachable(name, host, error)) from error
    except http.client.HTTPException as error:
        raise DownloadError(f"{name} could not be downloaded: {host} gave an answer that is not HTTP.") from error


def _read(response: http.client.HTTPResponse, name: str, host: str) -> bytes:
    try:
        return response.read1(CHUNK)  # what is there: a slow connection shows its progress, and can be cancelled, at every packet
    except (OSError, http.client.HTTPException) as error:
        raise BrokenOff(f"The connection to {host} broke off while {name} came in; try again, and it goes on from there.") from error


def _unreachable(name: str, host: str, error: Exception) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return f"{name} could not be downloaded: {host} does not answer; try again later."
    return f"{name} could not be downloaded: {host} cannot be reached ({cause}); is this machine online?"


def _write_problem(path: Path, error: OSError) -> str:
    if is_full(error):
        return f"The disk is full: {path.name} could not be kept in {path.parent}; free some space and try again."
    return f"{path.name} could not be written in {path.parent}: {error.strerror or error}."


def _is_right(path: Path, sha256: str | None, md5: str | None) -> bool:
    return path.is_file() and _mismatch(path, sha256, md5) is None


def _mismatch(path: Path, sha256: str | None, md5: str | None) -> str | None:
    """What is wrong with the file's checksum, or None."""
    for kind, wanted in (("sha256", sha256), ("md5", md5)):
        if wanted:
            with open(path, "rb") as file:
                found = hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
            if not found.startswith(wanted.lower()):
                return f"its {kind} begins with {found[:8]}, not {wanted[:8]}"
    return None
