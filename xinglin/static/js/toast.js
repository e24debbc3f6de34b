// Toasts stay six seconds, and as long as someone points at them or has the focus in them.
(() => {
  const STAYS = 6000;

  const dismiss = (toast) => {
    let timer;
    const start = () => { clearTimeout(timer); timer = setTimeout(() => toast.remove(), STAYS); };
    const hold = () => clearTimeout(timer);
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("pointerleave", start);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("focusout", start);
    start();
  };

  // A reader speaks only of what changes inside a live region: take the toasts out, and put them in again.
  const region = document.querySelector(".toasts");
  if (region) {
    const toasts = [...region.children];
    region.replaceChildren();
    // Those that htmx brings later come into the region by themselves.
    new MutationObserver((changes) => {
      for (const change of changes) for (const toast of change.addedNodes) if (toast.matches?.(".toast")) dismiss(toast);
    }).observe(region, { childList: true });
    if (toasts.length) setTimeout(() => region.append(...toasts), 120);

    const say = (sentence) => {
      const toast = document.createElement("div");
      toast.className = "toast";
      toast.dataset.toast = "";
      toast.textContent = sentence;
      region.append(toast);
    };
    for (const failed of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
      document.addEventListener(failed, () => say(region.dataset.failed));
    }
  }

  // After a form came back with errors, the summary is where reading goes on.
  document.querySelector("[data-errors]")?.focus();
})();
