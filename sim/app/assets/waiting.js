"use strict";
// Asks for the page of results while words stand here: it comes in their place, or why it does not.
const { address, silence } = document.body.dataset, words = document.querySelector("p");
const end = (text) => {
  words.textContent = text;
  words.className = "problem";
  document.querySelector("main").removeAttribute("aria-busy");
};
fetch(address).then(async (response) => {
  if (response.ok) location.replace(address); else end(await response.text());
}).catch(() => end(silence));
