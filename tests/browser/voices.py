"""Sound files for Chromium's fake microphone. The voice is made here, so that no person's has to be kept.

A buzz with the resonances of vowels that follow each other, four syllables a second: nobody would understand it, but a
detector of speech takes it for speech, as it should.
"""

import wave
from pathlib import Path

import numpy as np

RATE = 16_000
PITCH = 120
SYLLABLES = 4  # a second
# The first three resonances, Hz, of four vowels.
VOWELS = np.array(((730, 1090, 2440), (270, 2290, 3010), (570, 840, 2410), (530, 1840, 2480)))
BANDWIDTH = 90


def voice(seconds: float) -> np.ndarray:
    """Samples from -1 to 1 of somebody who talks all the time."""
    at = np.arange(int(seconds * RATE)) / RATE
    vowel = VOWELS[(at * SYLLABLES).astype(int) % len(VOWELS)]
    samples = np.zeros_like(at)
    for harmonic in range(1, 31):
        hertz = PITCH * harmonic * (1 + 0.02 * np.sin(9 * at))
        gain = sum(1 / (1 + ((hertz - vowel[:, n]) / BANDWIDTH) ** 2) / (n + 1) for n in range(3))
        samples += gain * np.sin(2 * np.pi * hertz * at)
    loudness = np.maximum(0, np.sin(np.pi * (at * SYLLABLES % 1))) ** 0.6
    return 0.12 * loudness * samples


def with_pauses(samples: np.ndarray, talk: float, pause: float) -> np.ndarray:
    """The same with a pause (seconds) after each `talk` seconds, as people make them."""
    at = np.arange(samples.size) / RATE
    return np.where(at % (talk + pause) < talk, samples, 0)


def keys(seconds: float) -> np.ndarray:
    """Samples of somebody who types: short clicks of noise, six a second."""
    at = np.arange(int(seconds * RATE)) / RATE
    noise = np.random.default_rng(3).uniform(-1, 1, at.size)
    return np.where(at % 0.17 < 0.008, 0.5, 0.002) * noise


def write(path: Path, samples: np.ndarray) -> None:
    """A WAV file, 16 bits, one channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
