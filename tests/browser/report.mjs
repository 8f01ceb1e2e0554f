// Does a report work in a real browser, from a file, with the network off?
//
// node report.mjs NODE_MODULES CHROMIUM REPORT.html [FOLDER-FOR-PICTURES] [large]
// Of a `large` report axe-core sees the first rows, outlines and profiles; its HTML is not validated
// and it is not printed, because it comes from the templates of the small ones.
// Prints what it measured as JSON; exits with 1 and a line for each thing that is wrong.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, executablePath, file, pictures, size] = process.argv.slice(2);
const isLarge = size === "large";
const require = createRequire(join(resolve(modules), "here.js"));
const { chromium } = require("playwright-core");
const { HtmlValidate } = require("html-validate");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const address = pathToFileURL(resolve(file)).href;
const wrong = [];
const measured = {};
const expect = (holds, text) => {
  if (!holds) wrong.push(text);
};

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

/** A page on the report, which notes every request and every word on the console. */
const open = async (options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  await context.setOffline(true);
  const page = await context.newPage();
  page.on("request", (request) => {
    const url = request.url().split("#")[0];
    if (url !== address && !url.startsWith("data:")) wrong.push(`request: ${request.url()}`);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  const before = performance.now();
  await page.goto(address, { waitUntil: "load", timeout: 180_000 });
  measured.load_ms ??= Math.round(performance.now() - before);
  return page;
};

const shoot = (page, name, options = {}) =>
  pictures && page.screenshot({ path: join(pictures, `${name}.png`), ...options });

/** The cells of a column as they sort: numbers, or null for a gap. */
const column = (page, table, at) =>
  page.$$eval(`${table} tbody tr`, (rows, at) =>
    rows.map((row) => (row.cells[at].dataset.v === "" ? null : Number(row.cells[at].dataset.v))), at);

/** Clicks in the page itself; gives the ms until the frame that shows what came of it is made. */
const clickAndSee = (button) =>
  button.evaluate(async (button) => {
    const before = performance.now();
    button.click();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return Math.round(performance.now() - before);
  });

const sorts = async (page) => {
  const heads = await page.$$eval("#ranking-table thead th", (cells) =>
    cells.map((cell) => cell.hasAttribute("data-number")));
  let sorted = 0;
  for (const [at, isNumber] of heads.entries()) {
    if (!isNumber) continue;
    const button = page.locator("#ranking-table thead th").nth(at).locator("button");
    for (const way of ["ascending", "descending"]) {
      await button.click();
      if (await button.locator("..").getAttribute("aria-sort") !== way) {
        measured.sort_ms = Math.max(measured.sort_ms ?? 0, await clickAndSee(button));
      }
      const values = await column(page, "#ranking-table", at);
      const there = values.filter((x) => x !== null);
      const sign = way === "ascending" ? 1 : -1;
      expect(there.every((x, i) => i === 0 || sign * (x - there[i - 1]) >= 0), `column ${at} is not ${way}`);
      expect(values.slice(there.length).every((x) => x === null), `column ${at}: a gap is not last`);
      sorted += 1;
    }
  }
  expect(sorted >= 4, "fewer than two columns can be sorted");
  const first = page.locator("#ranking-table thead th button").first();
  await first.focus();
  await page.keyboard.press("Enter");
  const ranks = await column(page, "#ranking-table", 0);
  expect(ranks[0] !== ranks.at(-1) || ranks.length < 2, "Enter on a column head does not sort");
  if ((await first.locator("..").getAttribute("aria-sort")) !== "ascending") await first.click();
};

const filters = async (page) => {
  const search = page.locator(".tools[data-for=ranking-table] input");
  const shown = () => page.locator("#ranking-table tbody tr:visible").count();
  const all = await shown();
  const name = await page.locator("#ranking-table tbody tr th").nth(Math.floor(all / 2)).textContent();
  const before = performance.now();
  await search.fill(name.trim().toUpperCase());
  measured.filter_ms = Math.round(performance.now() - before);
  const names = await page.locator("#ranking-table tbody tr:visible").allTextContents();
  expect(names.length >= 1 && names.length < all, `the filter shows ${names.length} of ${all}`);
  expect(names.every((text) => text.toLowerCase().includes(name.trim().toLowerCase())), "the filter shows others");
  await search.fill("no area has this name");
  expect((await shown()) === 0, "a name that no area has still shows areas");
  await search.fill("");
  expect((await shown()) === all, "an empty filter does not show all");
  const outcome = page.locator(".tools[data-for=ranking-table] select");
  if (await outcome.count()) {
    await outcome.selectOption("selected");
    const keys = await page.$$eval("#ranking-table tbody tr", (rows) =>
      rows.filter((row) => !row.hidden).map((row) => row.dataset.outcome));
    expect(keys.every((key) => key === "selected"), "the filter of the selection shows others");
    await outcome.selectOption("");
  }
  measured.rows = all;
};

/** The outlines of the map by area: drawn ones, or those that come as data beside a picture. */
const shapes = async (page) =>
  new Map(await page.evaluate(() => {
    const listed = JSON.parse(document.getElementById("map-areas")?.textContent ?? "[]");
    const drawn = [...document.querySelectorAll("#map path[data-area]")];
    return [
      ...drawn.map((path) => [path.dataset.area, path.getAttribute("d")]),
      ...listed.map(([area, d]) => [area, d]),
    ];
  }));

/** A point on the screen that lies on the area with this outline and on nothing above it. */
const pointOn = (page, d) =>
  page.evaluate((d) => {
    const drawn = [...document.querySelectorAll("#map path[data-area]")];
    let path = drawn.find((path) => path.getAttribute("d") === d);
    const layer = document.querySelector("#map .plate > svg > g");
    if (!path) {
      path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", d);
      path.setAttribute("fill-rule", "evenodd");
      layer.append(path);
    }
    try {
      path.scrollIntoView({ block: "center" });
      const box = path.getBBox();
      const matrix = path.getScreenCTM();
      for (let i = 1; i < 40; i += 1) {
        for (let j = 1; j < 40; j += 1) {
          const there = new DOMPoint(box.x + (box.width * i) / 40, box.y + (box.height * j) / 40);
          // A click has whole coordinates.
          const { x, y } = there.matrixTransform(matrix);
          const at = new DOMPoint(Math.round(x), Math.round(y));
          if (!path.isPointInFill(at.matrixTransform(matrix.inverse()))) continue;
          const above = document.elementFromPoint(at.x, at.y);
          if (above === path || (layer && above?.closest("#map .plate"))) return { x: at.x, y: at.y };
        }
      }
      return null;
    } finally {
      if (path.parentNode === layer) path.remove();
    }
  }, d);

const mapAndTable = async (page) => {
  const areas = await page.$$eval("#ranking-table tbody tr", (rows) => rows.map((row) => row.dataset.area));
  const drawn = await shapes(page);
  const both = areas.filter((area) => drawn.has(area));
  if (drawn.size === 0) return;
  expect(both.length > 0, "no area of the table is on the map");
  const litRows = () =>
    page.$$eval("#ranking-table tr.lit", (rows) => rows.map((row) => row.dataset.area));
  const outlined = () => page.$$eval("#map .lit-outline", (paths) => paths.map((p) => p.getAttribute("d")));
  for (const area of [both[0], both[Math.floor(both.length / 2)], both.at(-1)]) {
    const point = await pointOn(page, drawn.get(area));
    if (!point) continue;
    await page.mouse.click(point.x, point.y);
    expect((await litRows()).join() === area, `a click on the map does not light the row of ${area}`);
    expect((await outlined()).join() === drawn.get(area), `${area} is not outlined on the map`);
    const inBox = await page.$eval("#ranking-table tr.lit", (row) => {
      const box = row.closest(".scroll").getBoundingClientRect();
      const { top, bottom } = row.getBoundingClientRect();
      return top >= box.top - 1 && bottom <= box.bottom + 1;
    });
    expect(inBox, `the row of ${area} is not scrolled into its box`);
    measured.map_clicks = (measured.map_clicks ?? 0) + 1;
  }
  const last = both.at(-1);
  const at = areas.indexOf(last);
  await page.locator("#ranking-table tbody tr").nth(at).locator("td").last().click();
  expect((await outlined()).join() === drawn.get(last), "a click on a row does not light the map");
};

const followsLinks = async (page) => {
  const link = page.locator("#worst tbody a, #ranking-table tbody a").first();
  const target = await link.getAttribute("href");
  await link.click();
  expect(new URL(page.url()).hash === target, `the link leads to ${page.url()}`);
  const there = await page.evaluate((id) => {
    const element = document.getElementById(id);
    const box = element?.getBoundingClientRect();
    return Boolean(box) && box.top < innerHeight && box.bottom > 0;
  }, decodeURIComponent(target.slice(1)));
  expect(there, `${target} is not on the screen after its link was followed`);
  // The way back from a profile far down leads to a row, which may be far down in its box.
  const back = await page.evaluate(async () => {
    const links = document.querySelectorAll("article.profile .back a[href^='#area-']");
    links[links.length - 1]?.click();
    for (let i = 0; i < 10; i += 1) await new Promise(requestAnimationFrame);
    const row = document.querySelector("tr:target");
    const { top, bottom } = row.getBoundingClientRect();
    const box = row.closest(".scroll")?.getBoundingClientRect();
    const seen = (from, to) => bottom > from && top < to;
    return seen(0, innerHeight) && (!box || seen(box.top, box.bottom));
  });
  expect(back, "the row that the last profile leads back to is not on the screen");
  const dead = await page.$$eval("a[href^='#']", (links) =>
    links.map((a) => a.getAttribute("href").slice(1)).filter((id) => !document.getElementById(decodeURIComponent(id))));
  expect(dead.length === 0, `links that lead nowhere: ${dead.slice(0, 3)}`);
};

/** Leaves the first of each kind of row, outline and profile, which are made alike. */
const trim = (page) =>
  page.evaluate((kept) => {
    const cut = (list) => [...list].slice(kept).forEach((element) => element.remove());
    for (const body of document.querySelectorAll("tbody")) cut(body.rows);
    for (const group of document.querySelectorAll("svg g")) cut(group.querySelectorAll(":scope > path"));
    cut(document.querySelectorAll("article.profile"));
  }, 20);

const isAccessible = async (page, what) => {
  if (isLarge) await trim(page);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, impact, nodes } of violations) {
    if (["serious", "critical"].includes(impact)) {
      const [node] = nodes;
      wrong.push(`axe (${what}): ${id}, ${nodes.length} times, such as ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`);
    } else {
      measured.axe_minor = [...new Set([...(measured.axe_minor ?? []), id])];
    }
  }
};

