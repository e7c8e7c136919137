"use strict";
// The charts. Each takes the element it is drawn in and what to show, and gives the options of an Apache ECharts chart.

const TEXT = { color: "#222222", fontFamily: "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" };
const DASHES = ["solid", [10, 4], [3, 3], [10, 3, 3, 3]];
const SYMBOLS = ["circle", "rect", "triangle", "roundRect"];
const HEAT = ["#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"];
const drawn = new Map();

function draw(id, options, height) {
  const host = document.getElementById(id);
  if (height) host.style.height = `${height}px`;
  if (!drawn.has(id)) drawn.set(id, echarts.init(host, null, { renderer: "svg" }));
  const chart = drawn.get(id);
  chart.resize();
  const shown = language === "en" ? options : spokenOptions(options);
  chart.setOption({ animation: false, textStyle: TEXT, aria: { enabled: true }, ...shown }, true);
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", shown.alt);
}

const inSpeech = (text) => (language === "en" ? text : inLanguage(text));

// A text in lines that are no wider than so many pixels: the library takes each letter but ASCII for as wide as a Chinese one.
const pen = document.createElement("canvas").getContext("2d");
function brokenLines(text, width, size, weight = "normal") {
  pen.font = `${weight} ${size}px ${TEXT.fontFamily}`;
  const fits = (line) => pen.measureText(line.trimEnd()).width <= width;
  const lines = [""];
  for (const piece of text.match(/\p{Script=Han}[^\p{Script=Han}\p{L}\p{N}\s]*|[^\s\p{Script=Han}]+\s*|\s+/gu) ?? []) {
    if (fits(lines.at(-1) + piece)) lines[lines.length - 1] += piece;
    else for (const part of fits(piece) ? [piece] : piece) {  // a word that is wider is broken within
      if (lines.at(-1) && (part === piece || !fits(lines.at(-1) + part))) lines.push("");
      lines[lines.length - 1] += part;
    }
  }
  return lines.map((line) => line.trimEnd());
}

// Room for labels at the left that break into lines, and the height of a row that the longest of them needs.
function labelRoom(id, labels) {
  const isNarrow = narrow(id), width = isNarrow ? 112 : 258, size = isNarrow ? 10.5 : 12;
  const broken = (label) => brokenLines(label, width, size);
  const lines = Math.max(1, ...labels.map((label) => broken(inSpeech(label)).length));
  const axisLabel = { fontSize: size, lineHeight: size + 2, formatter: (label) => broken(label).join("\n") };
  return { left: width + 12, row: lines * (size + 2) + 6, axisLabel };
}

function narrow(id) {
  return document.getElementById(id).clientWidth < 520;
}

function axisName(name) {
  return { name, nameLocation: "middle", nameTextStyle: { color: "#222222", fontSize: 13 } };
}

// What is known of the throughput of some flows: the corridor, its target within the years of the model, and the years.
function knownThroughput(data, measures, flow) {
  const corridor = data.corridors[flow] ?? { title: data.flows[flow] ?? "all trains", target: {}, published: {} };
  const modelled = measures.flatMap(({ rows }) => rows.filter((row) => row.kpi === "throughput_mt" && row.flow === flow && row.period !== "all")
    .map((row) => Number(row.period)));
  // A target beyond the years of the model is neither met nor missed.
  const target = Object.fromEntries(Object.entries(corridor.target).filter(([year]) => Number(year) <= Math.max(...modelled)));
  const known = [...modelled, ...Object.keys(corridor.published).map(Number), ...Object.keys(target).map(Number)];
  const years = Array.from({ length: Math.max(...known) - Math.min(...known) + 1 }, (_, i) => String(Math.min(...known) + i));
  const { published } = corridor;
  return { corridor, target, years, isCompared: years.length > 1 || Object.keys({ ...published, ...target }).length > 0 };
}

function throughputChart(data, measures, flow) {
  const { corridor, target, years } = knownThroughput(data, measures, flow);
  const series = measures.flatMap((one, i) => throughputSeries(one, i, years, flow));
  const marks = (table, name, symbol, size, itemStyle) => ({
    type: "scatter", name, symbol, symbolSize: size, itemStyle, z: 5,
    data: Object.entries(table).map(([year, mt]) => [year, mt]),
    label: name === "target" ? { show: true, position: "left", formatter: ({ value }) => `${value[1]} Mt, ${value[0]}` } : undefined,
  });
  if (Object.keys(corridor.published).length) series.push(marks(corridor.published, "published", "diamond", 13, { color: "transparent", borderColor: "#000000", borderWidth: 1.5 }));
  const star = "path://M50 0 L61 35 L98 35 L68 57 L79 91 L50 70 L21 91 L32 57 L2 35 L39 35 Z";
  if (Object.keys(target).length) series.push(marks(target, "target", star, 17, { color: "#000000" }));
  const last = years.filter((year) => measures.some((one) => one.row("throughput_mt", "all", flow, year))).at(-1);
  const said = measures.map((one) => `${one.run.name}: ${spoken(one.row("throughput_mt", "all", flow, last))}`);
  draw("throughput-chart", {
    alt: `Chart: throughput of ${corridor.title} by year. In ${yearTitle(measures, last)} ${said.join("; ")}.`,
    grid: { left: 54, right: 24, top: narrow("throughput-chart") ? 66 : 48, bottom: 44 },
    legend: { top: 0, left: 0, data: [...measures.map((one) => one.run.name), "published", "target"], textStyle: TEXT },
    tooltip: { trigger: "item", renderMode: "richText" },
    xAxis: { type: "category", data: years, ...axisName("calendar year"), nameGap: 28 },
    yAxis: { type: "value", min: 0, ...axisName("Mt a year"), nameGap: 36 },
    series,
  });
}

