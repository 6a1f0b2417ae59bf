"""What a table's view makes of its rows, in a real Chromium: filters, groups, sums, and the text of a view."""

import json

import pytest

from explorer.anatomy import table
from explorer.anatomy.columns import columns
from explorer.anatomy.of import anatomy_of
from explorer.networks.spec import parse_spec
from explorer.ui.components.layer_table import table_content

pytestmark = pytest.mark.browser
PLAIN = {"find": "", "chosen": {}, "by": "", "open": False, "flipped": [], "sort": "", "down": False, "shown": [], "hidden": []}


@pytest.fixture(scope="module")
def modules(browser, serve):
    """A page that can load the table's modules, and nothing else."""
    page = browser.new_page()
    page.goto(f"{serve('layer_table_app.py')}/_stcore/health")
    yield page
    page.close()


@pytest.fixture(scope="module")
def anatomy():
    return anatomy_of(parse_spec("cifar/basic-56"))


@pytest.fixture(scope="module")
def content(anatomy):
    return json.loads(table_content(columns(), table.rows(anatomy), table.totals(anatomy)))


@pytest.fixture
def arranged(modules, content):
    """`arranged(by="stage", ...)`: the lines, rows and totals of a view, values by their column's key."""

    def arranged(**view):
        script = """async ([content, view]) => {
            const { TableRows } = await import("/_stcore/bidi-components/explorer.layer_table/table/rows.js");
            return new TableRows(content).arranged(view);
        }"""
        made = modules.evaluate(script, [content, PLAIN | view])
        keys = [column["key"] for column in content["columns"]]
        return {
            "lines": [line | {"values": dict(zip(keys, line["values"]))} for line in made["lines"]],
            "rows": [dict(zip(keys, row)) for row in made["rows"]],
            "totals": dict(zip(keys, made["totals"])),
        }

    return arranged


@pytest.fixture
def in_view(modules, content):
    """Calls a function of table/view.js on the arguments; `content` stands for the table's."""

    def in_view(name, *arguments):
        script = """async ([name, given, content]) => {
            const view = await import("/_stcore/bidi-components/explorer.layer_table/table/view.js");
            return view[name](...given.map((one) => (one === "content" ? content : one)));
        }"""
        return modules.evaluate(script, [name, list(arguments), content])

    return in_view


def test_all_rows_come_as_they_are_and_add_up_to_the_network(arranged, anatomy):
    whole = arranged()
    assert [line["id"] for line in whole["lines"]] == [layer.name for layer in anatomy.layers]
    totals = whole["totals"]
    assert totals["parameters"] == totals["trainable"] == anatomy.params == 853_018
    assert totals["work"] == anatomy.macs == 125_485_696
    assert totals["kept"] == anatomy.kept_bytes and totals["activations"] == anatomy.activation_bytes
    assert totals["work-share"] == pytest.approx(100)
    assert totals["field"] == max(layer.receptive_field for layer in anatomy.layers)
    assert totals["kind"] is None and totals["input"] is None


@pytest.mark.parametrize("chosen", [{"kind": ["conv"]}, {"stage": ["layer2", "layer3"]}, {"kind": ["bn", "conv"], "stage": ["stem"]}])
def test_chosen_values_let_through_exactly_their_layers(arranged, anatomy, chosen):
    shown = arranged(chosen=chosen)
    wanted = [layer for layer in anatomy.layers if all(getattr(layer, key) in values for key, values in chosen.items())]
    assert [row["layer"] for row in shown["rows"]] == [layer.name for layer in wanted]
    assert 0 < len(wanted) < len(anatomy.layers)
    assert shown["totals"]["work"] == sum(layer.macs for layer in wanted)
    assert shown["totals"]["parameters"] == sum(layer.params for layer in wanted)


@pytest.mark.parametrize(
    "find, wanted",
    [
        ("layer2.0", lambda layer: "layer2.0" in layer.name),
        ("CONV 3x3", lambda layer: layer.kind == "conv" and layer.kernel == (3, 3)),
        ("16×32×32 add", lambda layer: layer.kind == "add" and layer.out_shape == (16, 32, 32)),
        ("  ", lambda layer: True),
        ("no such layer", lambda layer: False),
    ],
)
def test_every_word_must_be_in_a_row(arranged, anatomy, find, wanted):
    assert [row["layer"] for row in arranged(find=find)["rows"]] == [layer.name for layer in anatomy.layers if wanted(layer)]


@pytest.mark.parametrize("by", ["stage", "kind", "block"])
def test_subtotals_of_groups_add_up_to_the_totals(arranged, anatomy, by):
    grouped = arranged(by=by)
    groups = [line for line in grouped["lines"]]
    assert all(not line["open"] for line in groups)
    assert sum(len(line["rows"]) for line in groups) == len(anatomy.layers)
    for key in ("parameters", "work", "elementwise", "activations", "kept"):
        assert sum(line["values"][key] for line in groups) == grouped["totals"][key]
    assert max(line["values"]["field"] for line in groups) == grouped["totals"]["field"]
    of = next(line for line in groups if line["label"] == {"stage": "layer2", "kind": "conv", "block": "layer2.0"}[by])
    layers = [layer for layer in anatomy.layers if getattr(layer, by) == of["label"]]
    assert of["values"]["work"] == sum(layer.macs for layer in layers)
    assert of["values"]["field"] == max(layer.receptive_field for layer in layers)
    assert of["values"]["jump"] == max(layer.jump for layer in layers)


