// What a reader can do with the page besides reading it. The page is complete without this script.
"use strict";
(() => {
  const report = document.getElementById("report");
  const all = (selector, root = report) => [...root.querySelectorAll(selector)];
  const tools = report.querySelector(".tools");
  tools.hidden = false;

  // Copy: a button beside each command, id and log line.
  const copy = async (text, button) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "copied";
    setTimeout(() => (button.textContent = "copy"), 1500);
  };
  for (const element of all("[data-copy]")) {
    const text = element.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "copy";
    button.setAttribute("aria-label", `copy ${text.slice(0, 40)}`);
    button.addEventListener("click", () => copy(text, button));
    element.after(button);
  }

  // Filter: incidents, checks and charts that hold all the words.
  const search = tools.querySelector("input");
  const filtered = all(".incident, .checks tbody tr, .figures figure");
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const element of filtered) {
      const text = element.textContent.toLowerCase();
      element.hidden = !words.every(word => text.includes(word));
    }
    const shown = all(".checks tbody tr").filter(row => !row.hidden).length;
    tools.querySelector("output").textContent = words.length ? `${shown} checks` : "";
  });

  // Expand all, and collapse all.
  const expand = tools.querySelector("[data-expand]");
  expand.addEventListener("click", () => {
    const opens = expand.textContent === "Expand all";
    for (const details of document.querySelectorAll("details")) details.open = opens;
    expand.textContent = opens ? "Collapse all" : "Expand all";
  });

  // The reader's local time in place of UTC.
  const local = tools.querySelector("[data-local]");
  const times = all("time[datetime]");
  for (const time of times) time.dataset.utc = time.textContent;
  local.addEventListener("click", () => {
    const isLocal = local.getAttribute("aria-pressed") === "false";
    local.setAttribute("aria-pressed", isLocal);
    for (const time of times) {
      const at = new Date(time.dateTime);
      time.textContent = isLocal ? at.toLocaleString([], {dateStyle: "medium", timeStyle: "long"}) : time.dataset.utc;
      time.title = isLocal ? time.dataset.utc : "";
    }
  });

  // Sort a table by a column.
  for (const table of all("table[data-sortable]")) {
    const body = table.tBodies[0];
    const key = (row, column) => row.cells[column].dataset.value ?? row.cells[column].innerText;
    all("thead th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        for (const other of all("thead th", table)) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
        const order = new Intl.Collator([], {numeric: true}).compare;
        body.append(...[...body.rows].sort((one, other) => sign * order(key(one, column), key(other, column))));
      });
    });
  }

  // A link to collapsed evidence opens it.
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
