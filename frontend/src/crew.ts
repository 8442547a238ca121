// The crew's pages: the time an act was done goes with it, amounts have buttons for gloves.

// When it was done, by this phone's clock: what is sent hours later still says so.
document.addEventListener(
  "submit",
  (event) => {
    const field = (event.target as HTMLFormElement).querySelector<HTMLInputElement>("input[data-now]");
    if (field) field.value = new Date().toISOString();
  },
  true,
);

// What changed is where the finger was: the part that was swapped takes the focus, so that it is read.
document.addEventListener("htmx:afterSettle", () => document.querySelector<HTMLElement>("#crew-job")?.focus());

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-step]")) {
  button.addEventListener("click", () => {
    const field = button.parentElement?.querySelector<HTMLInputElement>("input[data-by]");
    if (!field) return;
    const by = Number(field.dataset["by"]) || 1;
    const places = (String(by).split(".")[1] ?? "").length;
    const now = Number(field.value.replace(",", ".")) || 0;
    const next = Math.max(0, now + by * Number(button.dataset["step"]));
    field.value = next === 0 ? "" : String(Number(next.toFixed(Math.max(places, 2))));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

export {};
