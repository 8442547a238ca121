// The desk by keyboard: move, open, select, act; panes that change without losing the place; a palette of commands.
// Everything works without this as plain links and forms.
import { announce } from "./announce";
import "./mentions";

interface Htmx {
  ajax(
    verb: string,
    url: string,
    options: { source?: string; target: string; swap: string; select?: string },
  ): Promise<void>;
  process(element: Element): void;
}
const wide = matchMedia("(min-width: 1024px)");
const settings = document.querySelector<HTMLElement>("#desk-keys");
const keys = JSON.parse(settings?.dataset["keys"] ?? "{}") as Record<string, string>;

function said(name: string, values: Record<string, string> = {}): string {
  let text = settings?.dataset[`said${name}`] ?? "";
  for (const [key, value] of Object.entries(values)) text = text.replace(`{${key}}`, value);
  return text;
}

function library(): Htmx | undefined {
  return (window as unknown as { htmx?: Htmx }).htmx;
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("#rows > [data-row]")];
const linkOf = (row: Element | undefined): HTMLAnchorElement | null => row?.querySelector("a[data-open]") ?? null;
const detail = (): HTMLElement | null => document.querySelector("#detail");

/** The row that keys act on: the one with the focus, else the open one. */
function current(): HTMLElement | undefined {
  const all = rows();
  return all.find((row) => row.contains(document.activeElement)) ?? all.find((row) => row.classList.contains("is-current"));
}

/** The same, or the only row there is: who looked a number up need not move to it first. */
function meant(): HTMLElement | undefined {
  const all = rows();
  return current() ?? (all.length === 1 ? all[0] : undefined);
}

function move(by: number): void {
  const all = rows();
  if (!all.length) return;
  const here = current();
  const next = here ? all.indexOf(here) + by : by > 0 ? 0 : all.length - 1;
  const row = all[next];
  if (!row) {
    announce(said(by > 0 ? "End" : "Start"));
    return;
  }
  const link = linkOf(row);
  link?.focus();
  row.scrollIntoView({ block: "nearest" });
}

async function open(link: HTMLAnchorElement, push = true): Promise<void> {
  const htmx = library();
  if (!wide.matches || !htmx || !document.querySelector("#panes")) {
    location.assign(link.href);
    return;
  }
  await htmx.ajax("GET", link.href, { source: "#panes", target: "#detail", swap: "outerHTML" });
  await settled();
  if (push) history.pushState({ desk: true }, "", link.href);
  document.querySelector("#panes")?.classList.add("panes--detail");
  markOpen();
  const title = document.querySelector<HTMLElement>("#detail-title");
  title?.focus({ preventScroll: true });
  fromTheTop(detail());
  announce(said("Open", { title: title?.textContent?.trim() ?? "" }));
}

/* Opening a form may have scrolled the page as well as the pane. */
function fromTheTop(pane: HTMLElement | null): void {
  pane?.scrollTo({ top: 0 });
  pane?.querySelector(".detail-head")?.scrollIntoView({ block: "nearest" });
}

/* Until htmx has settled what it swapped in, an element wears the attributes of its namesake before it, and a title
   whose namesake had no tabindex cannot take the focus. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    document.addEventListener("htmx:afterSettle", () => resolve(), { once: true });
  });
}

function markOpen(): void {
  const number = detail()?.dataset["number"];
  for (const row of rows()) {
    const here = row.id === `row-${number}`;
    row.classList.toggle("is-current", here);
    const link = linkOf(row);
    if (here) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
  }
}

function backToList(): void {
  const row = rows().find((one) => one.classList.contains("is-current")) ?? rows()[0];
  linkOf(row)?.focus();
}

/* Selection and the bar that changes many. */
const picks = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>('input[name="pick"][form="bulk"]')];

function countPicks(speak: boolean): void {
  const count = picks().filter((one) => one.checked).length;
  const words = document.querySelector<HTMLElement>("[data-bulk-count]");
  const text = count ? (words?.dataset["some"] ?? "").replace("{count}", String(count)) : (words?.dataset["none"] ?? "");
  if (words) words.textContent = text;
  document.querySelector("#bulk")?.classList.toggle("is-idle", count === 0);
  if (speak) announce(text);
}

function select(): void {
  const box = meant()?.querySelector<HTMLInputElement>('input[name="pick"]');
  if (!box) return;
  box.checked = !box.checked;
  countPicks(true);
}

document.addEventListener("change", (event) => {
  if ((event.target as HTMLElement).matches('input[name="pick"]')) countPicks(true);
});
document.querySelector("[data-bulk-clear]")?.addEventListener("click", () => {
  for (const box of picks()) box.checked = false;
  countPicks(true);
});

/* Acts of the open request. With requests selected, the same key changes all of them. */
const MANY: Record<string, string> = { assign: "assign", category: "category", note: "note", close: "close" };

function act(name: string): void {
  const many = MANY[name];
  if (many && picks().some((one) => one.checked)) {
    const button = document.querySelector<HTMLButtonElement>(`#bulk button[value="${many}"]`);
    if (button) {
      button.click();
      return;
    }
  }
  const found = document.querySelector<HTMLElement>(`#detail [data-act="${name}"]`);
  if (!found) {
    const next = Object.entries(keys).find(([, value]) => value === "next")?.[0] ?? "";
    announce(detail()?.dataset["number"] ? said("Cannot") : said("None", { key: next }));
    return;
  }
  if (found instanceof HTMLDetailsElement) {
    const folded = found.closest<HTMLDetailsElement>(".acts-more");
    if (folded) folded.open = true;
    found.open = true;
    found.scrollIntoView({ block: "nearest" });
    found.querySelector<HTMLElement>("select, textarea, input:not([type=hidden])")?.focus();
  } else {
    found.click();
  }
}

function undo(): void {
  const button = document.querySelector<HTMLButtonElement>("#undo button");
  if (button) button.click();
  else announce(said("NoUndo"));
}

const COMMANDS: Record<string, () => void> = {
  next: () => move(1),
  previous: () => move(-1),
  open: () => {
    const link = linkOf(meant());
    if (link) void open(link);
  },
  select,
  undo,
  search: () => {
    const field = document.querySelector<HTMLInputElement>("#q");
    field?.focus();
    field?.select();
  },
  call: () => {
    const form = document.querySelector<HTMLFormElement>("#call-form");
    if (form) form.querySelector<HTMLElement>("#f-contact-phone")?.focus();
    else location.assign(settings?.dataset["urlsCall"] ?? "");
  },
  help: () => showDialog("#keys-help"),
};

function run(name: string): void {
  const command = COMMANDS[name];
  if (command) command();
  else act(name);
}

function writing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.closest) return false;
  if (element.closest("textarea, select, [contenteditable]")) return true;
  const field = element.closest<HTMLInputElement>("input");
  return field !== null && !["checkbox", "radio", "button", "submit"].includes(field.type);
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && document.querySelector("#palette")) {
    event.preventDefault();
    showDialog("#palette");
    return;
  }
  // A list of suggestions has shut itself by its Escape.
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && (event.target as HTMLElement).closest?.("#detail")) {
    const form = (event.target as HTMLElement).closest<HTMLDetailsElement>("details.act[open]");
    if (form) {
      form.open = false;
      form.querySelector<HTMLElement>("summary")?.focus();
    } else backToList();
    return;
  }
  if (writing(event.target)) {
    // Out of the field, its words kept: the browser would empty a search. The next key acts again.
    if (event.key === "Escape") {
      event.preventDefault();
      (event.target as HTMLElement).blur();
    }
    return;
  }
  const name = keys[event.key.toLowerCase()];
  if (!name) return;
  event.preventDefault();
  run(name);
});

/* Links into the pane. */
document.addEventListener("click", (event) => {
  const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("a[data-open]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!wide.matches || !library()) return;
  event.preventDefault();
  void open(link);
});
// Back and forth between open requests. A link within the page, to a field that is to be mended, is none of it.
window.addEventListener("popstate", () => {
  if (document.querySelector("#panes")) location.reload();
});

/* htmx puts the new pane in before it takes the old one out. Of forms that share a name a browser keeps only the first
   open, so those that leave give up theirs: a refused form would shut over what was wrong with it. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if ((event.target as HTMLElement).id !== "detail") return;
  for (const leaving of document.querySelectorAll("#detail details[name]")) leaving.removeAttribute("name");
});

/* A row that is exchanged keeps its tick. It carries the version that is now on the screen. */
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = (event as CustomEvent<{ target: Element; fragment: DocumentFragment }>).detail;
  const before = target.querySelector<HTMLInputElement>('input[name="pick"]');
  const after = fragment.querySelector<HTMLInputElement>('input[name="pick"]');
  if (before && after) after.checked = before.checked;
});

/* After a form was sent: the row and the menu change along, the focus goes to what was said. */
document.addEventListener("htmx:afterSettle", (event) => {
  const pane = detail();
  if (!pane || (event.target as HTMLElement).id !== "detail") return;
  document.querySelector("#panes")?.classList.add("panes--detail");
  document.dispatchEvent(new CustomEvent("cityhall:maps"));
  fillReady(pane);
  markOpen();
  countPicks(false);
  const words = pane.dataset["said"];
  const trouble = pane.querySelector<HTMLElement>("[data-focus-first]");
  if (trouble) {
    trouble.focus();
    announce(trouble.textContent?.trim() ?? "");
  } else if (words) {
    pane.querySelector<HTMLElement>("#detail-title")?.focus({ preventScroll: true });
    fromTheTop(pane);
    announce(words);
  }
});

