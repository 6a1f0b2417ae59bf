"""Class names of which no two are one."""

from explorer.vision.labels import imagenet_names, numbered


def test_classes_of_one_name_are_numbered():
    assert numbered(["crane", "duck", "crane", "crane"]) == ["crane", "duck", "crane (2)", "crane (3)"]
    assert numbered(["a (2)", "a", "a"]) == ["a (2)", "a", "a (3)"]
    assert numbered(["a", "a", "a (2)"]) == ["a", "a (2)", "a (2) (2)"]


def test_imagenets_thousand_have_a_name_each():
    assert len(imagenet_names()) == 1000 and numbered(imagenet_names()) == list(imagenet_names())
