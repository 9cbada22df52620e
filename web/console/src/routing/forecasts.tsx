import type { Simulation } from "../api/types.ts";
import { Section } from "../app/controls/section.tsx";
import { percent } from "../app/numbers.ts";
import { t } from "./texts.ts";
import { span } from "./trial.ts";

type Forecast = Simulation["forecasts"][number];

const NAMES = ["policy.a", "policy.b"] as const;

/** Both policies beside each other: numbers first, then charts, each with its table. */
export function Forecasts({ found: { arrivals, forecasts } }: { found: Simulation }) {
  const [a, b] = forecasts;
  if (!a || !b) return null;
  if (arrivals === 0) {
    return (
      <Section title={t("found")}>
        <p role="status">{t("found.none")}</p>
      </Section>
    );
  }
  const rows: [string, (one: Forecast) => string][] = [
    [t("found.p50"), ({ waits }) => span(waits.p50_ms)],
    [t("found.p90"), ({ waits }) => span(waits.p90_ms)],
    [t("found.longest"), ({ waits }) => span(waits.longest_ms)],
    [t("found.unassigned"), (one) => percent(one.unassigned_share)],
    ...(["off", "closed", "nobody", "skill", "away", "full"] as const)
      .filter((reason) => forecasts.some((one) => countOf(one, reason) > 0))
      .map((reason): [string, (one: Forecast) => string] => [
        t(`reason.${reason}`),
        (one) => String(countOf(one, reason)),
      ]),
    [t("found.moved"), ({ moved }) => String(moved)],
    [t("found.unanswered"), ({ unanswered }) => String(unanswered)],
  ];
  return (
    <>
      <Section title={t("found")} help={t("found.arrivals", { count: arrivals })}>
        <div className="found">
          <Waits a={a} b={b} />
          <table className="plain-table found-table">
            <thead>
              <tr>
                <td />
                {NAMES.map((name) => (
                  <th key={name} scope="col" className="figure">
                    {t(name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, tell]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="figure">{tell(a)}</td>
                  <td className="figure">{tell(b)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Loads a={a} b={b} />
    </>
  );
}

const countOf = (forecast: Forecast, reason: string): number =>
  forecast.unassigned.find((one) => one.reason === reason)?.count ?? 0;

/** A is filled, B is striped: told apart without colour. */
function Waits({ a, b }: { a: Forecast; b: Forecast }) {
  const groups = [
    { label: t("found.p50"), values: [a.waits.p50_ms, b.waits.p50_ms] },
    { label: t("found.p90"), values: [a.waits.p90_ms, b.waits.p90_ms] },
    { label: t("found.longest"), values: [a.waits.longest_ms, b.waits.longest_ms] },
  ];
  const top = Math.max(1, ...groups.flatMap(({ values }) => values));
  const share = [a.unassigned_share, b.unassigned_share];
  return (
    <div className="bars">
      <h3>{t("found.waits")}</h3>
      {groups.map(({ label, values }) => (
        <Bars
          key={label}
          label={label}
          shares={values.map((value) => value / top)}
          words={values.map(span)}
        />
      ))}
      <h3>{t("found.unassigned")}</h3>
      <Bars label={t("found.share")} shares={share} words={share.map(percent)} />
    </div>
  );
}

function Bars({ label, shares, words }: { label: string; shares: number[]; words: string[] }) {
  return (
    <div className="bar-group" role="img" aria-label={`${label}: A ${words[0]}, B ${words[1]}`}>
      <span className="small">{label}</span>
      {shares.map((share, place) => (
        <span key={NAMES[place]} className="bar-line">
          <span className="muted small">{place === 0 ? "A" : "B"}</span>
          <span className="bar-track">
            <span
              className="bar-fill"
              data-policy={place === 0 ? "a" : "b"}
              style={{ inlineSize: `${Math.max(0.6, share * 100)}%` }}
            />
          </span>
          <span className="small number">{words[place]}</span>
        </span>
      ))}
    </div>
  );
}

const [WIDTH, HEIGHT] = [220, 56];

/** Open conversations as steps over time. */
function line(counts: readonly number[], top: number): string {
  const room = WIDTH / Math.max(1, counts.length - 1);
  return counts
    .map((count, place) => {
      const y = (HEIGHT - 2 - (count / top) * (HEIGHT - 4)).toFixed(1);
      return place === 0 ? `M0 ${y}` : `H${(place * room).toFixed(1)}V${y}`;
    })
    .join("");
}

/** How much each user had open over the time, one small chart each on one scale; A is a full line, B a dashed one. */
function Loads({ a, b }: { a: Forecast; b: Forecast }) {
  const top = Math.max(1, ...[...a.staff, ...b.staff].map((one) => one.busiest));
  return (
    <Section title={t("loads")} help={t("loads.help")}>
      <ul className="legend" aria-hidden>
        {(["a", "b"] as const).map((policy) => (
          <li key={policy}>
            <svg width={28} height={10} className="load" aria-hidden="true">
              <path d="M0 5H28" data-policy={policy} />
            </svg>
            {t(`policy.${policy}`)}
          </li>
        ))}
      </ul>
      <table className="plain-table loads">
        <thead>
          <tr>
            <th scope="col">{t("column.user")}</th>
            <th scope="col">{t("loads.open")}</th>
            <th scope="col" className="figure">
              {t("loads.answered")}
            </th>
            <th scope="col" className="figure">
              {t("loads.busiest")}
            </th>
          </tr>
        </thead>
        <tbody>
          {a.staff.map((mine) => {
            const other = b.staff.find(({ user_id }) => user_id === mine.user_id);
            return (
              <tr key={mine.user_id}>
                <th scope="row">{mine.name}</th>
                <td>
                  <svg
                    className="load"
                    viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
                    role="img"
                    aria-label={t("loads.label", {
                      name: mine.name,
                      a: mine.busiest,
                      b: other?.busiest ?? 0,
                    })}
                  >
                    <path d={`M0 ${HEIGHT - 1}H${WIDTH}`} className="axis" />
                    <path d={line(mine.open, top)} data-policy="a" />
                    <path d={line(other?.open ?? [], top)} data-policy="b" />
                  </svg>
                </td>
                <td className="figure">
                  {mine.answered} / {other?.answered ?? 0}
                </td>
                <td className="figure">
                  {mine.busiest} / {other?.busiest ?? 0}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}
