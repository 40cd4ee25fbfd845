/** A small button that copies, and says that it did. */
import { type ReactNode, useState } from "react";

import { ActionButton } from "./action-button";
import { announce } from "./announcer";
import { t } from "@/i18n";
import { CheckIcon, CopyIcon } from "@/icons/icons";

const SAID_FOR_MS = 2000;

interface Props {
  readonly label: string;
  /** Asked for when the button is pressed: what is long need not be made before. */
  readonly text: () => string;
  readonly icon?: ReactNode;
}

export function CopyButton({ label, text, icon = <CopyIcon fontSize="inherit" /> }: Props) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text());
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_FOR_MS);
  };
  return (
    <ActionButton
      label={label}
      icon={isCopied ? <CheckIcon fontSize="inherit" color="success" /> : icon}
      onClick={() => void copy()}
      sx={{ fontSize: 18, color: "text.secondary" }}
    />
  );
}

/** Copy, and tell those who do not see the tick. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  announce(t("code.copied"));
}
