/** The two voices of the page. They stand in the document from the start, or nobody listens. */
import { useSyncExternalStore } from "react";

import { latestAnnouncement, subscribeToAnnouncements, type Urgency } from "./announcer";
import { VisuallyHidden } from "./visually-hidden";

export function LiveRegions() {
  const latest = useSyncExternalStore(subscribeToAnnouncements, latestAnnouncement);
  const said = (urgency: Urgency) =>
    latest?.urgency === urgency ? <span key={latest.id}>{latest.text}</span> : null;
  return (
    <>
      <VisuallyHidden role="status">{said("polite")}</VisuallyHidden>
      <VisuallyHidden role="alert">{said("urgent")}</VisuallyHidden>
    </>
  );
}
