"""The whole app as a process of its own, for the browser tests, the benchmarks and the screenshots."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class App:
    """A Streamlit server on a port and with a data folder of its own."""

    script = "explorer/Home.py"

    def __init__(self, home: Path, port: int | None = None):
        self.home, self.port = home, port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "server.log"

    def start(self):
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "streamlit", "run", self.script]
        options = ["--server.port", str(self.port), "--server.headless", "true"]
        environment = os.environ | {"EXPLORER_HOME": str(self.home)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command + options, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2).read()
                return self
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