def test_what_stands_outside_every_block_goes_by_its_stage(arranged):
    labels = [line["label"] for line in arranged(by="block")["lines"]]
    assert labels[:3] == ["input", "stem", "layer1.0"]
    assert labels[-2:] == ["layer3.8", "head"]
    assert len(labels) == 3 + 27


def test_groups_open_each_by_itself_and_all_at_once(arranged, anatomy):
    one = arranged(by="stage", flipped=["stem"])["lines"]
    assert [line["id"] for line in one[:6]] == ["group:input", "group:stem", "conv1", "bn1", "relu", "group:layer1"]
    every = arranged(by="stage", open=True)["lines"]
    assert len(every) == len(anatomy.layers) + 6
    assert len(arranged(by="stage", open=True, flipped=["layer1"])["lines"]) == len(every) - 63


def test_order_goes_through_groups_and_their_rows(arranged):
    lines = arranged(by="stage", sort="parameters", down=True, flipped=["stem"])["lines"]
    groups = [line for line in lines if "label" in line]
    assert [group["label"] for group in groups][:3] == ["layer3", "layer2", "layer1"]
    sizes = [group["values"]["parameters"] for group in groups]
    assert sizes == sorted(sizes, reverse=True)
    at = next(index for index, line in enumerate(lines) if line.get("label") == "stem")
    assert [line["id"] for line in lines[at + 1 : at + 4]] == ["conv1", "bn1", "relu"]


def test_order_is_stable_and_has_numbers_in_words(arranged):
    by_kind = [row["layer"] for row in arranged(sort="kind", chosen={"kind": ["add", "bn"]})["rows"]]
    assert by_kind[:2] == ["layer1.0.add", "layer1.1.add"] and by_kind[27] == "bn1"
    names = [row["layer"] for row in arranged(sort="layer", find="layer1 conv1")["rows"]]
    assert names == [f"layer1.{number}.conv1" for number in range(9)]
    assert [row["layer"] for row in arranged(sort="parameters", down=True)["rows"]][0] == "layer3.0.conv2"


VIEWS = {
    "": {},
    "find.conv%203x3": {"find": "conv 3x3"},
    "find.layer1%2E0%20%7Ea": {"find": "layer1.0 ~a"},
    "kind.conv.bn~stage.layer1": {"chosen": {"kind": ["conv", "bn"], "stage": ["layer1"]}},
    "by.block~flip.layer1%2E0.stem": {"by": "block", "flipped": ["layer1.0", "stem"]},
    "by.stage.open~flip.stem": {"by": "stage", "open": True, "flipped": ["stem"]},
    "sort.work.down": {"sort": "work", "down": True},
    "sort.layer": {"sort": "layer"},
    "show.stride.jump~hide.kernel": {"shown": ["stride", "jump"], "hidden": ["kernel"]},
}


@pytest.mark.parametrize("text", VIEWS)
def test_a_view_and_its_text_are_one(in_view, text):
    assert in_view("textOf", PLAIN | VIEWS[text]) == text
    assert in_view("readView", text, "content") == {"view": PLAIN | VIEWS[text], "unread": []}


@pytest.mark.parametrize(
    "text, kept, unread",
    [
        ("sort.horses~by.stage", {"by": "stage"}, ["sort.horses"]),
        ("by.colour", {}, ["by.colour"]),
        ("bananas", {}, ["bananas"]),
        ("find.%E0%A4%A~kind.conv", {"chosen": {"kind": ["conv"]}}, ["find.%E0%A4%A"]),
        ("show.nothing~~hide.", {}, ["show.nothing", "hide."]),
        ("show.layer.jump", {"shown": ["jump"]}, []),
        ("kind.unicorn", {"chosen": {"kind": ["unicorn"]}}, []),
        ("__proto__.x~constructor.y", {}, ["__proto__.x", "constructor.y"]),
    ],
)
def test_a_damaged_text_is_read_as_far_as_it_goes(in_view, text, kept, unread):
    assert in_view("readView", text, "content") == {"view": PLAIN | kept, "unread": unread}


def test_columns_are_the_usual_ones_until_others_are_chosen(in_view, content):
    names = [column["name"] for column in in_view("columnsOf", content, PLAIN)]
    assert names == ["Layer", "Kind", "Output", "Kernel", "Parameters", "Parameters %", "MACs", "MACs %", "Activation bytes", "Receptive field"]
    view = in_view("showColumn", PLAIN | {"sort": "kernel", "down": True}, {"key": "kernel", "usual": True}, False)
    assert (view["hidden"], view["sort"], view["down"]) == (["kernel"], "", False)
    view = in_view("showColumn", view, {"key": "stride", "usual": False}, True)
    assert "Stride" in [column["name"] for column in in_view("columnsOf", content, view)]
    assert in_view("showColumn", in_view("showColumn", view, {"key": "kernel", "usual": True}, True), {"key": "stride", "usual": False}, False) == PLAIN
    everything_hidden = PLAIN | {"hidden": [column["key"] for column in content["columns"]]}
    assert [column["name"] for column in in_view("columnsOf", content, everything_hidden)] == ["Layer"]


def test_values_let_through_are_added_and_taken_back(in_view):
    one = in_view("onlyWith", PLAIN, "kind", ["conv"])
    assert one["chosen"] == {"kind": ["conv"]} and not in_view("isWhole", one)
    assert in_view("onlyWith", one, "kind", []) == PLAIN and in_view("isWhole", PLAIN)
