// Tabs as the ARIA Authoring Practices have them: arrow keys go from one to the next.

export function startTabs(starts) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const started = new Set();

  function show(chosen) {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
    }
    const view = chosen.getAttribute("aria-controls");
    if (!started.has(view)) {
      started.add(view);
      starts[view]();
    }
  }

  function follow(event) {
    const at = tabs.indexOf(event.currentTarget);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const next = tabs.at(to % tabs.length);
      next.focus();
      show(next);
    }
  }

  for (const tab of tabs) {
    tab.addEventListener("click", () => show(tab));
    tab.addEventListener("keydown", follow);
  }
  show(tabs[0]);
}
