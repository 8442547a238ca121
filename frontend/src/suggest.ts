// Address search as a combobox (the ARIA 1.2 pattern). Without this script it is a plain field and a button.
import { announce } from "./announce";

interface Suggestion {
  label: string;
  kind: string;
  lat: number;
  lon: number;
  address_id?: string | null;
}

const WAIT = 150;
let made = 0;

function attach(input: HTMLInputElement): void {
  const address = input.dataset["suggest"] ?? "";
  const id = `suggest-${++made}`;
  const frame = document.createElement("div");
  frame.className = "combo";
  input.replaceWith(frame);
  const list = document.createElement("ul");
  list.className = "combo__list";
  list.id = id;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset["suggestLabel"] ?? input.labels?.[0]?.textContent?.trim() ?? "");
  frame.append(input, list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";

  let options: Suggestion[] = [];
  let current = -1;
  let timer = 0;
  let asked: AbortController | null = null;

  const close = (): void => {
    list.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (index: number): void => {
    current = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    const item = list.children[index];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const choose = (index: number): void => {
    const option = options[index];
    if (!option) return;
    input.value = option.label;
    close();
    for (const [name, value] of Object.entries({ lat: option.lat, lon: option.lon })) {
      const field = input.form?.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value.toFixed(6);
    }
    document.dispatchEvent(new CustomEvent("cityhall:place", { detail: { lat: option.lat, lon: option.lon, from: "suggest" } }));
    input.dispatchEvent(new CustomEvent("cityhall:chosen", { bubbles: true, detail: option }));
  };

  const show = (found: Suggestion[]): void => {
    options = found;
    list.replaceChildren(
      ...found.map((option, index) => {
        const item = document.createElement("li");
        item.id = `${id}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.textContent = option.label;
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(index);
        });
        return item;
      }),
    );
    current = -1;
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    const words = found.length ? input.dataset["foundText"] : input.dataset["noneText"];
    if (words) announce(words.replace("{count}", String(found.length)));
  };

  const ask = async (): Promise<void> => {
    const text = input.value.trim();
    asked?.abort();
    if (text.length < 2) {
      close();
      return;
    }
    asked = new AbortController();
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, {
        signal: asked.signal,
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) return;
      const body = (await answer.json()) as { results?: Suggestion[] } | Suggestion[];
      const found = Array.isArray(body) ? body : (body.results ?? []);
      if (input.value.trim() === text && document.activeElement === input) show(found.slice(0, 8));
    } catch {
      // The plain search still works; a lost suggestion is nothing to bother anybody with.
    }
  };

  input.addEventListener("input", () => {
    // New words make an older pin untrue.
    for (const name of ["lat", "lon"]) {
      const field = input.form?.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = "";
    }
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), WAIT);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) void ask();
      else mark((current + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
    } else if (event.key === "Enter" && open && current >= 0) {
      event.preventDefault();
      choose(current);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    }
  });
}

for (const input of document.querySelectorAll<HTMLInputElement>("input[data-suggest]")) attach(input);
