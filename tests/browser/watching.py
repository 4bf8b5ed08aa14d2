"""The candidate's monitor alone, in a page of its own, on whatever the camera shows: no call, no server's part."""

from typing import Any

from playwright.sync_api import Page

# Clip time is counted from the first frame; `told` holds each observation as it was told last.
START = """async () => {
  const { createMonitor } = await import('/static/js/watch/monitor.js');
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
  await video.play();
  const beganAt = Date.now();
  const seconds = (at) => (at === null ? null : (at - beganAt) / 1000);
  const readings = [];
  const told = new Map();
  const monitor = createMonitor({
    now: Date.now,
    newId: () => crypto.randomUUID(),
    onObservation: (one) => told.set(one.id, one),
    onReading: (reading) => readings.push(reading),
  });
  monitor.start(video, { thresholds: {} });
  window.watching = {
    elapsed: () => seconds(Date.now()),
    readings: () => readings.length,
    stop() {
      monitor.stop();
      video.srcObject.getTracks().forEach((track) => track.stop());
      return {
        observations: [...told.values()].map(({ kind, reason, started_at, ended_at, detail }) => ({
          kind: reason ?? kind, start: seconds(started_at), end: seconds(ended_at), detail,
        })),
        readings: readings.map((reading) => ({ ...reading, at: reading.at - beganAt })),
        could_not_tell: monitor.coverage().could_not_tell,
      };
    },
  };
}"""
UNTIL = """async (seconds) => {
  while (window.watching.elapsed() < seconds) await new Promise((resolve) => setTimeout(resolve, 100));
  return window.watching.stop();
}"""


def start(page: Page, url: str) -> None:
    """Open the camera and begin to watch, on a page of the product at `url`."""
    page.goto(url)
    page.evaluate(START)


def finish(page: Page, seconds: float) -> dict[str, Any]:
    """What was seen from the first frame to `seconds` later: observations, readings, milliseconds not observable."""
    return dict(page.evaluate(UNTIL, seconds))
