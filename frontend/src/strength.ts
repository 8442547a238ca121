// Says, while a new password is typed, how hard it is to guess: by its length, its variety and the commonest words.
// It is a hint. What is asked stands above the field, and the server decides with the whole list of common passwords.

import { announce } from "./announce";

const LEAST = 12;
const LONG = 18;
const COMMON = /password|contrase[nñ]a|welcome|qwerty|asdf|letmein|iloveyou|admin|cityhall|city|hello|monkey|dragon/g;
const RUNS = "abcdefghijklmnopqrstuvwxyz 01234567890 09876543210 qwertyuiop asdfghjkl zxcvbnm";

/** Return what is left of a password without what everybody tries first. */
function telling(password: string): string {
  let left = password.toLowerCase().replace(COMMON, "");
  for (let at = 0; at + 4 <= left.length; at += 1) {
    if (!RUNS.includes(left.slice(at, at + 4))) continue;
    left = left.slice(0, at + 1) + left.slice(at + 4);
    at -= 1;
  }
  return left.replace(/(.)\1+/g, "$1");
}

/** Return 0 for too short, 1 for easy to guess, 2 for good, 3 for strong. */
export function strength(password: string): number {
  if ([...password].length < LEAST) return 0;
  const left = telling(password);
  const kinds = new Set(left).size;
  if (left.length < 8 || kinds < 6) return 1;
  return password.length >= LONG && left.length >= 14 && kinds >= 9 ? 3 : 2;
}

for (const part of document.querySelectorAll<HTMLElement>("[data-strength]")) {
  const field = document.getElementById(part.dataset["strength"] ?? "") as HTMLInputElement | null;
  const meter = part.querySelector("meter");
  const words = part.querySelector<HTMLElement>("[data-strength-words]");
  const said = [...part.querySelectorAll<HTMLElement>("[data-strength-says]")].map((one) => one.textContent ?? "");
  let later = 0;
  field?.addEventListener("input", () => {
    const found = strength(field.value);
    part.classList.toggle("is-empty", field.value === "");
    if (!meter || !words) return;
    meter.value = found + 1;
    const before = words.textContent;
    words.textContent = said[found] ?? "";
    if (words.textContent === before) return;
    // Once somebody pauses: a screen reader that speaks at every key is in the way.
    window.clearTimeout(later);
    later = window.setTimeout(() => announce(words.textContent ?? ""), 700);
  });
}
