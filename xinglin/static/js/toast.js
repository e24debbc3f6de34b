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
  if (region && region.children.length) {
    const toasts = [...region.children];
    region.replaceChildren();
    setTimeout(() => { region.append(...toasts); toasts.forEach(dismiss); }, 120);
  }

  // After a form came back with errors, the summary is where reading goes on.
  document.querySelector("[data-errors]")?.focus();
})();
