// Tables are sorted by a click on a head: within each group, with the total last. Without this script they stay as they are.
for (const table of document.querySelectorAll("table")) {
  const bodies = [...table.tBodies].map((body) => [body, [...body.rows]]);
  if (bodies.every(([, rows]) => rows.length < 2)) continue;
  const language = table.closest("[lang]").lang;
  const { compare } = new Intl.Collator(language, { numeric: true });

  const keyOf = (row, place) => {
    const cell = row.cells[place];
    const text = cell.dataset.sort ?? cell.textContent.trim();
    const number = text === "" ? NaN : Number(text);
    return { text, number };
  };
  const order = (a, b) => {
    if (!Number.isNaN(a.number) && !Number.isNaN(b.number)) return a.number - b.number;
    return compare(a.text, b.text);
  };
  const sorted = (rows, place, sign) => {
    const isEmpty = (row) => (keyOf(row, place).text === "" ? 1 : 0);
    const isTotal = (row) => (row.classList.contains("total") ? 1 : 0);
    return [...rows].sort((a, b) =>
      isTotal(a) - isTotal(b) || isEmpty(a) - isEmpty(b) || sign * order(keyOf(a, place), keyOf(b, place)));
  };

  const heads = [...table.tHead.rows[0].cells];
  const states = { ascending: ["descending", -1], descending: [null, 0] };
  heads.forEach((head, place) => {
    if (head.localName !== "th") return;
    const button = document.createElement("button");
    button.type = "button";
    const wrap = () => { button.append(...head.childNodes); head.append(button); };
    wrap();
    addEventListener("beforeprint", () => head.replaceChildren(...button.childNodes)); // Chromium repeats no button on the next page
    addEventListener("afterprint", wrap);
    button.addEventListener("click", () => {
      const [state, sign] = states[head.getAttribute("aria-sort")] ?? ["ascending", 1];
      for (const other of heads) other.removeAttribute("aria-sort");
      if (state) head.setAttribute("aria-sort", state);
      for (const [body, rows] of bodies) body.append(...(sign ? sorted(rows, place, sign) : rows));
    });
  });
}

// A box whose table goes on beyond its edge has a shade there.
for (const box of document.querySelectorAll(".scroll")) {
  const look = () => box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  box.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(box);
}
