// The worker that shows a page when there is no network; only where the connection is trusted. The site works without it.
// How this page looks is noted for the one that is shown without a network (`as-before.js`).
try {
  const { elder, theme } = document.documentElement.dataset;
  localStorage.setItem("look", JSON.stringify({ elder: elder !== undefined, theme: theme || "" }));
} catch { /* nothing may be kept on this device */ }

if (window.isSecureContext && "serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {}));
}
