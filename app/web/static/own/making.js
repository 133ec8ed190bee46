// Files that take a while: shows beside the form that asks for one how long it has been in the making, and when
// it is there. Without this script the browser asks itself, and shows by its own means that it waits.
"use strict";
{
  const note = document.getElementById("making");
  let isBusy = false;

  const tell = (seconds) => {
    if (!note.querySelector("progress")) {
      const bar = document.createElement("progress");
      bar.setAttribute("aria-label", note.dataset.label);
      note.replaceChildren(bar, document.createElement("span"));
    }
    // Read out at the beginning and then every ten seconds, not each second.
    if (seconds < 10 || seconds % 10 === 0) {
      note.querySelector("span").textContent = note.dataset.making.replace("{seconds}", seconds);
    }
  };

  const keep = async (answer) => {
    const named = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition"));
    const plain = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition"));
    const link = document.createElement("a");
    link.download = named ? decodeURIComponent(named[1]) : plain?.[1] ?? "";
    link.href = URL.createObjectURL(await answer.blob());
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  // Asks for a file and keeps it; `anew` lets the browser ask itself, where the answer is a page that says why not.
  const make = async (form, address, question, anew) => {
    const buttons = [...form.querySelectorAll("button")];
    const since = Date.now();
    let isRefused = false;
    isBusy = true;
    form.after(note);
    buttons.forEach((button) => { button.disabled = true; });
    tell(0);
    const timer = setInterval(() => tell(Math.floor((Date.now() - since) / 1000)), 1000);
    try {
      const answer = await fetch(address, question);
      const isFile = answer.ok && (answer.headers.get("Content-Disposition") ?? "").startsWith("attachment");
      if (isFile) await keep(answer);
      note.textContent = isFile ? note.dataset.made : "";
      isRefused = !isFile;
    } catch {
      note.textContent = note.dataset.lost;
    } finally {
      clearInterval(timer);
      buttons.forEach((button) => { button.disabled = false; });
      isBusy = false;
    }
    if (isRefused) anew();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-makes-file]")) return;
    event.preventDefault();
    if (isBusy) return;
    const pressed = event.submitter;
    const anew = () => {
      form.removeAttribute("data-makes-file");
      form.requestSubmit(pressed);
    };
    const address = pressed?.hasAttribute("formaction") ? pressed.formAction : form.action;
    make(form, address, { method: "POST", body: new FormData(form, pressed) }, anew);
  });
}
