"""Make the report's fonts anew, by hand: `python scripts/make_report_fonts.py FOLDER` (needs npm and fonttools).

The fonts lie in the repository, so that a report looks the same on every machine and setting up fetches none. They
come from the npm packages named here (SIL Open Font License 1.1), cut down to what a report can use: no hinting, and
layout tables only where a script cannot be read without them.
"""

import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "proctor_app" / "reports" / "fonts"
WEIGHTS = {"Regular": "400Regular", "SemiBold": "600SemiBold"}
# The joiners and the danda belong to the script they stand in, so the Latin font must not claim them.
LATIN = "U+0020-0963,U+0966-1FFF,U+2000-200B,U+200E-2BFF,U+A700-A7FF,U+AB30-AB6F,U+FB00-FB06,U+FFFD"
HANGUL = "U+0020,U+1100-11FF,U+3130-318F,U+A960-A97F,U+AC00-D7A3,U+D7B0-D7FF"
# All ideographs of the first block (GB 2312, Big5, GBK and JIS lie in it) and the few later ones the font has.
HAN = "U+0020,U+2E80-33FF,U+4E00-9FFF,U+F900-FAFF,U+FE30-FE4F,U+FF00-FFEF,U+20000-3FFFF"


@dataclass(frozen=True)
class Source:
    """One font of one package. `shaped` keeps the tables that put its letters together."""

    package: str
    version: str
    font: str
    weight: str = "Regular"
    characters: str = "*"
    shaped: bool = False


SOURCES = (
    Source("noto-sans", "0.4.2", "NotoSans", characters=LATIN),
    Source("noto-sans", "0.4.2", "NotoSans", "SemiBold", LATIN),
    Source("noto-sans-arabic", "0.4.3", "NotoSansArabic"),
    Source("noto-sans-hebrew", "0.4.1", "NotoSansHebrew"),
    Source("noto-sans-devanagari", "0.4.1", "NotoSansDevanagari", shaped=True),
    Source("noto-sans-bengali", "0.4.4", "NotoSansBengali", shaped=True),
    Source("noto-sans-gurmukhi", "0.4.1", "NotoSansGurmukhi", shaped=True),
    Source("noto-sans-gujarati", "0.4.2", "NotoSansGujarati", shaped=True),
    Source("noto-sans-tamil", "0.4.3", "NotoSansTamil", shaped=True),
    Source("noto-sans-telugu", "0.4.2", "NotoSansTelugu", shaped=True),
    Source("noto-sans-kannada", "0.4.3", "NotoSansKannada", shaped=True),
    Source("noto-sans-malayalam", "0.4.2", "NotoSansMalayalam", shaped=True),
    Source("noto-sans-thai", "0.4.2", "NotoSansThai", shaped=True),
    Source("noto-sans-kr", "0.4.3", "NotoSansKR", characters=HANGUL),
    Source("noto-sans-sc", "0.4.3", "NotoSansSC", characters=HAN),
    Source("noto-emoji", "0.4.7", "NotoEmoji"),
)
DROPPED_TABLES = "--drop-tables+=STAT,GlyphOrder,BASE,vhea,vmtx,meta,gasp,prep"


def main(folder: Path) -> None:
    """Fetch the packages into `folder` and write the cut-down fonts and their licence."""
    TARGET.mkdir(exist_ok=True)
    licences: dict[str, None] = {}
    for source in SOURCES:
        print(f"{source.font} {source.weight}", flush=True)
        with tarfile.open(fetch(source, folder)) as package:
            weight = WEIGHTS[source.weight]
            font = folder / f"{source.font}.ttf"
            font.write_bytes(read(package, f"package/{weight}/{source.font}_{weight}.ttf"))
            licences[read(package, "package/LICENSE_FONT").decode()] = None
        cut_down(font, source)
    write_licence(list(licences))


def fetch(source: Source, folder: Path) -> Path:
    """The package's archive, by npm."""
    file = folder / f"expo-google-fonts-{source.package}-{source.version}.tgz"
    if not file.exists():
        name = f"@expo-google-fonts/{source.package}@{source.version}"
        subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True)
    return file


def read(package: tarfile.TarFile, name: str) -> bytes:
    """One file of an archive."""
    member = package.extractfile(name)
    assert member is not None
    return member.read()


def cut_down(font: Path, source: Source) -> None:
    """Write the part of `font` that a report can use."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "fontTools.subset",
            str(font),
            f"--unicodes={source.characters}",
            "--no-hinting",
            "--notdef-outline",
            "--name-IDs=0,1,2,3,4,5,6,13,14",
            f"--layout-features={'*' if source.shaped else ''}",
            DROPPED_TABLES,
            f"--output-file={TARGET / f'{source.font}-{source.weight}.ttf'}",
        ],
        check=True,
    )


def write_licence(texts: list[str]) -> None:
    """One licence file: every copyright line, then the licence, which is the same in all packages."""
    owners = sorted({text.splitlines()[0].strip() for text in texts})
    licence = texts[0].split("\n", 1)[1].strip()
    (TARGET / "OFL.txt").write_text("\n".join(owners) + "\n\n" + licence + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
