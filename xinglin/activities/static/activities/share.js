// One press copies the text; without a clipboard it is selected, and the person copies it as they are used to.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    text.focus();
    text.select();
    try { await navigator.clipboard.writeText(text.value); } catch { document.execCommand("copy"); }
    document.querySelector("[data-copied]").textContent = button.dataset.done;
  });
}
