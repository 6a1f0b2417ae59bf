"""A question with what the paper found, what the runs on this machine have found so far, and a button for another seed."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.errors import BadInput
from explorer.figures.answer import answer_chart
from explorer.machine.folders import runs_folder
from explorer.runs.listing import runs_and_states
from explorer.runs.run import Run
from explorer.training.answers import Answer, ArmResult, answer
from explorer.training.evidence import evidence, outcome, question_of, unused_seed
from explorer.training.presets import Preset, planned
from explorer.training.recipe import Recipe
from explorer.training.start import start
from explorer.ui.components.chart import chart
from explorer.ui.format import MISSING, PAPER, duration
from explorer.ui.say import say_error

RULE = (
    "Compared by training error, seed by seed: two runs with one seed see the same batches, as far as both go. Clearly worse or better is one "
    "part in five and one image in a hundred."
)
LOOK_AGAIN_SECONDS = 5
NO_BREAK = "\u00a0"
CHART_HEIGHT = 420


def show_answer(preset_name: str, runs: Sequence[Run]) -> bool:
    """Draw the question that these runs share and its answer so far, from them and from all others of it on this machine.

    False, and nothing drawn, where the runs were not all started by this question with one recipe.
    """
    asked = question_of(runs)
    if asked is None or asked[0].name != preset_name:
        return False
    question, recipe = asked
    every = _with_earlier(runs, question, recipe)
    told = answer(question, [outcome(run) for run in every])
    with st.container(border=True):
        st.subheader(question.title, anchor=False)
        # Until there is something to hold against it the curves are what one looks at.
        with st.container() if told.seeds else st.expander("What to look for, and what the paper found"):
            st.markdown(question.text)
            st.markdown(f"**The paper** ({PAPER}): {question.paper}")
        st.markdown(_found_here(told))
        if told.seeds:
            _show_arms(told)
        st.caption(" ".join(filter(None, (RULE, _of_how_many(len(every) - len(runs))))))
        _offer_another_seed(question, recipe, runs, unused_seed(every))
    return True


def _found_here(told: Answer) -> str:
    """In Markdown: on how many seeds, how much was as in the paper, and a sentence for each comparison."""
    n = len(told.seeds)
    seeds = f"n = {n} seed{'s' if n > 1 else ''} ({', '.join(map(str, told.seeds))})" if n else "nothing has ended yet"
    head = " ".join(filter(None, (f"**Measured here**, {seeds}:", f"**{told.conclusion}**" if told.conclusion else "", told.headline)))
    return "\n".join([head, "", *(f"- {sentence}" for sentence in told.sentences)])


def _of_how_many(others: int) -> str:
    if not others:
        return ""
    runs = "another run" if others == 1 else f"{others} other runs"
    return f"Counts {runs} of this question and recipe on this machine too."


def _show_arms(told: Answer) -> None:
    left, right = st.columns([5, 6], gap="medium", vertical_alignment="center")
    with left:
        view = f"{told.preset.name} {len(told.seeds)}"
        chart(answer_chart(told), "answer", height=CHART_HEIGHT, log_toggle=True, filename=f"answer-{told.preset.name}", view=view)
    right.markdown(_table(told))


def _table(told: Answer) -> str:
    rows = [f"| {' | '.join(_row(arm))} |" for arm in reversed(told.arms)]
    return "\n".join(["| | n | training error | validation error | time |", "|:--|--:|:--|:--|--:|", *rows])


def _row(arm: ArmResult) -> tuple[str, ...]:
    errors = (str(band) if band else MISSING for band in (arm.train_error, arm.val_error))
    narrow = (error.replace(" to ", f"{NO_BREAK}to{NO_BREAK}") for error in errors)  # breaks before the band, not within
    return arm.arm.title, str(len(arm.runs)), *narrow, duration(arm.seconds).replace(" ", NO_BREAK)


def _offer_another_seed(question: Preset, recipe: Recipe, runs: Sequence[Run], seed: int) -> None:
    takes = f" That takes {duration(60 * question.minutes)} or so on two CPU cores." if question.minutes else ""
    if st.button(f"Another seed: {seed}", icon=":material/add:", key="another-seed",
                 help=f"Train the same {len(question.arms)} arms with other initial weights and another order of the images.{takes}"):
        try:
            started = start(planned(replace(question, recipe=recipe), [seed]), preset=question.name)
        except BadInput as error:
            say_error(error)
            return
        _earlier.clear()
        st.query_params["runs"] = ",".join(run.id for run in [*started, *runs])
        st.rerun()


def _with_earlier(runs: Sequence[Run], question: Preset, recipe: Recipe) -> list[Run]:
    """These runs, and the others on this machine that were asked the same."""
    shown = {run.id for run in runs}
    earlier = _earlier(str(runs_folder()), question.name, recipe.model_dump_json(), question, recipe)
    return [*runs, *(run for run in earlier if run.id not in shown and run.folder.is_dir())]


@st.cache_data(ttl=LOOK_AGAIN_SECONDS, max_entries=16, show_spinner=False)
def _earlier(folder: str, name: str, written: str, _question: Preset, _recipe: Recipe) -> list[Run]:
    """Reading every run's description takes a moment where there are a thousand: not at every tick."""
    return evidence(_question, _recipe, [run for run, _ in runs_and_states()])