function throughputSeries(one, i, years, flow) {
  const found = years.map((year) => one.row("throughput_mt", "all", flow, year));
  const isWhole = (year) => one.run.full.includes(year);
  const style = { color: one.run.colour };
  const points = found.map((row, at) => ({
    value: [years[at], row ? row.mean : null],
    itemStyle: isWhole(years[at]) ? style : { color: "#ffffff", borderColor: one.run.colour, borderWidth: 2 },
  }));
  const told = (at) => `${one.run.name}\n${years[at]}: ${spoken(found[at])}`.replace(years[at], one.run.years[years[at]] ?? years[at]);
  return [
    {
      type: "line", name: one.run.name, data: points, symbol: SYMBOLS[i % SYMBOLS.length], symbolSize: 9, itemStyle: style,
      lineStyle: { ...style, width: 2.5, type: DASHES[i % DASHES.length] }, z: 4,
      tooltip: { formatter: ({ dataIndex }) => told(dataIndex) },
    },
    {
      type: "custom", name: one.run.name, itemStyle: style, z: 3, silent: true, clip: true,
      data: found.map((row, at) => row && [years[at], row.low, row.high]).filter(Boolean),
      renderItem: (_, api) => whisker(api, one.run.colour), encode: { x: 0, y: [1, 2] }, tooltip: { show: false },
    },
  ];
}

function whisker(api, stroke) {
  const low = api.coord([api.value(0), api.value(1)]);
  const high = api.coord([api.value(0), api.value(2)]);
  const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: 1.5 } });
  return { type: "group", children: [
    line(low[0], low[1], high[0], high[1]), line(low[0] - 5, low[1], low[0] + 5, low[1]),
    line(high[0] - 5, high[1], high[0] + 5, high[1]),
  ] };
}

function spreadChart(id, title, groups, column, hours) {
  const all = groups.flatMap((group) => group[column].map(([x]) => x));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const marks = hours.filter(([hour]) => hour >= low / 4 && hour <= high * 4);
  const known = new Map(marks.map(([hour, text]) => [hour.toFixed(4), text]));
  const at = column === "clearance" ? 0 : 1;
  const room = document.getElementById(id).clientWidth, broken = (name) => brokenLines(name, room - 45, 12);
  const head = brokenLines(inSpeech(title), room - 10, 14, "bold"), top = 10 + 16 * head.length;
  const legendEnd = top + groups.reduce((sum, group) => sum + 10 + 14 * broken(inSpeech(group.label)).length, 0);
  draw(id, {
    alt: `Chart: ${title}. ${groups.map((group) => `${group.label}: half of ${group.trains} trains within ${group.medians[at]}`).join("; ")}.`,
    title: { text: head.join("\n"), textStyle: { ...TEXT, fontSize: 14, lineHeight: 16 }, left: 0, top: 0 },
    grid: { left: 50, right: 26, top: legendEnd + 14, bottom: 46 },
    legend: { top, left: 0, orient: "vertical", textStyle: { ...TEXT, fontSize: 12, lineHeight: 14 }, itemWidth: 30, formatter: (name) => broken(name).join("\n") },
    tooltip: { trigger: "axis", renderMode: "richText", formatter: (items) => items.map(({ seriesName, value }) =>
      `${seriesName}: ${figure(value[1])} % within ${duration(value[0] * 60)}`).join("\n") },
    xAxis: { type: "log", min: marks[0]?.[0] ?? "dataMin", max: marks.at(-1)?.[0] ?? "dataMax", ...axisName("time (logarithmic)"), nameGap: 28,
      axisTick: { customValues: marks.map(([hour]) => hour) }, minorTick: { show: false },
      axisLabel: { customValues: marks.map(([hour]) => hour), hideOverlap: true, formatter: (hour) => known.get(hour.toFixed(4)) ?? duration(hour * 60) } },
    yAxis: { type: "value", min: 0, max: 100, ...axisName("share of trains, %"), nameGap: 34 },
    series: groups.map((group, i) => ({
      type: "line", step: "end", name: group.label, data: group[column], symbol: "none", itemStyle: { color: group.colour },
      lineStyle: { color: group.colour, width: 2.5, type: DASHES[i % DASHES.length] },
    })),
  }, 246 + legendEnd);
}

