import { Anchor, Title } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { type ReactNode, useId } from "react";
import type { DocsPlace } from "../docs.ts";
import { t } from "./texts.ts";
import "./controls.css";

/** One question of a form with what belongs to it. */
export function Section({
  id,
  title,
  help,
  docs,
  children,
}: {
  /** Where a list of the form's sections leads. */
  id?: string;
  title: string;
  help?: ReactNode;
  docs?: DocsPlace;
  children: ReactNode;
}) {
  const titleId = useId();
  return (
    <section className="section" id={id} aria-labelledby={titleId}>
      <header className="section-head">
        <Title order={2} id={titleId} tabIndex={-1} className="quiet-focus">
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

/** The sections of a long form beside it, where there is room. */
export function SectionList({
  label,
  sections,
}: {
  label: string;
  sections: { id: string; title: ReactNode }[];
}) {
  return (
    <nav className="section-list" aria-label={label}>
      {sections.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          onClick={() => {
            const section = document.getElementById(id);
            section?.scrollIntoView();
            section?.querySelector("h2")?.focus({ preventScroll: true });
          }}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}
