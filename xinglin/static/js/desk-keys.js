// A desk from the keyboard: J K move, A R T decide, Z undo, / search, ? help. Buttons and links work the same without it.
(() => {
  const SWITCH = "desk-keys";
  const isOn = () => { try { return localStorage.getItem(SWITCH) !== "off"; } catch { return true; } };
  const remember = (on) => { try { localStorage.setItem(SWITCH, on ? "on" : "off"); } catch { /* a private window forgets */ } };
  const help = document.getElementById("keys-help");

  const move = (step) => {
    const links = [...document.querySelectorAll(".queue a[href]")];
    const focused = links.indexOf(document.activeElement);
    const current = focused >= 0 ? focused : links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = links[current < 0 ? 0 : current + step];
    if (next) { next.focus(); next.click(); }
  };

  const press = (key) => {
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]:not([disabled])`);
    if (!target) return false;
    if (target.matches("input, textarea")) { target.focus(); target.select(); } else { target.click(); }
    return true;
  };

  const isWriting = (element) => element.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || isWriting(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "?" && help) { event.preventDefault(); help.showModal(); return; }
    if (!isOn()) return;
    if (key === "j" || key === "k") { event.preventDefault(); move(key === "j" ? 1 : -1); return; }
    if (key.length === 1 && press(key)) event.preventDefault();
  });

  const show = () => {
    for (const hint of document.querySelectorAll("[data-for-keys]")) hint.hidden = !isOn();
    document.documentElement.toggleAttribute("data-keys-off", !isOn());
    for (const button of document.querySelectorAll("[data-keys-switch]")) {
      button.textContent = isOn() ? button.dataset.whenOn : button.dataset.whenOff;
    }
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-switch]")) return;
    remember(!isOn());
    show();
  });
  show();
})();
