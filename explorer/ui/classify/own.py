"""Bringing one's own weights: a file, and what it does not say of itself. Kept on this machine until they are deleted."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from explorer.errors import BadInput
from explorer.networks.metadata import WEIGHTS_SUFFIXES, network_in
from explorer.networks.spec import NetworkSpec
from explorer.ui.classify.groups import MOST_CHOSEN
from explorer.ui.format import plain
from explorer.ui.network_picker import network_picker
from explorer.ui.say import say_error
from explorer.ui.url import set_params
from explorer.vision.models import list_models, own_models
from explorer.vision.own import bring_in, class_names_in, remove

MOST_MEGABYTES = 2000
NETWORK, LOOKED_AT, REFUSED = "own network", "own looked at", "own refused"
FIRST_NETWORK = "cifar/basic-20"
NORMALISATIONS = {"": "The usual one", "cifar": "CIFAR-10's", "imagenet": "ImageNet's", "mnist": "MNIST's"}
NORMALISATION_HELP = """Mean and standard deviation that pictures were normalised with in training. The usual one is what the file
says or, where it says nothing, that of the data which networks of this form are trained on. Many public CIFAR-10 networks were trained
with ImageNet's."""


def show_button(shown: Sequence[str]) -> None:
    """A button that opens the dialog; what is brought there joins the models `shown`, by their ids."""
    if st.button("Own weights", icon=":material/upload_file:", type="tertiary", key="bring weights", help="Bring your own weights: a file"):
        st.session_state.pop(REFUSED, None)
        st.dialog("Bring your own weights", width="large", on_dismiss="rerun")(panel)(shown)  # what was deleted may be chosen


def panel(shown: Sequence[str]) -> None:
    """The file, and what must be known of it; below, what was brought before."""
    st.caption("Tensors alone are read from it, and nothing in it is run. It stays on this machine.")
    upload = st.file_uploader("Weights file", [suffix.removeprefix(".") for suffix in WEIGHTS_SUFFIXES], key="own weights",
                              max_upload_size=MOST_MEGABYTES,
                              help="The state_dict of a network, bare or under the key state_dict.")  # fmt: skip
    network = _choose_network(upload)
    normalisation = st.segmented_control("Normalisation", list(NORMALISATIONS), format_func=NORMALISATIONS.get, default="", required=True,
                                         key="own normalisation", help=NORMALISATION_HELP)  # fmt: skip
    classes = st.text_area("Class names", key="own classes", height=80, help="In the order of the network's outputs: a line each, commas "
                           "between them, or a JSON list.", placeholder="Left empty: those the file says, or the usual ones")  # fmt: skip
    if st.button("Add it", type="primary", icon=":material/add:", disabled=upload is None):
        try:
            model = bring_in(upload, upload.name, network, normalisation or None, class_names_in(classes))
        except BadInput as error:
            say_error(error)
        else:
            # First, so that samples and pairs are of its kind; what was shown stays beside it.
            known = {one.id for one in list_models()}  # what was shown may have been deleted here
            set_params(model=",".join([model.id, *(name for name in shown if name in known)][:MOST_CHOSEN]))
            st.rerun()
    _show_brought()


def _choose_network(upload) -> str:
    """The network that the file is for: as it says itself, else as its tensors look or its owner says."""
    if upload:
        told, said = _looked_at(upload)
        st.markdown(said)
        if told:
            return told
    with st.container(border=True):
        shown = st.session_state.get(NETWORK, FIRST_NETWORK)
        return network_picker("own weights network", FIRST_NETWORK, torchvision=True, value=shown, on_change=_take_network).text


def _looked_at(upload) -> tuple[str, str]:
    """The network that a file says it is for, "" if none, and what is known of it in words. Looked at once, and kept."""
    seen, *known = st.session_state.get(LOOKED_AT, ("", "", ""))
    if seen != upload.file_id:
        told = network_in(upload)
        upload.seek(0)
        known = told, f"It says that it is for **{plain(told)}**." if told else _recognised(upload)
        st.session_state[LOOKED_AT] = upload.file_id, *known
    return tuple(known)


def _recognised(upload) -> str:
    """What network a file looks like, in words; that is the network chosen at first."""
    with st.spinner("Looking at its tensors"):
        spec = _network_of(upload)
    if spec is None:
        return "What it is for cannot be told from its tensors: say which network it is."
    st.session_state[NETWORK] = spec.text
    twin = " A plain net has the same tensors as a residual one with shortcuts A: if it is plain, say so." * (spec.shortcut == "A")
    return f"By its tensors it is for **{plain(spec.text)}**.{twin}"


def _network_of(upload) -> NetworkSpec | None:
    from explorer.networks.recognise import network_of_file  # imports torch

    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"weights{Path(upload.name).suffix}"
            file.write_bytes(upload.getvalue())
            return network_of_file(file)
    except (BadInput, OSError):  # said by name when it is added
        return None


def _take_network(text: str) -> None:
    st.session_state[NETWORK] = text


def _show_brought() -> None:
    brought = own_models()
    if not brought:
        return
    st.markdown("**Brought before**")
    if refused := st.session_state.pop(REFUSED, ""):
        say_error(refused)
    for model in brought:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(plain(model.title), width="stretch")
            with st.popover("Delete", icon=":material/delete:", type="tertiary", key=f"ask {model.id}"):
                st.button(f"Delete {plain(model.id)} for good", key=f"delete {model.id}", icon=":material/delete:", on_click=_delete,
                          args=(model.id,))  # fmt: skip


def _delete(model_id: str) -> None:
    try:
        remove(model_id)
    except BadInput as error:
        st.session_state[REFUSED] = str(error)
