import { Alert } from "@mantine/core";
import { t } from "./texts.ts";

/** Why nothing can be changed here, for those who publish what others write. */
export function ReadOnly() {
  return <Alert color="gray">{t("write.forbidden")}</Alert>;
}
