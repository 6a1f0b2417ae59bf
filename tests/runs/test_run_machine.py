"""The run's states as a machine: whatever people and the system do to real workers, the states are true and the slots in use."""

import os
import shutil
import signal
import tempfile
from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from small_runs import SMALL_WORKER, wait_until

from explorer.machine.process import identity
from explorer.runs import queue
from explorer.runs.control import request
from explorer.runs.errors import RunError
from explorer.runs.folder import create
from explorer.runs.launcher import LocalLauncher, go_on, pause
from explorer.runs.status import State, read_status

RUNS = 3
which = st.integers(0, RUNS - 1)


class Machine(RuleBasedStateMachine):
    """`wanted[i]`: "go" (it waits for the one slot or has it), "held" (paused), or the state in which it ended."""

    def __init__(self):
        super().__init__()
        self.before, self.home = os.environ.get("EXPLORER_HOME"), tempfile.mkdtemp()
        os.environ["EXPLORER_HOME"] = self.home
        self.launcher = LocalLauncher(1, SMALL_WORKER)
        self.runs, self.wanted, self.steps = [], [], [0] * RUNS

    @initialize()
    def launch(self):
        for number in range(RUNS):
            self.runs.append(create(f"cifar/plain-{20 + 6 * number}", {"steps": 100_000, "seconds": 0.01}, 0))
            self.wanted.append("go")
            self.launcher.submit(self.runs[number])
        self.settle()

    @rule(i=which)
    def pause(self, i):
        if self.wanted[i] in ("go", "held"):
            pause(self.runs[i])
            self.wanted[i] = "held"
        else:
            try:
                pause(self.runs[i])
                raise AssertionError("an ended run was paused")
            except RunError as error:
                assert f"is {self.wanted[i]}: only runs that wait or train" in str(error)
        self.settle()

    @rule(i=which)
    def go_on(self, i):
        try:
            go_on(self.runs[i], self.launcher)
        except RunError as error:
            assert self.wanted[i] == "go" and "already" in str(error)
        self.wanted[i] = "go"
        self.settle()

    @rule(i=which)
    def go_on_in_two_browsers(self, i):
        for _ in range(2):
            with suppress(RunError):
                go_on(self.runs[i], self.launcher)
        self.wanted[i] = "go"
        self.settle()

    @rule(i=which)
    def stop(self, i):
        self.launcher.stop(self.runs[i])
        if self.wanted[i] in ("go", "held"):
            self.wanted[i] = "stopped"
        self.settle()

    @rule(i=which)
    def stop_and_take_it_back_in_vain(self, i):
        if self.wanted[i] in ("go", "held"):
            self.launcher.stop(self.runs[i])
            request(self.runs[i], "resume")
            self.wanted[i] = "stopped"
        self.settle()

    @rule(i=which)
    def kill(self, i):
        if self.wanted[i] in ("go", "held"):
            os.kill(read_status(self.runs[i]).pid, signal.SIGKILL)
            self.wanted[i] = "lost"
        self.settle()

    @precondition(lambda self: sum(wanted == "go" for wanted in self.wanted) > 2)
    @rule(where=st.sampled_from(queue.MOVES))
    def move(self, where):
        before = queue.waiting()
        queue.move(next(run for run in self.runs if run.id == before[-1]), where)
        assert sorted(queue.waiting()) == sorted(before)

    @invariant()
    def active_is_alive(self):
        for run in self.runs:
            status = read_status(run)
            assert not status.active or status.pid is None or identity(status.pid) == status.pid_started

    @invariant()
    def no_step_is_lost(self):
        for i, run in enumerate(self.runs):
            step = read_status(run).step or 0
            assert step >= self.steps[i]
            self.steps[i] = step

    def settle(self):
        """Every run comes into the state that was asked for: of those that are to go on one runs, and the others wait."""
        going = [i for i, wanted in enumerate(self.wanted) if wanted == "go"]

        def settled():
            states = [read_status(run).state for run in self.runs]
            assert [state in (State.STARTING, State.RUNNING) for state in states].count(True) <= 1
            return sorted(states[i] for i in going) == sorted(["running", *["queued"] * (len(going) - 1)] if going else []) and all(
                states[i] == {"held": "paused"}.get(wanted, wanted) for i, wanted in enumerate(self.wanted) if wanted != "go"
            )

        wait_until(settled, 30)
        waiting = {self.runs[i].id for i in going if read_status(self.runs[i]).state is State.QUEUED}
        assert set(queue.waiting()) == waiting

    def teardown(self):
        for run in self.runs:
            self.launcher.stop(run)
        for run in self.runs:
            wait_until(lambda run=run: not read_status(run).active)
        shutil.rmtree(self.home, ignore_errors=True)
        os.environ.pop("EXPLORER_HOME")
        if self.before:
            os.environ["EXPLORER_HOME"] = self.before


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=6, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))
