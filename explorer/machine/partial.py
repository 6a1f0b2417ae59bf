"""The part of a file that has been downloaded, and whether the rest of it can be asked for."""

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class Partial:
    """What has come of a file, in `<name>.part`, and in `<name>.part.json` where it came from and as which version.

    The version is written before the first byte, so that a killed download never leaves bytes of an unknown one. `pieced`
    says that what was written last was put behind what was there.
    """

    def __init__(self, target: Path):
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self.pieced = False
        self._about_path = target.with_name(f"{target.name}.part.json")

    @property
    def size(self) -> int:
        """Bytes that are here."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def total(self) -> int | None:
        """Bytes of the whole file, as far as the server has said."""
        total = self._about().get("total")
        return total if isinstance(total, int) else None

    def request(self, url: str, checked: bool) -> dict[str, str]:
        """The headers that ask for the rest (RFC 9110, section 14), or none where all must be asked for.

        A server that has another version by now ignores the range, by If-Range, and sends all. Without a version, or from
        another address, the rest is asked for only where a checksum will tell.
        """
        about, size = self._about(), self.size
        version = about.get("version") if about.get("url") == url else None
        if not size or not about or size == self.total or not (version or checked):
            return {}
        return {"Range": f"bytes={size}-"} | ({"If-Range": version} if version else {})

    def continues(self, content_range: str) -> bool:
        """Whether an answer of this Content-Range begins where the part ends, of a file of the same size."""
        found = CONTENT_RANGE.fullmatch(content_range.strip())
        return bool(found) and int(found[1]) == self.size and found[2] in ("*", str(self.total))

    def begin(self, url: str, headers: Mapping[str, str], total: int | None) -> None:
        """Start anew, with the version of an answer: a strong ETag, else the time of its last change."""
        self.discard()
        tag = headers.get("ETag") or ""
        version = tag if tag.startswith('"') else headers.get("Last-Modified")
        self._about_path.write_text(json.dumps({"url": url, "version": version, "total": total}))

    def open(self) -> BinaryIO:
        """For writing behind what is here."""
        self.pieced = self.size > 0
        return open(self.path, "ab")

    def become_whole(self) -> None:
        """Put the file in its place, at once."""
        os.replace(self.path, self.target)
        self.discard()

    def discard(self) -> None:
        """Remove what is here."""
        for path in (self.path, self._about_path):
            with suppress(OSError):
                path.unlink()

    def _about(self) -> dict:
        try:
            about = json.loads(self._about_path.read_bytes())
            return about if isinstance(about, dict) else {}
        except (OSError, ValueError):
            return {}
