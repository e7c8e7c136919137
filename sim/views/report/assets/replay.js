"use strict";
// The replay: what each train does at a minute of the month, by binary search in its spells, and how it is drawn.

const ABSENT = 0, MOVES = 1, WORKS = 2, WAITS = 3, HELD = 4, SAILS = 5;
// Directions as in the train graph; neither they nor what trains do have the blue of paper or the vermillion of Tez.
const WEST = "#01665E", EAST = "#5C3000", WORK = "#50CF88", WAIT = "#AE8D18", BAN = "#595959", SHIP = "#4636C8";
const SQUARE_PX = 4, COLUMNS = 10, MOST_SQUARES = 160;
const SHIP_PX = 8, SHIPS_IN_LINE = 8, HELD_PX = 30;

function hasShips(replays) {
  return replays.some(({ voyages }) => voyages.place.length > 0);
}

// The trains of one result. A leg is a stretch of minutes in which a train does one thing; legs of a train follow on.
class Traffic {
  constructor(data, activityNames) {
    Object.assign(this, data.trains);
    this.places = data.places;
    this.voyages = data.voyages;
    this.minutes = data.minutes;
    this.holding = activityNames.indexOf("holding back");
    this.running = activityNames.indexOf("running");
    this.sailing = activityNames.indexOf("sailing");
    this.from = [];
    this.until = [];
    this.legs = [];
    this.firstLeg = [];
    this.number.forEach((_, train) => this.addLegs(train));
    this.firstLeg.push(this.from.length);
    this.stands = this.standing();
    this.state = new Uint8Array(this.number.length);
    this.x = new Float64Array(this.number.length);
    this.y = new Float64Array(this.number.length);
  }

  rows(train) {
    const last = train + 1 < this.first.length ? this.first[train + 1] : this.kind.length;
    return Array.from({ length: last - this.first[train] }, (_, i) => this.first[train] + i);
  }

  addLegs(train) {
    this.firstLeg.push(this.from.length);
    const west = this.flows[this.flow[train]].west;
    for (const row of this.rows(train)) {
      const [place, activity, , moved, beside] = this.kinds[this.kind[row]];
      if (beside) continue;
      const side = Number(Boolean(moved) === west);
      const held = activity === this.holding;
      this.addLeg(this.queued[row], this.started[row], { what: held ? HELD : WAITS, place, side });
      const what = activity === this.running ? MOVES : activity === this.sailing ? SAILS : WORKS;
      if (this.started[row] !== null) this.addLeg(this.started[row], this.ended[row], { what, place, side, west });
    }
  }

  addLeg(from, until, leg) {
    if (until !== null && until <= from) return;
    this.from.push(from);
    this.until.push(until ?? Infinity);
    this.legs.push(leg);
  }

  // For each end of each place how many stand there in the month, and how many at once: trains by what they do, ships.
  standing() {
    const changes = new Map(), stands = this.places.map(() => [{ passed: 0 }, { passed: 0 }]);
    const stand = (what, place, side, from, until) => {
      if (until <= 0 || from > this.minutes) return;
      stands[place][side].passed += 1;
      const key = [what, place, side].join("|");
      if (!changes.has(key)) changes.set(key, []);
      changes.get(key).push([from, 1], [until, -1]);
    };
    this.legs.forEach(({ what, place, side }, leg) => {
      if (what === WAITS || what === WORKS) stand(what, place, side, this.from[leg], this.until[leg]);
    });
    const { place, west, came, sailed } = this.voyages;
    place.forEach((of, i) => stand(SAILS, of, Number(!west[i]), came[i], sailed[i] ?? Infinity));
    for (const [key, steps] of changes) {
      const [what, at, side] = key.split("|").map(Number);
      let now = 0;
      steps.sort(([a, up], [b, down]) => a - b || up - down);
      stands[at][side][what] = Math.max(...steps.map(([, step]) => (now += step)));
    }
    return stands;
  }

  // The leg a train is in at a minute, or -1.
  legAt(train, minute) {
    let low = this.firstLeg[train], high = this.firstLeg[train + 1] - 1;
    if (low > high || minute < this.from[low]) return -1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.from[middle] <= minute) low = middle;
      else high = middle - 1;
    }
    return minute < this.until[low] ? low : -1;
  }
}