/**
 * How long frames take while the page and the table are scrolled by 100 px a frame, as a wheel or a
 * finger does: at the top with the map, among the profiles, and within the box of the ranking; and
 * the processor time a frame, of all the browser's processes, which other programs disturb less.
 */
const scrolls = async (page) => {
  const whole = await browser.newBrowserCDPSession();
  const seconds = async () =>
    (await whole.send("SystemInfo.getProcessInfo")).processInfo.reduce((sum, one) => sum + one.cpuTime, 0);
  measured.scroll = {};
  for (const [name, selector] of [["first", null], ["profiles", "#profiles"], ["table", "#ranking-table"]]) {
    await page.evaluate(async (selector) => {
      const box = selector === "#ranking-table" ? document.querySelector(selector).closest(".scroll") : null;
      const element = box ?? document.scrollingElement;
      box?.scrollIntoView();
      const from = box || !selector ? 0 : document.querySelector(selector).offsetTop;
      element.scrollTop = from;
      for (let i = 0; i < 5; i += 1) await new Promise(requestAnimationFrame);
      globalThis.walked = { element, from };
    }, selector);
    await page.waitForTimeout(500);
    const before = await seconds();
    const frames = await page.evaluate(async () => {
      const { element, from } = globalThis.walked;
      const frames = [];
      let last = performance.now();
      for (let i = 1; i <= 60; i += 1) {
        element.scrollTop = from + 100 * i;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        frames.push(now - last);
        last = now;
      }
      return frames.sort((a, b) => a - b);
    });
    const part = (share) => Math.round(frames[Math.floor(share * (frames.length - 1))]);
    measured.scroll[name] = {
      frames: frames.length,
      median_ms: part(0.5),
      p95_ms: part(0.95),
      cpu_ms: Math.round(((await seconds()) - before) * 1000 / frames.length),
    };
  }
  // What makes a large report slow to scroll: cells that stick in every row.
  const sticky = await page.$$eval("tbody th", (cells) =>
    cells.filter((cell) => getComputedStyle(cell).position === "sticky").length);
  expect(!isLarge || sticky === 0, `${sticky} cells of rows stick in a large report`);
};

