"""Write the outlines that the replay is drawn on: land of a part of Eurasia from Natural Earth, simplified.

Usage: python tools/outlines.py countries-50m.json sim/views/report/assets/outlines.json

The input is TopoJSON of the npm package world-atlas (2.0.2). The output holds closed rings of longitude and latitude in
hundredths of a degree, the first point of a ring whole and each other one less the one before it.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

WEST, EAST, SOUTH, NORTH = 22.0, 125.0, 24.0, 60.0
TOLERANCE_DEG = 0.03
FEWEST_POINTS = 4


def arcs(topology):
    """The arcs as (points, 2) arrays in degrees."""
    scale, translate = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    return [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]


def simplified(line):
    """The points that a line needs to stay within the tolerance (Douglas and Peucker, 1973)."""
    start, end = line[0], line[-1]
    along = end - start
    length = np.hypot(*along)
    off = line - start
    distance = np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]) / length if length else np.hypot(*off.T)
    farthest = int(distance.argmax())
    if len(line) < 3 or distance[farthest] <= TOLERANCE_DEG:
        return [start, end]
    return simplified(line[: farthest + 1])[:-1] + simplified(line[farthest:])


def rings(topology):
    """The rings of all countries, outer and inner, of simplified arcs."""
    lines = [np.array(simplified(line)) for line in arcs(topology)]
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            parts = [lines[arc] if arc >= 0 else lines[~arc][::-1] for arc in ring]
            yield np.concatenate([part[:-1] for part in parts])


def clipped(ring):
    """The part of a ring inside the box (Sutherland and Hodgman, 1974)."""
    points = [tuple(point) for point in ring]
    for axis, bound, sign in ((0, WEST, 1), (0, EAST, -1), (1, SOUTH, 1), (1, NORTH, -1)):
        kept = []
        for one, other in pairwise([*points, *points[:1]]):
            inside = [sign * (point[axis] - bound) >= 0 for point in (one, other)]
            if inside[0]:
                kept.append(one)
            if inside[0] != inside[1]:
                share = (bound - one[axis]) / (other[axis] - one[axis])
                kept.append(tuple(a + share * (b - a) for a, b in zip(one, other, strict=True)))
        points = kept
    return points


def packed(points):
    """A ring in whole hundredths of a degree, as differences."""
    hundredths = np.round(np.array(points) * 100).astype(int)
    hundredths = hundredths[np.any(np.diff(hundredths, axis=0, prepend=hundredths[-1:]), axis=1)]
    return np.concatenate([hundredths[:1], np.diff(hundredths, axis=0)]).ravel().tolist()


def main(source, target):
    """Read TopoJSON, write the outlines."""
    inside = [points for ring in rings(json.loads(Path(source).read_text())) if (points := clipped(ring))]
    land = [flat for points in inside if len(flat := packed(points)) >= 2 * FEWEST_POINTS]
    text = json.dumps({"box_deg": [WEST, SOUTH, EAST, NORTH], "land": land}, separators=(",", ":"))
    Path(target).write_text(text + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