// What the trains at a spot take of the map when most stand there in the month: two queues, and a number above.
function lines(spot) {
  const { x, y } = spot;
  const [waiting, working] = [spot[WAITS] ?? 0, spot[WORKS] ?? 0];
  const wide = (number) => 8 + Math.min(number, COLUMNS) * SQUARE_PX;
  const tall = (number) => number && 9 + Math.ceil(Math.min(number, MOST_SQUARES) / COLUMNS) * SQUARE_PX;
  const above = tall(waiting) + (waiting >= COLUMNS ? WORDS_PX : 0);
  spot.tall = Math.max(above, tall(working));
  return [[x + 4, y - above, x + wide(waiting), y - 4], [x - wide(working), y - tall(working), x - 4, y - 4]].filter(([, top]) => top < y - 4);
}

// What the mark of a spot takes, and its ships when most lie there in the month.
function berths(spot) {
  const { x, y } = spot, ships = spot[SAILS] ?? 0;
  const [near, far] = [[0, 0], [Math.min(ships, SHIPS_IN_LINE) - 1, Math.ceil(ships / SHIPS_IN_LINE) - 1]].map((lies) => berth(spot, ...lies));
  const half = SHIP_PX / 2;
  const port = [Math.min(near[0], far[0]) - half, near[1] - half, Math.max(near[0], far[0]) + half, far[1] + half];
  return [[x - 4, y - 4, x + 4, y + 4], ...(ships ? [port] : [])];
}

// Where a ship lies in port: on the side of the sea, below the trains.
function berth({ x, y, seaward }, column, line) {
  return [x + seaward * (10 + column * SHIP_PX), y + 2 + line * SHIP_PX];
}

// One map with the traffic of one result on it.
class Scene {
  constructor(canvas, tally, traffic, view, land, box, onMap) {
    Object.assign(this, { canvas, tally, traffic, view, land, box, onMap });
    this.context = canvas.getContext("2d");
    this.courses = traffic.places.map((place) => new Course(place.line, view.stretch));
    this.ground = document.createElement("canvas");
    this.names = document.createElement("canvas");
  }

  prepare() {
    const dense = window.devicePixelRatio || 1;
    const [width, height] = this.view.size;
    for (const canvas of [this.canvas, this.ground, this.names]) {
      canvas.width = Math.round(width * dense);
      canvas.height = Math.round(height * dense);
    }
    const [ground, names] = [this.ground.getContext("2d"), this.names.getContext("2d")];
    for (const context of [ground, names, this.context]) context.setTransform(dense, 0, 0, dense, 0, 0);
    drawGround(ground, this.view, this.land, this.box, this.traffic.places, this.onMap);
    Object.assign(this, spotsOf(this.traffic.places, this.view));
    this.gather();
    const marks = this.spots.flatMap(berths), queues = this.spots.flatMap(lines);
    nameSpots(names, this.spots, this.view.size, marks, queues);
    for (const spot of this.spots) {
      const { size } = this.view, anywhere = [spot.x + 6, spot.y + 6, spot.x + 6 + HELD_PX, spot.y + 6 + WORDS_PX];
      spot.counted = placed(spot, HELD_PX, size, [...marks, ...queues]) ?? placed(spot, HELD_PX, size, marks) ?? anywhere;
      marks.push(spot.counted);
    }
    this.lands = this.onMap ? nameLands(ground, this.view, [...marks, ...queues]) : 0;
    this.waiting = new Int32Array(this.spots.length);
    this.working = new Int32Array(this.spots.length);
    this.held = new Int32Array(this.spots.length);
  }

  // What stands in the month at the ends that make a spot.
  gather() {
    for (const spot of this.spots) Object.assign(spot, { passed: 0, named: null });
    this.at.forEach((ends, place) => ends.forEach((index, side) => {
      const spot = this.spots[index];
      if (this.traffic.places[place].kind === "sea") spot.seaward = side ? 1 : -1;
      for (const [what, number] of Object.entries(this.traffic.stands[place][side])) spot[what] = (spot[what] ?? 0) + number;
    }));
  }

