"use strict";
// The replay: what each train does at a minute of the month, by binary search in its spells, and how it is drawn.

const ABSENT = 0, MOVES = 1, WORKS = 2, WAITS = 3, HELD = 4, SAILS = 5;
const WEST = "#0072B2", EAST = "#CC79A7", WORK = "#009E73", WAIT = "#D55E00", BAN = "#777777", SHIP = "#003B5C";
const SQUARE_PX = 4, COLUMNS = 10, MOST_SQUARES = 160;

// The trains of one result. A leg is a stretch of minutes in which a train does one thing; legs of a train follow on.
class Traffic {
  constructor(data, activityNames) {
    Object.assign(this, data.trains);
    this.places = data.places;
    this.voyages = data.voyages;
    this.holding = activityNames.indexOf("holding back");
    this.running = activityNames.indexOf("running");
    this.sailing = activityNames.indexOf("sailing");
    this.from = [];
    this.until = [];
    this.legs = [];
    this.firstLeg = [];
    this.number.forEach((_, train) => this.addLegs(train));
    this.firstLeg.push(this.from.length);
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

// The height below a spot at which a number hides no name; it is taken then.
function freeBelow({ x, y }, taken) {
  let below = y + 18;
  const box = () => [x + 6, below - 12, x + 40, below];
  const hits = (other) => { const [a, b, c, d] = box(); return a < other[2] && other[0] < c && b < other[3] && other[1] < d; };
  while (taken.some(hits)) below += 4;
  taken.push(box());
  return below;
}

// One map with the traffic of one result on it.
class Scene {
  constructor(canvas, tally, traffic, view, land, onMap) {
    Object.assign(this, { canvas, tally, traffic, view, land, onMap });
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
    drawGround(ground, this.view, this.land, this.traffic.places, this.onMap);
    Object.assign(this, spotsOf(this.traffic.places, this.view));
    const taken = nameSpots(names, this.spots);
    for (const spot of this.spots) spot.below = freeBelow(spot, taken);
    this.waiting = new Int32Array(this.spots.length);
    this.working = new Int32Array(this.spots.length);
    this.held = new Int32Array(this.spots.length);
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
    this.traffic.y[train] = what === HELD ? spot.below - 6 : spot.y - 7 - line * SQUARE_PX;
  }

  draw(minute, chosen) {
    const { context, traffic, view } = this;
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
    this.counts = { moving: counts[MOVES], sailing: counts[SAILS], working: counts[WORKS], waiting: counts[WAITS], held: counts[HELD], ships };
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

  ships(minute) {
    const { voyages } = this.traffic;
    const { context } = this;
    this.afloat = [];
    context.fillStyle = SHIP;
    context.beginPath();
    for (let i = 0; i < voyages.place.length; i += 1) {
      const arrived = voyages.arrived[i] ?? Infinity;
      if (minute < voyages.sailed[i] || minute >= arrived) continue;
      const share = Number.isFinite(arrived) ? (minute - voyages.sailed[i]) / (arrived - voyages.sailed[i]) : 0;
      const [x, y] = this.view.px(this.courses[voyages.place[i]].at(voyages.west[i] ? share : 1 - share));
      this.afloat.push({ voyage: i, x, y });
      const ahead = voyages.west[i] ? -6 : 6;
      context.moveTo(x + ahead, y);
      context.lineTo(x - ahead, y - 4.5);
      context.lineTo(x - ahead, y + 4.5);
      context.closePath();
    }
    context.fill();
    return this.afloat.length;
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
      if (this.held[i]) write(String(this.held[i]), spot.x + 6, spot.below, BAN);
    });
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

  // The voyage whose ship is nearest to a point of the map, if one is near.
  nearestVoyage(x, y) {
    const near = this.afloat.filter((ship) => Math.hypot(ship.x - x, ship.y - y) < 10);
    return near.length ? near[0].voyage : null;
  }
}
