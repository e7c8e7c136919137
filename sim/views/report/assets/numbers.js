"use strict";
// Numbers and elements: how values read, as in sim/views/words.py, and the measures of the results by their keys.

// The language in which the page is shown, see languages.js.
let language = "en";
// A name on a drawing, in the language of the page.
const nameShown = (text) => (language === "en" ? text : inLanguage(text));

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

function significant(value) {
  return value ? 2 - Math.floor(Math.log10(Math.abs(value))) : 0;
}

function figure(value, decimals) {
  if (value === null || !Number.isFinite(value)) return "–";
  const [whole, rest] = fixed(value, Math.min(Math.max(0, decimals ?? significant(value)), 6)).split(".");
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const text = rest === undefined ? apart : `${apart}.${rest}`;
  return text.replace("-", /[1-9]/.test(text) ? "−" : "");
}

// A mean and the bounds of its interval in as many digits as it allows, as `measured_texts` in words.py.
function measured(mean, low, high) {
  const half = low === null || high === null ? NaN : (high - low) / 2;
  if (!Number.isFinite(half) || half < 1e-9) return [mean, low, high].map((value) => figure(value));
  const ofError = significant(half) - 1;
  const decimals = Math.min(ofError, Math.abs(mean) > half ? Math.max(significant(mean), 0) : ofError, 6);
  return [mean, low, high].map((value) => figure(decimals < 0 ? Number(fixed(value * 10 ** decimals, 0)) / 10 ** decimals : value, decimals));
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

function numberOf(run, row, column, text) {
  return element("data", {
    value: String(row[column]), "data-of": "kpis", "data-scenario": run.name, "data-kpi": row.kpi,
    "data-place": row.place, "data-flow": row.flow, "data-period": row.period,
    "data-column": { mean: "mean", low: "ci_low", high: "ci_high" }[column],
  }, text);
}

function cellOf(run, row) {
  const cell = element("td", { class: "number" });
  if (!row) {
    cell.append("–");
    return cell;
  }
  const [mean, low, high] = row.unit === "share" ? measured(...percents(row)) : measured(row.mean, row.low, row.high);
  cell.append(numberOf(run, row, "mean", mean));
  if (row.low !== null) cell.append(element("span", { class: "range" }, " [", numberOf(run, row, "low", low), ", ", numberOf(run, row, "high", high), "]"));
  if (row.unit === "share") cell.append("\u00a0%");
  return cell;
}

// A share of one with its bounds in per cent.
function percents(row) {
  return [row.mean, row.low, row.high].map((value) => (value === null ? null : 100 * value));
}

// A year as it is shown: with its months where a result holds it in part only.
function yearTitle(measures, year) {
  return measures.map(({ run }) => run.years[year]).find((title) => title && title !== year) ?? year;
}

function spoken(row) {
  if (!row) return "–";
  const [mean, low, high] = measured(row.mean, row.low, row.high);
  return `${mean}${row.low === null ? "" : ` [${low}, ${high}]`}\u00a0${row.unit}, ${row.n} replications`;
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
