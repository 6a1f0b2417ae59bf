"""Home shows the picture, the doors, the machine and the recent runs, without torch and without Plotly."""

import subprocess
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.runs.folder import create

HOME = str(Path(__file__).resolve().parents[2] / "explorer" / "Home.py")


def _texts(app):
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.title, *app.subheader])


def test_home_says_what_this_is_and_what_the_machine_has():
    app = AppTest.from_file(HOME, default_timeout=30).run()
    assert not app.exception
    text = _texts(app)
    assert "Residual Explorer" in text
    assert "Deep Residual Learning" in text
    assert "mnist-5k" in text
    assert "None yet" in text


def test_recent_runs_are_listed():
    create("cifar/plain-20", {"dataset": "mnist-5k"}, 0)
    app = AppTest.from_file(HOME, default_timeout=30).run()
    assert not app.exception
    assert "None yet" not in _texts(app)


def test_first_paint_imports_neither_torch_nor_plotly():
    script = (
        "from streamlit.testing.v1 import AppTest; import sys;"
        f"app = AppTest.from_file({HOME!r}, default_timeout=30).run();"
        "assert not app.exception, app.exception;"
        "print([name for name in ('torch', 'plotly') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr
