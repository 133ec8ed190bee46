// Ticking all rows of a page of the desk, and how many are ticked. Without it each row is ticked by itself.
"use strict";
(() => {
  const boxes = () => [...document.querySelectorAll('input[name="case"][form="batch"]')];

  const tell = () => {
    const words = document.querySelector("[data-ticked]");
    if (!words) return;
    const ticked = boxes().filter((box) => box.checked).length;
    words.dataset.plain ??= words.textContent;
    words.textContent = ticked ? words.dataset.ticked.replace("{number}", ticked) : words.dataset.plain;
    const all = document.getElementById("tick-all");
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };

  const show = () => document.querySelectorAll(".js-only").forEach((part) => { part.hidden = false; });

  document.addEventListener("change", (event) => {
    if (event.target.id === "tick-all") boxes().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.id === "tick-all" || event.target.name === "case") tell();
  });
  document.addEventListener("htmx:afterSettle", show);
  show();
})();
