import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HelpScreen, Places } from "./places.ts";

const CATEGORY: HelpScreen = { name: "category", id: 1 };
const ARTICLE: HelpScreen = { name: "article", id: 2, language: "en" };

/** A history whose back is as late as a browser's. */
function fakeHistory() {
  const entries: unknown[] = [null];
  let at = 0;
  return {
    entries,
    get state() {
      return entries[at];
    },
    pushState(state: unknown) {
      entries.splice(++at, entries.length, structuredClone(state));
    },
    replaceState(state: unknown) {
      entries[at] = structuredClone(state);
    },
    back() {
      if (at === 0) return;
      at -= 1;
      window.dispatchEvent(Object.assign(new Event("popstate"), { state: structuredClone(entries[at]) }));
    },
  };
}

const names = ({ now }: Places) => [now.get().tab, ...now.get().trail.map((each) => each.name)];

describe("places", () => {
  let history: ReturnType<typeof fakeHistory>;
  let places: Places;
  beforeEach(() => {
    history = fakeHistory();
    places = new Places(history as unknown as History);
  });
  afterEach(() => places.reset());

  it("K02 goes back the way it came, by its own way and by the system's", () => {
    places.show("help");
    places.open(CATEGORY);
    places.open(ARTICLE);
    expect(names(places)).toEqual(["help", "home", "category", "article"]);
    places.back();
    expect(names(places)).toEqual(["help", "home", "category"]);
    history.back();
    expect(names(places)).toEqual(["help", "home"]);
    history.back();
    expect(names(places)).toEqual(["chat", "home"]);
  });

  it("K05 keeps the article while one chats, and the system's back leads to it", () => {
    places.show("help");
    places.open(ARTICLE);
    places.show("chat");
    expect(names(places)).toEqual(["chat", "home", "article"]);
    history.back();
    expect(names(places)).toEqual(["help", "home", "article"]);
  });

  it("to and fro between the tabs adds one entry to the history", () => {
    for (let times = 0; times < 5; times++) {
      places.show("help");
      places.show("chat");
    }
    expect(history.entries).toHaveLength(2);
  });

  it("L08 leads back from an article of a message to the chat", () => {
    places.show("help");
    places.open(CATEGORY);
    places.show("chat");
    places.open({ ...ARTICLE, fromChat: true });
    places.back();
    expect(names(places)).toEqual(["chat", "home", "category"]);
  });

  it("K10 an article in another language is no step further", () => {
    places.show("help");
    places.open(ARTICLE);
    places.turn({ ...ARTICLE, language: "nl" });
    expect(places.now.get().trail.at(-1)).toMatchObject({ name: "article", language: "nl" });
    places.back();
    expect(names(places)).toEqual(["help", "home"]);
  });

  it("goes back without a history too", () => {
    const preview = new Places(null);
    preview.show("help");
    preview.open(CATEGORY);
    preview.back();
    expect(names(preview)).toEqual(["help", "home"]);
    preview.show("chat");
    preview.open({ ...ARTICLE, fromChat: true });
    preview.back();
    expect(names(preview)).toEqual(["chat", "home"]);
  });

  it("back from an article that was come to by a switch of tabs leads to its category", () => {
    places.show("help");
    places.open(CATEGORY);
    places.open(ARTICLE);
    places.show("chat");
    places.show("help");
    places.back();
    expect(names(places)).toEqual(["help", "home", "category"]);
  });

  it("the tab that is shown leads to its beginning", () => {
    places.show("help");
    places.open(CATEGORY);
    places.show("help");
    expect(names(places)).toEqual(["help", "home"]);
  });

  it("a page that is loaded again is where it was", () => {
    places.show("help");
    places.open(ARTICLE);
    expect(names(new Places(history as unknown as History))).toEqual(["help", "home", "article"]);
  });

  it("remembers no endless way", () => {
    for (let id = 0; id < 50; id++) places.open({ ...ARTICLE, id });
    const { trail } = places.now.get();
    expect(trail).toHaveLength(20);
    expect([trail[0], trail.at(-1)]).toEqual([{ name: "home" }, { ...ARTICLE, id: 49 }]);
  });

  it("somebody new begins in the chat", () => {
    places.open(ARTICLE);
    places.reset();
    expect(names(places)).toEqual(["chat", "home"]);
    expect(places.visitor.get()).toBe(1);
  });
});
