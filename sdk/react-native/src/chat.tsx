import { type ComponentType, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { ActivityIndicator, Platform, Pressable, StyleSheet, Text, View, type ViewProps } from "react-native";
import { WebView, type WebViewMessageEvent, type WebViewProps } from "react-native-webview";
import { toScript } from "./core/bridge";
import { type Configuration, ConfigurationError, pageAddress } from "./core/configuration";
import { SDK_VERSION, type Shell } from "./core/shell";
import { texts } from "./core/texts";
import { current, locale, openOutside, Pocketdesk, whenConfigured } from "./pocketdesk";

export interface PocketdeskChatProps extends ViewProps {
  /** The visitor wants to leave the chat: take it away. */
  onClose?(): void;
}

/** The chat, as large as its place. It fills what is around the keyboard by itself. */
export function PocketdeskChat({ onClose, style, ...more }: PocketdeskChatProps) {
  const shell = useSyncExternalStore(whenConfigured, current);
  return (
    <View {...more} style={[styles.whole, style]}>
      {shell instanceof ConfigurationError ? (
        <Trouble text={shell.message} />
      ) : (
        <Framed key={pageAddress(shell.configuration)} shell={shell} onClose={onClose} />
      )}
    </View>
  );
}

/** In how many conversations there is something unread, for a badge. */
export function useUnreadCount(): number {
  const [count, setCount] = useState(Pocketdesk.unreadCount);
  useEffect(() => Pocketdesk.listen({ onUnread: setCount }), []);
  return count;
}

function Framed({ shell, onClose }: { shell: Shell; onClose: (() => void) | undefined }) {
  const frame = useRef<WebView>(null);
  const leave = useRef(onClose);
  leave.current = onClose;
  const [round, setRound] = useState(0);
  const [failed, setFailed] = useState(false);
  const address = useMemo(() => pageAddress(shell.configuration), [shell]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another page.
  useEffect(
    () =>
      shell.attach({
        receive: (message) => frame.current?.injectJavaScript(`${toScript(message)};true;`),
        close: () => leave.current?.(),
        openLink: openOutside,
      }),
    [shell, round],
  );
  const again = () => {
    setFailed(false);
    setRound((before) => before + 1);
  };
  if (failed) return <Trouble text={texts(locale()).notLoaded} onRetry={again} />;
  return (
    <Frame
      key={round}
      ref={frame}
      source={{ uri: address }}
      applicationNameForUserAgent={`PocketdeskSDK/${SDK_VERSION} (react_native)`}
      originWhitelist={["*"]}
      javaScriptEnabled
      domStorageEnabled
      sharedCookiesEnabled
      allowsBackForwardNavigationGestures={false}
      setSupportMultipleWindows={false}
      startInLoadingState
      renderLoading={() => <ActivityIndicator style={styles.waiting} />}
      onMessage={(event: WebViewMessageEvent) => {
        if (isOurs(event.nativeEvent.url, shell.configuration)) shell.receive(event.nativeEvent.data);
      }}
      onShouldStartLoadWithRequest={({ url, isTopFrame }) => {
        if (isTopFrame === false || isOurs(url, shell.configuration)) return true;
        if (/^(https?|mailto|tel):/i.test(url)) openOutside(url);
        return false;
      }}
      onError={() => setFailed(true)}
      // The system took the page's memory back: another one begins where the server is.
      onContentProcessDidTerminate={again}
      onRenderProcessGone={again}
      style={styles.whole}
      testID="pocketdesk-page"
    />
  );
}

// The library's class component is typed for an older React.
const Frame = WebView as unknown as ComponentType<WebViewProps & { ref: unknown }>;

/** Whether an address belongs to the server: only its pages are shown and listened to. */
export function isOurs(url: string, { server_url }: Configuration): boolean {
  return url === server_url || url.startsWith(`${server_url}/`);
}

function Trouble({ text, onRetry }: { text: string; onRetry?: () => void }) {
  return (
    <View style={styles.trouble} accessibilityRole="alert">
      <Text style={styles.words}>{text}</Text>
      {onRetry && (
        <Pressable accessibilityRole="button" onPress={onRetry} style={styles.retry}>
          <Text style={styles.words}>{texts(locale()).tryAgain}</Text>
        </Pressable>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  whole: { flex: 1 },
  waiting: { position: "absolute", inset: 0 },
  trouble: { flex: 1, alignItems: "center", justifyContent: "center", padding: 24, gap: 16 },
  words: {
    fontSize: 16,
    textAlign: "center",
    ...Platform.select({ android: { color: "#161b1d" }, default: {} }),
  },
  retry: { minHeight: 44, justifyContent: "center", paddingHorizontal: 16 },
});
