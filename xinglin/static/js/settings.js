// Larger type and light or dark take effect at once; the form's own POST remembers them. Without this script the page just reloads.
(() => {
  const apply = {
    elder: (value) => document.documentElement.toggleAttribute("data-elder", value === "1"),
    theme: (value) => {
      for (const [element, name] of [[document.documentElement, "data-theme"], [document.body, "data-weui-theme"]]) {
        value ? element.setAttribute(name, value) : element.removeAttribute(name);
      }
    },
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const setting = form.dataset.setting;
    const button = event.submitter;
    if (!setting || !button || !apply[setting]) return;
    event.preventDefault();
    const fields = new FormData(form, button);
    try {
      await fetch(form.action, { method: "POST", body: fields, redirect: "manual", credentials: "same-origin" });
    } catch {
      form.submit(); // let the browser say what is wrong with the line
      return;
    }
    apply[setting](button.value);
    for (const other of form.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
  });
})();
