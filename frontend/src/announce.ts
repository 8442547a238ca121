// Speaks politely through one live region.

let region: HTMLElement | null = null;

/** Have a screen reader say `text` when it is free. */
export function announce(text: string): void {
  if (!region) {
    region = document.createElement("div");
    region.className = "usa-sr-only";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = text;
}
