// Asks this browser for its address of web push, and sends it by the form beside the button.
const form = document.querySelector("[data-push-key]");
const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const subscribe = async () => {
  await navigator.serviceWorker.register(form.dataset.worker);
  // A browser subscribes for a worker that runs: the first time it is only being installed.
  const registration = await navigator.serviceWorker.ready;
  const found = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(form.dataset.pushKey),
  });
  const { endpoint, keys } = found.toJSON();
  Object.assign(form.elements.endpoint, { value: endpoint });
  Object.assign(form.elements.p256dh, { value: keys.p256dh });
  Object.assign(form.elements.auth, { value: keys.auth });
  form.submit();
};

if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    subscribe().catch((error) => {
      form.querySelector("[role=status]").textContent = `${form.dataset.refused} ${error.message}`;
    });
  });
}
