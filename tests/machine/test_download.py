"""Downloads from a real server: whole and right, or one sentence and nothing left behind."""

import hashlib
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from explorer.machine.download import DownloadError, download

BODY = bytes(range(256)) * 4096  # 1 MiB
SHA256 = hashlib.sha256(BODY).hexdigest()
MD5 = hashlib.md5(BODY).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Each path behaves in one way."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/missing":
            return self.send_error(404)
        if self.path == "/moved":
            return self._head(302, Location="/whole")
        if self.path == "/file":
            return self._head(302, Location="file:///etc/hostname")
        if self.path == "/silent":
            return time.sleep(2)
        if self.path == "/garbage":
            return self.wfile.write(b"\0\0\0 not http\r\n\r\n")
        if self.path == "/huge":
            return self._head(200, Content_Length=str(2**62))
        if self.path == "/unsized":
            self._head(200)
            return self.wfile.write(BODY)
        if self.path == "/chunked-broken":
            self._head(200, Transfer_Encoding="chunked")
            return self.wfile.write(b"100\r\n" + BODY[:256] + b"\r\n100\r\nshort")
        self._head(200, Content_Length=str(len(BODY)))
        self.wfile.write(BODY[: len(BODY) // 2] if self.path == "/truncated" else BODY)

    def _head(self, code, **headers):
        self.protocol_version = "HTTP/1.1"
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def visible(folder):
    return [file.name for file in folder.iterdir() if not file.name.startswith(".")]


def refused(url, path, **options):
    """The sentence of a download that fails; nothing may be left in the folder, save what a broken connection has brought."""
    with pytest.raises(DownloadError) as caught:
        download(url, path, **options)
    assert not path.exists()
    assert "broke off" in str(caught.value) or not list(path.parent.glob("*.part*"))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("options", [{}, {"sha256": SHA256}, {"sha256": SHA256[:8].upper()}, {"md5": MD5}, {"sha256": SHA256, "md5": MD5}])
def test_a_file_arrives_whole(server, tmp_path, options):
    path = tmp_path / "folder" / "weights.bin"
    assert download(server.url + "/whole", path, **options) == path
    assert path.read_bytes() == BODY
    assert visible(path.parent) == ["weights.bin"]


def test_progress_counts_up_to_the_whole(server, tmp_path):
    for name, total in (("whole", len(BODY)), ("unsized", None)):
        seen = []
        download(f"{server.url}/{name}", tmp_path / name, progress=lambda *at: seen.append(at))
        received = [bytes_received for bytes_received, _ in seen]
        assert received == sorted(set(received)) and len(seen) > 1
        assert seen[-1] == (len(BODY), total)


def test_a_redirect_is_followed_but_not_to_a_local_file(server, tmp_path):
    assert download(server.url + "/moved", tmp_path / "a").read_bytes() == BODY
    assert "not there, or not now" in refused(server.url + "/file", tmp_path / "b")


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "/etc/hostname", "", "data:,x"])
def test_only_http_is_fetched(url, tmp_path):
    assert refused(url, tmp_path / "x").startswith("Only http and https addresses")


def test_a_right_file_is_not_fetched_again_and_a_wrong_one_is(server, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(BODY)
    asked = len(server.asked)
    download(server.url + "/whole", path, sha256=SHA256)
    download(server.url + "/whole", path)
    assert len(server.asked) == asked
    path.write_bytes(BODY[:-1])
    download(server.url + "/whole", path, sha256=SHA256)
    assert path.read_bytes() == BODY


def test_a_wrong_checksum(server, tmp_path):
    said = refused(server.url + "/whole", tmp_path / "x", sha256="0" * 64)
    assert f"its sha256 begins with {SHA256[:8]}, not 00000000" in said
    assert "its md5 begins with" in refused(server.url + "/whole", tmp_path / "x", sha256=SHA256, md5="0" * 32)


def test_a_wrong_file_does_not_replace_the_one_there(server, tmp_path):
    (tmp_path / "x").write_text("precious")
    with pytest.raises(DownloadError):
        download(server.url + "/whole", tmp_path / "x", sha256="0" * 64)
    assert (tmp_path / "x").read_text() == "precious"


def test_not_found(server, tmp_path):
    assert "answers 404 (Not Found) for" in refused(server.url + "/missing", tmp_path / "x")


def test_connection_refused(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be reached (" in refused(f"http://127.0.0.1:{port}/x", tmp_path / "x")


def test_no_such_host(tmp_path):
    assert "is this machine online?" in refused("http://no-such-host.invalid/x", tmp_path / "x")


def test_no_answer(server, tmp_path):
    assert "does not answer" in refused(server.url + "/silent", tmp_path / "x", timeout=0.2)


@pytest.mark.parametrize("url", ["http://", "http://127.0.0.1:99999/x", "http://[::1/x", "http://127.0.0.1:x/y", "http://a b/c"])
def test_an_address_that_is_none(url, tmp_path):
    assert refused(url, tmp_path / "x")


def test_an_answer_that_is_not_http(server, tmp_path):
    assert "gave an answer that is not HTTP" in refused(server.url + "/garbage", tmp_path / "x")


def test_a_truncated_body(server, tmp_path):
    said = refused(server.url + "/truncated", tmp_path / "x")
    assert said.endswith("broke off after 524,288 of 1,048,576 bytes of x; try again, and it goes on from there.")
    assert "broke off while x came in" in refused(server.url + "/chunked-broken", tmp_path / "x")


def test_a_file_larger_than_the_disk_is_not_begun(server, tmp_path):
    assert refused(server.url + "/huge", tmp_path / "x").startswith("The disk is full: x could not be kept in")


LIMITED = """
import resource, sys
from explorer.machine.download import DownloadError, download
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    download(sys.argv[1], sys.argv[2])
except DownloadError as error:
    print(error)
"""


def test_a_disk_that_fills_up_on_the_way(server, tmp_path):
    done = subprocess.run([sys.executable, "-c", LIMITED, server.url + "/whole", str(tmp_path / "x")], capture_output=True, text=True)
    assert done.stdout.startswith("The disk is full: x could not be kept in")
    assert list(tmp_path.glob("x*")) == []


def test_a_folder_that_cannot_be_made(server, tmp_path):
    (tmp_path / "in-the-way").write_text("")
    with pytest.raises(DownloadError, match="could not be written in"):
        download(server.url + "/whole", tmp_path / "in-the-way" / "x")


def test_downloads_of_the_same_file_at_once(server, tmp_path):
    threads = [threading.Thread(target=download, args=(server.url + "/whole", tmp_path / "x")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "x").read_bytes() == BODY
    assert visible(tmp_path) == ["x"]
