// The worker that shows a page when there is no network; only where the connection is trusted. The site works without it.
if (window.isSecureContext && "serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {}));
}
