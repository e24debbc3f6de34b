// The button to have a code sent again rests until it would be answered. Without this script it always works, and the
// server says how long to wait.
for (const button of document.querySelectorAll("[data-wait-until]")) {
  const words = button.querySelector("span") ?? button;
  const ready = words.textContent;
  const until = Date.parse(button.dataset.waitUntil);
  const tick = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    button.disabled = seconds > 0 && seconds <= 60; // a phone whose clock is wrong is not kept waiting
    words.textContent = button.disabled ? button.dataset.waiting.replace("{seconds}", seconds) : ready;
    if (button.disabled) setTimeout(tick, 1000);
  };
  if (!Number.isNaN(until)) tick();
}
