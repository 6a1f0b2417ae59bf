"""A process is known by more than its number."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.machine.process import identity


def test_this_process_stays_the_same():
    assert identity(os.getpid()) and identity(os.getpid()) == identity(os.getpid())


def test_two_processes_differ_and_a_dead_one_has_none():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert identity(child.pid) not in (None, identity(os.getpid()))
    child.communicate(b"\n")
    assert identity(child.pid) is None


def test_a_zombie_has_none():
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert identity(child.pid) is None
    child.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_strange_name_does_not_confuse(tmp_path):
    program = tmp_path / ") Z 1 (x"
    program.symlink_to("/bin/sleep")
    child = subprocess.Popen([program, "30"])
    start, _, boot = identity(child.pid).partition("@")
    assert start.isdecimal() and boot
    child.kill()
    child.wait()


@given(st.none() | st.booleans() | st.integers(max_value=0) | st.integers(min_value=2**23) | st.text() | st.floats())
def test_what_is_no_process_has_none(pid):
    assert identity(pid) is None
