"use strict";
// The page: controls made from a scenario, one run at a time, its answer while it comes in, and the runs kept.
const at = (id) => document.getElementById(id);
const make = (tag, attributes = {}, ...inside) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...inside);
  return node;
};
const state = { scenario: null, moves: new Map(), changes: [], shown: null, stream: null, taken: new Set(), bases: new Map(), groups: [] };

async function asked(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(inLanguage(path), options).catch(() => null);
  if (!response) throw Object.assign(new Error("no answer"), { problems: [{ key: "", line: null, control: null,
    message: message("The server does not answer: start `corridor app` again.") }] });
  const text = await response.text();
  let told;
  try { told = JSON.parse(text); } catch { told = { problems: [{ key: "", line: null, message: text, control: null }] }; }
  if (!response.ok) throw Object.assign(new Error("refused"), { problems: told.problems, status: response.status });
  return told;
}

// ------------------------------------------------------------------------------------------------ problems
function clearProblems() {
  at("problems").hidden = true;
  at("problems").replaceChildren();
  for (const id of ["any-problem", "problems-lost"]) said.delete(id);
  for (const node of document.querySelectorAll(".problem")) node.textContent = "";
  for (const node of document.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
}
// What is typed anew is no longer what was refused.
function mended(input, line) {
  if (line.textContent && said.get("state") === state.refusal) say("state", () => "");
  said.delete(line.id);
  line.textContent = "";
  input.removeAttribute("aria-invalid");
}
function fieldOf(control) {
  if (control === "name" || control === "replications") return [at(control), at(`${control}-problem`)];
  const box = boxOf(control);
  return box ? [box.querySelector("input, select"), box.querySelector(".problem")] : null;
}
function showProblems(problems, head) {
  const others = [];
  let first = null;
  for (const problem of problems) {
    const typed = state.changes.some((change) => problem.key && change.split("=")[0].trim().startsWith(problem.key));
    const place = typed ? [at("key"), at("any-problem")] : problem.control && fieldOf(problem.control);
    if (!place) { others.push(problem); continue; }
    const [input, line] = place;
    line.textContent = `${line.textContent} ${problem.key ? `${problem.key}: ` : ""}${problem.message}`.trim();
    input.setAttribute("aria-invalid", "true");
    for (let outer = input.parentElement; outer; outer = outer.parentElement) if (outer.tagName === "DETAILS") outer.open = true;
    first = first || input;
  }
  if (others.length) {
    const line = (one) => make("li", {}, `${one.line ? message("line {number}: ", { number: one.line }) : ""}${one.key ? `${one.key}: ` : ""}${one.message}`);
    at("problems").replaceChildren(make("p", {}, head()), make("ul", {}, ...others.map(line)));
    at("problems").hidden = false;
    at("problems").scrollIntoView({ block: "nearest" });
  } else if (first) first.focus();
  state.refusal = () => [head(), ...problems.slice(0, 1).map((one) => one.message)].join(" ");
  say("state", state.refusal);
}

// ------------------------------------------------------------------------------------------------ controls
const short = (number) => String(Number(Number(number).toPrecision(6)));
const shown = (number) => inMarks(short(number));
function moved(control, value, box) {
  const stated = value === control.value || (typeof value === "number" && Math.abs(value - control.value) < 1e-9);
  if (stated) state.moves.delete(control.name); else state.moves.set(control.name, value);
  box.classList.toggle("moved", !stated);
  mended(box.querySelector("input, select"), box.querySelector(".problem"));
  sayMoved();
}
// What is moved is kept in this tab, by scenario: a page that is loaded again has it back. It is data: read into fields, and nowhere else.
function keepMoves() {
  const titles = [...state.moves.keys()].map((name) => boxOf(name)?.querySelector("legend").textContent ?? name);
  try {
    sessionStorage.setItem("scenario", state.scenario.name);
    sessionStorage.setItem(`moves of ${state.scenario.name}`, JSON.stringify({ moves: [...state.moves], titles, changes: state.changes }));
  } catch { /* a browser that keeps nothing */ }
}
function movesKept(name) {
  try { return JSON.parse(sessionStorage.getItem(`moves of ${name}`)) ?? {}; } catch { return {}; }
}
const boxOf = (name) => [...document.querySelectorAll("fieldset")].find((one) => one.dataset.name === name);
const FITS = { range: Number.isFinite, more: Number.isInteger, switch: (value) => typeof value === "boolean", date: isDay,
  closure: (value) => Array.isArray(value) && value.length === 2 && value.every((day) => day === "" || isDay(day)) };
function isDay(value) {
  return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value);
}
// The moves are made again; what the scenario does not have any more is named.
function moveAgain({ moves, titles, changes }) {
  const lost = [];
  for (const [place, [name, value]] of (Array.isArray(moves) ? moves : []).entries()) {
    const control = state.scenario.controls.find((one) => one.name === name);
    const fits = control && (control.kind === "choice" ? control.choices.includes(value) : FITS[control.kind](value));
    if (fits) boxOf(name).moveTo(value); else lost.push(titles?.[place] ?? name);
  }
  state.changes = Array.isArray(changes) ? changes.filter((change) => typeof change === "string") : [];
  const number = state.moves.size + state.changes.length;
  if (number) say("state", () => counted(number, "{count} change from before stands again.", "{count} changes from before stand again."));
  if (lost.length) say("problems-lost", () => message("No longer in {scenario}, and not moved: {titles}", { scenario: state.scenario.name, titles: lost.join("; ") }));
}
function sayMoved() {
  keepMoves();
  const number = state.moves.size + state.changes.length;
  say("moved", () => number === 0 ? message("Nothing is moved: the run would be the base itself.")
    : [counted(number, "{count} change to {scenario}.", "{count} changes to {scenario}.", { scenario: state.scenario.name }), ...movedTwice()].join(" "));
}
// Keys that more than one move is about, and which of them holds: in the order of `overrides_of`.
function movedTwice() {
  const keys = state.scenario.controls.filter(({ name }) => state.moves.has(name) && /^(unknown|key|more):/.test(name)).flatMap((control) => control.keys);
  keys.push(...state.changes.map((change) => change.split("=")[0].trim()));
  const twice = [...new Set(keys.filter((key, place) => keys.slice(0, place).some((other) => `${key}.`.startsWith(`${other}.`) || other.startsWith(`${key}.`))))];
  return twice.length ? [message("Moved more than once: {keys}. More or fewer is added to what a slider says; what is typed comes last, with a sign added, without one instead.",
    { keys: twice.join("; ") })] : [];
}
function rangeParts(control, id, tell) {
  const slider = make("input", { type: "range", id, min: control.low, max: control.high, step: control.step, value: control.value,
    "aria-describedby": `${id}-unit` });
  const number = make("input", { type: "number", step: "any", value: control.value, "aria-label": message("{title}, as a number", control) });
  slider.addEventListener("input", () => { number.value = short(slider.value); tell(Number(slider.value)); });
  number.addEventListener("input", () => { if (number.value !== "") { slider.value = number.value; tell(Number(number.value)); } });
  const span = { low: shown(control.low), high: shown(control.high), unit: control.unit, value: shown(control.value) };
  const ends = control.unit ? message("{low} to {high} {unit}, stated {value}", span) : message("{low} to {high}, stated {value}", span);
  const put = (value) => { slider.value = value; number.value = short(value); };
  return [[make("label", { for: id }, message("value")), slider, number, make("span", { class: "small ends", id: `${id}-unit` }, ends)], put];
}
function moreParts(control, id, tell) {
  const input = make("input", { type: "number", id, step: 1, value: 0, "aria-describedby": `${id}-unit` });
  input.addEventListener("input", () => { if (input.value !== "") tell(Number(input.value)); });
  const ends = control.name.startsWith("later:") ? message("stated {stated}; below zero: sooner", control) : message("stated {stated}; below zero: fewer", control);
  const parts = [input, make("label", { for: id }, control.unit), make("span", { class: "small ends", id: `${id}-unit` }, ends)];
  return [parts, (value) => { input.value = value; }];
}
// A day: the field has the form of the browser's own language, so what it says stands beside it in the form of the page.
function dayField(attributes) {
  const about = [`${attributes.id}-day`, attributes["aria-describedby"]].filter(Boolean).join(" ");
  const input = make("input", { type: "date", ...attributes, "aria-describedby": about });
  const words = make("span", { class: "small day", id: `${attributes.id}-day` });
  input.sayDay = () => {
    const [year, month, day] = input.value.split("-");
    words.textContent = day ? message("{year}-{month}-{day}", { year, month, day }) : "";
  };
  for (const kind of ["input", "change"]) input.addEventListener(kind, input.sayDay);
  input.sayDay();
  return [input, words];
}
function putDay(input, value) {
  input.value = value;
  input.sayDay();
}
function closureParts(control, id, tell) {
  const [least, most] = state.scenario.horizon;
  const day = (end, word) => dayField({ id: `${id}-${end}`, min: least, max: most, "aria-describedby": `${id}-unit`,
    "aria-label": `${control.title}, ${word}` });
  const [start, end] = [day("start", message("closed from")), day("end", message("open again from"))];
  for (const [input] of [start, end]) {
    input.addEventListener("change", () => tell(start[0].value || end[0].value ? [start[0].value, end[0].value] : ""));
  }
  const together = (word, field) => make("span", { class: "together" }, make("label", { for: field[0].id }, word), ...field);
  const parts = [together(message("closed from"), start), together(message("open again from"), end),
    make("span", { class: "small ends", id: `${id}-unit` }, control.stated)];
  return [parts, (value) => [start, end].forEach(([input], place) => putDay(input, (value || ["", ""])[place]))];
}
function otherParts(control, id, tell) {
  let input, day = [];
  if (control.kind === "choice") {
    input = make("select", { id }, ...control.words.map((word, place) => make("option", { value: place }, word)));
    input.value = control.choices.indexOf(control.value);
    input.addEventListener("change", () => tell(control.choices[Number(input.value)]));
  } else if (control.kind === "switch") {
    input = make("input", { type: "checkbox", id, checked: control.value });
    input.addEventListener("change", () => tell(input.checked));
  } else {
    [input, ...day] = dayField({ id, value: control.value, required: true });
    input.addEventListener("change", () => { if (input.value) tell(input.value); });
  }
  const word = { switch: message("takes place"), date: control.unit, choice: message("is") }[control.kind];
  const put = (value) => {
    if (control.kind === "switch") input.checked = value;
    else if (control.kind === "date") putDay(input, value);
    else input.value = control.kind === "choice" ? control.choices.indexOf(value) : value;
  };
  const parts = control.kind === "switch" ? [input, make("label", { for: id }, word)] : [make("label", { for: id }, word), input, ...day];
  if (control.kind !== "switch") parts.push(make("span", { class: "small" }, message("stated {stated}", control)));
  return [parts, put];
}
const PARTS = { range: rangeParts, more: moreParts, closure: closureParts };
let number = 0;
function controlBox(control) {
  const id = `control-${number += 1}`;
  const box = make("fieldset", { "data-name": control.name }, make("legend", {}, control.title));
  const tell = (value) => moved(control, value, box);
  const [parts, put] = (PARTS[control.kind] || otherParts)(control, id, tell);
  const about = make("details", {}, make("summary", {}, message("Source")), control.source ? make("p", { class: "small stated" }, control.source) : make("p", { class: "small" }, message("none given")),
    make("p", { class: "small" }, message("Moves"), " ", make("code", {}, control.keys.join(", "))));
  box.append(make("div", { class: "line" }, ...parts), make("p", { class: "small" }, control.serves),
    make("p", { class: "problem", role: "alert" }), about);
  box.moveTo = (value) => { put(value); moved(control, value, box); };
  box.toStated = () => box.moveTo(control.value);
  // The numbers to add are found by what they count, which their group says: before ranges of the same.
  box.isRange = control.kind === "range";
  const title = control.kind === "more" ? `${control.title} ${control.group}` : control.title;
  box.texts = [title, `${control.title} ${control.group} ${control.serves}`, `${control.title} ${control.group} ${control.keys.join(" ")}`]
    .map((text) => text.toLowerCase());
  return box;
}
function showScenario(told) {
  const kept = movesKept(told.name);
  Object.assign(state, { scenario: told, changes: [] });
  state.moves.clear();
  clearProblems();
  if (![...at("scenario").options].some((option) => option.value === told.name)) {
    at("scenario").prepend(make("option", { value: told.name }, `${told.name}: ${told.title}`));
  }
  state.shown = null;
  showPeriods(told.periods, told.periods[0]);
  at("scenario").value = told.name;
  at("replications").value = told.replications;
  at("key").value = at("value").value = at("search").value = "";
  showControls(told);
  say("problems-lost", () => "");
  moveAgain(kept);
  showChanges();
  nameRun();
  sayMoved();
}
function showControls(told) {
  at("title").replaceChildren(message("{title}. ", told), make("span", { class: "stated" }, told.description));
  const groups = new Map();
  for (const control of told.controls) groups.set(control.group, [...(groups.get(control.group) || []), control]);
  const open = told.controls.length <= 24 && matchMedia("(min-width: 821px)").matches;
  state.groups = [...groups].map(([group, controls]) => {
    const boxes = controls.map(controlBox), head = make("summary", {}, `${group} (${controls.length})`);
    return { group, head, boxes, node: make("details", { open, "data-group": group }, head, ...boxes) };
  });
  at("controls").replaceChildren(...state.groups.map((group) => group.node));
  at("any-key").textContent = told.controls.find((control) => control.name.startsWith("more:"))?.keys[0] ?? told.inputs[0]?.key ?? "";
  at("keys").replaceChildren(...told.inputs.map((input) => make("option", { value: input.key })));
}
function showPeriods(periods, chosen) {
  at("period").replaceChildren(...periods.map((period) => make("option", { value: period }, period === "all" ? message("the whole horizon") : period)));
  at("period").value = chosen;
}
function nameRun() {
  if (!state.scenario) return;
  const taken = new Set([...state.taken, ...[...at("scenario").options].map((option) => option.value)]);
  let count = 1;
  while (taken.has(`${state.scenario.name}_${count}`)) count += 1;
  at("name").value = `${state.scenario.name}_${count}`;
}
function showChanges() {
  at("changes").replaceChildren(...state.changes.map((change, place) => {
    const button = make("button", { type: "button", "aria-label": message("Take back {change}", { change }) }, message("Take back"));
    button.addEventListener("click", () => { state.changes.splice(place, 1); showChanges(); sayMoved(); });
    return make("li", {}, make("code", {}, change), " ", button);
  }));
}
function addChange() {
  const key = at("key").value.trim(), value = at("value").value.trim();
  say("any-problem", () => key && value ? "" : message("A change needs a key and a value."));
  if (!key || !value) return;
  state.changes.push(`${key}=${value}`);
  at("key").value = at("value").value = "";
  say("key-about", () => "");
  showChanges();
  sayMoved();
}
function sayKey() {
  const input = state.scenario.inputs.find((one) => one.key === at("key").value.trim());
  say("key-about", () => input ? message("Stated: {value} {unit}. {source}", input) : "");
}
// Beginnings of words of the field; those between two semicolons mean the same.
const field = () => message("wagon set; ship vessel feeder; storm wind; demand volume; customs clear declar Tez; crane; ban stop")
  .toLowerCase().split(/[;；]/).map((alike) => alike.split(/\s+/).filter(Boolean));
