// What a person can see on the page and act on, by what it is called. Run before every script.

const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();

function isShown(element) {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
}

/** The name a screen reader would say. */
function nameOf(element) {
  const given = element.getAttribute("aria-label");
  if (given) {
    return tidy(given);
  }
  const labels = [...(element.labels ?? [])].map((label) => label.textContent);
  return tidy(labels.length > 0 ? labels.join(" ") : element.textContent);
}

/** "Send*" means: begins so. A required field's label ends with a star of its own. */
function isCalled(name, wanted) {
  return wanted.endsWith("*")
    ? name.startsWith(wanted.slice(0, -1))
    : name === wanted || name === `${wanted} *`;
}

const KINDS = {
  button: "button, a[href], [role='menuitem'], [role='option'], summary, input[type='radio'], input[type='checkbox']",
  field: "input, textarea",
  cell: "[role='gridcell'], td, dd",
  row: "[role='row'][data-index]",
};

/** The first of a kind with that name that is shown; what lies under a modal can't be reached. */
function find(kind, wanted) {
  const modal = [...document.querySelectorAll("[aria-modal='true']")].at(-1);
  const layers = document.querySelectorAll("[role='menu'], [role='listbox']");
  const places = modal ? [...layers, modal] : [...layers, document];
  for (const place of places) {
    for (const element of place.querySelectorAll(KINDS[kind])) {
      const fits =
        kind === "row"
          ? tidy(element.textContent).includes(wanted)
          : isCalled(nameOf(element), wanted);
      if (fits && isShown(element)) {
        return element;
      }
    }
  }
  return null;
}

/** As {@link find}, and it can be used now. */
function findReady(kind, wanted) {
  const element = find(kind, wanted);
  return element && !element.disabled && !element.dataset.disabled && !element.dataset.loading
    ? element
    : null;
}

const pageText = () => document.body.innerText;
