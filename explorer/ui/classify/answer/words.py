"""What is said of an answer, made from the very numbers that are drawn."""

from collections import Counter
from collections.abc import Sequence

from explorer.ui.classify.answer.measured import Verdict
from explorer.ui.format import PAPER, joined, percent, plain
from explorer.vision.crops import is_padded, sides_of

MOST_NAMED = 20  # classes that fit into a sentence
KIND_TITLES = {"single": "One crop", "ten": "Ten crops", "scales": "Five scales"}
SOFTMAX = ("Probabilities are the softmax of the network's outputs: whatever the picture shows, they are shared out among the classes "
           "it knows.")  # fmt: skip


def known(classes: Sequence[str]) -> str:
    """What a network can answer at all, said beside its answer: it names one of these whatever the picture shows."""
    if len(classes) > MOST_NAMED:
        return f"It knows {len(classes):,} classes and nothing else."
    return f"It knows nothing but {plain(', '.join(classes))}."


def agreement(verdicts: Sequence[Verdict]) -> str:
    """Whether networks that know the same classes name the same one; "" for one network."""
    if len(verdicts) < 2:
        return ""
    by_answer: dict[str, list[Verdict]] = {}
    for one in verdicts:
        by_answer.setdefault(first(one), []).append(one)
    if len(by_answer) == 1:
        return f"{_labels(verdicts)} agree on **{plain(first(verdicts[0]))}**: {_sure(verdicts)}."
    parts = [f"{_labels(some)} {'says' if len(some) == 1 else 'say'} **{plain(answer)}** ({_sure(some)})"
             for answer, some in by_answer.items()]  # fmt: skip
    return f"They disagree: {'; '.join(parts)}."


def apart(groups: Sequence[Sequence[Verdict]]) -> str:
    """Said where the networks do not all know the same classes."""
    if len(groups) < 2:
        return ""
    told = [f"{_labels(group)} {_classes(group)}" for group in groups]
    return f"These networks do not know the same classes, so their answers stand apart: {'; '.join(told)}."


def by_crop(verdict: Verdict) -> str:
    """What the crops say each by itself, against what they say together; "" of one crop."""
    answers = verdict.found.answers
    if len(answers) == 1:
        return ""
    firsts = Counter(verdict.loaded.classes[int(one.probabilities.argmax())] for one in answers)
    together = first(verdict)
    alone = firsts.pop(together, 0)
    spread = [float(one.probabilities[_place(verdict, together)]) for one in answers]
    views = "crops" if verdict.crops == "ten" else "sizes"
    said = f"{plain(verdict.label)}: {_all(alone, len(answers))} of its {len(answers)} {views} by themselves say **{plain(together)}**"
    others = f" ({', '.join(f'{count} {plain(name)}' for name, count in firsts.most_common(4))})" if firsts else ""
    return f"{said}{others}; its probability lies between {percent(min(spread))} and {percent(max(spread))}."


def crops_told(verdict: Verdict) -> str:
    """Where this way to show a picture comes from, and whose it is."""
    preparation = verdict.loaded.preparation
    if verdict.crops == "ten":
        if is_padded(preparation):
            border = round(preparation.size / 8)
            return (f"The corners and the centre of the picture in a black border of {border} pixels, and the same in a mirror: what such "
                    "networks see in training. These ten are ours: the paper tests its CIFAR-10 networks with a single view.")  # fmt: skip
        return ("The four corners and the centre of the scaled picture, and the same in a mirror; their probabilities are averaged, as "
                f"Krizhevsky, Sutskever and Hinton (2012) did. The errors in table 3 of {PAPER} are of ten crops.")  # fmt: skip
    sides = ", ".join(map(str, sides_of(preparation)))
    whole = (f"The whole picture, its shorter side {sides} pixels: the network runs over it in its fully convolutional form, and the "
             "five answers are averaged")  # fmt: skip
    if preparation.size == 224:
        return f"{whole} (section 3.4 of {PAPER}; so were the errors of table 4 measured)."
    ours = f"{whole}. The proportions are the paper's for networks of 224 pixels; their use here is ours."
    if preparation.size == 32:
        ours += (" Networks trained at one scale are not made for it: on 517 test images of CIFAR-10 the five scales raise the error of "
                 "the public ResNet-20 from 8.7% to 42.6%, while ten crops lower it to 6.2% (measured here).")  # fmt: skip
    return ours


def first(verdict: Verdict) -> str:
    """The likeliest class."""
    return verdict.found.classes[0][0]


def sureness(verdict: Verdict) -> float:
    """Its probability."""
    return verdict.found.classes[0][1]


def _place(verdict: Verdict, name: str) -> int:
    return int(verdict.found.probabilities.argmax()) if name == first(verdict) else verdict.loaded.classes.index(name)


def _labels(verdicts: Sequence[Verdict]) -> str:
    return joined([plain(one.label) for one in verdicts])


def _sure(verdicts: Sequence[Verdict]) -> str:
    return joined([percent(sureness(one)) for one in verdicts])


def _classes(group: Sequence[Verdict]) -> str:
    classes = group[0].loaded.classes
    verb = "knows" if len(group) == 1 else "know"
    return f"{verb} {plain(', '.join(classes[:3]))}{f' … ({len(classes):,} classes)' if len(classes) > 3 else ''}"


def _all(count: int, of: int) -> str:
    return "all" if count == of else "none" if not count else str(count)
