"""The font of Chinese figures: a subset of Noto Sans CJK SC, written to sim/views/plots/font/.

Run it as `python tools/chinese_font.py NotoSansCJK-Regular.ttc`, after a translation brought a character that the font
lacks: a test says so. It holds the 3,755 characters of level 1 of GB 2312, which are nearly all of a Chinese text, and
those of the catalogue and of shipped scenarios beyond. The licence lets a changed font go under another name.
"""

import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

from sim.scenario.reading.read import shipped
from sim.views import language
from sim.views.plots.settings import CHINESE_FONT, CHINESE_FONT_FILE

FAMILY, SUBFAMILY, FULL_NAME, POSTSCRIPT_NAME = 1, 2, 4, 6
SOURCE = "Noto Sans CJK SC"
LEVEL_1 = range(0xB0, 0xD8)
"""Rows of GB 2312 that hold its characters of level 1."""
# 2020-01-01 in seconds since 1904: the same source makes the same bytes.
MODIFIED = 3660681600


def characters():
    """The characters of the font."""
    cells = (bytes([row, cell]) for row in LEVEL_1 for cell in range(0xA1, 0xFF))
    level_1 = "".join(cell.decode("gb2312", errors="ignore") for cell in cells)
    texts = [(language.LOCALE / "zh.po").read_text(encoding="utf-8")]
    texts += [path.read_text(encoding="utf-8") for path in sorted(shipped().glob("*.toml"))]
    return {*level_1, *"".join(texts)} - set("\n\t\r")


def main():
    fonts = TTCollection(sys.argv[1]).fonts
    font = next(font for font in fonts if font["name"].getDebugName(FAMILY) == SOURCE)
    options = Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 4, 6, 13, 14], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters())))
    subsetter.subset(font)
    told = {FAMILY: CHINESE_FONT, SUBFAMILY: "Regular", FULL_NAME: CHINESE_FONT}
    told[POSTSCRIPT_NAME] = CHINESE_FONT.replace(" ", "")
    for record in font["name"].names:
        if record.nameID in told:
            record.string = told[record.nameID]
    outlines = font["CFF "].cff
    outlines.fontNames = [told[POSTSCRIPT_NAME]]
    outlines.topDictIndex[0].FamilyName = outlines.topDictIndex[0].FullName = CHINESE_FONT
    font["head"].modified = MODIFIED
    font.recalcTimestamp = False
    font.save(CHINESE_FONT_FILE)
    print(f"{CHINESE_FONT_FILE}: {CHINESE_FONT_FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
