// What an iOS app injects at the end of every frame's document (our own words, to the behaviour of the public SDK).
(() => {
  const { nativeApp, closeChatHandler } = window.webkit.messageHandlers;
  window.bridged = [];
  const forward = (name) => (payload) => { bridged.push([name, payload]); nativeApp.postMessage(payload); };
  const listen = () => {
    for (const name of ["conversationStarted", "widgetLoaded", "userInteractedWithWidget", "userSelectedThread"])
      HubSpotConversations.on(name, forward(name));
    HubSpotConversations.on("sdkCloseButtonClick", (payload) => {
      bridged.push(["closed", payload]);
      closeChatHandler.postMessage(payload);
    });
  };
  if (window.HubSpotConversations) listen();
  else if (Array.isArray(window.hsConversationsOnReady)) window.hsConversationsOnReady.push(listen);
  else window.hsConversationsOnReady = [listen];
})();