  // Place every train for a minute; returns how many do what.
  place(minute) {
    const { traffic, waiting, working, held } = this;
    const counts = [0, 0, 0, 0, 0, 0];
    for (const counted of [waiting, working, held]) counted.fill(0);
    for (let train = 0; train < traffic.number.length; train += 1) {
      const at = traffic.legAt(train, minute);
      const leg = at < 0 ? null : traffic.legs[at];
      const what = leg ? leg.what : ABSENT;
      traffic.state[train] = what;
      counts[what] += 1;
      if (what === MOVES || what === SAILS) {
        const done = (minute - traffic.from[at]) / (traffic.until[at] - traffic.from[at]);
        const share = Number.isFinite(done) ? done : 0;
        [traffic.x[train], traffic.y[train]] = this.view.px(this.courses[leg.place].at(leg.west ? share : 1 - share));
      } else if (what !== ABSENT) {
        const spot = this.spots[this.at[leg.place][leg.side]];
        const slots = what === WORKS ? working : what === WAITS ? waiting : held;
        this.stand(train, spot, slots[spot.index], what);
        slots[spot.index] += 1;
      }
    }
    return counts;
  }

  stand(train, spot, slot, what) {
    const shown = Math.min(slot, MOST_SQUARES - 1);
    const column = shown % COLUMNS, line = Math.floor(shown / COLUMNS);
    this.traffic.x[train] = what === WORKS ? spot.x - 7 - column * SQUARE_PX : spot.x + 7 + column * SQUARE_PX;
    this.traffic.y[train] = what === HELD ? spot.counted[1] + 6 : spot.y - 7 - line * SQUARE_PX;
  }

  draw(minute, chosen) {
    const { context, traffic, view } = this;
    this.minute = minute;
    const counts = this.place(minute);
    context.drawImage(this.ground, 0, 0, view.size[0], view.size[1]);
    this.squares(WAITS, WAIT);
    this.squares(WORKS, WORK);
    this.dots(true, WEST);
    this.dots(false, EAST);
    const ships = this.ships(minute);
    context.drawImage(this.names, 0, 0, view.size[0], view.size[1]);
    this.numbers();
    this.ring(chosen);
    this.counts = { moving: counts[MOVES], sailing: counts[SAILS], working: counts[WORKS], waiting: counts[WAITS], held: counts[HELD], ...ships };
    return this.counts;
  }

  squares(what, colour) {
    const { traffic, context } = this;
    context.fillStyle = colour;
    for (let train = 0; train < traffic.state.length; train += 1) {
      if (traffic.state[train] === what) context.fillRect(traffic.x[train] - 1.5, traffic.y[train] - 1.5, 3, 3);
    }
  }

  dots(west, colour) {
    const { traffic, context } = this;
    context.beginPath();
    for (let train = 0; train < traffic.state.length; train += 1) {
      if (traffic.state[train] !== MOVES || traffic.flows[traffic.flow[train]].west !== west) continue;
      context.moveTo(traffic.x[train] + 3, traffic.y[train]);
      context.arc(traffic.x[train], traffic.y[train], 3, 0, 2 * Math.PI);
    }
    context.fillStyle = colour;
    context.strokeStyle = "#ffffff";
    context.lineWidth = 0.8;
    context.fill();
    context.stroke();
  }

  // Ships at sea, filled, and in port, hollow; returns how many are where.
  ships(minute) {
    const { voyages } = this.traffic;
    this.afloat = [];
    const inPort = new Int32Array(this.spots.length);
    for (let i = 0; i < voyages.place.length; i += 1) {
      const [place, west, sailed, arrived] = [voyages.place[i], voyages.west[i], voyages.sailed[i] ?? Infinity, voyages.arrived[i] ?? Infinity];
      if (minute < voyages.came[i] || minute >= arrived) continue;
      if (minute < sailed) {
        const spot = this.spots[this.at[place][Number(!west)]];
        const lies = inPort[spot.index];
        const [x, y] = berth(spot, lies % SHIPS_IN_LINE, Math.floor(lies / SHIPS_IN_LINE));
        inPort[spot.index] += 1;
        this.afloat.push({ voyage: i, x, y, ahead: west ? -1 : 1, atSea: false });
      } else {
        const share = Number.isFinite(arrived) ? (minute - sailed) / (arrived - sailed) : 0;
        const [x, y] = this.view.px(this.courses[place].at(west ? share : 1 - share));
        this.afloat.push({ voyage: i, x, y, ahead: west ? -1 : 1, atSea: true });
      }
    }
    this.hulls(this.afloat.filter((ship) => !ship.atSea), "#ffffff");
    this.hulls(this.afloat.filter((ship) => ship.atSea), SHIP);
    const atSea = this.afloat.filter((ship) => ship.atSea).length;
    return { ships: atSea, inPort: this.afloat.length - atSea };
  }