/* A ready sentence goes into its field, where it can be changed. */
function fillReady(root: ParentNode): void {
  for (const choice of root.querySelectorAll<HTMLSelectElement>("select[data-fills]")) {
    choice.addEventListener("change", () => {
      const chosen = choice.selectedOptions[0];
      if (!chosen?.value) return;
      const field = document.getElementById(choice.dataset["fills"] ?? "") as HTMLTextAreaElement | null;
      if (field) field.value = chosen.dataset["words"] ?? "";
      const also = document.getElementById(choice.dataset["fillsAlso"] ?? "") as HTMLTextAreaElement | null;
      if (!also) return;
      also.value = chosen.dataset["also"] ?? "";
      const folded = also.closest("details");
      if (folded && also.value) folded.open = true;
    });
  }
}

/* Dialogs: help and palette. */
let before: Element | null = null;
function showDialog(selector: string): void {
  const dialog = document.querySelector<HTMLDialogElement>(selector);
  if (!dialog || dialog.open) return;
  before = document.activeElement;
  dialog.showModal();
  if (selector === "#palette") startPalette();
  dialog.addEventListener("close", () => (before as HTMLElement | null)?.focus(), { once: true });
}

interface Command {
  label: string;
  run: () => void;
}
function commands(): Command[] {
  const acts = [...document.querySelectorAll<HTMLElement>("#keys-help .keys-list > div")]
    .map((line) => ({ key: line.querySelector("kbd")?.textContent ?? "", label: line.querySelector("dd")?.textContent ?? "" }))
    .filter((line) => keys[line.key])
    .map((line) => ({ label: line.label, run: () => run(keys[line.key] ?? "") }));
  const queues = [...document.querySelectorAll<HTMLAnchorElement>("#desk-menu a, .site-nav > ul a")].map((link) => ({
    label: link.querySelector("span")?.textContent ?? link.textContent ?? "",
    run: () => location.assign(link.href),
  }));
  return [...acts, ...queues];
}

let shown: Command[] = [];
let at = 0;
function startPalette(): void {
  const field = document.querySelector<HTMLInputElement>("#palette-words");
  if (!field) return;
  field.value = "";
  field.focus();
  drawPalette("");
}

function drawPalette(words: string): void {
  const list = document.querySelector<HTMLElement>("#palette-list");
  const field = document.querySelector<HTMLInputElement>("#palette-words");
  if (!list || !field) return;
  const wanted = words.trim().toLowerCase();
  shown = commands().filter((one) => one.label.toLowerCase().includes(wanted));
  const number = /^#?\s*(\d{1,9})[-\s\u2010-\u2014]?(\d{3})$/.exec(wanted)?.slice(1).join("-");
  if (number) {
    const url = (list.dataset["requestUrl"] ?? "").replace("NUMBER", number);
    shown.unshift({ label: (list.dataset["requestLabel"] ?? "").replace("{number}", number), run: () => location.assign(url) });
  }
  shown = shown.slice(0, 12);
  at = 0;
  list.replaceChildren(
    ...shown.map((one, place) => {
      const item = document.createElement("li");
      item.id = `palette-${place}`;
      item.setAttribute("role", "option");
      item.textContent = one.label;
      item.addEventListener("click", () => choose(place));
      return item;
    }),
  );
  markPalette();
  const none = document.querySelector<HTMLElement>("#palette-none");
  if (none) none.hidden = shown.length > 0;
  if (!shown.length) announce(list.dataset["none"] ?? "");
}

function markPalette(): void {
  const field = document.querySelector<HTMLInputElement>("#palette-words");
  document.querySelectorAll("#palette-list [role=option]").forEach((item, place) => {
    item.setAttribute("aria-selected", String(place === at));
    if (place === at) item.scrollIntoView({ block: "nearest" });
  });
  if (shown.length) field?.setAttribute("aria-activedescendant", `palette-${at}`);
  else field?.removeAttribute("aria-activedescendant");
}

function choose(place: number): void {
  const command = shown[place];
  const dialog = document.querySelector<HTMLDialogElement>("#palette");
  if (!command || !dialog) return;
  dialog.addEventListener("close", () => command.run(), { once: true });
  dialog.close();
}

const field = document.querySelector<HTMLInputElement>("#palette-words");
field?.addEventListener("input", () => drawPalette(field.value));
field?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    at = Math.max(0, Math.min(shown.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
    markPalette();
  } else if (event.key === "Enter") {
    event.preventDefault();
    choose(at);
  }
});

/* The time to undo runs down in words, and the offer goes when it is over. */
function countDown(): void {
  const box = document.querySelector<HTMLElement>("#undo[data-seconds]");
  const words = box?.querySelector<HTMLElement>("[data-countdown]");
  if (!box || !words) return;
  const end = performance.now() + Number(box.dataset["seconds"]) * 1000;
  const tick = (): void => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) {
      const focused = box.contains(document.activeElement);
      box.querySelector("form")?.remove();
      if (focused) box.querySelector<HTMLElement>("[tabindex]")?.focus();
      return;
    }
    words.textContent = (words.dataset["words"] ?? "").replace("{count}", String(left));
    setTimeout(tick, 1000);
  };
  tick();
}

fillReady(document);
countPicks(false);
countDown();
