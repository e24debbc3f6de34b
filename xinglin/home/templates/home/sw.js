{% load static %}// Keeps static files, which carry their content in their name, and one page for when there is no network. Nothing else:
// no page of anyone is ever stored. A new version empties what an old one kept.
const KEPT = "xinglin-{{ version }}";
const OFFLINE = "{% url 'home:offline' %}";
const SHELL = [OFFLINE{% for path in shell %}, "{% static path %}"{% endfor %}];
const IMMUTABLE = /^\/static\/.+\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(KEPT);
    for (const address of SHELL) await kept.add(new Request(address, { credentials: "omit", cache: "reload" }));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("xinglin-") && name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(OFFLINE)) || Response.error()));
  } else if (address.pathname.startsWith("/static/")) {
    event.respondWith(fromKept(request, address));
  }
});

const fromKept = async (request, address) => {
  const kept = await caches.open(KEPT);
  const found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic" && IMMUTABLE.test(address.pathname)) await kept.put(request, answer.clone());
  return answer;
};
