import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { Editor } from "@tiptap/react";
import { useState } from "react";
import { isAllowed } from "../document.ts";
import { PickArticle } from "../pick-article.tsx";
import { besides } from "./inserts.ts";
import { t } from "./texts.ts";

interface QuestionProps {
  editor: Editor;
  onClose: () => void;
}

/** What was typed as a whole address: `example.org` and `me@example.org` are meant as ones. Null when it is none. */
export function toAddress(typed: string): string | null {
  const text = typed.trim();
  const isWhole: boolean = isAllowed(text);
  if (isWhole) return text;
  if (!text || /\s/.test(text) || /^[a-z][a-z\d+-]*:/i.test(text.replace(/:\d+/, ""))) return null;
  if (/^[^@/:]+@[^@/:]+\.[^@/:]+$/.test(text)) return `mailto:${text}`;
  return /^[^/:]+\.[^/:]{2,}(:\d+)?(\/|\?|#|$)/.test(text) && isAllowed(`https://${text}`)
    ? `https://${text}`
    : null;
}

/** Makes the chosen words lead somewhere: to an address, or to another article. */
export function LinkDialog({ editor, base, onClose }: QuestionProps & { base: number }) {
  const [chosen] = useState(() => {
    const mark = editor.isActive("link") ? "link" : editor.isActive("articleLink") ? "articleLink" : null;
    if (mark) editor.chain().extendMarkRange(mark).run();
    const { from, to } = editor.state.selection;
    return {
      text: editor.state.doc.textBetween(from, to, " "),
      href: String(editor.getAttributes("link")["href"] ?? ""),
      isArticle: mark === "articleLink",
    };
  });
  const [way, setWay] = useState(chosen.isArticle ? "article" : "address");
  const form = useForm({
    initialValues: { href: chosen.href, text: chosen.text },
    validate: { href: (typed) => (toAddress(typed) ? null : t("link.address.wrong")) },
  });

  const put = (mark: { type: string; attrs: object }, text: string) => {
    const { from, to } = editor.state.selection;
    const chain = editor.chain().focus();
    // Chosen words keep how they look; new ones stand where the cursor is.
    if (from !== to && text === chosen.text)
      chain.unsetMark("link").unsetMark("articleLink").setMark(mark.type, mark.attrs).run();
    else
      chain
        .insertContentAt({ from, to }, { type: "text", text, marks: [mark as { type: string }] })
        .unsetMark(mark.type)
        .run();
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={t("link.title")} returnFocus={false}>
      <Stack>
        <SegmentedControl
          aria-label={t("link.to")}
          value={way}
          onChange={setWay}
          data={[
            { value: "address", label: t("link.address") },
            { value: "article", label: t("link.article") },
          ]}
        />
        {way === "article" ? (
          <PickArticle
            base={base}
            onPick={({ id, title }) =>
              put({ type: "articleLink", attrs: { article_id: id } }, chosen.text || title)
            }
          />
        ) : (
          <form
            noValidate
            onSubmit={form.onSubmit(({ href, text }) => {
              const address = toAddress(href) ?? href;
              put({ type: "link", attrs: { href: address } }, text.trim() || address);
            })}
          >
            <Stack>
              <TextInput
                label={t("link.address")}
                placeholder="https://"
                inputMode="url"
                data-autofocus
                {...form.getInputProps("href")}
              />
              <TextInput label={t("link.text")} {...form.getInputProps("text")} />
              <Group justify="flex-end">
                <Button type="submit">{t("link.put")}</Button>
              </Group>
            </Stack>
          </form>
        )}
      </Stack>
    </Modal>
  );
}

export function VideoDialog({ editor, onClose }: QuestionProps) {
  const form = useForm({
    initialValues: { href: "" },
    validate: { href: (typed) => (toAddress(typed)?.startsWith("http") ? null : t("video.wrong")) },
  });
  return (
    <Modal opened onClose={onClose} title={t("insert.video")} returnFocus={false}>
      <form
        noValidate
        onSubmit={form.onSubmit(({ href }) => {
          editor
            .chain()
            .focus()
            .insertContentAt(besides(editor), { type: "video", attrs: { href: toAddress(href) } })
            .run();
          onClose();
        })}
      >
        <Stack>
          <TextInput
            label={t("video.address")}
            description={t("video.help")}
            placeholder="https://"
            inputMode="url"
            data-autofocus
            {...form.getInputProps("href")}
          />
          <Group justify="flex-end">
            <Button type="submit">{t("video.put")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
