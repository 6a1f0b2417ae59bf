"""Controls whose value is kept in the page's address, under the name they are given: what one sees is what one can share.

A value that the address has and the control has not is said, and the default is shown in its place.
"""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui.format import plain
from explorer.ui.say import say_warning
from explorer.ui.url import param, set_params

NONE = "-"  # in the address: an empty list, where leaving the parameter out means the default


def segmented(label: str, options: Mapping[str, str], name: str, default: str, *, help: str | None = None,
              place: DeltaGenerator | None = None) -> str:
    """One of a few, all in sight, where there is little room in several rows; `options` are what stands in the address and what is
    read on the screen."""
    return _pick("segmented_control", label, options, name, default, place, {"required": True, "wrap": True, "help": help})


def dropdown(label: str, options: Mapping[str, str], name: str, default: str, *, help: str | None = None,
             place: DeltaGenerator | None = None) -> str:
    """One of many."""
    return _pick("selectbox", label, options, name, default, place, {"help": help})


def stops(label: str, options: Sequence[int], name: str, default: int, *, help: str | None = None,
          place: DeltaGenerator | None = None) -> int:
    """One of some numbers in order, on a slider."""
    return int(_pick("select_slider", label, {str(one): str(one) for one in options}, name, str(default), place, {"help": help}))


def along(label: str, options: Mapping[str, str], name: str, default: str, *, help: str | None = None,
          place: DeltaGenerator | None = None) -> str:
    """One of many that come one after the other, on a slider; of one alone there is nothing to choose."""
    if len(options) == 1:
        return known_choice(label, options, name, default)
    return _pick("select_slider", label, options, name, default, place, {"help": help})


def whole_number(label: str, name: str, default: int, least: int, most: int, *, help: str | None = None,
                 place: DeltaGenerator | None = None) -> int:
    """A number to type."""
    asked = param(name, str(default))
    is_one = asked.isascii() and asked.isdecimal() and len(asked) < 18 and least <= int(asked) <= most
    if not is_one:
        say_warning(f"{label}: {asked} is no whole number from {least:,} to {most:,}; shown instead: {default:,}.")
    key = _key(name)
    st.session_state[key] = int(asked) if is_one else default
    (place or st).number_input(label, least, most, step=1, key=key, help=help, on_change=_keep, args=(name, default))
    return st.session_state[key]


def switch(label: str, name: str, default: bool = False, *, help: str | None = None, place: DeltaGenerator | None = None) -> bool:
    """On or off; "on" or "off" in the address."""
    key = _key(name)
    st.session_state[key] = known_choice(label, {"on": "on", "off": "off"}, name, "on" if default else "off") == "on"
    (place or st).toggle(label, key=key, help=help, on_change=_keep_switch, args=(name, default))
    return st.session_state[key]


def several(label: str, offered: Sequence[str], name: str, default: Sequence[str], *, most: int, placeholder: str = "",
            help: str | None = None, place: DeltaGenerator | None = None) -> list[str]:
    """Some texts, others than those offered among them; with commas between them in the address."""
    key = _key(name)
    st.session_state[key] = _at_most(label, listed(name, default), most)
    (place or st).multiselect(
        label, list(dict.fromkeys([*offered, *st.session_state[key]])), key=key, accept_new_options=True, max_selections=most,
        select_all=False, filter_mode="contains", placeholder=placeholder, help=help, on_change=_keep_several, args=(name,),
    )  # fmt: skip
    return list(st.session_state[key])


def some_of(label: str, options: Mapping[str, str], name: str, default: Sequence[str], *, most: int, placeholder: str = "",
            help: str | None = None, place: DeltaGenerator | None = None) -> list[str]:
    """Some of what there is, in the order they were chosen; with commas between them in the address."""
    key, asked = _key(name), listed(name, default)
    known = [one for one in asked if one in options]
    shown = known if known or not asked else [one for one in default if one in options]
    what = "the others are shown" if known else f"shown instead: {', '.join(options[one] for one in shown) or 'none'}"
    for one in asked:
        if one not in options:
            say_warning(f"{label}: there is no {one[:100]} (any more?); {what}.")
    st.session_state[key] = _at_most(label, shown, most)
    (place or st).multiselect(
        label, list(options), key=key, format_func=lambda one: options.get(one, one), max_selections=most, select_all=False,
        filter_mode="contains", placeholder=placeholder, help=help, on_change=_keep_several, args=(name,),
    )  # fmt: skip
    return list(st.session_state[key])


def listed(name: str, default: Sequence[str] = ()) -> list[str]:
    """The texts of a parameter, with commas between them or the parameter several times, each once; "-" stands for none."""
    given = st.query_params.get_all(name)
    texts = [text.strip() for some in given for text in some.split(",")]
    return list(dict.fromkeys(text for text in texts if text and text != NONE)) if given else list(default)


def say_unknown(known: Collection[str]) -> None:
    """Name the parameters of the address that nothing here reads: a misspelt one would be passed over in silence."""
    unknown = [name for name in st.query_params if name not in known]
    if unknown:
        st.caption(plain(f"Passed over in the address, as nothing here is called so: {', '.join(unknown)}.", 300))


def _at_most(label: str, asked: list[str], most: int) -> list[str]:
    if len(asked) > most:
        say_warning(f"{label}: at most {most} at a time; left out: {', '.join(asked[most:])[:200]}.")
    return asked[:most]


def known_choice(label: str, options: Mapping[str, str], name: str, default: str) -> str:
    """The address's value of a parameter if it is one of the options; else, and that is said, the default."""
    asked = param(name, default)
    if asked in options:
        return asked
    say_warning(f"{label}: there is no {asked[:100]}; shown instead: {options[default]}.")
    return default


def _pick(kind: str, label: str, options: Mapping[str, str], name: str, default: str, place, how: Mapping) -> str:
    key = _key(name)
    st.session_state[key] = known_choice(label, options, name, default)
    draw = getattr(place or st, kind)
    # Buttons show Markdown, menus and sliders do not; names of networks and classes may be anybody's.
    shown = plain if kind == "segmented_control" else str
    draw(label, options=list(options), format_func=lambda value: shown(options.get(value, value)), key=key, on_change=_keep,
         args=(name, default), **how)  # fmt: skip
    return st.session_state[key]


def _key(name: str) -> str:
    return f"control {name}"


def _keep(name: str, default) -> None:
    value = str(st.session_state[_key(name)])
    set_params(**{name: None if value == str(default) else value})


def _keep_switch(name: str, default: bool) -> None:
    value = st.session_state[_key(name)]
    set_params(**{name: None if value == default else "on" if value else "off"})


def _keep_several(name: str) -> None:
    set_params(**{name: ",".join(st.session_state[_key(name)]) or NONE})
