"use strict";
// What the page says by itself, in the language: messages by their English, and the marks of numbers.
let speech = { language: new URLSearchParams(location.search).get("lang") ?? "", names: {}, texts: {}, marks: [".", ","] };

const filled = (text, fields) => text.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
const message = (text, fields = {}) => filled(speech.texts[text] ?? text, fields);
// A message about so many of something; forms are in the order of the catalogue: one, few, many.
function counted(count, one, several, fields = {}) {
  const forms = speech.texts[one], place = ["one", "few", "many"].indexOf(new Intl.PluralRules(speech.language || "en").select(count));
  const text = forms ? forms[Math.min(Math.max(place, 0), forms.length - 1)] : count === 1 ? one : several;
  return filled(text, { count: inMarks(count), ...fields });
}
const inMarks = (number) => String(number).replace(".", speech.marks[0]);
const inLanguage = (path) => `${path}${path.includes("?") ? "&" : "?"}lang=${encodeURIComponent(speech.language)}`;

// The texts that the page has from the start, each with the way to say it anew.
const standing = [];
function keepStanding() {
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, [, before, text, after] = node.data.replace(/\s+/g, " ").match(/^( ?)(.*?)( ?)$/);
    if (text && !node.parentElement.closest("script, style, code")) standing.push([text, (said) => { node.data = before + said + after; }]);
  }
  for (const name of ["aria-label", "placeholder"]) {
    for (const part of document.querySelectorAll(`[${name}]`)) standing.push([part.getAttribute(name), (said) => part.setAttribute(name, said)]);
  }
}

// What a part of the page says until it says something else, to be told anew in another language.
const said = new Map();
function say(id, tell) {
  said.set(id, tell);
  document.getElementById(id).textContent = tell();
}

function sayStanding() {
  document.documentElement.lang = speech.language === "zh" ? "zh-CN" : speech.language;
  for (const [text, put] of standing) put(message(text));
  for (const [id, tell] of said) document.getElementById(id).textContent = tell();
}
