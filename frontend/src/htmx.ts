// htmx as its makers ship it, told to keep to the content security policy. Loaded by pages that use hx- attributes.
import htmx from "htmx.org";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
htmx.config.defaultSwapStyle = "outerHTML";
// Carrying an empty style attribute over is an inline style to the policy.
htmx.config.attributesToSettle = ["class", "width", "height"];

(window as unknown as { htmx: typeof htmx }).htmx = htmx;

// A form without its own token field sends the page's.
document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = event as CustomEvent<{ headers: Record<string, string>; verb: string }>;
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (token && detail.verb !== "get") detail.headers["X-CSRFToken"] = token;
});

// A part for a place that is not on this page, such as the row of a request opened alone, is left out.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event as CustomEvent<{ serverResponse: string }>;
  const parts = document.createElement("template");
  parts.innerHTML = detail.serverResponse;
  // A row comes in a template of its own, and what is in a template is not among what is around it.
  const roots = [parts.content, ...[...parts.content.querySelectorAll("template")].map((one) => one.content)];
  const found = roots.flatMap((root) => [...root.querySelectorAll("[hx-swap-oob]")]);
  const lost = found.filter((one) => !document.getElementById(one.id));
  if (lost.length === 0) return;
  for (const one of lost) one.remove();
  detail.serverResponse = parts.innerHTML;
});

// Errors are shown, not swallowed: an answer that carries a page part is swapped in whatever its status.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean }>;
  if ([400, 403, 409, 422, 429].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});
