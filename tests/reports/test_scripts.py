"""Each stretch of a text gets a font that has its characters."""

import pytest

from proctor_app.reports import fonts, scripts
from proctor_app.reports.scripts import direction, runs

fonts.register()


def fonts_of(text: str) -> list[tuple[str, str]]:
    return [(font.removeprefix("noto-"), stretch) for font, stretch in runs(text, fonts.has)]


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("Zoë Łukasiewicz-Đặng", "noto"),
        ("Ελένη Παπαδοπούλου", "noto"),
        ("Ольга Щербакова", "noto"),
        ("अनुष्का श्रीवास्तव", "devanagari"),
        ("অনন্যা চট্টোপাধ্যায়", "bengali"),
        ("தமிழ்ச்செல்வி", "tamil"),
        ("ประเสริฐ", "thai"),
        ("محمد عبد الله", "arabic"),
        ("شیرین پژمان", "arabic"),
        ("שרה כהן", "hebrew"),
        ("王芳", "han"),
        ("歐陽娜娜", "han"),
        ("佐藤さくら", "han"),
        ("김민준", "hangul"),
        ("🎉", "emoji"),
    ],
)
def test_a_name_in_one_script_is_one_stretch(text: str, font: str) -> None:
    assert fonts_of(text) == [(font, text)]


def test_mixed_scripts_are_told_apart() -> None:
    assert fonts_of("Asha अनुष्का 王芳") == [("noto", "Asha "), ("devanagari", "अनुष्का "), ("han", "王芳")]


def test_punctuation_between_letters_is_drawn_by_a_font_that_has_it() -> None:
    assert fonts_of("王芳, (李雷)") == [("han", "王芳"), ("noto", ", ("), ("han", "李雷"), ("noto", ")")]


def test_a_joiner_stays_with_its_letters() -> None:
    assert fonts_of("क्\u200dष") == [("devanagari", "क्\u200dष")]
    assert fonts_of("می\u200cخواهم") == [("arabic", "می\u200cخواهم")]


def test_what_no_font_has_is_shown_as_missing() -> None:
    assert fonts_of("a𓀀b") == [("noto", f"a{scripts.REPLACEMENT}b")]


def test_skin_tones_and_variants_leave_no_box() -> None:
    assert fonts_of("👍🏽❤️") == [("emoji", "👍❤")]


def test_nothing_in_a_name_steers_the_text_around_it() -> None:
    assert scripts.clean("a\u202eb\u2066c\x00\x1b\ud800\ue000d") == "abcd"
    assert scripts.clean(" two\n\tlines\r\n ") == "two lines"


def test_letters_and_their_marks_are_composed() -> None:
    assert scripts.clean("Nguye\u0302\u0303n") == "Nguyễn"


@pytest.mark.parametrize(
    ("text", "way"), [("Asha", "ltr"), ("12 שרה", "rtl"), ("(محمد)", "rtl"), ("", "ltr"), ("12", "ltr")]
)
def test_direction_is_that_of_the_first_letter(text: str, way: str) -> None:
    assert direction(text) == way


def test_markup_in_a_name_stays_text() -> None:
    assert fonts.typeset("<b>王</b>&") == '&lt;b&gt;<span class="noto-han">王</span>&lt;/b&gt;&amp;'


# ---------------------------------------------------------------- shaping


def test_consonants_are_joined_and_vowel_signs_put_in_their_place() -> None:
    assert len(fonts.shape("noto-devanagari", "क्ष")[1]) == 1
    drawn = fonts.shape("noto-devanagari", "कि")[1]
    assert drawn[1] == "क", "the sign for i is spoken after the consonant and written before it"


def test_text_is_as_wide_as_it_is_drawn() -> None:
    apart = sum(fonts.shape("noto-devanagari", letter)[0] for letter in "क्ष")
    assert 0 < fonts.shape("noto-devanagari", "क्ष")[0] < apart