const NONE = 4;  // the rank of what is not found
// How well a control answers words: 0 where its title begins with them, 1 where each begins a word of the title, 2 of its group or
// of what it carries, 3 of a key; half a rank lower by other words that mean the same. Chinese has no blanks between words.
function rankOf(box, words) {
  const begins = (text, word) => /\p{Script=Han}/u.test(word) ? text.includes(word) : text.split(/[^\p{L}\p{N}]+/u).some((one) => one.startsWith(word));
  if (!box.isRange && box.texts[0].startsWith(words.map((word) => word.typed).join(" "))) return 0;
  const ranks = ["own", "alike"].map((kind, half) => {
    const place = box.texts.findIndex((text) => words.every((word) => word[kind].some((one) => begins(text, one))));
    return place < 0 ? NONE : place + 1 + half / 2;
  });
  return Math.min(...ranks);
}
// A word as it is typed, without its ending where it is one of the field, and all that mean the same.
function wordOf(typed) {
  const groups = field().filter((alike) => alike.some((one) => typed.startsWith(one)));
  const own = [typed, ...groups.flat().filter((one) => typed.startsWith(one))];
  return { typed, own, alike: [typed, ...groups.flat()] };
}
const MANY = 12;  // so many controls are open at first
function find() {
  const words = at("search").value.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).map(wordOf);
  const ranks = new Map(state.groups.flatMap(({ boxes }) => boxes.map((box) => [box, words.length ? rankOf(box, words) : 0])));
  const best = ({ boxes }) => Math.min(...boxes.map((box) => ranks.get(box)));
  const [total, titled, count] = [NONE + 1, 2, NONE].map((rank) => [...ranks.values()].filter((one) => one < rank).length);
  let open = 0;
  for (const group of [...state.groups].sort((one, other) => best(one) - best(other))) {
    const { node, head, boxes } = group, left = boxes.filter((box) => ranks.get(box) < NONE).length;
    for (const box of boxes) box.hidden = ranks.get(box) === NONE;
    node.append(...[...boxes].sort((one, other) => ranks.get(one) - ranks.get(other)));
    node.hidden = left === 0;
    head.textContent = words.length ? message("{group} ({left} of {number})", { group: group.group, left, number: boxes.length }) : `${group.group} (${boxes.length})`;
    if (words.length) { node.open = open < MANY; open += left; }
    at("controls").append(node);
  }
  say("found", () => !words.length ? "" : count ? message("{count} of {total} found: {titled} by their title, which come first; {others} by group, cargo or key.",
    { count, total, titled, others: count - titled }) : message("None found: any input may be moved by its key, below."));
}
async function choose(name) {
  try { showScenario(await asked(`/scenario/${encodeURIComponent(name)}`)); } catch (error) { refused(error, () => message("{name} is refused", { name })); }
}
// What is no UTF-8 is refused: letters that cannot be read would come in as signs that stand for none.
async function textOf(file) {
  const bytes = await file.arrayBuffer();
  try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch {
    throw Object.assign(new Error("no UTF-8"), { problems: [{ key: "", line: null, control: null,
      message: message("It is not text in UTF-8: save it as UTF-8, and open it again.") }] });
  }
}
async function take(file) {
  clearProblems();
  try {
    showScenario(await asked("/scenario", { name: file.name, text: await textOf(file) }));
    say("state", () => message("{name} is open.", { name: file.name }));
  } catch (error) { refused(error, () => message("{name} is refused; nothing of it was used:", { name: file.name })); }
}
function refused(error, head) {
  if (!error.problems) throw error;
  showProblems(error.problems, head);
}

