"use strict";
// The ground of the replay: land, lines and places, drawn once for a view and kept as an image.

const LAND = "#faf8f3", SEA = "#dcebf5", SHORE = "#b9b3a6", RAIL = "#8a8378", SAILED = "#6f9fc0";
const BEYOND = "#e4e4e4", EDGE = "#8f8f8f";
const NEAR_PX = 15, WORDS_PX = 14, ALWAYS_NAMED = 4;

// A view of the ground: where its middle is, and how many pixels a unit has. All maps of the page share one.
class View {
  constructor(places, onMap) {
    this.stretch = onMap ? Math.cos(45 * Math.PI / 180) : 1;
    this.everywhere = places.flatMap((place) => place.line);
    this.size = [1, 1];
  }

  fit(width, height, points = this.everywhere) {
    const xs = points.map(([x]) => x * this.stretch), ys = points.map(([, y]) => y);
    const span = (values) => Math.max(...values) - Math.min(...values) || 4;
    this.size = [width, height];
    this.middle = [(Math.max(...xs) + Math.min(...xs)) / 2, (Math.max(...ys) + Math.min(...ys)) / 2];
    this.scale = Math.min(0.84 * width / span(xs), 0.72 * height / span(ys));
  }

  resize(width, height) {
    this.scale *= Math.min(width / this.size[0], height / this.size[1]);
    this.size = [width, height];
  }

  px([x, y]) {
    return [this.size[0] / 2 + (x * this.stretch - this.middle[0]) * this.scale, this.size[1] / 2 - (y - this.middle[1]) * this.scale];
  }

  move(dx, dy) {
    this.middle = [this.middle[0] - dx / this.scale, this.middle[1] + dy / this.scale];
  }

  // Zoom, and keep what is at a pixel where it is; by default the middle.
  zoom(factor, [x, y] = [this.size[0] / 2, this.size[1] / 2]) {
    const before = this.scale;
    this.scale = Math.min(Math.max(this.scale * factor, 2), 4000);
    const kept = 1 / before - 1 / this.scale;
    this.middle = [this.middle[0] + (x - this.size[0] / 2) * kept, this.middle[1] - (y - this.size[1] / 2) * kept];
  }
}

function unpacked(ring) {
  const points = [];
  let [x, y] = [0, 0];
  for (let i = 0; i < ring.length; i += 2) points.push([(x += ring[i]) / 100, (y += ring[i + 1]) / 100]);
  return points;
}

function trace(context, view, points) {
  points.forEach((point, i) => context[i ? "lineTo" : "moveTo"](...view.px(point)));
}

// Outlines are known within a box, in degrees west, south, east and north. Land cut off at its sides would have false
// coasts there, so the sides have a frame, and beyond it is neither land nor sea.
function drawGround(context, view, land, box, places, onMap) {
  const [width, height] = view.size;
  context.fillStyle = onMap ? BEYOND : "#ffffff";
  context.fillRect(0, 0, width, height);
  if (onMap) {
    const [[left, bottom], [right, top]] = [view.px(box.slice(0, 2)), view.px(box.slice(2))];
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.fillStyle = SEA;
    context.fillRect(0, 0, width, height);
    context.beginPath();
    for (const ring of land) {
      trace(context, view, ring);
      context.closePath();
    }
    context.fillStyle = LAND;
    context.strokeStyle = SHORE;
    context.lineWidth = 0.8;
    context.fill();
    context.stroke();
    context.restore();
    context.strokeStyle = EDGE;
    context.lineWidth = 2;
    context.strokeRect(left, top, right - left, bottom - top);
  }
  for (const place of places) {
    if (place.line.length < 2) continue;
    context.beginPath();
    trace(context, view, place.line);
    context.setLineDash(place.kind === "sea" ? [4, 4] : []);
    context.strokeStyle = place.kind === "sea" ? SAILED : RAIL;
    context.lineWidth = 1.6;
    context.stroke();
  }
  context.setLineDash([]);
}

// Points near each other in this view are one spot, so that their queues do not hide each other.
function spotsOf(places, view) {
  const spots = [], at = [];
  places.forEach((place) => {
    const found = [place.line[0], place.line.at(-1)].map((point, side) => {
      const [x, y] = view.px(point);
      const titled = place.kind !== "section";
      const title = titled ? place.ends[Math.min(side, place.ends.length - 1)] : "";
      let spot = spots.find((other) => Math.hypot(other.x - x, other.y - y) < NEAR_PX);
      if (!spot) spots.push(spot = { x, y, titles: [], index: spots.length });
      if (titled && !spot.titles.includes(title)) spot.titles.push(title);
      return spot.index;
    });
    at.push(found);
  });
  return { spots, at };
}

