"use strict";
// Speaks the page in another language: what stands in it whole, in the table of texts, is shown in that language.

const SPEECH = readBlock("speech");
const english = new WeakMap();
const SAID = ["aria-label", "alt", "placeholder"];
// What no language changes: code, and words of a scenario that stand as they are stated.
const AS_STATED = "script, style, code, noscript, #language, [translate=no]";

// A text in the language: whole, else its parts between colons and commas, else as it is; numbers with their marks.
function inLanguage(text) {
  const texts = SPEECH.texts[language];
  if (!texts || !/[\p{L}\d]/u.test(text)) return text;
  const [, before, core, after] = text.match(/^(\s*)([\s\S]*?)(\s*)$/);
  if (texts[core] !== undefined) return `${before}${texts[core]}${after}`;
  if (/^[\s−+\d.,[\]%–→]+$/.test(core)) return `${before}${inMarks(core)}${after}`;
  const amount = inAmount(core, texts);
  if (amount) return `${before}${amount}${after}`;
  const form = inForms(core);
  if (form !== null) return `${before}${form}${after}`;
  const unit = text.match(/^(\]?\u00a0)(\S+)$/);
  if (unit) return `${unit[1]}${texts[unit[2]] ?? unit[2]}`;
  return core.length > 160 ? text : `${before}${inParts(core, texts)}${after}`;
}

// A number with a unit that is known; null if a text is none.
function inAmount(text, texts) {
  const amount = text.match(/^([−+]?[\d.,]+) (\S+)$/);
  return amount && texts[amount[2]] ? `${inMarks(amount[1])} ${texts[amount[2]]}` : null;
}

const NUMBER_FIELD = "([−\\d.,]+)";
const FIELDS = {
  ...Object.fromEntries(["number", "waiting", "working", "held", "low", "high"].map((name) => [name, NUMBER_FIELD])),
  time: "([^;]*\\d[^;]*)",
};

const LONGEST_FORM = 400;
const PATTERNS = Object.values(SPEECH.forms)[0].map(([form]) => [
  [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
  new RegExp(`^${form.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, (_, name) => FIELDS[name] ?? "(.+?)")}$`, "s"),
]);

// A text that the scripts make of a form with fields, in the language, with its fields in it; null if it is none.
function inForms(core) {
  if (core.length > LONGEST_FORM) return null;
  for (const [i, [, spoken]] of SPEECH.forms[language].entries()) {
    const [names, pattern] = PATTERNS[i];
    const values = core.match(pattern);
    if (values) return spoken.replace(/\{(\w+)\}/g, (_, name) => values[1 + names.indexOf(name)].split("; ").map(inLanguage).join("; "));
  }
  return null;
}

// A text that is known, or one with a number after it.
function knownText(text, texts) {
  const counted = text.match(/^(.+) ([\d.,]+)$/);
  return texts[text] ?? (counted && texts[counted[1]] !== undefined ? `${texts[counted[1]]} ${inMarks(counted[2])}` : undefined);
}

// The longest known text first that ends at a colon, a comma or a dot in the middle; dates by their own form.
function inParts(core, texts) {
  const parts = core.split(/(: |, |; | · )/), spoken = [];
  for (let i = 0; i < parts.length;) {
    let end = parts.length;
    while (end > i && knownText(parts.slice(i, end).join(""), texts) === undefined) end -= 1;
    spoken.push(end > i ? knownText(parts.slice(i, end).join(""), texts) : inForms(parts[i]) ?? inAmount(parts[i], texts) ?? inDates(parts[i]));
    i = Math.max(end, i + 1);
  }
  return spoken.join("");
}

const DAY = "\\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \\d{4}";
function inDates(text) {
  const { months, date, span } = SPEECH.dates[language];
  const put = (form, values) => form.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const told = (whole) => {
    const [day, month, year] = whole.split(" ");
    return put(date, { day, month: months[MONTHS.indexOf(month)], year });
  };
  return text.replace(new RegExp(`(${DAY}) to (${DAY})`), (_, low, high) => put(span, { low, high }))
    .replace(new RegExp(DAY, "g"), told).replace(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) /, (_, day) => `${SPEECH.texts[language][day] ?? day} `);
}

function inMarks(number) {
  const [decimal, group] = SPEECH.marks[language];
  const list = decimal === "," ? "; " : ", ";
  return number.replace(/, /g, "\u0001").replace(/(\d),(?=\d{3})/g, `$1${group}`).replace(/(\d)\.(?=\d)/g, `$1${decimal}`).replace(/\u0001/g, list);
}

// The comma between the ends of an interval, each of which is a number of its own: the mark of a list.
const isBetweenEnds = (node, own) => own === ", " && [node.previousSibling, node.nextSibling].every((end) => end?.nodeName === "DATA");

function speakNode(node) {
  const known = english.get(node);
  const own = known && known.shown === node.data ? known.text : node.data;
  const shown = isBetweenEnds(node, own) ? inMarks(own) : inLanguage(own);
  english.set(node, { text: own, shown });
  if (node.data !== shown) node.data = shown;
}

function speakAttributes(part) {
  for (const name of SAID) {
    if (!part.hasAttribute(name)) continue;
    const all = english.get(part) ?? {};
    const value = part.getAttribute(name), own = all[name]?.shown === value ? all[name].text : value;
    const shown = inLanguage(own);
    english.set(part, { ...all, [name]: { text: own, shown } });
    if (value !== shown) part.setAttribute(name, shown);
  }
}

function speakWithin(root) {
  if (root.nodeType === Node.TEXT_NODE) { if (!root.parentElement?.closest(`${AS_STATED}, svg`)) speakNode(root); return; }
  if (root.nodeType !== Node.ELEMENT_NODE || root.matches(AS_STATED)) return;
  speakAttributes(root);
  if (root.matches("svg")) return;
  for (const child of root.childNodes) speakWithin(child);
}

// The options of a chart with their texts in the language, and the numbers of its axes with their marks.
const TEXT_KEYS = new Set(["name", "text", "alt", "label", "data"]);
function spokenOptions(options, key = "") {
  if (typeof options === "string") return TEXT_KEYS.has(key) ? options.split("\n").map(inLanguage).join("\n") : options;
  if (typeof options === "function" && key === "formatter") return (...values) => spokenOptions(options(...values), "text");
  if (Array.isArray(options)) return options.map((one) => spokenOptions(one, key));
  if (options === null || typeof options !== "object" || Object.getPrototypeOf(options) !== Object.prototype) return options;
  const spoken = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, spokenOptions(value, name)]));
  if (spoken.type === "value" && spoken.name) spoken.axisLabel = { formatter: (value) => inMarks(value.toLocaleString("en")), ...spoken.axisLabel };
  return spoken;
}

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : chosen;
  document.getElementById("language").value = chosen;
  for (const line of document.querySelectorAll(".as-made")) line.hidden = chosen === SPEECH.first;
  speakWithin(document.body);
  page.drawAll();
  player?.redraw();
}

const switcher = element("select", { id: "language" }, ...Object.entries(SPEECH.names).map(([code, name]) => element("option", { value: code, lang: code }, name)));
switcher.addEventListener("change", () => speak(switcher.value));
document.querySelector("header").append(element("p", { class: "controls" }, element("label", {}, "Language ", switcher)));
new MutationObserver((changes) => {
  if (language === "en") return;
  for (const { target, addedNodes, type } of changes) for (const node of type === "childList" ? addedNodes : [target]) speakWithin(node);
}).observe(document.body, { childList: true, characterData: true, subtree: true });
if (SPEECH.first !== "en") speak(SPEECH.first);
