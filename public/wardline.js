// @ts-check
/** What the pages do beyond links and forms. Nothing here is needed for the work itself. */

const minuteMs = 60_000;
const toastMs = 6000;
const holdMs = 15_000;

/** @param {string} selector @param {ParentNode} [within] */
function all(selector, within = document) {
  return /** @type {HTMLElement[]} */ ([...within.querySelectorAll(selector)]);
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/* Keys: "/" and Ctrl+K to the search, arrows through rows, Escape out of menus. */

document.addEventListener("keydown", (event) => {
  const search = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-search]"));
  const palette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  if (search !== null && (palette || (event.key === "/" && !isTyping(event.target)))) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape") {
    closeMenus(null);
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey && !event.ctrlKey) {
    moveRow(event);
  }
});

/** Up and down between the links of a table's rows; down from a list's search to its first row. @param {KeyboardEvent} event */
function moveRow(event) {
  const from = event.target instanceof HTMLElement ? event.target : null;
  if (from === null) return;
  const links = all("[data-rows] tbody .row-link");
  const row = from.closest("tr");
  const at = row === null ? -1 : links.findIndex((link) => row.contains(link));
  if (at === -1 && !from.matches("[data-list-search]")) return;
  const next = links[event.key === "ArrowDown" ? at + 1 : at - 1];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

/* Menus are details elements: one open at a time, closed by Escape and by a click elsewhere. */

/** @param {Node | null} except */
function closeMenus(except) {
  for (const menu of all("details[data-menu][open]")) {
    if (except !== null && menu.contains(except)) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
    menu.removeAttribute("open");
  }
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (target === null) return;
  closeMenus(target);
  const opener = target.closest("[data-dialog-open]");
  const dialog = document.getElementById(opener?.getAttribute("data-dialog-open") ?? "");
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
  }
  const closer = target.closest("[data-dialog-close]");
  if (closer !== null) closer.closest("dialog")?.close();
  target.closest(".toast-dismiss")?.closest("[data-toast]")?.remove();
});

/* A form is sent once: its buttons wait, with a spinner, until the answer is here. */

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-hold]") || event.defaultPrevented) return;
  if (form.dataset["sent"] === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset["sent"] = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  // An answer that is a file leaves the page standing: it is not held for ever.
  setTimeout(() => release(form), holdMs);
});

// Coming back by the browser's own button, the page is as it was left: ready to be sent again.
window.addEventListener("pageshow", () => {
  for (const form of all("form[data-sent]")) release(form);
});
document.addEventListener("htmx:finally:request", (event) => {
  if (event.target instanceof HTMLFormElement) release(event.target);
});

/** @param {HTMLElement} form */
function release(form) {
  delete form.dataset["sent"];
  for (const button of all(".btn[aria-busy]", form)) button.removeAttribute("aria-busy");
}

/* A typed confirmation: the button waits for the name. The server judges it again. */

document.addEventListener("input", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.dataset["mustEqual"] !== undefined)
    judge(event.target);
});

/** @param {HTMLInputElement} input */
function judge(input) {
  const button = input.form?.querySelector("button[type=submit]");
  button?.toggleAttribute("disabled", input.value.trim() !== input.dataset["mustEqual"]);
}

/* Toasts pass after some seconds, but not while they are looked at or focused; failures stay. */

/** @param {HTMLElement} toast */
function letPass(toast) {
  if (toast.dataset["toast"] !== "pass" || toast.dataset["timed"] === "yes") return;
  toast.dataset["timed"] = "yes";
  const tick = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(tick, 1000);
    else toast.remove();
  };
  setTimeout(tick, toastMs);
}

/* "14 min ago" keeps pace, in the page's language. */

/** @type {readonly [Intl.RelativeTimeFormatUnit, number][]} */
const spans = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

function keepPace() {
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" });
  for (const time of all("time[data-ago]")) {
    const seconds = (new Date(time.getAttribute("datetime") ?? "").getTime() - Date.now()) / 1000;
    const span = spans.find(([, size]) => Math.abs(seconds) >= size);
    if (span !== undefined) time.textContent = format.format(Math.trunc(seconds / span[1]), span[0]);
  }
}
setInterval(keepPace, minuteMs);

/* What holds for a while only: the time left, by the server's clock. At its end the page is asked for anew. */

const opened = performance.now();

function countDown() {
  for (const time of all("time[data-until]")) {
    const servedAt = Number(time.dataset["until"]);
    const end = new Date(time.getAttribute("datetime") ?? "").getTime();
    const left = Math.ceil((end - servedAt - (performance.now() - opened)) / 1000);
    if (left <= 0) {
      location.reload();
      return;
    }
    const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const shown = left >= 3600 ? parts : parts.slice(1);
    time.textContent = shown.map((part) => String(part).padStart(2, "0")).join(":");
  }
}
if (document.querySelector("time[data-until]") !== null) {
  countDown();
  setInterval(countDown, 1000);
}

/** On a phone the room one is in may lie beyond the edge: the row of rooms is pushed to it, and the page is not. @param {HTMLElement} tab */
function bringIn(tab) {
  const row = tab.parentElement;
  if (row === null || row.scrollWidth <= row.clientWidth) return;
  const [seen, own] = [row.getBoundingClientRect(), tab.getBoundingClientRect()];
  row.scrollLeft += own.left + own.width / 2 - (seen.left + seen.width / 2);
}

/** What newly stands on the page is made ready. @param {ParentNode} within */
function ready(within) {
  for (const toast of all("[data-toast]", within)) letPass(toast);
  for (const tab of all(".tab-links [aria-current]", within)) bringIn(tab);
  for (const input of all("[data-must-equal]", within)) judge(/** @type {HTMLInputElement} */ (input));
  if (within.querySelector("[data-focus-first-error]") !== null)
    all("[aria-invalid=true]", within)[0]?.focus();
}

ready(document);
document.addEventListener("htmx:after:swap", () => ready(document));
