"""Pure decisions of accounts: how long a password is and a wait after failed tries, what to call a browser."""

from dataclasses import dataclass
from datetime import timedelta

PASSWORD_LENGTH = 10
PASSWORD_LENGTH_MOST = 1000
# The first wait; each further failure doubles it.
FIRST_WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class Patience:
    """How many failures cost nothing, the longest wait after more of them, and when they are forgotten.

    The longest wait bounds a guesser's tries; it is never for ever, so that nobody can lock somebody else out.
    """

    free: int
    longest_seconds: float
    forgotten_after: timedelta


# One person mistypes a few times. At the longest wait a guesser has 96 tries a day: the 10,000 most used passwords
# would take them 100 days.
FOR_ACCOUNT = Patience(5, 15 * 60, timedelta(hours=24))
# A whole office may sit behind one address.
FOR_ADDRESS = Patience(20, 5 * 60, timedelta(hours=1))


def wait_after(failures: int, patience: Patience) -> float:
    """Seconds until the next try, after that many failures in a row."""
    beyond = failures - patience.free
    if beyond < 0:
        return 0.0
    # Past 2^30 the wait has long been the longest one.
    return float(min(patience.longest_seconds, FIRST_WAIT_SECONDS * 2 ** min(beyond, 30)))


def wait_in_words(seconds: int) -> str:
    """`1 second`, `40 seconds`, `3 minutes`: rounded up, so that who waits as told never comes too early."""
    if seconds < 120:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{-(-seconds // 60)} minutes"


# Each browser also names those before it that it wants to be taken for: the first that fits is the true one.
BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """What a person would call the browser that sends this User-Agent: `Firefox on Linux`."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser is None:
        return f"A program on {system}" if system else "A program"
    return f"{browser} on {system}" if system else browser
