"""Where things are: the shipped assets, the user's data folder, its runs and downloads."""

import os
from pathlib import Path

import platformdirs

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def data_folder() -> Path:
    """`$EXPLORER_HOME`, or the platform's folder for user data; never inside the repository."""
    home = os.environ.get("EXPLORER_HOME")
    return Path(home).expanduser() if home else platformdirs.user_data_path("residual-explorer", appauthor=False)


def runs_folder() -> Path:
    """Where every run has its folder."""
    return data_folder() / "runs"


def landscapes_folder() -> Path:
    """Where every measured loss surface has its folder."""
    return data_folder() / "landscapes"


def downloads_folder() -> Path:
    """Data sets and weights fetched on first use."""
    return data_folder() / "downloads"


def models_folder() -> Path:
    """Weights files that a user has brought in."""
    return data_folder() / "models"
