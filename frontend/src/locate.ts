// "Use my location": fills the form's hidden point. The button exists only where the browser can say where it is.
import { announce } from "./announce";

const FEET_IN_A_METRE = 3.28084;

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-locate]")) {
  if (!("geolocation" in navigator)) {
    button.hidden = true;
    continue;
  }
  const note = document.querySelector<HTMLElement>(button.dataset["locateNote"] ?? "");
  const say = (text: string | undefined): void => {
    if (!text) return;
    if (note) note.textContent = text;
    announce(text);
  };
  button.addEventListener("click", () => {
    say(button.dataset["locateBusy"]);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        document.dispatchEvent(
          new CustomEvent("cityhall:place", {
            detail: { lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy, from: "locate" },
          }),
        );
        const form = button.form;
        const set = (name: string, value: number): void => {
          const field = form?.elements.namedItem(name);
          if (field instanceof HTMLInputElement) field.value = value.toFixed(6);
        };
        set("lat", coords.latitude);
        set("lon", coords.longitude);
        say(button.dataset["locateDone"]?.replace("{feet}", String(Math.max(10, Math.round((coords.accuracy * FEET_IN_A_METRE) / 10) * 10))));
        if (button.dataset["locateSubmit"] !== undefined) form?.requestSubmit();
      },
      () => say(button.dataset["locateFailed"]),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    );
  });
}
