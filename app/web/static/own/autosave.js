// Sends what was typed to the draft line of its form: half a minute after the first key since the last time, and when
// the page is left. Without it the form has its own button, and a refused form is kept anyway.
"use strict";
{
  const PAUSE = 30000;
  const waiting = new Map();

  const lineOf = (element) => element.closest("form")?.querySelector(".draft-line[hx-post]");

  const forget = (line) => {
    clearTimeout(waiting.get(line));
    waiting.delete(line);
  };

  const send = (line) => {
    forget(line);
    htmx.trigger(line, "autosave");
  };

  document.addEventListener("input", (event) => {
    const line = lineOf(event.target);
    if (line && !waiting.has(line)) {
      waiting.set(line, setTimeout(send, PAUSE, line));
    }
  });

  document.addEventListener("submit", (event) => {
    const line = lineOf(event.target) ?? event.target.querySelector(".draft-line[hx-post]");
    if (line) {
      forget(line);
    }
  });

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      [...waiting.keys()].forEach(send);
    }
  });
}
