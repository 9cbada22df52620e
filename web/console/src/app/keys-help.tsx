import { Kbd, Modal } from "@mantine/core";
import { t } from "./texts.ts";

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
export const MOD = isApple ? "⌘" : "Ctrl";

const groups = [
  {
    title: t("keys.everywhere"),
    keys: [
      [[MOD, "K"], t("keys.find")],
      [["?"], t("keys.help")],
      [["G", "I"], t("keys.go_inbox")],
      [["G", "F"], t("keys.go_chatflows")],
      [["G", "K"], t("keys.go_knowledge")],
      [["G", "P"], t("keys.go_contacts")],
      [["G", "S"], t("keys.go_settings")],
    ],
  },
  {
    title: t("keys.lists"),
    keys: [
      [["J", "K"], t("keys.next")],
      [["Enter"], t("keys.open")],
      [["/"], t("keys.search")],
      [["X"], t("keys.select")],
      [["Esc"], t("keys.leave")],
    ],
  },
  {
    title: t("keys.article"),
    keys: [
      [["/"], t("keys.insert")],
      [[MOD, "L"], t("keys.link")],
      [[MOD, "S"], t("keys.save")],
      [[MOD, "Shift", "Enter"], t("keys.preview")],
      [[MOD, "Enter"], t("keys.publish")],
      [["Alt", "F10"], t("keys.toolbar")],
    ],
  },
  {
    title: t("keys.conversation"),
    keys: [
      [["R"], t("keys.reply")],
      [["C"], t("keys.comment")],
      [[MOD, "Enter"], t("keys.send")],
      [["A"], t("keys.assign")],
      [["E"], t("keys.close")],
    ],
  },
] as const;

export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={t("keys.title")} size="lg">
      <div className="keys">
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([keys, does]) => (
                <div key={does}>
                  <dt>{does}</dt>
                  <dd>
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