// Boxes are [left, top, right, bottom] in pixels.
function meets(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

// Where words of some width may stand at a spot, the best first: next to its name if it has one, below it, beside it,
// above its queues if they are low.
function besides({ x, y, tall, named }, width) {
  const beside = named ? [[named[2] + 5, named[1]], [named[0] - 5 - width, named[1]]] : [];
  const lines = [5, 17, 29].flatMap((below) => [[x + 5, y + below], [x - 5 - width, y + below], [x - width / 2, y + below + 2]]);
  const above = tall < 30 ? [[x - width / 2, y - tall - 15], [x + 5, y - tall - 15], [x - 5 - width, y - tall - 15]] : [];
  return [...beside, ...lines, [x + 8, y - 7], [x - 8 - width, y - 7], ...above].map(([left, top]) => [left, top, left + width, top + WORDS_PX]);
}

// The first such place on the map that hides nothing, or null.
function placed(spot, width, [right, bottom], taken) {
  const isFree = (box) => box[0] >= 1 && box[1] >= 1 && box[2] <= right - 1 && box[3] <= bottom - 1 && !taken.some((other) => meets(box, other));
  return besides(spot, width).find(isFree) ?? null;
}

// The spots with their names, the busiest first: a name that would hide a queue or another name, or leave the map, is
// moved, or else left out; the busiest of all rather stand on a queue. `marks` are the boxes of spots and ships, `queues`
// those of trains; the boxes of names are added to the marks.
function nameSpots(context, spots, size, marks, queues) {
  context.font = "11.5px system-ui, 'DejaVu Sans', sans-serif";
  context.textBaseline = "top";
  context.lineJoin = "round";
  for (const { x, y, titles } of spots) drawSpot(context, x, y, titles.length ? 3.4 : 2);
  const named = spots.filter(({ titles }) => titles.length).sort((a, b) => b.passed - a.passed);
  for (const [rank, spot] of named.entries()) {
    const name = nameShown(spot.titles[0]).split(/[,–，—]/)[0].trim();
    const { width } = context.measureText(name);
    spot.named = placed(spot, width, size, [...marks, ...queues]) ?? (rank < ALWAYS_NAMED ? placed(spot, width, size, marks) : null);
    if (!spot.named) continue;
    marks.push(spot.named);
    context.lineWidth = 3;
    context.strokeStyle = "rgba(255,255,255,0.9)";
    context.strokeText(name, spot.named[0], spot.named[1]);
    context.fillStyle = "#222222";
    context.fillText(name, spot.named[0], spot.named[1]);
  }
}

// Countries and seas, each with the points that its name may be written around, the best first.
const LANDS = [
  ["Russia", 58, 54.5], ["Kazakhstan", 68, 48.6, 57.5, 49, 73, 51, 67, 46], ["China", 103, 35.5], ["Mongolia", 103, 46.6], ["Uzbekistan", 63.6, 42],
  ["Turkmenistan", 59, 39.2], ["Kyrgyzstan", 74.6, 41.5], ["Tajikistan", 71, 38.6], ["Afghanistan", 66, 34], ["Iran", 54, 33],
  ["Azerbaijan", 47.6, 40.3], ["Georgia", 43.6, 42.1], ["Armenia", 44.8, 40.3], ["Turkey", 35, 39], ["Ukraine", 32, 49], ["India", 78, 26],
];
const WATERS = [["Caspian Sea", 50.6, 42, 51, 38.3, 51.5, 45.2], ["Black Sea", 34.5, 43.3], ["Aral Sea", 59.8, 45], ["Lake Balkhash", 74.5, 46.4], ["Yellow Sea", 123.3, 35.5]];

// Names of countries and seas on the ground, where there is room: below all else, so that they hide nothing.
function nameLands(context, view, taken) {
  const boxes = [...taken];
  context.textBaseline = "top";
  for (const [names, font, colour] of [[WATERS, "italic 11px", "#4f7f9f"], [LANDS, "600 11px", "#857d6e"]]) {
    context.font = `${font} system-ui, 'DejaVu Sans', sans-serif`;
    context.fillStyle = colour;
    for (const [own, ...points] of names) {
      const name = nameShown(own);
      const half = context.measureText(name).width / 2;
      const around = (i) => {
        const [middle, top] = view.px([points[2 * i], points[2 * i + 1]]);
        return [middle - half, top - WORDS_PX / 2, middle + half, top + WORDS_PX / 2];
      };
      const isFree = (box) => box[0] > 0 && box[1] > 0 && box[2] < view.size[0] && box[3] < view.size[1] && !boxes.some((other) => meets(box, other));
      const box = Array.from({ length: points.length / 2 }, (_, i) => around(i)).find(isFree);
      if (!box) continue;
      context.fillText(name, box[0], box[1]);
      boxes.push(box);
    }
  }
  return boxes.length - taken.length;
}

function drawSpot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = "#ffffff";
  context.strokeStyle = "#222222";
  context.lineWidth = 1.3;
  context.fill();
  context.stroke();
}

// A course as something that a share of the way can be asked of.
class Course {
  constructor(line, stretch) {
    this.line = line;
    this.along = [0];
    for (let i = 1; i < line.length; i += 1) {
      this.along.push(this.along[i - 1] + Math.hypot((line[i][0] - line[i - 1][0]) * stretch, line[i][1] - line[i - 1][1]));
    }
  }

  at(share) {
    const wanted = share * this.along.at(-1);
    let i = 1;
    while (i < this.along.length - 1 && this.along[i] < wanted) i += 1;
    if (this.line.length < 2) return this.line[0];
    const part = (wanted - this.along[i - 1]) / (this.along[i] - this.along[i - 1] || 1);
    return this.line[i].map((value, axis) => this.line[i - 1][axis] + part * (value - this.line[i - 1][axis]));
  }
}
