"""The report's fonts, registered once in a process, and the shaping that xhtml2pdf does not ask for.

Indic scripts and Thai read right only when HarfBuzz has put their letters together: joined consonants, a vowel sign
before the consonant that it is spoken after, marks in their places. ReportLab's own paragraphs shape on request;
those of xhtml2pdf never ask. So their fonts here measure shaped text, and the text object that both draw with shapes
what is set in one of them.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape
from reportlab.lib.abag import ABag
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import ShapedStr, TTFont, shapeFragWord
from reportlab.pdfgen.textobject import PDFTextObject
from svglib.fonts import register_font
from xhtml2pdf import default

from proctor_app.reports import scripts

FOLDER = Path(__file__).with_name("fonts")
BOLD = "noto-bold"
FILES = {
    scripts.LATIN: "NotoSans-Regular.ttf",
    BOLD: "NotoSans-SemiBold.ttf",
    "noto-arabic": "NotoSansArabic-Regular.ttf",
    "noto-hebrew": "NotoSansHebrew-Regular.ttf",
    "noto-han": "NotoSansSC-Regular.ttf",
    "noto-hangul": "NotoSansKR-Regular.ttf",
    scripts.EMOJI: "NotoEmoji-Regular.ttf",
}
SHAPED = {
    "noto-devanagari": "NotoSansDevanagari-Regular.ttf",
    "noto-bengali": "NotoSansBengali-Regular.ttf",
    "noto-gurmukhi": "NotoSansGurmukhi-Regular.ttf",
    "noto-gujarati": "NotoSansGujarati-Regular.ttf",
    "noto-tamil": "NotoSansTamil-Regular.ttf",
    "noto-telugu": "NotoSansTelugu-Regular.ttf",
    "noto-kannada": "NotoSansKannada-Regular.ttf",
    "noto-malayalam": "NotoSansMalayalam-Regular.ttf",
    "noto-thai": "NotoSansThai-Regular.ttf",
}


class ShapedFont(TTFont):  # type: ignore[misc]
    """A font whose letters are put together before they are measured or drawn."""

    def stringWidth(self, text: str | bytes, size: float, encoding: str = "utf8") -> float:
        """The width of `text` as it is drawn, in points."""
        letters = text.decode(encoding) if isinstance(text, bytes) else str(text)
        return shape(self.fontName, letters)[0] * size if letters else 0.0


@lru_cache(4096)
def shape(font: str, text: str) -> tuple[float, ShapedStr]:
    """The width of `text` in units of the font's size, and its glyphs with their places."""
    width, (_, glyphs) = shapeFragWord([0, (ABag(fontName=font, fontSize=1), text)], force=True)
    return width, glyphs


@cache
def register() -> None:
    """Make the fonts known to ReportLab, xhtml2pdf and svglib under their names here."""
    # Asked for a font that it does not know, svglib would register one that the machine happens to have. First,
    # since it registers a font of its own under the name.
    register_font(scripts.LATIN, str(FOLDER / FILES[scripts.LATIN]))
    latin = TTFont(scripts.LATIN, str(FOLDER / FILES[scripts.LATIN]), shapable=False)
    for name, file in {**FILES, **SHAPED}.items():
        path = str(FOLDER / file)
        font = ShapedFont(name, path) if name in SHAPED else TTFont(name, path, shapable=False)
        # One line height for all, so that a name in another script stands on the line of the label beside it.
        font.face.ascent, font.face.descent = latin.face.ascent, latin.face.descent
        pdfmetrics.registerFont(font)
        default.DEFAULT_FONT[name] = name
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(name, bold, italic, BOLD if bold and name == scripts.LATIN else name)
    PDFTextObject._formatText = _shape_first(PDFTextObject._formatText)
    ttfonts.makeToUnicodeCMap = _with_surrogates(ttfonts.makeToUnicodeCMap)


@cache
def names() -> tuple[str, ...]:
    """The fonts for text that is not in Latin letters: the report's style sheet has a class for each."""
    return tuple(name for name in {**FILES, **SHAPED} if name not in (scripts.LATIN, BOLD))


def has(font: str, character: str) -> bool:
    """Whether `font` has a glyph for `character`."""
    return ord(character) in pdfmetrics.getFont(font).face.charToGlyph


def typeset(value: object) -> Markup:
    """`value` escaped for the report's HTML, each stretch in a font that has its characters."""
    register()
    marked = Markup()
    for font, stretch in scripts.runs(str(value), has):
        plain = escape(stretch)
        marked += plain if font == scripts.LATIN else Markup('<span class="{}">{}</span>').format(font, plain)
    return marked


def _shape_first(format_text: Any) -> Any:
    def formatted(self: Any, text: Any) -> str:
        if self._fontname not in SHAPED or not isinstance(text, str) or isinstance(text, ShapedStr) or not text:
            return str(format_text(self, text))
        # Glyphs have no letters of their own any more: ActualText keeps the name findable and copyable.
        letters = text.encode("utf-16-be", "replace").hex()
        drawn = format_text(self, shape(self._fontname, text)[1])
        return f"/Span <</ActualText <feff{letters}>>> BDC {drawn} EMC"

    return formatted


def _with_surrogates(make_map: Any) -> Any:
    """ReportLab names characters beyond the first 65,536 (emoji, rare ideographs) in a way no PDF reader knows."""

    def utf16(match: re.Match[str]) -> str:
        return f"<{chr(int(match[1], 16)).encode('utf-16-be').hex().upper()}>"

    def made(*arguments: Any) -> str:
        return re.sub("<([0-9A-F]{5,6})>", utf16, make_map(*arguments))

    return made
