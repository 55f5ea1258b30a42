// Gives the board's buttons that show only a drawing a name for those who hear the page.

/** The start of each drawing, and what its button does. */
const names = [
  ["M23.99314 6.28305", "Job store"],
  ["M8 3H5a2 2", "Full screen"],
  ["M9.671 4.136", "Settings"],
  ["M3 12a9 9", "Retry"],
  ["M15 2h-4a2", "Duplicate"],
  ["M21.174 6.812", "Change the data"],
  ["M10 11v6", "Remove"],
  ["M4 16c-1.1", "Copy"],
  ["M20 20v-7a4", "Promote"],
  ["M12 6v6l4 2", "Change the time"],
  ["M7 20.662V19", "Links"],
];

function nameOf(button) {
  for (const path of button.querySelectorAll("path")) {
    const found = names.find(([start]) => path.getAttribute("d")?.startsWith(start));
    if (found !== undefined) return found[1];
  }
  return button.getAttribute("aria-haspopup") === "menu" ? "More" : "Do this";
}

function improve() {
  for (const svg of document.querySelectorAll("svg[role=img]:not([aria-hidden])")) {
    svg.removeAttribute("role");
    svg.setAttribute("aria-hidden", "true");
  }
  for (const labelled of document.querySelectorAll("button[aria-label], a[aria-label]")) {
    const text = labelled.textContent.trim();
    // A name that leaves out what is written on the thing is of no use to those who speak to it.
    if (text !== "" && !labelled.getAttribute("aria-label").includes(text))
      labelled.removeAttribute("aria-label");
  }
  for (const choice of document.querySelectorAll("button[role=combobox]:not([aria-label])"))
    choice.setAttribute("aria-label", "Show");
  for (const button of document.querySelectorAll("button:not([aria-label]):not([title])")) {
    const drawn = button.querySelector("svg") !== null;
    const written = [...button.childNodes].some(
      (node) => node.nodeName !== "svg" && node.textContent.trim() !== "",
    );
    if (drawn && !written) button.setAttribute("aria-label", nameOf(button));
  }
}

new MutationObserver(improve).observe(document.body, { childList: true, subtree: true });
improve();
