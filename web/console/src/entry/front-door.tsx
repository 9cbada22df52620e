import { Title } from "@mantine/core";
import type { ReactNode } from "react";

/** The calm card that the screens before the sign-in share. */
export function FrontDoor({ title, why, children }: { title: string; why?: string; children: ReactNode }) {
  return (
    <main className="door">
      <div className="door-mark" aria-hidden>
        <Mark />
        <span>Pocketdesk</span>
      </div>
      <section className="door-card">
        <Title order={1}>{title}</Title>
        {why && <p className="muted">{why}</p>}
        {children}
      </section>
    </main>
  );
}

/** A speech bubble that sits in a pocket. */
function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" role="presentation">
      <path
        d="M6 4h20a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H15l-5 5v-5H6a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3Z"
        className="mark-bubble"
      />
      <path d="M3 17c0 7 5 11 13 11s13-4 13-11v-2c-3 3-7 4.5-13 4.5S6 18 3 15Z" className="mark-pocket" />
    </svg>
  );
}
