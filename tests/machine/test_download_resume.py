"""Downloads that break off and go on, from a server that answers ranges, or does not, or has another file by then."""

import hashlib
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from explorer.machine.download import DownloadError, download

BODY = np.random.default_rng(0).bytes(1_000_000)
OTHER = np.random.default_rng(1).bytes(1_000_000)
MD5 = hashlib.md5(BODY).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Sends `server.body`, or what is asked for of it; of the n-th answer only `server.breaks[n]` bytes."""

    def do_GET(self):
        server = self.server
        wanted, version = self.headers.get("Range"), self.headers.get("If-Range")
        server.asked.append((self.path, wanted, version))
        if self.path == "/missing":
            return self.send_error(404)
        begin = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and server.ranges and version in (None, server.tag) else 0
        if begin > len(server.body):
            return self.send_error(416)
        self.send_response(206 if begin else 200)
        if begin:
            at = begin + server.shift
            self.send_header("Content-Range", f"bytes {at}-{len(server.body) - 1}/{len(server.body)}")
        if server.tag:
            self.send_header("ETag", server.tag)
        body = server.body[begin:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: server.breaks.pop(0) if server.breaks else None])

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.body, server.tag, server.ranges, server.breaks, server.shift = [], BODY, '"v1"', True, [], 0
        server.url = f"http://127.0.0.1:{server.server_port}/file"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def ranges(server):
    return [wanted for _, wanted, _ in server.asked]


def leave_half(server, tmp_path, second=0, **options):
    """The state after a download that broke off at half, and again after `second` bytes of the second answer."""
    server.breaks = [500_000, second]
    with pytest.raises(DownloadError, match="broke off after 500,000 of 1,000,000 bytes of x; try again, and it goes on from there"):
        download(server.url, tmp_path / "x", **options)
    assert (tmp_path / "x.part").read_bytes() == BODY[:500_000]
    server.asked.clear()


@pytest.mark.parametrize("options", [{}, {"md5": MD5}])
def test_a_connection_that_breaks_off_again_and_again_is_taken_up_each_time(server, tmp_path, options):
    server.breaks = [300_000, 1, 400_000]
    seen = []
    download(server.url, tmp_path / "x", progress=lambda *at: seen.append(at), **options)
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.asked == [("/file", None, None), *(("/file", f"bytes={at}-", '"v1"') for at in (300_000, 300_001, 700_001))]
    assert seen == sorted(seen) and seen[-1] == (1_000_000, 1_000_000)


def test_a_later_download_goes_on_where_an_earlier_one_stopped(server, tmp_path):
    leave_half(server, tmp_path)
    seen = []
    download(server.url, tmp_path / "x", progress=lambda *at: seen.append(at))
    assert (tmp_path / "x").read_bytes() == BODY
    assert ranges(server) == ["bytes=500000-"]
    assert seen[0][0] > 500_000 and seen[-1] == (1_000_000, 1_000_000)
    assert not list(tmp_path.glob("*.part*"))


def test_a_reader_who_leaves_keeps_what_has_come(server, tmp_path):
    class Left(Exception):
        pass

    def leave(received, total):
        raise Left

    with pytest.raises(Left):
        download(server.url, tmp_path / "x", progress=leave)
    kept = (tmp_path / "x.part").stat().st_size
    assert 0 < kept < len(BODY)
    download(server.url, tmp_path / "x")
    assert ranges(server) == [None, f"bytes={kept}-"] and (tmp_path / "x").read_bytes() == BODY


KILLED = """
import os, signal, sys
from explorer.machine.download import download
download(sys.argv[1], sys.argv[2], progress=lambda received, total: received > 300_000 and os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_killed_download_is_taken_up(server, tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, server.url, str(tmp_path / "x")], timeout=60)
    assert not (tmp_path / "x").exists() and (tmp_path / "x.part").exists()
    download(server.url, tmp_path / "x", md5=MD5)
    assert (tmp_path / "x").read_bytes() == BODY
    assert ranges(server)[0] is None and ranges(server)[1].startswith("bytes=")