try {
  const page = await open();
  await shoot(page, "1440-first");
  await sorts(page);
  await filters(page);
  await mapAndTable(page);
  await followsLinks(page);
  await scrolls(page);
  await isAccessible(page, "light");
  await shoot(page, "1440-whole", { fullPage: true });
  await page.context().close();

  const dark = await open({ colorScheme: "dark" });
  await isAccessible(dark, "dark");
  await shoot(dark, "1440-dark");
  await dark.context().close();

  for (const width of [768, 390]) {
    const small = await open({ viewport: { width, height: 844 }, deviceScaleFactor: 2 });
    const wide = await small.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide <= 0, `the page is ${wide} px too wide at ${width} px`);
    if (width === 390) await isAccessible(small, "390 px");
    await shoot(small, `${width}-first`);
    await small.context().close();
  }

  const bare = await open({ javaScriptEnabled: false });
  expect(await bare.locator("#ranking-table tbody tr").first().isVisible(), "nothing to read without script");
  expect((await bare.locator(".needs-script:visible").count()) === 0, "tools are shown that need script");
  await bare.context().close();

  if (!isLarge) {
    const paper = await open();
    const pdf = await paper.pdf({ preferCSSPageSize: true, printBackground: true, path: pictures ? join(pictures, "report.pdf") : undefined });
    measured.pages = pdf.toString("latin1").split("/Type /Page\n").length - 1;
    await paper.context().close();
  }
} finally {
  await browser.close();
}

const text = readFileSync(file, "utf8");
measured.bytes = Buffer.byteLength(text);
const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: {
    // House style of that program and no rules of HTML.
    "doctype-style": "off",
    "no-inline-style": "off",
    "void-style": "off",
    "no-trailing-whitespace": "off",
    "long-title": "off",
  },
});
const { results } = isLarge ? { results: [] } : await validator.validateString(text);
for (const { messages } of results) {
  for (const { ruleId, message, line } of messages.slice(0, 10)) {
    wrong.push(`html: line ${line}: ${message} (${ruleId})`);
  }
}

console.log(JSON.stringify(measured));
if (wrong.length > 0) {
  console.error([...new Set(wrong)].slice(0, 40).join("\n"));
  process.exit(1);
}