  hulls(ships, colour) {
    const { context } = this;
    context.beginPath();
    for (const { x, y, ahead, atSea } of ships) {
      const size = atSea ? 6 : 3.2;
      context.moveTo(x + size * ahead, y);
      context.lineTo(x - size * ahead, y - 0.75 * size);
      context.lineTo(x - size * ahead, y + 0.75 * size);
      context.closePath();
    }
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = SHIP;
    context.lineWidth = 1;
    context.stroke();
  }

  numbers() {
    const { context } = this;
    context.font = "600 11px system-ui, 'DejaVu Sans', sans-serif";
    context.textBaseline = "bottom";
    context.lineWidth = 3;
    context.strokeStyle = "rgba(255,255,255,0.9)";
    const write = (text, x, y, colour) => {
      context.strokeText(text, x, y);
      context.fillStyle = colour;
      context.fillText(text, x, y);
    };
    this.spots.forEach((spot, i) => {
      const top = (number) => spot.y - 9 - Math.ceil(Math.min(number, MOST_SQUARES) / COLUMNS) * SQUARE_PX;
      if (this.waiting[i] >= COLUMNS) write(String(this.waiting[i]), spot.x + 6, top(this.waiting[i]), WAIT);
      if (this.held[i]) this.badge(String(this.held[i]), ...spot.counted);
    });
  }

  // A number on a ground of its own, so that it does not read on from the name beside it.
  badge(text, left, top) {
    const { context } = this;
    context.fillStyle = BAN;
    context.fillRect(left, top, context.measureText(text).width + 6, WORDS_PX);
    context.fillStyle = "#ffffff";
    context.fillText(text, left + 3, top + 13);
  }

  ring(chosen) {
    const train = this.traffic.number.indexOf(chosen);
    if (train < 0 || this.traffic.state[train] === ABSENT) return;
    const { context } = this;
    for (const [width, colour] of [[5, "#ffffff"], [2.5, "#000000"]]) {
      context.beginPath();
      context.arc(this.traffic.x[train], this.traffic.y[train], 8, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
  }

  // The train nearest to a point of the map, if one is near.
  nearest(x, y) {
    let [found, nearest] = [-1, 14];
    const { traffic } = this;
    for (let train = 0; train < traffic.state.length; train += 1) {
      if (traffic.state[train] === ABSENT || traffic.state[train] === SAILS) continue;
      const distance = Math.hypot(traffic.x[train] - x, traffic.y[train] - y);
      if (distance < nearest) [found, nearest] = [train, distance];
    }
    return found < 0 ? null : traffic.number[found];
  }

  // The place nearest to a point of the map, if one is near.
  nearestSpot(x, y) {
    const near = this.spots.filter((spot) => spot.titles.length && Math.hypot(spot.x - x, spot.y - y) < 16);
    return near.sort((a, b) => Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y))[0] ?? null;
  }

  // What is told of a point of the map: a train, a ship or a place; nothing where none is near.
  about(x, y) {
    const { traffic } = this;
    const voyage = this.nearestVoyage(x, y), number = this.nearest(x, y), spot = this.nearestSpot(x, y);
    if (voyage !== null) return [traffic.voyages.vessel[voyage], `${Math.round(100 * traffic.voyages.full[voyage])} % full`];
    if (number !== null) {
      const train = traffic.number.indexOf(number), leg = traffic.legs[traffic.legAt(train, this.minute)];
      const does = { [MOVES]: "under way:", [WORKS]: "worked on at", [WAITS]: "waits at", [HELD]: "held back before setting out, to" };
      return [`Train ${number}`, traffic.flows[traffic.flow[train]].title, `${does[leg.what]} ${traffic.places[leg.place].title}`];
    }
    if (!spot) return [];
    const { index } = spot;
    return [spot.titles.join(", "), `${this.waiting[index]} waiting, ${this.working[index]} worked on, ${this.held[index]} held back`];
  }

  // The voyage whose ship is nearest to a point of the map, if one is near.
  nearestVoyage(x, y) {
    const near = this.afloat.filter((ship) => Math.hypot(ship.x - x, ship.y - y) < 10);
    return near.length ? near[0].voyage : null;
  }
}
