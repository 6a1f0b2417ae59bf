"""The view of shattered gradients: what it measures is drawn, and what cannot be is said."""

from opened_page import components, open_page, words

SMALL = {"networks": "cifar/plain-8?width=4&channels=1", "norm": "named", "points": "33", "seeds": "1", "deepest": "20"}


def opened(**query):
    return open_page("gradients", view="shattering", **(SMALL | query))


def charts(app):
    return {chart["filename"]: chart for chart in components(app, "chart")}


def test_everything_is_measured_in_the_end_and_the_address_is_obeyed():
    app = opened(apart="0.1", log="depth:y", of="slopes", data="noise", seed="3")
    drawn = charts(app)
    assert list(drawn) == ["gradients-along-a-line", "autocorrelation", "likeness-by-depth", "likeness-by-distance"]
    figures = {name: chart["figure"] for name, chart in drawn.items()}
    assert '"name":"Plain-8 with BN"' in figures["gradients-along-a-line"].replace(": ", ":")
    assert "seed 3" in figures["gradients-along-a-line"]
    assert "slope along the line" in figures["autocorrelation"]
    assert "1/10 of the way" in figures["likeness-by-depth"] and '"log"' in figures["likeness-by-depth"]
    said = words(app)
    assert "**Plain with BN**:" in said and "at 20." in said and "20 layers:" in said
    assert not app.error and not app.warning and "Measured 1 of" not in said


def test_what_an_address_asks_for_in_vain_is_said_and_loses_nothing():
    networks = "cifar/plain-9,torchvision/resnet18,cifar/plain-8?width=4"
    app = opened(networks=networks, points="100", apart="7", example="-1", **{"from": "x"})
    errors = [error.value for error in app.error]
    assert len(errors) == 2 and "nearest" in errors[0] and "normalisation" in errors[1]
    warned = " ".join(warning.value for warning in app.warning)
    assert all(what in warned for what in ("Points on the line", "How far apart", "Example", "From a"))
    assert len(charts(app)) == 4


def test_a_network_too_large_is_refused_and_its_shallower_forms_are_measured():
    app = opened(networks="cifar/plain-1202?channels=1", points="129")
    (error,) = [error.value.replace("\\", "") for error in app.error]
    assert "Plain-1202 would take minutes" in error and "multiply-adds" in error
    assert "**Plain with BN**" in words(app)


def test_without_networks_there_is_something_to_do():
    app = opened(networks="-")
    assert "at least one network" in words(app) and not charts(app)
