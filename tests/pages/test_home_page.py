"""Home shows the picture, the doors, the machine and the recent runs, without torch and without Plotly."""

import ast
import subprocess
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.runs.folder import create
from explorer.training.presets import PRESETS

HOME_PAGE = Path(__file__).resolve().parents[2] / "pages" / "home.py"
PRINT_LOADED = "\nimport sys; print([name for name in ('torch', 'plotly', 'streamlit') if name in sys.modules])"
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


def test_every_question_has_its_link():
    links = AppTest.from_file(HOME, default_timeout=30).run().get("page_link")
    asked = {link.proto.label for link in links if "preset=" in link.proto.query_string}
    assert {preset.short for preset in PRESETS.values()} <= asked


def test_recent_runs_are_listed():
    create("cifar/plain-20", {"dataset": "mnist-5k"}, 0)
    app = AppTest.from_file(HOME, default_timeout=30).run()
    assert not app.exception
    assert "None yet" not in _texts(app)


def test_a_run_of_a_foreign_network_is_listed_as_it_is():
    create("*mine* [here](x)", {"dataset": "mnist-5k"}, 0)
    app = AppTest.from_file(HOME, default_timeout=30).run()
    assert any(link.proto.label.startswith(r"\*mine\* \[here\]\(x\) · ") for link in app.get("page_link"))


def _loaded_by(script):
    done = subprocess.run([sys.executable, "-c", script + PRINT_LOADED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_first_paint_imports_no_torch():
    run = f"from streamlit.testing.v1 import AppTest; app = AppTest.from_file({HOME!r}, default_timeout=30).run(); assert app.title"
    assert "torch" not in _loaded_by(run)


def test_home_itself_imports_neither_torch_nor_plotly():
    # Streamlit imports Plotly by itself to give it a theme, so Home's own imports are run with an empty one in its place.
    empty = "import sys, types; sys.modules['streamlit'] = types.ModuleType('streamlit')"
    tree = ast.parse(HOME_PAGE.read_text())
    imports = [ast.unparse(node) for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert len(imports) >= 5
    assert _loaded_by("\n".join([empty, *imports])) == "['streamlit']"
