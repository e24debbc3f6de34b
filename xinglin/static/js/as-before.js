// The page for when there is no network was kept before anybody chose how to see pages: it looks as the page before it.
// `install.js` has noted that on this device: larger type, light or dark, and nothing else.
try {
  const { elder, theme } = JSON.parse(localStorage.getItem("look") || "{}");
  document.documentElement.toggleAttribute("data-elder", elder === true);
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
    document.body.dataset.weuiTheme = theme;
  }
} catch { /* nothing may be kept on this device: then as the device itself is set */ }