@pytest.mark.parametrize("options", [{}, {"md5": hashlib.md5(OTHER).hexdigest()}])
def test_a_file_that_has_changed_starts_anew(server, tmp_path, options):
    leave_half(server, tmp_path, **options)
    server.body, server.tag = OTHER, '"v2"'
    download(server.url, tmp_path / "x", **options)
    assert (tmp_path / "x").read_bytes() == OTHER
    assert ranges(server) == ["bytes=500000-"]  # and the server sent all


def test_a_file_that_has_changed_unsaid_starts_anew_by_its_checksum(server, tmp_path):
    server.tag = None
    leave_half(server, tmp_path, md5=MD5)
    (tmp_path / "x.part").write_bytes(OTHER[:500_000])
    download(server.url, tmp_path / "x", md5=MD5)
    assert (tmp_path / "x").read_bytes() == BODY
    assert ranges(server) == ["bytes=500000-", None]


def test_without_a_version_or_a_checksum_nothing_is_pieced_together(server, tmp_path):
    server.tag = None
    leave_half(server, tmp_path, second=500_000)
    download(server.url, tmp_path / "x")
    assert ranges(server) == [None] and (tmp_path / "x").read_bytes() == BODY


def test_a_weak_version_is_none(server, tmp_path):
    server.tag = 'W/"v1"'
    leave_half(server, tmp_path, second=500_000)
    download(server.url, tmp_path / "x")
    assert ranges(server) == [None]


def test_a_server_that_ignores_ranges_sends_all(server, tmp_path):
    leave_half(server, tmp_path)
    server.ranges = False
    download(server.url, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY


def test_a_server_that_sends_another_piece_starts_anew(server, tmp_path):
    leave_half(server, tmp_path)
    server.shift = 1
    download(server.url, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY
    assert ranges(server) == ["bytes=500000-", None]


def test_a_file_that_has_become_shorter_starts_anew(server, tmp_path):
    leave_half(server, tmp_path)
    server.body = BODY[:1000]
    download(server.url, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY[:1000]


def test_wrong_bytes_are_not_kept_and_not_taken_up(server, tmp_path):
    server.body = OTHER
    with pytest.raises(DownloadError, match="is not the file that was expected"):
        download(server.url, tmp_path / "x", md5=MD5)
    assert [file.name for file in tmp_path.iterdir() if not file.name.startswith(".") and file.is_file()] == []


def test_all_had_come_before_the_kill(server, tmp_path):
    leave_half(server, tmp_path)
    (tmp_path / "x.part").write_bytes(BODY)
    download(server.url, tmp_path / "x", md5=MD5)
    assert server.asked == [] and (tmp_path / "x").read_bytes() == BODY


@pytest.mark.parametrize("about", ["", "[]", "{", '{"total": "much"}'])
def test_a_damaged_record_starts_anew(server, tmp_path, about):
    leave_half(server, tmp_path)
    (tmp_path / "x.part.json").write_text(about)
    download(server.url, tmp_path / "x")
    assert ranges(server) == [None] and (tmp_path / "x").read_bytes() == BODY


def test_the_mirrors_are_tried_in_order(server, tmp_path):
    base = server.url.removesuffix("/file")
    download([f"{base}/missing", f"{base}/file", f"{base}/never"], tmp_path / "x", md5=MD5)
    assert [path for path, _, _ in server.asked] == ["/missing", "/file"]
    with pytest.raises(DownloadError, match=r"answers 404 .* So did 1 other address of it fail\.$"):
        download([f"{base}/missing", f"{base}/missing"], tmp_path / "y")


def test_a_mirror_goes_on_where_the_first_broke_off_if_a_checksum_will_tell(server, tmp_path):
    server.breaks = [500_000, 0]
    download([server.url, server.url + "2"], tmp_path / "x", md5=MD5)
    assert (tmp_path / "x").read_bytes() == BODY
    assert server.asked[-1] == ("/file2", "bytes=500000-", None)


def test_the_record_says_where_a_part_came_from(server, tmp_path):
    leave_half(server, tmp_path)
    assert json.loads((tmp_path / "x.part.json").read_text()) == {"url": server.url, "version": '"v1"', "total": 1_000_000}
