import { Alert, Button, Checkbox, FileButton, Group, Modal, Progress, Radio, Stack } from "@mantine/core";
import { IconCircleCheck, IconUpload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Refused } from "../api/call.ts";
import { useAccount, useMay } from "../app/account.tsx";
import { articlesKey, importQuery, startImport } from "./queries.ts";
import type { Base, Import } from "./shapes.ts";
import { t } from "./texts.ts";

const KINDS = ["markdown", "html", "zendesk", "intercom"] as const;
export type ImportKind = (typeof KINDS)[number];
const ACCEPT: Readonly<Record<ImportKind, string>> = {
  markdown: ".md,.markdown,.zip",
  html: ".html,.htm,.zip",
  zendesk: ".json,.zip",
  intercom: ".json,.zip",
};

const MOST_MB = 64;

/** Articles from elsewhere. First it is only looked at what would come in; then they are written, as drafts. */
export function ImportDialog({ base, onClose }: { base: Base; onClose: () => void }) {
  const account = useAccount().id;
  const queries = useQueryClient();
  const [kind, setKind] = useState<ImportKind>("markdown");
  const [file, setFile] = useState<File | null>(null);
  const [running, setRunning] = useState<number | null>(null);
  const mayPublish = useMay("knowledge_publish");
  const [publish, setPublish] = useState(false);
  const begin = useMutation({
    mutationFn: ({ file, dry_run }: { file: File; dry_run: boolean }) =>
      startImport(account, base.id, { file, kind, dry_run, publish }),
    onSuccess: ({ id }) => setRunning(id),
  });
  const job = useQuery({ ...importQuery(account, running ?? 0), enabled: running !== null }).data;
  const isDone = job?.state === "done";
  const isImported = isDone && !job.dry_run;
  useEffect(() => {
    if (isImported) void queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
  }, [isImported, queries, account, base.id]);
  const refused = begin.error instanceof Refused ? begin.error : null;
  const choose = (file: File | null) => {
    begin.reset();
    setRunning(null);
    setPublish(false);
    setFile(file);
  };
  return (
    <Modal opened onClose={onClose} title={t("import")} size="lg">
      <Stack>
        {!isImported && (
          <>
            <Radio.Group
              label={t("import.kind")}
              value={kind}
              onChange={(value) => {
                setKind(value as ImportKind);
                choose(null);
              }}
            >
              <div className="import-kinds">
                {KINDS.map((one) => (
                  <Radio key={one} value={one} label={t(`import.kind.${one}`)} />
                ))}
              </div>
            </Radio.Group>
            <p className="muted small">{t(`import.kind.${kind}.help`)}</p>
            <Group>
              <FileButton onChange={choose} accept={ACCEPT[kind]}>
                {(props) => (
                  <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />}>
                    {t(file ? "import.other" : "import.choose")}
                  </Button>
                )}
              </FileButton>
              {file && <bdi>{file.name}</bdi>}
            </Group>
          </>
        )}
        {file && file.size > MOST_MB * 2 ** 20 && (
          <p className="field-error" role="alert">
            {t("import.large", { most: MOST_MB })}
          </p>
        )}
        {refused && (
          <p className="field-error" role="alert">
            {Object.values(refused.fields)[0] ?? refused.message}
          </p>
        )}
        {job && <Outcome job={job} publish={publish} />}
        {job && isDone && job.dry_run && job.created > 0 && mayPublish && (
          <Checkbox
            label={t("import.publish")}
            checked={publish}
            onChange={(event) => setPublish(event.currentTarget.checked)}
          />
        )}
        <Group justify="flex-end">
          {isImported ? (
            <Button onClick={onClose}>{t("import.close")}</Button>
          ) : job && isDone ? (
            <Button
              disabled={job.created === 0 || file === null}
              loading={begin.isPending}
              onClick={() => file && begin.mutate({ file, dry_run: false })}
            >
              {t("import.do", { count: job.created })}
            </Button>
          ) : (
            <>
              <span className="muted small">{t(job ? "import.leave" : "import.try.why")}</span>
              <Button
                disabled={file === null}
                loading={begin.isPending || (job !== undefined && job.state !== "failed")}
                onClick={() => file && begin.mutate({ file, dry_run: true })}
              >
                {t("import.try")}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Outcome({ job, publish }: { job: Import; publish: boolean }) {
  const { state, dry_run, done, total, created, problems } = job;
  if (state === "waiting" || state === "running") {
    const words = t(dry_run ? "import.looking" : "import.running", { done, total });
    return (
      <div role="status">
        <p className="small">{words}</p>
        <Progress value={total > 0 ? (done / total) * 100 : 5} animated aria-label={words} />
      </div>
    );
  }
  return (
    <Stack gap="sm">
      {state === "failed" ? (
        <Alert color="red" role="alert">
          {t("import.failed", { why: problems[0]?.problem ?? "" })}
        </Alert>
      ) : (
        <p role="status" className="import-found">
          <IconCircleCheck size={18} aria-hidden />
          {t(dry_run ? (created > 0 ? "import.found" : "import.nothing") : "import.done", { count: created })}{" "}
          {created > 0 && !publish && <span className="muted">{t("import.drafts")}</span>}
        </p>
      )}
      {problems.length > 0 && (
        <details open={problems.length <= 5}>
          <summary>{t("import.problems", { count: problems.length })}</summary>
          <ul className="import-problems small">
            {problems.map(({ file, problem }) => (
              <li key={`${file} ${problem}`}>
                <bdi>{file}</bdi>
                <span className="muted">{problem}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Stack>
  );
}
