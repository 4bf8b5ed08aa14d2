"""The two people of an interview, and what they do and see on their pages."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page, expect

# Resolves once five more frames were decoded: a picture that stands still, or is black, does not count.
FRAMES_ARRIVE = """async (video) => {
  const count = () => video.getVideoPlaybackQuality().totalVideoFrames;
  let before = count();
  const deadline = performance.now() + 20000;
  while (video.videoWidth === 0 || count() < before + 5) {
    // A new connection is a new stream, which counts from 0.
    before = Math.min(before, count());
    if (performance.now() > deadline) throw new Error(`${count() - before} frames, width ${video.videoWidth}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const canvas = new OffscreenCanvas(64, 48).getContext('2d');
  canvas.drawImage(video, 0, 0, 64, 48);
  const green = canvas.getImageData(0, 0, 64, 48).data.filter((_, index) => index % 4 === 1);
  return Math.max(...green) - Math.min(...green);
}"""
# Resolves once the stream's sound is louder than silence.
SOUND_ARRIVES = """async (video) => {
  const context = new AudioContext();
  await context.resume();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(video.srcObject).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const deadline = performance.now() + 20000;
  while (Math.max(...samples) < 0.01) {
    if (performance.now() > deadline) throw new Error('silence');
    await new Promise((resolve) => setTimeout(resolve, 20));
    analyser.getFloatTimeDomainData(samples);
  }
  await context.close();
}"""


@dataclass
class Person:
    """Somebody at a page, who can take a picture of it."""

    page: Page
    pictures: Path

    def find(self, test_id: str) -> Locator:
        """The element with this stable name."""
        return self.page.get_by_test_id(test_id)

    def picture(self, name: str) -> None:
        """Keep what the page looks like now."""
        self.page.screenshot(path=self.pictures / f"{name}.png")

    def sees_the_other(self) -> None:
        """Wait until the other person's picture moves, and shows something."""
        video = self.find("remote-video")
        expect(video).to_be_visible(timeout=20_000)
        contrast = video.evaluate(FRAMES_ARRIVE)
        assert contrast > 50, f"the other's picture is nearly uniform ({contrast} of 255)"

    def hears_the_other(self) -> None:
        """Wait until the other person's sound arrives."""
        self.find("remote-video").evaluate(SOUND_ARRIVES)

    def says(self, text: str) -> None:
        """Write into the chat."""
        self.find("chat-input").fill(text)
        self.find("chat-input").press("Enter")


class Interviewer(Person):
    """At the list of interviews, then on the console."""

    def create(self, title: str, name: str, email: str = "") -> tuple[str, str]:
        """Create an interview; the console opens. Returns the session's id and the join link."""
        for field, text in (("title", title), ("candidate_name", name), ("candidate_email", email)):
            self.page.locator(f'[name="{field}"]').fill(text)
        self.find("create-session").click()
        link = self.find("join-link").input_value()
        return self.find("session-id").inner_text().strip(), link

    def incidents(self, kind: str, reason: str = "") -> Locator:
        """The rows of one kind in the incident list."""
        return self.page.locator(
            f'[data-testid="incident"][data-kind="{kind}"]' + (f'[data-reason="{reason}"]' if reason else "")
        )

    def counts(self) -> dict[str, int]:
        """How many incidents of each kind the list holds, dismissed ones left out."""
        rows = self.find("incident").evaluate_all("rows => rows.map(({ dataset }) => [dataset.kind, dataset.verdict])")
        kinds = [kind for kind, verdict in rows if verdict != "dismissed"]
        return {kind: kinds.count(kind) for kind in kinds}

    def expect_score(self, points: int) -> None:
        """Wait until the console shows this integrity score."""
        expect(self.find("integrity-score")).to_have_text(re.compile(rf"^\s*{points}\s*$"))

    def expect_candidate(self, state: str, timeout: float = 15_000) -> None:
        """Wait until the console says of the candidate that they are in this state."""
        expect(self.find("candidate-presence")).to_have_attribute("data-state", state, timeout=timeout)

    def report(self, session_id: str) -> dict[str, Any]:
        """The report as programs read it."""
        address = urljoin(self.page.url, f"/sessions/{session_id}/report.json")
        return dict(self.page.request.get(address).json())

    def end(self) -> None:
        """End the interview, and mean it."""
        self.find("end-session").click()
        self.find("end-session-confirm").filter(visible=True).click()


class Candidate(Person):
    """At the invitation, then in the call."""

    def enter(self, link: str) -> None:
        """From the link into the call: agree, pass the checks, join."""
        self.page.goto(link)
        self.find("consent-accept").click()
        self.join()

    def join(self) -> None:
        """Wait for the checks, then enter the call."""
        for check in ("camera", "microphone", "network"):
            expect(self.find(f"check-{check}")).to_have_attribute("data-state", "ready", timeout=20_000)
        self.find("join-call").click()

    def expect_noticed(self, kind: str, state: str) -> None:
        """Wait until the page's own list has one incident, of this kind, open or closed."""
        rows = self.page.locator("#mirror-list > *")
        expect(rows).to_have_count(1, timeout=15_000)
        expect(rows).to_have_attribute("data-kind", kind)
        expect(rows).to_have_attribute("data-state", state, timeout=10_000)

    def expect_watched(self) -> None:
        """Wait until the page says that it watches."""
        expect(self.find("monitor-status")).to_have_attribute("data-state", "watching", timeout=20_000)

    def expect_look_known(self) -> None:
        """Wait until the page has learned how the candidate looks when they look at their screen."""
        expect(self.find("monitor-status")).to_have_attribute("data-look", "known", timeout=20_000)


def enter_call(interviewer: Interviewer, candidate: Candidate) -> str:
    """A new interview with both in the call and the candidate watched. Returns its id."""
    session_id, link = interviewer.create("Site reliability engineer", "Li Wei")
    candidate.enter(link)
    interviewer.sees_the_other()
    candidate.sees_the_other()
    candidate.expect_watched()
    return session_id
