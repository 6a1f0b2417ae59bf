"""The sentences under ended runs say what the numbers say, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.watch.findings import ONE_SEED, SOME_ONE_SEED, Outcome, findings


def outcome(name, family, depth, error, state="finished", setting=("mnist-5k",), seed=0):
    label = f"{name} seed {seed}" if seed else name
    return Outcome(label, name, family, depth, setting, seed, state, error, None if error is None else error + 0.01, 248)


def four(plain_20, plain_56, residual_20, residual_56):
    return [
        outcome("Plain-56", "plain", 56, plain_56),
        outcome("Residual-56", "residual", 56, residual_56),
        outcome("Plain-20", "plain", 20, plain_20),
        outcome("Residual-20", "residual", 20, residual_20),
    ]


def test_the_degradation_problem_and_its_cure():
    assert findings(four(0.043, 0.25, 0.032, 0.02)) == [
        "Plain-56 ended at 25.0% training error, Plain-20 at 4.3%: the deeper plain net fits its own training images worse, "
        "although it could imitate the shallower one. This is the degradation problem.",
        "Residual-56 ended at 2.0% training error, Residual-20 at 3.2%: here the added layers helped.",
        "From Plain-56 to Residual-56, identity shortcuts changed the training error from 25.0% to 2.0%: they helped.",
        "From Plain-20 to Residual-20, identity shortcuts changed the training error from 4.3% to 3.2%: they helped.",
        "Each comparison rests on one seed, the same for both runs: another seed can turn a small difference round.",
    ]


def test_the_plain_nets_come_first_and_a_degraded_one_before_all():
    residual_first = four(0.043, 0.25, 0.032, 0.02)[::-1]
    assert findings(residual_first)[0].startswith("Plain-56 ended at 25.0% training error, Plain-20 at 4.3%")
    assert findings(four(0.1, 0.1, 0.2, 0.1)[::-1])[0].startswith("Plain-56")
    narrow = [outcome("Plain-8", "plain", 8, 0.2, setting=("other",)), outcome("Plain-14", "plain", 14, 0.1, setting=("other",))]
    assert "This is the degradation problem." in findings(narrow + residual_first)[0]


def test_a_run_that_shows_something_else_is_not_called_degradation():
    told = findings(four(0.2, 0.1, 0.1, 0.2))
    assert told[0] == "Plain-56 ended at 10.0% training error, Plain-20 at 20.0%: here the added layers helped."
    assert told[1] == "Residual-56 ended at 20.0% training error, Residual-20 at 10.0%: here the added layers made training worse."
    assert told[2].endswith("from 10.0% to 20.0%: here they did not help.")
    assert not any("degradation" in sentence for sentence in told)


def test_small_differences_are_no_difference():
    told = findings(four(0.029, 0.0385, 0.029, 0.02))  # half as much again, but fewer than one image in a hundred
    assert "no clear difference" in told[0] and "no clear difference" in told[1]
    told = findings(four(0.1, 0.11, 0.1, 0.1))
    assert told[0].endswith("here the added layers made no clear difference.")
    assert told[2].endswith("no clear difference.")


def test_a_run_without_a_step_is_told_without_it():
    assert findings([Outcome("Plain-20", "Plain-20", "plain", 20, (), 0, "finished", 0.043)]) == ["Plain-20 ended at 4.3% training error."]


def test_a_single_run_is_told_by_itself():
    assert findings([outcome("Plain-20", "plain", 20, 0.043)]) == [
        "Plain-20 ended at 4.3% training error and 5.3% validation error after 248 steps."
    ]


def test_runs_that_did_not_finish_are_left_out_and_named():
    runs = four(0.043, 0.25, 0.027, 0.02)
    runs[0] = outcome("Plain-56", "plain", 56, 0.8, state="stopped")
    told = findings(runs)
    assert told[-1] == "Left out, as there is no final figure: Plain-56 (stopped at step 248)."
    assert not any("Plain-56" in sentence for sentence in told[:-1])


def test_runs_of_other_recipes_or_seeds_are_not_compared():
    told = findings([outcome("Plain-20", "plain", 20, 0.04), outcome("Plain-56", "plain", 56, 0.4, seed=1)])
    assert told == [
        "Plain-20 ended at 4.0% training error and 5.0% validation error after 248 steps.",
        "Plain-56 seed 1 ended at 40.0% training error and 41.0% validation error after 248 steps.",
    ]
    other = outcome("Plain-56", "plain", 56, 0.4, setting=("mnist-5k, 8 epochs",))
    assert findings([outcome("Plain-20", "plain", 20, 0.04), other])[1].startswith("Plain-56 ended at 40.0%")


def test_seeds_are_paired_and_told_as_a_band():
    errors = {0: (0.04, 0.3), 1: (0.06, 0.2), 2: (0.05, None)}
    runs = [outcome("Plain-20", "plain", 20, shallow, seed=seed) for seed, (shallow, _) in errors.items()]
    runs += [outcome("Plain-56", "plain", 56, deep, "finished" if deep else "lost", seed=seed) for seed, (_, deep) in errors.items()]
    runs.append(outcome("Residual-56", "residual", 56, 0.02, seed=1))
    assert findings(runs) == [
        "Plain-56 ended at 25.0% training error (20.0% to 30.0%), Plain-20 at 5.0% (4.0% to 6.0%): the deeper plain net fits its own "
        "training images worse, although it could imitate the shallower one. This is the degradation problem.",
        "From Plain-56 to Residual-56, identity shortcuts changed the training error from 20.0% to 2.0%: they helped.",
        SOME_ONE_SEED,
        "Left out, as there is no final figure: Plain-56 seed 2 (lost at step 248).",
    ]


def test_seeds_that_disagree_are_said_to():
    shallow = [outcome("Plain-20", "plain", 20, 0.1, seed=seed) for seed in (0, 1)]
    deep = [outcome("Plain-56", "plain", 56, error, seed=seed) for seed, error in enumerate((0.05, 0.2))]
    (told,) = findings(shallow + deep)
    assert told.endswith("here the added layers did different things with different seeds.")


def test_nothing_is_said_without_a_figure():
    assert findings([]) == []
    assert findings([outcome("Plain-20", "plain", 20, None, state="failed")]) == []


errors = st.floats(0, 1)


@given(errors, errors, errors, errors)
def test_the_words_follow_the_numbers(plain_20, plain_56, residual_20, residual_56):
    told = findings(four(plain_20, plain_56, residual_20, residual_56))
    assert len(told) == 5 and told[-1] == ONE_SEED
    assert ("degradation problem" in told[0]) == (plain_56 - plain_20 >= 0.01 and plain_56 >= 1.5 * plain_20)
    assert "degradation" not in " ".join(told[1:])
    for sentence in told:
        if "they helped" in sentence or "layers helped" in sentence:
            assert "worse" not in sentence
