// Reads the phone's place when a button asks for it. Nothing is read before the press, and without this script the
// page still works: the leader's nod, or figures typed by hand, take its place.
(() => {
  const ask = (form, done) => {
    const say = form.querySelector("[data-say]");
    if (say) say.textContent = form.dataset.asking;
    const fail = () => { if (say) say.textContent = form.dataset.failed; };
    if (!navigator.geolocation) { fail(); return; }
    navigator.geolocation.getCurrentPosition((found) => {
      form.querySelector("[data-latitude]").value = found.coords.latitude.toFixed(6);
      form.querySelector("[data-longitude]").value = found.coords.longitude.toFixed(6);
      done(say);
    }, fail, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
  };

  const hands = document.querySelector("form[data-locate]");
  if (hands) {
    hands.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.hasAttribute("data-no-location")) return;
      event.preventDefault();
      ask(hands, () => hands.submit());
    });
  }

  const here = document.querySelector("form[data-here]");
  const button = here && here.querySelector("[data-use-here]");
  if (button && navigator.geolocation) {
    button.hidden = false;
    button.addEventListener("click", () => ask(here, (say) => {
      here.querySelector("[data-datum]").value = "wgs84";
      if (say) say.textContent = "";
    }));
  }
})();
