"""Opening a page of the app in AppTest, and reading what it says."""

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

HOME = str(Path(__file__).resolve().parents[2] / "explorer" / "Home.py")


def open_page(name: str, **query) -> AppTest:
    """The page `name` as it is first drawn for the query; an exception on it fails the test."""
    app = AppTest.from_file(HOME, default_timeout=120)
    app.switch_page(f"../pages/{name}.py")
    for parameter, value in query.items():
        app.query_params[parameter] = value
    app.run()
    assert not app.exception, app.exception
    return app


def components(app: AppTest, name: str) -> list[dict]:
    """What the page gives its components of this name, such as `chart`, in the order of the page."""
    given = [one.proto for one in app.get("bidi_component") if one.proto.component_name == f"explorer.{name}"]
    return [json.loads(proto.json or proto.bytes) for proto in given]


def words(app: AppTest) -> str:
    """All the text on the page."""
    kinds = (app.title, app.markdown, app.caption, app.error, app.warning, app.info)
    return "\n".join([element.value for kind in kinds for element in kind] + [element.proto.body for element in app.get("html")])
