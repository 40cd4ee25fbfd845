/** Where one signs in before there is anything to see. */
import { t } from "@/i18n/account";

import { FrontPage } from "./front-page";
import { SignInForm } from "./sign-in-form";

export function SignInPage({ onDone }: { readonly onDone: () => void }) {
  return (
    <FrontPage title={t("signIn.title")} text={t("signIn.text")}>
      <SignInForm onDone={onDone} />
    </FrontPage>
  );
}
