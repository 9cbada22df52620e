import { Anchor, Title } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { type ReactNode, useId } from "react";
import type { DocsPlace } from "../docs.ts";
import { t } from "./texts.ts";
import "./controls.css";

/** One question of a form with what belongs to it. */
export function Section({
  title,
  help,
  docs,
  children,
}: {
  title: string;
  help?: ReactNode;
  docs?: DocsPlace;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <header className="section-head">
        <Title order={2} id={id}>
          {title}
        </Title>
        {help && <p className="muted small">{help}</p>}
      </header>
      {children}
      {docs && <Learn to={docs}>{t("learn", { topic: title })}</Learn>}
    </section>
  );
}

/** A link to our own documentation, in a window beside the console. */
export function Learn({ to, children }: { to: DocsPlace; children: ReactNode }) {
  return (
    <Anchor href={to} target="_blank" rel="noopener" size="sm" className="learn">
      {children} <IconExternalLink size={14} aria-hidden />
      <span className="visually-hidden">{t("learn.window")}</span>
    </Anchor>
  );
}

/** What belongs to the choice above it. */
export function Inset({ children }: { children: ReactNode }) {
  return <div className="inset">{children}</div>;
}
