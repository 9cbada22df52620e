import { Button, FileButton, Group, Progress, Text } from "@mantine/core";
import { IconPhoto, IconUpload } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { Refused } from "../../api/call.ts";
import { upload } from "../../api/upload.ts";
import { useAccount } from "../account.tsx";
import { t } from "./texts.ts";
import "./controls.css";

const KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const MOST_MB = { brand: 5, photo: 20 };

interface ImageUploadProps {
  label: string;
  help: string;
  purpose: "brand" | "photo";
  /** Where it is shown from; null for none. */
  address: string | null;
  error?: string | undefined;
  /** The new file's id; null for none. */
  onChange: (fileId: number | null) => void;
}

/** An image of the brand or of a user: chosen, sent in pieces with its progress, shown as visitors see it. */
export function ImageUpload({ label, help, purpose, address, error, onChange }: ImageUploadProps) {
  const account = useAccount();
  const [sending, setSending] = useState<{ name: string; share: number } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const stop = useRef<AbortController | null>(null);

  const send = async (file: File | null) => {
    if (!file) return;
    setProblem(null);
    if (!KINDS.includes(file.type)) return setProblem(t("image.kind"));
    const most = MOST_MB[purpose];
    if (file.size > most * 2 ** 20) return setProblem(t("image.large", { most }));
    const controller = new AbortController();
    stop.current = controller;
    setSending({ name: file.name, share: 0 });
    try {
      onChange(
        await upload(account.id, file, purpose, {
          signal: controller.signal,
          onProgress: (share) => setSending({ name: file.name, share }),
        }),
      );
    } catch (failure) {
      if (!controller.signal.aborted) setProblem(inWords(failure));
    } finally {
      setSending(null);
    }
  };
  const percent = Math.round((sending?.share ?? 0) * 100);
  return (
    <fieldset className="image">
      <legend>{label}</legend>
      <Text size="sm" c="dimmed" mb={8}>
        {help}
      </Text>
      <div className="image-field">
        <span className="image-shown">
          {address === null ? <IconPhoto size={24} stroke={1.5} aria-hidden /> : <img src={address} alt="" />}
        </span>
        <div className="image-side">
          {sending ? (
            <>
              <Text size="sm" role="status">
                {percent < 100 ? t("image.uploading", { name: sending.name, percent }) : t("image.checking")}
              </Text>
              <Progress
                value={percent}
                aria-label={t("image.uploading", { name: sending.name, percent })}
                size="sm"
              />
              <Button
                variant="subtle"
                size="compact-sm"
                style={{ alignSelf: "flex-start" }}
                onClick={() => stop.current?.abort()}
              >
                {t("image.cancel")}
              </Button>
            </>
          ) : (
            <Group gap="xs">
              <FileButton onChange={(file) => void send(file)} accept={KINDS.join(",")}>
                {(props) => (
                  <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />}>
                    {t(address === null ? "image.choose" : "image.replace")}
                  </Button>
                )}
              </FileButton>
              {address !== null && (
                <Button variant="subtle" color="gray" onClick={() => onChange(null)}>
                  {t("remove")}
                </Button>
              )}
            </Group>
          )}
          {(problem ?? error) && (
            <p className="field-error" role="alert">
              {problem ?? error}
            </p>
          )}
        </div>
      </div>
    </fieldset>
  );
}

function inWords(failure: unknown): string {
  if (!(failure instanceof Refused)) return String(failure);
  return Object.values(failure.fields)[0] ?? failure.message;
}
