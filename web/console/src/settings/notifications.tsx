import { Button, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { Heading } from "../app/screens.tsx";
import { askToNotify, maySound, mayTell, playTone, setSound, setTelling } from "../inbox/telling.ts";
import { t } from "./texts.ts";

export function NotificationSettings() {
  const [isTelling, tell] = useState(mayTell());
  const [isLoud, sound] = useState(maySound());
  const [isDenied, deny] = useState("Notification" in window && Notification.permission === "denied");
  return (
    <>
      <Heading title={t("nav.notifications")} />
      <p className="muted">{t("notifications.why")}</p>
      <Stack className="form" gap="lg">
        <Switch
          label={t("notifications.browser")}
          description={t("notifications.browser.help")}
          checked={isTelling}
          onChange={async (event) => {
            const wanted = event.currentTarget.checked;
            const granted = wanted && (await askToNotify());
            setTelling(granted);
            tell(granted);
            deny(wanted && !granted);
          }}
        />
        {isDenied && (
          <Text size="sm" className="warning" role="status">
            {t("notifications.denied")}
          </Text>
        )}
        <Switch
          label={t("notifications.sound")}
          description={t("notifications.sound.help")}
          checked={isLoud}
          onChange={(event) => {
            setSound(event.currentTarget.checked);
            sound(event.currentTarget.checked);
          }}
        />
        <Button variant="default" style={{ alignSelf: "flex-start" }} onClick={playTone}>
          {t("notifications.sound.try")}
        </Button>
      </Stack>
    </>
  );
}
