/** The component, with a web view that the test plays. */
import { act, fireEvent, render, screen } from "@testing-library/react-native";
import { Linking } from "react-native";
import { Pocketdesk, PocketdeskChat, useUnreadCount } from "../src";
import { texts } from "../src/core/texts";

const injected: string[] = [];

jest.mock("react-native-webview", () => {
  const React = require("react");
  const { View } = require("react-native");
  return {
    WebView: ({ ref, ...props }: { ref?: React.Ref<unknown> }) => {
      React.useImperativeHandle(ref, () => ({ injectJavaScript: (script: string) => injected.push(script) }));
      return React.createElement(View, props);
    },
  };
});

const SERVER = "https://chat.example.org";
const open = jest.spyOn(Linking, "openURL").mockResolvedValue(undefined);

beforeEach(() => {
  injected.length = 0;
  open.mockClear();
  Pocketdesk.configure({ server_url: SERVER, account_id: 2, mobile_tag: "support" }, { appVersion: "5.1" });
});

const page = () => screen.getByTestId("pocketdesk-page");
const say = (message: object, url = `${SERVER}/conversations-visitor-embed?portalId=2`) =>
  fireEvent(page(), "message", { nativeEvent: { data: JSON.stringify(message), url } });

test("C02 it shows the page of the server, and says that it is our SDK", async () => {
  await render(<PocketdeskChat />);
  expect(page().props["source"]).toEqual({
    uri: `${SERVER}/conversations-visitor-embed?portalId=2&chatflow=support`,
  });
  expect(page().props["applicationNameForUserAgent"]).toMatch(
    /^PocketdeskSDK\/\d+\.\d+\.\d+ \(react_native\)$/,
  );
});

test("C17 it answers the page with who is signed in, outside the address", async () => {
  Pocketdesk.identify({ token: "tok'en\"</script>", email: "mia@example.org" });
  await render(<PocketdeskChat />);
  await say({ type: "ready", protocol: 1 });
  expect(injected.join()).toContain("tok'en");
  expect(JSON.stringify(page().props["source"])).not.toContain("tok");
});

test("what other pages say is not heard", async () => {
  const onClose = jest.fn();
  await render(<PocketdeskChat onClose={onClose} />);
  await say({ type: "close" }, "https://chat.example.org.evil.example/");
  await say({ type: "close" }, "https://evil.example/");
  expect(onClose).not.toHaveBeenCalled();
  await say({ type: "close" });
  expect(onClose).toHaveBeenCalledTimes(1);
});

test("C20 the main frame stays at the server; other addresses open outside, dangerous ones nowhere", async () => {
  await render(<PocketdeskChat />);
  const may = page().props["onShouldStartLoadWithRequest"] as (request: object) => boolean;
  expect(may({ url: `${SERVER}/conversations-visitor-embed`, isTopFrame: true })).toBe(true);
  expect(may({ url: "https://example.com/", isTopFrame: true })).toBe(false);
  expect(may({ url: "intent://scan/#Intent;end", isTopFrame: true })).toBe(false);
  expect(may({ url: "file:///etc/passwd", isTopFrame: true })).toBe(false);
  expect(open.mock.calls).toEqual([["https://example.com/"]]);
});

test("C21 each problem says what it is, and loading can be tried again", async () => {
  Pocketdesk.configure("{");
  const { rerender } = await render(<PocketdeskChat />);
  expect(screen.getByText(/no JSON/)).toBeTruthy();
  await act(() => Pocketdesk.configure({ server_url: SERVER, account_id: 2, mobile_tag: "support" }));
  await rerender(<PocketdeskChat />);
  await fireEvent(page(), "error");
  expect(screen.getByText("The chat could not be loaded.")).toBeTruthy();
  await fireEvent.press(screen.getByText("Try again"));
  expect(page()).toBeTruthy();
});

test("C23 it speaks the device's language where it knows it, or English", () => {
  expect(texts("de_AT").tryAgain).toBe("Erneut versuchen");
  expect(texts("pt-BR").notLoaded).toBe("Não foi possível carregar o chat.");
  for (const other of ["ja-JP", "", "constructor"]) expect(texts(other).tryAgain).toBe("Try again");
});

test("a page whose process died comes back", async () => {
  await render(<PocketdeskChat />);
  const before = page();
  await fireEvent(before, "contentProcessDidTerminate");
  await say({ type: "ready", protocol: 1 });
  expect(injected.length).toBe(1);
});

test("D20 the count of what is unread can be shown", async () => {
  const { Text } = jest.requireActual<typeof import("react-native")>("react-native");
  const Badge = () => <Text>{`unread ${useUnreadCount()}`}</Text>;
  await render(
    <>
      <Badge />
      <PocketdeskChat />
    </>,
  );
  await say({ type: "ready", protocol: 1 });
  await say({ type: "unread", count: 2 });
  expect(screen.getByText("unread 2")).toBeTruthy();
});

test("the Expo plugin adds what is missing and keeps what is there", () => {
  const plugin = require("../app.plugin.js") as (config: object, options?: object) => Record<string, unknown>;
  const config = { name: "Shop", ios: { infoPlist: { NSCameraUsageDescription: "ours" } } };
  expect(plugin(config)).toMatchObject({
    name: "Shop",
    ios: {
      infoPlist: { NSCameraUsageDescription: "ours", NSPhotoLibraryUsageDescription: expect.any(String) },
    },
    android: { permissions: ["android.permission.INTERNET", "android.permission.POST_NOTIFICATIONS"] },
  });
});
