// A sheet is typed in without a mouse: Enter goes to the same field of the next row, a changed time ticks its row.
(() => {
  const form = document.querySelector("[data-enter]");
  if (!form) return;
  const column = (field) => {
    const which = field.name.replace(/-[^-]*$/, "-"); // came-, left-, here-, extra-who-, extra-came-, …
    return [...form.querySelectorAll(`input[name^="${which}"]`)];
  };
  const tick = (field) => {
    const box = form.elements[field.name.replace(/^(came|left)-/, "here-")];
    if (box?.type === "checkbox") box.checked = true;
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || !field.matches(".time, .who-typed, [type=checkbox]")) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) { form.requestSubmit(); return; }
    tick(field);
    const fields = column(field);
    const next = fields[fields.indexOf(field) + 1];
    if (next) { next.focus(); next.select?.(); } else document.querySelector("button[form=enter]").focus();
  });
  form.addEventListener("input", (event) => { if (event.target.matches(".time")) tick(event.target); });
  form.addEventListener("focusin", (event) => { if (event.target.matches(".time")) event.target.select(); });

  const all = form.querySelector("[data-tick-all], [data-tick-none]");
  all?.addEventListener("click", (event) => {
    event.preventDefault(); // without losing what is typed, which following the link would
    const on = [...form.querySelectorAll("[type=checkbox]")].some((box) => !box.checked);
    for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = on;
  });
  (form.querySelector("[aria-invalid]") || form.querySelector("[type=checkbox], .who-typed"))?.focus();
})();
