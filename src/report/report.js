// What the page gains with script: sorting, filtering, and the tie between map and rows.
// All of it reads the document; no value from data is ever written as markup.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  for (const element of all(".needs-script")) element.hidden = false;

  const rowsOf = (table) => [...table.tBodies].flatMap((body) => [...body.rows]);

  // A long table is laid out and painted only where it is seen. Rows of a table cannot be left out
  // of its layout, parts of a page can: so many rows are a part, and all have columns as wide as a
  // table of the rows with the longest texts has them.
  const LONG = 300;
  const PART = 40;
  const inParts = new Set(
    all(".scroll > table").filter((table) => table.tBodies[0].rows.length > LONG),
  );

  // A part that is not seen is as tall as its rows would be.
  const countShown = (table) => {
    if (!inParts.has(table)) return;
    for (const body of table.tBodies) {
      const shown = [...body.rows].filter((row) => !row.hidden).length;
      body.hidden = shown === 0;
      body.style.setProperty("--rows", shown);
    }
  };

  const putRows = (table, rows) => {
    if (!inParts.has(table)) return table.tBodies[0].append(...rows);
    for (let from = 0, at = 0; from < rows.length; from += PART, at += 1) {
      const body = table.tBodies[at] ?? table.createTBody();
      body.replaceChildren(...rows.slice(from, from + PART));
    }
    countShown(table);
  };

  const longestOf = (rows) => {
    const longest = [];
    for (const row of rows) {
      [...row.cells].forEach((cell, at) => {
        const length = cell.textContent.length;
        if (length > (longest[at]?.length ?? -1)) longest[at] = { length, row };
      });
    }
    return new Set([rows[0], ...longest.map(({ row }) => row)]);
  };

  const layInParts = (table) => {
    if (table.getClientRects().length === 0) return;
    const rows = rowsOf(table);
    table.classList.remove("in-parts");
    for (const body of [...table.tBodies].slice(1)) body.remove();
    table.tBodies[0].replaceChildren(...longestOf(rows));
    const widths = [...table.tHead.rows[0].cells].map((head) => head.getBoundingClientRect().width);
    table.style.setProperty("--width", `${widths.reduce((sum, width) => sum + width, 0)}px`);
    table.style.setProperty("--columns", widths.map((width) => `${width}px`).join(" "));
    table.classList.add("in-parts");
    putRows(table, rows);
  };

  let width = innerWidth;
  let resized;
  addEventListener("resize", () => {
    clearTimeout(resized);
    if (innerWidth !== width) resized = setTimeout(() => inParts.forEach(layInParts), 200);
    width = innerWidth;
  });
  for (const table of inParts) {
    layInParts(table);
    table.closest("details")?.addEventListener("toggle", () => layInParts(table));
  }

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
    const keyed = rowsOf(table).map((row) => [keyOf(row, column, isNumber), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (isNumber ? a - b : collator.compare(a, b));
    });
    putRows(table, keyed.map(([, row]) => row));
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
    const table = document.getElementById(tools.dataset.for);
    const rows = rowsOf(table);
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
      countShown(table);
      tools.querySelector("output").textContent = tools.dataset.shown
        .replace("{n}", number.format(shown))
        .replace("{total}", number.format(rows.length));
    };
    tools.addEventListener("input", apply);
    apply();
  }

  // The outlines of the map: those that are drawn, or those that come as data beside a picture.
  const plate = document.getElementById("map-areas");
  const readShapes = () => {
    const drawn = all("#map path[data-area]").map((path) => [
      path.dataset.area,
      { d: path.getAttribute("d"), words: path.querySelector("title")?.textContent },
    ]);
    const listed = plate ? JSON.parse(plate.textContent) : [];
    return new Map([...drawn, ...listed.map(([area, d, words]) => [area, { d, words }])]);
  };
  let shapes = null;
  const shapeOf = (area) => (shapes ??= readShapes()).get(area);

  // Map and rows: a click on either lights up both.
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
    const { top, bottom } = row.getBoundingClientRect();
    const from = box.getBoundingClientRect().top;
    const above = top - from - row.closest("table").tHead.offsetHeight;
    const below = bottom - from - box.clientHeight;
    if (above < 0 || below > 0) box.scrollTop += top - from - box.clientHeight / 2;
  };

  const outline = (area) => {
    for (const old of all("#map .lit-outline")) old.remove();
    const shape = shapeOf(area);
    // After all areas, so that it lies above the neighbours and keeps the map's scale.
    const layer = document.querySelector(plate ? "#map .plate > svg > g" : "#map .areas");
    if (!shape || !layer) return;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", "lit-outline");
    path.setAttribute("d", shape.d);
    layer.append(path);
  };

  const tell = (area) => {
    if (!status) return;
    const row = (rows.get(area) ?? []).find((candidate) => candidate.id !== "");
    const name = row && row.querySelector("th");
    status.textContent = shapeOf(area)?.words ?? (name ? name.textContent : area);
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
    outline(area);
    tell(area);
  };

  document.addEventListener("click", ({ target }) => {
    const area = target.closest("#map path[data-area], tr[data-area]")?.dataset.area;
    if (area !== undefined) light(area);
  });

  // On a picture the area under the pointer is the one whose outline is crossed an odd number of
  // times on the way to the left. The outlines are rings of steps, as SVG writes them.
  const readRings = () =>
    [...shapes].map(([area, { d, words }]) => {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      const rings = d.split("M").slice(1).map((ring) => {
        const points = ring.match(/-?\d+/g).map(Number);
        for (let at = 0; at < points.length; at += 2) {
          if (at > 0) points[at] += points[at - 2];
          if (at > 0) points[at + 1] += points[at - 1];
          box[0] = Math.min(box[0], points[at]);
          box[1] = Math.min(box[1], points[at + 1]);
          box[2] = Math.max(box[2], points[at]);
          box[3] = Math.max(box[3], points[at + 1]);
        }
        return points;
      });
      return { area, words, box, rings };
    });
  const isInside = (rings, x, y) => {
    let inside = false;
    for (const ring of rings) {
      for (let at = 0, before = ring.length - 2; at < ring.length; before = at, at += 2) {
        const [ax, ay, bx, by] = [ring[at], ring[at + 1], ring[before], ring[before + 1]];
        if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
      }
    }
    return inside;
  };
  if (plate) {
    const paper = document.querySelector("#map .plate");
    const layer = paper.querySelector("svg > g");
    let rings = null;
    const areaAt = ({ clientX, clientY }) => {
      shapes ??= readShapes();
      rings ??= readRings();
      const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(layer.getScreenCTM().inverse());
      // The last one lies on top.
      return rings.findLast(({ box, rings }) =>
        x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && isInside(rings, x, y));
    };
    let next = null;
    paper.addEventListener("pointermove", (event) => {
      if (next === null) {
        requestAnimationFrame(() => {
          const found = areaAt(next);
          next = null;
          paper.title = found ? found.words : "";
          paper.classList.toggle("on-area", Boolean(found));
        });
      }
      next = event;
    });
    paper.addEventListener("click", (event) => {
      const found = areaAt(event);
      if (found) light(found.area);
    });
  }
})();
