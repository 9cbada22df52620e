import { useElementSize } from "@mantine/hooks";
import { useId } from "react";
import type { SurveyResults } from "../api/types.ts";
import { Section } from "../app/controls/section.tsx";
import { t } from "./texts.ts";
import { RATINGS, type Rating } from "./wording.ts";

interface TrendProps {
  steps: SurveyResults["trend"];
  labels: readonly string[];
  by: "day" | "week";
}

const [HEIGHT, FOOT, SIDE] = [180, 24, 34];
/** Until the room is known. */
const USUAL_WIDTH = 720;
/** What a date takes below the columns. */
const DATE_WIDTH = 80;

const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
/** Steps carry local dates, which stay as they are. */
const dayOf = (date: string) => short.format(new Date(`${date}T00:00Z`));

/** The smallest of 1, 2, 5, 10, 20, … that is not below `most`, so that the middle of the scale is a round number too. */
export function scaleTo(most: number): number {
  for (let ten = 1; ; ten *= 10) for (const step of [1, 2, 5]) if (step * ten >= most) return step * ten;
}

/** How answers went over time: columns stacked by rating, told apart by pattern as well as by colour; table beside. */
export function Trend({ steps, labels, by }: TrendProps) {
  const id = useId();
  const { ref, width: measured } = useElementSize();
  const full = measured || USUAL_WIDTH;
  const top = scaleTo(Math.max(1, ...steps.map((step) => step.total)));
  const room = (full - SIDE) / Math.max(1, steps.length);
  const width = Math.max(1, Math.min(36, room * 0.72));
  const each = Math.ceil(DATE_WIDTH / room);
  const y = (count: number) => HEIGHT - (count / top) * (HEIGHT - 8);
  const first = steps[0];
  const last = steps.at(-1);
  return (
    <Section title={t("trend")}>
      <ul className="legend" aria-hidden>
        {[...RATINGS].reverse().map((rating) => (
          <li key={rating}>
            <svg width={14} height={14} aria-hidden="true">
              <rect width={14} height={14} rx={3} className="bar" data-rating={rating} />
              <rect width={14} height={14} rx={3} fill={`url(#${id}-${rating})`} />
            </svg>
            {labels[rating]}
          </li>
        ))}
      </ul>
      <div ref={ref}>
        <svg
          className="trend"
          height={HEIGHT + FOOT}
          role="img"
          aria-label={t("trend.label", {
            by: t(`by.${by}`).toLowerCase(),
            from: first ? dayOf(first.date) : "",
            until: last ? dayOf(last.date) : "",
          })}
        >
          <Patterns id={id} />
          {[0, top / 2, top].filter(Number.isInteger).map((count) => (
            <g key={count}>
              <line x1={SIDE} x2={full} y1={y(count)} y2={y(count)} className="grid-line" />
              <text x={SIDE - 8} y={y(count) + 4} textAnchor="end">
                {count}
              </text>
            </g>
          ))}
          {steps.map((step, place) => {
            const x = SIDE + room * place + (room - width) / 2;
            let below = 0;
            return (
              <g key={step.date}>
                {RATINGS.map((rating) => {
                  const count = step.counts[rating] ?? 0;
                  const box = { x, width, y: y(below + count), height: y(below) - y(below + count) };
                  below += count;
                  return (
                    count > 0 && (
                      <g key={rating}>
                        <rect {...box} className="bar" data-rating={rating} />
                        <rect {...box} fill={`url(#${id}-${rating})`} />
                      </g>
                    )
                  );
                })}
                {place % each === 0 && (
                  <text x={x + width / 2} y={HEIGHT + 18} textAnchor="middle">
                    {dayOf(step.date)}
                  </text>
                )}
                <title>{`${dayOf(step.date)}: ${RATINGS.map((r) => `${labels[r]} ${step.counts[r]}`).join(", ")}`}</title>
              </g>
            );
          })}
        </svg>
      </div>
      <details className="chart-table">
        <summary>{t("trend.table")}</summary>
        <div className="scroll-table">
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">{t("trend.date")}</th>
                {RATINGS.map((rating) => (
                  <th key={rating} scope="col" className="figure">
                    {labels[rating]}
                  </th>
                ))}
                <th scope="col" className="figure">
                  {t("trend.total")}
                </th>
              </tr>
            </thead>
            <tbody>
              {steps.map((step) => (
                <tr key={step.date}>
                  <th scope="row">{dayOf(step.date)}</th>
                  {RATINGS.map((rating) => (
                    <td key={rating} className="figure">
                      {step.counts[rating]}
                    </td>
                  ))}
                  <td className="figure">{step.total}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Section>
  );
}

/** Stripes for the worst, dots for the middle, nothing on the best. */
function Patterns({ id }: { id: string }) {
  const name = (rating: Rating) => `${id}-${rating}`;
  return (
    <defs>
      <pattern id={name(0)} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width={2} height={5} className="pattern" />
      </pattern>
      <pattern id={name(1)} width={6} height={6} patternUnits="userSpaceOnUse">
        <circle cx={3} cy={3} r={1.4} className="pattern" />
      </pattern>
      <pattern id={name(2)} width={6} height={6} patternUnits="userSpaceOnUse" />
    </defs>
  );
}