// ------------------------------------------------------------------------------------------------ the answer
function picture(row, scale) {
  const [mean, low, high] = row.difference.numbers;
  if (mean === null || scale === 0) return make("span", {}, "");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const x = (value) => 72 + 66 * value / scale;
  const put = (tag, attributes) => {
    const node = document.createElementNS(svg.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    svg.append(node);
  };
  svg.setAttribute("viewBox", "0 0 144 20");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", message("difference {amount} {unit}", { amount: row.difference.text, unit: row.unit }));
  put("line", { x1: 72, x2: 72, y1: 1, y2: 19, class: "zero" });
  if (low !== null && high !== null) put("line", { x1: x(low), x2: Math.max(x(high), x(low) + 1), y1: 10, y2: 10, class: "ends" });
  put("circle", { cx: x(mean), cy: 10, r: 3.5, class: "mean" });
  return svg;
}
function difference(row, sure, scale) {
  const cell = make("td", { class: `number ${sure ? "sure" : ""}`, "data-head": message("difference") }, unbroken(row.difference.text));
  cell.append(picture(row, scale));
  return cell;
}
// An interval stands on one line, below its mean where a column is narrow.
const unbroken = (text) => text.replace(/\[.*\]/, (interval) => interval.replaceAll(" ", "\u00a0"));
// Keys may be broken behind their dots and underscores, and days nowhere.
const breakable = (text) => String(text).split(/(\d{4}-\d\d-\d\d)/).flatMap((part, place) => place % 2 ? [make("span", { class: "whole" }, part)]
  : part.split(/(?<=[._])(?=\p{L})/u).flatMap((piece, at) => at ? [make("wbr"), piece] : [piece]));
const widest = new Map();
function showRows(told) {
  const key = `${told.name}|${told.base}`;
  if (!widest.has(key)) { widest.clear(); widest.set(key, new Map()); }
  const scales = widest.get(key);
  at("rows").hidden = false;
  at("rows").dataset.done = told.done;
  at("run-name").textContent = told.name;
  at("base-name").textContent = told.base;
  const { done, total } = told, level = Math.round(told.level * 100);
  say("answer-about", () => told.is_paired === false ? message("Means with {level} % intervals in brackets.", { level }) : done === 0 ? message("The first replication is under way.") :
    message("After {done} of {total} replications: means with {level} % intervals in brackets, differences paired under the same seed. Below three replications there is no interval.", { done, total, level }));
  at("said").replaceChildren(...told.said.map((sentence) => make("p", {}, sentence)));
  at("period-choice").hidden = false;
  showPeriods(told.periods, told.period);
  at("rows").tBodies[0].replaceChildren(...told.rows.map((row) => {
    const [mean, low, high] = row.difference.numbers;
    // The scale of a picture is that of the widest interval seen, so that the interval is seen to narrow.
    scales.set(row.title, Math.max(scales.get(row.title) || 0, ...[mean, low, high].map((one) => Math.abs(one || 0))));
    const cell = (head, side, name = "") => make("td", { class: `number ${name}`, "data-head": head }, unbroken(side.text));
    const width = low === null ? null : high - low;
    return make("tr", { "data-width": width }, make("th", { scope: "row" }, [row.title, row.unit.replaceAll(" ", "\u00a0")].filter(Boolean).join(message(", "))),
      cell(told.name, row.run), cell(told.base, row.base), difference(row, row.is_told, scales.get(row.title)));
  }));
  at("note").textContent = told.note;
  showInputs(told.inputs || []);
}
function showInputs(inputs) {
  at("inputs").hidden = inputs.length === 0;
  at("inputs").querySelector("tbody").replaceChildren(...inputs.map((input) =>
    make("tr", {}, make("th", { scope: "row" }, make("code", {}, ...breakable(input.key))), make("td", { "data-head": at("run-name").textContent }, ...breakable(input.run)),
      make("td", { "data-head": at("base-name").textContent }, ...breakable(input.base)))));
}
function running(is) {
  at("go").disabled = is;
  at("halt").hidden = at("bar").hidden = !is;
}
function watch() {
  running(true);
  state.stream?.close();
  const source = state.stream = new EventSource(inLanguage("/events"));
  let last = null;
  source.onmessage = (event) => {
    const told = JSON.parse(event.data);
    if (told.kind === "progress") {
      at("bar").max = told.total;
      at("bar").value = told.done;
      if (told.done === told.total) say("state", () => message("{done} of {total} replications of {name}; it is being kept.", told));
      else say("state", () => message("{done} of {total} replications of {name}.", told));
      showRows(told);
      return;
    }
    last = told;
    say("state", () => told.kind === "kept" ? message("{name} is kept.", told) : told.message);
  };
  // The stream ends with the run; a browser would ask for it again.
  source.onerror = async () => {
    source.close();
    running(false);
    // What was told before the first replication is no answer.
    if (last?.kind !== "kept" && at("rows").dataset.done === "0") {
      at("rows").hidden = true;
      for (const id of ["said", "note"]) at(id).replaceChildren();
      say("answer-about", () => message("It ended before its first replication: there is no answer."));
    }
    if (last === null) say("state", () => message("The run ended without an answer: is `corridor app` still running?"));
    if (last && last.kind === "failed") showProblems([{ message: last.message }], () => message("The run failed; nothing of it was kept:"));
    if (last && last.kind === "kept") { await showLists(); nameRun(); showEnd(last); }
  };
}
function showEnd(told) {
  state.shown = [told.name, told.base];
  [at("one").value, at("against").value] = state.shown;
  pointReport();
  showInputs(told.inputs);
  say("state", () => message("{name} beside {base}; both are kept.", told));
}
const order = () => ({ scenario: state.scenario.name, name: at("name").value, replications: Number(at("replications").value),
  moves: Object.fromEntries(state.moves), changes: state.changes, period: at("period").value });
async function go() {
  clearProblems();
  try { await asked("/run", order()); watch(); } catch (error) {
    refused(error, () => message("Not run:"));
    if (error.status === 409 && at("halt").hidden) watch();  // another page's run: it is seen here, too
  }
}
async function save() {
  clearProblems();
  try {
    const told = await asked("/file", order());
    const link = make("a", { href: URL.createObjectURL(new Blob([told.text], { type: "application/toml" })), download: `${at("name").value || "mine"}.toml` });
    link.click();
    const about = { file: link.download, number: order().replications };
    say("state", () => message("Saved. On the command line: corridor run '{file}' --replications {number}; a base of your own must lie beside it.", about));
  } catch (error) { refused(error, () => message("Not saved:")); }
}

// ------------------------------------------------------------------------------------------------ runs kept
async function showScenarios() {
  const { scenarios, first } = await asked("/scenarios");
  const chosen = at("scenario").value;
  at("scenario").replaceChildren(...Object.entries(scenarios).map(([name, title]) => make("option", { value: name }, `${name}: ${title}`)));
  at("scenario").value = chosen || first || "altynkol_tez";
}
async function showKept() {
  const { runs } = await asked("/kept");
  const whole = runs.filter((run) => !run.fault);
  state.taken = new Set(runs.map((run) => run.name));
  state.bases = new Map(whole.map((run) => [run.name, run.base]));
  at("kept-none").hidden = runs.length > 0;
  at("kept-rows").hidden = runs.length === 0;
  at("kept-choice").hidden = whole.length === 0;
  for (const id of ["one", "against"]) at(id).replaceChildren(...whole.map((run) => make("option", { value: run.name }, run.name)));
  const own = whole.find((run) => !run.is_base) || whole[0];
  if (own) at("one").value = own.name;
  const base = whole.find((run) => run.is_base);
  if (base) at("against").value = base.name;
  pointBase();
  const answer = (run) => run.fault ? [make("span", { class: "fault" }, message("Cannot be read: {why}", { why: run.fault }))]
    : [...(run.moved ? [make("p", { class: "moves" }, run.moved)] : []), make("p", {}, run.headline)];
  at("kept-rows").tBodies[0].replaceChildren(...runs.map((run) => make("tr", {}, make("th", { scope: "row" }, run.name),
    make("td", { class: "number", "data-head": message("kept") }, run.date), make("td", { "data-head": message("moved, and what it did") }, ...answer(run)),
    make("td", { class: "number", "data-head": message("replications, seed") }, run.replications === null ? "–" : `${run.replications}, ${run.seed}`))));
}
const showLists = () => partsFilled([[() => message("Scenario"), showScenarios], [() => message("Runs kept"), showKept]]);
async function look(name, against) {
  state.shown = [name, against];
  at("one").value = name;
  at("against").value = against;
  say("state", () => message("Reading {name} ...", { name }));
  pointReport();
  try { showRows(await asked(`/kept/${encodeURIComponent(name)}?against=${encodeURIComponent(against)}&period=${encodeURIComponent(at("period").value)}`)); say("state", () => message("{name} beside {base}.", { name, base: against })); }
  catch (error) { refused(error, () => message("Not shown:")); }
}
// A run is held against its own base until another is chosen.
function pointBase() {
  const base = state.bases.get(at("one").value);
  if (state.bases.has(base)) at("against").value = base;
  pointReport();
}
function pointReport() {
  at("report").href = inLanguage(`/waiting/${encodeURIComponent(at("one").value)}?against=${encodeURIComponent(at("against").value)}`);
}

// ------------------------------------------------------------------------------------------------ the whole page
// Parts of the page, one after the other. One that cannot be read is told of at the end, and takes no other with it.
async function partsFilled(parts) {
  const faults = [];
  at("main").setAttribute("aria-busy", "true");
  for (const [name, fill] of parts) {
    try { await fill(); } catch (error) {
      if (!error.problems) throw error;
      faults.push(...error.problems.map((one) => ({ key: name(), message: one.message })));
    }
  }
  at("main").removeAttribute("aria-busy");
  if (faults.length) showProblems(faults, () => message("A part of the page cannot be read; all else works:"));
  return faults.length === 0;
}
async function speak() {
  speech = await asked("/speech");
  at("language").replaceChildren(...Object.entries(speech.names).map(([code, name]) => make("option", { value: code, lang: code }, name)));
  at("language").value = speech.language;
  sayStanding();
}
// All is told anew, and what was moved stays moved.
async function speakIn(language) {
  speech.language = language;
  const [chosen, shown, before] = [[at("one").value, at("against").value], state.shown, said.get("state")];
  clearProblems();
  const turn = state.turn = (state.turn ?? 0) + 1;
  // What is still in the language before is not seen until it is told in this one.
  at("main").classList.add("turning");
  const telling = () => message("All is told anew in this language ...");
  say("state", telling);
  try { await toldAnew(chosen, shown); } finally { if (turn === state.turn) at("main").classList.remove("turning"); }
  if (said.get("state") === telling) say("state", before ?? (() => ""));
}
async function toldAnew(chosen, shown) {
  const isWhole = await partsFilled([[() => message("Language"), speak], [() => message("Scenario"), tellScenario],
    [() => message("Scenario"), showScenarios], [() => message("Runs kept"), showKept]]);
  history.replaceState(null, "", inLanguage(location.pathname));
  [at("one").value, at("against").value] = chosen;
  pointReport();
  if (!isWhole) return;
  if (shown) await look(...shown); else if (!at("rows").hidden) watch(); else if (state.scenario) showPeriods(state.scenario.periods, at("period").value);
}
async function tellScenario() {
  if (!state.scenario) return;
  const moves = [...state.moves];
  state.scenario = await asked(`/scenario/${encodeURIComponent(state.scenario.name)}`);
  showControls(state.scenario);
  for (const [name, value] of moves) boxOf(name).moveTo(value);
  showChanges();
  if (at("search").value) find();
}
function scenarioKept() {
  try { return sessionStorage.getItem("scenario"); } catch { return null; }
}
async function showFirst() {
  const before = [...at("scenario").options].find((option) => option.value === scenarioKept());
  if (before) at("scenario").value = before.value;
  const told = await asked(`/scenario/${encodeURIComponent(at("scenario").value || "altynkol_tez")}`);
  if (!state.scenario) showScenario(told);  // another may have been chosen meanwhile
}

const ofScenario = (act) => (event) => {
  if (state.scenario) act(event); else say("state", () => message("No scenario is open: choose one, or open a file of yours."));
};
function takeBackAll() {
  for (const box of document.querySelectorAll("fieldset.moved")) box.toStated();
  state.changes = [];
  showChanges();
  sayMoved();
}
async function halt() {
  say("state", () => message("It stops when the replication under way is done."));
  try { await asked("/stop", {}); } catch (error) { refused(error, () => message("Not stopped:")); }
}
function listen() {
  at("language").addEventListener("change", () => speakIn(at("language").value));
  at("scenario").addEventListener("change", () => choose(at("scenario").value));
  at("file").addEventListener("change", () => at("file").files[0] && take(at("file").files[0]));
  at("choose").addEventListener("click", () => at("file").click());
  at("search").addEventListener("input", find);
  for (const [id, act] of [["reset", takeBackAll], ["add", addChange], ["go", go], ["save", save]]) at(id).addEventListener("click", ofScenario(act));
  at("key").addEventListener("input", ofScenario(sayKey));
  for (const id of ["name", "replications"]) at(id).addEventListener("input", () => mended(at(id), at(`${id}-problem`)));
  for (const id of ["key", "value"]) at(id).addEventListener("input", () => mended(at("key"), at("any-problem")));
  for (const id of ["key", "value"]) at(id).addEventListener("keydown", ofScenario((event) => { if (event.key === "Enter") addChange(); }));
  at("halt").addEventListener("click", halt);
  at("one").addEventListener("change", pointBase);
  at("against").addEventListener("change", pointReport);
  at("period").addEventListener("change", () => { if (state.shown && at("halt").hidden) look(...state.shown); });
  at("open").addEventListener("click", () => look(at("one").value, at("against").value));
  document.addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("over"); });
  document.addEventListener("dragleave", () => document.body.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("over");
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
}

async function begin() {
  keepStanding();
  listen();
  const reading = () => message("Reading the scenarios and the runs kept ...");
  say("state", reading);
  await partsFilled([[() => message("Language"), speak], [() => message("Scenario"), showScenarios], [() => message("Scenario"), showFirst],
    [() => message("Runs kept"), showKept], [() => message("Run"), async () => { if ((await asked("/state")).is_busy) watch(); }]]);
  nameRun();
  if (said.get("state") === reading) say("state", () => "");
  document.documentElement.dataset.ready = "true";
}
begin();
