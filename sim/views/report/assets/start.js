"use strict";
// Puts the page together: fills the choices, draws the charts, starts the player.

const FIRST_BOTTLENECKS = 12;
const DOT = "M5 5m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", SQUARE = "M2 2H8V8H2Z";

// The marks of what there is in some replays.
function legend(host, replays) {
  const flows = replays.flatMap(({ trains }) => trains.flows);
  const ships = hasShips(replays) ? [[SHIP, "M0 5L10 1V9Z", "ship at sea"], ["#ffffff", "M1 5L9 1.5V8.5Z", "ship in port", SHIP]] : [];
  const marks = [
    ...(flows.some(({ west }) => west) ? [[WEST, DOT, "train, westbound"]] : []),
    ...(flows.some(({ west }) => !west) ? [[EAST, DOT, "train, eastbound"]] : []), [WAIT, SQUARE, "train, waiting"],
    [WORK, SQUARE, "train, being worked"], [BAN, SQUARE, "number of trains held back before their journey"], ...ships,
  ];
  for (const [colour, path, text, edge] of marks) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of [["width", "11"], ["height", "11"], ["viewBox", "0 0 10 10"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
    mark.setAttribute("d", path);
    mark.setAttribute("fill", colour);
    if (edge) mark.setAttribute("stroke", edge);
    svg.append(mark);
    host.append(element("span", { class: "key" }, svg, text));
  }
}

class Page {
  constructor(data) {
    this.data = data;
    this.all = data.runs.map((run) => new Measures(run, data.keys));
    this.shown = new Set(data.runs.map((run) => run.name));
    this.years = data.keys.period.map((period) => [period, period === "all" ? "whole horizon" : period]);
    this.fillChoices();
    this.drawAll();
  }

  measures() {
    return this.all.filter((one) => this.shown.has(one.run.name));
  }

  // A section with nothing to show is left out, with its link; whether it is shown.
  shows(id, isShown) {
    for (const part of document.querySelectorAll(`#${id}, nav a[href="#${id}"]`)) part.hidden = !isShown;
    return isShown;
  }

  value(id) {
    return document.getElementById(id).value;
  }

  fillChoices() {
    const { data } = this;
    const choices = (id, options, chosen, act) => {
      fill(document.getElementById(id), options, chosen);
      document.getElementById(id).addEventListener("change", act);
    };
    const flows = Object.entries(data.flows);
    const corridors = Object.entries(data.corridors).map(([name, { title }]) => [name, title]);
    const aimed = Object.entries(data.corridors).find(([, { target }]) => Object.keys(target).length)?.[0];
    const all = [...corridors, ["all", "all trains"], ...flows];
    const compared = all.find(([flow]) => knownThroughput(data, this.all, flow).isCompared)?.[0];
    this.isCompared = compared !== undefined;
    choices("throughput-of", all, aimed ?? compared, () => this.throughput());
    const longest = flows.map(([name]) => name).sort((a, b) => data.routes[b].length - data.routes[a].length)[0];
    const usual = flows.find(([name]) => aimed && name.startsWith(aimed))?.[0] ?? longest;
    choices("days-flow", flows, usual, () => this.days());
    choices("days-year", this.years, data.year, () => this.days());
    choices("bottlenecks-year", this.years, data.year, () => this.bottlenecks());
    const places = data.keys.place.filter((place) => place !== "all").map((place) => [place, data.places[place]]);
    choices("bottlenecks-place", [["all", "all places"], ...places], "all", () => this.bottlenecks());
    document.getElementById("bottlenecks-every").addEventListener("change", () => this.bottlenecks());
    choices("months-kind", [["queue", "trains waiting"], ["utilisation", "capacity in use"]], "queue", () => this.months());
    choices("months-run", data.runs.map((run) => [run.name, run.name]), data.runs.at(-1).name, () => this.months());
    const years = [...new Set(Object.values(data.months).flatMap((heat) => heat.months.map((month) => month.slice(0, 4))))];
    choices("months-year", [...years.map((year) => [year, year]), ["all", "all"]], data.year, () => this.months());
    this.fillToggles();
  }

  fillToggles() {
    for (const swatch of document.querySelectorAll(".swatch[data-run]")) this.paint(swatch);
    const toggles = document.getElementById("toggles");
    if (!toggles) return;
    for (const { run } of this.all) {
      const box = element("input", { type: "checkbox", value: run.name });
      box.checked = true;
      box.addEventListener("change", () => {
        if (box.checked) this.shown.add(run.name);
        else if (this.shown.size > 1) this.shown.delete(run.name);
        else box.checked = true;
        this.drawAll();
      });
      toggles.append(element("label", {}, box, " ", run.name));
    }
  }

  paint(swatch) {
    swatch.style.background = this.data.runs.find((run) => run.name === swatch.dataset.run)?.colour ?? "none";
  }

  drawAll() {
    this.throughput();
    this.clearance();
    this.days();
    this.bottlenecks();
    this.months();
  }

  put(id, table) {
    document.getElementById(id).replaceChildren(table);
  }

  throughput() {
    if (!this.shows("throughput", this.isCompared)) return;
    throughputChart(this.data, this.measures(), this.value("throughput-of"));
    this.put("throughput-table", throughputTable(this.data, this.measures(), this.value("throughput-of")));
  }

  clearance() {
    const groups = this.data.cleared.filter((group) => this.data.runs.length < 2 || this.shown.has(group.run));
    if (!this.shows("clearance", groups.length > 0)) return;
    spreadChart("clearance-chart", "Clearance: from arrival to release", groups, "clearance", this.data.hours);
    spreadChart("dwell-chart", "Border dwell: from arrival to departure", groups, "dwell", this.data.hours);
    this.put("clearance-table", clearanceTable(groups));
  }

  days() {
    const [flow, year] = [this.value("days-flow"), this.value("days-year")];
    daysChart(this.data, this.measures(), flow, year);
    this.put("days-table", daysTable(this.data, this.measures(), flow, year));
  }

  bottlenecks() {
    const most = document.getElementById("bottlenecks-every").checked ? Infinity : FIRST_BOTTLENECKS;
    this.put("bottlenecks-table", bottleneckTable(this.data, this.measures(), this.value("bottlenecks-year"), this.value("bottlenecks-place"), most));
  }

  months() {
    if (!this.shows("months", Object.values(this.data.months).some(({ queue, utilisation }) => queue.length || utilisation.length))) return;
    const run = this.value("months-run");
    monthsChart(this.data.months[run], this.value("months-kind"), this.value("months-year"), run);
  }
}

const page = new Page(readBlock("charts"));
const moving = readBlock("replay"), replays = Object.values(moving.runs);
legend(document.getElementById("legend"), replays);
const player = page.shows("replay", replays.some(({ trains }) => trains.number.length)) ? new Player(moving, readBlock("outlines")) : null;
for (const swatch of document.querySelectorAll("#maps .swatch")) page.paint(swatch);
for (const input of document.querySelectorAll(".find")) input.addEventListener("input", () => findIn(input));
// A box that is wider than the screen says so; one in closed details has no width yet.
function markWide() {
  for (const box of document.querySelectorAll(".wide")) box.classList.toggle("scrolls", box.scrollWidth > box.clientWidth + 1);
}

window.addEventListener("resize", () => { page.drawAll(); markWide(); });
document.addEventListener("toggle", markWide, true);
document.addEventListener("change", markWide);
markWide();
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details.on-paper")) details.open = true;
});
document.documentElement.dataset.ready = "true";
