import { Button, Menu, Text, Textarea } from "@mantine/core";
import { IconRotate, IconUser } from "@tabler/icons-react";
import { useRef } from "react";
import { t } from "./texts.ts";

export interface Script {
  lang: string;
  dir: "ltr" | "rtl" | "auto";
}

interface OwnTextProps {
  label: string;
  help?: string;
  /** Null: the default stands there, and follows the language. */
  value: string | null;
  usual: string;
  script: Script;
  error?: string | undefined;
  rows?: number;
  tokens?: boolean;
  onChange: (value: string | null) => void;
}

const TOKENS = ["contact.first_name", "contact.name"] as const;

/** A text that has a default: typed over by one's own words, given back with one click. */
export function OwnText({
  label,
  help,
  value,
  usual,
  script,
  error,
  rows = 2,
  tokens,
  onChange,
}: OwnTextProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const insert = (token: string) => {
    const area = field.current;
    if (!area) return;
    const fallback = t("text.token.fallback");
    area.focus();
    // The browser's own way of typing, so that its undo takes it back.
    window.document.execCommand("insertText", false, `{{${token}|${fallback}}}`);
    const end = area.selectionEnd - 2;
    area.setSelectionRange(end - fallback.length, end);
  };
  return (
    <div className="own-text">
      <Textarea
        ref={field}
        label={label}
        description={help}
        autosize
        minRows={rows}
        maxRows={10}
        dir={script.dir}
        lang={script.lang}
        value={value ?? usual}
        error={error}
        onChange={(event) => {
          const typed = event.currentTarget.value;
          onChange(typed === usual ? null : typed);
        }}
      />
      <div className="own-text-foot">
        {value === null ? (
          <Text size="xs" c="dimmed">
            {t("text.default")}
          </Text>
        ) : (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconRotate size={14} aria-hidden />}
            onClick={() => onChange(null)}
          >
            {t("text.reset")}
            <span className="visually-hidden">: {label}</span>
          </Button>
        )}
        {tokens && (
          <Menu position="bottom-end" returnFocus={false}>
            <Menu.Target>
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                leftSection={<IconUser size={14} aria-hidden />}
              >
                {t("text.token")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {TOKENS.map((token) => (
                <Menu.Item key={token} onClick={() => insert(token)}>
                  {t(`text.token.${token}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </div>
  );
}
