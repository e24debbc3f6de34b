// A desk from the keyboard: J K move, A R T decide, Z undo, / search, ? help. Buttons and links work the same without it.
(() => {
  const SWITCH = "desk-keys";
  const MOST_AHEAD = 40; // keys typed while an answer is under way
  const isOn = () => { try { return localStorage.getItem(SWITCH) !== "off"; } catch { return true; } };
  const remember = (on) => { try { localStorage.setItem(SWITCH, on ? "on" : "off"); } catch { /* a private window forgets */ } };
  const help = document.getElementById("keys-help");
  let isBusy = false; // htmx is changing the page: what is typed now is meant for the page that comes
  let ahead = [];
  let waitsForReason = ""; // the button that wanted a reason first, by its key

  const move = (step) => {
    const links = [...document.querySelectorAll(".queue a[href]")];
    const focused = links.indexOf(document.activeElement);
    const current = focused >= 0 ? focused : links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = links[current < 0 ? 0 : current + step];
    if (next) { next.focus(); next.click(); }
  };

  const lacksReason = (button) => {
    const field = button.dataset.needs && document.getElementById(button.dataset.needs);
    if (!field || field.value.trim() || button.form.querySelector("[name=ready]:checked")) return null;
    return field;
  };

  const press = (key) => {
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]:not([disabled])`);
    if (!target) return false;
    const field = lacksReason(target);
    if (field) { waitsForReason = key; field.focus(); return true; }
    if (target.matches("input:not([type=radio]), textarea")) { target.focus(); target.select(); } else { target.click(); }
    return true;
  };

  const isWriting = (element) => element.closest?.("input:not([type=radio]), textarea, select, [contenteditable], dialog[open]") != null;

  const obey = (key) => {
    if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); return true; }
    return key.length === 1 && press(key);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (isWriting(event.target)) { inReason(event); return; }
    const key = event.key.toLowerCase();
    if (key === "?" && help) { event.preventDefault(); help.showModal(); return; }
    if (!isOn()) return;
    if (isBusy && event.key.length === 1) {
      event.preventDefault();
      if (ahead.length < MOST_AHEAD) ahead.push(event.key);
      return;
    }
    if (obey(key)) event.preventDefault();
  });

  // In the reason: Enter sends it with the decision that asked for it, Escape goes back to the keys.
  const inReason = (event) => {
    if (event.target.id !== "reason") return;
    if (event.key === "Escape") { event.target.blur(); return; }
    if (event.key !== "Enter" || event.shiftKey || !waitsForReason || !event.target.value.trim()) return;
    event.preventDefault();
    const key = waitsForReason;
    waitsForReason = "";
    event.target.blur();
    press(key);
  };

  // What was typed ahead, key by key, until one of them changes the page again; letters for a reason go into it.
  const catchUp = () => {
    while (ahead.length && !isBusy) {
      const key = ahead.shift();
      const field = document.activeElement;
      if (field && field.id === "reason") { field.value += key; continue; }
      obey(key.toLowerCase());
    }
  };

  document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.target?.id === "content") isBusy = true; });
  for (const failed of ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:sendAbort"]) {
    document.addEventListener(failed, () => { isBusy = false; ahead = []; });
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "content") return; // the toasts and the count settle too, each by itself
    show();
    document.querySelector(".queue [aria-current]")?.scrollIntoView({ block: "nearest" });
    const invalid = document.querySelector("#reason[aria-invalid]");
    // After a decision reading goes on at the next thing; after J and K the line keeps the focus.
    if (invalid) invalid.focus();
    else if (!document.activeElement || document.activeElement === document.body) document.getElementById("what")?.focus({ preventScroll: true });
    isBusy = false;
    catchUp();
  });

  const show = () => {
    for (const hint of document.querySelectorAll("[data-for-keys]")) hint.hidden = !isOn();
    document.documentElement.toggleAttribute("data-keys-off", !isOn());
    for (const button of document.querySelectorAll("[data-keys-switch]")) {
      button.textContent = isOn() ? button.dataset.whenOn : button.dataset.whenOff;
    }
  };

  // On a phone the navigation and the tabs are strips: where one is stands in sight.
  for (const strip of [".nav", ".tabs"]) {
    document.querySelector(`${strip} [aria-current]`)?.scrollIntoView({ inline: "center", block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-switch]")) return;
    remember(!isOn());
    show();
  });
  show();
})();
