"use strict";
// Numbers and elements: how values read, as in sim/views/words.py, and the measures of the results by their keys.

function readBlock(name) {
  return JSON.parse(document.getElementById(`data-${name}`).textContent, (key, value) => listOf(value));
}

// A list of numbers from how the page keeps it, see `packed` in page.py; any other value as it is.
function listOf(value) {
  if (value?.["=runs"]) return value["=runs"].flatMap((number, i, runs) => (i % 2 ? [] : Array(runs[i + 1]).fill(number)));
  if (!value?.["=steps"]) return value;
  let last = 0;
  return value["=steps"].map((step) => (step === null ? null : (last += step)));
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// The digits of a number as Python's format gives them: exact halves go to the even neighbour.
function fixed(value, digits) {
  const scaled = Math.abs(value) * 10 ** digits;
  const isHalf = Number.isInteger(value * 2 ** (digits + 1)) && scaled % 1 === 0.5;
  if (isHalf && Math.floor(scaled) % 2 === 0) {
    return (Math.sign(value) * Math.floor(scaled) / 10 ** digits).toFixed(digits);
  }
  return value.toFixed(digits);
}

function figure(value) {
  if (value === null || !Number.isFinite(value)) return "–";
  const digits = value ? Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))) : 0;
  const [whole, rest] = fixed(value, Math.min(digits, 6)).split(".");
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return (rest === undefined ? apart : `${apart}.${rest}`).replace("-", "−");
}

function duration(minutes) {
  const hours = minutes / 60;
  if (Math.abs(hours) < 0.995) return `${fixed(minutes, 0)} min`;
  return Math.abs(hours) < 72 ? `${fixed(hours, 1)} h` : `${fixed(hours / 24, 1)} d`;
}

// The measures of one result: `row(kpi, place, flow, period)` has mean, low, high and n, or is undefined.
class Measures {
  constructor(run, keys) {
    this.run = run;
    this.rows = [];
    this.byKey = new Map();
    const columns = run.kpis;
    for (let i = 0; i < columns.mean.length; i += 1) {
      const row = { mean: columns.mean[i], low: columns.low[i], high: columns.high[i], n: columns.n[i] };
      for (const key of ["kpi", "place", "flow", "period", "unit"]) row[key] = keys[key][columns[key][i]];
      this.rows.push(row);
      this.byKey.set([row.kpi, row.place, row.flow, row.period].join("|"), row);
    }
  }

  row(kpi, place, flow, period) {
    return this.byKey.get([kpi, place, flow, period].join("|"));
  }
}

function numberOf(run, row, column) {
  return element("data", {
    value: String(row[column]), "data-of": "kpis", "data-scenario": run.name, "data-kpi": row.kpi,
    "data-place": row.place, "data-flow": row.flow, "data-period": row.period,
    "data-column": { mean: "mean", low: "ci_low", high: "ci_high" }[column],
  }, figure(row[column]));
}

function cellOf(run, row) {
  const cell = element("td", { class: "number" });
  if (!row) {
    cell.append("–");
    return cell;
  }
  cell.append(numberOf(run, row, "mean"));
  if (row.low === null) return cell;
  cell.append(element("span", { class: "range" }, " [", numberOf(run, row, "low"), ", ", numberOf(run, row, "high"), "]"));
  return cell;
}

// A year as it is shown: with its months where a result holds it in part only.
function yearTitle(measures, year) {
  return measures.map(({ run }) => run.years[year]).find((title) => title && title !== year) ?? year;
}

function spoken(row) {
  if (!row) return "–";
  const range = row.low === null ? "" : ` [${figure(row.low)}, ${figure(row.high)}]`;
  return `${figure(row.mean)} ${row.unit}${range}, ${row.n} replications`;
}

function tableOf(heads, rows) {
  const head = element("tr");
  heads.forEach((text, i) => head.append(element("th", { scope: "col", class: i ? "number" : "" }, text)));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}

function fill(select, options, chosen) {
  select.replaceChildren(...options.map(([value, text]) => element("option", { value }, text)));
  if (chosen !== undefined && options.some(([value]) => value === chosen)) select.value = chosen;
}
