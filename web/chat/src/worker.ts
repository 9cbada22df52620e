/** The service worker of one account's chat: shows the pushes of answers and leads to their conversations. It keeps
 *  nothing and answers no request. */

interface Push {
  title: string;
  body: string;
  pd_account: string;
  pd_conversation: string;
  pd_tag: string;
}

interface Page {
  url: string;
  visibilityState: "visible" | "hidden";
  focus(): Promise<unknown>;
  postMessage(message: FromWorker): void;
}

interface Pages {
  matchAll(which: { type: "window"; includeUncontrolled: true }): Promise<Page[]>;
  openWindow(address: string): Promise<unknown>;
}

/** What the page is told. */
export interface FromWorker {
  type: "pocketdesk:open-conversation";
  conversation_id: number;
}

interface Moment {
  waitUntil(done: Promise<unknown>): void;
}

/** What of a service worker is used here; the page's types know none. */
interface Worker {
  clients: Pages;
  registration: {
    showNotification(title: string, options: NotificationOptions & { renotify: boolean }): Promise<void>;
  };
  addEventListener(name: "push", run: (event: Moment & { data: { json(): unknown } | null }) => void): void;
  addEventListener(
    name: "notificationclick",
    run: (event: Moment & { notification: Notification }) => void,
  ): void;
}

const worker = self as unknown as Worker;
const CHAT = "/conversations-visitor-embed";

worker.addEventListener("push", (event) => {
  const push = event.data?.json() as Push | undefined;
  if (push) event.waitUntil(show(push));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data as Push));
});

/** Nothing is said beside a page that shows the answer itself. */
async function show(push: Push): Promise<void> {
  const pages = await pagesOf(push);
  if (pages.some((each) => each.visibilityState === "visible")) return;
  await worker.registration.showNotification(push.title, {
    body: push.body,
    tag: `pd-${push.pd_account}-${push.pd_conversation}`,
    renotify: true,
    data: push,
  });
}

async function lead(push: Push): Promise<void> {
  const page = (await pagesOf(push))[0];
  const id = push.pd_conversation;
  if (page) {
    page.postMessage({ type: "pocketdesk:open-conversation", conversation_id: Number(id) });
    await page.focus();
    return;
  }
  const query = new URLSearchParams({ portalId: push.pd_account, chatflow: push.pd_tag });
  await worker.clients.openWindow(`${CHAT}?${query}#conversation=${id}`);
}

async function pagesOf(push: Push): Promise<Page[]> {
  const all = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    return pathname === CHAT && searchParams.get("portalId") === push.pd_account;
  });
}
