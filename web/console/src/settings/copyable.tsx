import { Button, CopyButton, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { t } from "./texts.ts";

export function Copy({ value }: { value: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          onClick={copy}
        >
          <span aria-live="polite">{t(copied ? "copied" : "copy")}</span>
        </Button>
      )}
    </CopyButton>
  );
}

/** A secret or a link to take elsewhere: selected on focus, copied with one press. */
export function Copyable({ label, value }: { label: string; value: string }) {
  return (
    <div className="copyable">
      <TextInput
        label={label}
        value={value}
        readOnly
        className="copyable-value"
        onFocus={(event) => event.currentTarget.select()}
      />
      <Copy value={value} />
    </div>
  );
}

/** What is shown this one time: to be copied before the dialog goes. */
export function ShownOnce({
  title,
  why,
  label,
  value,
  onClose,
}: {
  title: string;
  why: string;
  label: string;
  value: string;
  onClose: () => void;
}) {
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={false} title={title}>
      <Stack>
        <Text size="sm">{why}</Text>
        <Copyable label={label} value={value} />
        <Button onClick={onClose} style={{ alignSelf: "flex-end" }}>
          {t("users.done")}
        </Button>
      </Stack>
    </Modal>
  );
}
