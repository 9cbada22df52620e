import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { sessionQuery } from "../api/queries.ts";
import { useAccount } from "./account.tsx";
import { ImageUpload } from "./controls/image-upload.tsx";
import { t } from "./texts.ts";
import { complain } from "./undo.tsx";

/** The signed-in user's photo: chosen, shown, taken away again. */
export function OwnPhoto({ onClose }: { onClose: () => void }) {
  const account = useAccount();
  const queries = useQueryClient();
  const put = useMutation({
    mutationFn: (file_id: number | null) =>
      call("PUT", `/accounts/${account.id}/me/photo`, { body: { file_id } }),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
        queries.invalidateQueries({ queryKey: [account.id, "users"] }),
      ]),
    onError: complain,
  });
  return (
    <Modal opened onClose={onClose} title={t("photo.title")}>
      <ImageUpload
        label={t("photo.label")}
        help={t("photo.help")}
        purpose="photo"
        address={account.user.image}
        onChange={put.mutate}
      />
    </Modal>
  );
}
