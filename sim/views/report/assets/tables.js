"use strict";
// The tables that follow a choice of year, flow or place. Every number in them carries the key of its measure.

const BORDER_PARTS = [
  "receiving", "handover", "abandonment", "customs", "placing", "shunting", "gauge_change", "forming", "departure", "standing",
];
const SHORTEST_H = 0.05;

// The parts of a journey in the order of the route: at a border by activity, elsewhere the passage and its wait.
function daysParts(data, measures, flow, year) {
  return data.routes[flow].flatMap((place) => {
    const title = data.places[place];
    const parts = data.kinds[place] === "border"
      ? BORDER_PARTS.map((part) => ({ label: `${title}: ${data.activities[part] ?? part}`, kpi: `border_dwell_${part}_h`, place }))
      : [{ label: title, kpi: "passage_h", wait: "wait_h", place }];
    return parts.filter(({ kpi }) => measures.some((one) => (one.row(kpi, place, flow, year)?.mean ?? 0) >= SHORTEST_H));
  });
}

function daysTable(data, measures, flow, year) {
  const line = (label, kpi, place) => {
    const rows = measures.map((one) => [one, one.row(kpi, place, flow, year)]);
    const unit = rows.find(([, row]) => row)?.[1].unit ?? "";
    return element("tr", {}, element("th", { scope: "row" }, label), element("td", { class: "number" }, unit),
      ...rows.map(([one, row]) => cellOf(one.run, row)));
  };
  const body = daysParts(data, measures, flow, year).flatMap((part) => [
    line(part.label, part.kpi, part.place),
    ...(part.wait ? [line(`${part.label}, of it waiting`, part.wait, part.place)] : []),
  ]);
  body.push(line("whole journey", "transit_days", "all"));
  return tableOf(["part", "unit", ...measures.map((one) => one.run.name)], body);
}

function throughputTable(data, measures, flow) {
  const corridor = data.corridors[flow] ?? { target: {}, published: {} };
  const years = new Set(measures.flatMap(({ rows }) =>
    rows.filter((row) => row.kpi === "throughput_mt" && row.flow === flow && row.period !== "all").map((row) => row.period)));
  const stated = (mt) => element("td", { class: "number" }, mt === undefined ? "" : figure(mt));
  const body = [...years].sort().map((year) => element("tr", {},
    element("th", { scope: "row" }, yearTitle(measures, year)),
    ...measures.map((one) => cellOf(one.run, one.row("throughput_mt", "all", flow, year))),
    stated(corridor.published[year]), stated(corridor.target[year])));
  return tableOf(["year", ...measures.map((one) => `${one.run.name}, Mt`), "published, Mt", "target, Mt"], body);
}

function clearanceTable(groups) {
  const body = groups.map((group) => element("tr", {}, element("th", { scope: "row" }, group.label),
    ...[String(group.trains), ...group.medians].map((text) => element("td", { class: "number" }, text))));
  return tableOf(["half of the trains", "trains", "released within", "gone from the border within"], body);
}

// One row a resource at a place: those that trains wait for, and those that only have a use.
function bottlenecks(data, measures, year, place) {
  const found = new Map();
  for (const one of measures) {
    for (const row of one.rows) {
      if (row.period !== year || row.flow !== "all" || (place !== "all" && row.place !== place)) continue;
      const cause = row.kpi.startsWith("queue_trains_") && row.kpi.slice("queue_trains_".length);
      const use = row.kpi.startsWith("utilisation_") && row.kpi.slice("utilisation_".length);
      if (cause && data.causes[cause]) {
        const key = `${row.place}|${data.resources[cause] ?? cause}`;
        const entry = found.get(key) ?? { place: row.place, queue: 0 };
        found.set(key, { ...entry, cause, use: data.resources[cause], queue: Math.max(entry.queue, row.mean) });
      } else if (use && !found.has(`${row.place}|${use}`)) {
        found.set(`${row.place}|${use}`, { place: row.place, use, queue: 0 });
      }
    }
  }
  const used = (entry) => Math.max(0, ...measures.map((one) => one.row(`utilisation_${entry.use}`, entry.place, "all", year)?.mean ?? 0));
  return [...found.values()].filter((entry) => entry.queue >= 0.005 || used(entry) >= 0.005)
    .sort((a, b) => b.queue - a.queue || used(b) - used(a));
}

function bottleneckTable(data, measures, year, place, most) {
  const body = bottlenecks(data, measures, year, place).slice(0, most).flatMap((entry) => measures.map((one, i) => {
    const line = element("tr", { class: i ? "again" : "" });
    if (!i) {
      const title = entry.place === "all" ? "before the journey" : data.places[entry.place] ?? entry.place;
      line.append(element("th", { scope: "row", rowspan: measures.length, class: "place" }, title),
        element("td", { rowspan: measures.length, class: "place" }, entry.cause ? data.causes[entry.cause] : data.capacities[entry.use]));
    }
    if (measures.length > 1) line.append(element("td", {}, one.run.name));
    const of = (stem) => entry.cause && one.row(`${stem}_${entry.cause}`, entry.place, "all", year);
    const ports = data.ports[one.run.name]?.[year]?.[entry.place]?.[entry.use] ?? [];
    const use = useCell(one, entry, year);
    if (ports.length) use.append(element("div", { class: "small" }, `offered: ${ports.map(([title, load]) => `${title} ${figure(load)}`).join("; ")}`));
    line.append(cellOf(one.run, of("queue_trains")), cellOf(one.run, of("wait_h")), use);
    return line;
  }));
  const several = measures.length > 1 ? ["scenario"] : [];
  const table = tableOf(["place", "resource", ...several, "trains waiting", "wait, mean of all trains there, h", "in use"], body);
  table.querySelectorAll("thead th").forEach((head, i) => { if (i < 2 + several.length) head.removeAttribute("class"); });
  return table;
}

function useCell(one, entry, year) {
  const row = entry.use && one.row(`utilisation_${entry.use}`, entry.place, "all", year);
  const cell = cellOf(one.run, row);
  if (row) {
    const level = element("i");
    level.style.width = `${Math.min(100, 100 * row.mean)}%`;
    level.style.background = one.run.colour;
    cell.prepend(element("span", { class: "bar", "aria-hidden": "true" }, level));
  }
  return cell;
}

function findIn(input) {
  const table = document.getElementById(input.dataset.table);
  const wanted = input.value.trim().toLowerCase();
  for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
}
