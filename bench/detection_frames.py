"""Frames of a Y4M file, given to a page one by one: the same frames in the same order, however slow the machine.

The page asks for `/bench/frame/<n>`, which never reaches the server, and makes a VideoFrame of it, as its camera would.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Route

ADDRESS = "/bench/frame/"
# Reads the frames `numbers` with the product's own worker; `read` is what the monitor does with one.
READ = """async ({ numbers, fps, width, height }) => {
  const { createWorkerClient } = await import('/static/js/watch/worker-client.js');
  let client;
  await new Promise((resolve, reject) => {
    const onstate = (state, code) => (state === 'ready' ? resolve() : state === 'failed' && reject(new Error(code)));
    client = createWorkerClient({ onstate });
    client.start();
  });
  const readings = [];
  for (const number of numbers) {
    const at = Math.round((number * 1000) / fps);
    const planes = await (await fetch(`/bench/frame/${number}`)).arrayBuffer();
    const frame = new VideoFrame(planes, {
      format: 'I420', codedWidth: width, codedHeight: height, timestamp: at * 1000,
      colorSpace: { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange: false },
    });
    const answer = await client.read(frame, at);
    if (!answer) throw new Error(`frame ${number} was not read`);
    readings.push(answer.reading);
  }
  client.close();
  return readings;
}"""


@dataclass(frozen=True)
class Film:
    """A Y4M file with planar 4:2:0 frames."""

    path: Path
    width: int
    height: int
    fps: float
    frames: int
    header: int

    @classmethod
    def open(cls, path: Path) -> "Film":
        """Read its header. Raises ValueError for another format."""
        with path.open("rb") as file:
            line = file.readline(200)
        found = re.match(r"YUV4MPEG2 W(\d+) H(\d+) F(\d+):(\d+)", line.decode(errors="replace"))
        if not found:
            raise ValueError(f"{path} is not a Y4M file")
        width, height = int(found[1]), int(found[2])
        frame = len(b"FRAME\n") + width * height * 3 // 2
        count = (path.stat().st_size - len(line)) // frame
        return cls(path, width, height, int(found[3]) / int(found[4]), count, len(line))

    def frame(self, number: int) -> bytes:
        """The planes of one frame."""
        size = self.width * self.height * 3 // 2
        with self.path.open("rb") as file:
            file.seek(self.header + number * (size + 6) + 6)
            return file.read(size)

    def every(self, seconds: float) -> list[int]:
        """The numbers of the frames that are so far apart."""
        count = int(self.frames / self.fps / seconds)
        return [min(self.frames - 1, round(index * seconds * self.fps)) for index in range(count)]

    def serve(self, page: Page) -> None:
        """Answer the page's requests for frames."""

        def answer(route: Route) -> None:
            route.fulfill(body=self.frame(int(route.request.url.rpartition("/")[2])))

        page.route(f"**{ADDRESS}*", answer)

    @property
    def for_page(self) -> dict[str, float]:
        """What the page must know of it."""
        return {"fps": self.fps, "width": self.width, "height": self.height}
