// What the page gains with script: sorting, filtering, and the tie between map and rows.
// All of it reads the document; no value from data is ever written as markup.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  for (const element of all(".needs-script")) element.hidden = false;

  // Sorting: a button in each column head. Gaps stay last in both directions.
  const keyOf = (row, column, isNumber) => {
    const cell = row.cells[column];
    const text = cell.dataset.v ?? cell.textContent.trim();
    if (text === "") return null;
    return isNumber ? Number(text) : text;
  };

  const sortBy = (table, column) => {
    const head = table.tHead.rows[0].cells[column];
    const isNumber = head.hasAttribute("data-number");
    const ascending = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const sign = ascending ? 1 : -1;
    const keyed = [...table.tBodies[0].rows].map((row) => [keyOf(row, column, isNumber), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (isNumber ? a - b : collator.compare(a, b));
    });
    table.tBodies[0].append(...keyed.map(([, row]) => row));
  };

  for (const table of all("table[data-sortable]")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(table, column));
      head.append(button);
    });
  }

  // Filtering: by any text of the row's heading, id or parent, and by what the rule said.
  for (const tools of all(".tools")) {
    const rows = [...document.getElementById(tools.dataset.for).tBodies[0].rows];
    const names = rows.map((row) =>
      all("th, td:not(.number):not(.outcome)", row)
        .map((cell) => cell.textContent)
        .join(" ")
        .toLocaleLowerCase(),
    );
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const search = tools.querySelector("input");
    const choice = tools.querySelector("select");
    const apply = () => {
      const text = search.value.trim().toLocaleLowerCase();
      const outcome = choice ? choice.value : "";
      let shown = 0;
      rows.forEach((row, at) => {
        const isOther = outcome !== "" && row.dataset.outcome !== outcome;
        row.hidden = isOther || !names[at].includes(text);
        shown += row.hidden ? 0 : 1;
      });
      tools.querySelector("output").textContent = tools.dataset.shown
        .replace("{n}", number.format(shown))
        .replace("{total}", number.format(rows.length));
    };
    tools.addEventListener("input", apply);
    apply();
  }

  // Map and rows: a click on either lights up both.
  const paths = new Map(all("#map path[data-area]").map((path) => [path.dataset.area, path]));
  const rows = new Map();
  for (const row of all("tr[data-area]")) {
    const list = rows.get(row.dataset.area) ?? [];
    list.push(row);
    rows.set(row.dataset.area, list);
  }
  const profiles = new Map(all("article[data-profile]").map((card) => [card.dataset.profile, card]));
  const status = document.getElementById("map-status");
  let lit = null;

  // Within its own scrolling box only: the page stays where the reader is.
  const bringIntoBox = (row) => {
    const box = row.closest(".scroll");
    if (!box || row.hidden) return;
    const above = row.offsetTop - box.scrollTop - row.closest("table").tHead.offsetHeight;
    const below = row.offsetTop + row.offsetHeight - box.scrollTop - box.clientHeight;
    if (above < 0 || below > 0) box.scrollTop = row.offsetTop - box.clientHeight / 2;
  };

  const outline = (path) => {
    for (const old of all("#map .lit-outline")) old.remove();
    if (!path) return;
    const copy = path.cloneNode(false);
    copy.removeAttribute("data-area");
    copy.setAttribute("class", "lit-outline");
    // Beside its class group, so that it lies above the neighbours and keeps the map's scale.
    (path.closest(".areas") ?? path.parentNode).append(copy);
  };

  const tell = (area) => {
    if (!status) return;
    status.textContent = "";
    const path = paths.get(area);
    const row = (rows.get(area) ?? []).find((candidate) => candidate.id !== "");
    const title = path && path.querySelector("title");
    const name = row && row.querySelector("th");
    status.append(title ? title.textContent : name ? name.textContent : area);
    const lead = (target, text) => {
      const link = document.createElement("a");
      link.href = `#${target.id}`;
      link.textContent = text;
      status.append(" ", link);
    };
    const profile = profiles.get(area);
    if (profile) lead(profile, status.dataset.profile);
    if (row) lead(row, status.dataset.link);
  };

  const light = (area) => {
    for (const row of rows.get(lit) ?? []) row.classList.remove("lit");
    lit = area;
    for (const row of rows.get(area) ?? []) {
      row.classList.add("lit");
      bringIntoBox(row);
    }
    outline(paths.get(area));
    tell(area);
  };

  for (const [area, path] of paths) path.addEventListener("click", () => light(area));
  for (const [area, list] of rows) {
    for (const row of list) row.addEventListener("click", () => light(area));
  }
})();
