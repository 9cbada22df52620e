import { useElementSize } from "@mantine/hooks";
import { scaleTo } from "../surveys/trend.tsx";
import { t } from "./texts.ts";

interface ChartProps {
  title: string;
  /** A value for each day, in the days' order. */
  days: readonly { day: string; value: number; part?: number }[];
  /** What the darker foot of a column counts, if it has one. */
  partTitle?: string;
}

const [HEIGHT, FOOT, SIDE] = [150, 24, 40];
/** Until the room is known. */
const USUAL_WIDTH = 560;
/** What a date takes below the columns. */
const DATE_WIDTH = 80;

const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const dayOf = (day: string) => short.format(new Date(`${day}T00:00Z`));

/** One number over the days, as columns; the same as a table below. */
export function Chart({ title, days, partTitle }: ChartProps) {
  const { ref, width: measured } = useElementSize();
  const full = measured || USUAL_WIDTH;
  const top = scaleTo(Math.max(1, ...days.map(({ value }) => value)));
  const room = (full - SIDE) / Math.max(1, days.length);
  const width = Math.max(1, Math.min(28, room * 0.72));
  const each = Math.ceil(DATE_WIDTH / room);
  const y = (count: number) => HEIGHT - (count / top) * (HEIGHT - 10);
  const first = days[0];
  const last = days.at(-1);
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <div ref={ref}>
        <svg
          className="trend"
          height={HEIGHT + FOOT}
          role="img"
          aria-label={t("chart.label", {
            title,
            from: first ? dayOf(first.day) : "",
            until: last ? dayOf(last.day) : "",
          })}
        >
          {[0, top / 2, top].filter(Number.isInteger).map((count) => (
            <g key={count}>
              <line x1={SIDE} x2={full} y1={y(count)} y2={y(count)} className="grid-line" />
              <text x={SIDE - 8} y={y(count) + 4} textAnchor="end">
                {count}
              </text>
            </g>
          ))}
          {days.map(({ day, value, part = 0 }, place) => {
            const x = SIDE + room * place + (room - width) / 2;
            return (
              <g key={day}>
                <rect
                  x={x}
                  width={width}
                  y={y(value)}
                  height={HEIGHT - y(value)}
                  rx={2}
                  className="chart-bar"
                />
                {part > 0 && (
                  <rect
                    x={x}
                    width={width}
                    y={y(part)}
                    height={HEIGHT - y(part)}
                    rx={2}
                    className="chart-part"
                  />
                )}
                {place % each === 0 && x + DATE_WIDTH / 2 < full && (
                  <text x={x + width / 2} y={HEIGHT + 18} textAnchor="middle">
                    {dayOf(day)}
                  </text>
                )}
                <title>
                  {`${dayOf(day)}: ${title} ${value}${partTitle ? `, ${partTitle} ${part}` : ""}`}
                </title>
              </g>
            );
          })}
        </svg>
      </div>
      {partTitle && (
        <p className="legend" aria-hidden>
          <span className="chart-key" /> {partTitle}
        </p>
      )}
      <details className="chart-table">
        <summary>{t("chart.table")}</summary>
        <div className="scroll-table">
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">{t("chart.day")}</th>
                <th scope="col" className="figure">
                  {title}
                </th>
                {partTitle && (
                  <th scope="col" className="figure">
                    {partTitle}
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {days.map(({ day, value, part }) => (
                <tr key={day}>
                  <th scope="row">{dayOf(day)}</th>
                  <td className="figure">{value}</td>
                  {partTitle && <td className="figure">{part ?? 0}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
