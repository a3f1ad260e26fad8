"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const [RANK, ID, NAME, TIER, PROMOTED, TYPE, CONFIDENCE, VALUE, CUMULATIVE, POTENTIAL, DAYS, VISITS, REP, REGION, REASON] =
    Array(15).keys();
  const locale = data.locale;
  const PAGE = 25;
  const get = (id) => document.getElementById(id);
  const body = get("customers").tBodies[0];
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const space = locale === "en" ? "\u00a0" : "";
  const percent = (share) => tenths.format(share * 100) + space + "%";
  // As the rest of the report counts: in full, or from ten thousand on in 万.
  const amount = (value) => {
    const size = Math.abs(value);
    if (data.wan && size >= 1e4) {
      const [scale, unit] = size >= 1e8 ? [1e8, "亿"] : [1e4, "万"];
      return (size / scale < 10 ? numbers : tenths).format(value / scale) + "\u00a0" + unit;
    }
    return (size < 1000 ? numbers : whole).format(value);
  };
  const collator = new Intl.Collator(locale, { numeric: true });
  const search = data.rows.map((row) =>
    [row[ID], row[NAME], row[REP] === null ? "" : data.reps[row[REP]], row[REGION]].join("\n").toLowerCase());

  const reps = get("rep");
  if (reps) data.reps.forEach((rep, index) => {
    const option = document.createElement("option");
    option.value = index;
    option.textContent = rep;
    reps.append(option);
  });

  const state = { sort: RANK, down: false, page: 0, rows: [] };

  const cell = (text, kind, small) => {
    const element = document.createElement(kind === "name" ? "th" : "td");
    if (kind === "name") element.scope = "row";
    if (kind === "n") element.className = "n";
    element.textContent = text;
    if (small) {
      const line = document.createElement("small");
      line.textContent = small;
      element.append(line);
    }
    return element;
  };

  const line = (row) => {
    const element = document.createElement("tr");
    const tier = document.createElement("td");
    const chip = document.createElement("span");
    chip.className = "chip tier-" + row[TIER];
    chip.textContent = data.tiers[row[TIER]] + (row[PROMOTED] ? " ▲" : "");
    tier.append(chip);
    const name = cell(row[NAME] || row[ID], "name", [row[NAME] ? row[ID] : "", row[REGION]].filter(Boolean).join(" · "));
    if (row[REASON]) {
      const why = document.createElement("small");
      why.className = "why";
      why.textContent = row[REASON];
      name.append(why);
    }
    element.append(
      cell(whole.format(row[RANK]), "n"),
      name,
      tier,
      cell(data.types[row[TYPE]], "", row[CONFIDENCE] > 0 ? whole.format(row[CONFIDENCE] * 100) + space + "%" : data.words.uncertain),
      cell(amount(row[VALUE]), "n"),
      cell(percent(row[CUMULATIVE]), "n"),
      cell(row[POTENTIAL] === null ? "" : row[POTENTIAL].toFixed(2), "n"),
      ...(reps ? [cell(row[REP] === null ? "" : data.reps[row[REP]])] : []),
      cell(row[VISITS] === null ? "" : numbers.format(row[VISITS]), "n"),
      cell(row[DAYS] === null ? "" : whole.format(row[DAYS]), "n"));
    return element;
  };

  const show = () => {
    const last = Math.max(0, Math.ceil(state.rows.length / PAGE) - 1);
    state.page = Math.min(state.page, last);
    const from = state.page * PAGE;
    const to = Math.min(from + PAGE, state.rows.length);
    body.replaceChildren(...state.rows.slice(from, to).map((index) => line(data.rows[index])));
    const words = { found: state.rows.length, from: from + 1, to };
    get("found").textContent = state.rows.length
      ? data.words.found.replace(/\{(\w+)\}/g, (_, key) => whole.format(words[key]))
      : data.words.none;
    get("back").disabled = state.page === 0;
    get("next").disabled = state.page === last;
  };

  const compare = (a, b) => {
    const [left, right] = [data.rows[a], data.rows[b]].map((row) =>
      state.sort === ID ? row[NAME] || row[ID] : state.sort === REP && row[REP] !== null ? data.reps[row[REP]] : row[state.sort]);
    // What is missing stands last, whichever way the rest is ordered.
    if (left === null || right === null) return (left === null) - (right === null) || a - b;
    const order = typeof left === "string" ? collator.compare(left, right) : left - right;
    return (state.down ? -order : order) || a - b;
  };

  const update = () => {
    const words = get("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [tier, type, rep] = ["tier", "type", "rep"].map((id) => get(id)?.value ?? "");
    state.rows = [];
    data.rows.forEach((row, index) => {
      if (tier === "p" ? !row[PROMOTED] : tier !== "" && row[TIER] !== +tier) return;
      if (type !== "" && row[TYPE] !== +type) return;
      if (rep !== "" && row[REP] !== +rep) return;
      if (words.every((word) => search[index].includes(word))) state.rows.push(index);
    });
    state.rows.sort(compare);
    state.page = 0;
    show();
  };

  document.querySelectorAll("#customers th[data-sort]").forEach((head) => {
    const column = +head.dataset.sort;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    if (column === RANK) head.setAttribute("aria-sort", "ascending");
    button.addEventListener("click", () => {
      // Amounts are wanted largest first, names and ranks from the start.
      state.down = state.sort === column ? !state.down : [VALUE, POTENTIAL, DAYS, VISITS].includes(column);
      state.sort = column;
      document.querySelectorAll("#customers th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      update();
    });
  });
  document.querySelector(".controls").addEventListener("submit", (event) => event.preventDefault());
  get("search").addEventListener("input", update);
  ["tier", "type", "rep"].forEach((id) => get(id)?.addEventListener("change", update));
  get("back").addEventListener("click", () => { state.page -= 1; show(); });
  get("next").addEventListener("click", () => { state.page += 1; show(); });
  document.querySelectorAll(".controls, .pages").forEach((element) => { element.hidden = false; });
  update();

  const tip = get("tip");
  const point = (event) => {
    const target = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
    if (!target) { tip.hidden = true; return; }
    tip.textContent = target.dataset.tip;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - box.width - 8)) + "px";
    tip.style.top = (event.clientY > box.height + 24 ? event.clientY - box.height - 12 : event.clientY + 18) + "px";
  };
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
})();
