import pytest
from class_folders import make_pictures


@pytest.fixture
def pets(tmp_path):
    """Twenty cats and twenty dogs, all red."""
    return make_pictures(tmp_path / "pets", [f"{kind}/{i:02}.png" for kind in ("dog", "cat") for i in range(20)])
