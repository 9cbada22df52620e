import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { connectionsQuery } from "../api/queries.ts";
import type { Connection, Integration } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Bones } from "../app/screens.tsx";
import { dateOnly } from "../app/time.ts";
import { complain, say } from "../app/undo.tsx";
import { scopeText, t } from "./texts.ts";

/** Who let an integration in and for what; each can be ended. */
export function Connections({ integration, onClose }: { integration: Integration; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={t("connections.of", { name: integration.name })}>
      <List integration={integration} />
    </Modal>
  );
}

function List({ integration }: { integration: Integration }) {
  const account = useAccount();
  const queries = useQueryClient();
  const connections = useQuery(connectionsQuery(account.id, integration.id));
  const end = useMutation({
    mutationFn: ({ id }: Connection) =>
      call("DELETE", `/accounts/${account.id}/integrations/${integration.id}/connections/${id}`),
    onSuccess: async (_, { user }) => {
      say(t("connections.ended", { name: user.name }));
      await queries.invalidateQueries({ queryKey: [account.id, "connections"] });
    },
    onError: complain,
  });
  if (connections.isPending) return <Bones lines={2} />;
  if (connections.isError) throw connections.error;
  if (connections.data.length === 0) return <p className="muted">{t("connections.none")}</p>;
  return (
    <ul className="rows">
      {connections.data.map((connection) => (
        <li key={connection.id} className="row">
          <span className="row-main">
            <strong>{connection.user.name}</strong>
            <span className="muted small">
              {t("connections.since", {
                date: dateOnly(connection.created_at),
                used: dateOnly(connection.last_used_at),
              })}
            </span>
            <span className="muted small">{connection.scopes.map(scopeText).join(", ")}</span>
          </span>
          <Button
            variant="default"
            size="compact-sm"
            aria-label={t("connections.end.of", { name: connection.user.name })}
            loading={end.isPending && end.variables.id === connection.id}
            onClick={() => end.mutate(connection)}
          >
            {t("connections.end")}
          </Button>
        </li>
      ))}
    </ul>
  );
}
