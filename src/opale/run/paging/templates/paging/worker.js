// Shows a page that was pushed to this browser; a press opens the link by which one answers.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : { title: "Opale", body: "", url: "/paging/mine/" };
  event.waitUntil(
    self.registration.showNotification(said.title, {
      body: said.body,
      data: { url: said.url },
      requireInteraction: true,
      tag: said.url,
    }),
  );
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