function daysChart(data, measures, flow, year) {
  const labels = daysParts(data, measures, flow, year);
  const names = [...labels.map((part) => part.label), "whole journey"];
  const isNarrow = narrow("days-chart"), room = labelRoom("days-chart", names);
  const height = Math.max(260, 90 + names.length * Math.max(room.row, 16 + 17 * measures.length));
  const series = measures.flatMap((one) => daysSeries(one, labels, flow, year));
  const whole = measures.map((one) => `${one.run.name}: ${spoken(one.row("transit_days", "all", flow, year))}`);
  draw("days-chart", {
    alt: `Chart: days of a train of ${data.flows[flow]} by part of its journey, ${year}. Whole journey: ${whole.join("; ")}.`,
    grid: { left: room.left, right: 30, top: isNarrow ? 34 + 24 * measures.length : 40, bottom: 44 },
    legend: { top: 0, left: 0, data: measures.flatMap((one) => [one.run.name, `${one.run.name}, waiting`]), textStyle: TEXT },
    tooltip: { trigger: "item", renderMode: "richText" },
    xAxis: { type: "value", min: 0, ...axisName("days since entry"), nameGap: 28 },
    yAxis: { type: "category", inverse: true, data: names, axisTick: { show: false }, axisLabel: room.axisLabel },
    series,
  }, height);
}

function daysSeries(one, labels, flow, year) {
  let hours = 0;
  const [offset, waits, works] = [[], [], []];
  for (const part of labels) {
    const row = one.row(part.kpi, part.place, flow, year);
    const wait = part.wait && one.row(part.wait, part.place, flow, year);
    const length = row ? row.mean : 0;
    const waited = wait ? Math.min(wait.mean, length) : 0;
    const text = `${one.run.name}\n${part.label}: ${spoken(row)}${wait ? `\nof it waiting: ${spoken(wait)}` : ""}`;
    offset.push(hours / 24);
    waits.push({ value: waited / 24, text });
    works.push({ value: (length - waited) / 24, text });
    hours += length;
  }
  const whole = one.row("transit_days", "all", flow, year);
  offset.push(0);
  waits.push(0);
  works.push({ value: whole?.mean ?? 0, text: `${one.run.name}\nwhole journey: ${spoken(whole)}` });
  const bar = { type: "bar", stack: one.run.name, name: one.run.name, barMaxWidth: 15, barGap: "20%",
    tooltip: { formatter: ({ data }) => data?.text ?? "" } };
  const solid = { color: one.run.colour };
  return [
    { ...bar, name: `${one.run.name}, before`, data: offset, itemStyle: { color: "transparent" }, silent: true, tooltip: { show: false } },
    { ...bar, name: `${one.run.name}, waiting`, data: waits, itemStyle: { ...solid, opacity: 0.4, borderColor: one.run.colour, borderWidth: 1 } },
    { ...bar, data: works, itemStyle: solid },
  ];
}

function monthsChart(heat, kind, year, name) {
  const chosen = heat.months.flatMap((month, at) => (year === "all" || month.startsWith(year) ? [at] : []));
  const rows = heat[kind].slice(0, 24);
  const shade = kind === "queue" ? Math.sqrt : Number;
  const cells = rows.flatMap((row, y) => chosen.map((at, x) => [x, y, shade(row.values[at] ?? 0), row.values[at]]));
  const most = kind === "queue" ? Math.max(1, ...cells.map((cell) => cell[3] ?? 0)) : 1;
  const isNarrow = narrow("months-chart"), room = labelRoom("months-chart", rows.map((row) => row.label));
  const what = kind === "queue" ? "trains waiting" : "share of the capacity in use";
  const busiest = rows[0] ? `Most at ${rows[0].label}.` : "None.";
  draw("months-chart", {
    alt: `Heat map: ${what} by month in ${name}. ${busiest}`,
    grid: { left: room.left, right: 12, top: 50, bottom: 44 },
    tooltip: { renderMode: "richText", formatter: ({ value }) =>
      `${rows[value[1]].label}\n${heat.months[chosen[value[0]]]}: ${value[3] === null ? "none" : figure(value[3])}, ${what}` },
    visualMap: { min: 0, max: shade(most), dimension: 2, orient: "horizontal", left: 0, top: 4, itemHeight: 120, itemWidth: 14,
      inRange: { color: HEAT }, text: [kind === "queue" ? `${figure(most)} trains (shade: square root)` : "all", "0"], textStyle: TEXT },
    xAxis: { type: "category", data: chosen.map((at) => heat.months[at]), axisLabel: { fontSize: isNarrow ? 10 : 12, hideOverlap: true } },
    yAxis: { type: "category", inverse: true, data: rows.map((row) => row.label), axisTick: { show: false }, axisLabel: room.axisLabel },
    series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: "#ffffff", borderWidth: 1 } }],
  }, 110 + Math.max(rows.length, 3) * Math.max(room.row, 24));
}
