"""Fixtures every test shares: a private data folder, the golden files, the optional development data."""

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_addoption(parser):
    parser.addoption("--refresh", action="store_true", help="rewrite the golden files instead of comparing with them")


@pytest.fixture(autouse=True)
def explorer_home(tmp_path, monkeypatch):
    """Every test has a data folder of its own, so that no test sees or harms a user's runs."""
    home = tmp_path / "explorer-home"
    monkeypatch.setenv("EXPLORER_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real images and public weights that developers may have beside the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs the development data in {os.path.relpath(SHARED_DATA)} (see README)")
    return SHARED_DATA


@pytest.fixture
def in_process(monkeypatch, capsys):
    """`in_process(*arguments)` is the command line without a process of its own: exit status, standard output, standard error."""

    def run(*arguments):
        from explorer import cli

        monkeypatch.setattr("sys.argv", ["explorer", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def golden(request):
    """`golden(text, suffix)` holds text against the file named after the test, or rewrites it with --refresh."""

    def check(text, suffix):
        file = request.path.parent / "golden" / f"{request.node.name}{suffix}"
        if request.config.getoption("--refresh"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        assert file.is_file(), f"no golden file {file.name}: run pytest --refresh once and look at what it writes"
        assert text == file.read_text()

    return check
