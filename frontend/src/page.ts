// Small help on every page: says that scripts run, focuses an error summary, keeps a form from being sent twice,
// shows a password, lights up the map when a row is under the pointer or the focus (and the other way round).

import { forget, forgetInTime } from "./kept_call";
import "./strength";

document.documentElement.classList.add("has-js");

const summary = document.querySelector<HTMLElement>("[data-focus-first]");
summary?.focus();

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset["sent"] === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset["sent"] = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}

// A page taken from the back-forward cache may be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) {
    delete form.dataset["sent"];
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-send-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

for (const row of document.querySelectorAll<HTMLElement>("[data-request]")) {
  const { request: number, lat, lon, status } = row.dataset;
  const place = lat && lon ? { lat: Number(lat), lon: Number(lon), status } : {};
  const light = (on: boolean) => () =>
    document.dispatchEvent(new CustomEvent("cityhall:light", { detail: { number, on, ...place } }));
  row.addEventListener("mouseenter", light(true));
  row.addEventListener("mouseleave", light(false));
  row.addEventListener("focusin", light(true));
  row.addEventListener("focusout", light(false));
}

document.addEventListener("cityhall:light-row", (event) => {
  const { number, on } = (event as CustomEvent<{ number: string; on: boolean }>).detail;
  for (const row of document.querySelectorAll<HTMLElement>("[data-request]")) {
    if (row.dataset["request"] === number) row.classList.toggle("is-lit", on);
  }
});

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
  button.addEventListener("click", () => {
    const source = document.querySelector(button.dataset["copy"] ?? "");
    void navigator.clipboard?.writeText(source?.textContent?.trim() ?? "").then(() => {
      button.textContent = button.dataset["copied"] ?? button.textContent;
    });
  });
}

// Whoever types a password may look at it; it is hidden again before it is sent, so that the browser does not keep it.
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-show]")) {
  const field = document.getElementById(button.dataset["show"] ?? "") as HTMLInputElement | null;
  const show = (on: boolean) => {
    if (field) field.type = on ? "text" : "password";
    button.setAttribute("aria-pressed", String(on));
  };
  button.addEventListener("click", () => show(button.getAttribute("aria-pressed") !== "true"));
  field?.form?.addEventListener("submit", () => show(false));
}

// Nothing of a caller stays in the tab of whoever signs out, nor in one that is left.
forgetInTime();
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-signs-out]")) {
  form.addEventListener("submit", forget);
}

// A link to a field puts the cursor there; a fragment alone only scrolls.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-to-field]") : null;
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.focus();
});

// The passkey library keeps to itself that nothing came of it: the page says so.
document.addEventListener("allauth.error", (event) => {
  const words = document.querySelector<HTMLElement>("[data-passkey-failed]");
  if (!words) return;
  event.preventDefault();
  words.hidden = false;
  words.focus();
});

export {};
