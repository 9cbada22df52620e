import { Button, Textarea } from "@mantine/core";
import { useId, useState } from "react";
import type { SurveyWording } from "../api/types.ts";
import { Face } from "./face.tsx";
import { t } from "./texts.ts";
import { RATINGS, type Rating } from "./wording.ts";

/** The card as the person who is asked sees it, to be tried out: choose a face, write, send, read the thanks. */
export function Card({ wording, dir }: { wording: SurveyWording; dir: "ltr" | "rtl" }) {
  const id = useId();
  const [rating, rate] = useState<Rating | null>(null);
  const [isSent, send] = useState(false);
  const again = () => {
    send(false);
    rate(null);
  };
  const follow = rating === null ? null : wording.follow_ups[rating];
  return (
    <section className="survey-preview" aria-label={t("preview")}>
      <p className="muted small">{t("preview.why")}</p>
      <div className="survey-stage">
        <div className="survey-card" lang={wording.language} dir={dir}>
          {isSent && rating !== null ? (
            <p className="survey-thanks">{wording.thank_yous[rating]}</p>
          ) : (
            <>
              <fieldset className="survey-faces">
                <legend>{wording.question}</legend>
                <div className="survey-faces-row">
                  {RATINGS.map((value) => (
                    <label key={value} className="survey-face" data-rating={value}>
                      <input
                        type="radio"
                        name={id}
                        checked={rating === value}
                        onChange={() => rate(value)}
                        className="visually-hidden"
                      />
                      <Face rating={value} />
                      <span>{wording.labels[value]}</span>
                    </label>
                  ))}
                </div>
              </fieldset>
              {typeof follow === "string" && (
                <Textarea
                  label={follow || t("preview.optional")}
                  description={follow && t("preview.optional")}
                  minRows={2}
                  autosize
                />
              )}
              {rating !== null && <Button onClick={() => send(true)}>{t("preview.send")}</Button>}
            </>
          )}
        </div>
        {isSent && (
          <Button variant="subtle" size="compact-sm" onClick={again}>
            {t("preview.again")}
          </Button>
        )}
      </div>
    </section>
  );
}
