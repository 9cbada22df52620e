import { beforeEach, describe, expect, it, vi } from "vitest";
import { Listeners, type Payload, publish, type WidgetVerbs } from "./conversations-api.ts";

const verbs: WidgetVerbs = {
  load() {},
  refresh() {},
  open() {},
  close() {},
  remove() {},
  status: () => ({ loaded: true, pending: false }),
};

beforeEach(() => {
  delete window.HubSpotConversations;
  delete window.hsConversationsOnReady;
});

describe("C03 the JavaScript API", () => {
  it("P3 runs what waited, in order, and only once the API works", () => {
    const order: string[] = [];
    window.hsConversationsOnReady = [
      () => order.push(`first ${typeof window.HubSpotConversations?.on}`),
      () => order.push("second"),
    ];
    publish(new Listeners(), verbs, () => {});
    expect(order).toEqual(["first function", "second"]);
  });

  it("goes on when somebody's function throws, and reports it", () => {
    vi.useFakeTimers();
    const second = vi.fn();
    window.hsConversationsOnReady = [
      () => {
        throw new Error("theirs");
      },
      second,
    ];
    publish(new Listeners(), verbs, () => {});
    expect(second).toHaveBeenCalledOnce();
    expect(() => vi.runAllTimers()).toThrow("theirs");
    vi.useRealTimers();
  });

  it("P2 takes names that it does not know", () => {
    expect(() => new Listeners().on("somethingNew", () => {})).not.toThrow();
  });

  it("P4 gives every listener a plain object of its own", () => {
    const listeners = new Listeners();
    const seen: Payload[] = [];
    const spoil = (payload: Payload) => {
      seen.push(structuredClone(payload));
      delete payload["message"];
    };
    listeners.on("widgetLoaded", spoil);
    listeners.on("widgetLoaded", (payload) => seen.push(payload));
    listeners.emit("widgetLoaded", { message: "widget has loaded" });
    expect(seen).toEqual([{ message: "widget has loaded" }, { message: "widget has loaded" }]);
  });

  it("P5 tells late subscribers which thread is selected, until it is another visitor's", async () => {
    const listeners = new Listeners();
    listeners.emit("userSelectedThread", { conversation: { conversationId: 1 } });
    listeners.emit("userSelectedThread", { conversation: { conversationId: 2 } });
    const late = vi.fn();
    listeners.on("userSelectedThread", late);
    await Promise.resolve();
    expect(late.mock.calls).toEqual([[{ conversation: { conversationId: 2 } }]]);
    listeners.forget();
    const later = vi.fn();
    listeners.on("userSelectedThread", later);
    await Promise.resolve();
    expect(later).not.toHaveBeenCalled();
  });

  it("stops telling who is off", () => {
    const listeners = new Listeners();
    const heard = vi.fn();
    listeners.on("widgetClosed", heard);
    listeners.off("widgetClosed", heard);
    listeners.emit("widgetClosed", { message: "" });
    expect(heard).not.toHaveBeenCalled();
  });
});
