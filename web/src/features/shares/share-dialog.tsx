/**
 * Makes links to a session, and lists those that there are.
 *
 * The rule it keeps: what a link will show is said before it is made, and the least of the talk is the
 * default.
 */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import FormControlLabel from "@mui/material/FormControlLabel";
import Typography from "@mui/material/Typography";
import { type ReactNode, useId, useState } from "react";

import { useAccount } from "@/api/account-queries";
import { useCreateShare } from "@/api/share-queries";
import type { Session, Share } from "@/api/types";
import { Choice } from "@/components/choice";
import { reasonOf } from "@/components/error-text";
import { InlineAlert } from "@/components/inline-alert";
import { t } from "@/i18n/shares";

import { expiresAt, type Lasting, LASTINGS } from "./lasting";
import { NewLink } from "./new-link";
import { SessionShares } from "./session-shares";

interface Props {
  readonly session: Pick<Session, "agent_id" | "session_id">;
  /** The last turn that is shown; without it, the active branch is. */
  readonly upTo?: string;
  readonly onClose: () => void;
}

export function ShareDialog({ session, upTo, onClose }: Props) {
  const title = useId();
  const place = { agentId: session.agent_id, sessionId: session.session_id };
  const { data: made, error, isPending, mutate, reset } = useCreateShare(place);
  return (
    <Dialog open onClose={onClose} aria-labelledby={title} fullWidth maxWidth="sm">
      <DialogTitle id={title}>
        {t(upTo === undefined ? "share.title" : "share.titleUpTo")}
      </DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2.5 }}>
        <Typography variant="body2" sx={{ color: "text.secondary", textWrap: "pretty" }}>
          {t("share.text")}
        </Typography>
        {error !== null && (
          <InlineAlert severity="error" title={t("share.notCreated")} announced>
            {reasonOf(error)}
          </InlineAlert>
        )}
        {made === undefined ? (
          <ShareForm upTo={upTo ?? null} isPending={isPending} onCreate={mutate} />
        ) : (
          <NewLink share={made} onAnother={reset} />
        )}
        <SessionShares place={place} />
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {t("action.close")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface FormProps {
  readonly upTo: string | null;
  readonly isPending: boolean;
  readonly onCreate: ReturnType<typeof useCreateShare>["mutate"];
}

function ShareForm({ upTo, isPending, onCreate }: FormProps) {
  const id = useId();
  const name = useNameOfSigned();
  const [isSigned, setSigned] = useState(true);
  const [include, setInclude] = useState<Share["include"]>("messages");
  const [when, setWhen] = useState<"now" | "live">("now");
  const [lasting, setLasting] = useState<Lasting>("month");
  const create = () =>
    onCreate({
      include,
      live: when === "live",
      turn_id: upTo,
      signed: name !== null && isSigned,
      expires_at: expiresAt(lasting, Date.now()),
    });
  return (
    <>
      <Field id={`${id}-include`} label={t("share.include")} hint={t(`share.${include}Hint`)}>
        <Choice
          labelledBy={`${id}-include`}
          value={include}
          onChange={setInclude}
          options={[
            { value: "messages", label: t("share.messages") },
            { value: "steps", label: t("share.steps") },
            { value: "raw", label: t("share.raw") },
          ]}
        />
      </Field>
      {upTo === null && (
        <Field id={`${id}-when`} label={t("share.when")} hint={t(`share.${when}Hint`)}>
          <Choice
            labelledBy={`${id}-when`}
            value={when}
            onChange={setWhen}
            options={[
              { value: "now", label: t("share.now") },
              { value: "live", label: t("share.live") },
            ]}
          />
        </Field>
      )}
      <Field id={`${id}-lasting`} label={t("share.expires")}>
        <Choice
          labelledBy={`${id}-lasting`}
          value={lasting}
          onChange={setLasting}
          options={LASTINGS.map((value) => ({ value, label: t(`share.${value}`) }))}
        />
      </Field>
      {name !== null && (
        <FormControlLabel
          control={<Checkbox checked={isSigned} onChange={(_, is) => setSigned(is)} />}
          label={t("share.signed", { name })}
        />
      )}
      <Box>
        <Button variant="contained" loading={isPending} onClick={create}>
          {t("share.create")}
        </Button>
      </Box>
    </>
  );
}

/** What readers can be told of who shares; null where nobody signs in. */
function useNameOfSigned(): string | null {
  const { data } = useAccount();
  return data === undefined || data.via === "local" ? null : data.user.name;
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

function Field({ id, label, hint, children }: FieldProps) {
  return (
    <Box sx={{ display: "grid", justifyItems: "start", gap: 0.75 }}>
      <Typography id={id} variant="subtitle2">
        {label}
      </Typography>
      {children}
      {hint !== undefined && (
        <Typography variant="caption" sx={{ color: "text.secondary" }}>
          {hint}
        </Typography>
      )}
    </Box>
  );
}
