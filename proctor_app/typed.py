"""What people typed, as it is shown to others: the same letters, without the characters that nobody sees.

Markup is escaped where it is shown. What is left are characters that do something without being seen: overrides that
make the text around a name read backwards, control characters, line breaks that some programs take for the end of a
header. They are stored as they came, for evidence must not be changed, and left out wherever people read.
"""

import re
from typing import Any

# C0 and C1 but for tab and line feed; line and paragraph separators; embeddings, overrides and isolates of the
# bidirectional algorithm (UAX 9), not its marks, which right-to-left texts need; annotations.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]")
HALF = re.compile("[\ud800-\udfff]")


def shown(text: str) -> str:
    """`text` without what is not seen; half a character is shown as one that is missing. Markup stays markup."""
    if UNSEEN.search(text):
        text = type(text)(UNSEEN.sub("", text))
    if HALF.search(text):
        text = type(text)(HALF.sub("\ufffd", text))
    return text


def one_line(text: str) -> str:
    """As `shown`, in one line."""
    return shown(" ".join(text.split()))


def finalize(value: Any) -> Any:
    """For Jinja: whatever an expression of a template gives."""
    return shown(value) if isinstance(value, str) else value
