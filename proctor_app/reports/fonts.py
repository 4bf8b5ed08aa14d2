"""The report's fonts, registered once in a process, and the shaping that xhtml2pdf does not ask for.

ReportLab draws Devanagari right (joined letters, vowel signs before their consonant) when text is shaped by HarfBuzz
first. Its own paragraphs do that on request; those of xhtml2pdf never ask. So the text object that both draw with
shapes what is set in a font that needs it.
"""

from functools import cache
from pathlib import Path

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import ShapedStr, TTFont, shapeStr
from reportlab.pdfgen.textobject import PDFTextObject
from xhtml2pdf import default

FOLDER = Path(__file__).with_name("fonts")
FILES = {
    "noto": "NotoSans-Regular.ttf",
    "noto-bold": "NotoSans-Bold.ttf",
    "noto-devanagari": "NotoSansDevanagari-Regular.ttf",
    "noto-arabic": "NotoSansArabic-Regular.ttf",
    "noto-hebrew": "NotoSansHebrew-Regular.ttf",
    "noto-han": "NotoSansSC-Regular.ttf",
}
SHAPED = frozenset({"noto-devanagari"})
BOLD = {"noto": "noto-bold"}


@cache
def register() -> None:
    """Make the fonts known to ReportLab and xhtml2pdf under the names of `FILES`."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / file), shapable=name in SHAPED))
        default.DEFAULT_FONT[name] = name
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(name, bold, italic, BOLD.get(name, name) if bold else name)
    PDFTextObject._formatText = _shape_first(PDFTextObject._formatText)


def has(font: str, character: str) -> bool:
    """Whether `font` can draw `character`. Joiners draw nothing and are had by every font."""
    register()
    return character in "\u200c\u200d" or ord(character) in pdfmetrics.getFont(font).face.charToGlyph


def _shape_first(format_text):  # type: ignore[no-untyped-def]
    def shaped(self, text):  # type: ignore[no-untyped-def]
        if self._fontname in SHAPED and isinstance(text, str) and not isinstance(text, ShapedStr):
            text = shapeStr(text, self._fontname, self._fontsize)
        return format_text(self, text)

    return shaped
