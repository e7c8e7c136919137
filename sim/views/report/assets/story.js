"use strict";
// The player: one clock for all maps, its controls, and the story of the train that was chosen.

const SHIFT_MINUTES = 60, DAY_MINUTES = 1440;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function moment(starts, minute) {
  const date = new Date(Date.parse(starts) + minute * 60000);
  const two = (number) => String(number).padStart(2, "0");
  return `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

class Player {
  constructor(data, outlines) {
    this.runs = Object.entries(data.runs);
    this.words = data;
    const [, first] = this.runs[0];
    Object.assign(this, { starts: first.starts, length: first.minutes, minute: 0, playing: false, chosen: null, frames: 0 });
    this.view = new View(this.runs.flatMap(([, run]) => run.places), first.on_map);
    const land = outlines.land.map(unpacked);
    this.stage = document.getElementById("stage");
    const maps = document.getElementById("maps");
    maps.classList.toggle("two", this.runs.length > 1);
    this.scenes = this.runs.map(([name, run], i) => {
      const canvas = element("canvas", { role: "img", "aria-label": `Map of ${name}` });
      const tally = element("p", { class: "tally" });
      const title = element("p", {}, element("span", { class: "swatch", "data-run": name }), element("b", {}, name));
      const card = element("p", { class: "card", hidden: "" });
      maps.append(element("div", { class: "map" }, title, element("div", { class: "ground" }, canvas, card), tally));
      canvas.card = card;
      return new Scene(canvas, tally, new Traffic(run, data.activities), this.view, land, outlines.box_deg, first.on_map);
    });
    document.getElementById("credit").textContent = first.on_map
      ? "Outlines: made with Natural Earth, public domain; borders are schematic; grey: beyond the outlines. Lines are straight from point to point of the few that the scenario states: not the course of the railway."
      : "The scenario states no points on a map for all its places: the lines are drawn as a scheme, to scale by their length.";
    this.scrub = document.getElementById("scrub");
    this.scrub.max = String(this.length);
    this.listen();
    this.list();
    this.resize();
  }

  listen() {
    const on = (id, event, act) => document.getElementById(id).addEventListener(event, act);
    on("play", "click", () => this.toggle());
    on("back", "click", () => this.go(this.minute - SHIFT_MINUTES));
    on("forth", "click", () => this.go(this.minute + SHIFT_MINUTES));
    on("scrub", "input", () => this.go(Number(this.scrub.value)));
    on("zoom-in", "click", () => this.zoom(1.5));
    on("zoom-out", "click", () => this.zoom(1 / 1.5));
    on("zoom-all", "click", () => { this.view.fit(...this.view.size, this.view.everywhere); this.redraw(); });
    on("story-flow", "change", () => this.listTrains());
    on("story-train", "change", ({ target }) => this.choose(Number(target.value)));
    this.stage.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("resize", () => this.resize());
    this.scenes.forEach((scene) => this.listenTo(scene));
  }

  listenTo(scene) {
    let from = null, moved = false;
    const fingers = new Map();
    const leave = ({ pointerId }) => fingers.delete(pointerId);
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) scene.canvas.addEventListener(end, leave);
    scene.canvas.addEventListener("pointerleave", () => { scene.canvas.card.hidden = true; });
    scene.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(1.2 ** -Math.sign(event.deltaY), [event.offsetX, event.offsetY]);
    }, { passive: false });
    scene.canvas.addEventListener("pointerdown", (event) => {
      from = [event.offsetX, event.offsetY];
      moved = false;
      fingers.set(event.pointerId, from);
    });
    scene.canvas.addEventListener("pointermove", (event) => {
      if (!event.buttons) this.tellOf(scene, event.offsetX, event.offsetY);
      if (!from || !event.buttons) return;
      if (fingers.size === 2 && fingers.has(event.pointerId)) {
        moved = true;
        this.pinch(fingers, event);
        return;
      }
      const [dx, dy] = [event.offsetX - from[0], event.offsetY - from[1]];
      if (!moved && Math.hypot(dx, dy) < 4) return;
      moved = true;
      from = [event.offsetX, event.offsetY];
      this.view.move(dx, dy);
      this.redraw();
    });
    scene.canvas.addEventListener("click", (event) => {
      from = null;
      if (moved) return;
      const voyage = scene.nearestVoyage(event.offsetX, event.offsetY);
      const number = scene.nearest(event.offsetX, event.offsetY);
      if (voyage !== null) this.tellVoyage(scene, voyage);
      else if (number !== null) this.choose(number);
    });
  }

  // Two fingers zoom by how far they part, around the point between them.
  pinch(fingers, event) {
    const apart = ([[a, b], [c, d]]) => Math.hypot(a - c, b - d) || 1;
    const before = apart([...fingers.values()]);
    fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
    const [[a, b], [c, d]] = [...fingers.values()];
    this.zoom(apart([[a, b], [c, d]]) / before, [(a + c) / 2, (b + d) / 2]);
  }

  // A card beside the pointer, about what is there.
  tellOf(scene, x, y) {
    const { card } = scene.canvas, lines = scene.about(x, y);
    card.hidden = !lines.length;
    if (!lines.length) return;
    card.replaceChildren(element("b", {}, lines[0]), ...lines.slice(1).flatMap((line) => [element("br", {}), line]));
    card.style.left = `${Math.max(0, Math.min(x + 14, this.view.size[0] - card.offsetWidth))}px`;
    card.style.top = `${Math.max(0, Math.min(y + 14, this.view.size[1] - card.offsetHeight))}px`;
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = event.shiftKey ? DAY_MINUTES : SHIFT_MINUTES;
    const acts = {
      " ": () => this.toggle(), ArrowLeft: () => this.go(this.minute - step), ArrowRight: () => this.go(this.minute + step),
      Home: () => this.go(0), End: () => this.go(this.length), "+": () => this.zoom(1.5), "-": () => this.zoom(1 / 1.5),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  resize() {
    const { clientWidth, clientHeight } = this.scenes[0].canvas;
    if (!clientWidth) return;
    if (this.view.middle) this.view.resize(clientWidth, clientHeight);
    else this.view.fit(clientWidth, clientHeight);
    this.redraw();
  }

  zoom(factor, at) {
    this.view.zoom(factor, at);
    this.redraw();
  }

  redraw() {
    this.scenes.forEach((scene) => scene.prepare());
    this.show();
  }

  go(minute) {
    this.minute = Math.min(Math.max(minute, 0), this.length);
    this.show();
  }

  toggle(playing = !this.playing) {
    this.playing = playing;
    const button = document.getElementById("play");
    button.textContent = playing ? "Pause" : "Play";
    button.setAttribute("aria-pressed", String(playing));
    if (playing) {
      if (this.minute >= this.length) this.minute = 0;
      this.before = null;
      requestAnimationFrame((now) => this.step(now));
    }
  }

  step(now) {
    if (!this.playing) return;
    const seconds = this.before === null ? 0 : Math.min((now - this.before) / 1000, 0.25);
    this.before = now;
    this.frames += 1;
    this.go(this.minute + seconds * Number(document.getElementById("speed").value));
    if (this.minute >= this.length) this.toggle(false);
    else requestAnimationFrame((next) => this.step(next));
  }

  show() {
    const minute = Math.round(this.minute);
    const text = `${moment(this.starts, minute)} UTC`;
    document.getElementById("now").textContent = text;
    this.scrub.value = String(minute);
    this.scrub.setAttribute("aria-valuetext", text);
    for (const scene of this.scenes) {
      const seen = scene.draw(this.minute, this.chosen);
      scene.tally.textContent = `moving ${seen.moving} · being worked ${seen.working} · waiting ${seen.waiting}`
        + ` · held back ${seen.held}`
        + (hasShips([scene.traffic]) ? ` · ships at sea ${seen.ships}, with cargo of ${seen.sailing} trains, in port ${seen.inPort}` : "");
    }
    this.stage.dataset.minute = String(minute);
  }

  // The flows and trains of all maps in two lists, for those who do not click.
  list() {
    const [, first] = this.runs[0];
    fill(document.getElementById("story-flow"), first.trains.flows.map(({ title }, i) => [String(i), title]));
    this.listTrains();
  }

  listTrains() {
    const flow = Number(document.getElementById("story-flow").value);
    const { traffic } = this.scenes[0];
    const numbers = traffic.number.filter((_, i) => traffic.flow[i] === flow);
    fill(document.getElementById("story-train"), [["", `choose one of ${numbers.length}`], ...numbers.map((one) => [String(one), `train ${one}`])]);
  }

  choose(number) {
    this.chosen = number;
    const { traffic } = this.scenes[0];
    const at = traffic.number.indexOf(number);
    if (at >= 0) {
      document.getElementById("story-flow").value = String(traffic.flow[at]);
      this.listTrains();
      document.getElementById("story-train").value = String(number);
    }
    document.getElementById("story").replaceChildren(...this.scenes.flatMap((scene, i) => this.story(scene.traffic, this.runs[i])));
    this.show();
  }

  tellVoyage({ traffic }, voyage) {
    const { vessel, west, full, berthed, loaded, sailed, arrived, place } = traffic.voyages;
    const [from, to] = traffic.places[place[voyage]].ends.slice()[west[voyage] ? "slice" : "reverse"]();
    const told = [["at berth", berthed], ["loaded", loaded], ["sails", sailed], ["arrives", arrived]]
      .map(([what, minutes]) => (minutes[voyage] === null ? `${what} after the end` : `${what} ${moment(this.starts, minutes[voyage])}`));
    const text = `${vessel[voyage]}: from ${from} to ${to}, ${fixed(100 * full[voyage], 0)} % full; ${told.join(", ")} (UTC).`;
    document.getElementById("story").replaceChildren(element("p", { class: "voyage" }, text));
  }

  story(traffic, [name, run]) {
    const at = traffic.number.indexOf(this.chosen);
    if (at < 0) return [element("p", {}, `${name}: train ${this.chosen} is not on its way in this month.`)];
    const heading = element("h3", {}, `Train ${this.chosen}, ${traffic.flows[traffic.flow[at]].title} — ${name}`);
    const time = (minute) => (minute === null ? "after the end" : moment(this.starts, minute));
    const body = traffic.rows(at).map((row) => {
      const [place, activity, cause, , beside] = traffic.kinds[traffic.kind[row]];
      const [queued, started, ended] = [traffic.queued[row], traffic.started[row], traffic.ended[row]];
      const waited = started === null ? "no end seen" : started > queued ? `${duration(started - queued)} for ${this.words.causes[cause]}` : "";
      const cells = [time(queued), waited, time(started), time(ended)];
      return element("tr", { "data-beside": String(beside) }, element("th", { scope: "row" }, run.places[place].title),
        element("td", {}, this.words.activities[activity] + (beside ? " (beside)" : "")), ...cells.map((text) => element("td", {}, text)));
    });
    const table = tableOf(["place", "activity", "queued, UTC", "waited", "started", "ended"], body);
    table.className = "story";
    table.dataset.run = name;
    return [heading, element("div", { class: "wide" }, table)];
  }
}
