"""A question's answer says what the numbers say, whatever they are, and how many runs it rests on."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.answers import Band, Outcome, answer
from explorer.training.presets import PRESETS
from explorer.training.verdict import ONE_SEED, SOME_ONE_SEED, at_chance, over_seeds, ratio, verdict

DEGRADATION = PRESETS["degradation"]


def outcomes(preset, errors, seed=0, **fields):
    """A finished run for each arm whose title has an error."""
    return [
        Outcome(arm.network, arm.label, seed, "finished", errors[arm.title], errors[arm.title] + 0.01, 248, 30.0, **fields)
        for arm in preset.arms if arm.title in errors
    ]  # fmt: skip


def four(plain_20, plain_56, residual_20, residual_56, seed=0):
    return outcomes(DEGRADATION, {"Plain-20": plain_20, "Plain-56": plain_56, "Residual-20": residual_20, "Residual-56": residual_56}, seed)


def test_the_degradation_problem_on_one_seed():
    told = answer(DEGRADATION, four(0.04, 0.4, 0.06, 0.03))
    assert told.sentences == [
        "The added layers made training worse: Plain-20 ended at 4.0% training error, Plain-56 at 40.0%. As in the paper.",
        "Shortcuts made training better: Plain-56 ended at 40.0% training error, Residual-56 at 3.0%. As in the paper.",
        "The added layers made training better: Residual-20 ended at 6.0% training error, Residual-56 at 3.0%. As in the paper.",
        ONE_SEED,
    ]
    assert told.headline == "As in the paper in all 3 comparisons that it makes."
    assert told.conclusion == DEGRADATION.means["worse"] and told.conclusion.startswith("Yes: ")
    assert told.seeds == (0,)


def test_seeds_are_paired_and_their_band_is_said():
    told = answer(DEGRADATION, four(0.04, 0.4, 0.03, 0.03) + four(0.06, 0.2, 0.03, 0.03, seed=4))
    assert told.seeds == (0, 4)
    assert told.sentences[0] == (
        "The added layers made training worse on 2 of 2 seeds: Plain-20 ended at 5.0% training error (4.0% to 6.0%), "
        "Plain-56 at 30.0% (20.0% to 40.0%). As in the paper."
    )
    assert told.sentences[2] == (
        "The added layers made no clear difference on any of 2 seeds: Residual-20 ended at 3.0% training error (3.0% to 3.0%), "
        "Residual-56 at 3.0% (3.0% to 3.0%). The paper found better training."
    )
    assert ONE_SEED not in told.sentences
    assert told.headline == "As in the paper in 2 of the 3 comparisons that it makes."


def test_a_comparison_uses_only_the_seeds_that_both_arms_have():
    runs = four(0.04, 0.4, 0.03, 0.03) + outcomes(DEGRADATION, {"Plain-20": 0.9}, seed=1)
    (first, *_) = answer(DEGRADATION, runs).found
    assert (first.before, first.after) == (Band(0.04, 0.04, 0.04, 1), Band(0.4, 0.4, 0.4, 1))
    assert ONE_SEED in answer(DEGRADATION, runs).sentences


def test_one_seed_beside_several():
    runs = four(0.04, 0.4, 0.03, 0.03) + outcomes(DEGRADATION, {"Plain-20": 0.04, "Plain-56": 0.3}, seed=1)
    assert answer(DEGRADATION, runs).sentences[-1] == SOME_ONE_SEED


def test_seeds_that_contradict_each_other_are_called_so():
    told = answer(DEGRADATION, four(0.04, 0.4, 0.03, 0.03) + four(0.4, 0.04, 0.03, 0.03, seed=1))
    assert told.found[0].verdict == "mixed" and told.found[0].as_in_paper is False
    assert told.conclusion == "These runs cannot say: the seeds disagree."
    assert "did different things with different seeds" in told.sentences[0]
    assert "(worse on 1 and better on 1 of 2 seeds)" in told.sentences[0]


def test_the_contrary_of_the_paper_is_said_as_it_is():
    told = answer(DEGRADATION, four(0.4, 0.04, 0.03, 0.3))
    assert told.sentences[0].endswith("Plain-56 at 4.0%. The paper found worse training.")
    assert told.sentences[2].startswith("The added layers made training worse: Residual-20 ended at 3.0%")
    assert told.conclusion == "No: here the deeper plain net trains better."
    assert told.headline == "Otherwise than in the paper in all 3 comparisons that it makes."


def test_runs_without_a_final_figure_are_named_and_not_compared():
    runs = four(0.04, 0.4, 0.03, math.nan)
    runs[2] = Outcome(DEGRADATION.arms[2].network, "", 0, "stopped", 0.5, None, 120)
    assert runs[2].network.startswith("cifar/plain-20")
    told = answer(DEGRADATION, runs)
    assert [one.verdict for one in told.found] == [None, None, None]
    assert told.sentences == [
        "Left out, as there is no final figure: Residual-56 with seed 0 (finished without a training error), "
        "Plain-20 with seed 0 (stopped at step 120)."
    ]
    assert told.headline == ""


def test_a_diverged_run_says_that_it_diverged():
    preset = PRESETS["normalisation"]
    arm = next(arm for arm in preset.arms if arm.title == "Residual-56 without BN")
    reason = "The loss stopped being a finite number by step 5: the training has diverged. A lower learning rate would help."
    told = answer(preset, [Outcome(arm.network, arm.label, 0, "failed", 0.9, None, 5, reason=reason)])
    assert told.sentences[0] == (
        "Left out, as there is no final figure: Residual-56 without BN with seed 0 (failed: The loss stopped being a finite "
        "number by step 5: the training has diverged)."
    )
    assert told.sentences[1].startswith("Not trained yet: Plain-56, Plain-56 without BN")


def test_runs_on_the_way_are_counted():
    runs = four(0.04, 0.4, 0.03, 0.03)[:3] + [Outcome(DEGRADATION.arms[0].network, "", seed, "queued") for seed in (1, 2)]
    assert answer(DEGRADATION, runs).sentences[-1] == "2 more runs are still on the way."
    assert "Not trained yet: Residual-20." in answer(DEGRADATION, runs).sentences


def test_a_failure_is_no_news_once_the_seed_has_been_run_again_and_the_same_seed_counts_once():
    arm = DEGRADATION.arms[0]
    again = [Outcome(arm.network, "", 0, "finished", error) for error in (0.3, 0.5)] + [Outcome(arm.network, "", 0, "lost", 0.7)]
    (result, *_) = answer(DEGRADATION, again).arms
    assert result.train_error == Band(0.3, 0.3, 0.3, 1) and result.others == ()


def test_nets_that_only_guess_say_nothing():
    told = answer(DEGRADATION, four(0.9, 0.89, 0.03, 0.03))
    assert told.found[0].verdict == "chance" and told.found[0].as_in_paper is None
    assert told.sentences[0] == (
        "Plain-20 ended at 90.0% training error, Plain-56 at 89.0%: neither learned more than guessing gives, which says nothing "
        "about the added layers."
    )
    assert told.conclusion == "These runs cannot say: what decides did not get beyond guessing."
    assert at_chance(0.9, 10) and not at_chance(0.85, 10) and at_chance(0.5, 2)


def test_seeds_on_which_both_only_guess_are_left_out_and_counted():
    worse, guessing = four(0.04, 0.4, 0.03, 0.03), [four(0.9, 0.89, 0.03, 0.03, seed=seed) for seed in (1, 2)]
    told = answer(DEGRADATION, worse + guessing[0] + guessing[1])
    assert (told.found[0].verdict, told.found[0].verdicts, told.found[0].guessed) == ("worse", ("worse",), 2)
    assert told.sentences[0] == (
        "The added layers made training worse: Plain-20 ended at 4.0% training error, Plain-56 at 40.0%. Left out: 2 seeds on "
        "which neither learned more than guessing gives. As in the paper."
    )
    assert told.conclusion == DEGRADATION.means["worse"] and told.sentences[-1] == SOME_ONE_SEED
    one_learned = answer(DEGRADATION, worse + four(0.04, 0.9, 0.03, 0.03, seed=1)).found[0]
    assert (one_learned.verdicts, one_learned.guessed) == (("worse", "worse"), 0)


def test_a_comparison_of_different_numbers_of_steps_concludes_nothing():
    runs = [replace(one, steps=1200 if one.network.startswith("cifar/plain-20") else 500) for one in four(0.04, 0.4, 0.06, 0.03)]
    told = answer(DEGRADATION, runs)
    assert [one.verdict for one in told.found] == ["uneven", "better", "better"]
    assert told.sentences[0] == (
        "Plain-20 ended at 4.0% training error, Plain-56 at 40.0%, after 1,200 against 500 steps: that is not the effect of the "
        "added layers alone."
    )
    assert told.conclusion == "These runs cannot say: what decides made different numbers of steps."
    assert told.headline == "As in the paper in all 2 comparisons that it makes."


@pytest.mark.parametrize(("steps", "found"), [(100, "worse"), (105, "worse"), (106, "uneven"), (94, "uneven"), (None, "worse")])
def test_a_few_steps_more_make_no_difference(steps, found):
    runs = [replace(one, steps=steps if "plain-56" in one.network else 100) for one in four(0.04, 0.4, 0.06, 0.03)]
    assert answer(DEGRADATION, runs).found[0].verdict == found


def test_nothing_but_guesses_is_no_silence_of_the_papers():
    assert answer(DEGRADATION, outcomes(DEGRADATION, {"Plain-20": 0.9, "Plain-56": 0.9})).headline == ""


def test_arms_of_one_network_are_told_by_their_labels():
    preset = PRESETS["overfitting"]
    errors = {"Plain-56": 0.4, "Plain-56 with ten times the weight decay": 0.5, "Plain-20": 0.04, "Plain-56 with dropout": 0.3}
    told = answer(preset, outcomes(preset, errors))
    assert {result.arm.title: result.train_error.mean for result in told.arms} == errors
    assert told.sentences[3] == (
        "Dropout made training better: Plain-56 ended at 40.0% training error, Plain-56 with dropout at 30.0%."
    )


def test_where_the_paper_says_nothing_of_what_was_compared():
    preset = PRESETS["overfitting"]
    told = answer(preset, outcomes(preset, {"Plain-56": 0.4, "Plain-56 with dropout": 0.3}))
    assert told.headline == "The paper says nothing of what could be compared here."


def test_no_runs_and_the_runs_of_others():
    stranger = Outcome("cifar/basic-110", "", 0, "finished", 0.1)
    assert answer(DEGRADATION, [stranger]) == answer(DEGRADATION, [])
    assert answer(DEGRADATION, []).conclusion == answer(DEGRADATION, []).headline == ""
    assert answer(DEGRADATION, []).sentences == ["Not trained yet: Plain-56, Residual-56, Plain-20, Residual-20."]


WORSE, BETTER, SAME = (0.1, 0.3), (0.3, 0.1), (0.2, 0.2)


@pytest.mark.parametrize(
    ("pairs", "together"),
    [([WORSE] * 3, "worse"), ([WORSE, WORSE, SAME], "worse"), ([WORSE, SAME], "same"), ([BETTER, SAME, SAME], "same"),
     ([WORSE, WORSE, BETTER], "mixed"), ([SAME], "same"), ([BETTER], "better"), ([(0, 0.02), (0, 0.02), (0.9, 0.8)], "same")],
)  # fmt: skip
def test_seeds_speak_together(pairs, together):
    assert over_seeds(pairs) == together


errors = st.floats(0, 1)


@given(errors, errors)
def test_a_verdict_turns_round_with_its_sides(one, other):
    contrary = {"worse": "better", "better": "worse", "same": "same"}
    assert verdict(other, one) == contrary[verdict(one, other)] or ratio(max(one, other), min(one, other)) == pytest.approx(1.2)
    assert verdict(one, one) == "same"


@given(st.lists(st.tuples(errors, errors, errors, errors), max_size=4))
def test_the_words_follow_the_numbers(seeds):
    told = answer(DEGRADATION, [run for seed, four_errors in enumerate(seeds) for run in four(*four_errors, seed=seed)])
    for one in told.found:
        assert len(one.verdicts) + one.guessed == len(seeds)
        if one.verdict == "worse":
            assert one.after.mean > one.before.mean
        if one.verdict == "better":
            assert one.after.mean < one.before.mean
        if seeds:
            assert f"{one.before.mean:.1%}" in one.sentence and f"{one.after.mean:.1%}" in one.sentence
    assert all(arm.train_error is None or arm.train_error.n == len(seeds) for arm in told.arms)
