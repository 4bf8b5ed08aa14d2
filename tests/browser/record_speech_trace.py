"""Record what the voice worker hears in a sound file: the traces that tests/js/speech/traces.test.js replays.

    python -m tests.browser.record_speech_trace http://127.0.0.1:5000 SOUND.wav NAME

The product must run at that address. Writes tests/js/speech/traces/NAME.json, numbers only: probabilities of speech and
loudness. What the sound shows and where it is from is written into the file by hand.
"""

import json
import sys
import wave

from playwright.sync_api import sync_playwright

from config import ROOT
from proctor_app.doctor import VOICE_MODEL, VOICE_MODEL_SHA256
from scripts.setup import browser as find_chromium
from tests.browser.conftest import FLAGS

TRACES = ROOT / "tests" / "js" / "speech" / "traces"
# The file begins when the microphone opens, and is heard once the model is ready: its second round is recorded whole.
LISTEN = """async (seconds) => {
  const { createSpeechWatch } = await import('/static/js/watch/speech/watch.js');
  const { now } = await import('/static/js/watch/clock.js');
  const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
  const beganAt = now();
  const sounds = [];
  const watch = createSpeechWatch({
    now,
    newId: () => crypto.randomUUID(),
    onObservation() {},
    onInput: (input) => 'voice' in input && sounds.push([input.at - beganAt, input.voice, input.level]),
  });
  watch.start({ microphone: () => stream.getAudioTracks()[0], remote: () => null }, { thresholds: {} });
  watch.sawReading({ at: now(), faces: 0, cut_off: false, yaw: null, pitch: null, face_width: null, mouth: null });
  await new Promise((resolve) => setTimeout(resolve, 2000 * seconds));
  watch.stop();
  return sounds.filter(([at]) => at >= 1000 * seconds).map(([at, ...rest]) => [at - 1000 * seconds, ...rest]);
}"""


def main(url: str, sound: str, name: str) -> None:
    """Play the file to a browser's microphone, and keep what was heard in its second round."""
    with wave.open(sound) as file:
        seconds = file.getnframes() / file.getframerate()
    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--use-file-for-fake-audio-capture={sound}"]
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        page = chromium.new_page()
        page.goto(url + "/sign-in")
        heard = page.evaluate(LISTEN, seconds)
        chromium.close()
    packages = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    names = ("@ricky0123/vad-web", "onnxruntime-web")
    head = {
        "shows": "",
        "sound": "",
        "model": f"{VOICE_MODEL.name} sha256 {VOICE_MODEL_SHA256}",
        "package": ", ".join(f"{each} {packages[each]}" for each in names),
        "settings": "played to Chromium's fake microphone, with echo cancelling, noise suppression and gain control",
        "columns": ["at", "voice", "level"],
    }
    rows = (json.dumps([round(at), round(voice, 3), round(level, 1)]) for at, voice, level in heard)
    text = json.dumps(head, indent=1).removesuffix("\n}")
    (TRACES / f"{name}.json").write_text(text + ',\n "sounds": [\n' + ",\n".join(rows) + "\n]\n}\n", "utf-8")
    print(f"{len(heard)} sounds in {name}.json")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), *sys.argv[2:4])
