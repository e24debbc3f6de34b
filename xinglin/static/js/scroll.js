// A phone's page scrolls inside its frame. What a browser does by itself for a whole document is done here for the frame:
// it keeps its place on the way back, and the keyboard moves it while nothing has the focus.
(() => {
  const page = document.getElementById("content");
  const kept = `scroll:${location.pathname}${location.search}`;
  const memory = (act) => { try { return act(sessionStorage); } catch { return null; } }; // a private window forgets

  addEventListener("pagehide", () => memory((store) => store.setItem(kept, String(page.scrollTop))));
  const [way] = performance.getEntriesByType("navigation");
  if (way && ["back_forward", "reload"].includes(way.type)) page.scrollTop = Number(memory((store) => store.getItem(kept)) ?? 0);

  // A page with nothing in it to reach by Tab is reached itself.
  if (!page.querySelector("a[href], button, input, select, textarea, summary")) page.tabIndex = 0;

  const LINE = 40;
  const steps = {
    ArrowDown: () => LINE,
    ArrowUp: () => -LINE,
    PageDown: () => page.clientHeight - LINE,
    PageUp: () => LINE - page.clientHeight,
    End: () => page.scrollHeight,
    Home: () => -page.scrollHeight,
    " ": (event) => steps[event.shiftKey ? "PageUp" : "PageDown"](),
  };
  document.addEventListener("keydown", (event) => {
    if (event.target !== document.body || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!steps[event.key] || page.scrollHeight <= page.clientHeight) return;
    event.preventDefault();
    page.scrollBy(0, steps[event.key](event));
  });
})();
