"""Writes docs/gallery.md and its pictures: each figure of a real run, small, with the command that draws it.

`make gallery` runs it, in a folder of its own that goes again; a test follows the page and asks for each picture.
"""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parent
FOLDER = DOCS / "gallery"
WIDTH_PX, COLOURS = 900, 200
"""Of a picture: small enough that all of them weigh less than a photograph."""


@dataclass(frozen=True)
class Entry:
    """A picture: its heading, what to look for, the command that draws it, and the file that it draws."""

    heading: str
    words: str
    command: str
    drawn: str


PAIR = "corridor compare altynkol_paper altynkol_tez --replications 4 --out results/altynkol"
RUN = "corridor run corridor_2024 --replications 3"
YEAR = "results/corridor_2024"
WORLDS = "corridor forecast altynkol_paper altynkol_sweep --worlds 60 --out results/worlds"
ARMS = "results/altynkol/altynkol_paper results/altynkol/altynkol_tez"
ENTRIES = (
    Entry(
        "What changes", "Paired differences, with the means they lie between.", PAIR, "results/altynkol/differences.png"
    ),
    Entry(
        "Paper or Tez", "How long release takes, and how long trains stand.", PAIR, "results/altynkol/paper_or_tez.png"
    ),
    Entry(
        "Where the time of a journey goes",
        "From ready to delivered, waits hatched, over all replications.",
        f"{RUN}\ncorridor plot {YEAR} --chart journey",
        f"{YEAR}/where_time_goes.png",
    ),
    Entry(
        "Cargo carried, by week",
        "Any days, step, flow or place.",
        f"corridor plot {YEAR} --chart throughput --from 2024 --by week --flow titr",
        f"{YEAR}/throughput.png",
    ),
    Entry(
        "Trains waiting",
        "Areas: one replication; black: the mean of the year over all.",
        f"corridor plot {YEAR} --chart queues",
        f"{YEAR}/queues.png",
    ),
    Entry(
        "Train graph",
        "Thin: planned, thick: simulated; below, what was waited for.",
        f"corridor plot {YEAR} --chart graph --from 2024-10-07 --flow titr_containers_west",
        f"{YEAR}/train_graph.png",
    ),
    Entry(
        "Time and cost along the way",
        "After UNESCAP; steps are waits and stays.",
        f"corridor plot {YEAR} --chart tcd --flow titr_containers_west",
        f"{YEAR}/time_distance.png",
    ),
    Entry(
        "Time Release Study",
        "After the WCO's guide, by step and risk channel.",
        f"corridor plot {ARMS} --chart trs --out results/trs",
        "results/trs/release_study.png",
    ),
    Entry(
        "CAREC's indicators",
        "TFI1 to TFI4 beside the published row.",
        f"corridor plot {ARMS} --chart tfi --out results/tfi",
        "results/tfi/carec_indicators.png",
    ),
    Entry(
        "Risk and error",
        "After Nelson's MORE plot.",
        f"corridor plot {ARMS} --chart smore --kpi border_dwell_h --place altynkol --out results/smore",
        "results/smore/risk.png",
    ),
    Entry(
        "What a change makes of each world",
        "The difference world by world over all that is not known, and the share beyond a threshold.",
        WORLDS,
        "results/worlds/difference_by_world.png",
    ),
    Entry(
        "What the spread comes from",
        "Luck and what is not told are hatched: they are no effects.",
        WORLDS,
        "results/worlds/spread_by_part.png",
    ),
    Entry(
        "Worlds that succeed and worlds that fail",
        "Over the two unknowns that decide most.",
        WORLDS,
        "results/worlds/worlds_apart.png",
    ),
    Entry(
        "How a scenario fills",
        "The warm-up stated beside the one that MSER-5 proposes.",
        "corridor warmup altynkol_tez --replications 4",
        "results/altynkol_tez_warmup/warmup.png",
    ),
)
HEAD = """# Gallery

Each picture with the command that draws it. They come from real runs, made small for this page; `make gallery` draws
them anew, and a test follows the page.
"""


def page(entries: tuple[Entry, ...]) -> str:
    """The page: a heading, the command and the picture of each entry; a command that stands above is not repeated."""
    parts, seen = [HEAD], set[str]()
    for entry in entries:
        commands = [line for line in entry.command.splitlines() if line not in seen]
        seen.update(commands)
        fence = "```sh\n" + "\n".join(commands) + "\n```\n" if commands else "Drawn by the command above.\n"
        picture = f'![{entry.heading}](gallery/{name_of(entry)} "{entry.drawn}")'
        parts.append(f"## {entry.heading}\n\n{entry.words}\n\n{fence}\n{picture}\n")
    return "\n".join(parts)


def name_of(entry: Entry) -> str:
    """The name of a picture in the folder of the page."""
    return entry.heading.lower().replace(" ", "_").replace("'", "").replace(",", "") + ".png"


def small(path: Path) -> bytes:
    """A picture made small."""
    with Image.open(path) as picture:
        shape = (WIDTH_PX, round(picture.height * WIDTH_PX / picture.width))
        content = io.BytesIO()
        picture.convert("RGB").resize(shape, Image.Resampling.LANCZOS).quantize(
            COLOURS, Image.Quantize.MAXCOVERAGE
        ).save(content, "PNG", optimize=True)
    return content.getvalue()


def main() -> None:
    """Run every command in a folder of its own, and keep the pictures small beside the page."""
    program = Path(sys.executable).with_name("corridor")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for command in dict.fromkeys(line for entry in ENTRIES for line in entry.command.splitlines()):
            subprocess.run([program, *shlex.split(command)[1:]], cwd=folder, check=True)
        for entry in ENTRIES:
            (FOLDER / name_of(entry)).write_bytes(small(Path(folder) / entry.drawn))
    (DOCS / "gallery.md").write_text(page(ENTRIES), encoding="utf-8")


if __name__ == "__main__":
    main()
