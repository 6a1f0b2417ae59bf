"""Browsers that watch without drawing: websocket sessions that ask and answer as Streamlit's page does."""

import asyncio
import time
from dataclasses import dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


@dataclass
class Watcher:
    """One session: what it received, and when its charts had something new."""

    url: str
    query: str
    page: str = "train"
    ticks: int = 0
    messages: int = 0
    bytes: int = 0
    moved: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    failed: str = ""

    async def watch(self, until: float) -> None:
        """Open the page and answer its ticks until the moment `until` of the monotonic clock."""
        address = self.url.replace("http", "ws") + "/_stcore/stream"
        async with websockets.connect(address, subprotocols=["streamlit"], max_size=None, compression=None) as socket:
            self.socket, self.timers, self.hashes, self.cached = socket, {}, {}, set()
            await self.ask("")
            while (left := until - time.monotonic()) > 0:
                try:
                    received = await asyncio.wait_for(socket.recv(), left)
                except TimeoutError:
                    break
                self.bytes += len(received)
                self.messages += 1
                self.take(ForwardMsg.FromString(received))
            for timer in self.timers.values():
                timer.cancel()

    async def ask(self, fragment: str) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page if not fragment else ""
        message.rerun_script.page_script_hash = getattr(self, "script", "")
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = bool(fragment)
        message.rerun_script.cached_message_hashes.extend(self.cached)
        self.asked = time.monotonic()
        await self.socket.send(message.SerializeToString())

    def take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "auto_rerun":
            self.start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "script_finished":
            self.ticks += 1
            self.waits.append(time.monotonic() - self.asked)
        elif kind == "delta":
            self.look(message)

    def look(self, message: ForwardMsg) -> None:
        """Note the moment where a chart is not what it was."""
        if message.metadata.cacheable:
            self.cached.add(message.hash)
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception":
            self.failed = element.exception.message
        if element.WhichOneof("type") == "bidi_component" and element.bidi_component.component_name == "explorer.chart":
            place = tuple(message.metadata.delta_path)
            if self.hashes.get(place) != message.hash:
                self.hashes[place] = message.hash
                self.moved.append(time.monotonic())

    def start_timer(self, fragment: str, interval: float) -> None:
        for timer in self.timers.values():
            timer.cancel()

        async def tick() -> None:
            while True:
                await asyncio.sleep(interval)
                await self.ask(fragment)

        self.timers = {fragment: asyncio.create_task(tick())}


async def watch_all(url: str, query: str, count: int, seconds: float) -> list[Watcher]:
    """`count` sessions that open the page one after the other over the first seconds, and watch it together."""
    watchers = [Watcher(url, query) for _ in range(count)]
    until = time.monotonic() + seconds

    async def one(index: int, watcher: Watcher) -> None:
        await asyncio.sleep(0.1 * index)
        await watcher.watch(until)

    await asyncio.gather(*(one(index, watcher) for index, watcher in enumerate(watchers)))
    return watchers
