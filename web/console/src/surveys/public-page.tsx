import { Anchor, Button, CopyButton, Group } from "@mantine/core";
import { IconCheck, IconCopy, IconExternalLink } from "@tabler/icons-react";
import { t } from "./texts.ts";

/** The address of a survey's page: to take along, and to look at. */
export function PublicPage({ path }: { path: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <CopyButton value={`${window.location.origin}${path}`}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            onClick={copy}
          >
            <span aria-live="polite">{t(copied ? "link.copied" : "link.copy")}</span>
          </Button>
        )}
      </CopyButton>
      <Anchor href={path} target="_blank" rel="noopener" size="sm" className="public-link">
        <IconExternalLink size={16} aria-hidden />
        <span className="visually-hidden">
          {t("link.open")} {t("link.window")}
        </span>
      </Anchor>
    </Group>
  );
}
